"""Frame bounds over the redundancy, their fall at the critical density, and the zero behind it."""

from math import pi
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from mgc.errors import SignalError
from mgc.plots.frames import short_number
from mgc.plots.rates import fitted_slope
from mgc.plots.style import axes_or_new
from mgc.signal.frames.gaussian import critical_constant, gaussian_bounds

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_redundancy(table: pd.DataFrame, ax: "Axes | None" = None) -> "Axes":
    """Draw how far the ratio of frame bounds is from 1, over the redundancy.

    Parameters
    ----------
    table : DataFrame
        Columns ``redundancy`` and ``ratio`` (B/A, above 1), in rising order of redundancy; of
        Gaussians that fit their lattices.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Logarithmic in B/A - 1, with the closed form at whole redundancies and its asymptote.

    Raises
    ------
    SignalError
        If a column is missing, or a ratio is not above 1.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"redundancy": [1.5, 3.0], "ratio": [1.73, 1.07]})
    >>> plot_redundancy(table, Figure().add_subplot()).get_yscale()
    'log'

    Book: STFT, windows, frames and dual windows
    """
    density, excess = _redundancy(table)
    ax = axes_or_new(ax)
    ax.plot(density, excess, ".-", color="C0", ms=5, lw=1.0, label="measured")
    whole = np.arange(2, int(density[-1]) + 1)
    bounds = [gaussian_bounds(int(n)) for n in whole]
    exact = [upper / lower - 1 for lower, upper in bounds]
    ax.plot(whole, exact, "o", mfc="none", ms=9, color="C1", label="theta functions")
    line = np.linspace(density[0], density[-1], 50)
    ax.plot(line, 8 * np.exp(-pi * line / 2), ":", color="0.3", label=r"$8e^{-\pi n/2}$")
    ax.set(yscale="log", xlabel="redundancy n = M/a", ylabel="B/A − 1")
    ax.legend()
    return ax


def describe_redundancy(table: pd.DataFrame) -> str:
    """Say in words what :func:`plot_redundancy` draws.

    Parameters
    ----------
    table : DataFrame
        As in :func:`plot_redundancy`.

    Returns
    -------
    str
        Alternative text: both ends of the curve.

    Raises
    ------
    SignalError
        If a column is missing, or a ratio is not above 1.

    Examples
    --------
    >>> describe_redundancy(pd.DataFrame({"redundancy": [1.5, 3.0], "ratio": [1.73, 1.07]}))
    'B/A minus 1 falls from 0.73 at redundancy 1.5 to 0.07 at 3, beside the line 8 exp(-pi n/2).'

    Book: STFT, windows, frames and dual windows
    """
    density, excess = _redundancy(table)
    return (
        f"B/A minus 1 falls from {excess[0]:.2g} at redundancy {density[0]:.3g} to "
        f"{excess[-1]:.2g} at {density[-1]:.3g}, beside the line 8 exp(-pi n/2)."
    )


def plot_critical(table: pd.DataFrame, ax: "Axes | None" = None) -> "Axes":
    """Draw the lower bound at the critical density over the length of the signal.

    Parameters
    ----------
    table : DataFrame
        Columns ``L`` and ``A``, both positive; of Gaussians with an odd hop, L = a**2.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Logarithmic on both axes, with the line K/L of
        :func:`mgc.signal.frames.gaussian.critical_constant`.

    Raises
    ------
    SignalError
        If a column is missing or a value is not positive.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"L": [49, 225], "A": [0.113, 0.025]})
    >>> plot_critical(table, Figure().add_subplot()).get_xscale()
    'log'

    Book: STFT, windows, frames and dual windows
    """
    length, lower = _critical(table)
    ax = axes_or_new(ax)
    constant = critical_constant()
    ax.plot(length, constant / length, ":", color="0.3", label=f"slope −1: {constant:.3f}/L")
    ax.plot(length, lower, "o", color="C0", label="measured")
    ax.set(xscale="log", yscale="log", xlabel="length L = a² (samples)", ylabel="lower bound A")
    ax.legend()
    return ax


