"""Ranks of several methods, and how many runs a comparison needs.

Ranks compare methods over blocks that are independent of each other: other data sets.  Folds and
seeds are no data sets.  Folds share their training clips and seeds share every clip: counting them
as blocks makes the critical difference too small.  On one data set, paired tests with Holm's
correction take the place of ranks.
"""

import math

from mgc.errors import ConfigError


def nemenyi_q(k: int, alpha: float = 0.05) -> float:
    """Return the critical value of Nemenyi's test.

    The upper `alpha` quantile of the studentised range of `k` normal variables with infinitely many
    degrees of freedom, over the square root of 2.

    Parameters
    ----------
    k : int
        Methods, at least 2.
    alpha : float
        Probability, in (0, 1), that any two of `k` equal methods are called different.

    Returns
    -------
    float
        In units of the standard error of a difference of mean ranks.

    Raises
    ------
    ConfigError
        If `k` or `alpha` is out of range.

    References
    ----------
    Demšar (2006), Statistical comparisons of classifiers over multiple data sets, JMLR 7, 1-30.

    Examples
    --------
    >>> round(nemenyi_q(6), 3)
    2.85

    Book: Front ends compared
    """
    if k < 2 or not 0 < alpha < 1:
        raise ConfigError(
            f"k is {k} and alpha {alpha}: expected are at least 2 methods and a level between 0 "
            "and 1"
        )
    from scipy.stats import studentized_range

    return float(studentized_range.isf(alpha, k, math.inf) / math.sqrt(2))


def critical_difference(k: int, n_blocks: int, alpha: float = 0.05) -> float:
    """Return the difference of mean ranks from which on two methods differ.

    Parameters
    ----------
    k : int
        Methods that are ranked, at least 2.
    n_blocks : int
        Independent data sets that they are ranked on; neither folds nor seeds of one.
    alpha : float
        As in :func:`nemenyi_q`.

    Returns
    -------
    float
        ``nemenyi_q(k, alpha) * sqrt(k * (k + 1) / (6 * n_blocks))``, in ranks.

    Raises
    ------
    ConfigError
        If a number is out of range.

    References
    ----------
    Demšar (2006), Statistical comparisons of classifiers over multiple data sets, JMLR 7, 1-30.

    Examples
    --------
    >>> round(critical_difference(6, 10), 3)
    2.384

    Book: Front ends compared
    """
    if n_blocks < 1:
        raise ConfigError(f"n_blocks is {n_blocks}, but ranks need at least one data set")
    return nemenyi_q(k, alpha) * math.sqrt(k * (k + 1) / (6 * n_blocks))


def noether_runs(p: float, alpha: float = 0.05, beta: float = 0.05) -> int:
    r"""Return how many runs of each method show that one is better with probability `p`.

    Noether's approximation :math:`n = (z_{1-\alpha} + z_{1-\beta})^2 / (6 (p - 1/2)^2)` for a
    one-sided test of "no better than chance", rounded up.

    Parameters
    ----------
    p : float
        Probability that a run of one method beats a run of the other, in (0.5, 1].
    alpha : float
        Probability, in (0, 0.5), to see a difference between equal methods.
    beta : float
        Probability, in (0, 0.5), to miss one of this size.

    Returns
    -------
    int
        Runs of each of the two methods.

    Raises
    ------
    ConfigError
        If a probability is out of range.

    Notes
    -----
    The runs have to be independent in all that varies between experiments.  With one data set that
    can be the seed and the fold, and then the answer holds for this data set alone.

    References
    ----------
    Noether (1987), doi 10.1080/01621459.1987.10478478.

    Examples
    --------
    >>> noether_runs(0.75)
    29

    Book: Front ends compared
    """
    if not (0.5 < p <= 1 and 0 < alpha < 0.5 and 0 < beta < 0.5):
        raise ConfigError(
            f"p is {p}, alpha {alpha} and beta {beta}: expected are 0.5 < p <= 1, and alpha and "
            "beta between 0 and 0.5"
        )
    from scipy.special import ndtri

    z = -float(ndtri(alpha) + ndtri(beta))
    return math.ceil(z**2 / (6 * (p - 0.5) ** 2))


def noether_probability(n_runs: int, alpha: float = 0.05, beta: float = 0.05) -> float:
    r"""Return the least probability of being better that so many runs would probably show.

    The inverse of :func:`noether_runs`:
    :math:`p = 1/2 + (z_{1-\alpha} + z_{1-\beta}) / \sqrt{6 n}`, at most 1.

    Parameters
    ----------
    n_runs : int
        Runs of each of the two methods, at least 1.
    alpha, beta : float
        As in :func:`noether_runs`.

    Raises
    ------
    ConfigError
        If a number is out of range.

    References
    ----------
    Noether (1987), doi 10.1080/01621459.1987.10478478.

    Examples
    --------
    >>> round(noether_probability(10), 3), noether_runs(noether_probability(10))
    (0.925, 10)

    Book: Three optimizers under equal budgets
    """
    if n_runs < 1 or not (0 < alpha < 0.5 and 0 < beta < 0.5):
        raise ConfigError(
            f"n_runs is {n_runs}, alpha {alpha} and beta {beta}: expected are 1 run or more, and "
            "alpha and beta between 0 and 0.5"
        )
    from scipy.special import ndtri

    return min(1.0, 0.5 - float(ndtri(alpha) + ndtri(beta)) / math.sqrt(6 * n_runs))
