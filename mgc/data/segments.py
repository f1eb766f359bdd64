"""Segments: equal windows of clips, cut only after the split has decided which clip is where."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from mgc.data.splits import Split
from mgc.data.store import FeatureStore
from mgc.errors import DataError


@dataclass(frozen=True)
class Segments:
    """The segments of one part of a split: a table of places, not a copy of the features.

    Attributes
    ----------
    store : FeatureStore
        Where the features are read from, batch by batch.
    part : str
        ``'train'``, ``'valid'`` or ``'test'``.
    genres : tuple of str
        All genres of the data set, sorted; labels index into it.
    table : DataFrame
        One row a segment: clip, segment (number within the clip), group (artist), genre, label,
        row (in the store), start (column).
    columns : int
        Width of a segment.

    Book: The data pipeline
    """

    store: FeatureStore
    part: str
    genres: tuple[str, ...]
    table: pd.DataFrame
    columns: int

    def __len__(self) -> int:
        return len(self.table)

    @property
    def labels(self) -> npt.NDArray[np.int64]:
        """Index of each segment's genre, shape (segments,)."""
        return self.table["label"].to_numpy(dtype=np.int64)

    def read(self, which: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """Decode some segments.

        Parameters
        ----------
        which : array_like of int, shape (batch,)
            Rows of `table`.

        Returns
        -------
        ndarray of float32, shape (batch, n_mels, columns)
            dB relative to each clip's maximum.
        """
        chosen = self.table.iloc[np.asarray(which)]
        front_end = self.store.front_end
        out = np.empty((len(chosen), front_end.n_mels, self.columns), dtype=np.float32)
        places = zip(chosen["row"], chosen["start"], strict=True)
        for slot, (row, start) in enumerate(places):
            out[slot] = self.store.decode(int(row), int(start), int(start) + self.columns)
        return out


def segment_columns(store: FeatureStore, seconds: float) -> int:
    """Return how many store columns make a segment of `seconds`.

    77 for 6 s of the GTZAN store (12.9 columns a second).
    """
    rate = store.front_end.columns_per_second(int(store.clips["n_frames"].median()))
    columns = int(seconds * rate)
    if not 1 <= columns <= store.front_end.columns:
        raise DataError(
            f"a segment of {seconds} s would be {columns} columns, but a clip of this store has "
            f"{store.front_end.columns} ({store.front_end.columns / rate:.1f} s): choose "
            "segment_seconds within that"
        )
    return columns


def cut(
    store: FeatureStore, manifest: pd.DataFrame, split: Split, part: str, seconds: float
) -> Segments:
    """Cut the clips of one part into as many whole segments as fit, side by side.

    Parameters
    ----------
    store : FeatureStore
        Must hold every clip of the part (see `Split.restrict`).
    manifest : DataFrame
        Tells genre and artist group of each clip.
    split : Split
        Decides which clips belong to `part`, and for a leaky split which segments do.
    part : {'train', 'valid', 'test'}
        Part to cut.
    seconds : float
        Length of a segment.

    Raises
    ------
    DataError
        If the part is unknown or empty, or a segment is longer than a clip.

    Book: The data pipeline
    """
    if part not in split.parts:
        raise DataError(f"part is {part!r}, but split {split.name} has {', '.join(split.parts)}")
    columns = segment_columns(store, seconds)
    per_clip = store.front_end.columns // columns
    genres = tuple(sorted(manifest["genre"].unique()))
    facts = manifest.set_index("clip")
    rows = [
        (clip, k, facts.at[clip, "group"], facts.at[clip, "genre"], row, k * columns)
        for clip in split.parts[part]
        for row in [store.index(clip)]
        for k in range(per_clip)
        if split.keeps(part, clip, k)
    ]
    if not rows:
        raise DataError(f"part {part} of split {split.name} has no segment in {store.folder}")
    table = pd.DataFrame(rows, columns=["clip", "segment", "group", "genre", "row", "start"])
    table["label"] = np.searchsorted(genres, table["genre"].to_numpy(dtype=str))
    return Segments(store, part, genres, table, columns)
