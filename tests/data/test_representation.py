"""Every declared feature is what its line says, and the default changes nothing."""

import numpy as np
import pytest
import scipy.fft
from hypothesis import given, settings
from hypothesis import strategies as st

from mgc.data.datasets import open_dataset
from mgc.data.representation import (
    CONTROLS,
    FRONT_ENDS,
    NUMERICAL_CHOICES,
    PROXIES,
    REPRESENTATIONS,
    VECTORS,
    Representation,
    representation,
)
from mgc.data.segments import cut
from mgc.data.splits import make_split
from mgc.errors import ConfigError, DataError
from mgc.signal.pcen import pcen

RANGE, TOP = np.array([80.0, 60.0, 80.0]), np.array([34.0, 10.0, 50.0])


@pytest.fixture(scope="module")
def levels():
    rng = np.random.default_rng(3)
    x = -np.abs(rng.normal(30, 15, (3, 128, 40))).astype("float32")
    return np.maximum(x, -RANGE[:, None, None]).astype("float32")


def made(name, levels, **more):
    return representation(name)(levels, RANGE, TOP, **more)


def test_names_are_unique_and_every_one_gives_finite_float32(levels):
    parts = (FRONT_ENDS, NUMERICAL_CHOICES, CONTROLS, PROXIES, VECTORS)
    assert len(REPRESENTATIONS) == sum(len(part) for part in parts)
    for name, features in REPRESENTATIONS.items():
        out = made(name, levels, last=[True, False, True], frame_rate=12.9)
        assert out.shape == (3, features.rows(128), features.frames(40)), name
        assert out.dtype == np.float32 and np.isfinite(out).all(), name


def test_log_mel_is_what_the_store_holds_and_the_input_is_left_alone(levels):
    before = levels.copy()
    np.testing.assert_array_equal(made("log_mel", levels), levels)
    for name in REPRESENTATIONS:
        made(name, levels, last=True)
    np.testing.assert_array_equal(levels, before)


def test_powers_cepstra_and_pcen_are_those_of_the_levels(levels):
    np.testing.assert_allclose(made("mel", levels), 10 ** (levels.astype(float) / 10), rtol=2e-6)
    dct = scipy.fft.dct(levels.astype(float), norm="ortho", axis=1)[:, :20]
    np.testing.assert_allclose(made("mfcc", levels), dct, atol=2e-4)
    power = 2.0**30 * 10 ** ((levels.astype(float) + TOP[:, None, None]) / 10)
    mirrored = np.concatenate([power, power[..., ::-1], power], axis=-1)  # 24 + 40 columns before
    expected = pcen(mirrored[..., 16:], frame_rate=12.9)[..., 64:]
    np.testing.assert_allclose(made("pcen", levels, frame_rate=12.9), expected, rtol=1e-4)


def test_the_mean_of_pcen_has_settled_when_a_segment_begins():
    """Soft and loud clips alike: what is left of its start must not show in the first column."""
    steady = np.full((1, 4, 77), -70.0)
    for top in (60.0, 0.0):
        out = representation("pcen")(steady, [80.0], [top], frame_rate=12.9)
        np.testing.assert_allclose(out[..., 0], out[..., -1], rtol=1e-3)


def test_references(levels):
    assert (made("segment_reference", levels).max(axis=(1, 2)) == 0).all()
    fixed = made("fixed_reference", levels)
    np.testing.assert_allclose(fixed - levels, np.broadcast_to(TOP[:, None, None], levels.shape))


def test_floors(levels):
    assert made("top_db_40", levels).min() == -40
    soft = made("soft_floor_40", levels)
    assert soft.min() >= -40 and (soft >= levels).all()
    np.testing.assert_allclose(soft, 10 * np.log10(10 ** (levels / 10.0) + 1e-4), atol=2e-5)


def test_half_precision_powers_saturate_and_underflow_as_float16_does():
    loud = Representation(about="", rounding="powers")
    out = loud([[[0.0], [-3.0], [-80.0]]], [80.0], [60.0])
    # 60 dB is more than float16 holds: 48.164 dB; -80 dB below it is -20 dB, still held.
    np.testing.assert_allclose(out.ravel(), [48.1648 - 60, 48.1648 - 60, -80], atol=2e-2)
    quiet = loud([[[0.0], [-80.0]]], [80.0], [0.0])
    assert quiet.ravel().tolist() == [0.0, -80.0]  # 1e-8 becomes 0, and the floor takes it


