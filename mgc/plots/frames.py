"""Windows laid over each other, and windows beside their dual and tight ones."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import SignalError
from mgc.plots.style import axes_or_new
from mgc.signal.frames.overlap import overlap_sum

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_overlap(
    window: ArrayLike,
    positions: Sequence[int],
    sr: float,
    power: int = 2,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw copies of a window, raised to a power, and what they add up to.

    Parameters
    ----------
    window : array_like, shape (n,)
        Real.
    positions : sequence of int
        First sample of each copy, in rising order.
    sr : float
        Sampling rate in Hz.
    power : int
        1 for plain overlap-add, 2 for the frame operator.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        From the second to the last position; a least value of the sum is marked.

    Raises
    ------
    SignalError
        If there are fewer than three positions.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_overlap([0, 1, 1], [0, 2, 4, 6], 10.0, ax=Figure().add_subplot())
    >>> ax.get_xlabel()
    'time (ms)'

    Book: STFT, windows, frames and dual windows
    """
    w = np.asarray(window, dtype=np.float64) ** power
    start, total = _total(w, positions)
    ax = axes_or_new(ax)
    for number, position in enumerate(positions):
        t = 1000 * (position + np.arange(len(w))) / sr
        label = f"window{' squared' * (power == 2)}" if number == 0 else None
        ax.plot(t, w, color="0.6", lw=1.0, label=label)
    t = 1000 * (start + np.arange(len(total))) / sr
    ax.plot(t, total, color="C0", label="sum")
    lowest = np.flatnonzero(total <= total.min() + 1e-12)
    least = int(lowest[len(lowest) // 2])
    ax.plot(t[least], total[least], "o", color="C1", label=f"least, {short_number(total[least])}")
    ax.set(xlabel="time (ms)", xlim=(t[0], t[-1]), ylim=(-0.05, 1.15 * total.max()))
    ax.set_ylabel("squared window" if power == 2 else "window")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
    return ax


def describe_overlap(window: ArrayLike, positions: Sequence[int], sr: float, power: int = 2) -> str:
    """Say in words what :func:`plot_overlap` draws.

    Parameters
    ----------
    window, positions, sr, power
        As in :func:`plot_overlap`.

    Returns
    -------
    str
        Alternative text: how many copies, and between what values their sum lies.

    Raises
    ------
    SignalError
        If there are fewer than three positions.

    Examples
    --------
    >>> describe_overlap([0, 1, 1], [0, 2, 4, 6], 10.0)
    '4 overlapping copies of the squared window of 300.0 ms; their sum lies between 1 and 1.'

    Book: STFT, windows, frames and dual windows
    """
    w = np.asarray(window, dtype=np.float64) ** power
    _, total = _total(w, positions)
    what = "squared window" if power == 2 else "window"
    return (
        f"{len(positions)} overlapping copies of the {what} of {1000 * len(w) / sr:.1f} ms; their "
        f"sum lies between {short_number(total.min())} and {short_number(total.max())}."
    )


def plot_windows(windows: Mapping[str, ArrayLike], sr: float, ax: "Axes | None" = None) -> "Axes":
    """Draw windows over each other, each scaled to peak 1, around the middle of the longest.

    Parameters
    ----------
    windows : mapping from label to array_like
        Windows on one circle, centred at sample 0 (negative times are at the end), real.
    sr : float
        Sampling rate in Hz.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes

    Raises
    ------
    SignalError
        If there is no window, their lengths differ, or one is zero.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_windows({"g": [1.0, 0.5, 0.0, 0.5]}, 4000.0, Figure().add_subplot())
    >>> ax.lines[0].get_xdata().tolist()
    [-0.5, -0.25, 0.0, 0.25]

    Book: STFT, windows, frames and dual windows
    """
    ax = axes_or_new(ax)
    for (label, g), dash in zip(_centred(windows).items(), ("-", "--", ":", "-."), strict=False):
        t = 1000 * (np.arange(len(g)) - len(g) // 2) / sr
        ax.plot(t, g / np.abs(g).max(), dash, label=label)
    ax.axhline(0.0, color="0.5", lw=0.8)
    ax.set(xlabel="time (ms)", ylabel="share of the peak")
    ax.legend()
    return ax


def describe_windows(windows: Mapping[str, ArrayLike], sr: float) -> str:
    """Say in words what :func:`plot_windows` draws.

    Parameters
    ----------
    windows, sr
        As in :func:`plot_windows`.

    Returns
    -------
    str
        Alternative text: over which time each window is above a tenth of its peak, and how far it
        goes below zero.

    Raises
    ------
    SignalError
        If there is no window, their lengths differ, or one is zero.

    Examples
    --------
    >>> describe_windows({"g": [1.0, 0.5, 0.0, -0.5]}, 1000.0)
    'Windows scaled to peak 1: g is larger than a tenth over 3.0 ms, with a least value of -0.50.'

    Book: STFT, windows, frames and dual windows
    """
    texts = []
    for label, g in _centred(windows).items():
        shape = g / np.abs(g).max()
        there = np.flatnonzero(np.abs(shape) > 0.1)
        width = 1000 * (there[-1] - there[0] + 1) / sr
        texts.append(
            f"{label} is larger than a tenth over {width:.1f} ms, with a least value of "
            f"{round(shape.min(), 2) + 0.0:.2f}"
        )
    return f"Windows scaled to peak 1: {'; '.join(texts)}."


def _total(w: NDArray[np.float64], positions: Sequence[int]) -> tuple[int, NDArray[np.float64]]:
    """Return where the drawn part begins, and the sum from there to the last position."""
    if len(positions) < 3:
        raise SignalError(
            f"{len(positions)} positions of a window show no overlap: pass three or more"
        )
    first, start, stop = int(positions[0]), int(positions[1]), int(positions[-1])
    length = stop - first + len(w)
    total = overlap_sum(w, [int(position) - first for position in positions], length)
    return start, total[start - first : stop - first]


def _centred(windows: Mapping[str, ArrayLike]) -> dict[str, NDArray[np.float64]]:
    found = {label: np.asarray(g, dtype=np.float64) for label, g in windows.items()}
    if len({g.shape for g in found.values()}) != 1 or not all(g.any() for g in found.values()):
        raise SignalError(
            "windows that are compared have one length and are not zero, but these have shapes "
            f"{[g.shape for g in found.values()]}"
        )
    return {label: np.fft.fftshift(g) for label, g in found.items()}


def short_number(value: float) -> str:
    """Return a value with at most three digits; rounding errors are no news.

    Examples
    --------
    >>> short_number(0.12345), short_number(1e-16)
    ('0.123', '0')
    """
    return f"{round(value, 12):.3g}"
