"""The table of results: runs summarised over their seeds."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mgc.errors import RunError
from mgc.evaluate.bootstrap import artist_bootstrap_runs
from mgc.evaluate.metrics import accuracy, macro_recall
from mgc.evaluate.runs import KEY, Run
from mgc.evaluate.tracks import segment_decisions


def results_table(runs: Sequence[Run], part: str = "test") -> pd.DataFrame:
    """Summarise runs: one row per model and optimizer (of one data set, split and fold).

    Everything is computed from ``predictions.csv`` and ``history.csv``, never from stored metrics.

    Parameters
    ----------
    runs : sequence of Run
        Runs that, within a row, differ in their seed alone.
    part : {"test", "valid", "train"}
        Part that is scored.

    Returns
    -------
    DataFrame
        ``dataset, split, fold, model, optimizer, seeds`` (tuple of int); track level:
        ``accuracy, low, high`` (mean over seeds with its 95 % interval by bootstrap over artists),
        ``accuracy_by_seed`` (tuple), ``accuracy_min, accuracy_max, macro_recall``,
        ``valid_accuracy`` (NaN where it was not predicted or was learnt from);
        ``segment_accuracy``; and means over seeds of ``epochs, best_epoch`` and of the median
        ``seconds_per_epoch``.  ``attrs`` hold
        part, unit, level, n_resamples, n_clips, n_groups, and dataset, split and seeds of all rows.

    Raises
    ------
    RunError
        If there is no run, two runs of a row share a seed or differ in another field, a run
        has no predictions for `part`, or `part` is ``"valid"`` and a run learnt from it.

    Examples
    --------
    >>> results_table([])
    Traceback (most recent call last):
        ...
    mgc.errors.RunError: no run to summarise: make runs with 'mgc run' or relax the filter

    Book: Main results
    """
    if not runs:
        raise RunError("no run to summarise: make runs with 'mgc run' or relax the filter")
    rows: dict[tuple[Any, ...], list[Run]] = {}
    for run in runs:
        rows.setdefault(tuple(run.config[name] for name in KEY), []).append(run)
    table = pd.DataFrame(
        [dict(zip(KEY, key, strict=True)) | _row(rows[key], part) for key in sorted(rows)]
    )
    intervals = table.pop("interval")
    table.attrs = {
        "part": part,
        "unit": "track",
        "level": intervals[0].level,
        "n_resamples": intervals[0].n_resamples,
        "n_clips": sorted(set(table.pop("n_clips"))),
        "n_groups": sorted({interval.n_groups for interval in intervals}),
        "dataset": sorted(set(table["dataset"])),
        "split": sorted(set(table["split"])),
        "seeds": sorted({seed for seeds in table["seeds"] for seed in seeds}),
    }
    return table


def _row(runs: list[Run], part: str) -> dict[str, Any]:
    runs = sorted(runs, key=lambda run: run.seed)
    _require_seeds_alone(runs)
    tracks = [_part(run, run.tracks, part) for run in runs]
    segments = [segment_decisions(_part(run, run.predictions, part)) for run in runs]
    interval = artist_bootstrap_runs(tracks)
    by_seed = tuple(accuracy(table["true"], table["predicted"]) for table in tracks)
    return {
        "seeds": tuple(run.seed for run in runs),
        "accuracy": interval.estimate,
        "low": interval.low,
        "high": interval.high,
        "accuracy_by_seed": by_seed,
        "accuracy_min": min(by_seed),
        "accuracy_max": max(by_seed),
        "macro_recall": float(np.mean([macro_recall(t["true"], t["predicted"]) for t in tracks])),
        "segment_accuracy": float(np.mean([table["correct"].mean() for table in segments])),
        "valid_accuracy": float(np.mean([_valid_accuracy(run) for run in runs])),
        "epochs": float(np.mean([len(run.history) for run in runs])),
        "best_epoch": float(np.mean([run.best_epoch for run in runs])),
        "seconds_per_epoch": float(np.mean([run.history["seconds"].median() for run in runs])),
        "n_clips": len(tracks[0]),
        "interval": interval,
    }


def _valid_accuracy(run: Run) -> float:
    """Track accuracy on the valid part; NaN where it is no held-out score."""
    if run.config["train_on_valid"]:
        return math.nan
    return float(run.tracks.loc[run.tracks["part"] == "valid", "correct"].mean())


def _part(run: Run, frame: pd.DataFrame, part: str) -> pd.DataFrame:
    if part == "valid" and run.config["train_on_valid"]:
        raise RunError(
            f"{run.folder} learnt from the valid part, so that its score there is none of unseen "
            "clips: choose part 'test', or runs with train_on_valid=False"
        )
    chosen = frame[frame["part"] == part]
    if chosen.empty:
        present = ", ".join(sorted(frame["part"].unique()))
        raise RunError(f"{run.folder} has no predictions for part '{part}': it has {present}")
    return chosen


def _require_seeds_alone(runs: list[Run]) -> None:
    """Refuse to average over anything but seeds."""
    first = runs[0]
    for run in runs[1:]:
        for name in sorted(set(first.config) | set(run.config)):
            a, b = first.config.get(name), run.config.get(name)
            if name != "seed" and a != b:
                raise RunError(
                    f"runs {first.uid} and {run.uid} differ in {name} ({a} and {b}), not in the "
                    f"seed alone: choose one with find_runs({name}=...)"
                )
    seeds = [run.seed for run in runs]
    if len(set(seeds)) < len(seeds):
        raise RunError(
            f"runs {', '.join(run.uid for run in runs)} share a seed ({seeds}): name each run once"
        )
