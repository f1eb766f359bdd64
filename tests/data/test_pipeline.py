"""One order for every backend; tf.data streams exactly what the plain batches hold."""

import numpy as np
import pytest

from mgc.backend import keras
from mgc.data import pipeline
from mgc.data.datasets import open_dataset
from mgc.data.normalise import Normaliser
from mgc.data.pipeline import SegmentBatches, epoch_order, network_input, tf_dataset
from mgc.data.representation import representation
from mgc.data.segments import cut
from mgc.data.splits import make_split

tensorflow_only = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="tf.data belongs to the TensorFlow backend"
)


@pytest.fixture(scope="module")
def parts():
    data = open_dataset("synthetic")
    split = make_split(data.manifest, "fault_filtered")
    segments = cut(data.store, data.manifest, split, "valid", 6.0)
    return segments, Normaliser.fit([segments.read(range(len(segments)))])


def test_every_epoch_has_its_own_whole_order():
    orders = [epoch_order(50, seed=1, epoch=e) for e in range(3)]
    assert all(sorted(order.tolist()) == list(range(50)) for order in orders)
    assert len({order.tobytes() for order in orders}) == 3
    np.testing.assert_array_equal(orders[2], epoch_order(50, 1, 2))
    assert not np.array_equal(orders[2], epoch_order(50, 2, 2))


def test_batches_cover_everything_once(parts):
    batches = SegmentBatches(*parts, batch_size=7, shuffle_seed=3)
    assert len(batches) == -(-len(parts[0]) // 7)
    x, y = zip(*(batches[k] for k in range(len(batches))), strict=True)
    x, y = np.concatenate(x), np.concatenate(y)
    order = epoch_order(len(parts[0]), 3, 0)
    np.testing.assert_array_equal(y, parts[0].labels[order])
    np.testing.assert_array_equal(x[..., 0], parts[1](parts[0].read(order)))
    np.testing.assert_allclose(x.mean(axis=(0, 2)), 0, atol=1e-5)


def test_an_epoch_is_ordered_once_and_the_order_follows_the_epoch(parts, monkeypatch):
    asked = []
    monkeypatch.setattr(
        pipeline, "epoch_order", lambda n, seed, e: asked.append(e) or epoch_order(n, seed, e)
    )
    batches = SegmentBatches(*parts, batch_size=7, shuffle_seed=3)

    def labels():
        return np.concatenate([batches[k][1] for k in range(len(batches))])

    def expected(epoch):
        return parts[0].labels[epoch_order(len(parts[0]), 3, epoch)]

    np.testing.assert_array_equal(labels(), expected(0))
    batches.epoch = 5  # as the trainer does when it resumes
    np.testing.assert_array_equal(labels(), expected(5))
    batches.on_epoch_end()
    np.testing.assert_array_equal(labels(), expected(6))
    assert asked == [0, 5, 6]


def test_without_a_seed_the_order_is_the_tables(parts):
    batches = SegmentBatches(*parts, batch_size=5)
    np.testing.assert_array_equal(batches[1][1], parts[0].labels[5:10])
    batches.on_epoch_end()
    np.testing.assert_array_equal(batches[1][1], parts[0].labels[5:10])


@tensorflow_only
@pytest.mark.parametrize("shuffle_seed", [None, 4])
def test_tf_data_streams_the_same_batches(parts, shuffle_seed):
    batches = SegmentBatches(*parts, batch_size=16, shuffle_seed=shuffle_seed, first_epoch=2)
    stream = list(tf_dataset(batches, epochs=2))
    assert len(stream) == 2 * len(batches)
    for k, (x, y) in enumerate(stream):
        expected = batches[k % len(batches)]
        np.testing.assert_array_equal(x.numpy(), expected[0])
        np.testing.assert_array_equal(y.numpy(), expected[1])
        if k == len(batches) - 1:
            batches.on_epoch_end()


def test_what_the_network_gets_follows_the_backend(parts):
    batches = SegmentBatches(*parts, batch_size=16)
    plain = network_input(batches) is batches
    assert plain == (keras.backend.backend() != "tensorflow")


def test_vectors_are_made_once_and_are_those_of_the_segments(monkeypatch):
    dataset = open_dataset("synthetic")
    split = make_split(dataset.manifest, "fault_filtered")
    vectors = cut(dataset.store, dataset.manifest, split, "valid", 6.0, representation("texture"))
    normaliser = Normaliser.fit([vectors.read(np.arange(len(vectors)))])
    batches = SegmentBatches(vectors, normaliser, 4)
    expected = normaliser(vectors.read([5, 1]))[..., None]
    np.testing.assert_array_equal(batches.read([5, 1]), expected)
    monkeypatch.setattr(type(vectors), "read", None)
    np.testing.assert_array_equal(batches.read([1]), expected[1:])
