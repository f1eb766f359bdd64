"""One-factor comparisons over the folds of a cross-validation, each contrast with two intervals."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from mgc.errors import RunError
from mgc.evaluate.bootstrap import artist_bootstrap_runs, paired_difference
from mgc.evaluate.folds import error_ratio, fold_test
from mgc.evaluate.paired_seeds import detectable_difference, holm
from mgc.evaluate.runs import Run


def pick_runs(runs: Sequence[Run], **facts: Any) -> list[Run]:
    """Return the runs of one arm, sorted by seed and fold.

    Parameters
    ----------
    runs : sequence of Run
        Of several arms.
    **facts
        Fields of the configuration and their values.

    Raises
    ------
    RunError
        If no run has them, or the runs that do differ in more than seed and fold.

    Examples
    --------
    >>> pick_runs([], model="unet_lite")
    Traceback (most recent call last):
        ...
    mgc.errors.RunError: none of 0 runs has {'model': 'unet_lite'}: make them with 'mgc sweep'

    Book: What they cost
    """
    found = [r for r in runs if all(r.config[name] == value for name, value in facts.items())]
    if not found:
        raise RunError(f"none of {len(runs)} runs has {facts}: make them with 'mgc sweep'")
    for run in found:
        differ = [
            name
            for name, value in run.config.items()
            if name not in ("seed", "fold") and value != found[0].config[name]
        ]
        if differ:
            raise RunError(f"{facts} leaves runs of different {', '.join(differ)}: say more")
    return sorted(found, key=lambda run: (run.seed, int(run.config["fold"])))


def out_of_fold(runs: Sequence[Run]) -> list[pd.DataFrame]:
    """Put the test parts of all folds together, seed by seed.

    Parameters
    ----------
    runs : sequence of Run
        One arm: for each seed every fold once.

    Returns
    -------
    list of DataFrame
        For each seed the track decisions of every clip, made by the network that has not seen it.

    Raises
    ------
    RunError
        If a fold is there twice or the seeds have different folds.

    Examples
    --------
    >>> out_of_fold([])
    []

    Book: What they cost
    """
    by_seed: dict[int, dict[int, Run]] = {}
    for run in runs:
        folds, fold = by_seed.setdefault(run.seed, {}), int(run.config["fold"])
        if fold in folds:
            raise RunError(f"{run.folder} and {folds[fold].folder} are the same seed and fold")
        folds[fold] = run
    if len({frozenset(folds) for folds in by_seed.values()}) > 1:
        raise RunError("seeds have different folds: make the missing runs with 'mgc sweep'")
    return [pd.concat([_test(run) for run in folds.values()]) for folds in by_seed.values()]


def arms_table(arms: Mapping[str, Sequence[Run]]) -> pd.DataFrame:
    """Score every arm over all folds.

    Parameters
    ----------
    arms : mapping of str to sequence of Run
        Name to runs, as :func:`pick_runs` returns them.

    Returns
    -------
    DataFrame
        One row an arm, indexed by its name: ``accuracy, low, high`` (track level, all folds
        together, mean over seeds, 95 % interval over artist groups), ``lowest, highest`` (single
        folds), ``seconds`` (median time of an epoch).

    Examples
    --------
    >>> arms_table({}).columns.tolist()
    ['accuracy', 'low', 'high', 'lowest', 'highest', 'seconds']

    Book: What they cost
    """
    rows = {}
    for name, runs in arms.items():
        found = artist_bootstrap_runs(out_of_fold(runs))
        scores = [_test(run)["correct"].mean() for run in runs]
        seconds = pd.concat([run.history["seconds"] for run in runs]).median()
        row = (found.estimate, found.low, found.high, min(scores), max(scores), float(seconds))
        rows[name] = row
    columns = ["accuracy", "low", "high", "lowest", "highest", "seconds"]
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
        If two arms differ in their seeds or folds, or there are fewer than two folds.

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


def _contrast(arms: Mapping[str, Sequence[Run]], first: str, second: str) -> dict[str, Any]:
    a, b = arms[first], arms[second]
    keys = [[(run.seed, int(run.config["fold"])) for run in runs] for runs in (a, b)]
    if keys[0] != keys[1]:
        raise RunError(
            f"{first} and {second} have other seeds or folds: make the missing runs with "
            "'mgc sweep'"
        )
    scores = pd.DataFrame(
        [
            (fold, _test(one)["correct"].mean() - _test(other)["correct"].mean())
            for (_, fold), one, other in zip(keys[0], a, b, strict=True)
        ],
        columns=["fold", "difference"],
    )
    # Seeds on one fold share their clips, so they are averaged before folds are compared.
    by_fold = scores.groupby("fold")["difference"].mean()
    n_test, n_train = _sizes(a)
    folds = fold_test(by_fold, n_test, n_train)
    artists = paired_difference(out_of_fold(a), out_of_fold(b))
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


def _test(run: Run) -> pd.DataFrame:
    return run.tracks[run.tracks["part"] == "test"]
