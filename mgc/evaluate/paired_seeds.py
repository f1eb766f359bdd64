"""Methods run with the same seeds: how far apart, how often ahead, and whether it may be chance.

A pair shares initial weights and the order of the data, so what makes a seed easy for both cancels
out.  What is said here holds for one data set and one split: other artists are asked for in
:mod:`mgc.evaluate.bootstrap`.
"""

import itertools
import math

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from mgc.errors import ConfigError, RunError
from mgc.evaluate.resampling import Interval, resample_groups

#: Probability of being ahead from which on a difference is worth having.
MEANINGFUL = 0.75

#: Up to so many pairs, every choice of signs is tried.
_EXACT = 16


def probability_ahead(differences: ArrayLike, n_resamples: int = 2000, seed: int = 0) -> Interval:
    """Return how often the first of a pair is ahead, with its 95 % interval over pairs.

    Parameters
    ----------
    differences : array_like of shape (pairs,)
        First minus second; a tie counts half.
    n_resamples : int
        Resamples of pairs.
    seed : int
        Seed of the resamples.

    Returns
    -------
    Interval
        P(A > B) in [0, 1], percentile interval.  Where one side wins every pair, no resample can
        show anything else and the interval is a point: with few pairs it is too short.

    Raises
    ------
    RunError
        If there are fewer than two pairs, or one is no number.

    References
    ----------
    Bouthillier et al. (2021), Accounting for variance in machine learning benchmarks,
    arXiv 2103.03098.

    Examples
    --------
    >>> probability_ahead([2, 1, 0, -1]).estimate
    0.625

    Book: Three optimizers under equal budgets
    """
    d = _checked(differences)
    ahead = (d > 0) + 0.5 * (d == 0)
    names = [f"{k:06d}" for k in range(len(d))]  # in the order of the draws
    return resample_groups(lambda counts: counts @ ahead / len(d), names, n_resamples, seed)


def verdict(low: float, high: float, meaningful: float = MEANINGFUL) -> str:
    """Say whether the interval of P(A > B) shows a difference, and one worth having.

    Parameters
    ----------
    low, high : float
        Ends of the interval, in [0, 1].
    meaningful : float
        Probability, above 1/2, from which on a difference matters.

    Returns
    -------
    str
        ``'open'`` if the interval holds 1/2; else ``'ahead'`` or ``'behind'``, with ``', small'``
        where the interval does not go beyond `meaningful` (Bouthillier et al. 2021).

    Examples
    --------
    >>> verdict(0.4, 0.9), verdict(0.6, 0.9), verdict(0.52, 0.7), verdict(0.0, 0.2)
    ('open', 'ahead', 'ahead, small', 'behind')

    Book: Three optimizers under equal budgets
    """
    if low > 0.5:
        return "ahead" if high > meaningful else "ahead, small"
    if high < 0.5:
        return "behind" if low < 1 - meaningful else "behind, small"
    return "open"


def sign_flip_test(differences: ArrayLike, n_resamples: int = 100_000, seed: int = 0) -> float:
    """Return the two-sided p value of the paired permutation test of the mean.

    If two methods are alike, each difference could as well have had the other sign.

    Parameters
    ----------
    differences : array_like of shape (pairs,)
        First minus second.
    n_resamples : int
        Random choices of signs where there are more than 16 pairs; up to that, all are tried.
    seed : int
        Seed of the random choices.

    Returns
    -------
    float
        Share of sign choices whose mean is at least as far from 0 as the observed one; at least
        ``2 / 2**pairs``, so that 10 pairs reach 0.002 and 3 pairs no less than 0.25.

    Raises
    ------
    RunError
        If there are fewer than two pairs, or one is no number.

    References
    ----------
    Pitman (1937), Significance tests which may be applied to samples from any populations,
    Supplement to the Journal of the Royal Statistical Society 4(1), 119-130.

    Examples
    --------
    >>> sign_flip_test([1, 2, 3])
    0.25

    Book: Three optimizers under equal budgets
    """
    d = _checked(differences)
    n = len(d)
    signs: NDArray[np.int64]
    if n <= _EXACT:
        signs, extra = 1 - 2 * (np.arange(2**n)[:, None] >> np.arange(n) & 1), 0
    else:
        signs = 2 * np.random.default_rng(seed).integers(0, 2, (n_resamples, n)) - 1
        extra = 1  # the observed signs are one of the possible choices
    # Sums that are equal on paper may differ in their last bits.
    limit = abs(d.sum()) - 1e-12 * np.abs(d).sum()
    hits = int((np.abs(signs @ d) >= limit).sum())
    return (hits + extra) / (len(signs) + extra)


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Adjust p values of several tests, so that the chance of any false alarm stays at the level.

    Parameters
    ----------
    p_values : array_like of shape (tests,)
        In [0, 1].

    Returns
    -------
    float64 (tests,)
        In the same order: the least is multiplied by the number of tests, the next by one less,
        and so on; never below a smaller one before it, never above 1.

    References
    ----------
    Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of
    Statistics 6(2), 65-70.

    Examples
    --------
    >>> holm([0.04, 0.01, 0.03]).round(3).tolist()
    [0.06, 0.03, 0.06]

    Book: Three optimizers under equal budgets
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p)
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def detectable_difference(differences: ArrayLike, alpha: float = 0.05, power: float = 0.8) -> float:
    """Return the least true mean difference that so many pairs would probably have shown.

    Parameters
    ----------
    differences : array_like of shape (pairs,)
        Observed ones; only their spread counts.
    alpha : float
        Level of a two-sided paired t test, in (0, 1).
    power : float
        Probability to see it, in (`alpha`, 1).

    Returns
    -------
    float
        In the unit of the differences.

    Raises
    ------
    RunError
        If there are fewer than two pairs, or one is no number.
    ConfigError
        If `alpha` or `power` is out of range.

    Examples
    --------
    >>> round(detectable_difference([1, -1] * 5), 2)
    1.05

    Book: Three optimizers under equal budgets
    """
    from scipy.optimize import brentq
    from scipy.stats import nct, t

    if not 0 < alpha < power < 1:
        raise ConfigError(f"alpha is {alpha} and power {power}: give 0 < alpha < power < 1")
    d = _checked(differences)
    df, error = len(d) - 1, float(d.std(ddof=1) / math.sqrt(len(d)))
    edge = float(t.isf(alpha / 2, df))
    # The far tail adds less than alpha / 2 and is left out.
    shift = brentq(lambda x: float(nct.sf(edge, df, x)) - power, 0.0, 20 * edge)
    return float(shift) * error


