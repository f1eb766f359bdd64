"""Per-channel energy normalisation against librosa, the recursion by hand, and its promise."""

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from mgc.errors import SignalError
from mgc.signal.pcen import pcen, smoothing_coefficient

RATE = 22050 / 512
S = 10 ** np.random.default_rng(0).uniform(-9, 4, (2, 3, 20, 120))


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"time_constant": 0.01},
        {"time_constant": 5.0, "gain": 0.5, "bias": 10.0, "power": 0.25, "eps": 1e-9},
        {"power": 0},
        {"bias": 0.0},
        {"gain": 0.0},
    ],
)
def test_equals_librosa(parameters):
    expected = librosa.pcen(S, sr=22050, hop_length=512, **parameters)
    assert_allclose(pcen(S, frame_rate=RATE, **parameters), expected, rtol=1e-12)


def test_another_frame_rate():
    expected = librosa.pcen(S, sr=16000, hop_length=160)
    assert_allclose(pcen(S, frame_rate=100.0), expected, rtol=1e-12)


def test_is_the_recursion_by_hand():
    b, mean, expected = smoothing_coefficient(0.4, RATE), 1.0, []
    for x in S[0, 0, 0]:
        mean = (1 - b) * mean + b * x
        expected.append((x / (1e-6 + mean) ** 0.98 + 2) ** 0.5 - 2**0.5)
    # The direct formula cancels where x is small; ours does not.
    assert_allclose(pcen(S[0, 0, 0], frame_rate=RATE), expected, rtol=1e-6, atol=1e-15)


@given(st.floats(1e-4, 100), st.floats(0.1, 1000))
def test_smoothing_coefficient_solves_its_equation(time_constant, frame_rate):
    b = smoothing_coefficient(time_constant, frame_rate)
    frames = time_constant * frame_rate
    assert 0 < b <= 1
    assert frames**2 * b**2 + b == pytest.approx(1, rel=1e-12)


def test_leading_axes_are_independent_and_single_precision_is_kept():
    whole = pcen(S, frame_rate=RATE)
    assert_array_equal(pcen(S[1, 2, 5], frame_rate=RATE), whole[1, 2, 5])
    single = pcen(S.astype(np.float32), frame_rate=RATE)
    assert single.dtype == np.float32
    # Formed in double: a mean that is kept in single precision would err more.
    expected = pcen(S.astype(np.float32).astype(np.float64), frame_rate=RATE)
    assert_array_equal(single, expected.astype(np.float32))


@settings(deadline=None)
@given(st.floats(-60, 60), st.floats(0.0, 1.0))
def test_once_settled_a_gain_g_counts_as_g_to_the_one_minus_alpha(db, alpha):
    g = 10 ** (db / 10)
    x = np.random.default_rng(1).uniform(0.5, 2.0, 2000)
    # A root of power 1 and no bias shows the quotient itself; eps is far below the signal.
    options = {"gain": alpha, "bias": 0.0, "power": 1.0, "eps": 1e-30, "frame_rate": RATE}
    soft, loud = (pcen(y, **options)[-200:] for y in (x, g * x))
    assert_allclose(loud / soft, g ** (1 - alpha), rtol=1e-9)


@pytest.mark.parametrize("bad", [-1e-9, np.nan, np.inf])
def test_decibels_and_damage_are_refused(bad):
    with pytest.raises(SignalError, match="not decibels"):
        pcen([1.0, bad], frame_rate=RATE)


def test_no_frame_is_refused():
    with pytest.raises(SignalError, match=r"at least one frame, but this one \(4, 0\)"):
        pcen(np.ones((4, 0)), frame_rate=RATE)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("frame_rate", 0.0, "above 0"),
        ("time_constant", -1.0, "above 0"),
        ("eps", 0.0, "above 0"),
        ("gain", -0.1, "of at least 0"),
        ("bias", np.nan, "of at least 0"),
        ("power", np.inf, "of at least 0"),
    ],
)
def test_parameters_out_of_range_are_named(name, value, text):
    with pytest.raises(SignalError, match=f"PCEN's {name} is .*finite number {text}"):
        pcen([1.0], **{"frame_rate": RATE, name: value})
