"""Results with their uncertainty: one line per network, from the table of results."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mgc.plots.style import axes_or_new
from mgc.plots.tables import name_rows, require_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NEEDED = ("model", "optimizer", "accuracy", "low", "high", "accuracy_by_seed")


def plot_intervals(table: pd.DataFrame, ax: "Axes | None" = None) -> "Axes":
    """Draw accuracy with its interval over artists, and a dot for each seed.

    Parameters
    ----------
    table : DataFrame
        :func:`mgc.evaluate.results.results_table`, or a table of arms
        (:func:`mgc.evaluate.standings.standings`), whose index ``arm`` names the rows; they are
        drawn from top to bottom.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Accuracies in percent; the whisker is the interval, the diamond the mean over seeds.

    Raises
    ------
    DataError
        If the table has no row or lacks a column.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"model": ["cnn"], "optimizer": ["adam"], "accuracy": [0.5],
    ...     "low": [0.4], "high": [0.6], "accuracy_by_seed": [(0.45, 0.55)]})
    >>> plot_intervals(table, Figure().add_subplot()).get_xlabel()
    'test accuracy (%, track level)'

    Book: Main results
    """
    _require(table)
    ax = axes_or_new(ax)
    rows = np.arange(len(table))
    mean = 100 * table["accuracy"].to_numpy(dtype=np.float64)
    ends = 100 * table[["low", "high"]].to_numpy(dtype=np.float64).T
    # Drawn as lines, not as error bars: a percentile interval need not hold the estimate.
    ax.hlines(rows, ends[0], ends[1], color="C0", lw=2.5, label=f"{_level(table)} interval")
    ax.plot(mean, rows, "D", color="C0", ms=8, ls="", label="mean over seeds")
    for row, accuracies in zip(rows, table["accuracy_by_seed"], strict=True):
        dots = 100 * np.asarray(accuracies, dtype=np.float64)
        label = None if row else "one seed"
        ax.plot(dots, np.full(len(dots), row), "o", color="C1", ms=4, ls="", label=label)
    name_rows(ax, _names(table))
    part = table.attrs.get("part", "test")
    ax.set_xlabel(f"{part} accuracy (%, track level)")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)  # names need the sides
    return ax


def describe_intervals(table: pd.DataFrame) -> str:
    """Say in words what :func:`plot_intervals` draws.

    Parameters
    ----------
    table : DataFrame
        As in :func:`plot_intervals`.

    Returns
    -------
    str
        Alternative text: every mean with its interval and its seeds.

    Raises
    ------
    DataError
        If the table has no row or lacks a column.

    Examples
    --------
    >>> table = pd.DataFrame({"model": ["cnn"], "optimizer": ["adam"], "accuracy": [0.5],
    ...     "low": [0.4], "high": [0.6], "accuracy_by_seed": [(0.45, 0.55)]})
    >>> describe_intervals(table)
    'Chart of track-level test accuracy with 95 % intervals: cnn, adam 50.0 % (40.0 to 60.0), \
seeds 45.0, 55.0.'

    Book: Main results
    """
    _require(table)
    part = table.attrs.get("part", "test")
    rows = [
        f"{name} {100 * accuracy:.1f} % ({100 * low:.1f} to {100 * high:.1f}), seeds "
        + ", ".join(f"{100 * value:.1f}" for value in seeds)
        for name, accuracy, low, high, seeds in zip(
            _names(table),
            table["accuracy"],
            table["low"],
            table["high"],
            table["accuracy_by_seed"],
            strict=True,
        )
    ]
    return (
        f"Chart of track-level {part} accuracy with {_level(table)} intervals: {'; '.join(rows)}."
    )


def _names(table: pd.DataFrame) -> list[str]:
    if table.index.name == "arm":
        return [str(name) for name in table.index]
    return [f"{m}, {o}" for m, o in zip(table["model"], table["optimizer"], strict=True)]


def _level(table: pd.DataFrame) -> str:
    return f"{100 * table.attrs.get('level', 0.95):.0f} %"


def _require(table: pd.DataFrame) -> None:
    require_columns(table, _NEEDED, "pass what results_table returns", "table of results")
