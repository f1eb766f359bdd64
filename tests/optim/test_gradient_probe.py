"""A probe sees the very gradients that an optimizer would be given, and moves nothing."""

import numpy as np
import pytest

from mgc.backend import keras
from mgc.errors import DataError
from mgc.models.registry import build_model
from mgc.optim.factories import build_optimizer
from mgc.optim.gradient_probe import is_idle, narrow_losses, probe_gradients, variable_names


@pytest.fixture
def batch():
    rng = np.random.default_rng(0)
    return rng.standard_normal((8, 16, 16, 1)).astype("float32"), np.arange(8) % 3


def network():
    return build_model("simple_cnn", (16, 16, 1), n_classes=3, width=2)


def weights(model):
    return [keras.ops.convert_to_numpy(v) for v in model.trainable_variables]


def test_it_is_the_gradient_that_sgd_would_follow(batch):
    seen, model = probe_gradients(network(), *batch), network()
    before = weights(model)
    model.compile(keras.optimizers.SGD(2.0**-4), "sparse_categorical_crossentropy")
    model.train_on_batch(*batch)
    for gradient, old, new in zip(seen.values(), before, weights(model), strict=True):
        np.testing.assert_allclose(gradient, (old - new) * 2.0**4, atol=1e-5)


def test_nothing_moves(batch):
    model = network()
    before = weights(model)
    probe_gradients(model, *batch)
    for old, new in zip(before, weights(model), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("scale", [2.0**-8, 2.0**15])
def test_a_power_of_two_leaves_no_trace_in_float32(batch, scale):
    """Without the division afterwards, this would be off by the scale."""
    plain, scaled = (probe_gradients(network(), *batch, s) for s in (1.0, scale))
    for name, gradient in plain.items():
        np.testing.assert_array_equal(gradient, scaled[name])


def test_variables_are_named_by_place(batch):
    keras.layers.Dense(1)  # moves Keras' own counters on
    names = variable_names(network())
    assert names[:4] == [
        "convolution 1 kernel",
        "convolution 1 bias",
        "normalisation 1 gamma",
        "normalisation 1 beta",
    ]
    assert names[-1] == "dense 2 bias"
    assert [name for name in names if is_idle(name)] == [f"convolution {k} bias" for k in (1, 2, 3)]


def test_the_bias_before_a_normalisation_has_no_gradient(batch):
    found = probe_gradients(network(), *batch)
    for k in (1, 2, 3):
        noise = np.abs(found[f"convolution {k} bias"]).max()
        assert noise < 1e-5 * np.abs(found[f"convolution {k} kernel"]).max()


def test_losses_are_counted():
    exact = np.array([2.0**-26, 2.0**-20, 1.0, 2.0**17, 0.0], dtype=np.float32)
    narrow = np.array([0.0, 2.0**-20, 1.5, np.inf, 0.0], dtype=np.float32)
    found = narrow_losses(exact, narrow)
    assert found == {
        "entries": 5,
        "overflow": 0.2,
        "subnormal": 0.2,
        "zero": 0.2,
        "dead": 0.2,
        "lost": 0.2,
        "infinite": 0.2,
        "error": pytest.approx(0.5),
        "largest": 2.0**17,
    }


def test_scaling_shifts_what_is_predicted():
    exact = np.array([2.0**-26, 2.0], dtype=np.float32)
    found = narrow_losses(exact, exact, scale=2.0**15)
    assert (found["zero"], found["overflow"]) == (0.0, 0.5)


def test_another_shape_is_refused():
    with pytest.raises(DataError, match="must be of one variable"):
        narrow_losses(np.ones(2), np.ones(3))


@pytest.mark.parametrize("largest", [1.0, np.inf])
def test_the_measured_norm_is_unscaled_and_skips_what_is_skipped(largest):
    """Under loss scaling the norm in a history is that of the gradient, not of the scaled one."""
    inner = build_optimizer("adam")
    outer = keras.optimizers.LossScaleOptimizer(inner, initial_scale=2.0**10)
    variable = keras.Variable(np.zeros(2, "float32"))
    outer.build([variable])
    for gradient in ([3.0, 4.0], [largest, 0.0]):
        scaled = 2.0**10 * np.array(gradient, "float32")
        outer.apply([keras.ops.convert_to_tensor(scaled)], [variable])
    steps = 2 if np.isfinite(largest) else 1
    assert inner.mean_gradient_norm() == pytest.approx(3.0 if steps == 2 else 5.0)
    assert float(keras.ops.convert_to_numpy(outer.dynamic_scale)) == 2.0 ** (8 + steps)
    assert np.isfinite(keras.ops.convert_to_numpy(variable)).all()
