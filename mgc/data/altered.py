"""A feature store seen through a change of its clips; nothing is written."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.data.interventions import Intervention
from mgc.data.store import FeatureStore


@dataclass(frozen=True)
class HiddenBands:
    """Bands that say nothing: they stand still at a level of their own.

    Attributes
    ----------
    first, stop : int
        Bands, as in a slice.
    levels : ndarray of shape (n_mels,)
        For example the mean level of each band over the training part, in dB.

    Book: Where and why it errs
    """

    first: int
    stop: int
    levels: NDArray[np.float64]

    def __call__(self, levels: ArrayLike, *_: Any, **__: Any) -> NDArray[np.float32]:
        """Change the levels of one clip; see `Intervention`."""
        x = np.array(levels, dtype=np.float32)
        x[self.first : self.stop] = self.levels[self.first : self.stop, None]
        return x


@dataclass(frozen=True)
class AlteredStore(FeatureStore):
    """A store whose clips are changed when they are read; nothing is written.

    Attributes
    ----------
    change : Intervention or HiddenBands
        Done to each whole clip, before segments are cut.

    Examples
    --------
    >>> from mgc.data.datasets import open_dataset
    >>> store = open_dataset("synthetic").store
    >>> soft = altered(store, Intervention("peak", 20))
    >>> bool(np.allclose(soft.decode(0), np.maximum(store.decode(0) - 20, -80)))
    True

    Book: Where and why it errs
    """

    change: Intervention | HiddenBands

    def decode(self, row: int, start: int = 0, stop: int | None = None) -> NDArray[np.float32]:
        """Return columns of one changed clip in dB; see `FeatureStore.decode`."""
        if row not in self._last:  # the segments of a clip are read one after the other
            self._last.clear()
            facts = self.clips.iloc[row]
            depth, top = float(facts["range_db"]), float(facts["ref_db"])
            whole = super().decode(row)
            self._last[row] = self.change(whole, self.front_end, depth, top, seed=row)
        return self._last[row][:, start:stop]

    @cached_property
    def _last(self) -> dict[int, NDArray[np.float32]]:
        return {}


def altered(store: FeatureStore, change: Intervention | HiddenBands) -> AlteredStore:
    """Return a view of a store in which each clip is changed.

    Book: Where and why it errs
    """
    return AlteredStore(
        store.folder, store.front_end, store.clips, store.values, store.sha256, change
    )
