"""Whether a small experiment ranks methods as the large one does that it stands for."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mgc.errors import RunError


@dataclass(frozen=True)
class Agreement:
    """How alike two rankings of the same methods are.

    Attributes
    ----------
    tau : float
        Kendall's tau-b, in [-1, 1].
    p : float
        Two-sided, exact without ties: how often random rankings agree or disagree as much.
    methods : int
        Methods that both ranked.

    Examples
    --------
    >>> print(Agreement(0.6, 0.23, 5))
    tau 0.60 (5 methods, p = 0.23)
    """

    tau: float
    p: float
    methods: int

    def __str__(self) -> str:
        return f"tau {self.tau:.2f} ({self.methods} methods, p = {self.p:.2f})"


def rank_agreement(a: "pd.Series[float]", b: "pd.Series[float]") -> Agreement:
    """Compare the order of the same methods by two scores.

    Parameters
    ----------
    a, b : Series
        Score of each method, indexed by the same names in any order.

    Returns
    -------
    Agreement
        With 3 methods even equal rankings have p = 1/3, with 5 they have 1/60: few methods can
        hardly show that rankings agree.

    Raises
    ------
    RunError
        If the methods differ or there are fewer than two.

    References
    ----------
    Kendall (1938), A new measure of rank correlation, doi:10.1093/biomet/30.1-2.81.

    Examples
    --------
    >>> a = pd.Series({"adam": 0.6, "sgd": 0.5, "rmsprop": 0.4})
    >>> rank_agreement(a, a + 0.1).tau
    1.0

    Book: Three optimizers under equal budgets
    """
    if set(a.index) != set(b.index) or len(a) < 2 or len(a) != len(b):
        raise RunError(
            f"{', '.join(map(str, a.index))} and {', '.join(map(str, b.index))} cannot be ranked "
            "together: give both scores for the same two or more methods"
        )
    from scipy.stats import kendalltau

    found = kendalltau(a.to_numpy(), b.reindex(a.index).to_numpy())
    return Agreement(float(found.statistic), float(found.pvalue), len(a))


def ranks_table(scores: pd.DataFrame, n_resamples: int = 2000, seed: int = 0) -> pd.DataFrame:
    """Rank methods by their mean score, with 95 % intervals of the ranks over seeds.

    Parameters
    ----------
    scores : DataFrame
        One row a seed, one column a method (:func:`mgc.evaluate.comparison.seed_scores`); large is
        good.
    n_resamples : int
        Resamples of seeds, the same seeds for all methods.
    seed : int
        Seed of the resamples.

    Returns
    -------
    DataFrame
        One row a method, best first: ``method, mean, rank`` (1 is best, ties share the mean of
        theirs), ``low, high``.  These are ranks of means on one data set, not the ranks that
        :mod:`mgc.evaluate.ranks` is about.

    Raises
    ------
    RunError
        If there are fewer than two methods or seeds, or a score is missing.

    Examples
    --------
    >>> scores = pd.DataFrame({"sgd": [0.5, 0.4], "adam": [0.6, 0.7]})
    >>> ranks_table(scores)[["method", "rank", "low", "high"]].values.tolist()
    [['adam', 1.0, 1.0, 1.0], ['sgd', 2.0, 2.0, 2.0]]

    Book: Three optimizers under equal budgets
    """
    values = scores.to_numpy(dtype=np.float64)
    n_seeds, n_methods = values.shape
    if min(values.shape) < 2 or not np.isfinite(values).all():
        raise RunError(
            f"{n_seeds} seeds of {n_methods} methods, with {(~np.isfinite(values)).sum()} gaps, "
            "cannot be ranked: give two or more of both, and every score"
        )
    from scipy.stats import rankdata

    chances = np.full(n_seeds, 1 / n_seeds)
    drawn = np.random.default_rng(seed).multinomial(n_seeds, chances, size=n_resamples)
    # Rounded, so that means that are equal on paper tie.
    ranks = rankdata(-(drawn @ values / n_seeds).round(12), axis=1)
    low, high = np.quantile(ranks, [0.025, 0.975], axis=0)
    mean = values.mean(axis=0).round(12)
    table = pd.DataFrame(
        {"method": scores.columns, "mean": mean, "rank": rankdata(-mean), "low": low, "high": high}
    )
    return table.sort_values("rank", kind="stable", ignore_index=True)
