"""One-factor comparisons over the folds of a cross-validation, each contrast with two intervals."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mgc.errors import RunError
from mgc.evaluate.bootstrap import artist_bootstrap_runs, paired_difference
from mgc.evaluate.folds import error_ratio, fold_test
from mgc.evaluate.held_out import fold_accuracy, held_out
from mgc.evaluate.paired_seeds import detectable_difference, holm
from mgc.evaluate.runs import Run


def split_arms(runs: Iterable[Run], name: str) -> dict[str, list[Run]]:
    """Sort runs into arms, each in the order of its seeds and folds.

    Parameters
    ----------
    runs : iterable of Run
        Of several arms.
    name : str
        Name of an arm, with fields of its configuration in braces: ``"{model} {width}"``.

    Returns
    -------
    dict of str to list of Run
        In the order in which the arms first come.

    Raises
    ------
    RunError
        If runs of one name differ in more than seed and fold.

    Examples
    --------
    >>> split_arms([], "{model} {width}")
    {}

    Book: What they cost
    """
    arms: dict[str, list[Run]] = {}
    for run in runs:
        arm = arms.setdefault(name.format(**run.config), [])
        arm.append(run)
        differ = [
            field
            for field, value in run.config.items()
            if field not in ("seed", "fold") and value != arm[0].config[field]
        ]
        if differ:
            raise RunError(
                f"{name.format(**run.config)!r} names runs of different {', '.join(differ)}: put "
                "more fields into the name"
            )
    for arm in arms.values():
        arm.sort(key=lambda run: (run.seed, int(run.config["fold"])))
    return arms


def arms_table(arms: Mapping[str, Sequence[Run]]) -> pd.DataFrame:
    """Score every arm over all folds.

    Parameters
    ----------
    arms : mapping of str to sequence of Run
        Name to runs, as :func:`split_arms` returns them.

    Returns
    -------
    DataFrame
        One row an arm, indexed by its name: ``accuracy, low, high`` (track level, all folds
        together, mean over seeds, 95 % interval over artist groups), ``lowest, highest`` (single
        folds), ``learnt`` (accuracy on training segments in the last epoch, with dropout and
        masks, mean over runs), ``seconds`` (median time of an epoch).

    Examples
    --------
    >>> arms_table({}).columns.tolist()
    ['accuracy', 'low', 'high', 'lowest', 'highest', 'learnt', 'seconds']

    Book: What they cost
    """
    rows = {}
    for name, runs in arms.items():
        seeds = held_out(runs)
        found = artist_bootstrap_runs(seeds)
        scores = [accuracy for seed in seeds for accuracy in fold_accuracy([seed])]
        seconds = pd.concat([run.history["seconds"] for run in runs]).median()
        learnt = float(np.mean([run.history["accuracy"].iloc[-1] for run in runs]))
        ends = (found.estimate, found.low, found.high, min(scores), max(scores))
        rows[name] = (*ends, learnt, float(seconds))
    columns = ["accuracy", "low", "high", "lowest", "highest", "learnt", "seconds"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def contrasts_table(
    arms: Mapping[str, Sequence[Run]], contrasts: Mapping[str, tuple[str, str]]
) -> pd.DataFrame:
    """Compare pairs of arms that were trained and tested on the same folds.

    Parameters
    ----------
    arms : mapping of str to sequence of Run
        As in :func:`arms_table`.
    contrasts : mapping of str to tuple of str
        What is asked, and the names of two arms: the first minus the second.

    Returns
    -------
    DataFrame
        One row a contrast, indexed by what is asked: ``first, second, difference``;
        ``artists_low, artists_high`` (95 % interval over artist groups: other clips, these
        networks); ``low, high, p`` (over folds, as corrected for their overlap by
        :func:`mgc.evaluate.folds.fold_test`: other training sets, too), ``p_holm`` over all
        contrasts; ``detectable``, the least true difference that these folds show with power 0.8.

    Raises
    ------
    RunError
        If two arms differ in their seeds, or an arm lacks a fold.

    Examples
    --------
    >>> contrasts_table({}, {})
    Traceback (most recent call last):
        ...
    mgc.errors.RunError: no contrast was given: name at least one pair of arms

    Book: What they cost
    """
    if not contrasts:
        raise RunError("no contrast was given: name at least one pair of arms")
    rows = {name: _contrast(arms, *pair) for name, pair in contrasts.items()}
    table = pd.DataFrame.from_dict(rows, orient="index")
    table["p_holm"] = holm(table["p"])
    return table


def answer(low: float, high: float, margin: float) -> str:
    """Say what an interval decides about a difference worth having.

    Parameters
    ----------
    low, high : float
        Ends of the interval of first minus second.
    margin : float
        Least difference worth having, above 0.

    Returns
    -------
    str
        ``'first ahead'`` or ``'second ahead'`` where 0 is outside, ``'equal'`` where the whole
        interval lies between minus and plus `margin`, else ``'open'``: no difference was shown,
        and neither was there none.

    Examples
    --------
    >>> [answer(*ends, 0.03) for ends in ((0.01, 0.05), (-0.02, 0.02), (-0.09, 0.01))]
    ['first ahead', 'equal', 'open']

    Book: What they cost
    """
    if low > 0 or high < 0:
        return "first ahead" if low > 0 else "second ahead"
    return "equal" if -margin < low and high < margin else "open"


def readable_contrasts(table: pd.DataFrame, margin: float) -> pd.DataFrame:
    """Write :func:`contrasts_table` for readers.

    Parameters
    ----------
    table : DataFrame
        Of :func:`contrasts_table`.
    margin : float
        As in :func:`answer`, which is asked about the span of both intervals together.

    Returns
    -------
    DataFrame
        As text, in points: ``first minus second, difference, over artists, over folds``,
        ``p (Holm)``, ``could be seen`` and ``answer``.

    Examples
    --------
    >>> names = ["first", "second", "difference", "artists_low", "artists_high", "low", "high",
    ...     "p_holm", "detectable"]
    >>> row = ["a", "b", 0.012, -0.01, 0.03, -0.05, 0.07, 0.65, 0.081]
    >>> table = pd.DataFrame([row], columns=names, index=["skips"])
    >>> readable_contrasts(table, 0.03).iloc[0].tolist()
    ['a − b', '+1.2', '-1.0 to +3.0', '-5.0 to +7.0', '0.65', '8.1', 'open']

    Book: What they cost
    """

    def words(row: Any) -> dict[str, str]:
        points = {k: f"{100 * v:+.1f}" for k, v in row.items() if k not in ("first", "second")}
        return {
            "first minus second": f"{row['first']} − {row['second']}",
            "difference": points["difference"],
            "over artists": f"{points['artists_low']} to {points['artists_high']}",
            "over folds": f"{points['low']} to {points['high']}",
            "p (Holm)": f"{row['p_holm']:.2f}",
            "could be seen": f"{100 * row['detectable']:.1f}",
            "answer": answer(
                min(row["low"], row["artists_low"]), max(row["high"], row["artists_high"]), margin
            ),
        }

    return pd.DataFrame([words(row) for row in table.to_dict("records")], index=table.index)


def _contrast(arms: Mapping[str, Sequence[Run]], first: str, second: str) -> dict[str, Any]:
    a, b = arms[first], arms[second]
    if {run.seed for run in a} != {run.seed for run in b}:
        raise RunError(f"{first} and {second} have other seeds: make the missing runs")
    seeds_a, seeds_b = held_out(a), held_out(b)
    artists = paired_difference(seeds_a, seeds_b)
    by_fold = fold_accuracy(seeds_a) - fold_accuracy(seeds_b)
    n_test, n_train = _sizes(a)
    folds = fold_test(by_fold, n_test, n_train)
    wider = error_ratio(len(by_fold), n_test, n_train)
    return {
        "first": first,
        "second": second,
        "difference": artists.estimate,
        "artists_low": artists.low,
        "artists_high": artists.high,
        "low": folds.low,
        "high": folds.high,
        "p": folds.p,
        "detectable": wider * detectable_difference(by_fold),
    }


def _sizes(runs: Sequence[Run]) -> tuple[float, float]:
    """Return the mean numbers of clips that a fold tests and learns from."""
    one_seed = [run for run in runs if run.seed == runs[0].seed]
    parts = pd.DataFrame([run.tracks["part"].value_counts() for run in one_seed])
    all_clips = parts["test"].sum()
    return float(parts["test"].mean()), float((all_clips - parts.sum(axis=1)).mean())
