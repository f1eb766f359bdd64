"""How much clips of one artist count: correlation within groups, and what it does to an error."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from mgc.errors import ConfigError, DataError
from mgc.evaluate.bootstrap import artist_bootstrap


def weighted_group_size(groups: Iterable[str]) -> float:
    """Return the mean size of the group that a clip belongs to.

    Parameters
    ----------
    groups : iterable of str
        Group of each clip.

    Returns
    -------
    float
        Sum of the squared sizes over the number of clips, at least 1: large groups count as often
        as they have clips.

    Raises
    ------
    DataError
        If there is no clip.

    Examples
    --------
    >>> weighted_group_size(["a", "a", "a", "b"])
    2.5

    Book: The protocol
    """
    sizes = pd.Series(list(groups), dtype=object).value_counts().to_numpy(dtype=np.float64)
    if not sizes.size:
        raise DataError("no clip was given: pass the group of each clip")
    return float((sizes**2).sum() / sizes.sum())


def design_effect(group_size: float, icc: float) -> float:
    """Return by how much grouping multiplies the variance of a mean over clips.

    Parameters
    ----------
    group_size : float
        At least 1; for groups of different sizes :func:`weighted_group_size`.
    icc : float
        Correlation of two clips of one group, in [-1, 1].

    Returns
    -------
    float
        ``1 + (group_size - 1) * icc``.

    Raises
    ------
    ConfigError
        If a number is out of range.

    References
    ----------
    Kish (1965), Survey Sampling, Wiley, section 5.4.

    Examples
    --------
    >>> round(design_effect(6.99, 0.2), 2), round(design_effect(6.99, 0.5), 2)
    (2.2, 4.0)

    Book: The protocol
    """
    if not (group_size >= 1 and -1 <= icc <= 1):
        raise ConfigError(
            f"group_size is {group_size} and icc {icc}: give at least 1 clip a group and a "
            "correlation between -1 and 1"
        )
    return 1.0 + (group_size - 1.0) * icc


def effective_clips(n: int, group_size: float, icc: float) -> float:
    """Return how many independent clips tell as much as `n` clips in groups.

    Parameters
    ----------
    n : int
        Clips.
    group_size, icc
        As in :func:`design_effect`.

    Returns
    -------
    float
        ``n`` over the design effect.

    Raises
    ------
    ConfigError
        If a number is out of range, or clips of a group are so unlike that no such number exists.

    Examples
    --------
    >>> round(effective_clips(290, 6.99, 0.2)), round(effective_clips(290, 6.99, 0.5))
    (132, 73)

    Book: The protocol
    """
    effect = design_effect(group_size, icc)
    if not effect > 0:
        raise ConfigError(f"icc {icc} in groups of {group_size} gives no positive variance")
    return n / effect


def intraclass_correlation(
    values: ArrayLike, groups: Iterable[str], strata: Iterable[str] | None = None
) -> float:
    """Return the correlation of two clips of one group, by analysis of variance.

    Parameters
    ----------
    values : array_like of shape (clips,)
        For example whether each clip was decided rightly (0 or 1), or in which share of the runs.
    groups : iterable of str
        Artist group of each clip.
    strata : iterable of str, optional
        Genre of each clip: its mean is taken out first, so that what is left is alike within an
        artist and not within a genre.

    Returns
    -------
    float
        At most 1; 0 if clips of a group are no more alike than others.  Below 0 by chance, or
        where they are less alike.  NaN if all values are equal.

    Raises
    ------
    DataError
        If there are fewer groups than strata + 1, or no group has two clips.

    Notes
    -----
    With k groups of sizes m in s strata of sizes N, the mean squares between groups (k - s degrees
    of freedom) and within them (n - k) estimate the two components of variance; the effective
    group size is ``(n - sum of m^2 / N) / (k - s)``.

    References
    ----------
    Donner (1986), A review of inference procedures for the intraclass correlation coefficient in
    the one-way random effects model, International Statistical Review 54(1), 67-82.

    Examples
    --------
    >>> intraclass_correlation([1, 1, 0, 0], ["a", "a", "b", "b"])
    1.0

    Book: The protocol
    """
    y = np.asarray(values, dtype=np.float64)
    names = [str(g) for g in groups]
    strata = ["all"] * len(y) if strata is None else [str(s) for s in strata]
    table = pd.DataFrame({"y": y, "stratum": strata, "group": names})
    stratum = table.groupby("stratum")["y"]
    cell = table.groupby(["stratum", "group"])["y"]
    n, k, s = len(y), cell.ngroups, stratum.ngroups
    if k <= s or k == n:
        raise DataError(
            f"{n} clips of {k} groups in {s} strata: a correlation within groups needs more groups "
            "than strata, and a group with two clips"
        )
    mean = cell.transform("mean")
    between = float(((mean - stratum.transform("mean")) ** 2).sum()) / (k - s)
    within = float(((table["y"] - mean) ** 2).sum()) / (n - k)
    size = (n - float((cell.transform("size") / stratum.transform("size")).sum())) / (k - s)
    total = between + (size - 1.0) * within
    return (between - within) / total if total > 0 else float("nan")


def design_table(arms: Mapping[str, Sequence[pd.DataFrame]]) -> pd.DataFrame:
    """Predict the design effect of accuracies from the likeness of clips, and measure it.

    Parameters
    ----------
    arms : mapping of str to sequence of DataFrame
        Track decisions of one part for each run of each method.

    Returns
    -------
    DataFrame
        Index ``arm``; means over runs: ``clips``; ``icc`` of correctness within artist groups and
        ``icc_in_genre`` (genres taken out); ``predicted`` design effect and ``effective`` clips;
        ``measured``: squared ratio of the artist bootstrap's interval to that of as many
        independent clips.

    Examples
    --------
    >>> tracks = pd.DataFrame({"clip": list("abcd"), "part": "test", "group": list("xxyy"),
    ...     "true": "pop", "predicted": "pop", "correct": [True, True, False, True]})
    >>> design_table({"one": [tracks]})["clips"].tolist()
    [4.0]

    Book: The protocol
    """
    rows = {
        name: pd.DataFrame([_design(run) for run in runs]).mean() for name, runs in arms.items()
    }
    return pd.DataFrame(rows).T.rename_axis("arm")


def _design(tracks: pd.DataFrame) -> dict[str, float]:
    right, groups, n = tracks["correct"], tracks["group"], len(tracks)
    icc, size = intraclass_correlation(right, groups), weighted_group_size(groups)
    found = artist_bootstrap(tracks)
    p = found.estimate
    independent = 2 * 1.959964 * np.sqrt(p * (1 - p) / n)
    return {
        "clips": n,
        "icc": icc,
        "icc_in_genre": intraclass_correlation(right, groups, tracks["true"]),
        "predicted": design_effect(size, icc),
        "effective": effective_clips(n, size, icc),
        "measured": ((found.high - found.low) / independent) ** 2,
    }
