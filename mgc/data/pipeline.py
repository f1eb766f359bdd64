"""From segments to batches: one order for every backend, tf.data where TensorFlow trains.

The order of an epoch depends on the seed and the epoch alone, so a resumed run sees the very
batches that an uninterrupted one would have seen, and two backends see the same ones.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from mgc.backend import keras
from mgc.data.normalise import Normaliser
from mgc.data.segments import Segments


def epoch_order(n: int, seed: int, epoch: int) -> npt.NDArray[np.int64]:
    """Return the order in which `n` training segments are seen in one epoch.

    Examples
    --------
    >>> sorted(epoch_order(4, seed=0, epoch=3).tolist())
    [0, 1, 2, 3]
    """
    return np.random.default_rng([seed, epoch]).permutation(n)


class SegmentBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches of normalised segments for any Keras backend.

    Parameters
    ----------
    segments : Segments
        What to read.
    normaliser : Normaliser
        Fitted on the training part.
    batch_size : int > 0
        Segments a batch; the last one may be smaller.
    shuffle_seed : int, optional
        Shuffle anew in each epoch; without it the order is the table's.
    first_epoch : int >= 0
        Epoch at which counting starts (a resumed run does not start at 0).

    Notes
    -----
    Item ``k`` is ``(x, y)``: float32 ``(batch, rows, frames, 1)`` and int64 ``(batch,)``.

    Book: The pipeline and its cost
    """

    def __init__(
        self,
        segments: Segments,
        normaliser: Normaliser,
        batch_size: int,
        shuffle_seed: int | None = None,
        first_epoch: int = 0,
    ) -> None:
        super().__init__()
        self.segments = segments
        self.normaliser = normaliser
        self.batch_size = batch_size
        self.shuffle_seed = shuffle_seed
        self.epoch = first_epoch
        self._order: tuple[int, npt.NDArray[np.int64]] | None = None
        self._vectors: npt.NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return -(-len(self.segments) // self.batch_size)

    def order(self) -> npt.NDArray[np.int64]:
        """Return the order of the current epoch (read only: its batches share it)."""
        known = self._order
        if known is None or known[0] != self.epoch:
            n, seed = len(self.segments), self.shuffle_seed
            order = np.arange(n) if seed is None else epoch_order(n, seed, self.epoch)
            order.setflags(write=False)
            self._order = known = (self.epoch, order)
        return known[1]

    def read(self, which: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """Return the network's input for some segments."""
        if self.segments.frames > 1:
            return self.normaliser(self.segments.read(which))[..., None]
        if self._vectors is None:  # small, and dear to make: once is enough
            everything = np.arange(len(self.segments))
            self._vectors = self.normaliser(self.segments.read(everything))[..., None]
        chosen: npt.NDArray[np.float32] = self._vectors[np.asarray(which)]
        return chosen

    def __getitem__(self, index: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        which = self.order()[index * self.batch_size : (index + 1) * self.batch_size]
        return self.read(which), self.segments.labels[which]

    def on_epoch_end(self) -> None:
        """Count the epochs, so that the next one has its own order."""
        self.epoch += 1


def tf_dataset(batches: SegmentBatches, epochs: int = 1) -> Any:
    """Stream the same batches through tf.data, reading ahead while the network trains.

    Parameters
    ----------
    batches : SegmentBatches
        Segments, normaliser, order and batch size; its `epoch` is where the stream starts.
    epochs : int > 0
        How many epochs to stream one after the other (``steps_per_epoch`` is ``len(batches)``).

    Returns
    -------
    tf.data.Dataset
        Yields exactly what `batches` yields, in the same order.

    Book: The pipeline and its cost
    """
    import tensorflow as tf

    shape = (None, batches.segments.rows, batches.segments.frames, 1)
    labels = tf.constant(batches.segments.labels)
    first, seed, n = batches.epoch, batches.shuffle_seed, len(batches.segments)

    def order(epoch: Any) -> Any:
        return np.arange(n) if seed is None else epoch_order(n, seed, int(epoch))

    def one_epoch(epoch: Any) -> Any:
        which = tf.ensure_shape(tf.numpy_function(order, [epoch], tf.int64), (n,))
        return tf.data.Dataset.from_tensor_slices(which).batch(batches.batch_size)

    def load(which: Any) -> Any:
        x = tf.numpy_function(batches.read, [which], tf.float32)
        return tf.ensure_shape(x, shape), tf.gather(labels, which)

    stream = tf.data.Dataset.range(first, first + epochs).flat_map(one_epoch)
    stream = stream.map(load, num_parallel_calls=1, deterministic=True).prefetch(4)
    return stream.apply(tf.data.experimental.assert_cardinality(epochs * len(batches)))


def network_input(batches: SegmentBatches, epochs: int = 1) -> Any:
    """Return what `keras.Model.fit` takes on the current backend."""
    return tf_dataset(batches, epochs) if keras.backend.backend() == "tensorflow" else batches
