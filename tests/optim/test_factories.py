"""Optimizers are fresh, have the seed's settings, and measure their gradients."""

import numpy as np
import pytest

from mgc.backend import keras
from mgc.errors import ConfigError
from mgc.optim.factories import OPTIMIZERS, build_optimizer


@pytest.mark.parametrize(
    ("name", "kind", "rate"),
    [
        ("adam", keras.optimizers.Adam, 1e-3),
        ("sgd_momentum", keras.optimizers.SGD, 1e-2),
        ("rmsprop", keras.optimizers.RMSprop, 1e-3),
        ("adamw", keras.optimizers.AdamW, 1e-3),
        ("nesterov", keras.optimizers.SGD, 1e-2),
    ],
)
def test_the_seeds_settings(name, kind, rate):
    optimizer = build_optimizer(name)
    assert isinstance(optimizer, kind)
    assert float(optimizer.learning_rate) == pytest.approx(rate)
    assert build_optimizer(name) is not optimizer


def test_momentum_and_betas():
    assert build_optimizer("sgd_momentum").momentum == 0.9
    adam = build_optimizer("adam")
    assert (adam.beta_1, adam.beta_2, adam.epsilon) == (0.9, 0.999, 1e-7)
    assert not build_optimizer("sgd_momentum").nesterov
    assert build_optimizer("nesterov").nesterov
    assert build_optimizer("adamw").weight_decay == 0.004
    other = build_optimizer("rmsprop", rho=0.5, epsilon=1e-3)
    assert (other.rho, other.epsilon) == (0.5, 1e-3)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_steps_equal_keras_own(name):
    """Measuring must not change the update."""
    own = {
        "adam": keras.optimizers.Adam(1e-3),
        "sgd_momentum": keras.optimizers.SGD(1e-2, momentum=0.9),
        "rmsprop": keras.optimizers.RMSprop(1e-3),
        "adamw": keras.optimizers.AdamW(1e-3, weight_decay=0.004),
        "nesterov": keras.optimizers.SGD(1e-2, momentum=0.9, nesterov=True),
    }[name]
    gradients = np.random.default_rng(0).normal(size=(20, 5)).astype("float32")
    np.testing.assert_array_equal(
        path(own, lambda k, w: gradients[k]), path(build_optimizer(name), lambda k, w: gradients[k])
    )


def path(optimizer, gradient, steps=20):
    """Weights after each step from ones."""
    variable = keras.Variable(np.ones(5, "float32"))
    points = []
    for k in range(steps):
        w = keras.ops.convert_to_numpy(variable.value)
        optimizer.apply([keras.ops.convert_to_tensor(gradient(k, w))], [variable])
        points.append(np.array(keras.ops.convert_to_numpy(variable.value)))
    return np.array(points)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_weight_decay_is_a_penalty_for_all_but_adamw(name):
    """L2: the path of gradients with ``decay * w`` added.  AdamW: the weight shrinks beside it."""
    gradients = np.random.default_rng(0).normal(size=(20, 5)).astype("float32")
    decay = np.float32(0.3)
    decayed = path(build_optimizer(name, weight_decay=0.3), lambda k, w: gradients[k])
    penalised = path(build_optimizer(name, weight_decay=0.0), lambda k, w: gradients[k] + decay * w)
    apart = np.abs(decayed - penalised).max()
    assert (apart > 1e-3) if name == "adamw" else (apart < 1e-6)


def test_the_norm_is_that_of_the_loss_without_the_penalty():
    optimizer = build_optimizer("sgd_momentum", weight_decay=100.0)
    variable = keras.Variable(np.ones(2, "float32"))
    optimizer.apply([keras.ops.convert_to_tensor(np.array([3.0, 4.0], "float32"))], [variable])
    assert optimizer.mean_gradient_norm() == pytest.approx(5.0)
    assert type(optimizer).from_config(optimizer.get_config()).l2 == 100.0


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_gradient_norm_is_the_mean_global_norm(name):
    optimizer = build_optimizer(name)
    variables = [keras.Variable(np.zeros(2, "float32")), keras.Variable(np.zeros(1, "float32"))]
    for scale in (1.0, 3.0):
        gradients = [np.array([3.0, 0.0], "float32") * scale, np.array([4.0], "float32") * scale]
        optimizer.apply([keras.ops.convert_to_tensor(g) for g in gradients], variables)
    assert optimizer.mean_gradient_norm() == pytest.approx(10.0)
    optimizer.reset_gradient_norm()
    assert np.isnan(optimizer.mean_gradient_norm())


def test_refusals():
    with pytest.raises(ConfigError, match="adam, sgd_momentum, rmsprop, adamw, nesterov"):
        build_optimizer("lion")
    with pytest.raises(ConfigError, match="rmsprop has no momentum: its numbers are rho"):
        build_optimizer("rmsprop", momentum=0.9)
    with pytest.raises(ConfigError, match="above 0"):
        build_optimizer("adam", 0.0)
