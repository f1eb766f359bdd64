"""Two methods on the same clips: McNemar's exact test, its power, and swaps of whole artists.

McNemar's test asks about two trained networks and takes clips as independent.  Clips of one artist
are not: :func:`group_flip_test` swaps the two methods artist by artist instead.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from mgc.errors import ConfigError, DataError
from mgc.evaluate.bootstrap import paired_difference
from mgc.evaluate.paired_seeds import holm, sign_flip_test

#: Random choices of signs of :func:`group_flip_test`.
_FLIPS = 20_000


@dataclass(frozen=True)
class McNemar:
    """Clips on which two networks differ, and whether chance explains who is ahead there.

    Attributes
    ----------
    n : int
        Clips.
    only_first, only_second : int
        Clips that one of the two alone gets right.
    p : float
        Two-sided, exact: how often a fair coin splits the discordant clips as unevenly.

    Examples
    --------
    >>> found = McNemar(290, 30, 14, 0.0226)
    >>> round(found.difference, 3), round(found.discordant, 3)
    (0.055, 0.152)
    """

    n: int
    only_first: int
    only_second: int
    p: float

    @property
    def difference(self) -> float:
        """Accuracy of the first minus that of the second, in [-1, 1]."""
        return (self.only_first - self.only_second) / self.n

    @property
    def discordant(self) -> float:
        """Share of the clips that one of the two alone gets right."""
        return (self.only_first + self.only_second) / self.n


def mcnemar(first: ArrayLike, second: ArrayLike) -> McNemar:
    """Return McNemar's exact test of two networks.

    Parameters
    ----------
    first, second : array_like of bool, shape (n,)
        Whether each got a clip right, in the same order of clips.

    Returns
    -------
    McNemar
        Clips that both or neither get right say nothing about who is better and do not count.

    Raises
    ------
    DataError
        If there is no clip, or the lengths differ.

    References
    ----------
    McNemar (1947), Note on the sampling error of the difference between correlated proportions or
    percentages, Psychometrika 12(2), 153-157, doi:10.1007/BF02295996.

    Examples
    --------
    >>> mcnemar([True] * 6 + [False], [False] * 6 + [True])
    McNemar(n=7, only_first=6, only_second=1, p=0.125)

    Book: The protocol
    """
    from scipy.stats import binomtest

    a, b = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    if a.ndim != 1 or a.shape != b.shape or a.size == 0:
        raise DataError(
            f"decisions of shapes {a.shape} and {b.shape} cannot be paired: pass two sequences of "
            "the same clips, at least one"
        )
    only_first, only_second = int((a & ~b).sum()), int((b & ~a).sum())
    discordant = only_first + only_second
    p = float(binomtest(only_first, discordant).pvalue) if discordant else 1.0
    return McNemar(len(a), only_first, only_second, p)


def mcnemar_power(n: int, gap: float, discordant: float, alpha: float = 0.05) -> float:
    """Return how often McNemar's exact test finds a true gap between two networks.

    Parameters
    ----------
    n : int
        Independent clips.  With clips of few artists, give the effective number
        (:func:`mgc.evaluate.clusters.effective_clips`).
    gap : float
        True difference of the accuracies, at most `discordant`.
    discordant : float
        Probability, in (0, 1], that one of the two alone gets a clip right.
    alpha : float
        Level of the test, in (0, 1).

    Returns
    -------
    float
        Probability that p is at most `alpha`, in [0, 1]: the sum over all numbers of discordant
        clips and all ways to split them.

    Raises
    ------
    ConfigError
        If a number is out of range.

    Examples
    --------
    >>> round(mcnemar_power(290, 0.05, 0.15), 2), round(mcnemar_power(290, 0.05, 0.25), 2)
    (0.55, 0.36)

    Book: The protocol
    """
    from scipy.stats import binom

    if n < 1 or not 0 <= abs(gap) <= discordant <= 1 or discordant == 0 or not 0 < alpha < 1:
        raise ConfigError(
            f"n is {n}, gap {gap}, discordant {discordant} and alpha {alpha}: give at least one "
            "clip, |gap| <= discordant <= 1 with discordant above 0, and 0 < alpha < 1"
        )
    d = np.arange(n + 1)
    # Largest k whose two tails P(X <= k) + P(X >= d - k) stay within the level: they are equal.
    k = binom.ppf(alpha / 2, d, 0.5)
    k -= 2 * binom.cdf(k, d, 0.5) > alpha
    share = min(1.0, (discordant + abs(gap)) / (2 * discordant))
    tails = binom.cdf(k, d, share) + binom.sf(d - k - 1, d, share)
    found: NDArray[np.float64] = binom.pmf(d, n, discordant) * np.where(k >= 0, tails, 0.0)
    return float(found.sum())


def detectable_gap(n: int, discordant: float, power: float = 0.8, alpha: float = 0.05) -> float:
    """Return the least true gap that McNemar's exact test finds with the given power.

    Parameters
    ----------
    n, discordant, alpha
        As in :func:`mcnemar_power`.
    power : float
        In (`alpha`, 1).

    Returns
    -------
    float
        In (0, `discordant`]; NaN where even the largest gap that so few discordant clips allow is
        found less often.

    Raises
    ------
    ConfigError
        If a number is out of range.

    Examples
    --------
    >>> round(100 * detectable_gap(290, 0.2), 1)
    7.5

    Book: The protocol
    """
    from scipy.optimize import brentq

    if not 0 < alpha < power < 1:
        raise ConfigError(f"alpha is {alpha} and power {power}: give 0 < alpha < power < 1")
    if mcnemar_power(n, discordant, discordant, alpha) < power:
        return math.nan
    gap = brentq(lambda g: mcnemar_power(n, g, discordant, alpha) - power, 0.0, discordant)
    return float(gap)


def group_flip_test(
    runs_a: Sequence[pd.DataFrame],
    runs_b: Sequence[pd.DataFrame],
    n_resamples: int = _FLIPS,
    seed: int = 0,
) -> float:
    """Return the p value of the paired permutation test that swaps methods artist by artist.

    If two methods are alike, all clips of an artist group could as well have been decided by the
    other one.

    Parameters
    ----------
    runs_a, runs_b : sequence of DataFrame
        Track decisions of the runs of two methods, all on the same clips of one part
        (:func:`mgc.evaluate.tracks.track_decisions`); several runs of a method are averaged.
    n_resamples, seed
        As in :func:`mgc.evaluate.paired_seeds.sign_flip_test`.

    Returns
    -------
    float
        Two-sided, in (0, 1].

    Raises
    ------
    DataError
        If the runs were scored on different clips, or there are fewer than two groups.

    Examples
    --------
    >>> tracks = pd.DataFrame({"clip": list("abc"), "part": "test", "group": list("xyz"),
    ...     "true": "pop", "predicted": "pop", "correct": True})
    >>> group_flip_test([tracks], [tracks.assign(correct=False)])
    0.25

    Book: The protocol
    """
    paired_difference(runs_a, runs_b, n_resamples=1)  # refuses what cannot be paired
    gain = _shares(runs_a) - _shares(runs_b)
    groups = runs_a[0].set_index("clip")["group"]
    return sign_flip_test(gain.groupby(groups).sum().to_numpy(), n_resamples, seed)


def compare_clips(arms: Mapping[str, Sequence[pd.DataFrame]]) -> pd.DataFrame:
    """Compare methods pair by pair on the same clips, with artists as the unit of chance.

    Parameters
    ----------
    arms : mapping of str to sequence of DataFrame
        Track decisions of one part for each run of two or more methods.

    Returns
    -------
    DataFrame
        One row a pair: ``first, second``; ``difference, low, high`` (first minus second, mean over
        runs, 95 % interval over artist groups); ``p, p_holm`` (:func:`group_flip_test`, and by
        Holm over all pairs of the table); ``discordant`` (share of clips that one of two runs alone
        gets right, mean over pairs of runs); ``mcnemar_low, mcnemar_high`` (least and greatest
        p value of McNemar's test among the pairs of runs); ``detectable`` (gap that McNemar's test
        would find with power 0.8 if clips were independent; NaN if none).  Shares in [-1, 1].

    Raises
    ------
    DataError
        If there are fewer than two methods, or they were scored on different clips.

    Examples
    --------
    >>> tracks = pd.DataFrame({"clip": list("abc"), "part": "test", "group": list("xyz"),
    ...     "true": "pop", "predicted": "pop", "correct": True})
    >>> pairs = compare_clips({"a": [tracks], "b": [tracks.assign(correct=False)]})
    >>> pairs[["difference", "p", "mcnemar_low"]].values.tolist()
    [[1.0, 0.25, 0.25]]

    Book: The protocol
    """
    if len(arms) < 2:
        raise DataError(f"a comparison needs two methods, but got {', '.join(arms) or 'none'}")
    rows = []
    for first, second in itertools.combinations(arms, 2):
        a, b = arms[first], arms[second]
        gap = paired_difference(a, b)
        tests = [mcnemar(_right(x), _right(y)) for x, y in itertools.product(a, b)]
        discordant = float(np.mean([test.discordant for test in tests]))
        p_values = [test.p for test in tests]
        row = {"first": first, "second": second, "difference": gap.estimate}
        row |= {"low": gap.low, "high": gap.high, "p": group_flip_test(a, b)}
        row |= {"discordant": discordant, "mcnemar_low": min(p_values)}
        row |= {"mcnemar_high": max(p_values)}
        row["detectable"] = detectable_gap(tests[0].n, discordant) if discordant else math.nan
        rows.append(row)
    table = pd.DataFrame(rows)
    table.insert(6, "p_holm", holm(table["p"]))
    return table


def _right(tracks: pd.DataFrame) -> NDArray[np.bool_]:
    return tracks.sort_values("clip")["correct"].to_numpy(dtype=bool)


def _shares(runs: Sequence[pd.DataFrame]) -> "pd.Series[float]":
    """Share of runs that get each clip right, indexed by clip."""
    return pd.concat(runs).groupby("clip")["correct"].mean()