def test_half_precision_levels_are_at_most_a_32nd_of_a_decibel_off(levels):
    error = np.abs(made("float16_levels", levels) - levels)
    assert 0 < error.max() <= 1 / 32


def test_padding_fills_the_second_half_of_last_segments(levels):
    last = [True, True, False]
    peak, floor = (
        made(name, levels, last=last) for name in ("padded_with_peak", "padded_with_floor")
    )
    assert (peak[:2, :, 20:] == 0).all()
    assert (floor[0, :, 20:] == -80).all() and (floor[1, :, 20:] == -60).all()
    for padded in (peak, floor):
        np.testing.assert_array_equal(padded[:, :, :20], levels[:, :, :20])
        np.testing.assert_array_equal(padded[2], levels[2])


def test_bands_left_out(levels):
    np.testing.assert_array_equal(made("without_low_4", levels), levels[:, 4:])
    np.testing.assert_array_equal(made("without_top_8", levels), levels[:, :120])


@settings(max_examples=25, deadline=None)
@given(
    gain=st.floats(-20, 20), name=st.sampled_from(["log_mel", "mel", "mfcc", "segment_reference"])
)
def test_what_is_relative_to_the_clip_does_not_know_its_gain(gain, name):
    x = -np.linspace(0, 60, 128 * 20, dtype="float32").reshape(1, 128, 20)
    out = [representation(name)(x, [80.0], [level]) for level in (0.0, gain)]
    np.testing.assert_array_equal(*out)


def test_pooled_features_are_means_of_blocks(levels):
    pooled = Representation(about="thirds", pool=3)(levels, RANGE, TOP)
    assert pooled.shape == (3, 42, 13)  # 128 = 3 * 42 + 2, 40 = 3 * 13 + 1
    np.testing.assert_allclose(pooled[1, 41, 12], levels[1, 123:126, 36:39].mean(), rtol=1e-6)
    cepstra = Representation(about="cepstra, halved", kind="mfcc", pool=2)(levels, RANGE, TOP)
    assert cepstra.shape == (3, 10, 20)


def test_segments_carry_their_features():
    data = open_dataset("synthetic")
    split = make_split(data.manifest, "fault_filtered")
    plain, padded, cepstra = (
        cut(data.store, data.manifest, split, "test", 6.0, representation(name))
        for name in ("log_mel", "padded_with_peak", "mfcc")
    )
    which = np.arange(4)
    last = plain.table["segment"].to_numpy()[which] == plain.per_clip - 1
    changed = (padded.read(which) != plain.read(which)).any(axis=(1, 2))
    assert changed.tolist() == last.tolist() and 0 < last.sum() < 4
    assert (cepstra.rows, cepstra.frames) == (20, 77) == cepstra.read(which).shape[1:]
    small = cut(data.store, data.manifest, split, "test", 6.0, representation("log_mel_pooled"))
    assert (small.rows, small.frames) == (64, 38) == small.read(which).shape[1:]


@pytest.mark.parametrize("name", ["kind", "reference", "rounding", "scaler"])
def test_what_is_no_feature_is_refused(name):
    """Not taken for the last of the list."""
    with pytest.raises(ConfigError, match=f"{name} of 'odd' is 'wavelet', but must be one of"):
        Representation(about="odd", **{name: "wavelet"})
    with pytest.raises(ConfigError, match="PCEN of levels re fixed"):
        Representation(about="odd", kind="pcen", reference="fixed")


def test_too_few_bands_and_unknown_names_are_refused():
    with pytest.raises(DataError, match="16 mel bands, of which 16 are kept"):
        representation("mfcc").rows(16)
    with pytest.raises(DataError, match="of which 0 are kept"):
        representation("without_low_8").rows(8)
    with pytest.raises(ConfigError, match="features is 'wavelets', but must be one of log_mel"):
        representation("wavelets")
