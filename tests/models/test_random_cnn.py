"""Features of an untrained network, against its own layers."""

import numpy as np
import pytest

from mgc.backend import keras
from mgc.errors import ConfigError
from mgc.models.random_cnn import random_features
from mgc.models.registry import build_model

PICTURES = np.random.default_rng(0).normal(size=(70, 16, 12)).astype(np.float32)


def test_each_stage_is_pooled_over_bands_and_frames():
    found = random_features(PICTURES, width=3, seed=5)
    assert found.shape == (70, 14 * 3) and found.dtype == np.float64
    network = build_model("simple_cnn", (16, 12, 1), width=3, seed=5)
    stages = [layer for layer in network.layers if isinstance(layer, keras.layers.Activation)]
    x = PICTURES[..., np.newaxis]
    means, spreads = [], []
    for stage in stages:
        seen = keras.Model(network.input, stage.output).predict(x, verbose=0)
        means.append(seen.mean(axis=(1, 2)))
        spreads.append(seen.std(axis=(1, 2)))
    assert len(stages) == 3
    np.testing.assert_allclose(found, np.concatenate(means + spreads, axis=1), atol=1e-5)


def test_the_seed_decides_and_a_picture_alone_is_seen_as_among_others():
    first = random_features(PICTURES, width=3, seed=0)
    np.testing.assert_array_equal(first, random_features(PICTURES, width=3, seed=0))
    np.testing.assert_allclose(random_features(PICTURES[:1], width=3), first[:1], atol=1e-6)
    assert not np.allclose(first, random_features(PICTURES, width=3, seed=1))


def test_a_bank_of_filters_may_stand_before_it():
    pictures = np.tile(PICTURES[:4], (1, 3, 4))
    banked = random_features(pictures, width=3, first_layer="gabor_fixed")
    alone = random_features(pictures, width=3)
    assert banked.shape[1] > alone.shape[1] == 14 * 3  # the bank is a stage of its own


def test_a_picture_that_is_too_small_is_refused():
    with pytest.raises(ConfigError, match="take longer segments or more bands"):
        random_features(PICTURES[:, :2, :3], width=3)
