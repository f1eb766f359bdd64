"""What windows and atoms spread over: products beside the bound, ambiguity, beats that survive."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import DataError
from mgc.plots.style import axes_or_new
from mgc.signal.ambiguity import ambiguity, envelope_response
from mgc.signal.windows import Spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_products(moments: Mapping[str, Spread], ax: "Axes | None" = None) -> "Axes":
    """Draw the product of the spreads of each window as a multiple of the bound 1/(4 pi).

    Parameters
    ----------
    moments : mapping from name to Spread
        Drawn from top to bottom.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Logarithmic; what lies left of 1 is forbidden and shaded.

    Raises
    ------
    DataError
        If nothing is given.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from mgc.signal.windows import hann_moments
    >>> ax = plot_products({"hann": hann_moments(1.0)}, Figure().add_subplot())
    >>> ax.texts[0].get_text()
    '1.026'

    Book: Gabor atoms and uncertainty
    """
    products = _products(moments)
    ax = axes_or_new(ax)
    rows = np.arange(len(products))
    values = np.array(list(products.values()))
    ax.axvspan(0.7, 1.0, color="0.9", lw=0)
    ax.axvline(1.0, color="0.2", lw=1.2)
    ax.hlines(rows, 1.0, values, color="C0", lw=1.2)
    ax.plot(values, rows, "o", color="C0", ms=6, ls="")
    for row, value in zip(rows, values, strict=True):
        text = _factor(value)
        ax.annotate(text, (value, row), (8, 0), textcoords="offset points", va="center")
    ax.set_yticks(rows, labels=list(products))
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xscale("log")
    ax.set_xlim(0.8, 2.2 * values.max())
    ax.xaxis.set_major_formatter("{x:g}")
    ax.grid(visible=False, axis="y")
    ax.set_xlabel(r"$\sigma_t \sigma_f$ as a multiple of $1/4\pi$")
    return ax


def describe_products(moments: Mapping[str, Spread]) -> str:
    """Say in words what :func:`plot_products` draws.

    Parameters
    ----------
    moments : mapping from name to Spread

    Returns
    -------
    str
        Alternative text: every product.

    Raises
    ------
    DataError
        If nothing is given.

    Examples
    --------
    >>> from mgc.signal.windows import hann_moments
    >>> describe_products({"hann": hann_moments(1.0)})
    'Dots of the product of both spreads as a multiple of the bound: hann 1.026.'

    Book: Gabor atoms and uncertainty
    """
    found = [f"{name} {_factor(value)}" for name, value in _products(moments).items()]
    return f"Dots of the product of both spreads as a multiple of the bound: {', '.join(found)}."


def plot_ambiguity(g: ArrayLike, sr: float, ax: "Axes | None" = None) -> "Axes":
    """Draw how much a window resembles itself, moved in time and frequency.

    Parameters
    ----------
    g : array_like, shape (n,)
        Window or atom.
    sr : float
        Sampling rate in Hz.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Magnitude as a share of the energy, with contours at 0.1 and 0.5; frequencies as far as
        0.01 is reached.

    Raises
    ------
    SignalError
        If `g` is no signal.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> plot_ambiguity(np.hanning(32), 8000, Figure().add_subplot()).get_xlabel()
    'shift in time (ms)'

    Book: Gabor atoms and uncertainty
    """
    share, lags, shifts = _ambiguity(g, sr)
    reach = np.abs(shifts[share.max(axis=1) >= 0.01]).max()
    ax = axes_or_new(ax)
    extent = (1000 * lags[0], 1000 * lags[-1], shifts[0], shifts[-1])
    ax.imshow(share, origin="lower", aspect="auto", extent=extent, vmin=0, vmax=1, cmap="cividis")
    contours = ax.contour(1000 * lags, shifts, share, levels=[0.1, 0.5], colors=["0.85", "0.1"])
    contours.set_linewidth(1.0)
    ax.set(xlabel="shift in time (ms)", ylabel="shift in frequency (Hz)", ylim=(-reach, reach))
    ax.grid(visible=False)
    return ax


def describe_ambiguity(g: ArrayLike, sr: float) -> str:
    """Say in words what :func:`plot_ambiguity` draws.

    Parameters
    ----------
    g, sr
        As in :func:`plot_ambiguity`.

    Returns
    -------
    str
        Alternative text: how far the contour of one half reaches along both axes, and how it
        leans.

    Raises
    ------
    SignalError
        If `g` is no signal.

    Examples
    --------
    >>> describe_ambiguity(np.hanning(32), 8000)
    'A hill around no shift; half its height is reached at 1.1 ms and at 312 Hz, and it stands \
upright.'

    Book: Gabor atoms and uncertainty
    """
    share, lags, shifts = _ambiguity(g, sr)
    row, column = np.unravel_index(int(share.argmax()), share.shape)
    time = lags[share[row] >= 0.5][-1]
    hertz = shifts[share[:, column] >= 0.5][-1]
    weights = np.where(share >= 0.5, share, 0.0)
    lean = float(np.sum(weights * np.outer(shifts, lags)))
    size = float(np.sum(weights * np.abs(np.outer(shifts, lags))))
    how = "stands upright" if abs(lean) < 0.05 * size else "leans to one side"
    return (
        f"A hill around no shift; half its height is reached at {1000 * time:.1f} ms and at "
        f"{hertz:.0f} Hz, and it {how}."
    )


def plot_modulation(
    g: ArrayLike,
    sr: float,
    limits: Mapping[str, float],
    measured: Mapping[float, float] | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw how much of a modulation passes a window, and from where on sampling folds it back.

    Parameters
    ----------
    g : array_like, shape (n,)
        Window.
    sr : float
        Sampling rate in Hz.
    limits : mapping from name to frequency
        Half the rates at which columns are taken, in Hz.
    measured : mapping from modulation frequency to share, optional
        Drawn as dots.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes

    Raises
    ------
    SignalError
        If `g` is no signal.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_modulation(np.hanning(2048), 22050, {"columns": 6.45}, ax=Figure().add_subplot())
    >>> ax.get_ylabel()
    'share that passes'

    Book: Gabor atoms and uncertainty
    """
    measured = measured or {}
    highest = 1.2 * max([*limits.values(), *measured])
    f = np.linspace(0, highest, 200)
    ax = axes_or_new(ax)
    ax.plot(f, envelope_response(g, f, sr), color="C0", label="window, predicted")
    if measured:
        ax.plot(list(measured), list(measured.values()), "o", color="C1", ls="", label="measured")
    for number, (name, limit) in enumerate(limits.items(), start=2):
        label = f"{name}: {limit:.3g} Hz"
        ax.axvline(limit, color=f"C{number}", ls="--", lw=1.4, label=label)
    ax.set(xlabel="modulation (Hz)", ylabel="share that passes", ylim=(0, 1.05), xlim=(0, highest))
    ax.legend()
    return ax


