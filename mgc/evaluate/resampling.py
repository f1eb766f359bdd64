"""Resamples of artist groups: the one mechanism behind every interval of the report."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mgc.errors import ConfigError, DataError


@dataclass(frozen=True)
class Interval:
    """An estimate with its percentile bootstrap interval.

    Attributes
    ----------
    estimate, low, high : float
        The statistic on the clips as they are, and the ends of the interval.
    level : float
        Coverage aimed at, in (0, 1).
    n_resamples, n_groups : int
        Resamples drawn, and artist groups drawn from.

    Examples
    --------
    >>> print(Interval(0.52, 0.45, 0.585, 0.95, 2000, 125))
    0.520 [0.450, 0.585]
    """

    estimate: float
    low: float
    high: float
    level: float
    n_resamples: int
    n_groups: int

    def __str__(self) -> str:
        return f"{self.estimate:.3f} [{self.low:.3f}, {self.high:.3f}]"


def resample_groups(
    distribution: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    groups: Iterable[str],
    n_resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> Interval:
    """Return a statistic with its percentile interval over resampled groups.

    Parameters
    ----------
    distribution : callable
        Maps how often each group is drawn, int (resamples, groups) in the sorted order of the
        groups, to the statistic of each resample.
    groups : iterable of str
        The group of each clip.
    n_resamples : int
        At least 1.
    seed : int
        Seed of the resamples.
    level : float
        Coverage aimed at, in (0, 1).

    Raises
    ------
    DataError
        If there are fewer than two groups.
    ConfigError
        If `n_resamples` or `level` is out of range.

    Examples
    --------
    >>> print(resample_groups(lambda counts: counts[:, 0] / 2.0, ["a", "b"]))
    0.500 [0.000, 1.000]

    Book: Main results
    """
    if n_resamples < 1 or not 0.0 < level < 1.0:
        raise ConfigError(
            f"n_resamples is {n_resamples} and level {level}: give at least 1 resample and a "
            "level between 0 and 1"
        )
    clips = list(groups)
    n_groups = len(set(clips))
    if n_groups < 2:
        raise DataError(
            f"{len(clips)} clips of {n_groups} artist group say nothing about other artists: "
            "an interval needs at least two groups"
        )
    # How often each group is drawn in each resample: all that a resample is.
    counts = np.random.default_rng(seed).multinomial(
        n_groups, np.full(n_groups, 1.0 / n_groups), size=n_resamples
    )
    estimate = distribution(np.ones((1, n_groups), dtype=np.int64))[0]
    low, high = np.quantile(distribution(counts), [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(estimate), float(low), float(high), level, n_resamples, n_groups)
