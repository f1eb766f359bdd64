"""Maps against the closed form of pooled networks, and against differences of the output."""

import numpy as np
import pytest

from mgc.backend import keras
from mgc.errors import ConfigError, DataError
from mgc.models.registry import build_model
from mgc.train.class_activation import (
    _slopes,
    activation_maps,
    band_profile,
    split_at_last_map,
)

layers = keras.layers


def pictures(n, shape, seed=0):
    return np.random.default_rng(seed).normal(size=(n, *shape)).astype(np.float32)


@pytest.fixture
def pooled():
    """Convolution, global average, one dense layer: Zhou's network."""
    keras.utils.set_random_seed(1)
    inputs = keras.Input((12, 8, 1))
    x = layers.Conv2D(3, 3, activation="relu", name="last")(inputs)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.5)(x)
    return keras.Model(inputs, layers.Dense(4, activation="softmax")(x))


def test_a_pooled_network_has_the_closed_form(pooled):
    x, classes = pictures(5, (12, 8, 1)), np.array([0, 1, 2, 3, 0])
    body, head = split_at_last_map(pooled)
    maps = keras.ops.convert_to_numpy(body(x))
    assert maps.shape == (5, 10, 6, 3)
    p = keras.ops.convert_to_numpy(pooled(x))
    w = pooled.layers[-1].get_weights()[0]
    # d log p_c / dA_ijk = (w_kc - sum_g p_g w_kg) / pixels
    slopes = (w[:, classes].T - p @ w.T) / 60
    expected = np.maximum(np.einsum("nhwc,nc->nhw", maps, slopes), 0)
    found = activation_maps(pooled, x, classes, batch_size=2)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert found.max() > 0


@pytest.mark.parametrize("name", ["simple_cnn", "unet_lite"])
def test_slopes_are_those_of_the_trained_state(name):
    """A step in one pixel of the map against the derivative, dropout and statistics at rest."""
    model = build_model(name, (32, 20, 1), 4, width=2, spec_augment=True)
    before = [w.copy() for w in model.get_weights()]
    flags = [layer.trainable for layer in model.layers]
    x, classes = pictures(2, (32, 20, 1)), np.array([1, 3])
    body, head = split_at_last_map(model)
    maps = keras.ops.convert_to_numpy(body(x, training=False)).astype(np.float32)
    slopes = _slopes(head, maps, classes)

    def logp(values):
        p = keras.ops.convert_to_numpy(head(values.astype(np.float32), training=False))
        return np.log(p[np.arange(2), classes])

    direction = np.random.default_rng(3).normal(size=maps.shape)
    step = 1e-2
    difference = (logp(maps + step * direction) - logp(maps - step * direction)) / (2 * step)
    np.testing.assert_allclose((slopes * direction).sum(axis=(1, 2, 3)), difference, rtol=2e-2)
    activation_maps(model, x, classes)
    assert all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True))
    assert flags == [layer.trainable for layer in model.layers]


def test_batches_do_not_matter(pooled):
    x, classes = pictures(7, (12, 8, 1)), np.arange(7) % 4
    np.testing.assert_allclose(
        activation_maps(pooled, x, classes, 3), activation_maps(pooled, x, classes), atol=1e-6
    )


def test_the_cut_passes_no_branch_by():
    inputs = keras.Input((8, 8, 1))
    first = layers.Conv2D(2, 3, padding="same", name="first")(inputs)
    second = layers.Conv2D(2, 3, padding="same", name="second")(first)
    joined = layers.Concatenate()(
        [layers.GlobalAveragePooling2D()(first), layers.GlobalAveragePooling2D()(second)]
    )
    model = keras.Model(inputs, layers.Dense(2, activation="softmax")(joined))
    body, _ = split_at_last_map(model)
    assert body.layers[-1].name == "first"
    flat = keras.Model(inputs, layers.Dense(2)(layers.Flatten()(inputs)), name="flat")
    with pytest.raises(ConfigError, match="flat has no last feature map"):
        split_at_last_map(flat)


def test_profiles_keep_shares():
    maps = np.zeros((2, 8, 3))
    maps[0, 2] = 1.0
    profile = band_profile(maps, 32)
    assert profile[0, 8:12].tolist() == [0.25] * 4
    assert profile[0].sum() == pytest.approx(1) and profile[1].sum() == 0


def test_what_is_no_picture_is_refused(pooled):
    with pytest.raises(DataError, match="one class for each"):
        activation_maps(pooled, pictures(2, (12, 8, 1)), [0])
    with pytest.raises(DataError, match=r"shape \(0, 12, 8, 1\)"):
        activation_maps(pooled, np.zeros((0, 12, 8, 1)), [])
