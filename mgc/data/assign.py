"""How the splits are drawn: a label per clip, from artist groups, genres and a seed.

:mod:`mgc.data.splits` turns these labels into splits; the manifest of GTZAN commits those of
seed 0.
"""

import hashlib
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from mgc.data.manifest import N_FOLDS, PARTS

#: Shares of train, valid and test: those of the fault-filtered lists of GTZAN.
SHARES = (443 / 930, 197 / 930, 290 / 930)


def draw(*key: object) -> float:
    """Return a uniform number in [0, 1) that depends on nothing but `key`.

    A hash serves where numpy's generators do not: the number belongs to its clip whatever the
    order of the calls, and stays the same in every version of every library.

    Notes
    -----
    Book: Splits and the leakage ladder.

    Examples
    --------
    >>> round(draw(0, "track", "blues.00000"), 4), round(draw(1, "track", "blues.00000"), 4)
    (0.4412, 0.9099)
    """
    digest = hashlib.sha256("|".join(map(str, key)).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def fault_filtered_labels(manifest: pd.DataFrame) -> dict[str, str]:
    """Label each clip train, valid, test or removed: no exact repetition, no shared artist group.

    Of clips that repeat each other exactly, the first by name is kept.  Whole artist groups then
    go to the parts such that each genre comes as near as it can to `SHARES`.  The published lists
    of GTZAN were not made by this rule; its manifest commits them.

    Parameters
    ----------
    manifest : pandas.DataFrame
        With the columns clip, genre, group, faults and fault_groups.

    Notes
    -----
    Book: Splits and the leakage ladder.

    Examples
    --------
    >>> from collections import Counter
    >>> rows = [(f"c{i:02}", "rock", f"A{i // 2}", "", "") for i in range(19)]
    >>> rows.append(("c99", "rock", "A0", "exact_repetition", "F1"))
    >>> rows.append(("c98", "rock", "A9", "exact_repetition", "F1"))
    >>> columns = ["clip", "genre", "group", "faults", "fault_groups"]
    >>> Counter(fault_filtered_labels(pd.DataFrame(rows, columns=columns)).values())
    Counter({'train': 10, 'test': 6, 'valid': 4, 'removed': 1})
    """
    surplus = _surplus(manifest)
    kept = manifest[~manifest["clip"].isin(surplus)]
    bins = _balanced(kept, SHARES, seed=0)
    parts = {clip: PARTS[bins[group]] for clip, group in _columns(kept, "clip", "group")}
    return {clip: parts.get(clip, "removed") for clip in manifest["clip"]}


def artist_folds(manifest: pd.DataFrame, kept: Collection[str], seed: int = 0) -> dict[str, str]:
    """Label each kept clip with its fold, "0" to "4", and the others with nothing.

    Artist groups stay whole over the entire set (five groups of GTZAN span two genres), and each
    genre is spread over the folds as evenly as that allows.

    Parameters
    ----------
    manifest : pandas.DataFrame
        With the columns clip, genre and group.
    kept : collection of str
        The clips that take part.
    seed : int
        Draws the order in which groups of equal size are placed.

    Notes
    -----
    Book: Splits and the leakage ladder.

    Examples
    --------
    >>> rows = [(f"c{i}", "rock", f"A{i // 2}") for i in range(10)]
    >>> corpus = pd.DataFrame(rows, columns=["clip", "genre", "group"])
    >>> folds = artist_folds(corpus, set(corpus["clip"]))
    >>> folds["c0"] == folds["c1"], sorted(folds.values())
    (True, ['0', '0', '1', '1', '2', '2', '3', '3', '4', '4'])
    """
    chosen = manifest[manifest["clip"].isin(set(kept))]
    bins = _balanced(chosen, (1 / N_FOLDS,) * N_FOLDS, seed)
    folds = {clip: str(bins[group]) for clip, group in _columns(chosen, "clip", "group")}
    return {clip: folds.get(clip, "") for clip in manifest["clip"]}


def random_folds(manifest: pd.DataFrame, kept: Collection[str], seed: int = 0) -> dict[str, str]:
    """Label each kept clip with a fold drawn at random, "0" to "4", and the others with nothing.

    Each genre is dealt out evenly, as a stratified cross-validation does.  Artists fall on all
    sides, and so do repetitions that are among the kept clips, which is the point.

    Parameters
    ----------
    manifest : pandas.DataFrame
        With the columns clip and genre.
    kept : collection of str
        The clips that take part.
    seed : int
        Seed of the draw.

    Notes
    -----
    Book: Splits and the leakage ladder.

    Examples
    --------
    >>> corpus = pd.DataFrame({"clip": list("abcdef"), "genre": "rock"})
    >>> random_folds(corpus, set("abcde"), seed=0)
    {'a': '1', 'b': '4', 'c': '0', 'd': '2', 'e': '3', 'f': ''}
    """
    chosen = manifest[manifest["clip"].isin(set(kept))]
    dealt: list[str] = []
    for _, clips in chosen.groupby("genre")["clip"]:
        dealt += sorted(clips, key=lambda clip: draw(seed, "track", clip))
    # One round for all genres, so that the folds are of one size and each genre is spread evenly.
    folds = {clip: str(place % N_FOLDS) for place, clip in enumerate(dealt)}
    return {clip: folds.get(clip, "") for clip in manifest["clip"]}


def segment_fold(seed: int, clip: str, segment: int) -> int:
    """Draw the fold, 0 to 4, of one segment by itself: the mistake that ``segment_random`` makes.

    Notes
    -----
    Book: Splits and the leakage ladder.

    Examples
    --------
    >>> [segment_fold(0, "blues.00000", segment) for segment in range(5)]
    [2, 1, 0, 1, 4]
    """
    return int(draw(seed, "segment", clip, segment) * N_FOLDS)


def _columns(table: pd.DataFrame, *names: str) -> list[tuple[str, ...]]:
    """Rows of some columns as tuples."""
    return list(zip(*(table[name] for name in names), strict=True))


def _surplus(manifest: pd.DataFrame) -> set[str]:
    """Clips that sound exactly like a clip with an earlier name."""
    seen: set[str] = set()
    surplus: set[str] = set()
    for clip, faults, groups in sorted(_columns(manifest, "clip", "faults", "fault_groups")):
        pairs = zip(faults.split(";"), groups.split(";"), strict=True)
        repeated = {group for fault, group in pairs if fault == "exact_repetition"}
        if repeated & seen:
            surplus.add(clip)
        seen |= repeated
    return surplus


def _balanced(clips: pd.DataFrame, shares: Sequence[float], seed: int) -> dict[str, int]:
    """Give whole groups to bins of the given shares; return the bin of each group.

    Greedy for the sum over bins and genres of (n - target)^2 / target: the largest group first,
    each where it adds least.  On GTZAN moving single groups afterwards improves nothing.
    """
    counts = pd.crosstab(clips["group"], clips["genre"])
    of_group = dict(zip(counts.index, counts.to_numpy(dtype=float), strict=True))
    # Groups of equal size come in an order that the seed draws.
    order = sorted(of_group, key=lambda group: (-of_group[group].sum(), draw(seed, "group", group)))
    targets = np.outer(shares, sum(of_group.values()))
    filled = np.zeros_like(targets)
    bins: dict[str, int] = {}
    for group in order:
        count = of_group[group]
        # What the sum grows by, up to a constant; rounded, so that ties are ties on any machine.
        growth = (count * (2 * filled + count) / targets).sum(axis=1).round(9)
        fullness = (filled.sum(axis=1) / targets.sum(axis=1)).round(9)
        bins[group] = int(np.lexsort((fullness, growth))[0])
        filled[bins[group]] += count
    return bins
