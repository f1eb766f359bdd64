"""What a score hangs on: the learning rate, and shares of the variance among many runs."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from mgc.errors import ConfigError, RunError

#: Columns of :func:`rate_table`.
_SHOWN = ("optimizer", "learning_rate", "val_loss", "val_accuracy", "diverged")


def rate_table(trials: pd.DataFrame) -> pd.DataFrame:
    """Line up what each learning rate gave each optimizer.

    Parameters
    ----------
    trials : DataFrame
        Of :func:`mgc.evaluate.trials.trials_table`: one run for each optimizer and rate.

    Returns
    -------
    DataFrame
        Sorted by optimizer (in the given order) and rate: ``optimizer, learning_rate, val_loss,
        val_accuracy, diverged`` and ``behind``, the ``val_loss`` above the least of this optimizer
        (nats).

    Raises
    ------
    RunError
        If an optimizer has a rate twice.

    Book: Three optimizers under equal budgets
    """
    if trials.duplicated(["optimizer", "learning_rate"]).any():
        raise RunError(
            "an optimizer ran twice with the same learning rate: pass runs that differ in "
            "optimizer and learning rate alone"
        )
    order = {name: k for k, name in enumerate(dict.fromkeys(trials["optimizer"]))}
    table = trials[list(_SHOWN)].sort_values(
        ["optimizer", "learning_rate"], key=lambda c: c.map(order) if c.name == "optimizer" else c
    )
    least = table.groupby("optimizer")["val_loss"].transform("min")
    return table.assign(behind=table["val_loss"] - least).reset_index(drop=True)


def rate_widths(table: pd.DataFrame, tolerance: float) -> pd.DataFrame:
    """Say how wide the range of learning rates is that do nearly as well as the best.

    Parameters
    ----------
    table : DataFrame
        Of :func:`rate_table`.
    tolerance : float
        Loss above the least that still counts, in nats.

    Returns
    -------
    DataFrame
        One row per optimizer: ``rates`` (tried), ``best_rate, val_loss``; ``low, high``: ends of
        the unbroken range of tried rates around the best within the tolerance; ``decades``
        between them, a lower bound, for the next rate may be far; ``at_end``: whether the range
        reaches the least or the greatest rate tried; ``diverged``: how many rates did.

    Raises
    ------
    ConfigError
        If `tolerance` is negative.
    RunError
        If no rate of an optimizer has a finite loss.

    Examples
    --------
    >>> table = pd.DataFrame({"optimizer": "adam", "learning_rate": [0.001, 0.01, 0.1],
    ...     "val_loss": [1.25, 1.2, 1.9], "val_accuracy": 0.5, "diverged": False})
    >>> rate_widths(table, 0.1)[["low", "high", "decades", "at_end"]].values.tolist()
    [[0.001, 0.01, 1.0, True]]

    Book: Three optimizers under equal budgets
    """
    if tolerance < 0:
        raise ConfigError(f"tolerance is {tolerance}, but must be 0 or more (nats)")
    rows = []
    for name, runs in table.groupby("optimizer", sort=False):
        rates = runs["learning_rate"].to_numpy(dtype=np.float64)
        loss = runs["val_loss"].fillna(math.inf).to_numpy()
        if not np.isfinite(loss).any():
            raise RunError(f"no rate of {name} has a finite validation loss: try lower ones")
        good = loss <= loss.min() + tolerance
        best = first = last = int(loss.argmin())
        while first > 0 and good[first - 1]:
            first -= 1
        while last < len(rates) - 1 and good[last + 1]:
            last += 1
        at_end = first == 0 or last == len(rates) - 1
        decades = round(math.log10(rates[last] / rates[first]), 12)
        found = (rates[best], loss[best], rates[first], rates[last], decades, at_end)
        rows.append((name, len(rates), *found, int(runs["diverged"].sum())))
    columns = ["optimizer", "rates", "best_rate", "val_loss", "low", "high", "decades", "at_end"]
    return pd.DataFrame(rows, columns=[*columns, "diverged"])


def variance_shares(table: pd.DataFrame, score: str, factors: Sequence[str]) -> pd.DataFrame:
    """Share out the variance of a score among factors, pairs of factors and what is left.

    Parameters
    ----------
    table : DataFrame
        One row a run, every combination of the levels of the factors equally often: only then do
        the shares add up whatever the order of the factors.
    score : str
        Column of finite numbers.
    factors : sequence of str
        Columns, for example ``["optimizer", "setting", "seed"]``.

    Returns
    -------
    DataFrame
        One row a source: ``source`` (``"optimizer"``, ``"optimizer × setting"``, ...,
        ``"rest"``), ``df``, ``share`` (sum of squares over the total: eta squared), ``by_chance``
        (the share that so many degrees of freedom get of pure noise, on average).  Combinations
        of three factors are part of the rest.

    Raises
    ------
    RunError
        If combinations are missing or there unequally often, a score is not finite, or all scores
        are equal.

    Notes
    -----
    A share tells about the levels that were run: a wider range of rates would give the rate more.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [0, 0, 1, 1], "b": [0, 1, 0, 1], "score": [1.0, 2, 3, 4]})
    >>> variance_shares(table, "score", ["a", "b"]).set_index("source")["share"].to_dict()
    {'a': 0.8, 'b': 0.2, 'a × b': 0.0, 'rest': 0.0}

    Book: Three optimizers under equal budgets
    """
    _require_balance(table, score, factors)
    y = table[score].to_numpy(dtype=np.float64)
    centred = y - y.mean()
    total = float(centred @ centred)
    if not total > 0:
        raise RunError(f"all {len(y)} values of {score} are equal: there is nothing to share out")
    names = [str(name) for name in factors]
    levels = {name: int(table[name].nunique()) for name in names}
    explained = {
        name: table.assign(y=centred).groupby(name)["y"].transform("mean") for name in names
    }
    rows = [(name, levels[name] - 1, explained[name]) for name in names]
    for a, b in itertools.combinations(names, 2):
        cell = table.assign(y=centred).groupby([a, b])["y"].transform("mean")
        df = (levels[a] - 1) * (levels[b] - 1)
        rows.append((f"{a} × {b}", df, cell - explained[a] - explained[b]))
    shares = [(source, df, float((part**2).sum()) / total) for source, df, part in rows]
    rest = len(y) - 1 - sum(df for _, df, _ in shares)
    shares.append(("rest", rest, max(0.0, 1.0 - sum(share for *_, share in shares))))
    found = pd.DataFrame(shares, columns=["source", "df", "share"])
    # Without replicates, a pair of two factors alone leaves nothing; rounding leaves 1e-16.
    return found.assign(share=found["share"].round(12), by_chance=found["df"] / (len(y) - 1))


def _require_balance(table: pd.DataFrame, score: str, factors: Sequence[str]) -> None:
    counts = table.groupby(list(factors)).size()
    cells = math.prod(table[name].nunique() for name in factors)
    if len(counts) != cells or counts.nunique() != 1:
        raise RunError(
            f"{len(counts)} of {cells} combinations of {', '.join(factors)} were run, between "
            f"{counts.min()} and {counts.max()} times: shares need every one equally often"
        )
    if not np.isfinite(table[score]).all():
        raise RunError(f"{score} is not finite in every run: leave diverged levels out, and say so")
