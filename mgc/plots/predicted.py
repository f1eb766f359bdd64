"""Predicted lines with measured dots on them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import DataError
from mgc.plots.style import axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_predicted(
    x: ArrayLike,
    predicted: Mapping[str, ArrayLike],
    measured: Mapping[str, ArrayLike],
    *,
    xlabel: str,
    ylabel: str,
    xscale: str = "log",
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw what theory predicts as lines and what was measured as dots, over logarithmic heights.

    Parameters
    ----------
    x : array_like, shape (n,)
        Where both are known.
    predicted, measured : mapping from name to array_like of shape (n,)
        The same names; what is not positive or not finite is not drawn.
    xlabel, ylabel : str
        What the axes hold, with unit.
    xscale : {"log", "linear"}
        Scale of the x axis.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Raises
    ------
    DataError
        If the names or lengths differ.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().add_subplot()
    >>> curve = {"f": [1.0, 2.0]}
    >>> ax = plot_predicted([1, 2], curve, curve, xlabel="x", ylabel="y", ax=ax)
    >>> [line.get_label() for line in ax.get_lines()]
    ['f', '_measured']

    Book: Mel, log compression and conditioning
    """
    places = _same_shapes(x, predicted, measured)
    ax = axes_or_new(ax)
    for number, (name, values) in enumerate(predicted.items()):
        colour, style = f"C{number}", ("-", "--", "-.", ":")[number % 4]
        ax.plot(places, _drawable(values), style, color=colour, lw=1.4, label=name)
        dots = _drawable(measured[name])
        ax.plot(places, dots, "osD^"[number % 4], color=colour, ms=4, ls="", label="_measured")
    ax.set(xscale=xscale, yscale="log", xlabel=xlabel, ylabel=ylabel)
    ax.legend(title="lines predicted, dots measured")
    return ax


def describe_predicted(
    x: ArrayLike,
    predicted: Mapping[str, ArrayLike],
    measured: Mapping[str, ArrayLike],
    *,
    xlabel: str,
    ylabel: str,
) -> str:
    """Say in words what :func:`plot_predicted` draws.

    Examples
    --------
    >>> curve = {"f": [1.0, 4.0]}
    >>> describe_predicted([1, 2], curve, curve, xlabel="x", ylabel="y")
    'Lines of the predicted y over x from 1 to 2, and dots of the measured one on them: f from 1 \
to 4, largest 4.'

    Book: Mel, log compression and conditioning
    """
    places = _same_shapes(x, predicted, measured)
    parts = []
    for name, values in predicted.items():
        drawn = _drawable(values)
        drawn = drawn[np.isfinite(drawn)]
        parts.append(f"{name} from {drawn[0]:.2g} to {drawn[-1]:.2g}, largest {drawn.max():.2g}")
    return (
        f"Lines of the predicted {ylabel} over {xlabel} from {places[0]:.2g} to {places[-1]:.2g}, "
        f"and dots of the measured one on them: {'; '.join(parts)}."
    )


def _same_shapes(
    x: ArrayLike, predicted: Mapping[str, ArrayLike], measured: Mapping[str, ArrayLike]
) -> NDArray[np.float64]:
    places = np.asarray(x, dtype=np.float64)
    shapes = {np.shape(values) for values in [*predicted.values(), *measured.values()]}
    if list(predicted) != list(measured) or shapes != {places.shape}:
        raise DataError(
            f"predicted are {', '.join(predicted)} and measured {', '.join(measured)}, at "
            f"{len(places)} places: pass the same names, with one value for each place"
        )
    return places


def _drawable(values: ArrayLike) -> NDArray[np.float64]:
    y = np.array(values, dtype=np.float64)
    y[~(np.isfinite(y) & (y > 0))] = np.nan
    return y
