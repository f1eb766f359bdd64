"""Predicted against measured resolution; ambiguity; modulations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from mgc.errors import SignalError
from mgc.signal.ambiguity import ambiguity, envelope_response
from mgc.signal.atoms import amplitude_modulated, gabor_atom
from mgc.signal.resolution import (
    clicks_dip,
    measured_resolution,
    predicted_resolution,
    tones_dip,
)
from mgc.signal.stft import power_spectrogram
from mgc.signal.windows import gaussian_window, sampled_window


@pytest.mark.parametrize("n", [256, 1024])
def test_hann_tells_apart_two_bins_and_half_its_length(n):
    g = sampled_window("hann", n)
    for found in (predicted_resolution(g, sr=22050), measured_resolution(g, sr=22050)):
        assert_allclose(found.hertz, 2 * 22050 / n, rtol=1e-9)
        assert_allclose(found.seconds, n / 2 / 22050, rtol=1e-9)
        assert_allclose(found.product, 1, rtol=1e-9)


@pytest.mark.parametrize("name", ["hamming", "blackman", "cosine", "bartlett"])
def test_predicted_is_measured(name):
    g = sampled_window(name, 512)
    predicted, measured = predicted_resolution(g), measured_resolution(g)
    assert_allclose(measured.hertz, predicted.hertz, atol=2e-3 / 512)
    assert_allclose(measured.seconds, predicted.seconds, atol=1.0)


def test_gaussian_closed_form():
    std = 80.0
    found = predicted_resolution(gaussian_window(1024, std))
    assert_allclose(found.seconds, 2 * std * np.sqrt(2 * np.log(2)), atol=0.01)
    assert_allclose(found.hertz, np.sqrt(2 * np.log(2)) / (np.pi * std), rtol=1e-7)
    assert_allclose(found.product, 4 * np.log(2) / np.pi, rtol=1e-4)


def test_a_longer_window_trades_seconds_for_hertz():
    short, long = (predicted_resolution(sampled_window("blackman", n)) for n in (512, 2048))
    assert_allclose(short.hertz / long.hertz, 4, rtol=1e-3)
    assert_allclose(long.seconds / short.seconds, 4, rtol=1e-2)


def test_dips_go_from_one_hump_to_two():
    g = sampled_window("hann", 512)
    assert tones_dip(g, 0.5 / 512) == 1 and tones_dip(g, 4 / 512) < 1e-3
    assert clicks_dip(g, 40) == 1 and clicks_dip(g, 512) < 1e-9
    dips = [tones_dip(g, k / 512) for k in (1.6, 1.8, 2.0, 2.2)]
    assert (np.diff(dips) < 0).all()


def test_a_window_that_separates_nothing_is_refused():
    with pytest.raises(SignalError, match="does not separate even the widest pair"):
        measured_resolution(np.r_[1.0, np.zeros(254), 1.0])
    with pytest.raises(SignalError, match="real window, but this one is complex"):
        predicted_resolution(np.ones(64) * 1j)


complex_signals = st.lists(
    st.complex_numbers(max_magnitude=5, allow_nan=False, allow_infinity=False),
    min_size=1,
    max_size=24,
).filter(lambda values: max(map(abs, values)) > 1e-3)


@settings(deadline=None)
@given(complex_signals, st.integers(0, 9))
def test_ambiguity_can_be_moved_but_not_removed(values, extra):
    g = np.array(values, dtype=np.complex128)
    n, m = len(g), len(g) + extra
    A = ambiguity(g, m)
    energy = np.sum(np.abs(g) ** 2)
    assert A.shape == (m, 2 * n - 1)
    assert_allclose(A[m // 2, n - 1], energy, rtol=1e-12)
    assert np.abs(A).max() <= energy * (1 + 1e-9)
    assert_allclose(np.sum(np.abs(A) ** 2) / m, energy**2, rtol=1e-9)


def test_ambiguity_by_its_definition():
    rng = np.random.default_rng(5)
    g = rng.standard_normal(6) + 1j * rng.standard_normal(6)
    A = ambiguity(g, 8)
    for lag, shift in ((0, 1), (2, -3), (-4, 2)):
        terms = [
            g[j + lag] * np.conj(g[j]) * np.exp(-2j * np.pi * shift * j / 8)
            for j in range(6)
            if 0 <= j + lag < 6
        ]
        assert_allclose(A[4 + shift, 5 + lag], sum(terms), rtol=1e-12)


def test_ambiguity_of_a_gaussian_is_a_gaussian():
    sr, n = 16, 192
    g = gaussian_window(n, sr / np.sqrt(2 * np.pi))
    A = np.abs(ambiguity(g)) / np.sum(g**2)
    tau = np.arange(1 - n, n) / sr
    nu = np.arange(-n // 2, n // 2) * sr / n
    closed = np.exp(-np.pi * (tau**2 + nu[:, np.newaxis] ** 2) / 2)
    near = np.abs(tau) < 3
    assert_allclose(A[:, near], closed[:, near], atol=1e-12)


def test_ambiguity_needs_a_long_transform():
    with pytest.raises(SignalError, match="n_fft is 3: expected are at least the 4"):
        ambiguity(np.ones(4), 3)
    with pytest.raises(SignalError, match="n_fft is 0"):
        ambiguity(np.ones(4), 0)


@pytest.mark.parametrize("modulation", [2.0, 6.0, 15.0])
def test_the_response_is_what_an_stft_shows(modulation):
    sr, n = 8000, 1024
    y = amplitude_modulated(1000.0, modulation, 2.0, sr=sr, depth=0.5)
    S = power_spectrogram(y, n_fft=n, hop_length=40, center=False).astype(np.float64)
    energy = S.sum(axis=0)[:200]  # one second: whole periods
    wave = np.exp(-2j * np.pi * modulation * np.arange(200) * 40 / sr)
    seen = 2 * np.abs(energy @ wave) / energy.sum() / 0.5
    expected = envelope_response(sampled_window("hann", n), modulation, sr)
    assert_allclose(seen, expected, atol=5e-3)


def test_the_response_begins_at_one_and_keeps_the_shape():
    g = np.real(gabor_atom(0.1, sr=8000, time=0.05, frequency=0, std=0.01))
    response = envelope_response(g, np.array([[0.0, 5.0], [10.0, 20.0]]), sr=8000)
    # The square of a Gaussian is a Gaussian, narrower by sqrt 2.
    expected = np.exp(-2 * (np.pi * np.array([[0, 5], [10, 20]]) * 0.01 / np.sqrt(2)) ** 2)
    assert_allclose(response, expected, atol=1e-6)
