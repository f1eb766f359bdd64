"""What an activation sees: counted, measured, and the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mgc.backend import keras
from mgc.errors import ConfigError
from mgc.models.receptive_field import (
    Rectangle,
    footprint_rectangle,
    gradient_footprint,
    last_map,
    receptive_field,
)
from mgc.models.registry import MODELS, build_model

layers = keras.layers


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("shape", [(128, 77, 1), (288, 304, 1)])
def test_the_count_is_what_the_gradient_reaches(name, shape):
    model = build_model(name, shape, width=1, spec_augment=True)
    counted, footprint = receptive_field(model), gradient_footprint(model)
    assert footprint_rectangle(footprint) == counted
    assert np.count_nonzero(footprint) == np.prod(counted.shape)


@pytest.mark.parametrize(
    ("name", "shape"),
    [("simple_cnn", (18, 18)), ("unet_lite_encoder", (140, 140)), ("unet_lite", (188, 188))],
)
def test_known_sizes(name, shape):
    model = build_model(name, (512, 512, 1), width=1)
    assert receptive_field(model).shape == shape


@given(data=st.data())
@settings(max_examples=10, deadline=None)
def test_at_any_point_the_border_and_odd_windows_included(data):
    x = keras.Input((21, 18, 1))
    window = (data.draw(st.integers(1, 5)), data.draw(st.integers(1, 4)))
    stride, padding = data.draw(st.integers(1, 3)), data.draw(st.sampled_from(["same", "valid"]))
    y = layers.Conv2D(2, window, strides=stride, padding=padding)(x)
    y = layers.Conv2DTranspose(2, max(window), strides=max(1, stride - 1), padding=padding)(y)
    y = layers.ReLU()(layers.MaxPooling2D(2, padding="same")(y))
    model = keras.Model(x, layers.GlobalAveragePooling2D()(y))
    bands, frames = y.shape[1:3]
    point = (data.draw(st.integers(0, bands - 1)), data.draw(st.integers(0, frames - 1)))
    footprint = gradient_footprint(model, point)
    if footprint.any():  # a transposed convolution may leave gaps that see nothing
        found, counted = footprint_rectangle(footprint), receptive_field(model, point)
        assert counted.bands[0] <= found.bands[0] and found.bands[1] <= counted.bands[1]
        assert counted.frames[0] <= found.frames[0] and found.frames[1] <= counted.frames[1]
        if padding == "valid" and stride <= min(window):
            assert found == counted


@pytest.mark.parametrize("padding", ["same", "valid"])
def test_holes_in_a_window_make_it_wider(padding):
    x = keras.Input((24, 20, 1))
    y = layers.Conv2D(2, (3, 2), dilation_rate=(4, 3), padding=padding)(x)
    model = keras.Model(x, layers.GlobalAveragePooling2D()(y))
    counted = receptive_field(model)
    assert counted.shape == (9, 4)
    assert footprint_rectangle(gradient_footprint(model)) == counted


def test_unclipped_it_may_leave_the_picture():
    model = build_model("simple_cnn", (32, 32, 1), width=1)
    assert receptive_field(model, (0, 7)) == Rectangle((0, 10), (21, 31))
    assert receptive_field(model, (0, 7), clipped=False) == Rectangle((-7, 10), (21, 38))


def test_the_model_itself_stays():
    model = build_model("simple_cnn", (16, 16, 1), width=1)
    before = model.get_weights()
    gradient_footprint(model)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_refusals():
    x = keras.Input((4, 4, 1))
    with pytest.raises(ConfigError, match="pools no map"):
        last_map(keras.Model(x, layers.Conv2D(1, 1)(x)))
    upsampled = layers.GlobalAveragePooling2D()(layers.UpSampling2D()(x))
    with pytest.raises(ConfigError, match="UpSampling2D, whose reach nobody counted yet"):
        receptive_field(keras.Model(x, upsampled))
    model = build_model("simple_cnn", (16, 16, 1), width=1)
    with pytest.raises(ConfigError, match="4 x 4 points"):
        receptive_field(model, (4, 0))
