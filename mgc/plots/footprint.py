"""What one activation of a network sees of the picture: measured, beside what was counted."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mgc.errors import DataError
from mgc.plots.style import axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mgc.models.receptive_field import Rectangle

#: How faint a point of a footprint may be, beside its brightest, and still have its own colour.
_FAINTEST = 1e-6


def plot_footprint(
    footprint: NDArray[Any], counted: "Rectangle", ax: "Axes | None" = None
) -> "Axes":
    """Draw which points of a picture an activation depends on, in the rectangle that was counted.

    Parameters
    ----------
    footprint : ndarray of float, shape (bands, frames)
        :func:`mgc.models.receptive_field.gradient_footprint`.
    counted : Rectangle
        :func:`mgc.models.receptive_field.receptive_field` for the same activation.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Logarithmic colours relative to the largest gradient; grey where there is none at all, the
        palest colour where it is below a millionth.

    Raises
    ------
    DataError
        If no point has a gradient.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from mgc.models.receptive_field import Rectangle
    >>> ax = plot_footprint(np.eye(3), Rectangle((0, 2), (0, 2)), Figure().add_subplot())
    >>> ax.patches[0].get_width()
    3

    Book: What they cost
    """
    from matplotlib.colors import LogNorm
    from matplotlib.patches import Rectangle as Box

    if not np.any(footprint):
        raise DataError("the footprint is 0 everywhere: this activation sees nothing")
    ax = axes_or_new(ax)
    relative = footprint / footprint.max()
    shown = np.ma.masked_where(footprint == 0, np.maximum(relative, _FAINTEST))
    ax.set_facecolor("0.85")
    image = ax.imshow(shown, norm=LogNorm(_FAINTEST, 1), aspect="auto", origin="lower")
    ax.figure.colorbar(image, ax=ax, label="gradient, relative to the largest")
    corner = counted.frames[0] - 0.5, counted.bands[0] - 0.5
    bands, frames = counted.shape
    ax.add_patch(Box(corner, frames, bands, fill=False, edgecolor="C1", lw=2, clip_on=False))
    ax.set(xlabel="frame", ylabel="mel band")
    ax.grid(visible=False)
    return ax


def describe_footprint(footprint: NDArray[Any], counted: "Rectangle") -> str:
    """Say in words what :func:`plot_footprint` draws.

    Examples
    --------
    >>> from mgc.models.receptive_field import Rectangle
    >>> describe_footprint(np.ones((3, 4)), Rectangle((0, 2), (0, 3)))
    'Heat map of 3 bands by 4 frames: the gradient is not 0 at 12 points; the counted rectangle \
has 3 by 4, bands 0 to 2 and frames 0 to 3.'

    Book: What they cost
    """
    bands, frames = footprint.shape
    height, width = counted.shape
    return (
        f"Heat map of {bands} bands by {frames} frames: the gradient is not 0 at "
        f"{np.count_nonzero(footprint)} points; the counted rectangle has {height} by {width}, "
        f"bands {counted.bands[0]} to {counted.bands[1]} and frames {counted.frames[0]} to "
        f"{counted.frames[1]}."
    )
