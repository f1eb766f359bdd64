"""Changes of levels against the same changes of sound, computed by the front end again."""

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from mgc.data.altered import altered
from mgc.data.datasets import open_dataset
from mgc.data.frontend import FrontEnd
from mgc.data.interventions import KINDS, Intervention, band_centres, cut_frequency
from mgc.data.synthetic import SyntheticCorpus
from mgc.errors import ConfigError

FRONT_END = FrontEnd(columns=154, dtype="float32")


@pytest.fixture(scope="module")
def sound():
    corpus = SyntheticCorpus()
    return np.asarray(corpus.audio(corpus.clips[7]), dtype=np.float64)


def levels(y):
    found = FRONT_END.compute(y.astype(np.float32))
    return np.asarray(found.values), found.range_db, found.ref_db


@pytest.mark.parametrize("gain", [-20, -60, -90, 10])
def test_gain_is_the_gain_of_the_sound(sound, gain):
    """Relative levels hide a gain, until soft parts fall below the least power."""
    x, depth, top = levels(sound)
    louder, _, _ = levels(sound * 10 ** (gain / 20))
    found = Intervention("gain", gain)(x, FRONT_END, depth, top)
    np.testing.assert_allclose(found, louder, atol=0.02)
    assert (found != x).any() == (gain < -40)


def test_a_click_lowers_everything_else(sound):
    """A click in frames that no segment shows still sets what 0 dB is."""
    x, depth, top = levels(sound)
    clicked = sound.copy()
    frame = 4096
    clicked[frame : frame + 64] += 40 * np.hanning(64)
    y, _, ref = levels(clicked)
    found = Intervention("peak", ref - top)(x, FRONT_END, depth, top)
    far = slice(10, None)  # columns that the click does not touch
    np.testing.assert_allclose(found[:, far], y[:, far], atol=0.02)


@pytest.mark.parametrize("snr", [30, 10, 0])
def test_noise_is_white_noise_in_the_sound(sound, snr):
    x, depth, top = levels(sound)
    rng = np.random.default_rng(0)
    noise = rng.normal(size=len(sound))
    noise *= np.sqrt(np.mean(sound**2) / np.mean(noise**2) / 10 ** (snr / 10))
    y, _, _ = levels(sound + noise)
    found = Intervention("noise", snr)(x, FRONT_END, depth, top)
    # Band by band: mean and spread over time; the widest bands fluctuate least.
    np.testing.assert_allclose(found.mean(axis=1), y.mean(axis=1), atol=2.0)
    assert np.abs(found.mean(axis=1) - y.mean(axis=1)).mean() < 0.7
    assert np.abs(found[:8].std(axis=1) - y[:8].std(axis=1)).mean() < 1.5
    assert np.abs(found[-8:].std(axis=1) - y[-8:].std(axis=1)).mean() < 1.0


def test_a_low_cut_is_a_high_pass_of_the_sound(sound):
    x, depth, top = levels(sound)
    edge = cut_frequency(FRONT_END, "low_cut", 16)
    sos = scipy.signal.butter(12, edge, "highpass", fs=22050, output="sos")
    y, _, _ = levels(scipy.signal.sosfiltfilt(sos, sound))
    found = Intervention("low_cut", 16)(x, FRONT_END, depth, top)
    assert (found[:16] == -80).all() and found.max() == 0
    above = slice(24, 120)
    loud = y[above] > -60
    assert np.abs(found[above] - y[above])[loud].mean() < 1.0


def test_cuts_say_where_they_are():
    centres = band_centres(FRONT_END)
    assert centres[8] == pytest.approx(232, abs=1) and centres[120] == pytest.approx(8912, abs=1)
    assert cut_frequency(FRONT_END, "high_cut", 8) == centres[119]
    assert cut_frequency(FRONT_END, "low_cut", 0) == centres[0]
    with pytest.raises(ConfigError, match="128 of 128 mel bands"):
        cut_frequency(FRONT_END, "low_cut", 128)


def test_a_shift_turns_the_clip(sound):
    x, depth, top = levels(sound)
    found = Intervention("shift", 1.0)(x, FRONT_END, depth, top)
    columns = round(FRONT_END.columns_per_second())
    assert columns == 13
    np.testing.assert_array_equal(found[:, :-columns], x[:, columns:])
    np.testing.assert_array_equal(found[:, -columns:], x[:, :columns])


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.integers(1, 60), st.integers(0, 99))
def test_levels_stay_levels(kind, strength, seed):
    rng = np.random.default_rng(seed)
    x = -80 * rng.random((128, 20))
    x.flat[5] = 0.0
    before = x.copy()
    found = Intervention(kind, strength)(x, FRONT_END, 80.0, 30.0, seed)
    assert found.dtype == np.float32 and found.shape == x.shape
    assert -80 <= found.min() <= found.max() <= 0
    assert (x == before).all()
    assert (found == Intervention(kind, strength)(x, FRONT_END, 80.0, 30.0, seed)).all()


def test_a_store_is_changed_as_it_is_read():
    store = open_dataset("synthetic").store
    view = altered(store, Intervention("noise", 10))
    assert len(view) == len(store) and view.index("blues.00000") == store.index("blues.00000")
    piece, whole = view.decode(3, 20, 60), view.decode(3)
    np.testing.assert_array_equal(piece, whole[:, 20:60])
    assert not np.allclose(whole, store.decode(3))
    assert not np.allclose(view.decode(4) - store.decode(4), whole - store.decode(3))


@pytest.mark.parametrize(
    ("kind", "strength", "words"),
    [
        ("reverb", 1, "kind is 'reverb', but must be one of gain, peak"),
        ("low_cut", 1.5, "of bands a whole number"),
        ("floor", 0, "above 0"),
        ("noise", float("nan"), "above 0"),
    ],
)
def test_what_makes_no_sense_is_refused(kind, strength, words):
    with pytest.raises(ConfigError, match=words):
        Intervention(kind, strength)


def test_silence_is_refused():
    with pytest.raises(ConfigError, match="leaves nothing of a clip at 30.0 dB"):
        Intervention("gain", -130)(np.zeros((128, 4)), FRONT_END, 80.0, 30.0)
