"""Rules that turn measured values into findings: one row each, with the limit and the words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

#: Columns of every table of findings.
FINDING_COLUMNS = ("clip", "genre", "kind", "value", "limit", "note")


@dataclass(frozen=True)
class Rule:
    """What makes a measured value a finding.

    Attributes
    ----------
    kind : str
        Name of the fault.
    column : str
        Which measured value is judged; NaN is never a finding.
    limit : float
        Border, in the unit of the column.
    above : bool
        Whether values above the limit are findings, or those below it.
    words : str
        Note in words, filled from the row, by the names of the columns.
    """

    kind: str
    column: str
    limit: float
    above: bool
    words: str


def judge(values: pd.DataFrame, rules: Sequence[Rule]) -> pd.DataFrame:
    """Apply rules to measured values.

    Parameters
    ----------
    values : DataFrame
        One row a clip: clip, genre and a number for the column of each rule.
    rules : sequence of Rule
        Kinds of fault, in the order in which a clip's findings are listed.

    Returns
    -------
    DataFrame
        One row a finding, columns `FINDING_COLUMNS`, sorted by clip.

    Examples
    --------
    >>> values = pd.DataFrame({"clip": ["a", "b"], "genre": "jazz", "seconds": [0.0, 2.4]})
    >>> rule = Rule("silent", "seconds", 1.0, True, "{seconds:.1f} s of silence")
    >>> judge(values, [rule])[["clip", "kind", "note"]].values.tolist()
    [['b', 'silent', '2.4 s of silence']]

    Notes
    -----
    Book: GTZAN and its faults.
    """
    rows = []
    for place, row in enumerate(values.to_dict("records")):
        for order, rule in enumerate(rules):
            value = row[rule.column]
            if value > rule.limit if rule.above else value < rule.limit:
                note = rule.words.format_map(row)
                rows.append((place, order, row, rule, value, note))
    rows.sort(key=lambda found: (found[2]["clip"], found[1]))
    table = [(r["clip"], r["genre"], rule.kind, v, rule.limit, n) for _, _, r, rule, v, n in rows]
    return pd.DataFrame(table, columns=list(FINDING_COLUMNS))


def robust_limits(values: NDArray[np.float64], least: float) -> tuple[float, float]:
    """Return the borders beyond which a value is an outlier: median -/+ 3.5 robust deviations.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        At least one number.
    least : float
        Smallest median absolute deviation that is believed, in the unit of `values`; without it
        the first difference would be an outlier wherever most values are equal.

    Notes
    -----
    The deviation is 1.4826 times the median absolute deviation; the factor 3.5 is the one of
    Iglewicz and Hoaglin (1993, How to Detect and Handle Outliers, ASQC).

    Book: GTZAN and its faults.

    Examples
    --------
    >>> low, high = robust_limits(np.array([0.0, 1.0, 2.0, 3.0, 99.0]), 0.1)
    >>> round(low, 2), round(high, 2)
    (-3.19, 7.19)
    """
    median = float(np.median(values))
    deviation = 1.4826 * max(float(np.median(np.abs(values - median))), least)
    return median - 3.5 * deviation, median + 3.5 * deviation


def longest_run(mask: NDArray[np.bool_]) -> int:
    """Return the length of the longest unbroken run of true values.

    Examples
    --------
    >>> longest_run(np.array([True, False, True, True])), longest_run(np.array([False]))
    (2, 0)
    """
    return int(run_lengths(mask).max(initial=0))


def run_lengths(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the length of each unbroken run of true values, in order.

    Examples
    --------
    >>> run_lengths(np.array([True, False, True, True])).tolist()
    [1, 2]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return edges[1::2] - edges[::2]
