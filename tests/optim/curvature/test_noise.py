"""Noise estimates are unbiased; cosines and effective rates are what they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mgc.errors import DataError
from mgc.optim.curvature.noise import effective_rates, gradient_noise, successive_cosines


def test_both_estimates_are_unbiased():
    rng = np.random.default_rng(0)
    G, deviation, B = np.array([0.3, -0.1, 0.2]), np.array([1.0, 2.0, 0.5]), 8
    draws = G + deviation * rng.normal(size=(4000, 6, 3)) / np.sqrt(B)
    found = [gradient_noise(g, B) for g in draws]
    mean = np.mean([[f.squared_norm, f.trace] for f in found], axis=0)
    error = np.std([[f.squared_norm, f.trace] for f in found], axis=0) / np.sqrt(len(found))
    expected = [G @ G, (deviation**2).sum()]
    assert (np.abs(mean - expected) < 4 * error).all()
    assert (error < 0.05 * np.array(expected)).all()  # so that a bias would show


def test_two_batch_sizes_say_the_same():
    """McCandlish's pair of estimators from batches of 4 and of 16 examples, in the mean."""
    rng = np.random.default_rng(1)
    small = 0.5 + rng.normal(size=(3000, 4, 4, 10)).mean(axis=2)  # 4 batches of 4 examples each
    large = small.mean(axis=1)
    a, b = (small[:, 0] ** 2).sum(axis=1).mean(), (large**2).sum(axis=1).mean()
    squared, trace = (16 * b - 4 * a) / 12, (a - b) / (1 / 4 - 1 / 16)
    found = [gradient_noise(g, 4) for g in small]
    assert np.mean([f.squared_norm for f in found]) == pytest.approx(squared, rel=0.05)
    assert np.mean([f.trace for f in found]) == pytest.approx(trace, rel=0.05)


def test_equal_gradients_have_no_noise_and_pure_noise_no_scale():
    quiet = gradient_noise(np.ones((3, 4)), 32)
    assert (quiet.trace, quiet.squared_norm, quiet.scale) == (0.0, 4.0, 0.0)
    assert gradient_noise([[1.0], [-1.0]], 1).scale == np.inf


@given(st.floats(0.1, 6.2), st.floats(0.1, 10))
def test_cosines_of_a_polygon(angle, length):
    turns = np.exp(1j * angle * np.arange(6)) * length
    places = np.cumsum(turns)
    path = np.stack([places.real, places.imag], axis=1)
    np.testing.assert_allclose(successive_cosines(path), np.cos(angle), atol=1e-9)


def test_a_rest_has_no_direction():
    assert np.isnan(successive_cosines([[0.0], [0.0], [1.0]])).all()


def test_effective_rates():
    w = [[0.0, 2.0], [4.0, 0.0]]
    assert effective_rates(w, 0.4).tolist() == pytest.approx([0.1, 0.025])
    assert effective_rates(w, 0.4, adaptive=True).tolist() == pytest.approx([0.2, 0.1])


@pytest.mark.parametrize("gradients", [[[1.0]], [1.0, 2.0]])
def test_one_batch_tells_no_noise(gradients):
    with pytest.raises(DataError, match="at least two rows"):
        gradient_noise(gradients, 1)


def test_one_step_has_no_angle():
    with pytest.raises(DataError, match="at least 3 places"):
        successive_cosines(np.zeros((2, 2)))
