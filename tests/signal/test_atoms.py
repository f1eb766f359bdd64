"""Test signals lie where they say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from mgc.errors import SignalError
from mgc.signal.atoms import (
    amplitude_modulated,
    chirp,
    click_and_tone,
    clicks,
    gabor_atom,
    two_tones,
)
from mgc.signal.windows import gaussian_moments, window_moments

SR = 8000


@settings(deadline=None, max_examples=30)
@given(
    st.floats(0.4, 0.6),
    st.floats(-2500, 2500),
    st.floats(0.002, 0.03),
    st.floats(-3, 3),
)
def test_an_atom_lies_where_it_says(time, frequency, std, phase):
    y = gabor_atom(1.0, sr=SR, time=time, frequency=frequency, std=std, phase=phase)
    moments, expected = window_moments(y, sr=SR), gaussian_moments(std)
    assert y.shape == (SR,) and y.dtype == np.complex128
    assert_allclose(moments.centre, time, atol=1e-9)
    assert_allclose(moments.centre_frequency, frequency, atol=1e-6)
    assert_allclose(moments.sigma_t, expected.sigma_t, rtol=1e-7)
    assert_allclose(moments.sigma_f, expected.sigma_f, rtol=1e-7)


def test_phase_and_gliding_of_an_atom():
    y = gabor_atom(1.0, sr=SR, time=0.5, frequency=1000, std=0.02, phase=0.7, rate=5000.0)
    assert np.abs(y).max() == pytest.approx(1)
    assert np.angle(y[SR // 2]) == pytest.approx(0.7)
    instantaneous = np.diff(np.unwrap(np.angle(y[3800:4200]))) * SR / (2 * np.pi)
    expected = 1000 + 5000 * (np.arange(3800, 4199) + 0.5 - 4000) / SR
    assert_allclose(instantaneous, expected, atol=1e-6)
    still = gaussian_moments(0.02)
    spread = np.hypot(still.sigma_f, 5000 * still.sigma_t)
    assert window_moments(y, sr=SR).sigma_f == pytest.approx(spread, rel=1e-6)


@pytest.mark.parametrize(("exponential", "middle"), [(False, 1100.0), (True, np.sqrt(200 * 2000))])
def test_a_chirp_glides(exponential, middle):
    y = chirp(200, 2000, 2.0, sr=SR, exponential=exponential)
    assert y.shape == (2 * SR,) and y[0] == 1.0
    # Zero crossings in 20 ms around the middle.
    crossings = np.flatnonzero(np.diff(np.signbit(y[SR - 80 : SR + 80]))).astype(float)
    assert SR / (2 * np.diff(crossings).mean()) == pytest.approx(middle, rel=0.03)


def test_two_tones_beat():
    y = two_tones(1000.0, 20.0, 1.0, sr=SR)
    power = np.abs(np.fft.rfft(y)) ** 2
    assert sorted(power.argsort()[-2:]) == [990, 1010]
    t = np.arange(-SR // 2, SR // 2) / SR
    assert_allclose(y, np.cos(20 * np.pi * t) * np.cos(2000 * np.pi * t), atol=1e-9)
    ahead = two_tones(1000.0, 20.0, 1.0, sr=SR, phase=np.pi)
    assert abs(ahead[SR // 2]) < 1e-12 and y[SR // 2] == 1


def test_clicks_stand_in_silence():
    y = clicks([0.1, 0.3], 0.5, sr=SR)
    assert list(np.flatnonzero(y)) == [800, 2400] and y.sum() == 2


def test_click_and_tone_have_equal_energy():
    y = click_and_tone(0.5, 1000.0, 1.0, sr=SR)
    tone = np.cos(2 * np.pi * 1000 * np.arange(SR) / SR)
    click = y - tone
    assert np.flatnonzero(np.abs(click) > 1e-9).tolist() == [4000]
    assert np.sum(click**2) == pytest.approx(np.sum(tone**2))


def test_power_swells_as_asked():
    y = amplitude_modulated(1000.0, 4.0, 1.0, sr=SR, depth=0.5)
    power = 2 * (y**2).reshape(-1, 8).mean(axis=1)
    t = np.arange(SR).reshape(-1, 8).mean(axis=1) / SR
    assert_allclose(power, 1 + 0.5 * np.cos(8 * np.pi * t), atol=2e-3)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: gabor_atom(0, time=0, frequency=1, std=1), "seconds is 0"),
        (lambda: gabor_atom(1, time=0, frequency=1, std=0), "std is 0"),
        (lambda: gabor_atom(1, time=0, frequency=12000, std=1), "stay at or below 11025 Hz"),
        (lambda: gabor_atom(1, sr=-1, time=0, frequency=1, std=1), "sr is -1"),
        (lambda: chirp(100, float("nan"), 1.0), "nan Hz cannot be sampled"),
        (lambda: chirp(0, 100, 1.0, exponential=True), "would pass endless octaves"),
        (lambda: two_tones(11000, 100, 1.0), "11050.0 Hz cannot"),
        (lambda: clicks([1.0], 1.0), "lies outside a signal from 0 to 1 s"),
        (lambda: click_and_tone(-0.1, 440, 1.0), "lies outside"),
        (lambda: amplitude_modulated(440, 4, 1.0, depth=2), "depth is 2"),
        (lambda: clicks([], 1e-9), "less than one sample"),
    ],
)
def test_what_cannot_be_sampled_is_refused(make, message):
    with pytest.raises(SignalError, match=message):
        make()
