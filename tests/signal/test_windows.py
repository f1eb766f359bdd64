"""Windows and their moments against closed forms, and the bound that none gets below."""

from math import pi, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.signal import get_window

from mgc.errors import SignalError
from mgc.signal.stft import padded_window
from mgc.signal.windows import (
    UNCERTAINTY_BOUND,
    gaussian_moments,
    gaussian_window,
    hann_moments,
    sampled_window,
    window_moments,
)


def continuous_variance(g):
    """Mean square frequency of a sampled signal by its Fourier series, in extended precision."""
    g = np.asarray(g, dtype=np.clongdouble)
    k = np.arange(1, len(g), dtype=np.longdouble)
    r = np.array([np.sum(g[lag:] * np.conj(g[: len(g) - lag])).real for lag in range(len(g))])
    # pi in extended precision: float64's pi and what it lacks.
    wide_pi = np.longdouble(np.pi) + np.longdouble(1.2246467991473532e-16)
    series = np.sum(r[1:] * (1 - 2 * (k % 2)) / (wide_pi * k) ** 2)
    return float((r[0] / 12 + series) / r[0])


@pytest.mark.parametrize("name", ["hann", "blackman", ("kaiser", 8.6), ("gaussian", 11.0)])
@pytest.mark.parametrize("periodic", [True, False])
def test_the_period_is_explicit(name, periodic):
    g = sampled_window(name, 64, periodic=periodic)
    np.testing.assert_array_equal(g, get_window(name, 64, fftbins=periodic))
    assert_allclose(g, (g[::-1] if not periodic else np.roll(g[::-1], 1)), atol=1e-12)


def test_the_same_hann_as_in_the_front_end():
    np.testing.assert_array_equal(
        sampled_window("hann", 2048).astype(np.float32), padded_window("hann", 2048, 2048)
    )


@pytest.mark.parametrize("n", [64, 65])
def test_gaussian_stands_in_the_middle(n):
    t = np.arange(n)
    for periodic, middle in ((True, n / 2), (False, (n - 1) / 2)):
        expected = np.exp(-((t - middle) ** 2) / (2 * 9.5**2))
        assert_allclose(gaussian_window(n, 9.5, periodic=periodic), expected, rtol=1e-12)


def test_reference_gauss():
    # exp(-pi t**2), 16 samples a unit of time.
    measured = window_moments(gaussian_window(192, 16 / sqrt(2 * pi)), sr=16)
    closed = gaussian_moments(1 / sqrt(2 * pi))
    for moments in (measured, closed):
        assert_allclose(moments.sigma_t, 0.28209479177387814, rtol=0, atol=1e-14)
        assert_allclose(moments.sigma_f, 0.28209479177387814, rtol=0, atol=1e-14)
        assert_allclose(moments.product, 0.07957747154594767, rtol=0, atol=1e-14)
    assert measured.centre == pytest.approx(6.0, abs=1e-12)


def test_reference_hann():
    measured = window_moments(sampled_window("hann", 2048), sr=2048)
    for moments in (measured, hann_moments(1.0)):
        assert_allclose(moments.sigma_t, 0.1414482009672524, rtol=0, atol=1e-13)
        assert_allclose(moments.sigma_f, 0.5773502691896258, rtol=0, atol=1e-9)
        assert_allclose(moments.product, 0.0816651569048, rtol=0, atol=1e-10)
    symmetric = window_moments(sampled_window("hann", 2048, periodic=False), sr=2048)
    assert abs(symmetric.sigma_t / hann_moments(1.0).sigma_t - 1) > 4e-4


@pytest.mark.parametrize(
    ("name", "sigma_t", "sigma_f"),
    [
        ("cosine", sqrt(1 / 12 - 1 / (2 * pi**2)), 0.5),
        ("bartlett", 1 / (2 * sqrt(10)), sqrt(3) / pi),
        ("boxcar", 1 / sqrt(12), None),
    ],
)
def test_other_closed_forms(name, sigma_t, sigma_f):
    moments = window_moments(sampled_window(name, 4096), sr=4096)
    assert_allclose(moments.sigma_t, sigma_t, rtol=1e-3)
    if sigma_f is not None:
        assert_allclose(moments.sigma_f, sigma_f, rtol=1e-3)


def test_a_jump_has_no_finite_spread():
    # A continuous rectangle has infinite sigma_f: the sampled one grows with the root of the rate.
    spread = [window_moments(np.ones(n), sr=n).sigma_f for n in (256, 1024, 4096)]
    assert_allclose(np.diff(np.log(spread)) / np.log(4), 0.5, atol=1e-3)


@pytest.mark.parametrize("n", [1, 2, 7, 64, 129, 500])
def test_frequency_moment_is_exact(n):
    rng = np.random.default_rng(n)
    for g in (np.ones(n), rng.standard_normal(n), sampled_window("hann", n, periodic=False) + 1e-3):
        # Real and even spectra: the mean frequency is 0 (or the circular mean is half the rate).
        moments = window_moments(np.abs(g))
        assert moments.centre_frequency == 0
        assert_allclose(moments.sigma_f**2, continuous_variance(np.abs(g)), rtol=1e-10)


