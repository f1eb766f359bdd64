"""One measured value of every clip, genre by genre, with the limit that makes it a finding."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mgc.plots.style import axes_or_new, labels_of
from mgc.plots.tables import name_rows, require_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Share of the distance between two genres that the dots of one may fill.
_SPREAD = 0.7


def plot_level_values(
    values: pd.DataFrame, column: str, limit: float, label: str, ax: "Axes | None" = None
) -> "Axes":
    """Draw one dot a clip; within a genre the dots rise from the smallest value to the largest.

    Parameters
    ----------
    values : DataFrame
        From :func:`mgc.audit.levels.measure_levels`: genre and `column`.
    column : str
        What is drawn.
    limit : float
        Where a dashed line is drawn, in the unit of the column.
    label : str
        Name of the value and its unit, for the axis.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Genres from top to bottom, sorted.

    Raises
    ------
    DataError
        If the table has no row or lacks a column.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> values = pd.DataFrame({"genre": ["jazz", "jazz"], "ref_db": [20.0, 30.0]})
    >>> ax = Figure().add_subplot()
    >>> plot_level_values(values, "ref_db", 15.0, "level (dB)", ax).get_xlabel()
    'level (dB)'

    Book: GTZAN and its faults
    """
    _require(values, column)
    genres = sorted(values["genre"].unique())
    ax = axes_or_new(ax, scale=max(1.0, len(genres) / 12))
    for row, genre in enumerate(genres):
        numbers = np.sort(values.loc[values["genre"] == genre, column].to_numpy(dtype=np.float64))
        heights = row - _SPREAD * (np.linspace(0, 1, len(numbers)) - 0.5)
        ax.plot(numbers, heights, ".", color=f"C{row % 2}", ms=5, ls="")
    ax.axvline(limit, color="0.2", lw=1.2, ls="--", label="limit")
    name_rows(ax, labels_of(genres))
    ax.set(xlabel=label, ylabel="genre")
    ax.grid(visible=False, axis="y")
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return ax


def describe_level_values(values: pd.DataFrame, column: str, limit: float, label: str) -> str:
    """Say in words what :func:`plot_level_values` draws.

    Parameters
    ----------
    values, column, limit, label
        As in :func:`plot_level_values`.

    Returns
    -------
    str
        Alternative text: how many clips of each genre lie below the limit.

    Raises
    ------
    DataError
        If the table has no row or lacks a column.

    Examples
    --------
    >>> values = pd.DataFrame({"genre": ["jazz", "jazz"], "ref_db": [20.0, 30.0]})
    >>> describe_level_values(values, "ref_db", 25.0, "level (dB)")
    'Dots of 2 clips by genre, level (dB) from 20 to 30; below the limit of 25: jazz 1 of 2.'

    Book: GTZAN and its faults
    """
    _require(values, column)
    below = (values[column] < limit).groupby(values["genre"]).agg(["sum", "size"])
    counts = [f"{genre} {n} of {of}" for genre, n, of in below.itertuples()]
    return (
        f"Dots of {len(values)} clips by genre, {label} from {values[column].min():.0f} to "
        f"{values[column].max():.0f}; below the limit of {limit:.0f}: {', '.join(counts)}."
    )


def _require(values: pd.DataFrame, column: str) -> None:
    remedy = "pass what measure_levels returns, and the name of one of its columns"
    require_columns(values, ("genre", column), remedy, "table of values")
