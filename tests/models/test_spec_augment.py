"""The layer contract of SpecAugment, and what its masks look like."""

import numpy as np
import pytest

from mgc.backend import keras
from mgc.models.spec_augment import SpecAugment

X = np.random.default_rng(0).uniform(1, 2, size=(64, 40, 30, 2)).astype("float32")


def masked(layer, x=X):
    return keras.ops.convert_to_numpy(layer(x, training=True))


def runs_of_true(row):
    return int(np.diff(np.concatenate([[0], row.astype(int)])).clip(0).sum())


def test_identity_outside_training():
    for training in (False, None):
        y = keras.ops.convert_to_numpy(SpecAugment(seed=0)(X, training=training))
        np.testing.assert_array_equal(y, X)


def test_one_band_and_one_stretch_per_example():
    y = masked(SpecAugment(frequency_share=0.25, time_share=0.5, mask_value=-7.0, seed=3))
    hidden = y == -7.0
    np.testing.assert_array_equal(y[~hidden], X[~hidden])
    np.testing.assert_array_equal(hidden[..., 0], hidden[..., 1])
    bands, stretches = hidden[..., 0].all(axis=2), hidden[..., 0].all(axis=1)
    assert {runs_of_true(row) for row in bands} == {0, 1}
    assert {runs_of_true(row) for row in stretches} == {0, 1}
    union = bands[:, :, None] | stretches[:, None, :]
    np.testing.assert_array_equal(union, hidden[..., 0])
    assert bands.sum(axis=1).max() <= 10
    assert stretches.sum(axis=1).max() <= 15


def test_every_width_and_every_place_occurs():
    x = np.ones((4000, 10, 4, 1), "float32")
    hidden = masked(SpecAugment(frequency_share=0.3, time_share=0.0, seed=1), x)[:, :, 0, 0] == 0
    widths = np.bincount(hidden.sum(axis=1), minlength=4)
    assert len(widths) == 4
    np.testing.assert_allclose(widths / 4000, 0.25, atol=0.03)
    starts = hidden[hidden.sum(axis=1) == 3].argmax(axis=1)
    np.testing.assert_allclose(np.bincount(starts) / len(starts), 1 / 8, atol=0.04)


def test_examples_differ_and_calls_differ():
    layer = SpecAugment(seed=5)
    first, second = masked(layer), masked(layer)
    assert len({row.tobytes() for row in first == 0}) > 50
    assert not np.array_equal(first, second)


def test_the_seed_repeats_the_sequence():
    a, b = SpecAugment(seed=5), SpecAugment(seed=5)
    for _ in range(2):
        np.testing.assert_array_equal(masked(a), masked(b))


def test_config_round_trip_keeps_every_parameter():
    layer = SpecAugment(0.1, 0.3, -1.5, seed=2, name="masks")
    again = SpecAugment.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    assert again.compute_output_shape((None, 4, 5, 1)) == (None, 4, 5, 1)
    np.testing.assert_array_equal(masked(again), masked(SpecAugment(0.1, 0.3, -1.5, seed=2)))


@pytest.mark.parametrize("share", [-0.1, 1.0])
def test_impossible_shares_are_refused(share):
    with pytest.raises(ValueError, match="frequency_share"):
        SpecAugment(frequency_share=share)
