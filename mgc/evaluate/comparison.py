"""Pairs of optimizers on the same clips, the same resampled artists and the same seeds."""

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from mgc.errors import RunError
from mgc.evaluate.bootstrap import crossed_difference, paired_difference
from mgc.evaluate.paired_seeds import compare_seeds
from mgc.evaluate.runs import Run
from mgc.evaluate.trials import trials_table

#: Columns of :func:`compare_arms` that readers get in points.
_IN_POINTS = ("difference", "low", "high", "both_low", "both_high")


def compare_optimizers(runs: Sequence[Run], part: str = "test") -> pd.DataFrame:
    """Compare the optimizers of one network pair by pair.

    Parameters
    ----------
    runs : sequence of Run
        Runs of one model on one data set and split; at least two optimizers.
    part : {"test", "valid"}
        Part that is scored, at track level.

    Returns
    -------
    DataFrame
        One row a pair: ``first``, ``second``, ``difference`` of their mean accuracies in percentage
        points (first minus second), and ``low``, ``high``: its 95 % interval over artists, both
        optimizers on the same resampled artists.

    Raises
    ------
    RunError
        If there are fewer than two optimizers, or more than one model.

    Examples
    --------
    >>> compare_optimizers([])
    Traceback (most recent call last):
        ...
    mgc.errors.RunError: a comparison needs runs of one model with two optimizers, but got none

    Book: Main results
    """
    arms: dict[str, list[pd.DataFrame]] = {}
    for run in runs:
        tracks = run.tracks[run.tracks["part"] == part]
        arms.setdefault(str(run.config["optimizer"]), []).append(tracks)
    models = sorted({str(run.config["model"]) for run in runs})
    if len(arms) < 2 or len(models) > 1:
        raise RunError(
            "a comparison needs runs of one model with two optimizers, but got "
            f"{', '.join([*models, *arms]) or 'none'}"
        )
    rows = []
    for first, second in itertools.combinations(sorted(arms), 2):
        interval = paired_difference(arms[first], arms[second])
        points = [100 * value for value in (interval.estimate, interval.low, interval.high)]
        rows.append((first, second, *points))
    return pd.DataFrame(rows, columns=["first", "second", "difference", "low", "high"])


def compared_runs(settings: Mapping[str, Iterable[Run]]) -> pd.DataFrame:
    """List the runs of a comparison: what each was, what it chose and what it scored.

    Parameters
    ----------
    settings : mapping of str to iterable of Run
        Name, such as ``"default"`` or ``"chosen"``, to the runs that were given these settings.

    Returns
    -------
    DataFrame
        One row per run: ``setting``, the columns of :func:`mgc.evaluate.trials.trials_table`, and
        ``accuracy``: test, track level, in [0, 1]; NaN where the run was blind.

    Book: Three optimizers under equal budgets
    """
    tables = []
    for setting, runs in settings.items():
        runs = list(runs)
        table = trials_table(runs).assign(accuracy=[_test_accuracy(run) for run in runs])
        table.insert(0, "setting", setting)
        tables.append(table)
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def seed_scores(
    table: pd.DataFrame, arm: str | Sequence[str] = "optimizer", score: str = "accuracy"
) -> pd.DataFrame:
    """Arrange scores as seeds by arms, for :func:`mgc.evaluate.paired_seeds.compare_seeds`.

    Parameters
    ----------
    table : DataFrame
        Of :func:`compared_runs`, one run for each arm and seed.
    arm : str or sequence of str
        Columns that tell arms apart, such as ``["optimizer", "setting"]``.
    score : str
        Column of the scores.

    Returns
    -------
    DataFrame
        Index ``seed``, one column an arm (named ``"adam, chosen"`` where several columns tell).

    Raises
    ------
    RunError
        If an arm lacks a seed that another has, or has one twice.

    Examples
    --------
    >>> table = pd.DataFrame({"optimizer": ["adam", "sgd"], "seed": 1, "accuracy": [0.6, 0.5]})
    >>> seed_scores(table).loc[1].to_dict()
    {'adam': 0.6, 'sgd': 0.5}

    Book: Three optimizers under equal budgets
    """
    columns = [arm] if isinstance(arm, str) else list(arm)
    names = table[columns].astype(str).agg(", ".join, axis=1)
    counts = pd.crosstab(table["seed"], names)
    if not (counts == 1).all(axis=None):
        uneven = sorted(counts.columns[(counts != 1).any()])
        raise RunError(
            f"{', '.join(uneven)}: a seed is missing or there twice; pairs need one run of each "
            f"arm with each of the seeds {', '.join(map(str, counts.index))}"
        )
    return table.assign(arm=names).pivot(index="seed", columns="arm", values=score)[
        list(dict.fromkeys(names))
    ]


