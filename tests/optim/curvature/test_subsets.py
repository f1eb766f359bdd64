"""Subsets are balanced, and a band covers what it promises to."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mgc.backend import keras
from mgc.errors import DataError
from mgc.optim.curvature.subsets import balanced_subset, prediction_band, subset_bands

LABELS = np.repeat([0, 1, 2], 20)
CLIPS = np.repeat([f"c{k}" for k in range(12)], 5)


@given(st.integers(1, 4), st.booleans(), st.integers(0, 1000))
def test_as_many_of_each_genre(per_class, whole, seed):
    chosen = balanced_subset(LABELS, CLIPS, per_class, np.random.default_rng(seed), whole=whole)
    assert np.bincount(LABELS[chosen]).tolist() == [per_class] * 3
    assert len(set(CLIPS[chosen])) == (3 if whole else 3 * per_class)
    assert (np.diff(chosen) > 0).all()


def test_whole_clips_come_whole_and_draws_differ():
    draws = [
        balanced_subset(LABELS, CLIPS, 10, np.random.default_rng(k), whole=True) for k in range(5)
    ]
    for chosen in draws:
        assert np.unique(CLIPS[chosen], return_counts=True)[1].tolist() == [5] * 6
    assert len({tuple(chosen) for chosen in draws}) > 1


def test_too_many_are_refused():
    with pytest.raises(DataError, match="genre . has 4 to choose from"):
        balanced_subset(LABELS, CLIPS, 5, np.random.default_rng(0), whole=False)


def test_the_band_covers_as_often_as_it_says():
    rng = np.random.default_rng(0)
    draws = np.exp(rng.normal(2, 0.3, size=(4000, 9)))
    bands = np.array([prediction_band(row[:8]) for row in draws])
    inside = (bands[:, 0] <= draws[:, 8]) & (draws[:, 8] <= bands[:, 1])
    assert inside.mean() == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize("values", [[1.0], [1.0, 0.0], [1.0, -2.0], []])
def test_a_band_needs_two_positive_values(values):
    with pytest.raises(DataError, match="at least two positive values"):
        prediction_band(values)


def test_bands_leave_the_last_draw_out():
    rows = {"whole_clips": True, "segments": 50, "clips": 10, "draw": [0, 1, 2, 3]}
    table = pd.DataFrame(rows | {"sharpness": [9.0, 11.0, 10.0, 200.0]})
    [band] = subset_bands(table.sample(frac=1, random_state=0)).to_dict("records")
    assert (band["low"], band["high"]) == pytest.approx(prediction_band([9.0, 11.0, 10.0]))
    assert (band["second"], band["inside"], band["draws"]) == (200.0, False, 3)
    with pytest.raises(DataError, match="lacks draw"):
        subset_bands(table.drop(columns="draw"))


def test_a_second_subset_lies_in_the_band(network, draw_batch):
    """On a network at its start, where chance is all that differs between subsets."""
    if keras.backend.backend() != "tensorflow":
        pytest.skip("products with the Hessian are written for tensorflow")
    from mgc.optim.curvature.hessian import BatchLoss
    from mgc.optim.curvature.lanczos import top_eigenvalues

    whole, found = BatchLoss(network, *draw_batch(30, 0)), []
    for seed in range(9):
        loss = whole.on(*draw_batch(30, seed))
        product = loss.product(loss.weights_of(network))
        found.append(top_eigenvalues(product, loss.size, tolerance=0.01).values[0])
    low, high = prediction_band(found[:8])
    assert low <= found[8] <= high
    assert high / low < 5
