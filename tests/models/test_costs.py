"""Counted costs equal the formulas written by hand, and what is published about both networks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mgc.backend import keras
from mgc.errors import ConfigError
from mgc.models.closed_forms import simple_cnn_cost, unet_lite_cost
from mgc.models.costs import Cost, activation_memory, cost_table, count_cost
from mgc.models.registry import MODELS, build_model

layers = keras.layers
FORMULAS = {"simple_cnn": simple_cnn_cost, "unet_lite": unet_lite_cost}


@pytest.mark.parametrize("name", FORMULAS)
@given(
    bands=st.integers(16, 40),
    frames=st.integers(16, 40),
    width=st.integers(1, 3),
    n_classes=st.integers(2, 12),
)
@settings(max_examples=5, deadline=None)
def test_the_count_is_the_formula(name, bands, frames, width, n_classes):
    model = build_model(name, (bands, frames, 1), n_classes, width=width, spec_augment=True)
    assert count_cost(model) == FORMULAS[name](bands, frames, width, n_classes)


@pytest.mark.parametrize(
    ("name", "parameters", "trainable", "giga"),
    [("simple_cnn", 111_370, 110_922, "0.31"), ("unet_lite", 7_816_842, 7_810_954, "6.39")],
)
def test_the_seeds_networks(name, parameters, trainable, giga):
    found = FORMULAS[name](128, 259, 32)
    assert (found.parameters, found.trainable) == (parameters, trainable)
    assert f"{found.products / 1e9:.2f}" == giga


def test_each_kind_of_layer_by_hand():
    x = keras.Input((8, 6, 2))
    y = layers.Conv2D(3, (3, 1), strides=2, padding="same", activation="relu")(x)  # 4 x 3 x 3
    z = layers.Conv2DTranspose(2, 2, strides=2, use_bias=False)(y)  # 8 x 6 x 2
    z = layers.PReLU(shared_axes=[1, 2])(layers.BatchNormalization()(layers.add([z, x])))
    z = layers.GlobalAveragePooling2D()(layers.MaxPooling2D((4, 2))(z))  # 2 x 3 x 2
    table = cost_table(keras.Model(x, layers.Dense(5, activation="softmax")(z)))
    table = table.set_index("kind")
    products = {"Conv2D 3×1": 36 * 6, "Conv2DTranspose 2×2": 36 * 4 * 2, "Dense": 10}
    found = table["products"]
    assert found[found > 0].to_dict() == products
    others = {
        **{"Conv2D 3×1": 36, "Add": 96, "BatchNormalization": 192, "PReLU": 192, "Dense": 15},
        **{"MaxPooling2D 4×2": 7 * 12, "GlobalAveragePooling2D": 12},
    }
    rest = table["flops"] - 2 * table["products"]
    assert rest[rest > 0].to_dict() == others
    assert table.loc["BatchNormalization", ["parameters", "trainable"]].tolist() == [8, 4]


def test_groups_of_channels_share_the_work():
    x = keras.Input((5, 5, 6))
    model = keras.Model(x, layers.Conv2D(4, 3, groups=2, padding="same", use_bias=False)(x))
    found = count_cost(model)
    assert found.parameters == 9 * 3 * 4  # a channel reads the three of its own group
    assert found.products == 25 * found.parameters


def test_every_level_of_the_u_costs_the_same():
    table = cost_table(build_model("unet_lite", (64, 48, 1), width=2))
    products = table.groupby("stage")["products"].sum()
    unit = 64 * 48 * 2**2
    assert [products[f"decoder {k}"] for k in (1, 2, 3, 4)] == [29 * unit] * 4
    assert [products[f"encoder {k}"] for k in (2, 3, 4)] == [27 * unit // 2] * 3
    assert products["encoder 1"] == 9 * (unit + unit // 2)
    assert products["bottleneck"] == 27 * unit // 2


@pytest.mark.parametrize("name", MODELS)
def test_parts_of_the_u_cost_less_than_the_whole(name):
    found = count_cost(build_model(name, (32, 32, 1), width=2))
    whole = unet_lite_cost(32, 32, 2)
    assert isinstance(found, Cost) and 0 < found.products <= whole.products


def test_a_skip_is_held_until_it_is_read():
    x = keras.Input((4, 4, 1))
    y = layers.Conv2D(2, 3, padding="same", use_bias=False)(x)  # 32 values
    low = layers.MaxPooling2D(2)(y)  # 8
    low = layers.Conv2D(10, 1, use_bias=False)(low)  # 40
    low = layers.Conv2DTranspose(2, 2, strides=2, use_bias=False)(low)  # 32
    model = keras.Model(x, layers.concatenate([y, low]))  # 64
    weights = 18 + 20 + 80
    assert activation_memory(model) == 4 * (32 + 32 + 64 + weights)
    assert activation_memory(model, 3) == 4 * (3 * 128 + weights)
    kept = 16 + 32 + 8 + 40 + 32 + 64
    assert activation_memory(model, 3, training=True) == 4 * (3 * kept + 4 * weights)


def test_an_unknown_layer_is_refused_not_forgotten():
    x = keras.Input((4, 4, 1))
    with pytest.raises(ConfigError, match="UpSampling2D, whose work nobody counted yet"):
        cost_table(keras.Model(x, layers.UpSampling2D()(x)))
    with pytest.raises(ConfigError, match="activation gelu"):
        cost_table(keras.Model(x, layers.Conv2D(1, 1, activation="gelu")(x)))
