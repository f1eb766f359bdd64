"""Preconditioners are what Keras' steps divide by."""

import numpy as np
import pytest

from mgc.backend import keras
from mgc.errors import ConfigError
from mgc.optim.curvature.scales import preconditioned, preconditioner
from mgc.optim.factories import build_optimizer

START = np.array([1.0, -2.0, 0.5], dtype=np.float32)


def steps_of(optimizer, gradients):
    """Return the weights before and after the last of some steps."""
    w = keras.Variable(START)
    optimizer.build([w])
    for g in gradients:
        before = keras.ops.convert_to_numpy(w.value).astype(np.float64)
        optimizer.apply([keras.ops.convert_to_tensor(np.asarray(g, dtype=np.float32))], [w])
    return before, keras.ops.convert_to_numpy(w.value).astype(np.float64)


@pytest.mark.parametrize("epsilon", [1e-7, 0.3])
def test_the_last_step_is_mean_over_scale(epsilon):
    gradients = np.random.default_rng(0).normal(size=(5, 3))
    for optimizer, mean in (
        (keras.optimizers.RMSprop(0.01, epsilon=epsilon), gradients[-1]),
        (
            keras.optimizers.Adam(0.01, epsilon=epsilon),
            0.1 * np.array([0.9**k for k in range(4, -1, -1)]) @ gradients,
        ),
        (keras.optimizers.SGD(0.01), gradients[-1]),
    ):
        before, after = steps_of(optimizer, gradients)
        expected = -0.01 * mean / preconditioner(optimizer)
        np.testing.assert_allclose(after - before, expected, rtol=1e-3, atol=1e-6)


def test_our_own_optimizers_are_read_too():
    for name in ("adam", "adamw", "rmsprop", "sgd_momentum"):
        optimizer = build_optimizer(name)
        steps_of(optimizer, np.ones((2, 3)))
        assert preconditioner(optimizer).shape == (3,)
    assert preconditioner(optimizer).tolist() == [1.0, 1.0, 1.0]


def test_no_step_or_another_rule_is_refused():
    with pytest.raises(ConfigError, match="made no step"):
        preconditioner(keras.optimizers.Adam())
    for optimizer in (
        keras.optimizers.Adagrad(),
        keras.optimizers.Adam(amsgrad=True),
        keras.optimizers.RMSprop(centered=True),
    ):
        steps_of(optimizer, np.ones((1, 3)))
        with pytest.raises(ConfigError, match="not known to be gradients"):
            preconditioner(optimizer)


def test_preconditioned_has_the_eigenvalues_of_the_quotient():
    rng = np.random.default_rng(1)
    A = rng.normal(size=(6, 6))
    H, p = A + A.T, rng.uniform(0.1, 3, 6)
    product = preconditioned(lambda v: H @ v, p)
    whole = np.stack([product(e) for e in np.eye(6)], axis=1)
    np.testing.assert_allclose(whole, whole.T, atol=1e-12)
    expected = np.sort(np.linalg.eigvals(H / p[:, None]).real)
    np.testing.assert_allclose(np.linalg.eigvalsh(whole), expected, atol=1e-10)
    with pytest.raises(ConfigError, match="must be positive"):
        preconditioned(lambda v: v, [1.0, 0.0])
