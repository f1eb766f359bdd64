"""What tuning costs and whether it was enough: the best of k trials, and the ends of the spaces."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from mgc.errors import ConfigError, RunError
from mgc.optim.spaces import SPACES, Axis


def best_of_k(
    scores: ArrayLike,
    worst: float | None = None,
    n_resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> pd.DataFrame:
    r"""Return the least score that k trials are expected to find, for every k.

    With the scores :math:`v_{(1)} \le \dots \le v_{(n)}`, the mean over all choices of k of the n
    trials (without replacement, hence without bias for independent trials) is

    .. math:: \sum_{i=1}^{n} v_{(i)} \binom{n-i}{k-1} \Big/ \binom{n}{k} .

    Parameters
    ----------
    scores : array_like of shape (n,)
        Of the trials; small is good, as a loss is.
    worst : float, optional
        What a trial counts that did worse than this or ended without a number: for a loss,
        ln(genres), for anyone can guess.  Without it every score has to be finite.
    n_resamples : int
        Resamples of trials for the band.
    seed : int
        Seed of the resamples.
    level : float
        Coverage of the band aimed at, in (0, 1).

    Returns
    -------
    DataFrame
        One row per k from 1 to n: ``trials`` (k), ``expected``, ``low, high`` (percentile band).

    Raises
    ------
    RunError
        If there is no score, or one is not finite and `worst` is not given.
    ConfigError
        If `n_resamples` or `level` is out of range.

    Notes
    -----
    Dodge et al. (2019) draw with replacement, which is pessimistic for k near n.  The band is too
    short there: no resample holds a better trial than the best one.  The score is the one that
    trials are chosen by, so it flatters; what was chosen is scored on other data.

    References
    ----------
    Dodge et al. (2019), Show your work: improved reporting of experimental results,
    arXiv 1909.03004.

    Examples
    --------
    >>> best_of_k([3.0, 1.0, 2.0])["expected"].round(3).tolist()
    [2.0, 1.333, 1.0]

    Book: Three optimizers under equal budgets
    """
    values = _bounded(scores, worst)
    if n_resamples < 1 or not 0.0 < level < 1.0:
        raise ConfigError(
            f"n_resamples is {n_resamples} and level {level}: give at least 1 resample and a "
            "level between 0 and 1"
        )
    n = len(values)
    weights = _order_weights(n)
    drawn = values[np.random.default_rng(seed).integers(0, n, (n_resamples, n))]
    curves = np.sort(drawn, axis=1) @ weights.T
    low, high = np.quantile(curves, [(1 - level) / 2, (1 + level) / 2], axis=0)
    expected = weights @ np.sort(values)
    return pd.DataFrame(
        {"trials": np.arange(1, n + 1), "expected": expected, "low": low, "high": high}
    )


def best_of_k_table(
    trials: pd.DataFrame, score: str = "val_loss", worst: float | None = None
) -> pd.DataFrame:
    """Return :func:`best_of_k` of every optimizer.

    Parameters
    ----------
    trials : DataFrame
        Of :func:`mgc.evaluate.trials.trials_table`.
    score : str
        Column that is small where a trial is good.
    worst : float, optional
        As in :func:`best_of_k`.

    Returns
    -------
    DataFrame
        The columns of :func:`best_of_k` after ``optimizer``.

    Book: Three optimizers under equal budgets
    """
    curves = [
        best_of_k(rows[score], worst).assign(optimizer=name)
        for name, rows in trials.groupby("optimizer", sort=False)
    ]
    table = pd.concat(curves, ignore_index=True)
    return table[["optimizer", "trials", "expected", "low", "high"]]


def edges_table(
    chosen: pd.DataFrame,
    margin: float = 0.1,
    spaces: Mapping[str, Mapping[str, Axis]] = SPACES,
) -> pd.DataFrame:
    """Say where in its declared space each chosen number lies, and whether at an end of it.

    Parameters
    ----------
    chosen : DataFrame
        Rows of :func:`mgc.evaluate.trials.trials_table`.
    margin : float
        Share of an axis, in logarithms, that counts as its end; in (0, 0.5).
    spaces : mapping
        Optimizer to field to axis.

    Returns
    -------
    DataFrame
        One row per optimizer and field: ``optimizer, field, value``; ``place`` (0 to 1, from the
        least declared value to the greatest, in logarithms; beyond, where later trials left the
        space); ``edge``: ``'low'``, ``'high'`` or ``''``.  By chance alone the share
        ``2 * margin`` of all rows has an edge.

    Raises
    ------
    RunError
        If an optimizer has no declared space.
    ConfigError
        If `margin` is out of range.

    Examples
    --------
    >>> row = pd.DataFrame({"optimizer": ["sgd"], "learning_rate": 0.9, "momentum": 0.9})
    >>> space = {"learning_rate": Axis(1e-3, 1.0), "momentum": Axis(0.01, 1.0, one_minus=True)}
    >>> edges_table(row, spaces={"sgd": space})[["field", "place", "edge"]].round(2).values.tolist()
    [['learning_rate', 0.98, 'high'], ['momentum', 0.5, '']]

    Book: Three optimizers under equal budgets
    """
    if not 0 < margin < 0.5:
        raise ConfigError(f"margin is {margin}: give a share of an axis between 0 and 0.5")
    if undeclared := sorted(set(chosen["optimizer"]) - set(spaces)):
        raise RunError(
            f"{', '.join(undeclared)} has no declared space: there are {', '.join(spaces)}"
        )
    rows = []
    for setting in chosen.to_dict("records"):
        for name, axis in spaces[setting["optimizer"]].items():
            place = axis.place(setting[name])
            # The axis of a memory runs along 1 minus it: its low end is the greatest memory.
            place = 1 - place if axis.one_minus else place
            edge = "low" if place < margin else "high" if place > 1 - margin else ""
            rows.append((setting["optimizer"], name, setting[name], place, edge))
    return pd.DataFrame(rows, columns=["optimizer", "field", "value", "place", "edge"])


def _bounded(scores: ArrayLike, worst: float | None) -> NDArray[np.float64]:
    values = np.asarray(scores, dtype=np.float64)
    if worst is not None:
        values = np.fmin(values, worst)  # a NaN counts as `worst`
    if not len(values) or not np.isfinite(values).all():
        raise RunError(
            f"{np.isfinite(values).sum()} of {len(values)} scores are finite: give at least one, "
            "and say with `worst` what a diverged trial counts"
        )
    return values


def _order_weights(n: int) -> NDArray[np.float64]:
    """Chance that the i-th least of n is the least of k drawn: (k, i), rows sum to 1."""
    from scipy.special import comb

    k, i = np.arange(1, n + 1)[:, None], np.arange(1, n + 1)
    weights: NDArray[np.float64] = comb(n - i, k - 1) / comb(n, k)
    return weights
