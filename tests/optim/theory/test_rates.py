"""Rates on quadratics: predicted, from eigenvalues, and fitted to runs."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mgc.errors import ConfigError, DataError
from mgc.optim.theory.iterations import iterate
from mgc.optim.theory.problems import quadratic
from mgc.optim.theory.rates import (
    TUNINGS,
    distances,
    fitted_rate,
    matrix_rate,
    predicted_rate,
    steps_to,
    tuned_rule,
)


@given(st.sampled_from(TUNINGS), st.floats(1.001, 1e5), st.floats(1e-3, 1e3))
def test_the_eigenvalues_say_what_the_formula_says(name, kappa, mu):
    # A double eigenvalue is known to half the digits only.
    assert matrix_rate(name, mu, kappa * mu) == pytest.approx(
        predicted_rate(name, mu, kappa * mu), abs=1e-7
    )


@pytest.mark.parametrize("name", TUNINGS)
@pytest.mark.parametrize("kappa", [10, 100, 1000])
def test_runs_are_as_fast_as_predicted(name, kappa):
    f = quadratic(kappa)
    steps = steps_to(predicted_rate(name, f.mu, f.L), 1e-20)
    errors = distances(iterate(tuned_rule(name, f.mu, f.L), f.gradient, f.start(), steps))
    fitted = fitted_rate(errors, steps // 2, double_root=name != "gd")
    # The logarithm counts the steps: 2 % of a factor such as 0.998 would forgive standing still.
    assert math.log(fitted) == pytest.approx(math.log(predicted_rate(name, f.mu, f.L)), rel=0.002)


def test_the_factor_t_of_a_double_root_shows():
    f = quadratic(100)
    errors = distances(iterate(tuned_rule("nesterov", 1, 100), f.gradient, f.start(), 300))
    plain, divided = (fitted_rate(errors, 200, double_root=d) for d in (False, True))
    assert plain == pytest.approx(0.9036, abs=1e-3)
    assert divided == pytest.approx(0.9, abs=5e-4)


def test_a_wrong_learning_rate_is_slower():
    for name in ("gd", "heavy_ball"):
        best = predicted_rate(name, 1, 100)
        for factor in (0.9, 1.01):
            rule = tuned_rule(name, 1, 100)
            numbers = vars(rule) | {"learning_rate": factor * rule.learning_rate}
            wrong = type(rule)(**numbers)
            f = quadratic(100)
            errors = distances(iterate(wrong, f.gradient, f.start(), 400))
            assert fitted_rate(errors, 200) > best + 1e-3


@given(st.floats(0.1, 0.99), st.floats(0.1, 10), st.booleans())
def test_an_exact_law_is_fitted_exactly(rate, scale, double_root):
    t = np.arange(60)
    errors = scale * rate**t * (np.maximum(t, 1) if double_root else 1)
    assert fitted_rate(errors, 5, 55, double_root) == pytest.approx(rate, rel=1e-9)


@pytest.mark.parametrize(("errors", "first"), [([1.0, 0.5], 1), ([1.0, 0.5, 0.0], 0), ([], 0)])
def test_a_rate_needs_positive_errors(errors, first):
    with pytest.raises(DataError, match="a rate needs two positive errors or more"):
        fitted_rate(errors, first)


@pytest.mark.parametrize("function", [tuned_rule, predicted_rate, matrix_rate])
def test_unknown_rules_and_impossible_curvatures_are_refused(function):
    with pytest.raises(ConfigError, match="rule is 'sgd', but must be one of gd, heavy_ball, nest"):
        function("sgd", 1, 2)
    for mu, L in ((0.0, 1.0), (2.0, 1.0), (1.0, math.inf), (math.nan, 1.0)):
        with pytest.raises(ConfigError, match="but must be positive and rise"):
            function("gd", mu, L)


def test_steps_need_a_rate_that_falls():
    with pytest.raises(ConfigError, match="rate is 1.0, but must be between 0 and 1"):
        steps_to(1.0)
