"""Running a rule: down a function, and along given gradients."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mgc.errors import ConfigError, DataError
from mgc.optim.theory.adaptive import AdaGrad, Adam, AdamW, AMSGrad, RMSprop
from mgc.optim.theory.iterations import diverges, feed, iterate
from mgc.optim.theory.rules import GradientDescent, HeavyBall, Nesterov, Preconditioned

RULES = [
    GradientDescent(learning_rate=0.1),
    HeavyBall(learning_rate=0.1, momentum=0.5),
    Nesterov(learning_rate=0.1, momentum=0.5),
    Preconditioned(learning_rate=0.1, scale=2.0),
    AdaGrad(learning_rate=0.1),
    RMSprop(learning_rate=0.1),
    Adam(learning_rate=0.1),
    AMSGrad(learning_rate=0.1),
    AdamW(learning_rate=0.1, weight_decay=0.1),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
def test_many_runs_at_once_are_the_runs_one_by_one(rule):
    starts = np.array([[3.0, -1.0], [0.5, 2.0]])
    together = iterate(rule, lambda w: 2 * w, starts, 50)
    assert together.shape == (51, 2, 2)
    for place in np.ndindex(2, 2):
        alone = iterate(rule, lambda w: 2 * w, starts[place], 50)
        np.testing.assert_allclose(alone, together[:, *place], rtol=1e-12)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
def test_feeding_the_gradients_of_a_run_repeats_it(rule):
    path = iterate(rule, np.tanh, 2.0, 30)
    np.testing.assert_allclose(feed(rule, np.tanh(path[:-1]), 2.0), path, rtol=1e-12)
    assert abs(path[-1]) < abs(path[0])


@given(st.floats(0, 1), st.floats(1e-3, 10))
def test_a_rate_may_fall_like_a_power_of_time(power, learning_rate):
    rule = GradientDescent(learning_rate=learning_rate, power=power)
    steps = -np.diff(feed(rule, np.ones(20)))
    np.testing.assert_allclose(steps, learning_rate / np.arange(1, 21) ** power, rtol=1e-9)


def test_bounds_hold_for_numbers_and_for_arrays():
    g = np.random.default_rng(0).normal(size=(200, 2))
    rule = HeavyBall(learning_rate=0.5)
    path = feed(rule, g, np.zeros(2), bounds=(-1, 2))
    assert (path.min(), path.max()) == (-1, 2)
    np.testing.assert_allclose(feed(rule, g[:, 0], bounds=(-1, 2)), path[:, 0])


@pytest.mark.parametrize(
    ("gradients", "start"), [([[1.0, 2.0]], 0.0), ([1.0, 2.0], [0.0, 0.0]), (1.0, 0.0)]
)
def test_gradients_of_another_shape_are_refused(gradients, start):
    with pytest.raises(DataError, match="pass one gradient of the start's shape for each step"):
        feed(GradientDescent(learning_rate=1.0), gradients, start)


def test_an_exploding_run_says_when():
    with pytest.raises(DataError, match="left the range of numbers at step 1024: take a smaller"):
        iterate(GradientDescent(learning_rate=3.0), lambda w: w, 1.0, 2000)
    with pytest.raises(DataError, match="at step 2"):
        feed(AdaGrad(learning_rate=1.0), [1.0, math.nan, 1.0])


@pytest.mark.parametrize("kind", [Adam, RMSprop])
def test_a_division_by_zero_asks_for_an_epsilon(kind):
    rule = kind(learning_rate=1.0, epsilon=0.0)
    with pytest.raises(DataError, match="a step divides by zero: give the rule an epsilon above"):
        feed(rule, np.zeros(3))
    # A tiny gradient, whose square is nothing: plain numbers and arrays say the same.
    for gradients, start in ((np.full(3, 1e-200), 0.0), (np.full((3, 2), 1e-200), np.zeros(2))):
        with pytest.raises(DataError, match="a step divides by zero"):
            feed(rule, gradients, start)


def test_divergence_is_leaving_the_limits():
    rule = GradientDescent(learning_rate=2.1)
    assert diverges(rule, lambda w: w)
    assert not diverges(rule, lambda w: w, steps=10)
    assert diverges(rule, lambda w: w, steps=10, limit=2)
    assert diverges(rule, lambda w: math.nan, steps=1)


@pytest.mark.parametrize(
    ("kind", "field", "value", "allowed"),
    [
        (GradientDescent, "learning_rate", 0.0, "above 0"),
        (GradientDescent, "learning_rate", math.nan, "above 0"),
        (GradientDescent, "power", -1.0, "0 or more"),
        (HeavyBall, "momentum", 1.0, r"in \[0, 1\)"),
        (Nesterov, "momentum", -0.1, r"in \[0, 1\)"),
        (Preconditioned, "beta_1", 1.0, r"in \[0, 1\)"),
        (AdaGrad, "initial", -1.0, "0 or more"),
        (AdaGrad, "epsilon", -1.0, "0 or more"),
        (RMSprop, "rho", 1.0, r"in \[0, 1\)"),
        (RMSprop, "epsilon", -1e-9, "0 or more"),
        (Adam, "beta_1", 1.0, r"in \[0, 1\)"),
        (AMSGrad, "beta_2", 1.0, r"in \[0, 1\)"),
        (Adam, "epsilon", -1e-9, "0 or more"),
        (AdamW, "weight_decay", -1.0, "0 or more"),
    ],
)
def test_numbers_out_of_range_are_refused(kind, field, value, allowed):
    with pytest.raises(ConfigError, match=f"{field} is {value}, but must be {allowed}"):
        kind(**({"learning_rate": 1.0} | {field: value}))
