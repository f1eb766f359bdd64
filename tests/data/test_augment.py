"""What is changed from epoch to epoch depends on seed and epoch alone, and does what it says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mgc.backend import keras
from mgc.data.augment import Augmentation, drawn_partners, drawn_starts
from mgc.data.datasets import open_dataset
from mgc.data.normalise import Normaliser
from mgc.data.pipeline import SegmentBatches, epoch_order, tf_dataset
from mgc.data.segments import cut
from mgc.data.splits import make_split

CHANGES = [
    {"mixup": 0.4},
    {"label_smoothing": 0.1},
    {"crops": "random"},
    {"mixup": 0.4, "label_smoothing": 0.1, "crops": "random"},
]


@pytest.fixture(scope="module")
def parts():
    data = open_dataset("synthetic")
    split = make_split(data.manifest, "fault_filtered")
    segments = cut(data.store, data.manifest, split, "valid", 6.0)
    return segments, Normaliser.fit([segments.read(range(len(segments)))])


def epoch(parts, number=1, **changes):
    batches = SegmentBatches(
        *parts,
        batch_size=8,
        shuffle_seed=3,
        first_epoch=number,
        augmentation=Augmentation(**changes),
    )
    x, y = zip(*(batches[k] for k in range(len(batches))), strict=True)
    return np.concatenate(x), np.concatenate(y)


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 0.8), st.integers(2, 12))
def test_smoothed_targets_are_probabilities(share, n_classes):
    labels = np.arange(n_classes)
    targets = Augmentation(label_smoothing=share).targets(labels, n_classes)
    np.testing.assert_allclose(targets.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(targets.min(), share / n_classes, atol=1e-6)
    if share < 0.5:
        assert targets.argmax(axis=1).tolist() == labels.tolist()


def test_draws_are_of_seed_and_epoch_and_of_nothing_else():
    starts = [drawn_starts(50, 100, seed, epoch) for seed, epoch in ((0, 0), (0, 1), (1, 0))]
    assert len({s.tobytes() for s in starts}) == 3
    np.testing.assert_array_equal(starts[1], drawn_starts(50, 100, 0, 1))
    partners, shares = drawn_partners(50, 0.4, 0, 1)
    np.testing.assert_array_equal(shares, drawn_partners(50, 0.4, 0, 1)[1])
    assert sorted(partners) == list(range(50))
    assert not np.array_equal(partners, epoch_order(50, 0, 1))
    # Beta(a, a) has mean 1/2 and variance 1 / (4 (2a + 1)).
    many = drawn_partners(20_000, 0.4, 0, 0)[1]
    assert many.mean() == pytest.approx(0.5, abs=0.01)
    assert many.var() == pytest.approx(1 / (4 * 1.8), abs=0.005)


def test_mixup_blends_inputs_and_labels_with_the_same_share(parts):
    segments, normaliser = parts
    x, y = epoch(parts, mixup=0.4)
    order = epoch_order(len(segments), 3, 1)
    partners, shares = drawn_partners(len(segments), 0.4, 3, 1)
    share, whole = shares[order], normaliser(segments.read(range(len(segments))))
    other = partners[order]
    weight = share[:, None, None]
    expected = weight * whole[order] + (1 - weight) * whole[other]
    np.testing.assert_allclose(x[..., 0], expected, atol=1e-5)
    hot = np.eye(len(segments.genres))[segments.labels]
    labels = share[:, None] * hot[order] + (1 - share[:, None]) * hot[other]
    np.testing.assert_allclose(y, labels, atol=1e-6)


def test_random_crops_begin_where_they_were_drawn(parts):
    segments, normaliser = parts
    x, y = epoch(parts, crops="random")
    order = epoch_order(len(segments), 3, 1)
    latest = segments.store.front_end.columns - segments.columns
    starts = drawn_starts(len(segments), latest, 3, 1)
    for place in (0, len(order) - 1):
        row, start = int(segments.table["row"].iloc[order[place]]), int(starts[order[place]])
        levels = segments.store.decode(row, start, start + segments.columns)
        np.testing.assert_allclose(x[place, ..., 0], normaliser(levels[None])[0], atol=1e-5)
    np.testing.assert_array_equal(y, segments.labels[order])
    assert not np.array_equal(x, epoch(parts, number=2, crops="random")[0])


@pytest.mark.parametrize("changes", CHANGES)
def test_validation_is_never_changed_but_takes_the_form_of_the_targets(parts, changes):
    plain = SegmentBatches(*parts, batch_size=8)
    batches = SegmentBatches(*parts, batch_size=8, augmentation=Augmentation(**changes))
    x, y = batches[0]
    np.testing.assert_array_equal(x, plain[0][0])
    if batches.augmentation.soft:
        assert y.shape == (8, len(parts[0].genres)) and set(y.ravel()) == {0.0, 1.0}
        y = y.argmax(axis=1)
    np.testing.assert_array_equal(y, plain[0][1])


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="tf.data belongs to TensorFlow")
@pytest.mark.parametrize("changes", CHANGES)
def test_tf_data_streams_the_same_changes_epoch_by_epoch(parts, changes):
    batches = SegmentBatches(
        *parts, batch_size=16, shuffle_seed=3, first_epoch=1, augmentation=Augmentation(**changes)
    )
    streamed = list(tf_dataset(batches, 2).as_numpy_iterator())
    for number in (1, 2):
        x, y = epoch(parts, number, **changes)
        here = streamed[: len(batches)] if number == 1 else streamed[len(batches) :]
        np.testing.assert_array_equal(np.concatenate([pair[0] for pair in here]), x)
        np.testing.assert_array_equal(np.concatenate([pair[1] for pair in here]), y)