def test_no_digit_is_lost_in_long_windows():
    # sum c_k r_k alone, without the grid, is wrong in the seventh digit here.
    n = 2**16
    found = window_moments(sampled_window("hann", n), sr=n).sigma_f
    assert_allclose(found, 1 / sqrt(3), rtol=1e-13)


@pytest.mark.parametrize("sr", [1.0, 8000, 22050])
def test_moments_have_units(sr):
    one = window_moments(sampled_window("hann", 512))
    other = window_moments(sampled_window("hann", 512), sr=sr)
    assert_allclose(other.sigma_t, one.sigma_t / sr, rtol=1e-12)
    assert_allclose(other.sigma_f, one.sigma_f * sr, rtol=1e-12)
    assert_allclose(other.product, one.product, rtol=1e-12)


signals = st.integers(1, 40).flatmap(
    lambda n: st.lists(
        st.complex_numbers(max_magnitude=10, allow_nan=False, allow_infinity=False),
        min_size=n,
        max_size=n,
    )
)


@settings(deadline=None)
@given(signals)
def test_nothing_is_below_the_bound(values):
    g = np.array(values)
    if np.abs(g).max() < 1e-6:
        return
    moments = window_moments(g)
    n = np.arange(len(g))
    # What the spectrum holds half a period away from its centre counts against the bound.
    far = abs(g @ np.exp(-2j * pi * (moments.centre_frequency + 0.5) * n)) ** 2
    energy = np.sum(np.abs(g) ** 2)
    assert moments.product >= UNCERTAINTY_BOUND * abs(1 - far / energy) - 1e-7


@settings(deadline=None)
@given(signals, st.integers(0, 20), st.floats(-0.4, 0.4), st.floats(0.1, 10))
def test_moves_move_the_centre_only(values, shift, nu, factor):
    g = np.array(values)
    smooth = np.convolve(g, np.hanning(12))
    if np.abs(smooth).max() < 1e-3 or abs(np.vdot(smooth[:-1], smooth[1:])) < 1e-3:
        return
    here = window_moments(smooth)
    moved = np.concatenate([np.zeros(shift), factor * smooth])
    moved = moved * np.exp(2j * pi * nu * np.arange(len(moved)))
    there = window_moments(moved)
    assert_allclose(there.centre, here.centre + shift, atol=1e-7)
    turn = there.centre_frequency - here.centre_frequency - nu
    assert_allclose(turn - round(turn), 0, atol=1e-7)
    assert_allclose(there.sigma_t, here.sigma_t, rtol=1e-6, atol=1e-7)
    assert_allclose(there.sigma_f, here.sigma_f, rtol=1e-6)


@pytest.mark.parametrize("rate", [0.0, 1e-4, 1e-3])
def test_a_chirp_spreads_by_its_rate(rate):
    # |(g e^{i pi c t^2})'|^2 = |g'|^2 + (2 pi c t)^2 |g|^2
    t = np.arange(-256, 256)
    plain = window_moments(sampled_window("hann", 512))
    sheared = window_moments(sampled_window("hann", 512) * np.exp(1j * pi * rate * t**2))
    expected = sqrt(plain.sigma_f**2 + (rate * plain.sigma_t) ** 2)
    assert_allclose(sheared.sigma_f, expected, rtol=1e-7)
    assert_allclose(sheared.sigma_t, plain.sigma_t, rtol=1e-12)


@pytest.mark.parametrize(
    ("g", "message"),
    [
        ([], r"one row of numbers, but this has shape \(0,\)"),
        ([[1.0, 2.0]], r"shape \(1, 2\)"),
        (["a"], "pass its samples"),
        ([0.0, 0.0], "the window is zero"),
        ([1.0, np.nan], "NaN or infinity"),
    ],
)
def test_what_is_no_window_is_refused(g, message):
    with pytest.raises(SignalError, match=message):
        window_moments(g)


@pytest.mark.parametrize("n", [0, -3, 2.5, True, "8"])
def test_a_length_is_a_positive_integer(n):
    with pytest.raises(SignalError, match="positive number of samples"):
        sampled_window("hann", n)


def test_unknown_windows_and_spreads_are_refused():
    with pytest.raises(SignalError, match="no window of 'hat'.*give a name such as 'hann'"):
        sampled_window("hat", 64)
    with pytest.raises(SignalError, match="std is -1.0: expected is a positive number"):
        gaussian_window(64, -1.0)
    for function in (gaussian_moments, hann_moments):
        with pytest.raises(SignalError, match="expected is a positive number"):
            function(float("nan"))
    with pytest.raises(SignalError, match="sr is 0"):
        window_moments([1.0, 1.0], sr=0)
