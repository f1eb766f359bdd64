"""The correlation is the textbook's, at every offset and speed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import convolve1d

from mgc.audit.similarity import (
    MIN_OVERLAP,
    Curve,
    at_speed,
    relative_speed,
    similarity_curve,
    steadiness,
)
from mgc.data.frontend import FrontEnd
from mgc.signal.mel import hz_to_mel, mel_to_hz


def music(seed, columns, smooth=5):
    x = np.random.default_rng(seed).standard_normal((32, columns))
    return convolve1d(x, np.ones(smooth), axis=1).astype(np.float32)


@given(st.integers(0, 999), st.integers(20, 200), st.integers(0, 999))
def test_the_fast_curve_is_the_slow_sum(seed, columns, place):
    x, y = music(seed, columns), music(seed + 1, columns)
    curve = similarity_curve(x, y)
    reach = columns - min(MIN_OVERLAP, columns // 2)
    assert curve.lags.tolist() == list(range(-reach, reach + 1))
    lag = int(curve.lags[place % len(curve.lags)])
    first, last = max(0, -lag), min(columns, columns - lag)
    a, b = x[:, first + lag : last + lag], y[:, first:last]
    slow = (a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum())
    assert curve.similarity[place % len(curve.lags)] == pytest.approx(slow, abs=1e-4)


@given(st.integers(-150, 150), st.floats(0.01, 100))
def test_a_shifted_and_scaled_copy_has_its_peak_at_the_shift(shift, gain):
    whole = music(0, 600)
    x, y = whole[:, 150:450], gain * whole[:, 150 + shift : 450 + shift]
    curve = similarity_curve(x, y)
    assert curve.lags[curve.peak] == shift
    assert curve.similarity[curve.peak] == pytest.approx(1, abs=1e-4)
    assert steadiness(x, y, shift) == pytest.approx(1, abs=1e-4)
    back = similarity_curve(y, x)
    assert back.lags[back.peak] == -shift


def test_a_lonely_peak_stands_out_and_a_repeated_one_does_not():
    loop = np.tile(music(1, 40), 8)
    curve = similarity_curve(loop, loop)
    assert curve.second == pytest.approx(1, abs=1e-3)
    once = music(2, 320)
    curve = similarity_curve(once, once)
    assert curve.second < 0.3
    assert curve.z > 10
    assert curve.lags[curve.peak] == 0


def test_of_equal_peaks_the_one_next_to_zero_counts():
    assert Curve(np.array([-40, -2, 0, 30]), np.array([1.0, 1.0, 0.0, 1.0])).peak == 1


def test_one_wrong_piece_in_five_is_no_steady_copy():
    x = music(3, 390)
    y = x.copy()
    y[:, ::65] = 0
    assert steadiness(x, y, 0) > 0.7
    y[:, 100:180] = music(4, 80)
    assert steadiness(x, y, 0) < 0.3
    curve = similarity_curve(x, y)
    assert curve.similarity[curve.peak] > 0.7


@pytest.mark.parametrize("speed", [0.98, 0.995, 1.0, 1.01, 1.02])
def test_a_drifting_copy_tells_its_speed_and_can_be_set_right(speed):
    front_end, whole = FrontEnd(), np.repeat(music(5, 500, 9), 4, axis=0)
    fast = at_speed(whole, front_end, 1 / speed)[:, :387]
    x = whole[:, :387]
    assert relative_speed(x, fast, 0) == pytest.approx(speed, abs=0.003)
    again = at_speed(fast, front_end, speed)
    assert steadiness(x[:, :370], again[:, :370], 0) > 0.85
    if speed in (0.98, 1.02):
        assert steadiness(x, fast, 0) < 0.6


def test_what_runs_slower_sounds_lower():
    front_end, tone = FrontEnd(), np.zeros((128, 387), dtype=np.float32)
    centres = mel_to_hz(np.linspace(0, hz_to_mel(11025), 130))[1:-1]
    tone[100, :200] = 1
    slowed = at_speed(tone, front_end, 1.1)
    assert np.flatnonzero(slowed.any(axis=0))[-1] == pytest.approx(1.1 * 199, abs=1.2)
    weights = slowed[:, 50]
    heard = (weights * centres).sum() / weights.sum()
    assert heard == pytest.approx(centres[100] / 1.1, rel=0.01)


def test_silence_is_like_nothing():
    quiet = np.zeros((32, 100), dtype=np.float32)
    curve = similarity_curve(quiet, music(0, 100))
    assert not curve.similarity.any()
    assert steadiness(quiet, quiet, 0) == 0
    assert relative_speed(quiet[:, :60], quiet[:, :60], 0) == 1
