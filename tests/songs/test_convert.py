"""ONNX Runtime says what Keras says, for every registered network and every layer that is known."""

import numpy as np
import onnxruntime
import pytest

from mgc.backend import keras
from mgc.data.normalise import Normaliser
from mgc.errors import WeightsError
from mgc.models.filter_bank import FIRST_LAYERS
from mgc.models.registry import MODELS, build_model
from mgc.songs.convert import to_onnx

layers, ops = keras.layers, keras.ops
ROWS, FRAMES = 44, 37


def shaken(model):
    """Give every weight a value of its own, so that none can be forgotten unseen."""
    rng = np.random.default_rng(1)
    model.set_weights(
        [w + rng.uniform(0.01, 0.1, w.shape).astype(w.dtype) for w in model.get_weights()]
    )
    return model


def both(model, scaler="band", segments=3):
    """Return what Keras and what ONNX Runtime says of the same features."""
    rng = np.random.default_rng(0)
    rows, frames = model.inputs[0].shape[1:3]
    x = (20 * rng.standard_normal((segments, rows, frames)) - 40).astype("float32")
    normaliser = Normaliser.fit([x.astype("float64")], scaler)
    expected = keras.ops.convert_to_numpy(model(normaliser(x)[..., None], training=False))
    session = onnxruntime.InferenceSession(to_onnx(model, normaliser))
    [given] = session.get_inputs()
    return expected, session.run(None, {given.name: x})[0]


@pytest.mark.parametrize("name", MODELS)
def test_every_registered_network_is_the_same_in_onnx(name):
    expected, found = both(shaken(build_model(name, (ROWS, FRAMES, 1), width=4, spec_augment=True)))
    assert np.ptp(expected) > 1e-3  # it does say something
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("first", FIRST_LAYERS[1:])
def test_a_bank_of_filters_comes_first(first):
    model = shaken(build_model("simple_cnn", (ROWS, FRAMES, 1), width=4, first_layer=first))
    np.testing.assert_allclose(*both(model), atol=1e-5)


@pytest.mark.parametrize("scaler", ["band", "pixel", "global"])
def test_the_normaliser_is_part_of_the_graph(scaler):
    model = build_model("simple_cnn", (ROWS, FRAMES, 1), width=4)
    expected, found = both(model, scaler, segments=1 if scaler == "band" else 4)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def pooled(x):
    return layers.GlobalAveragePooling2D()(x)


def attention(x):
    """Draw the sum over places, weighted by a softmax over them."""
    x = layers.Reshape((-1, 4))(layers.Conv2D(4, 3, padding="same")(x))
    weights = layers.Softmax(axis=1)(layers.Dense(1)(x))
    return ops.sum(layers.Multiply()([x, weights]), axis=1)


def statistics(x):
    """Draw mean, maximum and deviation over time."""
    x = layers.Conv2D(4, 3, strides=(2, 1), padding="same", activation="silu")(x)
    mean = ops.mean(x, axis=2, keepdims=True)
    spread = ops.sqrt(ops.mean(ops.square(x - mean), axis=(1, 2)) + 1e-3)
    return layers.Concatenate()([pooled(x), layers.GlobalMaxPooling2D()(x), spread])


BODIES = {
    "strides": lambda x: pooled(layers.Conv2D(3, (5, 2), strides=2, padding="same")(x)),
    "valid": lambda x: pooled(layers.Conv2D(3, 4, strides=3, use_bias=False)(x)),
    "dilated": lambda x: pooled(layers.Conv2D(3, 3, dilation_rate=2, padding="same")(x)),
    "groups": lambda x: pooled(layers.Conv2D(4, 3, groups=2)(layers.Conv2D(4, 1)(x))),
    "depthwise": lambda x: pooled(
        layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same", activation="relu")(
            layers.Conv2D(3, 1)(x)
        )
    ),
    "separable": lambda x: pooled(layers.SeparableConv2D(5, 3, activation="elu")(x)),
    "transposed": lambda x: pooled(
        layers.Conv2DTranspose(3, 3, strides=2, padding="same")(layers.MaxPooling2D(3)(x))
    ),
    "transposed wide kernel": lambda x: layers.Flatten()(
        layers.Conv2DTranspose(1, 5, strides=2, padding="same")(layers.MaxPooling2D(6)(x))
    ),
    "transposed wide step": lambda x: pooled(layers.Conv2DTranspose(2, 2, strides=3)(x)),
    "enlarged": lambda x: pooled(
        layers.Activation("tanh")(layers.UpSampling2D((2, 3))(layers.Conv2D(2, 3)(x)))
    ),
    "average pooling": lambda x: layers.Flatten()(
        layers.AveragePooling2D(5, strides=4, padding="same")(x)
    ),
    "cropped": lambda x: pooled(layers.Cropping2D(((1, 0), (0, 4)))(x)),
    "padded": lambda x: pooled(layers.Conv2D(2, 3)(layers.ZeroPadding2D(((1, 0), (2, 3)))(x))),
    "normalised": lambda x: pooled(layers.BatchNormalization(scale=False, center=False)(x)),
    "rectified": lambda x: pooled(layers.LeakyReLU(0.2)(layers.ReLU(negative_slope=0.1)(x))),
    "parametric": lambda x: pooled(layers.PReLU(shared_axes=[1])(x)),
    "gated": lambda x: layers.Multiply()(
        [
            pooled(layers.Conv2D(4, 3)(x)),
            layers.Dense(4, activation="sigmoid")(pooled(x)),
            layers.Average()([pooled(x), layers.GlobalMaxPooling2D()(x)]),
        ]
    ),
    "rows in sequence": lambda x: layers.GlobalMaxPooling1D()(
        layers.Dense(3)(layers.Reshape((FRAMES, ROWS))(layers.Permute((2, 1, 3))(x)))
    ),
    "attention": attention,
    "statistics": statistics,
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_every_layer_that_is_known_is_the_same_in_onnx(body):
    inputs = keras.Input((ROWS, FRAMES, 1))
    x = layers.Dropout(0.5)(layers.GaussianNoise(1.0)(body(inputs)))
    outputs = layers.Dense(5, activation="softmax")(x)
    expected, found = both(shaken(keras.Model(inputs, outputs)))
    assert found.shape == (3, 5)
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("layer", "complaint"),
    [
        (layers.Conv2D(2, 3, activation="mish"), "activation mish cannot be written"),
        (layers.ConvLSTM1D(2, 3, name="memory"), "layer memory is a ConvLSTM1D, which cannot"),
        (layers.ReLU(max_value=6, name="six"), "layer six is a ReLU with a limit"),
    ],
)
def test_what_is_not_known_is_refused_by_name(layer, complaint):
    inputs = keras.Input((ROWS, FRAMES, 1))
    x = layers.Flatten()(layer(inputs))
    model = keras.Model(inputs, layers.Dense(2, activation="softmax")(x))
    with pytest.raises(WeightsError, match=complaint):
        to_onnx(model, Normaliser(np.zeros(()), np.ones(())))
