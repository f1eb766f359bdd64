"""Suspected label errors: clips whose label a classifier that never heard the artist doubts.

A suspicion is a reason to listen, no verdict.  With ten genres and an accuracy of about 60 % four
clips in ten are taken for another genre, nearly all of them by a mistake of the classifier: where
one label in a hundred is wrong, most suspects are innocent.  :mod:`mgc.audit.label_scores`
measures how many, where the truth is planted.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mgc.data.assign import artist_folds
from mgc.data.manifest import N_FOLDS
from mgc.data.pooled import pooled_statistics
from mgc.data.store import FeatureStore
from mgc.errors import DataError
from mgc.models.rbf_svm import RbfSvm

#: Columns of the table of suspects.
SUSPECT_COLUMNS = ("clip", "genre", "suspected", "confidence", "margin", "agree", "group")

#: Folds that a genre must be in: of one to test and one to calibrate on, a third is left to learn.
_LEAST_FOLDS = 3


def suspect_labels(
    store: FeatureStore, manifest: pd.DataFrame, repeats: int = 5, seed: int = 0
) -> pd.DataFrame:
    """List the clips whose label is doubted, the most doubtful first.

    Parameters
    ----------
    store : FeatureStore
        Log-mel features; clips of the manifest that it lacks are left out.
    manifest : DataFrame
        Tells the genre and the artist group of every clip of the store.
    repeats : int > 0
        Times that all clips are predicted, each with other artist folds.
    seed : int
        Seed of the first folds, not negative; the next repeat takes the next seed.

    Returns
    -------
    DataFrame
        One row a suspected clip, sorted by confidence: clip; genre (its label); suspected (the
        genre that it rather has); confidence (probability of its label, out of fold, mean over
        the repeats, 0 to 1); margin (probability of the suspected genre less confidence); agree
        (share of the repeats that by themselves suspect the clip of that genre); group (artist).

    Raises
    ------
    DataError
        If the manifest lacks a clip of the store, there is one genre only, or a genre has too few
        artist groups.

    Notes
    -----
    Confident learning (Northcutt, Jiang and Chuang 2021, doi:10.1613/jair.1.12125): a clip counts
    as another genre if that genre's probability reaches the mean that its own clips get.  Clips
    that repeat each other under different artist groups vouch for each other; look for repetitions
    first.

    Book: GTZAN and its faults.

    Examples
    --------
    Of one hundred synthetic clips one has a wrong label.  It is on the list, with innocents:

    >>> from mgc.audit.label_scores import score_suspects
    >>> from mgc.data.datasets import open_dataset
    >>> data = open_dataset("synthetic")
    >>> suspects = suspect_labels(data.store, data.manifest, repeats=3)
    >>> scores = score_suspects(suspects, data.manifest)
    >>> scores["wrong"], scores["hits"], scores["suspects"] > 10
    (1, 1, True)
    """
    return suspects_of(label_confidence(store, manifest, repeats, seed))


def suspects_of(table: pd.DataFrame) -> pd.DataFrame:
    """Return the doubted rows of :func:`label_confidence` as :func:`suspect_labels` does.

    Notes
    -----
    Book: GTZAN and its faults.
    """
    chosen = table[table["suspected"] != ""].sort_values("confidence", kind="stable")
    return chosen[list(SUSPECT_COLUMNS)].reset_index(drop=True)


def label_confidence(
    store: FeatureStore, manifest: pd.DataFrame, repeats: int = 5, seed: int = 0
) -> pd.DataFrame:
    """Measure how far each clip's label is believed.

    Parameters
    ----------
    store, manifest, repeats, seed
        As for :func:`suspect_labels`.

    Returns
    -------
    DataFrame
        One row a clip of the store, in its order: the columns of :func:`suspect_labels`
        (``suspected`` is empty and ``agree`` 0 where the label is not doubted, and ``margin`` is
        that of the best other genre) and ``predicted``, the most probable genre.

    Raises
    ------
    DataError
        As for :func:`suspect_labels`.

    Notes
    -----
    Book: GTZAN and its faults.
    """
    facts = _facts(store, manifest)
    genres = tuple(sorted(facts["genre"].unique()))
    labels = np.searchsorted(genres, facts["genre"].to_numpy(dtype=str))
    features = np.concatenate(
        [pooled_statistics(store.decode(row)[np.newaxis]) for row in range(len(store))]
    )
    each = np.stack(
        [out_of_fold(features, labels, _folds(facts, seed + turn)) for turn in range(repeats)]
    )
    mean, rows, names = each.mean(axis=0), np.arange(len(facts)), np.array([*genres, ""])
    others = mean.copy()
    others[rows, labels] = -1.0
    doubted = doubted_labels(mean, labels)
    rival = np.where(doubted < 0, others.argmax(axis=1), doubted)
    agree = np.mean([doubted_labels(one, labels) == doubted for one in each], axis=0)
    return facts.assign(
        predicted=names[mean.argmax(axis=1)],
        suspected=names[doubted],
        confidence=mean[rows, labels].round(4),
        margin=(mean[rows, rival] - mean[rows, labels]).round(4),
        agree=np.where(doubted < 0, 0.0, agree).round(4),
    )


def out_of_fold(
    features: NDArray[np.float64], labels: NDArray[np.int64], folds: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Predict every clip by a machine that learned from the other folds.

    Parameters
    ----------
    features : ndarray of float, shape (clips, features)
        What is known of the clips.
    labels, folds : ndarray of int, shape (clips,)
        Given classes, 0 to classes - 1, and folds, 0 to 4; each class is in at least three folds.

    Returns
    -------
    ndarray of float, shape (clips, classes)
        Probabilities.  The fold after the tested one calibrates them, then joins the learning.

    Examples
    --------
    >>> labels, folds = np.arange(30) % 2, np.arange(30) % 5
    >>> p = out_of_fold(labels[:, np.newaxis] + np.arange(30)[:, np.newaxis] / 100, labels, folds)
    >>> bool((p.argmax(axis=1) == labels).all())
    True

    Notes
    -----
    Book: GTZAN and its faults.
    """
    probabilities = np.zeros((len(labels), int(labels.max()) + 1))
    for fold in range(N_FOLDS):
        test, calibration = folds == fold, folds == (fold + 1) % N_FOLDS
        if not test.any():
            continue
        train = ~test & ~calibration
        svm = RbfSvm().fit(features[train], labels[train])
        if calibration.any():
            svm.calibrate(features[calibration], labels[calibration])
        # Learns again from all but the tested clips; the temperature stays.
        svm.fit(features[~test], labels[~test])
        probabilities[test] = np.exp(svm.log_probabilities(features[test]))
    return probabilities


