"""Findings held against a catalogue of known repetitions: precision, recall and the misses.

The catalogue is a manifest's columns ``faults`` and ``fault_groups``.  It is read after the search;
what it says and what we found stay in columns of their own.
Book: GTZAN and its faults.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from mgc.audit.duplicates import REPETITIONS, Duplicates, examine
from mgc.data.store import FeatureStore

#: Faults that two clips share, from the plainest.
PAIR_KINDS = (
    "exact_repetition",
    "recording_repetition",
    "same_song_candidate",
    "cover_or_same_title_candidate",
)


@dataclass(frozen=True)
class Comparison:
    """How the findings agree with the catalogue.

    Attributes
    ----------
    pairs : DataFrame
        The candidates, with what the catalogue says in ``in_catalogue`` (empty if nothing).
    misses : DataFrame
        Catalogued pairs that are not claimed, and what a direct comparison of the two shows.
    curves : DataFrame
        Similarity over the offset of candidates and misses, but for pairs of kind ``none``.
    scores : DataFrame
        Index ``catalogue`` (one of `PAIR_KINDS`): ``pairs`` that the catalogue has, ``found`` of
        them, ``recall``.
    precision : float
        Share of the claimed pairs that the catalogue has as an exact or a recording repetition;
        NaN if nothing is claimed.
    """

    pairs: pd.DataFrame
    misses: pd.DataFrame
    curves: pd.DataFrame
    scores: pd.DataFrame
    precision: float


def catalogued_pairs(manifest: pd.DataFrame) -> pd.DataFrame:
    """List every pair of clips within each group of repetitions.

    Parameters
    ----------
    manifest : DataFrame
        Text columns ``clip``, ``faults``, ``fault_groups``; see :mod:`mgc.data.manifest`.

    Returns
    -------
    DataFrame
        ``first, second`` (clips), ``in_catalogue`` (the plainest of `PAIR_KINDS`), ``group``;
        sorted, each pair once.

    Examples
    --------
    >>> from mgc.data.manifest import load_manifest
    >>> known = catalogued_pairs(load_manifest("gtzan"))
    >>> int((known["in_catalogue"] == "exact_repetition").sum())
    54

    Notes
    -----
    Book: GTZAN and its faults.
    """
    groups = defaultdict(list)
    columns = ["clip", "faults", "fault_groups"]
    for clip, faults, names in manifest[columns].itertuples(index=False):
        for fault, name in zip(faults.split(";"), names.split(";"), strict=True):
            groups[fault, name].append(clip)
    rows = [
        (*sorted(pair), kind, name)
        for (kind, name), clips in groups.items()
        if kind in PAIR_KINDS
        for pair in combinations(clips, 2)
    ]
    table = pd.DataFrame(rows, columns=["first", "second", "in_catalogue", "group"])
    table = table.sort_values("in_catalogue", key=lambda kind: kind.map(PAIR_KINDS.index))
    table = table.drop_duplicates(["first", "second"])
    return table.sort_values(["first", "second"], ignore_index=True)


def compare(found: Duplicates, store: FeatureStore, manifest: pd.DataFrame) -> Comparison:
    """Hold the found pairs against the catalogue of a manifest.

    Parameters
    ----------
    found : Duplicates
        As :func:`mgc.audit.duplicates.find_duplicates` returns it.
    store : FeatureStore
        Where it was found; pairs of which it lacks a clip do not count.
    manifest : DataFrame
        What is known about the clips.

    Returns
    -------
    Comparison
        Agreement, and the misses with what the signal says about them.

    Examples
    --------
    >>> from mgc.audit.duplicates import find_duplicates
    >>> from mgc.data.datasets import open_dataset
    >>> data = open_dataset("synthetic")
    >>> result = compare(find_duplicates(data.store), data.store, data.manifest)
    >>> result.scores["recall"].to_dict(), result.precision, len(result.misses)
    ({'exact_repetition': 1.0}, 1.0, 0)

    Notes
    -----
    Book: GTZAN and its faults.
    """
    known = catalogued_pairs(manifest)
    place = {clip: row for row, clip in enumerate(store.clips["clip"])}
    known = known[known["first"].isin(place) & known["second"].isin(place)].copy()
    # A pair is found in the order of the store, which need not be that of the names.
    turned = known["first"].map(place) > known["second"].map(place)
    known.loc[turned, ["first", "second"]] = known.loc[turned, ["second", "first"]].to_numpy()
    pairs = found.pairs.merge(known, how="left", on=["first", "second"])
    pairs = pairs.fillna({"in_catalogue": "", "group": ""})
    claimed = pairs[pairs["kind"].isin(REPETITIONS)]
    hit = known.merge(claimed[["first", "second"]], how="left", indicator=True)["_merge"] == "both"
    known = known.assign(found=hit.to_numpy())
    kinds = known.groupby("in_catalogue")["found"]
    scores = pd.DataFrame({"pairs": kinds.size(), "found": kinds.sum(), "recall": kinds.mean()})
    scores = scores.loc[[kind for kind in PAIR_KINDS if kind in scores.index]]
    right = claimed["in_catalogue"].isin(PAIR_KINDS[:2])
    missed = known[~known["found"]].drop(columns="found")
    # No fingerprint asked for these, so they are compared directly.
    rows = [(store.index(a), store.index(b)) for a, b in missed[["first", "second"]].to_numpy()]
    direct = examine(store, rows)
    curves = pd.concat([found.curves, direct.curves], axis=1)
    return Comparison(
        pairs,
        missed.merge(direct.pairs, on=["first", "second"]),
        curves.loc[:, ~curves.columns.duplicated()].rename_axis("offset_s"),
        scores.rename_axis("catalogue"),
        float(right.mean()),
    )
