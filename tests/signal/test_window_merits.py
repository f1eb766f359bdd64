"""Figures of merit against closed forms of the continuous windows."""

from dataclasses import asdict
from math import pi

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import minimize_scalar

from mgc.errors import SignalError
from mgc.signal.window_merits import half_amplitude_bandwidth, window_merits
from mgc.signal.windows import gaussian_window, sampled_window, window_moments

N = 4096


def transform(name):
    """Spectra of continuous windows of length 1, with value 1 at 0."""
    cosine_terms = {
        "boxcar": [1.0],
        "hann": [0.5, 0.5],
        "hamming": [0.54, 0.46],
        "blackman": [0.42, 0.5, 0.08],
        "blackmanharris": [0.35875, 0.48829, 0.14128, 0.01168],
    }[name]

    def value(f):
        total = 0.0
        for k, a in enumerate(cosine_terms):
            total += a * (np.sinc(f - k) + np.sinc(f + k)) / 2
        return total / cosine_terms[0]

    return value


@pytest.mark.parametrize("name", ["boxcar", "hann", "hamming", "blackman", "blackmanharris"])
def test_against_the_continuous_transform(name):
    merits = window_merits(sampled_window(name, N))
    W = transform(name)
    assert_allclose(merits.scalloping, -20 * np.log10(W(0.5)), atol=1e-4)
    assert_allclose(W(merits.half_amplitude / 2), 0.5, atol=1e-6)
    f = np.linspace(merits.main_lobe / 2, 20, 200001)
    assert_allclose(merits.side_lobe, 20 * np.log10(np.abs(W(f)).max()), atol=0.02)
    assert abs(W(merits.main_lobe / 2)) < 1e-4


@pytest.mark.parametrize(
    ("name", "main_lobe", "noise", "decay"),
    [
        ("boxcar", 2, 1.0, -6),
        ("bartlett", 4, 4 / 3, -12),
        ("cosine", 3, pi**2 / 8, -12),
        ("hann", 4, 1.5, -18),
        ("hamming", 4, (0.54**2 + 0.46**2 / 2) / 0.54**2, -6),
        ("blackman", 6, (0.42**2 + 0.5**2 / 2 + 0.08**2 / 2) / 0.42**2, -18),
    ],
)
def test_closed_forms(name, main_lobe, noise, decay):
    merits = window_merits(sampled_window(name, N))
    assert_allclose(merits.main_lobe, main_lobe, atol=1 / 16)
    assert_allclose(merits.noise_bandwidth, noise, rtol=1e-3)
    assert_allclose(merits.decay, decay, atol=0.1)


def test_moments_and_frame_bounds_are_those_of_their_own_modules():
    for name in ("hann", "bartlett", "blackman"):
        g = sampled_window(name, N)
        merits, moments = window_merits(g), window_moments(g, sr=N)
        assert merits.sigma_t == moments.sigma_t and merits.sigma_f == moments.sigma_f
        assert merits.relative == moments.relative
        folded = (g**2).reshape(4, -1).sum(axis=0)
        assert_allclose(merits.frame_ratio, folded.max() / folded.min(), rtol=1e-12)
    assert window_merits(sampled_window("hann", N)).frame_ratio == pytest.approx(1, abs=1e-12)
    symmetric = window_merits(sampled_window("hann", N, periodic=False))
    assert symmetric.frame_ratio > 1 + 1e-5


def test_the_gain_does_not_matter():
    g = sampled_window("hann", N)
    for field, value in asdict(window_merits(1e3 * g)).items():
        assert value == pytest.approx(asdict(window_merits(g))[field], rel=1e-9), field


@pytest.mark.parametrize("n", [128, 181, 512, 2896, 8192])
@pytest.mark.parametrize("factor", [1.0, 0.1, 3.7])
def test_half_the_height_of_hann_lies_on_a_bin(n, factor):
    # The root lies on the grid of the bracket: rounding may put it on either side.
    found = half_amplitude_bandwidth(factor * sampled_window("hann", n), sr=22050)
    assert_allclose(found, 2 * 22050 / n, rtol=1e-9)


def test_half_the_height_of_a_gaussian():
    std = 100.0
    found = half_amplitude_bandwidth(gaussian_window(2048, std), sr=8000)
    assert_allclose(found, 8000 * np.sqrt(2 * np.log(2)) / (pi * std), rtol=1e-9)


def test_hann_peaks_between_the_nulls():
    W = transform("hann")
    top = minimize_scalar(lambda f: -abs(W(f)), bounds=(2.01, 2.99), method="bounded").fun
    assert_allclose(
        window_merits(sampled_window("hann", N)).side_lobe, 20 * np.log10(-top), atol=1e-3
    )


@pytest.mark.parametrize("g", [np.ones(1024), np.ones(4097), np.ones(4096) + 1j])
def test_a_coarse_or_complex_window_is_refused(g):
    with pytest.raises(SignalError, match="multiple of 4 and at least 2048"):
        window_merits(g)


def test_one_sample_has_no_width():
    with pytest.raises(SignalError, match="too short"):
        half_amplitude_bandwidth([1.0])