def doubted_labels(
    probabilities: NDArray[np.float64], labels: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Apply the rule of confident learning.

    Parameters
    ----------
    probabilities : ndarray of float, shape (clips, classes)
        Out of fold, 0 to 1.
    labels : ndarray of int, shape (clips,)
        Given classes; each occurs.

    Returns
    -------
    ndarray of int, shape (clips,)
        The class that a clip rather belongs to: the most probable of those whose probability
        reaches its threshold, the mean over the clips that carry it as label; -1 where that is the
        given class or there is none.

    Examples
    --------
    >>> p = np.array([[0.9, 0.1], [0.1, 0.9], [0.2, 0.8], [0.5, 0.5]])
    >>> doubted_labels(p, np.array([0, 0, 1, 1])).tolist()
    [-1, 1, -1, 0]

    Notes
    -----
    Northcutt, Jiang and Chuang (2021, doi:10.1613/jair.1.12125).

    Book: GTZAN and its faults.
    """
    classes = range(probabilities.shape[1])
    thresholds = np.array([probabilities[labels == c, c].mean() for c in classes])
    confident = np.where(probabilities >= thresholds, probabilities, -1.0)
    best = confident.argmax(axis=1)
    kept = (confident.max(axis=1) < 0) | (best == labels)
    return np.where(kept, -1, best).astype(np.int64)


def _facts(store: FeatureStore, manifest: pd.DataFrame) -> pd.DataFrame:
    """Return clip, genre and group of every clip of the store, in its order."""
    facts = manifest.set_index("clip")[["genre", "group"]]
    clips = store.clips["clip"]
    unknown = [clip for clip in clips if clip not in facts.index]
    if unknown:
        raise DataError(
            f"the manifest lacks {len(unknown)} clips of {store.folder} ({', '.join(unknown[:5])}):"
            " give the manifest that belongs to the store"
        )
    facts = facts.loc[list(clips)].rename_axis("clip").reset_index()
    if facts["genre"].nunique() < 2:
        raise DataError(
            f"all clips of {store.folder} have one genre: labels can be doubted only where there "
            "are at least two"
        )
    return facts


def _folds(facts: pd.DataFrame, seed: int) -> NDArray[np.int64]:
    """Return the artist fold of every clip, if each genre is in enough of them."""
    folds = facts["clip"].map(artist_folds(facts, set(facts["clip"]), seed)).astype(int)
    spread = folds.groupby(facts["genre"]).nunique()
    if spread.min() < _LEAST_FOLDS:
        raise DataError(
            f"genre '{spread.idxmin()}' has artists in {spread.min()} of {N_FOLDS} folds only: its "
            f"labels can be checked with artists in at least {_LEAST_FOLDS}; add clips of other "
            "artists, or leave the genre out"
        )
    return np.asarray(folds, dtype=np.int64)
