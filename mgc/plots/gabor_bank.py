"""A bank of two-dimensional filters: its kernels, what it covers, and where learning moved it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.plots.style import axes_or_new
from mgc.signal.gabor_bank import checked_kernels, coverage
from mgc.signal.gabor_kernel import displacement, peaks

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_bank(kernels: ArrayLike, columns: int = 8, ax: "Axes | None" = None) -> "Axes":
    """Draw the kernels of a bank beside each other, numbered from 1.

    Parameters
    ----------
    kernels : array_like, shape (size, size, n_filters)
        A bank.
    columns : int
        Kernels in a line.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Time runs to the right, frequency upwards; all kernels share one scale of colours.

    Raises
    ------
    SignalError
        If the shape is not (size, size, n_filters).

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from mgc.signal.gabor_bank import DEFAULT_BANK
    >>> ax = plot_bank(DEFAULT_BANK.kernels(), ax=Figure().add_subplot())
    >>> len(ax.images)
    16

    Book: Front ends compared
    """
    k = checked_kernels(kernels)
    limit, pitch = np.abs(k).max(), 1.25
    lines, shown = -(-k.shape[2] // columns), min(columns, k.shape[2])
    if ax is None:
        ax = axes_or_new(None)
        figure = ax.get_figure(root=True)
        # As flat as the lines are, with room for the label.
        figure.set_figheight(figure.get_figwidth() * lines / shown + 0.6)  # type: ignore[union-attr]
    for f in range(k.shape[2]):
        left, bottom = pitch * (f % columns), pitch * (lines - 1 - f // columns)
        box = (left, left + 1, bottom, bottom + 1)
        ax.imshow(k[..., f], origin="lower", extent=box, cmap="RdBu_r", vmin=-limit, vmax=limit)
        ax.text(left, bottom + 1.02, str(f + 1), fontsize="x-small", va="bottom")
    ax.set(xlim=(-0.1, pitch * shown), ylim=(-0.1, pitch * lines), xticks=[], yticks=[])
    ax.set(xlabel=f"time ({k.shape[1]} frames each)", ylabel=f"mel bands ({k.shape[0]} each)")
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    ax.set_aspect("equal")
    return ax


def describe_bank(kernels: ArrayLike, columns: int = 8) -> str:
    """Say in words what :func:`plot_bank` draws.

    Parameters
    ----------
    kernels, columns
        As in :func:`plot_bank`.

    Returns
    -------
    str
        Alternative text: how many kernels of what size, and how many answer best to changes along
        time, along frequency, or along both.

    Raises
    ------
    SignalError
        If the shape is not (size, size, n_filters).

    Examples
    --------
    >>> from mgc.signal.gabor_bank import DEFAULT_BANK
    >>> describe_bank(DEFAULT_BANK.kernels())
    'Pictures of 16 kernels of 9 by 9 pixels, 8 in a line: 4 vary mostly along time, 4 along \
frequency, 8 along both.'

    Book: Front ends compared
    """
    k = checked_kernels(kernels)
    time, bands = (np.square(np.diff(k, axis=axis)).sum(axis=(0, 1)) for axis in (1, 0))
    along_time, along_bands = int((time > 2 * bands).sum()), int((bands > 2 * time).sum())
    return (
        f"Pictures of {k.shape[2]} kernels of {k.shape[0]} by {k.shape[1]} pixels, {columns} in a "
        f"line: {along_time} vary mostly along time, {along_bands} along frequency, "
        f"{k.shape[2] - along_time - along_bands} along both."
    )


def plot_coverage(kernels: ArrayLike, ax: "Axes | None" = None) -> "Axes":
    """Draw the Littlewood-Paley sum of a bank over the plane of frequencies.

    Parameters
    ----------
    kernels : array_like, shape (size, size, n_filters)
        A bank.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Frequencies in cycles per frame and per band; the middle is the mean of the picture.

    Raises
    ------
    SignalError
        If the shape is not (size, size, n_filters).

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from mgc.signal.gabor_bank import DEFAULT_BANK
    >>> ax = plot_coverage(DEFAULT_BANK.kernels(), Figure().add_subplot())
    >>> ax.get_xlabel()
    'cycles per frame'

    Book: Front ends compared
    """
    A, f = _plane(kernels)
    ax = axes_or_new(ax)
    half = f[1] / 2 - f[0] / 2
    extent = (f[0] - half, f[-1] + half) * 2
    image = ax.imshow(A, origin="lower", extent=extent, cmap="cividis", vmin=0)
    ax.set(xlabel="cycles per frame", ylabel="cycles per band")
    ax.grid(visible=False)
    ax.get_figure(root=True).colorbar(image, ax=ax, label="sum of squares")  # type: ignore[union-attr]
    return ax


def describe_coverage(kernels: ArrayLike) -> str:
    """Say in words what :func:`plot_coverage` draws.

    Parameters
    ----------
    kernels
        As in :func:`plot_coverage`.

    Returns
    -------
    str
        Alternative text: the sum in the middle, on the ring of waves from 4 to 8 pixels, and in the
        corners.

    Raises
    ------
    SignalError
        If the shape is not (size, size, n_filters).

    Examples
    --------
    >>> from mgc.signal.gabor_bank import DEFAULT_BANK
    >>> describe_coverage(DEFAULT_BANK.kernels())[:69]
    'Map of the sum of squared transforms of 16 kernels: 0.0 at the mean, '

    Book: Front ends compared
    """
    A, f = _plane(kernels)
    radius = np.hypot(*np.meshgrid(f, f))
    ring = A[(radius >= 1 / 8) & (radius <= 1 / 4)]
    return (
        f"Map of the sum of squared transforms of {checked_kernels(kernels).shape[2]} kernels: "
        f"{A[radius == 0][0]:.1f} at the mean, {ring.min():.1f} to {ring.max():.1f} for waves of 4 "
        f"to 8 pixels in all directions, {A[radius > 0.5].mean():.1f} on average in the corners, "
        "beyond half a cycle per pixel."
    )


def plot_displacement(
    before: Mapping[str, ArrayLike], after: Mapping[str, ArrayLike], ax: "Axes | None" = None
) -> "Axes":
    """Draw an arrow for each filter, from where learning found it to where it left it.

    Parameters
    ----------
    before, after : mapping of str to array_like
        Parameters of the same kernels, see :func:`mgc.signal.gabor_kernel.displacement`.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        The plane of frequencies; a circle is the start, the head of the arrow the end.

    Raises
    ------
    SignalError
        If the banks have different numbers of kernels.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from mgc.signal.gabor_bank import GaborBank
    >>> before, after = (GaborBank(wavelengths=(w,)).parameters() for w in (4.0, 5.0))
    >>> ax = plot_displacement(before, after, Figure().add_subplot())
    >>> [arrows.N for arrows in ax.collections]
    [4, 4]

    Book: Front ends compared
    """
    displacement(before, after)  # says what is wrong with them
    ax = axes_or_new(ax)
    start, end = peaks(before).T, peaks(after).T
    even = np.abs(np.cos(np.asarray(before["phase"]))) > np.sqrt(0.5)
    for name, which, colour, size in (("even", even, "C0", 9), ("odd", ~even, "C1", 5)):
        ax.plot(*start[which].T, "o", ms=size, mfc="none", color=colour, label=f"{name} filters")
        shift = (end - start)[which].T
        ax.quiver(
            *start[which].T,
            *shift,
            color=colour,
            angles="xy",
            scale_units="xy",
            scale=1,
            width=4e-3,
        )
    ax.update_datalim(end)
    ax.axhline(0, color="0.6", lw=0.8)
    ax.axvline(0, color="0.6", lw=0.8)
    ax.set(xlabel="cycles per frame", ylabel="cycles per band")
    ax.set_aspect("equal")
    ax.margins(0.15)
    ax.legend()
    return ax


def describe_displacement(before: Mapping[str, ArrayLike], after: Mapping[str, ArrayLike]) -> str:
    """Say in words what :func:`plot_displacement` draws.

    Parameters
    ----------
    before, after
        As in :func:`plot_displacement`.

    Returns
    -------
    str
        Alternative text: how many filters, how far they moved, and the farthest of them.

    Raises
    ------
    SignalError
        If the banks have different numbers of kernels.

    Examples
    --------
    >>> from mgc.signal.gabor_bank import GaborBank
    >>> before, after = (GaborBank(wavelengths=(w,)).parameters() for w in (4.0, 8.0))
    >>> describe_displacement(before, after)
    'Arrows of 8 filters in the plane of frequencies: they moved by 0.125 cycles per pixel in the \
median, filter 1 farthest with 0.125.'

    Book: Front ends compared
    """
    moved = displacement(before, after)["frequency"]
    return (
        f"Arrows of {len(moved)} filters in the plane of frequencies: they moved by "
        f"{np.median(moved):.3f} cycles per pixel in the median, filter {moved.argmax() + 1} "
        f"farthest with {moved.max():.3f}."
    )


def _plane(kernels: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the coverage and the frequencies of each axis, in cycles per pixel."""
    n = max(128, checked_kernels(kernels).shape[0])
    return coverage(kernels, n), np.fft.fftshift(np.fft.fftfreq(n))
