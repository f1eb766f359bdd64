"""Where good methods fail, and how far a step can go."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mgc.errors import ConfigError, DataError
from mgc.optim.theory.adaptive import AdaGrad, Adam, AdamW, AMSGrad, RMSprop
from mgc.optim.theory.counterexamples import (
    INTERVAL,
    lessard_gradient,
    limit_cycle,
    mean_regret,
    random_gradients,
    reddi_gradients,
    reddi_path,
    reddi_rule,
)
from mgc.optim.theory.iterations import feed, iterate
from mgc.optim.theory.rates import tuned_rule
from mgc.optim.theory.rules import GradientDescent, HeavyBall
from mgc.optim.theory.steps import (
    adam_largest_step,
    extremal_gradients,
    isolated_gradients,
    isolated_step,
    last_step,
)
from mgc.optim.theory.wilson import wilson_toy


def test_the_heavy_ball_cycles_where_others_arrive():
    expected = np.array([792, -2208, 2592]) / 1225
    np.testing.assert_allclose(limit_cycle(tuned_rule("heavy_ball", 1, 25)), expected, atol=1e-12)
    for name in ("gd", "nesterov"):
        path = iterate(tuned_rule(name, 1, 25), lessard_gradient, 3.3, 600)
        assert abs(path[-1]) < 1e-9


def test_a_path_that_does_not_repeat_is_no_cycle():
    with pytest.raises(DataError, match="does not repeat every 2 steps: its last points are"):
        limit_cycle(tuned_rule("heavy_ball", 1, 25), period=2)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [({"period": 0}, "period is 0"), ({"steps": 5}, "steps is 5, but must be two periods or more")],
)
def test_a_cycle_needs_room(numbers, message):
    with pytest.raises(ConfigError, match=message):
        limit_cycle(tuned_rule("heavy_ball", 1, 25), **numbers)


@given(st.floats(-5, 5), st.floats(1e-6, 5))
@example(1 - 1e-6, 2e-6)
@example(2 - 1e-6, 2e-6)
def test_lessards_slope_rises_between_1_and_25(w, step):
    rise = (lessard_gradient(w + step) - lessard_gradient(w)) / step
    assert 1 - 1e-6 < rise < 25 + 1e-6


def test_adam_walks_to_the_worst_point_and_amsgrad_to_the_best():
    gradients = reddi_gradients(30_000)
    worst = reddi_path(reddi_rule(), 30_000)
    assert worst[-1] == INTERVAL[1]
    assert mean_regret(worst, gradients)[-1] == pytest.approx(2 / 3, abs=0.01)
    for rule in (reddi_rule(AMSGrad), reddi_rule(beta_2=0.999)):
        path = reddi_path(rule, 30_000)
        assert path[-100:].max() < -0.98
        assert abs(mean_regret(path, gradients)[-1]) < 0.02


def test_random_slopes_deceive_adam_too():
    gradients = random_gradients(200_000)
    numbers = {"learning_rate": 0.01, "beta_1": 0.0, "epsilon": 0.0}
    adam = feed(Adam(beta_2=0.99, **numbers), gradients, bounds=INTERVAL)
    amsgrad = feed(AMSGrad(beta_2=0.99, **numbers), gradients, bounds=INTERVAL)
    assert adam[100_000:].mean() > 0.8
    assert amsgrad[100_000:].mean() < -0.3


def test_a_slope_that_is_not_positive_on_average_is_no_counterexample():
    with pytest.raises(ConfigError, match="C is 2.0, but must be above 2"):
        reddi_gradients(3, C=2.0)


def one_step(rule, *gradients):
    return last_step(rule, np.array(gradients))


@given(st.floats(0, 0.99), st.floats(0.5, 0.999), st.integers(0, 2**32 - 1))
def test_no_sequence_of_gradients_beats_the_largest_step(beta_1, beta_2, seed):
    if beta_1**2 > 0.99 * beta_2:
        return
    rng = np.random.default_rng(seed)
    # As if from a long time ago: with the corrections gone, only the two sums are left.
    g = rng.normal(size=200) * rng.choice([0, 1, 100], size=200)
    age = np.arange(199, -1, -1.0)
    m = (1 - beta_1) * np.sum(beta_1**age * g)
    v = (1 - beta_2) * np.sum(beta_2**age * g**2)
    assert abs(m) <= adam_largest_step(beta_1, beta_2) * np.sqrt(v) * (1 + 1e-12)


@pytest.mark.parametrize(("beta_1", "beta_2"), [(0.9, 0.999), (0.5, 0.99), (0.0, 0.999)])
def test_the_extremal_gradients_reach_it(beta_1, beta_2):
    rule = Adam(learning_rate=0.01, beta_1=beta_1, beta_2=beta_2, epsilon=1e-12)
    found = last_step(rule, extremal_gradients(20_000, beta_1, beta_2))
    assert found == pytest.approx(adam_largest_step(beta_1, beta_2), rel=1e-6)
    alone = last_step(rule, isolated_gradients(20_000))
    assert alone == pytest.approx(isolated_step(beta_1, beta_2), rel=1e-6)


def test_without_beta_2_above_beta_1_squared_there_is_no_largest_step():
    with pytest.raises(ConfigError, match="beta_1 is 0.9, but must be below the root of beta_2"):
        adam_largest_step(0.9, 0.81)


def test_first_and_constant_steps():
    assert one_step(RMSprop(learning_rate=1e-3, rho=0.99, epsilon=0.0), 7.0) == pytest.approx(10)
    assert one_step(Adam(learning_rate=1e-3, epsilon=0.0), 7.0) == pytest.approx(1)
    assert last_step(HeavyBall(learning_rate=1e-3), np.ones(300)) == pytest.approx(10)
    rule = AdaGrad(learning_rate=1.0, initial=0.0, epsilon=0.0)
    assert feed(rule, np.full(100, 5.0))[-1] == pytest.approx(-18.58960382478415, abs=1e-12)


def test_decay_beside_the_denominator_and_under_it():
    rate, decay = 1e-3, 1e-2
    decoupled = feed(AdamW(learning_rate=rate, weight_decay=decay), np.zeros(100), 1.0)
    assert decoupled[-1] == pytest.approx((1 - rate * decay) ** 100, abs=1e-13)
    inside = iterate(Adam(learning_rate=rate), lambda w: decay * w, 1.0, 100)
    assert inside[-1] == pytest.approx(0.9017437, abs=1e-5)


def test_the_toy_of_wilson():
    toy = wilson_toy(seed=3)
    weights = {"sign": toy.sign_solution(), "least": toy.minimum_norm_solution()}
    for w in weights.values():
        np.testing.assert_allclose(toy.X @ w, toy.y, atol=1e-9)
    assert toy.test_error(weights["sign"]) == toy.negative_share > 0.3
    assert toy.test_error(weights["least"]) == 0.0


@pytest.mark.parametrize(
    ("rule", "steps", "adaptive"),
    [
        (GradientDescent(learning_rate=0.1), 4000, False),
        (HeavyBall(learning_rate=0.01), 4000, False),
        (AdaGrad(learning_rate=0.1, initial=0.0, epsilon=1e-16), 3000, True),
        (RMSprop(learning_rate=1e-4, epsilon=1e-16), 3000, True),
        (Adam(learning_rate=1e-3), 3000, True),
    ],
    ids=lambda value: type(value).__name__,
)
def test_runs_on_the_toy_end_where_the_theorem_says(rule, steps, adaptive):
    toy = wilson_toy()
    w = iterate(rule, toy.gradient, np.zeros(toy.X.shape[1]), steps)[-1]
    end = toy.sign_solution() if adaptive else toy.minimum_norm_solution()
    np.testing.assert_allclose(w, end, atol=2e-3)
    assert toy.train_error(w) == 0.0
    assert toy.test_error(w) == (toy.negative_share if adaptive else 0.0)


def test_a_toy_without_majority_is_refused():
    with pytest.raises(ConfigError, match="share is 0.5, but must be between 0.5 and 1"):
        wilson_toy(share=0.5)
    for name in ("n", "n_test"):
        with pytest.raises(ConfigError, match=f"{name} is 0, but must be 1 or more"):
            wilson_toy(**{name: 0})
    with pytest.raises(DataError, match="of 3 labels are 1: take another seed"):
        wilson_toy(n=3, share=0.51, seed=1)
