"""Which clips go wrong, in how many runs, and whether few artists make most of the errors.

Everything is read from ``predictions.csv``; facts about clips come from the manifest.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mgc.errors import DataError

_NEEDED = ("clip", "group", "true", "predicted", "correct")


def clip_errors(runs: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Count for each clip how often it was decided wrongly, and for what it was taken.

    Parameters
    ----------
    runs : sequence of DataFrame
        Track decisions (:func:`mgc.evaluate.tracks.track_decisions`) of runs on the same clips.

    Returns
    -------
    DataFrame
        Index ``clip``; ``group, true``; ``runs``; ``wrong`` (runs that err) and ``error`` (their
        share, in [0, 1]); ``taken_for`` (commonest wrong genre, empty if none; the first of the
        alphabet where two are as common) and ``agree`` (runs that say so).  Sorted by error, the
        greatest first.

    Raises
    ------
    DataError
        If there is no run, or runs have different clips.

    Examples
    --------
    >>> tracks = pd.DataFrame({"clip": ["a", "b"], "group": ["x", "y"], "true": "pop",
    ...     "predicted": ["pop", "rock"], "correct": [True, False]})
    >>> clip_errors([tracks, tracks])[["error", "taken_for", "agree"]].values.tolist()
    [[1.0, 'rock', 2], [0.0, '', 0]]

    Book: Where and why it errs
    """
    clips = {tuple(sorted(run["clip"])) for run in runs}
    if len(clips) != 1:
        raise DataError(
            f"{len(runs)} runs scored {len(clips)} different sets of clips: pass one part of runs "
            "of one split"
        )
    every = pd.concat(runs, ignore_index=True)[list(_NEEDED)]
    of_clip = every.groupby("clip")
    table = of_clip[["group", "true"]].first()
    table["runs"] = of_clip.size()
    table["wrong"] = (~every["correct"].astype(bool)).groupby(every["clip"]).sum()
    table["error"] = table["wrong"] / table["runs"]
    wrong = every[~every["correct"].astype(bool)]
    votes = wrong.groupby(["clip", "predicted"]).size().rename("agree").reset_index()
    votes = votes.sort_values(["agree", "predicted"], ascending=[False, True])
    first = votes.drop_duplicates("clip").set_index("clip")
    table["taken_for"] = first["predicted"].reindex(table.index).fillna("")
    table["agree"] = first["agree"].reindex(table.index).fillna(0).astype(int)
    return (
        table.reset_index()
        .sort_values(["error", "clip"], ascending=[False, True])
        .set_index("clip")
    )


def error_by_group(clips: pd.DataFrame) -> pd.DataFrame:
    """Add up the errors of each artist group.

    Parameters
    ----------
    clips : DataFrame
        Of :func:`clip_errors`.

    Returns
    -------
    DataFrame
        Index ``group``; ``genre`` (of most of its clips), ``clips``, ``errors`` (expected number
        of wrong clips of one run) and ``error`` (share); ``share`` of all errors and ``cumulative``
        share.  Sorted by errors, the most first.

    Raises
    ------
    DataError
        If nothing is wrong anywhere.

    Examples
    --------
    >>> clips = pd.DataFrame({"group": ["x", "x", "y"], "true": "pop", "error": [1.0, 0.5, 0.5]})
    >>> error_by_group(clips)["share"].tolist()
    [0.75, 0.25]

    Book: Where and why it errs
    """
    if not clips["error"].sum() > 0:
        raise DataError("no run errs on any clip: there is nothing to share out")
    of_group = clips.groupby("group")
    table = pd.DataFrame(
        {
            "genre": of_group["true"].agg(lambda genres: genres.mode().iloc[0]),
            "clips": of_group.size(),
            "errors": of_group["error"].sum(),
            "error": of_group["error"].mean(),
        }
    )
    table["share"] = table["errors"] / table["errors"].sum()
    table = table.reset_index().sort_values(["errors", "group"], ascending=[False, True])
    return table.assign(cumulative=table["share"].cumsum()).set_index("group")


