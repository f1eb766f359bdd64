"""From segments to batches: one order for every backend, tf.data where TensorFlow trains.

The order of an epoch depends on the seed and the epoch alone, so a resumed run sees the very
batches that an uninterrupted one would have seen, and two backends see the same ones.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from mgc.backend import keras
from mgc.data.augment import Augmentation, drawn_partners, drawn_starts
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


_UNCHANGED = Augmentation()


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
    augmentation : Augmentation
        What is changed from epoch to epoch; without `shuffle_seed` nothing is, and labels only
        take the form that the loss expects.

    Notes
    -----
    Item ``k`` is ``(x, y)``: float32 ``(batch, rows, frames, 1)`` and int64 ``(batch,)``, or, with
    soft targets, float32 ``(batch, genres)``.

    Book: The pipeline and its cost
    """

    def __init__(
        self,
        segments: Segments,
        normaliser: Normaliser,
        batch_size: int,
        shuffle_seed: int | None = None,
        first_epoch: int = 0,
        augmentation: Augmentation = _UNCHANGED,
    ) -> None:
        super().__init__()
        self.augmentation = augmentation
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

    def read(
        self, which: npt.ArrayLike, starts: npt.ArrayLike | None = None
    ) -> npt.NDArray[np.float32]:
        """Return the network's input for some segments, which may begin elsewhere."""
        if self.segments.frames > 1 or starts is not None:
            return self.normaliser(self.segments.read(which, starts))[..., None]
        if self._vectors is None:  # small, and dear to make: once is enough
            everything = np.arange(len(self.segments))
            self._vectors = self.normaliser(self.segments.read(everything))[..., None]
        chosen: npt.NDArray[np.float32] = self._vectors[np.asarray(which)]
        return chosen

    def make(self, epoch: int, which: npt.NDArray[np.int64]) -> tuple[Any, Any]:
        """Return input and targets for some segments, as an epoch sees them."""
        changes, seed, n = self.augmentation, self.shuffle_seed, len(self.segments)
        labels = self.segments.labels
        if seed is None or changes == _UNCHANGED:
            y = _UNCHANGED.targets(labels[which], self.n_classes) if changes.soft else labels[which]
            return self.read(which), y
        starts = None
        if changes.crops == "random":
            latest = self.segments.store.front_end.columns - self.segments.columns
            starts = drawn_starts(n, latest, seed, epoch)
        x, y = self._at(which, starts)
        if changes.mixup:
            partners, shares = drawn_partners(n, changes.mixup, seed, epoch)
            other_x, other_y = self._at(partners[which], starts)
            share = shares[which][:, None]
            x = share[..., None, None] * x + (1 - share[..., None, None]) * other_x
            y = share * y + (1 - share) * other_y
        return x, y

    def _at(self, which: npt.NDArray[np.int64], starts: npt.NDArray[np.int64] | None) -> Any:
        x = self.read(which, None if starts is None else starts[which])
        labels = self.segments.labels[which]
        soft = self.augmentation.soft
        return x, self.augmentation.targets(labels, self.n_classes) if soft else labels

    @property
    def n_classes(self) -> int:
        """Number of genres."""
        return len(self.segments.genres)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        which = self.order()[index * self.batch_size : (index + 1) * self.batch_size]
        return self.make(self.epoch, which)

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
    soft = batches.augmentation.soft
    kind = tf.float32 if soft else tf.int64
    first, seed, n = batches.epoch, batches.shuffle_seed, len(batches.segments)

    def order(epoch: Any) -> Any:
        return np.arange(n) if seed is None else epoch_order(n, seed, int(epoch))

    def one_epoch(epoch: Any) -> Any:
        which = tf.ensure_shape(tf.numpy_function(order, [epoch], tf.int64), (n,))
        places = tf.data.Dataset.from_tensor_slices(which).batch(batches.batch_size)
        return places.map(lambda some: (epoch, some))

    def make(epoch: Any, which: Any) -> Any:
        return batches.make(int(epoch), which)

    def load(epoch: Any, which: Any) -> Any:
        x, y = tf.numpy_function(make, [epoch, which], [tf.float32, kind])
        return tf.ensure_shape(x, shape), tf.ensure_shape(
            y, (None, batches.n_classes) if soft else (None,)
        )

    stream = tf.data.Dataset.range(first, first + epochs).flat_map(one_epoch)
    stream = stream.map(load, num_parallel_calls=1, deterministic=True).prefetch(4)
    return stream.apply(tf.data.experimental.assert_cardinality(epochs * len(batches)))


def network_input(batches: SegmentBatches, epochs: int = 1) -> Any:
    """Return what `keras.Model.fit` takes on the current backend."""
    return tf_dataset(batches, epochs) if keras.backend.backend() == "tensorflow" else batches
