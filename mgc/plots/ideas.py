"""The log of ideas as a picture: every score with its interval, the best on top."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mgc.errors import DataError
from mgc.plots.tables import name_rows, require_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NEEDED = ("model", "accuracy", "low", "high")

#: Height of a line in inches.
_ROW = 0.24


def plot_ideas(
    table: pd.DataFrame, reference: str | None = None, ax: "Axes | None" = None
) -> "Axes":
    """Draw the accuracy of every idea with its interval over artists, sorted.

    Parameters
    ----------
    table : DataFrame
        :func:`mgc.evaluate.ideas.ideas_table`.
    reference : str, optional
        Idea at whose accuracy a vertical line is drawn; the first of the table if not given.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Accuracies in percent, one colour a model.

    Raises
    ------
    DataError
        If the table has no row, lacks a column or the reference.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"model": "svm", "accuracy": [0.5, 0.6], "low": 0.4, "high": 0.7},
    ...     index=["plain", "softer kernel"])
    >>> ax = plot_ideas(table, ax=Figure().add_subplot())
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['softer kernel', 'plain']

    Book: The best honest model
    """
    reference = _require(table, reference)
    if ax is None:
        from matplotlib import pyplot as plt

        ax = plt.subplots(figsize=(7.5, 1.2 + _ROW * len(table)))[1]
    ordered = table.sort_values("accuracy", ascending=False, kind="stable")
    for number, model in enumerate(dict.fromkeys(table["model"])):
        places = np.flatnonzero(ordered["model"] == model)
        rows, colour = ordered.iloc[places], f"C{number}"
        ax.hlines(places, 100 * rows["low"], 100 * rows["high"], color=colour, lw=1.5)
        ax.plot(
            100 * rows["accuracy"], places, "oDs^v"[number % 5], ms=5, color=colour, label=model
        )
    ax.axvline(100 * float(table["accuracy"].loc[reference]), color="0.6", lw=0.8, zorder=0)
    name_rows(ax, [str(name) for name in ordered.index])
    ax.set_xlabel("cross-validated accuracy (%, track level)")
    ax.legend(loc="lower right")
    return ax


def describe_ideas(table: pd.DataFrame, reference: str | None = None) -> str:
    """Say in words what :func:`plot_ideas` draws.

    Examples
    --------
    >>> table = pd.DataFrame({"model": "svm", "accuracy": [0.5, 0.6], "low": 0.4, "high": 0.7},
    ...     index=["plain", "softer kernel"])
    >>> describe_ideas(table)
    'Cross-validated accuracy of 2 ideas, best first, with 95 % intervals; the line is at plain. \
softer kernel 60.0 % (40.0 to 70.0); plain 50.0 % (40.0 to 70.0).'

    Book: The best honest model
    """
    reference = _require(table, reference)
    ordered = table.sort_values("accuracy", ascending=False, kind="stable")
    values = [
        f"{name} {100 * mean:.1f} % ({100 * low:.1f} to {100 * high:.1f})"
        for name, mean, low, high in zip(
            ordered.index, ordered["accuracy"], ordered["low"], ordered["high"], strict=True
        )
    ]
    return (
        f"Cross-validated accuracy of {len(table)} ideas, best first, with 95 % intervals; the "
        f"line is at {reference}. {'; '.join(values)}."
    )


def _require(table: pd.DataFrame, reference: str | None) -> str:
    require_columns(table, _NEEDED, "pass what mgc.evaluate.ideas.ideas_table returns")
    chosen = str(table.index[0]) if reference is None else reference
    if chosen not in table.index:
        raise DataError(f"reference is {chosen!r}, but the ideas are {', '.join(table.index)}")
    return chosen
