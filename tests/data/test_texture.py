"""Texture: moments against SciPy, covariances against NumPy, modulation against sinusoids."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from mgc.data.texture import LEAST_BANDS, _edges, modulation, texture, texture_blocks, texture_size
from mgc.errors import DataError
from mgc.signal.cepstrum import mfcc


@pytest.fixture(scope="module")
def levels():
    return np.random.default_rng(0).normal(-30, 8, (3, 128, 77))


def block(levels, name):
    sizes = texture_blocks(levels.shape[1])
    start = sum(
        size for kind, size in sizes.items() if list(sizes).index(kind) < list(sizes).index(name)
    )
    return texture(levels)[:, start : start + sizes[name]]


def test_moments_are_those_of_scipy(levels):
    mean, std, change, skewness, kurtosis = np.split(block(levels, "moments"), 5, axis=1)
    np.testing.assert_allclose(mean, levels.mean(2), rtol=1e-6)
    np.testing.assert_allclose(std, levels.std(2), rtol=1e-6)
    np.testing.assert_allclose(change, np.diff(levels).std(2), rtol=1e-6)
    # The floor beside the deviation (1e-3 dB beside 8) lowers them a little.
    np.testing.assert_allclose(skewness, scipy.stats.skew(levels, axis=2), rtol=2e-3, atol=1e-5)
    expected = scipy.stats.kurtosis(levels, axis=2, fisher=False)
    np.testing.assert_allclose(kurtosis, expected, rtol=2e-3)


def test_cepstral_covariances_are_those_of_numpy(levels):
    found = block(levels, "cepstra")
    c = mfcc(levels, 20)
    np.testing.assert_allclose(found[:, :20], c.mean(2), rtol=1e-5)
    expected = [np.cov(one)[np.triu_indices(20)] for one in c]
    np.testing.assert_allclose(found[:, 60:], expected, rtol=1e-5, atol=1e-5)


def test_modulation_is_the_folded_power_of_the_fourier_transform(levels):
    x = (levels - levels.mean(2, keepdims=True)) * np.hanning(77)
    full = np.abs(np.fft.fft2(x)) ** 2
    rates, scales = _edges(1, 39, 10), _edges(0, 64, 10)
    expected = np.empty((3, 10, 10))
    for i in range(10):
        for j in range(10):
            s, r = np.arange(*scales[i : i + 2]), np.arange(*rates[j : j + 2])
            up = full[:, s[:, None], r]
            down = full[:, -s[:, None] % 128, r]
            expected[:, i, j] = ((up + down) / 2).mean(axis=(1, 2))
    found = modulation(levels, 10).reshape(3, 10, 10)
    np.testing.assert_allclose(found, np.log(expected + 1e-3), rtol=1e-9)


def test_up_and_down_sweeps_count_alike_and_the_level_does_not_count(levels):
    np.testing.assert_allclose(modulation(levels[:, ::-1], 10), modulation(levels, 10), atol=1e-9)
    np.testing.assert_allclose(modulation(levels + 7.0, 10), modulation(levels, 10), atol=1e-9)


def test_silence_has_a_texture():
    silent = texture(np.full((1, 128, 77), -80.0))
    assert silent.shape == (1, texture_size(128)) and np.isfinite(silent).all()


@given(st.integers(0, 1), st.integers(12, 300), st.integers(1, 10))
def test_blocks_grow_and_none_is_empty(first, last, count):
    edges = _edges(first, last, count)
    widths = np.diff(edges)
    assert edges[0] == first and edges[-1] == last and (widths > 0).all()


@pytest.mark.parametrize("n_mels", [LEAST_BANDS, 64, 96, 128])
@pytest.mark.parametrize("columns", [40, 77, 129])
def test_size_does_not_depend_on_the_length(n_mels, columns):
    x = np.random.default_rng(1).normal(size=(1, n_mels, columns))
    assert texture(x).shape == (1, texture_size(n_mels))


@pytest.mark.parametrize("shape", [(128, 77), (1, 47, 77), (1, 128, 39)])
def test_too_small_is_refused(shape):
    with pytest.raises(DataError, match="at least 48 mel bands, at least 40 columns"):
        texture(np.zeros(shape))


@pytest.mark.parametrize("shape", [(1, 19, 20), (1, 20, 19), (20, 20)])
def test_more_blocks_than_steps_are_refused(shape):
    with pytest.raises(DataError, match="at least 20 bands, at least 20 columns"):
        modulation(np.zeros(shape), 10)
