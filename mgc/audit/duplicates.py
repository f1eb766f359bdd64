"""Exact and near duplicates: candidates by fingerprint, evidence by correlation, then a verdict.

Every limit was chosen on synthetic music with planted copies (started elsewhere, softer, filtered,
noisy, coarsely quantised, coded, at another speed) and with artists who play one loop again and
again.  No limit was fitted to a catalogue of known repetitions.
Book: GTZAN and its faults.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from mgc.audit.fingerprint import Picture, candidates, comparable_picture
from mgc.audit.similarity import (
    Curve,
    at_speed,
    relative_speed,
    similarity_curve,
    steadiness,
)
from mgc.data.store import FeatureStore

#: Least steadiness of a copy: half-way between the unlike pair of synthetic clips that comes
#: nearest (0.61) and the planted copy that is farthest (0.72).
STEADY = 0.66
#: Least similarity that is worth a word, and how far a single peak stands above all others.
SIMILAR, ALONE = 0.5, 0.2
#: Least similarity from which another speed is looked for.
MAYBE = 0.3
#: Least difference in speed that is told: it moves the end of a clip by about a column.
SPEED_STEP = 0.003

#: Kinds of pair that are claimed to be one recording, from the plainest.
REPETITIONS = ("identical", "near", "shifted", "speed")
#: Columns of the table of pairs.
PAIR_COLUMNS = (
    "first",
    "second",
    "kind",
    "offset_s",
    "speed",
    "similarity",
    "next_peak",
    "z",
    "steadiness",
    "overlap_s",
    "verdict",
)


@dataclass(frozen=True)
class Duplicates:
    """What the search found.

    Attributes
    ----------
    pairs : DataFrame
        One row for each candidate pair, sorted; columns `PAIR_COLUMNS`.  ``kind`` is one of
        `REPETITIONS` (claimed), or ``version`` (the same song, but not the same sound throughout),
        ``loop`` (several offsets fit) or ``none``.  ``offset_s`` says how many seconds later in
        the music the second clip starts, ``speed`` how much faster it runs.
    curves : DataFrame
        Similarity over the offset: index ``offset_s``, one column ``first+second`` for each pair
        that is not ``none``.
    """

    pairs: pd.DataFrame
    curves: pd.DataFrame

    @property
    def claimed(self) -> pd.DataFrame:
        """The pairs that are claimed to be one recording."""
        return self.pairs[self.pairs["kind"].isin(REPETITIONS)]


def find_duplicates(store: FeatureStore) -> Duplicates:
    """Find the pairs of clips that hold the same recording, from their features alone.

    Parameters
    ----------
    store : FeatureStore
        Any number of clips; read clip by clip, the same result each time.

    Returns
    -------
    Duplicates
        Pairs with offset, similarity and verdict, and their curves.

    Notes
    -----
    The cost is that of :func:`mgc.audit.fingerprint.candidates`, and one correlation, at most
    two, for each candidate.

    Examples
    --------
    >>> from mgc.data.synthetic import SyntheticCorpus, synthetic_store
    >>> store = FeatureStore.open(synthetic_store(SyntheticCorpus()))
    >>> find_duplicates(store).claimed[["first", "second", "kind"]].values.tolist()
    [['country.00004', 'country.00005', 'identical']]

    Book: GTZAN and its faults.
    """
    # The products are small: more threads would only wait for each other.
    with threadpool_limits(1):
        found = candidates(store)
        return examine(store, zip(found["first"].tolist(), found["second"].tolist(), strict=True))


def examine(store: FeatureStore, pairs: Iterable[tuple[int, int]]) -> Duplicates:
    """Compare given pairs of clips, whatever the fingerprints say.

    Parameters
    ----------
    store : FeatureStore
        Where the clips lie.
    pairs : iterable of (int, int)
        Rows of the store.

    Returns
    -------
    Duplicates
        One row for each pair, in the order given.

    Examples
    --------
    >>> from mgc.data.synthetic import SyntheticCorpus, synthetic_store
    >>> store = FeatureStore.open(synthetic_store(SyntheticCorpus()))
    >>> examine(store, [(0, 20)]).pairs["kind"].item()
    'none'

    Notes
    -----
    Book: GTZAN and its faults.
    """
    rate = store.front_end.columns_per_second(int(store.clips["n_frames"].median()))

    @lru_cache(maxsize=128)
    def picture(row: int) -> Picture:
        return comparable_picture(store, row)

    rows, curves = [], {}
    for first, second in pairs:
        row, curve = _compare(store, first, second, rate, picture)
        rows.append(row)
        if row["kind"] != "none":
            curves[f"{row['first']}+{row['second']}"] = pd.Series(
                curve.similarity, index=curve.lags / rate
            )
    table = pd.DataFrame(curves).rename_axis("offset_s")
    return Duplicates(pd.DataFrame(rows, columns=list(PAIR_COLUMNS)), table)


def _compare(
    store: FeatureStore,
    first: int,
    second: int,
    rate: float,
    picture: Callable[[int], Picture],
) -> tuple[dict[str, object], Curve]:
    """Return the row of the table and the curve of one pair."""
    x, y = picture(first), picture(second)
    curve, speed = similarity_curve(x, y), 1.0
    lag = int(curve.lags[curve.peak])
    steady = steadiness(x, y, lag)
    other = relative_speed(x, y, lag) if curve.similarity[curve.peak] > MAYBE else 1.0
    if abs(other - 1) >= SPEED_STEP:
        slowed = at_speed(y, store.front_end, other)
        again = similarity_curve(x, slowed)
        steadier = steadiness(x, slowed, int(again.lags[again.peak]))
        if steadier > steady:
            curve, steady, speed = again, steadier, other
            lag = int(curve.lags[curve.peak])
    similarity, next_peak = float(curve.similarity[curve.peak]), curve.second
    identical = np.array_equal(store.values[first], store.values[second])
    kind = "identical" if identical else _kind(similarity, next_peak, steady, lag, speed)
    row = {
        "first": store.clips["clip"].iloc[first],
        "second": store.clips["clip"].iloc[second],
        "kind": kind,
        "offset_s": lag / rate,
        "speed": speed,
        "similarity": similarity,
        "next_peak": next_peak,
        "z": curve.z,
        "steadiness": steady,
        "overlap_s": (x.shape[1] - abs(lag)) / rate,
    }
    return row | {"verdict": _verdict(row)}, curve


def _kind(similarity: float, next_peak: float, steady: float, lag: int, speed: float) -> str:
    if steady >= STEADY:
        if speed != 1:
            return "speed"
        return "shifted" if lag else "near"
    if similarity < SIMILAR:
        return "none"
    return "version" if similarity - next_peak >= ALONE else "loop"


def _verdict(row: dict[str, object]) -> str:
    """Say in words what the numbers of a pair mean."""
    offset, speed = float(str(row["offset_s"])), float(str(row["speed"]))
    moved = f", {abs(offset):.1f} s {'later' if offset > 0 else 'earlier'}" if offset else ""
    pace = f", {abs(speed - 1):.1%} {'faster' if speed > 1 else 'slower'}"
    return {
        "identical": "same recording: every stored value is equal",
        "near": "same recording at the same place, values differ (gain, filter, noise or codec)",
        "shifted": f"same recording{moved}",
        "speed": f"same recording{pace}{moved}",
        "version": "same song, but not the same sound throughout: another take, mix or edit",
        "loop": "loop-based music: several offsets fit about as well, so nothing is claimed",
        "none": "no repetition",
    }[str(row["kind"])]
