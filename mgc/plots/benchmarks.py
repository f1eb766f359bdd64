"""What the pipeline costs: times beside a reference, and memory beside the number of clips.

Both draw what the scripts in ``benchmarks/`` wrote; nothing is timed here.
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mgc.errors import DataError
from mgc.plots.style import axes_or_new
from mgc.plots.tables import name_rows, require_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TIMES = ("name", "median", "fastest", "slowest")
_MEMORY = ("clips", "peak_mb", "store_mb")


def plot_ratios(table: pd.DataFrame, reference: str, ax: "Axes | None" = None) -> "Axes":
    """Draw how many times as long as the reference each contender takes.

    Parameters
    ----------
    table : DataFrame
        One row a contender: name; median, fastest and slowest time, all in one unit.  Rows are
        drawn from top to bottom.
    reference : str
        Name of the row whose median counts as 1.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Logarithmic, so that equal lengths are equal factors; a bar to the left of 1 is faster than
        the reference.  The thin line runs from the fastest to the slowest round.

    Raises
    ------
    DataError
        If a column or the reference is missing, or a time is not positive.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"name": ["librosa", "ours"], "median": [24.0, 8.0],
    ...     "fastest": [20.0, 7.0], "slowest": [30.0, 9.0]})
    >>> ax = plot_ratios(table, "ours", Figure().add_subplot())
    >>> [text.get_text() for text in ax.texts]
    ['3.0 ×', '1']

    Book: The pipeline and its cost
    """
    one = _reference(table, reference)
    ax = axes_or_new(ax)
    rows = np.arange(len(table))
    times = table[["median", "fastest", "slowest"]].to_numpy(dtype=np.float64).T / one
    colours = ["C0" if name == reference else "0.65" for name in table["name"]]
    ax.barh(rows, times[0] - 1, left=1.0, height=0.6, color=colours)
    ax.hlines(rows, times[1], times[2], color="0.2", lw=1.2)
    ax.axvline(1.0, color="C0", lw=1.2)
    ax.set_xscale("log")
    for row, (median, slowest) in enumerate(zip(times[0], times[2], strict=True)):
        text = "1" if table["name"].iloc[row] == reference else f"{_factor(median)} ×"
        place = (max(1.0, median, slowest), row)
        ax.annotate(text, place, (6, 0), textcoords="offset points", va="center")
    name_rows(ax, list(table["name"]))
    ax.margins(x=0.15)
    ax.xaxis.set_major_formatter("{x:g}")
    ax.grid(visible=False, axis="y")
    ax.set_xlabel(f"time as a multiple of “{reference}”")
    return ax


def describe_ratios(table: pd.DataFrame, reference: str) -> str:
    """Say in words what :func:`plot_ratios` draws.

    Parameters
    ----------
    table, reference
        As in :func:`plot_ratios`.

    Returns
    -------
    str
        Alternative text: every factor.

    Raises
    ------
    DataError
        If a column or the reference is missing, or a time is not positive.

    Examples
    --------
    >>> table = pd.DataFrame({"name": ["librosa", "ours"], "median": [24.0, 8.0],
    ...     "fastest": [20.0, 7.0], "slowest": [30.0, 9.0]})
    >>> describe_ratios(table, "ours")
    'Bars of time as a multiple of that of ours: librosa 3.0 times.'

    Book: The pipeline and its cost
    """
    one = _reference(table, reference)
    others = [
        f"{name} {_factor(median / one)} times"
        for name, median in zip(table["name"], table["median"], strict=True)
        if name != reference
    ]
    return f"Bars of time as a multiple of that of {reference}: {', '.join(others)}."


def plot_memory(table: pd.DataFrame, ax: "Axes | None" = None) -> "Axes":
    """Draw peak memory and the size of the store over the number of clips.

    Parameters
    ----------
    table : DataFrame
        One row a run: clips; peak_mb (all processes together) and store_mb, in MB.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Logarithmic on both axes: what grows with the data rises, what does not is flat.

    Raises
    ------
    DataError
        If a column or all rows are missing, or a size is not positive.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"clips": [10, 100], "peak_mb": [500, 510], "store_mb": [1, 10]})
    >>> plot_memory(table, Figure().add_subplot()).get_ylabel()
    'MB'

    Book: The pipeline and its cost
    """
    _require(table, _MEMORY)
    ax = axes_or_new(ax)
    ax.plot(table["clips"], table["peak_mb"], "o-", color="C0", label="peak memory")
    ax.plot(table["clips"], table["store_mb"], "s--", color="C1", label="store on disk")
    ax.set(xscale="log", yscale="log", xlabel="number of clips", ylabel="MB")
    ax.set_xticks(table["clips"], labels=[f"{clips:,}" for clips in table["clips"]], minor=False)
    ax.set_xticks([], minor=True)
    ax.yaxis.set_major_formatter("{x:g}")
    low, high = ax.get_ylim()
    ax.set_ylim(low / 1.5, high * 1.5)
    ax.legend()
    return ax


def describe_memory(table: pd.DataFrame) -> str:
    """Say in words what :func:`plot_memory` draws.

    Parameters
    ----------
    table : DataFrame
        As in :func:`plot_memory`.

    Returns
    -------
    str
        Alternative text: both ends of both lines.

    Raises
    ------
    DataError
        If a column or all rows are missing, or a size is not positive.

    Examples
    --------
    >>> table = pd.DataFrame({"clips": [10, 100], "peak_mb": [500, 510], "store_mb": [1, 10]})
    >>> describe_memory(table)
    'Two lines over 10 to 100 clips: peak memory goes from 500 to 510 MB, the store on disk from \
1 to 10 MB.'

    Book: The pipeline and its cost
    """
    _require(table, _MEMORY)
    first, last = table.iloc[0], table.iloc[-1]
    return (
        f"Two lines over {first['clips']:,.0f} to {last['clips']:,.0f} clips: peak memory goes "
        f"from {first['peak_mb']:.0f} to {last['peak_mb']:.0f} MB, the store on disk from "
        f"{first['store_mb']:.0f} to {last['store_mb']:.0f} MB."
    )


def _factor(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def _reference(table: pd.DataFrame, reference: str) -> float:
    """Return the median of the reference."""
    _require(table, _TIMES)
    found = table.loc[table["name"] == reference, "median"]
    if len(found) != 1:
        raise DataError(
            f"{len(found)} rows are named {reference!r}, but one must be: take one of "
            f"{', '.join(map(str, table['name']))}"
        )
    return float(found.iloc[0])


def _require(table: pd.DataFrame, columns: tuple[str, ...]) -> None:
    remedy = "pass what a script in benchmarks/ wrote"
    require_columns(table, columns, remedy, "table of a benchmark")
    numbers = table[[name for name in columns if name != "name"]].to_numpy(dtype=np.float64)
    if not (np.isfinite(numbers) & (numbers > 0)).all():
        raise DataError(
            "the table of a benchmark has values that are not positive: measure again with the "
            "script in benchmarks/"
        )
