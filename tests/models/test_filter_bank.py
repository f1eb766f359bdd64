"""Four first layers of one shape: fixed, guided, random and free."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from mgc.backend import keras
from mgc.errors import ConfigError
from mgc.models.describe import layer_table
from mgc.models.filter_bank import FIRST_LAYERS, GaborConv2D, first_stage
from mgc.signal.bank_response import bank_response
from mgc.signal.gabor_bank import DEFAULT_BANK, GaborBank, random_bank

X = np.random.default_rng(4).standard_normal((2, 22, 17, 1)).astype("float32")
SMALL = GaborBank(wavelengths=(5.0,), n_orientations=2, size=7, aspect=0.8)


def values(tensor):
    return keras.ops.convert_to_numpy(tensor)


def network(kind, **options):
    inputs = keras.Input((22, 17, 1))
    return keras.Model(inputs, first_stage(inputs, kind, **options))


def trainable(model):
    return sum(int(np.prod(w.shape)) for w in model.trainable_weights)


@pytest.mark.parametrize(
    ("kind", "count"), [("gabor_fixed", 0), ("random_fixed", 0), ("gabor_learnable", 80)]
)
def test_what_is_trained(kind, count):
    assert trainable(network(kind)) == count + 32  # and the batch normalisation
    assert trainable(network("free")) == 16 * 81 + 32


@pytest.mark.parametrize("kind", FIRST_LAYERS[1:])
def test_one_shape_for_all(kind):
    model = network(kind)
    assert model.output_shape == (None, 11, 9, 16)
    y = values(model(X))
    assert y.shape == (2, 11, 9, 16) and y.min() == 0
    assert layer_table(model)["kind"][1].endswith("Conv2D 9×9")


def test_no_layer_is_the_input_itself():
    x = keras.Input((22, 17, 1))
    assert first_stage(x, "none") is x


@pytest.mark.parametrize(
    ("kind", "kernels"),
    [
        ("gabor_fixed", DEFAULT_BANK.kernels()),
        ("gabor_learnable", DEFAULT_BANK.kernels()),
        ("random_fixed", random_bank(7)),
    ],
)
@pytest.mark.parametrize("rows", [22, 21])
def test_the_layer_equals_the_numerics(kind, kernels, rows):
    inputs = keras.Input((rows, 17, 1))
    model = keras.Model(inputs, first_stage(inputs, kind, seed=7))
    linear = keras.Model(inputs, model.layers[1].output)
    expected = np.moveaxis(bank_response(X[:, :rows, :, 0], kernels), 1, 3)
    assert_allclose(values(linear(X[:, :rows])), expected, atol=1e-5)
    # Fresh batch normalisation divides by sqrt(1 + 0.001).
    assert_allclose(values(model(X[:, :rows])), np.maximum(expected, 0), rtol=1e-3, atol=1e-5)


def test_the_learnable_bank_starts_at_the_fixed_one():
    layer = GaborConv2D(SMALL)
    layer.build((None, 22, 17, 1))
    assert_allclose(values(layer.kernels())[:, :, 0], SMALL.kernels(), atol=1e-6)
    table = layer.parameters()
    for name, expected in SMALL.parameters().items():
        assert_allclose(table[name], expected, rtol=1e-6, atol=1e-6)


def gradients(layer, weights):
    """Return the gradients of sum(weights * layer(X)): what one plain step of rate 1 takes away."""
    inputs = keras.Input(X.shape[1:])
    model = keras.Model(inputs, layer(inputs))
    model.compile(keras.optimizers.SGD(1.0), loss=lambda w, y: keras.ops.sum(w * y))
    before = [values(w) for w in layer.trainable_weights]
    model.train_on_batch(X, weights)
    after = [values(w) for w in layer.trainable_weights]
    layer.set_weights(before)
    return [a - b for a, b in zip(before, after, strict=True)]


def test_gradients_agree_with_finite_differences():
    layer = GaborConv2D(SMALL)
    weights = np.random.default_rng(1).standard_normal((2, 11, 9, 4)).astype("float32")
    found = gradients(layer, weights)
    assert len(found) == 5
    for number, gradient in enumerate(found):
        assert np.isfinite(gradient).all() and np.abs(gradient).min() > 1e-4
        start = [values(w) for w in layer.trainable_weights]
        ends = []
        for step in (1e-2, -1e-2):
            moved = [w.copy() for w in start]
            moved[number][1] += step
            layer.set_weights(moved)
            ends.append(float((values(layer(X)).astype("float64") * weights).sum()))
        layer.set_weights(start)
        assert_allclose(gradient[1], (ends[0] - ends[1]) / 2e-2, rtol=1e-2, atol=1e-3)


def test_no_step_leaves_the_range():
    layer = GaborConv2D(SMALL)
    layer.build((None, 22, 17, 1))
    for size in (-30.0, 5.0):
        layer.set_weights([np.full_like(values(w), size) for w in layer.weights])
        assert np.isfinite(values(layer.kernels())).all()
        table = layer.parameters()
        assert table["wavelength"].min() >= 2 and table[["sigma", "aspect"]].min().min() > 0


def test_training_moves_the_filters_and_keeps_them_gabor():
    model = network("gabor_learnable")
    layer = model.layers[1]
    before = layer.parameters()
    model.compile(keras.optimizers.Adam(0.05), loss="mse")
    model.train_on_batch(X, np.ones((2, 11, 9, 16), "float32"))
    after = layer.parameters()
    assert (np.abs(after - before).max() > 1e-3).all()
    k = values(layer.kernels())
    assert_allclose(np.square(k).sum(axis=(0, 1, 2)), 1, rtol=1e-5)
    assert_allclose(k.sum(axis=(0, 1, 2)), 0, atol=1e-5)


@pytest.mark.parametrize("kind", FIRST_LAYERS[1:])
def test_save_and_load_round_trip(kind, tmp_path):
    model = network(kind, seed=3)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(values(model(X)), values(again(X)))
    assert trainable(again) == trainable(model)


def test_the_configuration_rebuilds_the_layer():
    layer = GaborConv2D(SMALL, strides=3, name="bank")
    again = GaborConv2D.from_config(layer.get_config())
    assert again.get_config() == layer.get_config() and again.bank == SMALL
    assert again.compute_output_shape((None, 22, 17, 1)) == (None, 8, 6, 4)
    assert again.compute_output_shape((None, None, 17, 1)) == (None, None, 6, 4)
    np.testing.assert_array_equal(values(layer(X)), values(again(X)))


def test_the_seed_decides_the_noise_alone():
    a, b, c = (network("random_fixed", seed=s).layers[1].get_weights()[0] for s in (1, 1, 2))
    np.testing.assert_array_equal(a, b)
    assert np.abs(a - c).max() > 0.1


def test_half_precision_computes_kernels_in_single():
    layer = GaborConv2D(dtype="mixed_float16")
    y = layer(X)
    assert keras.backend.standardize_dtype(y.dtype) == "float16"
    conv = keras.layers.Conv2D(
        16, 9, strides=2, padding="same", use_bias=False, dtype="mixed_float16"
    )
    conv.build(X.shape)
    conv.set_weights([values(layer.kernels())])  # called outside the layer, where nothing is cast
    np.testing.assert_array_equal(values(y), values(conv(X)))


def test_another_width_has_other_orientations():
    assert network("gabor_fixed", width=8).layers[1].get_weights()[0].shape == (9, 9, 1, 8)


@pytest.mark.parametrize(
    ("kind", "width", "channels", "message"),
    [
        ("gabor", 16, 1, "none, gabor_fixed"),
        ("free", 10, 1, "multiple of 4"),
        ("gabor_fixed", 0, 1, "multiple of 4"),
        ("random_fixed", 16, 3, "3 channels"),
    ],
)
def test_refusals_name_what_is_allowed(kind, width, channels, message):
    with pytest.raises(ConfigError, match=message):
        first_stage(keras.Input((22, 17, channels)), kind, width)


def test_the_layer_refuses_colours():
    with pytest.raises(ConfigError, match="3 channels"):
        GaborConv2D().build((None, 22, 17, 3))
