"""Lanczos finds what dense solvers find, and its bounds hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.linalg import eigsh

from mgc.errors import ConfigError
from mgc.optim.curvature.lanczos import lanczos, top_eigenvalues


def symmetric(n, seed):
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(n, n))
    return (A + A.T) / 2


@settings(max_examples=30, deadline=None)
@given(n=st.integers(2, 40), steps=st.integers(1, 40), seed=st.integers(0, 10**6))
def test_each_bound_holds_an_eigenvalue(n, steps, seed):
    A = symmetric(n, seed)
    exact = np.linalg.eigvalsh(A)
    found = lanczos(lambda v: A @ v, np.random.default_rng(seed + 1).normal(size=n), steps)
    distance = np.abs(found.values[:, None] - exact).min(axis=1)
    assert (distance <= found.bounds + 1e-12 * n).all()
    residual = np.linalg.norm(A @ found.vectors - found.vectors * found.values, axis=0)
    np.testing.assert_allclose(residual, found.bounds, atol=1e-12 * n)
    assert found.weights.sum() == pytest.approx(1)
    assert found.products <= min(n, steps)


def test_all_eigenvalues_after_n_steps_and_orthonormal_vectors():
    A = symmetric(30, 3)
    found = lanczos(lambda v: A @ v, np.ones(30), 500)
    np.testing.assert_allclose(found.values, np.linalg.eigvalsh(A)[::-1], atol=1e-12)
    np.testing.assert_allclose(found.vectors.T @ found.vectors, np.eye(30), atol=1e-12)


def test_no_copies_where_rounding_would_make_some():
    """Without reorthogonalisation the outlier comes back several times within 80 steps."""
    d = np.r_[np.linspace(0, 1, 399), 100.0]
    found = lanczos(lambda v: d * v, np.ones(400), 80)
    assert np.count_nonzero(found.values > 50) == 1


def test_equal_to_scipy():
    A = symmetric(300, 5)
    found = top_eigenvalues(lambda v: A @ v, 300, 4, tolerance=1e-8, steps=300)
    expected = eigsh(A, 4, which="LA", v0=np.ones(300))[0][::-1]
    np.testing.assert_allclose(found.values, expected, rtol=1e-10)
    assert (found.bounds <= 1e-8 * found.values[0]).all()


def test_the_largest_and_not_the_largest_in_size():
    d = np.r_[-5000.0, np.linspace(-1, 2, 60)]
    found = top_eigenvalues(lambda v: d * v, 61)
    assert found.values[0] == pytest.approx(2.0, rel=1e-3)
    assert found.bounds[0] <= 1e-3 * found.values[0]


def test_a_guess_saves_products_and_hides_nothing():
    d = np.linspace(0, 1, 2000) ** 20 * 10
    cold = top_eigenvalues(lambda v: d * v, 2000, tolerance=0.02)
    warm = top_eigenvalues(lambda v: d * v, 2000, start=cold.vectors[:, 0], tolerance=0.02)
    assert warm.products < cold.products
    below = np.eye(3)[1]  # an eigenvector, but not of the largest eigenvalue
    assert top_eigenvalues(lambda v: np.r_[3.0, 1.0, 0.5] * v, 3, start=below).values[0] > 2.99


def test_an_invariant_space_ends_it():
    found = lanczos(lambda v: 2 * v, np.ones(50), 50)
    assert (found.products, found.values.tolist()) == (1, pytest.approx([2.0]))


@pytest.mark.parametrize("start", [np.zeros(3), np.ones((2, 2)), [np.nan, 1.0]])
def test_a_useless_start_is_refused(start):
    with pytest.raises(ConfigError, match="one vector other than 0"):
        lanczos(lambda v: v, start, 2)


def test_bad_numbers_and_products_are_refused():
    with pytest.raises(ConfigError, match="at least 1"):
        lanczos(lambda v: v, [1.0], 0)
    with pytest.raises(ConfigError, match="has not diverged"):
        lanczos(lambda v: v * np.nan, [1.0, 1.0], 2)
    with pytest.raises(ConfigError, match="expected are 2 finite"):
        lanczos(lambda v: v[:1], [1.0, 1.0], 2)
