"""How fast something falls or grows: double logarithmic lines beside predicted slopes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from mgc.errors import DataError
from mgc.plots.style import axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MARKERS = "osD^vPX"


def fitted_slope(x: ArrayLike, y: ArrayLike, above: float = 0.0) -> float:
    """Return the exponent p of the power law ``y = c x**p`` that fits best in the logarithms.

    Parameters
    ----------
    x, y : array_like
        Positive numbers; at least two.
    above : float
        Only values of `y` larger than this count, such as those above the rounding errors.

    Returns
    -------
    float

    Raises
    ------
    DataError
        If fewer than two pairs are positive and above the limit.

    Examples
    --------
    >>> round(fitted_slope([1, 2, 4], [3, 12, 48]), 9)
    2.0

    Book: Gabor atoms and uncertainty
    """
    a, b = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    used = (a > 0) & (b > max(above, 0.0)) & np.isfinite(b)
    if used.sum() < 2:
        raise DataError(
            f"a slope needs two positive pairs above {above:g}, but {used.sum()} of {used.size} "
            "are: lower the limit or measure at more places"
        )
    return float(np.polyfit(np.log(a[used]), np.log(b[used]), 1)[0])


def plot_rates(
    table: pd.DataFrame,
    slopes: Mapping[str, float],
    ylabel: str,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw each column over the index, some beside a dashed line of their predicted slope.

    Parameters
    ----------
    table : DataFrame
        Positive numbers; values that are zero or missing are not drawn.  The index is positive,
        sorted, and its name labels the axis.
    slopes : mapping from column to slope
        Exponents that theory predicts; the line passes through the first point of the column.
    ylabel : str
        What the columns hold, with unit.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Logarithmic on both axes, so that a power law is a straight line.

    Raises
    ------
    DataError
        If the table is empty, its index is not positive, or a slope has no column.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> index = pd.Index([1, 2, 4], name="N")
    >>> table = pd.DataFrame({"error": [1.0, 0.25, 0.0625]}, index=index)
    >>> ax = plot_rates(table, {"error": -2}, "error", Figure().add_subplot())
    >>> [line.get_label() for line in ax.get_lines()]
    ['error', 'slope -2']

    Book: Gabor atoms and uncertainty
    """
    _require(table, slopes)
    ax = axes_or_new(ax)
    x = table.index.to_numpy(dtype=np.float64)
    for number, column in enumerate(table.columns):
        y = _positive(table[column])
        # Where a slope is predicted, only that is a line: one sees whether the points lie on it.
        ls = "" if column in slopes else "-"
        marker = _MARKERS[number % len(_MARKERS)]
        ax.plot(x, y, marker, color=f"C{number}", ls=ls, lw=1.2, ms=5.5, label=column)
        if column in slopes:
            start = int(np.flatnonzero(np.isfinite(y))[0])
            line = y[start] * (x / x[start]) ** slopes[column]
            # Where it has left the data, the line says nothing and only makes the axis longer.
            line[line < np.nanmin(y) / 10] = np.nan
            label = f"slope {slopes[column]:g}"
            ax.plot(x, line, "--", color=f"C{number}", lw=1.2, alpha=0.7, label=label)
    ax.set(xscale="log", yscale="log", xlabel=str(table.index.name or ""), ylabel=ylabel)
    ax.legend()
    return ax


def describe_rates(table: pd.DataFrame, slopes: Mapping[str, float], ylabel: str) -> str:
    """Say in words what :func:`plot_rates` draws.

    Parameters
    ----------
    table, slopes, ylabel
        As in :func:`plot_rates`.

    Returns
    -------
    str
        Alternative text: both ends of each line, and the slope that is drawn beside it.

    Raises
    ------
    DataError
        If the table is empty, its index is not positive, or a slope has no column.

    Examples
    --------
    >>> index = pd.Index([1, 2, 4], name="N")
    >>> table = pd.DataFrame({"Hann": [1.0, 0.25, 0.0625]}, index=index)
    >>> describe_rates(table, {"Hann": -2}, "error")
    'Double logarithmic plot of error over N from 1 to 4: Hann from 1 to 0.0625 (slope -2 dashed).'

    Book: Gabor atoms and uncertainty
    """
    _require(table, slopes)
    ends = []
    for column in table.columns:
        y = _positive(table[column])
        y = y[np.isfinite(y)]
        dashed = f" (slope {slopes[column]:g} dashed)" if column in slopes else ""
        ends.append(f"{column} from {y[0]:.3g} to {y[-1]:.3g}{dashed}")
    low, high = table.index.min(), table.index.max()
    return (
        f"Double logarithmic plot of {ylabel} over {table.index.name} from {low:g} to {high:g}: "
        f"{'; '.join(ends)}."
    )


def _positive(column: "pd.Series[Any]") -> NDArray[np.float64]:
    y = column.to_numpy(dtype=np.float64).copy()
    y[~(y > 0)] = np.nan
    return y


def _require(table: pd.DataFrame, slopes: Mapping[str, float]) -> None:
    unknown = [name for name in slopes if name not in table.columns]
    if unknown:
        raise DataError(
            f"slopes are given for {', '.join(unknown)}, but the table has the columns "
            f"{', '.join(map(str, table.columns))}"
        )
    if table.empty or not (table.index.to_numpy(dtype=np.float64) > 0).all():
        raise DataError("a double logarithmic plot needs rows, and an index above 0")
    for name in table.columns:
        if not (table[name].to_numpy(dtype=np.float64) > 0).any():
            raise DataError(f"no value of '{name}' is positive: a logarithm cannot show it")