def groups_for(clips: pd.DataFrame, share: float = 0.5) -> int:
    """Return how many artist groups make at least this share of all errors.

    Parameters
    ----------
    clips : DataFrame
        Of :func:`clip_errors`.
    share : float
        In (0, 1].

    Examples
    --------
    >>> clips = pd.DataFrame({"group": ["x", "x", "y"], "true": "pop", "error": [1.0, 0.5, 0.5]})
    >>> groups_for(clips, 0.5), groups_for(clips, 0.8)
    (1, 2)

    Book: Where and why it errs
    """
    reached = error_by_group(clips)["cumulative"].to_numpy() >= share - 1e-12
    return int(reached.argmax()) + 1


def shuffled_curves(clips: pd.DataFrame, n_draws: int = 200, seed: int = 0) -> pd.DataFrame:
    """Say how concentrated errors would be if, within a genre, they fell on clips by chance.

    Sizes of groups and error rates of genres stay; who made the music no longer matters.

    Parameters
    ----------
    clips : DataFrame
        Of :func:`clip_errors`.
    n_draws : int
        Shuffles.
    seed : int
        Of the shuffles.

    Returns
    -------
    DataFrame
        One row for each number of artist groups, from 1: ``observed`` cumulative share of errors,
        and ``mean, low, high`` of it over the shuffles (central 95 %).

    Examples
    --------
    >>> clips = pd.DataFrame({"group": ["x", "x", "y"], "true": "pop", "error": [1.0, 0.5, 0.0]})
    >>> shuffled_curves(clips, 20)["observed"].tolist()
    [1.0, 1.0]

    Book: Where and why it errs
    """
    observed = error_by_group(clips)["cumulative"].to_numpy()
    rng = np.random.default_rng(seed)
    group = pd.factorize(clips["group"])[0]
    genre = pd.factorize(clips["true"])[0]
    error = clips["error"].to_numpy(dtype=np.float64)
    curves = []
    for _ in range(n_draws):
        # Sorting by genre and a random key pairs the clips of each genre at random.
        places = np.lexsort((rng.random(len(error)), genre))
        mixed = np.empty_like(error)
        mixed[np.argsort(genre, kind="stable")] = error[places]
        sums = np.sort(np.bincount(group, mixed))[::-1]
        curves.append(np.cumsum(sums) / sums.sum())
    low, high = np.quantile(curves, [0.025, 0.975], axis=0)
    return pd.DataFrame(
        {"observed": observed, "mean": np.mean(curves, axis=0), "low": low, "high": high},
        index=pd.RangeIndex(1, len(observed) + 1, name="groups"),
    )


def confusion_sources(runs: Sequence[pd.DataFrame], top: int = 8) -> pd.DataFrame:
    """Take the commonest confusions apart by artist.

    Parameters
    ----------
    runs : sequence of DataFrame
        Track decisions of runs on the same clips.
    top : int
        Confusions to list.

    Returns
    -------
    DataFrame
        One row a confusion, the commonest first: ``true, predicted``; ``decisions`` (wrong ones of
        all runs); ``clips`` and ``groups`` that they come from; ``largest`` (the group with most of
        them) and ``largest_share`` (its share of the decisions, in (0, 1]).

    Raises
    ------
    DataError
        If nothing is wrong anywhere.

    Examples
    --------
    >>> tracks = pd.DataFrame({"clip": ["a", "b"], "group": ["x", "x"], "true": "pop",
    ...     "predicted": "rock", "correct": False})
    >>> confusion_sources([tracks])[["decisions", "clips", "largest_share"]].values.tolist()
    [[2.0, 2.0, 1.0]]

    Book: Where and why it errs
    """
    every = pd.concat(runs, ignore_index=True)
    wrong = every[~every["correct"].astype(bool)]
    if wrong.empty:
        raise DataError("no run errs on any clip: there is nothing to take apart")
    rows = []
    for (true, predicted), errors in wrong.groupby(["true", "predicted"]):
        groups = (
            errors["group"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
        )
        row = (true, predicted, len(errors), errors["clip"].nunique(), len(groups))
        rows.append((*row, groups.index[0], groups.iloc[0] / len(errors)))
    names = ["true", "predicted", "decisions", "clips", "groups", "largest", "largest_share"]
    table = pd.DataFrame(rows, columns=names)
    return (
        table.sort_values(["decisions", "true"], ascending=[False, True])
        .head(top)
        .reset_index(drop=True)
    )
