"""Pairs of optimizers on the same clips and the same resampled artists."""

import itertools
from collections.abc import Sequence

import pandas as pd

from mgc.errors import RunError
from mgc.evaluate.bootstrap import paired_difference
from mgc.evaluate.runs import Run


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
