"""How long a network trains until its validation accuracy reaches a target."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from mgc.data.datasets import manifest_of
from mgc.data.splits import make_split
from mgc.errors import ConfigError, RunError
from mgc.evaluate.runs import Run

#: Ways to count time.
UNITS = ("epochs", "steps", "seconds")


def steps_per_epoch(run: Run) -> int:
    """Return how many batches of its training part a run saw in an epoch.

    Parameters
    ----------
    run : Run
        Its valid part tells how many segments a clip has, its split how many clips it learnt from.

    Raises
    ------
    RunError
        If its training clips were limited or its split cuts within clips.

    Book: Three optimizers under equal budgets
    """
    config = run.config
    split = make_split(
        manifest_of(config["dataset"]),
        config["split"],
        fold=config["fold"],
        seed=config["split_seed"],
    )
    if config["train_per_genre"] or split.leaky:
        raise RunError(
            f"{run.folder} has split {config['split']} and train_per_genre "
            f"{config['train_per_genre']}: steps are counted for whole clips of a whole part"
        )
    clips = set(split.parts["train"]) - set(run.environment["missing_clips"])
    valid = run.predictions[run.predictions["part"] == "valid"]
    per_clip = len(valid) // valid["clip"].nunique()
    return math.ceil(len(clips) * per_clip / int(config["batch_size"]))


def time_to_accuracy(
    runs: Iterable[Run], target: float, steps_per_epoch: int | None = None
) -> pd.DataFrame:
    """Say of each run when its validation accuracy first reached a target.

    Parameters
    ----------
    runs : iterable of Run
        Each is read once.
    target : float
        Accuracy at segment level, in (0, 1].
    steps_per_epoch : int, optional
        Batches of an epoch; without it, steps are NaN.

    Returns
    -------
    DataFrame
        One row per run: ``uid, optimizer, schedule, seed``; ``reached`` (bool); ``epochs, steps,
        seconds`` up to the end of the first epoch that reached it, infinite where none did.
        Seconds hold the compilation in the first epoch and whatever else the machine was doing.

    Raises
    ------
    ConfigError
        If `target` is out of range.

    Book: Three optimizers under equal budgets
    """
    if not 0 < target <= 1:
        raise ConfigError(f"target is {target}: give an accuracy above 0 and at most 1")
    rows = []
    for run in runs:
        history = run.history
        there = np.flatnonzero(history["val_accuracy"].to_numpy() >= target)
        row = {"uid": run.uid} | {k: run.config[k] for k in ("optimizer", "schedule", "seed")}
        epochs = float(history["epoch"].iloc[there[0]]) if len(there) else math.inf
        seconds = float(history["seconds"].iloc[: there[0] + 1].sum()) if len(there) else math.inf
        steps = math.nan if steps_per_epoch is None else epochs * steps_per_epoch
        times = {"epochs": epochs, "steps": steps, "seconds": seconds}
        rows.append(row | {"reached": bool(len(there))} | times)
    return pd.DataFrame(rows)


def median_with_interval(values: ArrayLike, level: float = 0.95) -> tuple[float, float, float]:
    """Return the median of a few values and an interval for it between two of them.

    Parameters
    ----------
    values : array_like of shape (n,)
        Infinite where an event was not seen; no NaN.
    level : float
        Coverage that the interval has at least, where n allows it; in (0, 1).

    Returns
    -------
    median, low, high : float
        The narrowest pair of the k-th value from either end that holds the median of independent
        draws with probability `level`; the least and the greatest value if even these do not
        (fewer than 6 values at 95 %).

    Raises
    ------
    RunError
        If there is no value, or one is NaN.
    ConfigError
        If `level` is out of range.

    References
    ----------
    David and Nagaraja (2003), Order Statistics, section 7.1, doi:10.1002/0471722162.

    Examples
    --------
    >>> median_with_interval([1, 2, 3, 4, 5, 6, 7, 8, 9, math.inf])
    (5.5, 2.0, 9.0)

    Book: Three optimizers under equal budgets
    """
    from scipy.stats import binom

    if not 0 < level < 1:
        raise ConfigError(f"level is {level}: give a coverage between 0 and 1")
    v = np.sort(np.asarray(values, dtype=np.float64))
    n = len(v)
    if not n or np.isnan(v).any():
        raise RunError(f"{n} values with {np.isnan(v).sum()} NaN have no median: give numbers")
    # The k-th from either end misses if fewer than k of n fall on one side of the true median.
    k = max(1, int(binom.ppf((1 - level) / 2, n, 0.5)))
    middle = v[(n - 1) // 2], v[n // 2]
    median = float(middle[0] if middle[0] == middle[1] else sum(middle) / 2)
    return median, float(v[k - 1]), float(v[n - k])


def times_table(
    times: pd.DataFrame, by: str | Sequence[str] = "optimizer", unit: str = "epochs"
) -> pd.DataFrame:
    """Summarise :func:`time_to_accuracy` over seeds.

    Parameters
    ----------
    times : DataFrame
        Of :func:`time_to_accuracy`.
    by : str or sequence of str
        Columns that tell arms apart.
    unit : {'epochs', 'steps', 'seconds'}
        How time is counted.

    Returns
    -------
    DataFrame
        One row an arm: `by`, ``runs``, ``reached`` (how many), ``median, low, high``
        (:func:`median_with_interval`); infinite where half of the runs or more never got there.

    Raises
    ------
    ConfigError
        If `unit` is no way to count time.
    RunError
        If steps are asked for that were not counted.

    Book: Three optimizers under equal budgets
    """
    if unit not in UNITS:
        raise ConfigError(f"unit is '{unit}': choose {', '.join(UNITS)}")
    keys = [by] if isinstance(by, str) else list(by)
    rows = []
    for key, runs in times.groupby(keys, sort=False):
        summary = median_with_interval(runs[unit])
        rows.append((*key, len(runs), int(runs["reached"].sum()), *summary))
    return pd.DataFrame(rows, columns=[*keys, "runs", "reached", "median", "low", "high"])
