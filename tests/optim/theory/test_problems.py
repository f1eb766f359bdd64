"""Problems are what they say: gradients, minima, condition numbers, bounds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mgc.errors import ConfigError
from mgc.optim.theory.problems import (
    ROSENBROCK_MINIMUM,
    quadratic,
    rosenbrock,
    rosenbrock_curvatures,
    rosenbrock_gradient,
)
from mgc.optim.theory.smooth import WorstBowl, WorstChain, accelerate, worst_gaps


def slopes(function, w, step=1e-5):
    shifts = step * np.eye(len(w))
    return np.array([(function(w + s) - function(w - s)) / (2 * step) for s in shifts])


def test_gradients_are_the_slopes():
    rng = np.random.default_rng(0)
    f, w = quadratic(50, n=6), rng.normal(size=6)
    np.testing.assert_allclose(f.gradient(w), slopes(f.value, w), rtol=1e-6, atol=1e-6)
    w = rng.normal(size=2)
    np.testing.assert_allclose(rosenbrock_gradient(w), slopes(rosenbrock, w), rtol=1e-6)
    chain, w = WorstChain(3), rng.normal(size=7)
    np.testing.assert_allclose(chain.gradient(w), slopes(chain.gap, w), rtol=1e-6, atol=1e-9)
    for x in (-0.9, -0.1, 0.15, 2.0):
        slope = slopes(lambda v: WorstBowl(2).gap(float(v[0])), np.array([x]))
        np.testing.assert_allclose(WorstBowl(2).gradient(x), slope, rtol=1e-6)


@given(st.floats(1, 1e6), st.integers(2, 12), st.integers(0, 99))
def test_a_quadratic_has_the_condition_number_that_was_asked_for(kappa, n, seed):
    f = quadratic(kappa, n=n, seed=seed)
    H = f.gradient(np.eye(n))
    assert np.linalg.cond(H) == pytest.approx(kappa, rel=1e-6)
    np.testing.assert_allclose(H, H.T, atol=1e-9 * kappa)
    np.testing.assert_allclose(f.axes.T @ f.axes, np.eye(n), atol=1e-12)
    assert np.linalg.norm(f.start()) == pytest.approx(1)
    np.testing.assert_allclose(np.abs(f.start() @ f.axes), n**-0.5, atol=1e-12)


def test_many_points_at_once():
    w = np.random.default_rng(0).normal(size=(4, 3, 2))
    f = quadratic(9, n=2, L=0.5)
    assert (f.mu, f.L) == (pytest.approx(0.5 / 9), 0.5)
    for value, gradient in ((f.value, f.gradient), (rosenbrock, rosenbrock_gradient)):
        assert value(w).shape == (4, 3)
        np.testing.assert_allclose(gradient(w)[2, 1], gradient(w[2, 1]), rtol=1e-12)


def test_the_valley_has_one_minimum_and_is_curved():
    assert float(rosenbrock(ROSENBROCK_MINIMUM)) == 0
    assert not rosenbrock_gradient(ROSENBROCK_MINIMUM).any()
    low, high = rosenbrock_curvatures((0.0, 0.5))
    assert low < 0 < high
    for w in ((-1.2, 1.0), (0.3, -0.4), ROSENBROCK_MINIMUM):
        hessian = slopes(rosenbrock_gradient, np.array(w))
        np.testing.assert_allclose(
            rosenbrock_curvatures(w), np.linalg.eigvalsh(hessian), rtol=1e-5, atol=1e-4
        )


@pytest.mark.parametrize("k", [1, 2, 7, 50])
def test_gaps_lie_between_the_bounds(k):
    gaps = worst_gaps(k)
    assert gaps["lower bound"] <= gaps["accelerated, chain"] <= gaps["accelerated bound"]
    assert gaps["lower bound"] <= gaps["descent, chain"] <= gaps["descent bound"]
    # On its own worst function, gradient descent is as bad as allowed.
    assert gaps["descent, bowl"] == pytest.approx(gaps["descent bound"], rel=1e-12)


def test_the_values_of_the_reference():
    chain = WorstChain(50)
    gaps = {name: gap * chain.distance**2 for name, gap in worst_gaps(50).items()}
    assert gaps["lower bound"] == pytest.approx(0.00121, abs=5e-6)
    assert gaps["accelerated, chain"] == pytest.approx(0.00382, abs=5e-6)
    assert gaps["accelerated bound"] == pytest.approx(0.0258, abs=5e-5)
    assert gaps["descent, chain"] == pytest.approx(0.0128, abs=5e-5)
    assert gaps["descent bound"] == pytest.approx(0.1658, abs=5e-5)


@given(st.integers(1, 30))
def test_after_k_steps_only_k_links_of_the_chain_have_moved(k):
    chain = WorstChain(k)
    path = accelerate(chain.gradient, np.zeros(chain.n), k)
    for step in range(k + 1):
        assert not path[step, step:].any()
    assert np.linalg.eigvalsh(chain.gradient(np.zeros(chain.n)) + hessian(chain)).max() <= 1


def hessian(chain):
    zero = chain.gradient(np.zeros(chain.n))
    columns = [chain.gradient(axis) - zero for axis in np.eye(chain.n)]
    return np.array(columns) - zero


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: quadratic(0.5), "kappa is 0.5, but must be 1 or more"),
        (lambda: quadratic(2, n=1), "n is 1, but must be 2 or more"),
        (lambda: quadratic(2, L=0.0), "L is 0.0, but must be above 0"),
        (lambda: WorstChain(0), "k is 0, but must be 1 or more"),
        (lambda: WorstBowl(0), "k is 0, but must be 1 or more"),
    ],
)
def test_impossible_problems_are_refused(make, message):
    with pytest.raises(ConfigError, match=message):
        make()
