"""Two-dimensional Gabor kernels against closed forms, and banks of them against each other."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.signal import correlate2d

from mgc.errors import ConfigError, SignalError
from mgc.signal.bank_response import bank_response, pooled_response
from mgc.signal.gabor_bank import DEFAULT_BANK, GaborBank, coverage, random_bank
from mgc.signal.gabor_kernel import complex_gabor_kernel, gabor_kernel, octave_sigma

RNG = np.random.default_rng(3)

angles = st.floats(0, 2 * np.pi)
waves = st.floats(2.5, 12)


@settings(deadline=None, max_examples=40)
@given(waves, angles, angles, st.floats(0.5, 2))
def test_the_equations(wavelength, orientation, phase, aspect):
    g = complex_gabor_kernel(wavelength, orientation, phase=phase, sigma=3.0, aspect=aspect, size=9)
    row, column = 1, 7
    x, y = column - 4, row - 4
    along = x * np.cos(orientation) + y * np.sin(orientation)
    across = -x * np.sin(orientation) + y * np.cos(orientation)
    envelope = np.exp(-(along**2 + aspect**2 * across**2) / 18)
    angle = 2 * np.pi * along / wavelength + phase
    assert_allclose(g[row, column], envelope * (np.cos(angle) + 1j * np.sin(angle)), atol=1e-14)
    real = gabor_kernel(wavelength, orientation, phase=phase, sigma=3.0, aspect=aspect, size=9)
    assert_allclose(real[row, column], envelope * np.cos(angle), atol=1e-14)


@pytest.mark.parametrize("orientation", [0.0, 0.4, np.pi / 3, np.pi / 2, 2.5])
@pytest.mark.parametrize("wavelength", [4.0, 7.3])
def test_the_peak_of_the_transform_is_the_wave(wavelength, orientation):
    g = complex_gabor_kernel(wavelength, orientation)
    spectrum = np.abs(np.fft.fft2(g, (512, 512)))
    row, column = np.unravel_index(spectrum.argmax(), spectrum.shape)
    f = np.fft.fftfreq(512)
    expected = np.cos(orientation) / wavelength, np.sin(orientation) / wavelength
    assert_allclose((f[column], f[row]), expected, atol=1 / 512)


def test_one_octave_between_half_amplitudes():
    for bandwidth, low, high in ((1.0, 2 / 3, 4 / 3), (2.0, 0.4, 1.6)):
        sigma = octave_sigma(6.0, bandwidth)
        for f in (low / 6, high / 6):
            assert_allclose(np.exp(-2 * (np.pi * sigma * (f - 1 / 6)) ** 2), 0.5, rtol=1e-12)


@settings(deadline=None, max_examples=40)
@given(waves, angles, st.integers(1, 12))
def test_symmetries(wavelength, orientation, size):
    even = gabor_kernel(wavelength, orientation, size=size)
    odd = gabor_kernel(wavelength, orientation, phase=np.pi / 2, size=size)
    assert_allclose(even[::-1, ::-1], even, atol=1e-13)
    assert_allclose(odd[::-1, ::-1], -odd, atol=1e-13)
    turned = gabor_kernel(wavelength, orientation + np.pi / 2, size=size)
    assert_allclose(turned, even[::-1].T, atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(waves, angles, angles, st.floats(0.5, 2), st.integers(3, 21))
def test_zero_mean_is_zero_to_rounding(wavelength, orientation, phase, aspect, size):
    k = gabor_kernel(wavelength, orientation, phase=phase, aspect=aspect, size=size, zero_mean=True)
    assert abs(k.sum()) <= 1e-15 * max(1, np.abs(k).sum())


def test_along_the_axes_a_kernel_is_a_product():
    k = gabor_kernel(5.0, 0.0, phase=0.3, sigma=2.0, aspect=0.7, size=11)
    x = np.arange(-5, 6)
    wave = np.exp(-(x**2) / 8) * np.cos(2 * np.pi * x / 5 + 0.3)
    assert_allclose(k, np.outer(np.exp(-0.49 * x**2 / 8), wave), atol=1e-15)
    assert np.linalg.matrix_rank(gabor_kernel(5.0, 0.5, size=11), tol=1e-9) == 2


def test_without_a_size_three_deviations_are_covered():
    assert gabor_kernel(4.0, 0.0, sigma=2.0).shape == (13, 13)
    assert gabor_kernel(4.0, 0.0, sigma=2.0, aspect=0.5).shape == (25, 25)


@pytest.mark.parametrize(
    "change",
    [{"wavelength": 1.9}, {"sigma": 0.0}, {"aspect": -1.0}, {"size": 0}, {"sigma": np.nan}],
)
def test_kernels_that_cannot_be_are_refused(change):
    with pytest.raises(ConfigError, match="expected are|at least one"):
        gabor_kernel(**{"wavelength": 4.0, "orientation": 0.0} | change)


@pytest.mark.parametrize("kernels", [DEFAULT_BANK.kernels(), random_bank(5)])
def test_both_banks_have_norm_one_and_mean_zero(kernels):
    assert kernels.shape == (9, 9, 16) and kernels.dtype == np.float32
    assert_allclose(np.linalg.norm(kernels.reshape(81, 16), axis=0), 1, rtol=1e-6)
    assert_allclose(kernels.sum(axis=(0, 1)), 0, atol=5e-7)


def test_the_banks_order_and_its_pairs():
    p = DEFAULT_BANK.parameters()
    assert p["wavelength"].tolist() == [4.0] * 8 + [8.0] * 8
    assert_allclose(p["orientation"][:8], np.repeat(np.pi / 4 * np.arange(4), 2))
    assert_allclose(p["phase"], np.tile([0, np.pi / 2], 8))
    pairs = DEFAULT_BANK.kernels().reshape(81, 8, 2)
    assert_allclose((pairs[:, :, 0] * pairs[:, :, 1]).sum(axis=0), 0, atol=1e-6)


def test_orientation_0_answers_to_time():
    onsets = np.tile(np.cos(2 * np.pi * np.arange(48) / 8), (1, 48, 1))
    strongest = []
    for picture in (onsets, onsets.swapaxes(1, 2)):
        response = bank_response(picture, DEFAULT_BANK.kernels())[..., 4:-4, 4:-4]
        strongest.append(np.square(response).sum(axis=(0, 2, 3)).reshape(8, 2).sum(axis=1).argmax())
    assert strongest == [4, 6]  # of 8 pixels: along time, along frequency


def test_the_same_seed_the_same_noise():
    np.testing.assert_array_equal(random_bank(1), random_bank(1))
    assert np.abs(random_bank(1) - random_bank(2)).max() > 0.1


@pytest.mark.parametrize(
    "change", [{"wavelengths": ()}, {"n_orientations": 0}, {"phases": ()}, {"bandwidth": 0.0}]
)
def test_a_bank_without_kernels_is_refused(change):
    with pytest.raises(ConfigError, match="has no kernels"):
        replace(DEFAULT_BANK, **change)


def test_a_kernel_that_vanishes_is_named():
    bank = GaborBank(wavelengths=(2.0,), n_orientations=1, phases=(0.0, np.pi / 2))
    with pytest.raises(ConfigError, match="kernel 2 of 2 is 0 everywhere"):
        bank.kernels()


def test_coverage_weighs_the_energy():
    """Behind a bank without stride, on a torus, a picture has the energy that coverage says."""
    kernels = DEFAULT_BANK.kernels()
    A = np.fft.ifftshift(coverage(kernels, 32))
    picture = RNG.standard_normal((32, 32))
    filtered = np.fft.fft2(kernels, (32, 32), axes=(0, 1)).conj() * np.fft.fft2(picture)[..., None]
    energy = np.square(np.fft.ifft2(filtered, axes=(0, 1)).real).sum()
    weighed = (A * np.abs(np.fft.fft2(picture)) ** 2).sum() / 32**2
    assert_allclose(energy, weighed, rtol=1e-6)


def test_coverage_is_symmetric_and_blind_to_the_mean():
    A = coverage(DEFAULT_BANK.kernels(), 63)
    assert_allclose(A, A[::-1, ::-1], atol=1e-10)
    assert_allclose(A, A.T, atol=1e-4)
    assert A[31, 31] < 1e-10
    f = np.fft.fftshift(np.fft.fftfreq(63))
    radius = np.hypot(*np.meshgrid(f, f))
    ring = A[(radius > 1 / 8) & (radius < 1 / 4)]
    assert ring.max() / ring.min() < 4
    assert_allclose(A.mean(), 16, rtol=1e-6)


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize(("rows", "columns", "size"), [(11, 13, 5), (12, 17, 4), (3, 4, 9)])
def test_responses_are_correlations_with_zeros_around(rows, columns, size, stride):
    images = RNG.standard_normal((3, rows, columns))
    kernels = random_bank(0, 2, size)
    found = bank_response(images, kernels, stride)
    shape = -(-rows // stride), -(-columns // stride)
    assert found.shape == (3, 2, *shape) and found.dtype == np.float32
    lengths = zip(shape, (rows, columns), strict=True)
    before = [max((m - 1) * stride + size - n, 0) // 2 for m, n in lengths]
    for i, f in ((0, 0), (2, 1)):
        full = correlate2d(images[i], kernels[:, :, f], mode="full")
        first = [size - 1 - b for b in before]
        expected = full[first[0] :: stride, first[1] :: stride][: shape[0], : shape[1]]
        assert_allclose(found[i, f], expected, atol=1e-5)


def test_pooling_is_mean_and_deviation_over_time_of_grouped_moduli():
    images = RNG.standard_normal((19, 21, 15))  # more than one block, unequal groups
    kernels = random_bank(0, 3, 5)
    found = pooled_response(images, kernels, n_band_groups=4)
    modulus = np.abs(bank_response(images, kernels).astype(np.float64))  # 11 rows
    groups = [modulus[:, :, a:b].mean(axis=2) for a, b in ((0, 2), (2, 5), (5, 8), (8, 11))]
    series = np.stack(groups, axis=2)
    expected = [series.mean(axis=3).reshape(19, -1), series.std(axis=3).reshape(19, -1)]
    assert found.shape == (19, 24) and found.dtype == np.float64
    assert_allclose(found, np.concatenate(expected, axis=1), atol=1e-12)


def test_the_number_of_pictures_changes_nothing():
    images = RNG.standard_normal((17, 32, 20))
    whole = pooled_response(images, DEFAULT_BANK.kernels())
    assert_allclose(pooled_response(images[:3], DEFAULT_BANK.kernels()), whole[:3], rtol=1e-6)


@pytest.mark.parametrize(
    ("images", "kernels", "message"),
    [
        (np.ones((4, 5)), np.ones((3, 3, 1)), r"shape \(4, 5\)"),
        (np.ones((0, 4, 5)), np.ones((3, 3, 1)), r"shape \(0, 4, 5\)"),
        (np.ones((1, 4, 5)), np.ones((3, 2, 1)), r"kernels have shape \(3, 2, 1\)"),
        (np.ones((1, 20, 5)), np.ones((3, 3, 1)), "responses of 10 rows"),
    ],
)
def test_wrong_shapes_are_refused(images, kernels, message):
    with pytest.raises(SignalError, match=message):
        pooled_response(images, kernels)


def test_a_step_or_a_grid_that_is_too_small_is_refused():
    with pytest.raises(SignalError, match="stride is 0"):
        bank_response(np.ones((1, 4, 4)), np.ones((3, 3, 1)), stride=0)
    with pytest.raises(SignalError, match="8 frequencies are fewer than the 9 rows"):
        coverage(DEFAULT_BANK.kernels(), 8)