def compare_arms(arms: Mapping[str, Sequence[Run]], part: str = "test") -> pd.DataFrame:
    """Compare arms pair by pair, over their seeds, over artists, and over both.

    Parameters
    ----------
    arms : mapping of str to sequence of Run
        Two or more arms, each with the same seeds.
    part : {"test", "valid"}
        Part that is scored, at track level.

    Returns
    -------
    DataFrame
        :func:`mgc.evaluate.paired_seeds.compare_seeds` with the columns ``artists_low,
        artists_high`` (95 % interval over artist groups, for the average of these seeds:
        :func:`mgc.evaluate.bootstrap.paired_difference`) and ``both_low, both_high`` (over artist
        groups and seeds: :func:`mgc.evaluate.bootstrap.crossed_difference`).  Shares in [-1, 1].

    Raises
    ------
    RunError
        If there are fewer than two arms, or their seeds differ.

    Examples
    --------
    >>> compare_arms({})
    Traceback (most recent call last):
        ...
    mgc.errors.RunError: a comparison needs two methods, but got none

    Book: Three optimizers under equal budgets
    """
    tracks = {name: _tracks_by_seed(runs, part) for name, runs in arms.items()}
    table = pd.DataFrame(
        [
            {"optimizer": name, "seed": seed, "accuracy": frame["correct"].mean()}
            for name, seeds in tracks.items()
            for seed, frame in seeds
        ],
        columns=["optimizer", "seed", "accuracy"],
    )
    pairs = compare_seeds(seed_scores(table) if len(arms) > 1 else pd.DataFrame(columns=list(arms)))
    rows = []
    for first, second in zip(pairs["first"], pairs["second"], strict=True):
        a, b = ([frame for _, frame in tracks[name]] for name in (first, second))
        artists, both = paired_difference(a, b), crossed_difference(a, b)
        rows.append((artists.low, artists.high, both.low, both.high))
    names = ["artists_low", "artists_high", "both_low", "both_high"]
    return pairs.join(pd.DataFrame(rows, columns=names))


def readable_pairs(pairs: pd.DataFrame) -> pd.DataFrame:
    """Write :func:`compare_arms` for readers.

    Parameters
    ----------
    pairs : DataFrame
        Of :func:`compare_arms`; its index, if it has a name, stays, else ``pair`` says which.

    Returns
    -------
    DataFrame
        As text: ``difference`` in points, its 95 % intervals ``over seeds`` and ``over seeds and
        artists``, ``P(A > B)`` with its interval, ``wins`` with ties, and ``p (Holm)``.

    Examples
    --------
    >>> names = ["difference", "low", "high", "both_low", "both_high", "ahead", "ahead_low",
    ...     "ahead_high", "wins", "ties", "seeds", "p_holm"]
    >>> row = ["a", "b", 0.012, -0.01, 0.03, -0.05, 0.07, 0.65, 0.4, 0.9, 6, 1, 10, 0.2]
    >>> readable_pairs(pd.DataFrame([row], columns=["first", "second", *names])).iloc[0].tolist()
    ['+1.2', '-1.0 to +3.0', '-5.0 to +7.0', '0.65 (0.40 to 0.90)', '6 of 10, 1 tie', '0.200']

    Book: Three optimizers under equal budgets
    """

    def words(row: Any) -> dict[str, str]:
        points = {k: f"{100 * row[k]:+.1f}" for k in _IN_POINTS}
        ties = f", {row['ties']} tie{'s' * (row['ties'] > 1)}" if row["ties"] else ""
        return {
            "difference": points["difference"],
            "over seeds": f"{points['low']} to {points['high']}",
            "over seeds and artists": f"{points['both_low']} to {points['both_high']}",
            "P(A > B)": f"{row['ahead']:.2f} ({row['ahead_low']:.2f} to {row['ahead_high']:.2f})",
            "wins": f"{row['wins']} of {row['seeds']}{ties}",
            "p (Holm)": f"{row['p_holm']:.3f}",
        }

    text = pd.DataFrame([words(row) for row in pairs.to_dict("records")], index=pairs.index)
    if pairs.index.name is None:
        names = pairs["first"] + " − " + pairs["second"]
        text = text.set_index(names.rename("pair"))
    return text


def _tracks_by_seed(runs: Sequence[Run], part: str) -> list[tuple[int, pd.DataFrame]]:
    """Track decisions of one part, the runs in the order of their seeds."""
    ordered = sorted(runs, key=lambda run: int(run.config["seed"]))
    return [(int(r.config["seed"]), r.tracks[r.tracks["part"] == part]) for r in ordered]


def _test_accuracy(run: Run) -> float:
    if run.config.get("blind"):
        return math.nan
    right: Any = run.tracks.loc[run.tracks["part"] == "test", "correct"]
    return float(right.mean())
