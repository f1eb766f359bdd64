"""Thresholds: the formula, the eigenvalues and the runs agree."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mgc.errors import ConfigError
from mgc.optim.theory import stability
from mgc.optim.theory.rules import GradientDescent, HeavyBall, Nesterov, Preconditioned
from mgc.optim.theory.stability import (
    iteration_matrix,
    make_rule,
    spectral_radius,
    stability_threshold,
    threshold_by_matrix,
    threshold_by_runs,
)

NAMES = ("gd", "heavy_ball", "nesterov", "rmsprop", "adam")


@pytest.mark.parametrize("rule", NAMES)
@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9, 0.99])
def test_three_ways_to_one_threshold(rule, momentum):
    predicted = stability_threshold(rule, momentum)
    assert threshold_by_matrix(rule, momentum) == pytest.approx(predicted, rel=1e-9)
    assert threshold_by_runs(rule, momentum) == pytest.approx(predicted, rel=0.01)


@given(st.sampled_from(NAMES), st.floats(0, 0.99), st.floats(0.01, 2.0), st.floats(0.01, 100))
def test_stable_below_and_unstable_above(rule, momentum, share, curvature):
    rate = share * stability_threshold(rule, momentum) / curvature
    radius = spectral_radius(make_rule(rule, rate, momentum), curvature)
    if abs(share - 1) > 1e-6:
        assert (radius > 1) == (share > 1)


@given(st.floats(0, 0.99), st.floats(0.01, 3))
def test_the_matrix_has_the_polynomial_of_the_book(b, s):
    """Its trace and determinant are the coefficients of the characteristic polynomial."""
    expected = {
        HeavyBall(learning_rate=1.0, momentum=b): (1 + b - s, b),
        Nesterov(learning_rate=1.0, momentum=b): ((1 + b) * (1 - s), b * (1 - s)),
        Preconditioned(learning_rate=1.0, beta_1=b): (1 + b - (1 - b) * s, b),
    }
    for rule, (trace, determinant) in expected.items():
        matrix = iteration_matrix(rule, s)
        assert np.trace(matrix) == pytest.approx(trace, abs=1e-12)
        assert np.linalg.det(matrix) == pytest.approx(determinant, abs=1e-12)
    np.testing.assert_allclose(iteration_matrix(GradientDescent(learning_rate=1.0), s), [[1 - s]])


def test_a_fixed_denominator_divides_the_curvature():
    rule = Preconditioned(learning_rate=0.1, beta_1=0.9, scale=5.0)
    assert spectral_radius(rule, 5 * 379.0) < 1 < spectral_radius(rule, 5 * 381.0)


def test_the_radius_is_that_of_the_worst_curvature():
    rule = GradientDescent(learning_rate=0.5)
    assert spectral_radius(rule, [1.0, 3.9, 2.0]) == pytest.approx(0.95)


@pytest.mark.parametrize("momentum", [0.5, 0.9])
def test_a_threshold_below_one_is_found(monkeypatch, momentum):
    steep = lambda rate, b: HeavyBall(learning_rate=10 * rate, momentum=b)  # noqa: E731
    monkeypatch.setitem(stability._MAKERS, "heavy_ball", steep)
    assert threshold_by_matrix("heavy_ball", momentum) == pytest.approx(0.2 * (1 + momentum))


def test_runs_of_no_steps_decide_nothing():
    with pytest.raises(ConfigError, match="steps is 0, but must be 1 or more"):
        threshold_by_runs("gd", steps=0)


@pytest.mark.parametrize("function", [stability_threshold, threshold_by_matrix, threshold_by_runs])
def test_bad_names_and_momenta_are_refused(function):
    with pytest.raises(ConfigError, match="rule is 'sgd', but must be one of gd, heavy_ball"):
        function("sgd")
    for momentum in (1.0, -0.1):
        with pytest.raises(ConfigError, match=rf"momentum is {momentum}, but must be in \[0, 1\)"):
            function("adam", momentum)
