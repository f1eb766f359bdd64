"""What precision did to training: drift, loss scales, accuracies, from tables and run folders."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mgc.errors import DataError, RunError
from mgc.evaluate.bootstrap import paired_difference
from mgc.evaluate.paired_seeds import compare_seeds
from mgc.evaluate.runs import Run

#: What the other policies are compared with.
REFERENCE = "float32"


def relative_drift(drift: pd.DataFrame) -> pd.DataFrame:
    """Return how far each arm is from the reference, as a share of the way the reference went.

    Parameters
    ----------
    drift : DataFrame
        Of :func:`mgc.train.precision.precision_tables`: ``optimizer, seed, step, arm, distance,
        moved``.

    Returns
    -------
    DataFrame
        Indexed by ``optimizer`` and ``step``; one column for each arm but the reference: geometric
        mean over seeds.  1 means: as far apart as the reference has moved.

    Raises
    ------
    DataError
        If there is no row.

    Examples
    --------
    >>> rows = [("adam", s, 1, arm, d, 2.0) for s in (1, 2) for arm, d in (("a", 0), ("b", s * s))]
    >>> names = ["optimizer", "seed", "step", "arm", "distance", "moved"]
    >>> float(relative_drift(pd.DataFrame(rows, columns=names))["b"].iloc[0])
    1.0

    Book: Precision as a factor
    """
    if drift.empty:
        raise DataError(
            "the table of drift has no row: make it with 'python -m mgc.train.precision'"
        )
    apart = drift[drift["distance"] > 0]
    logs = apart.assign(log=np.log(apart["distance"]) - np.log(apart["moved"]))
    mean = logs.pivot_table("log", ["optimizer", "step"], "arm", "mean", sort=False)
    return mean[list(dict.fromkeys(apart["arm"]))].apply(np.exp)


def scale_events(scale: pd.DataFrame, arm: str, steps: int, growth_steps: int) -> pd.DataFrame:
    """Count what dynamic loss scaling did in one arm, beside the most that it can do.

    Parameters
    ----------
    scale : DataFrame
        Of :func:`mgc.train.precision.precision_tables`: ``optimizer, seed, step, arm, scale``, the
        first row of each run at step 0.
    arm : str
        For example ``'mixed_float16'``.
    steps : int > 0
        Steps of each run.
    growth_steps : int > 0
        Finite steps in a row that raise the scale.

    Returns
    -------
    DataFrame
        Indexed by optimizer, over all seeds: ``runs``; how often the scale was ``raised`` and
        ``halved`` (each time a step is skipped); ``skipped``, the share of all steps; ``bound`` of
        that share, from the scale at the start and at the end; the ``lowest`` and the ``highest``
        scale.

    Raises
    ------
    DataError
        If the arm is not there.

    Examples
    --------
    >>> rows = [("adam", 1, 0, "a", 8.0), ("adam", 1, 5, "a", 16.0), ("adam", 1, 6, "a", 8.0)]
    >>> table = pd.DataFrame(rows, columns=["optimizer", "seed", "step", "arm", "scale"])
    >>> scale_events(table, "a", 10, 4).loc["adam", ["raised", "halved", "bound"]].tolist()
    [1.0, 1.0, 0.2]

    Notes
    -----
    Of n steps h are skipped, and r raises need N finite steps each: r N <= n - h.  The scale went
    from s to s' in r doublings and h halvings, so h = r + log2(s / s'), and with the former
    h (N + 1) <= n + N log2(s / s').

    Book: Precision as a factor
    """
    chosen = scale[scale["arm"] == arm]
    if chosen.empty:
        raise DataError(f"no loss scale of '{arm}': there are {', '.join(scale['arm'].unique())}")
    rows = {}
    for optimizer, part in chosen.groupby("optimizer", sort=False):
        logs = [np.log2(run["scale"].to_numpy(dtype=np.float64)) for _, run in part.groupby("seed")]
        changes, values = np.concatenate([np.diff(log) for log in logs]), np.concatenate(logs)
        total, fallen = steps * len(logs), sum(log[0] - log[-1] for log in logs)
        rows[optimizer] = {
            "runs": len(logs),
            "raised": int((changes > 0).sum()),
            "halved": int((changes < 0).sum()),
            "skipped": float((changes < 0).sum() / total),
            "bound": float((total + growth_steps * fallen) / (growth_steps + 1) / total),
            "lowest": float(2 ** values.min()),
            "highest": float(2 ** values.max()),
        }
    return pd.DataFrame(rows).T.rename_axis("optimizer")


def policy_differences(runs: Sequence[Run], part: str = "test") -> pd.DataFrame:
    """Compare precision policies, optimizer by optimizer, with the same seeds and artists.

    Parameters
    ----------
    runs : sequence of Run
        Runs that differ in ``optimizer``, ``dtype`` and ``seed``; each pair of policies with the
        same seeds.
    part : {"test", "valid"}
        Part that is scored, at track level.

    Returns
    -------
    DataFrame
        One row for each optimizer and policy: ``optimizer, dtype, seeds``; ``accuracy``, the mean
        over seeds, and ``accuracy_by_seed``; ``difference, low, high``: to float32, with its 95 %
        interval over artists; ``seeds_low, seeds_high``: the interval of the same difference over
        seeds, by Student's t; ``by_seed``, the differences of single seeds.  Missing for float32
        itself.  Shares in [0, 1].

    Raises
    ------
    RunError
        If there is no run in float32, or a policy has other seeds.

    Book: Precision as a factor
    """
    arms: dict[tuple[str, str], dict[int, pd.DataFrame]] = {}
    for run in sorted(runs, key=lambda run: run.seed):
        tracks = run.tracks[run.tracks["part"] == part]
        arms.setdefault((run.config["optimizer"], run.config["dtype"]), {})[run.seed] = tracks
    rows = []
    for (optimizer, dtype), own in arms.items():
        base = arms.get((optimizer, REFERENCE), {})
        if base.keys() != own.keys():
            raise RunError(
                f"{optimizer} in {dtype} has seeds {sorted(own)}, in {REFERENCE} {sorted(base)}: "
                "make the missing runs with 'mgc sweep'"
            )
        level = {seed: float(tracks["correct"].mean()) for seed, tracks in own.items()}
        row: dict[str, Any] = {"optimizer": optimizer, "dtype": dtype, "seeds": len(own)}
        row |= {
            "accuracy": np.mean(list(level.values())),
            "accuracy_by_seed": tuple(level.values()),
        }
        if dtype != REFERENCE:
            usual = [float(tracks["correct"].mean()) for tracks in base.values()]
            scores = pd.DataFrame({dtype: list(level.values()), REFERENCE: usual})
            artists, seeds = (
                paired_difference([*own.values()], [*base.values()]),
                compare_seeds(scores),
            )
            row |= {"difference": artists.estimate, "low": artists.low, "high": artists.high}
            row |= {"seeds_low": seeds.at[0, "low"], "seeds_high": seeds.at[0, "high"]}
            row["by_seed"] = tuple(scores[dtype] - scores[REFERENCE])
        rows.append(row)
    return pd.DataFrame(rows)