def compare_seeds(scores: pd.DataFrame) -> pd.DataFrame:
    """Compare the methods of a table pair by pair over their common seeds.

    Parameters
    ----------
    scores : DataFrame
        One row a seed, one column a method: accuracies in [0, 1], no gap.

    Returns
    -------
    DataFrame
        One row a pair: ``first, second, seeds``; ``difference, low, high`` (first minus second,
        mean over seeds with its 95 % interval by Student's t); ``wins, ties``; ``ahead, ahead_low,
        ahead_high, verdict`` (:func:`probability_ahead`, :func:`verdict`); ``p`` and ``p_holm``
        (:func:`sign_flip_test`, and by :func:`holm` over all pairs of the table);
        ``detectable`` (:func:`detectable_difference` at level 0.05 and power 0.8).

    Raises
    ------
    RunError
        If there are fewer than two methods or seeds, or a score is missing.

    Examples
    --------
    >>> scores = pd.DataFrame({"adam": [0.6, 0.7, 0.8], "sgd": [0.5, 0.7, 0.6]})
    >>> compare_seeds(scores)[["difference", "wins", "ties", "p"]].round(3).values.tolist()
    [[0.1, 2.0, 1.0, 0.5]]

    Book: Three optimizers under equal budgets
    """
    if scores.shape[1] < 2:
        raise RunError(
            f"a comparison needs two methods, but got {', '.join(map(str, scores)) or 'none'}"
        )
    rows = []
    for first, second in itertools.combinations(scores.columns, 2):
        d = _checked(scores[first].to_numpy() - scores[second].to_numpy())
        row = {"first": first, "second": second, "seeds": len(d)}
        rows.append(row | _mean_interval(d) | _ahead(d) | {"p": sign_flip_test(d)})
    table = pd.DataFrame(rows)
    table["p_holm"] = holm(table["p"])
    table["detectable"] = [
        detectable_difference(scores[a] - scores[b])
        for a, b in zip(table["first"], table["second"], strict=True)
    ]
    return table


def _mean_interval(d: NDArray[np.float64]) -> dict[str, float]:
    from scipy.stats import t

    half = float(t.isf(0.025, len(d) - 1)) * float(d.std(ddof=1)) / math.sqrt(len(d))
    mean = float(d.mean())
    return {"difference": mean, "low": mean - half, "high": mean + half}


def _ahead(d: NDArray[np.float64]) -> dict[str, float | int | str]:
    found = probability_ahead(d)
    return {
        "wins": int((d > 0).sum()),
        "ties": int((d == 0).sum()),
        "ahead": found.estimate,
        "ahead_low": found.low,
        "ahead_high": found.high,
        "verdict": verdict(found.low, found.high),
    }


def _checked(differences: ArrayLike) -> NDArray[np.float64]:
    d = np.asarray(differences, dtype=np.float64)
    if d.ndim != 1 or len(d) < 2 or not np.isfinite(d).all():
        raise RunError(
            f"{np.isfinite(d).sum()} of {d.size} differences are numbers: a comparison over seeds "
            "needs two or more pairs, each with both scores"
        )
    return d
