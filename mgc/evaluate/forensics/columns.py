"""Under which heading a printed column belongs: the assignment that its own numbers agree with."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from mgc.errors import DataError

#: What the columns of a table of scores can be.
ROLES = ("accuracy", "precision", "recall", "f1")


def f1_excess(precision: ArrayLike, recall: ArrayLike, f1: ArrayLike) -> float:
    """Return how far printed F1 are outside what rounded precision and recall allow.

    Parameters
    ----------
    precision, recall, f1 : array_like of float, shape (K,)
        In whole percent.

    Returns
    -------
    float
        Largest distance over the classes, in percent points; 0 if F1 = 2 P R / (P + R) may hold
        exactly for each class, all three being within half a point of what is printed.

    Examples
    --------
    >>> f1_excess([84], [91], [88]), round(f1_excess([92.35], [84], [91]), 2)
    (0.0, 2.02)

    Book: Patil et al. (2023), re-read
    """
    p, r, f = (np.asarray(values, dtype=np.float64) for values in (precision, recall, f1))
    # F1 grows with both, so that the ends of their intervals give its ends.
    low, high = (_harmonic(p + half, r + half) + half for half in (-0.5, 0.5))
    return float(np.maximum(np.maximum(low - f, f - high), 0.0).max())


def rank_by_f1(table: pd.DataFrame, headings: Sequence[str] = ROLES) -> pd.DataFrame:
    """Try every meaning of four printed columns and rank them by the harmonic mean.

    Precision and recall enter alike, so that each row stands for their exchange, too.

    Parameters
    ----------
    table : DataFrame
        One row a class, with a column for each heading, in percent.
    headings : sequence of str
        Headings as printed; the roles are given to them.

    Returns
    -------
    DataFrame
        One row a meaning, best first: one column a role with the heading that it would stand under,
        and ``excess`` (:func:`f1_excess`, points).

    Raises
    ------
    DataError
        If a heading is absent.

    Examples
    --------
    >>> row = {"precision": [92.35], "recall": [84], "f1": [91], "accuracy": [88]}
    >>> rank_by_f1(pd.DataFrame(row))[["accuracy", "f1", "excess"]].values.tolist()[0]
    ['precision', 'accuracy', 0.0]

    Book: Patil et al. (2023), re-read
    """
    absent = [heading for heading in headings if heading not in table.columns]
    if absent:
        raise DataError(f"column {absent[0]} is not printed; there are {', '.join(table.columns)}")
    rows = [
        (*choice, f1_excess(*(table[heading] for heading in choice[1:])))
        for choice in itertools.permutations(headings)
        if headings.index(choice[1]) < headings.index(choice[2])
    ]
    found = pd.DataFrame(rows, columns=[*ROLES, "excess"])
    return found.sort_values("excess", ignore_index=True, kind="stable")


def rank_assignments(
    headed: Mapping[str, Sequence[float]], computed: Mapping[str, Sequence[float]]
) -> pd.DataFrame:
    """Try every assignment of computed values to printed headings and rank them.

    Parameters
    ----------
    headed : mapping of str to sequence of float
        What is printed under each heading.
    computed : mapping of str to sequence of float
        What each role really has; as many as headings, with as many values.

    Returns
    -------
    DataFrame
        One row an assignment, best first: a column for each heading with the role that it would
        hold, ``total`` and ``largest`` (sum and greatest of the absolute deviations, in the unit of
        the values).

    Raises
    ------
    DataError
        If the numbers of headings and roles differ.

    Examples
    --------
    >>> rank_assignments({"P": [1.0], "R": [2.0]}, {"p": [2.0], "r": [1.0]}).values.tolist()
    [['r', 'p', 0.0, 0.0], ['p', 'r', 2.0, 1.0]]

    Book: Patil et al. (2023), re-read
    """
    if len(headed) != len(computed):
        raise DataError(f"{len(headed)} headings cannot hold {len(computed)} roles: pass as many")
    printed = np.array(list(headed.values()), dtype=np.float64)
    rows = []
    for choice in itertools.permutations(computed):
        apart = np.abs(printed - np.array([computed[role] for role in choice]))
        rows.append((*choice, float(apart.sum()), float(apart.max())))
    found = pd.DataFrame(rows, columns=[*headed, "total", "largest"])
    return found.sort_values(["total", "largest"], ignore_index=True, kind="stable")


def _harmonic(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    a, b = np.maximum(a, 0), np.maximum(b, 0)
    return np.asarray(2 * a * b / np.maximum(a + b, 1e-12), dtype=np.float64)
