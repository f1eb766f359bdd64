"""Segments: equal windows of clips, cut only after the split has decided which clip is where."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from mgc.data.assign import limit_units
from mgc.data.representation import REPRESENTATIONS, Representation
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
    features : Representation
        What is made of the stored levels.

    Book: The pipeline and its cost
    """

    store: FeatureStore
    part: str
    genres: tuple[str, ...]
    table: pd.DataFrame
    columns: int
    features: Representation = REPRESENTATIONS["log_mel"]

    def __len__(self) -> int:
        return len(self.table)

    @property
    def per_clip(self) -> int:
        """How many segments a whole clip gives."""
        return self.store.front_end.columns // self.columns

    @property
    def rows(self) -> int:
        """Height of a segment: mel bands, or what `features` makes of them."""
        return self.features.rows(self.store.front_end.n_mels)

    @property
    def frames(self) -> int:
        """Width of a segment: store columns, or what `features` makes of them."""
        return self.features.frames(self.columns)

    @property
    def labels(self) -> npt.NDArray[np.int64]:
        """Index of each segment's genre, shape (segments,)."""
        return self.table["label"].to_numpy(dtype=np.int64)

    def read(
        self, which: npt.ArrayLike, starts: npt.ArrayLike | None = None
    ) -> npt.NDArray[np.float32]:
        """Decode some segments and make their features.

        Parameters
        ----------
        which : array_like of int, shape (batch,)
            Rows of `table`.
        starts : array_like of int, shape (batch,), optional
            Columns at which to begin instead of where the segments were cut.

        Returns
        -------
        ndarray of float32, shape (batch, rows, frames)
            dB relative to each clip's maximum, where `features` are log-mel levels.
        """
        chosen = self.table.iloc[np.asarray(which)]
        front_end = self.store.front_end
        out = np.empty((len(chosen), front_end.n_mels, self.columns), dtype=np.float32)
        begin = chosen["start"] if starts is None else np.asarray(starts)
        places = zip(chosen["row"], begin, strict=True)
        for slot, (row, start) in enumerate(places):
            out[slot] = self.store.decode(int(row), int(start), int(start) + self.columns)
        facts = self.store.clips.iloc[chosen["row"]]
        return self.features(
            out,
            facts["range_db"],
            facts["ref_db"],
            last=chosen["segment"] == self.per_clip - 1,
            frame_rate=column_rate(self.store),
        )


def column_rate(store: FeatureStore) -> float:
    """Return how many columns a second a clip of median length has in this store."""
    return store.front_end.columns_per_second(int(store.clips["n_frames"].median()))


def segment_columns(store: FeatureStore, seconds: float) -> int:
    """Return how many store columns make a segment of `seconds`.

    77 for 6 s of the GTZAN store (12.9 columns a second).
    """
    rate = column_rate(store)
    columns = int(seconds * rate)
    if not 1 <= columns <= store.front_end.columns:
        raise DataError(
            f"a segment of {seconds} s would be {columns} columns, but a clip of this store has "
            f"{store.front_end.columns} ({store.front_end.columns / rate:.1f} s): choose "
            "segment_seconds within that"
        )
    return columns


def absent_genres(split: Split, manifest: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """List the genres of which a part of a split has no clip, for the parts that lack any.

    A genre with few artists cannot be in every part of a split that keeps artists apart.

    Parameters
    ----------
    split : Split
        Whose parts are asked.
    manifest : DataFrame
        Tells the genre of each clip.

    Book: Splits and the leakage ladder

    Examples
    --------
    >>> manifest = pd.DataFrame({"clip": list("abcd"), "genre": ["pop", "rock", "pop", "rock"]})
    >>> mine = Split("mine", {"train": ("a", "b"), "valid": ("c",), "test": ("d",)})
    >>> absent_genres(mine, manifest)
    {'valid': ('rock',), 'test': ('pop',)}
    """
    genre = dict(zip(manifest["clip"], manifest["genre"], strict=True))
    absent = {
        part: tuple(sorted(set(genre.values()) - {genre[clip] for clip in clips}))
        for part, clips in split.parts.items()
    }
    return {part: genres for part, genres in absent.items() if genres}


def cut(
    store: FeatureStore,
    manifest: pd.DataFrame,
    split: Split,
    part: str,
    seconds: float,
    features: Representation = REPRESENTATIONS["log_mel"],
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
    features : Representation
        What is made of the stored levels.

    Raises
    ------
    DataError
        If the part is unknown or empty, a segment is longer than a clip, or a genre has no clip to
        train on.

    Book: The pipeline and its cost
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
    # Asked of segments, since a leaky split may have a clip in the part and none of its segments.
    if part == "train" and (absent := set(genres) - set(table["genre"])):
        raise DataError(
            f"split {split.name}, fold {split.fold}, leaves no clip of {', '.join(sorted(absent))} "
            "to train on: add clips of more artists, drop the genre, or choose another fold or "
            "split"
        )
    table["label"] = np.searchsorted(genres, table["genre"].to_numpy(dtype=str))
    return Segments(store, part, genres, table, columns, features)


def limit_clips(segments: Segments, split: Split, per_genre: int) -> Segments:
    """Keep as many clips of each genre as asked, drawn by the seed of the split.

    Splits leave training parts of different sizes; only with equal sizes do they differ in their
    leaks alone.  Of a leaky split, which hands out segments, the same number of *segments* is
    kept.  The draw belongs to the clip (or segment), so that two splits share what they can.

    Parameters
    ----------
    segments : Segments
        Of one part, as :func:`cut` returns them.
    split : Split
        The split that they were cut from.
    per_genre : int > 0
        Clips of each genre to keep.

    Raises
    ------
    DataError
        If a genre has fewer.

    Book: Splits and the leakage ladder

    Examples
    --------
    >>> from mgc.data.datasets import open_dataset
    >>> from mgc.data.splits import make_split
    >>> data = open_dataset("synthetic")
    >>> split = make_split(data.manifest, "artist_cv")
    >>> train = cut(data.store, data.manifest, split, "train", 6.0)
    >>> len(train), len(limit_clips(train, split, 4))
    (118, 80)
    """
    table, units = segments.table, per_genre
    keys = ["clip"]
    if split.leaky:
        keys, units = ["clip", "segment"], per_genre * segments.per_clip
    candidates = table[["genre", *keys]].drop_duplicates()
    counts = candidates["genre"].value_counts()
    if counts.min() < units:
        what = "segments" if split.leaky else "clips"
        raise DataError(
            f"part {segments.part} of split {split.name} has {counts.min()} {what} of "
            f"{counts.idxmin()}, but {units} of each genre were asked for: ask for fewer"
        )
    kept = limit_units(candidates, units, split.seed)[keys]
    return replace(segments, table=table.merge(kept, on=keys))
