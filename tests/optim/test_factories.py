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


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_steps_equal_keras_own(name):
    """Measuring must not change the update."""
    own = {
        "adam": keras.optimizers.Adam(1e-3),
        "sgd_momentum": keras.optimizers.SGD(1e-2, momentum=0.9),
        "rmsprop": keras.optimizers.RMSprop(1e-3),
    }[name]
    ours = build_optimizer(name)
    variables = [keras.Variable(np.ones(5, "float32")) for _ in range(2)]
    rng = np.random.default_rng(0)
    for _ in range(20):
        g = keras.ops.convert_to_tensor(rng.normal(size=5).astype("float32"))
        for optimizer, variable in zip((own, ours), variables, strict=True):
            optimizer.apply([g], [variable])
    a, b = (keras.ops.convert_to_numpy(v.value) for v in variables)
    np.testing.assert_array_equal(a, b)


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
    with pytest.raises(ConfigError, match="adam, sgd_momentum, rmsprop"):
        build_optimizer("adamw")
    with pytest.raises(ConfigError, match="above 0"):
        build_optimizer("adam", 0.0)