def describe_critical(table: pd.DataFrame) -> str:
    """Say in words what :func:`plot_critical` draws.

    Parameters
    ----------
    table : DataFrame
        As in :func:`plot_critical`.

    Returns
    -------
    str
        Alternative text: both ends, and the slope between the last two points.

    Raises
    ------
    SignalError
        If a column is missing or a value is not positive.

    Examples
    --------
    >>> describe_critical(pd.DataFrame({"L": [100, 400], "A": [0.04, 0.01]}))
    'The lower bound falls from 0.04 at L = 100 to 0.01 at L = 400, in the end with slope -1.000.'

    Book: STFT, windows, frames and dual windows
    """
    length, lower = _critical(table)
    slope = fitted_slope(length[-2:], lower[-2:])
    return (
        f"The lower bound falls from {lower[0]:.2g} at L = {length[0]:.0f} to {lower[-1]:.2g} at "
        f"L = {length[-1]:.0f}, in the end with slope {slope:.3f}."
    )


def plot_zak(Z: ArrayLike, ax: "Axes | None" = None) -> "Axes":
    """Draw the absolute values of a Zak transform over the unit cell, with its smallest marked.

    Parameters
    ----------
    Z : array_like, shape (K, L/K)
        As :func:`mgc.signal.frames.zak.zak` returns it.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Time to the right, frequency upwards, both as shares of the cell.

    Raises
    ------
    SignalError
        If `Z` is no table of numbers.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> plot_zak(np.ones((3, 4)), Figure().add_subplot()).get_xlabel()
    'time (share of the hop)'

    Book: STFT, windows, frames and dual windows
    """
    size = _zak(Z)
    ax = axes_or_new(ax)
    columns, rows = size.shape
    # A value stands for the point at its index, so its square lies around that point.
    extent = (-0.5 / columns, 1 - 0.5 / columns, -0.5 / rows, 1 - 0.5 / rows)
    image = ax.imshow(size.T, origin="lower", extent=extent, aspect="equal", cmap="cividis")
    j, k = np.unravel_index(size.argmin(), size.shape)
    ax.plot(j / columns, k / rows, "o", mfc="none", mec="white", ms=12, mew=2)
    ax.set(xlabel="time (share of the hop)", ylabel="frequency (share of the step)")
    ax.set_title(f"least value: {short_number(size[j, k])}")
    ax.grid(visible=False)
    ax.get_figure(root=True).colorbar(image, ax=ax, label="|Zg|")  # type: ignore[union-attr]
    return ax


def describe_zak(Z: ArrayLike) -> str:
    """Say in words what :func:`plot_zak` draws.

    Parameters
    ----------
    Z : array_like, shape (K, L/K)
        As in :func:`plot_zak`.

    Returns
    -------
    str
        Alternative text: the largest and the smallest value, and where they lie.

    Raises
    ------
    SignalError
        If `Z` is no table of numbers.

    Examples
    --------
    >>> describe_zak([[2.0, 1.0], [1.0, 0.0]])
    'Absolute Zak transform over the unit cell: largest, 2, at (0.00, 0.00); least, 0, at \
(0.50, 0.50).'

    Book: STFT, windows, frames and dual windows
    """
    size = _zak(Z)
    texts = []
    for word, flat in (("largest", size.argmax()), ("least", size.argmin())):
        j, k = np.unravel_index(flat, size.shape)
        place = f"({j / size.shape[0]:.2f}, {k / size.shape[1]:.2f})"
        texts.append(f"{word}, {short_number(size[j, k])}, at {place}")
    return f"Absolute Zak transform over the unit cell: {'; '.join(texts)}."


def _redundancy(table: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    density, ratio = _columns(table, "redundancy", "ratio")
    if not (ratio > 1).all():
        raise SignalError("the ratio B/A of frame bounds must be above 1 to be drawn")
    return density, ratio - 1


def _critical(table: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    length, lower = _columns(table, "L", "A")
    if not (np.minimum(length, lower) > 0).all():
        raise SignalError("lengths and lower bounds must be above 0 to be drawn")
    return length, lower


def _columns(table: pd.DataFrame, *names: str) -> tuple[NDArray[np.float64], ...]:
    missing = [name for name in names if name not in table.columns]
    if missing or len(table) < 2:
        raise SignalError(f"the table lacks {', '.join(missing) or 'rows'}: two or more are drawn")
    return tuple(table[name].to_numpy(dtype=np.float64) for name in names)


def _zak(Z: ArrayLike) -> NDArray[np.float64]:
    size = np.abs(np.asarray(Z))
    if size.ndim != 2 or size.size == 0:
        raise SignalError(f"a Zak transform is a table of numbers, but this has shape {size.shape}")
    values: NDArray[np.float64] = size.astype(np.float64)
    return values