def describe_modulation(
    g: ArrayLike, sr: float, limits: Mapping[str, float], measured: Mapping[float, float] | None
) -> str:
    """Say in words what :func:`plot_modulation` draws.

    Parameters
    ----------
    g, sr, limits, measured
        As in :func:`plot_modulation`.

    Returns
    -------
    str
        Alternative text: what passes at each limit, and every dot.

    Raises
    ------
    SignalError
        If `g` is no signal.

    Examples
    --------
    >>> describe_modulation(np.hanning(2048), 22050, {"columns": 6.45}, {4.0: 0.9})
    'A curve that falls from 1 at 0 Hz: 0.87 at 6.45 Hz (columns). Dots: 0.90 at 4 Hz.'

    Book: Gabor atoms and uncertainty
    """
    passed = [
        f"{float(envelope_response(g, limit, sr)):.2f} at {limit:.3g} Hz ({name})"
        for name, limit in limits.items()
    ]
    dots = [f"{share:.2f} at {f:.3g} Hz" for f, share in (measured or {}).items()]
    seen = f" Dots: {', '.join(dots)}." if dots else ""
    return f"A curve that falls from 1 at 0 Hz: {', '.join(passed)}.{seen}"


def _factor(value: float) -> str:
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def _products(moments: Mapping[str, Spread]) -> dict[str, float]:
    if not moments:
        raise DataError("there is no window to draw: give at least one name with its moments")
    return {name: found.relative for name, found in moments.items()}


def _ambiguity(
    g: ArrayLike, sr: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return |A| as a share of the energy, with its shifts in s and Hz."""
    n = len(np.asarray(g))
    A = np.abs(ambiguity(g, 4 * n))
    shifts = np.arange(-2 * n, 2 * n) * sr / (4 * n)
    return A / A[2 * n, n - 1], np.arange(1 - n, n) / sr, shifts
