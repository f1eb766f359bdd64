"""Decisions on clips that the deciding model has not seen, for whole arms of an experiment."""

from collections.abc import Sequence

import pandas as pd

from mgc.data.manifest import N_FOLDS
from mgc.errors import RunError
from mgc.evaluate.runs import Run


def held_out(runs: Sequence[Run]) -> list[pd.DataFrame]:
    """Return what one arm decides on its test part, seed by seed; folds are joined.

    Parameters
    ----------
    runs : sequence of Run
        One configuration with one seed or several; under a split with folds, each seed on all
        folds.

    Returns
    -------
    list of DataFrame
        In the order of the seeds: :func:`mgc.evaluate.tracks.track_decisions` of the test part,
        with the column ``fold``.  Under folds every clip is there once, decided by the model that
        has not seen it.

    Raises
    ------
    RunError
        If there is no run, runs are of several splits, or a seed lacks a fold or has one twice.

    Examples
    --------
    >>> held_out([])
    Traceback (most recent call last):
        ...
    mgc.errors.RunError: no run: pass those of all seeds and folds of one configuration

    Book: Main results
    """
    if not runs:
        raise RunError("no run: pass those of all seeds and folds of one configuration")
    splits = sorted({f"{r.config['split']} (draw {r.config['split_seed']})" for r in runs})
    if len(splits) > 1:
        raise RunError(f"runs are of {', '.join(splits)}: pass those of one split")
    expected = [0] if runs[0].config["split"] == "fault_filtered" else list(range(N_FOLDS))
    by_seed: dict[int, list[Run]] = {}
    for run in runs:
        by_seed.setdefault(run.seed, []).append(run)
    for seed, members in by_seed.items():
        folds = sorted(int(run.config["fold"]) for run in members)
        if folds != expected:
            raise RunError(
                f"seed {seed} was run on folds {', '.join(map(str, folds))}, but each of "
                f"{', '.join(map(str, expected))} is needed once: make the missing runs with "
                "'mgc sweep'"
            )
    return [
        pd.concat([_tested(run) for run in by_seed[seed]], ignore_index=True)
        for seed in sorted(by_seed)
    ]


def fold_accuracy(seeds: Sequence[pd.DataFrame]) -> "pd.Series[float]":
    """Return the accuracy on each fold.

    Seeds share the clips of a fold, so they are averaged before folds are compared.

    Parameters
    ----------
    seeds : sequence of DataFrame
        Of :func:`held_out`.

    Returns
    -------
    Series
        Index ``fold``, shares in [0, 1], means over seeds.

    Examples
    --------
    >>> one = pd.DataFrame({"fold": [0, 0, 1], "correct": [True, False, True]})
    >>> fold_accuracy([one, one.assign(correct=True)]).tolist()
    [0.75, 1.0]

    Book: What they cost
    """
    found: pd.Series[float] = pd.concat(seeds).groupby("fold")["correct"].mean()
    return found


def _tested(run: Run) -> pd.DataFrame:
    tracks = run.tracks
    return tracks[tracks["part"] == "test"].assign(fold=int(run.config["fold"]))
