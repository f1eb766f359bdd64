"""Slices of a loss, and what a Hessian product is checked against."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from mgc.errors import DataError
from mgc.plots.style import axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DASHES = ("-", "--", "-.", ":")


def plot_lines(
    lines: pd.DataFrame, ax: "Axes | None" = None, xlabel: str = "distance in sizes of the filters"
) -> "Axes":
    """Draw the loss along lines.

    Parameters
    ----------
    lines : DataFrame
        ``slice``, ``t``, ``loss`` (nats).
    ax : Axes, optional
        Where to draw; new axes if not given.
    xlabel : str
        What t is.

    Returns
    -------
    Axes
        One line for each slice.

    Raises
    ------
    DataError
        If there is nothing to draw.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> lines = pd.DataFrame({"slice": "adam", "t": [-1.0, 0.0, 1.0], "loss": [2.0, 0.1, 3.0]})
    >>> plot_lines(lines, Figure().add_subplot()).get_ylabel()
    'training loss (nats)'

    Book: Curvature and stability of our networks
    """
    _require(lines)
    ax = axes_or_new(ax)
    for number, (name, line) in enumerate(lines.groupby("slice", sort=False)):
        ax.plot(line["t"], line["loss"], _DASHES[number % 4], label=str(name))
    ax.set(xlabel=xlabel, ylabel="training loss (nats)")
    ax.set_ylim(bottom=0)
    if lines["slice"].nunique() > 1:
        ax.legend()
    return ax


def describe_lines(lines: pd.DataFrame) -> str:
    """Say in words what :func:`plot_lines` draws.

    Raises
    ------
    DataError
        If there is nothing to draw.

    Examples
    --------
    >>> lines = pd.DataFrame({"slice": "adam", "t": [-1.0, 0.0, 1.0], "loss": [2.0, 0.1, 3.0]})
    >>> describe_lines(lines)
    'Loss along a line: adam from 2 at -1 over its least value 0.1 at 0 to 3 at 1.'

    Book: Curvature and stability of our networks
    """
    _require(lines)
    parts = []
    for name, line in lines.groupby("slice", sort=False):
        first, last = line.iloc[0], line.iloc[-1]
        least = line.iloc[int(line["loss"].to_numpy().argmin())]
        parts.append(
            f"{name} from {first['loss']:.3g} at {first['t']:g} over its least value "
            f"{least['loss']:.3g} at {least['t']:.3g} to {last['loss']:.3g} at {last['t']:g}"
        )
    return f"Loss along a line: {'; '.join(parts)}."


def plot_plane(plane: pd.DataFrame, ax: "Axes | None" = None) -> "Axes":
    """Draw the level lines of the loss in a plane through trained weights.

    Parameters
    ----------
    plane : DataFrame
        ``a``, ``b``, ``loss`` on a whole grid.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Lines at losses that grow by the fourth root of two; a cross marks the weights.

    Raises
    ------
    DataError
        If the grid is not whole.

    Book: Curvature and stability of our networks
    """
    grid = _grid(plane)
    ax = axes_or_new(ax)
    low, high = grid.to_numpy().min(), grid.to_numpy().max()
    levels = _levels(low, high)
    values = grid.to_numpy()
    drawn = ax.contour(grid.columns, grid.index, values, levels, colors="C0", linewidths=1.2)
    ax.clabel(drawn, fmt="%.2g", fontsize=8)
    ax.plot([0], [0], "x", color="k", ms=7)
    ax.set(xlabel="first direction", ylabel="second direction", aspect="equal")
    return ax


def describe_plane(plane: pd.DataFrame) -> str:
    """Say in words what :func:`plot_plane` draws.

    Raises
    ------
    DataError
        If the grid is not whole.

    Examples
    --------
    >>> plane = pd.DataFrame({"a": [0.0, 0, 1, 1], "b": [0.0, 1, 0, 1], "loss": [1.0, 2, 2, 4]})
    >>> describe_plane(plane)
    'Level lines of the loss over a plane from 0 to 1: least 1 at (0, 0), largest 4; half of the \
plane lies below 2.'

    Book: Curvature and stability of our networks
    """
    grid = _grid(plane)
    values = grid.to_numpy()
    least = plane.iloc[int(plane["loss"].to_numpy().argmin())]
    return (
        f"Level lines of the loss over a plane from {plane['a'].min():g} to {plane['a'].max():g}: "
        f"least {values.min():.3g} at ({least['a']:.2g}, {least['b']:.2g}), largest "
        f"{values.max():.3g}; half of the plane lies below {np.median(values):.3g}."
    )


def plot_quotient(
    widths: ArrayLike, quotients: ArrayLike, marks: dict[str, float], ax: "Axes | None" = None
) -> "Axes":
    """Draw a difference quotient of gradients over its width, beside what should be its limit.

    Parameters
    ----------
    widths : array_like of shape (n,)
        Positive.
    quotients : array_like of shape (n,)
        Curvature that each of them sees.
    marks : dict of str to float
        Horizontal lines, such as what the Hessian product says.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        With a logarithmic axis of widths.

    Raises
    ------
    DataError
        If lengths differ or a width is not positive.

    Book: Curvature and stability of our networks
    """
    h, q = _pairs(widths, quotients)
    ax = axes_or_new(ax)
    ax.plot(h, q, "o-", ms=4, label="difference quotient")
    for number, (name, value) in enumerate(marks.items(), start=1):
        ax.axhline(value, color=f"C{number}", ls=_DASHES[number % 4], lw=1.4, label=name)
    ax.set(xscale="log", xlabel="width of the quotient", ylabel="curvature")
    ax.legend()
    return ax


def describe_quotient(widths: ArrayLike, quotients: ArrayLike, marks: dict[str, float]) -> str:
    """Say in words what :func:`plot_quotient` draws.

    Raises
    ------
    DataError
        As :func:`plot_quotient`.

    Examples
    --------
    >>> describe_quotient([1e-6, 1.0], [2.0, 5.0], {"product": 2.0})
    'Difference quotient of gradients: 2 at width 1e-06, 5 at width 1, largest 5; product says 2.'

    Book: Curvature and stability of our networks
    """
    h, q = _pairs(widths, quotients)
    order = np.argsort(h)
    ends = ", ".join(f"{q[k]:.3g} at width {h[k]:g}" for k in order[[0, -1]])
    said = ", ".join(f"{name} says {value:.3g}" for name, value in marks.items())
    return f"Difference quotient of gradients: {ends}, largest {q.max():.3g}; {said}."


def _levels(low: float, high: float) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Levels at powers of the fourth root of two between two losses, at most eight octaves."""
    low = max(low, high / 2**8)
    first, last = np.ceil(4 * np.log2(low)), np.floor(4 * np.log2(high))
    return np.asarray(2.0 ** (np.arange(first, max(last, first) + 1) / 4), dtype=np.float64)


def _grid(plane: pd.DataFrame) -> pd.DataFrame:
    _require(plane)
    grid = plane.pivot(index="b", columns="a", values="loss")
    if grid.isna().to_numpy().any() or min(grid.shape) < 2:
        raise DataError(
            f"{len(plane)} points do not fill a grid of {grid.shape[0]} x {grid.shape[1]}: make "
            "data/curvature/planes.csv again"
        )
    return grid


def _pairs(
    x: ArrayLike, y: ArrayLike
) -> tuple["np.ndarray[tuple[int], np.dtype[np.float64]]", ...]:
    h, q = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if h.ndim != 1 or h.shape != q.shape or not len(h) or not (h > 0).all():
        raise DataError(
            f"{h.size} widths came with {q.size} quotients: expected are as many, widths above 0"
        )
    return h, q


def _require(table: pd.DataFrame) -> None:
    if table.empty or "loss" not in table.columns:
        raise DataError(
            f"the table has {len(table)} rows with {', '.join(map(str, table.columns))}: expected "
            "are rows with a loss"
        )
