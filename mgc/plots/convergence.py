"""Optimizers on problems with known answers: errors, iterates, and where a rule is stable."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import DataError
from mgc.plots.style import axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DASHES = ("-", "--", "-.", ":")


def plot_errors(
    errors: Mapping[str, ArrayLike], rates: Mapping[str, float], ax: "Axes | None" = None
) -> "Axes":
    """Draw errors over steps on a logarithmic height, some beside the slope of a predicted rate.

    Parameters
    ----------
    errors : mapping from name to array_like, shape (steps + 1,)
        Distances from the minimum before the first step and after each; may differ in length.
    rates : mapping from name to float
        Factors for each step that theory predicts; a thin line of that slope ends where the run
        ends, and begins no higher than the run.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Raises
    ------
    DataError
        If there is nothing to draw or a rate has no errors.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_errors({"run": [1.0, 0.5, 0.25]}, {"run": 0.5}, Figure().add_subplot())
    >>> [line.get_label() for line in ax.get_lines()]
    ['run', '_predicted']

    Book: Convergence on problems with known answers
    """
    runs = _runs(errors, rates)
    ax = axes_or_new(ax)
    for number, (name, heights) in enumerate(runs.items()):
        colour, steps = f"C{number}", np.arange(len(heights))
        ax.plot(steps, heights, _DASHES[number % 4], color=colour, lw=2, label=name)
        if name in rates:
            line = heights[-1] * rates[name] ** (steps - steps[-1])
            # Above the start it says nothing and only makes the axis longer.
            line[line > heights[0]] = np.nan
            ax.plot(steps, line, "-", color=colour, lw=0.9, alpha=0.75, label="_predicted")
    ax.set(yscale="log", xlabel="step", ylabel="distance from the minimum")
    ax.legend(title="thin: slope of the predicted rate" if rates else None)
    return ax


def describe_errors(errors: Mapping[str, ArrayLike], rates: Mapping[str, float]) -> str:
    """Say in words what :func:`plot_errors` draws, with the same errors.

    Examples
    --------
    >>> describe_errors({"run": [1.0, 0.5, 0.25]}, {"run": 0.5})
    'Distances from the minimum over steps on a logarithmic height: run falls from 1 to 0.25 in 2 \
steps, beside the slope of the rate 0.5.'

    Book: Convergence on problems with known answers
    """
    parts = []
    for name, heights in _runs(errors, rates).items():
        verb = "falls" if heights[-1] < heights[0] else "goes"
        beside = f", beside the slope of the rate {rates[name]:.4g}" if name in rates else ""
        ends = f"from {heights[0]:.2g} to {heights[-1]:.2g} in {len(heights) - 1} steps"
        parts.append(f"{name} {verb} {ends}{beside}")
    words = "; ".join(parts)
    return f"Distances from the minimum over steps on a logarithmic height: {words}."


def plot_iterates(
    paths: Mapping[str, ArrayLike],
    levels: Mapping[str, float],
    xscale: str = "linear",
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw where runs on the line are at each step, and horizontal lines at points of interest.

    Parameters
    ----------
    paths : mapping from name to array_like, shape (steps + 1,)
        The points.
    levels : mapping from name to float
        For example the minimum.
    xscale : {"linear", "log"}
        Scale of the steps; on a logarithmic one, of a long run about 2000 points are drawn.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Raises
    ------
    DataError
        If there is nothing to draw.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_iterates({"run": [1.0, 0.5]}, {"minimum": 0.0}, ax=Figure().add_subplot())
    >>> [line.get_label() for line in ax.get_lines()]
    ['run', '_minimum']

    Book: Convergence on problems with known answers
    """
    runs = _runs(paths, {})
    ax = axes_or_new(ax)
    for number, (name, points) in enumerate(runs.items()):
        places = np.arange(len(points))
        if xscale == "log":
            places = np.unique(np.geomspace(1, max(len(points) - 1, 1), 2000).astype(int))
        marker = "osD^"[number % 4] if len(places) <= 100 else ""
        style = _DASHES[number % 4] + marker
        ax.plot(places, points[places], style, color=f"C{number}", lw=1.4, ms=4, label=name)
    for name, level in levels.items():
        ax.axhline(level, color="0.35", lw=0.9, ls=":", label=f"_{name}")
        along = ax.get_yaxis_transform()
        ax.text(0.995, level, name, transform=along, ha="right", va="bottom", size=9, color="0.25")
    ax.set(xscale=xscale, xlabel="step", ylabel="w")
    ax.legend()
    return ax


def describe_iterates(paths: Mapping[str, ArrayLike], levels: Mapping[str, float]) -> str:
    """Say in words what :func:`plot_iterates` draws, with the same errors.

    Examples
    --------
    >>> describe_iterates({"run": [1.0, 0.5, 0.25]}, {"minimum": 0.0})
    'Points over steps, with a line at the minimum (0): run starts at 1 and in the second half of \
its 2 steps is between 0.25 and 0.5.'

    Book: Convergence on problems with known answers
    """
    parts = []
    for name, points in _runs(paths, {}).items():
        tail = points[len(points) // 2 :]
        late = f"in the second half of its {len(points) - 1} steps is between"
        parts.append(
            f"{name} starts at {points[0]:.3g} and {late} {tail.min():.3g} and {tail.max():.3g}"
        )
    marks = ", ".join(f"the {name} ({level:.3g})" for name, level in levels.items())
    with_lines = f", with a line at {marks}" if marks else ""
    return f"Points over steps{with_lines}: {'; '.join(parts)}."


def plot_radii(
    products: ArrayLike,
    radii: Mapping[str, ArrayLike],
    thresholds: Mapping[str, float],
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the factor for each step over curvature times learning rate, and where it passes 1.

    Parameters
    ----------
    products : array_like, shape (n,)
        Curvature times learning rate.
    radii : mapping from name to array_like, shape (n,)
        Spectral radius of each rule's iteration there.
    thresholds : mapping from name to float
        Largest stable product.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Raises
    ------
    DataError
        If there is nothing to draw, a threshold has no curve, or lengths differ.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_radii([1, 3], {"gd": [0.0, 2.0]}, {"gd": 2.0}, Figure().add_subplot())
    >>> [line.get_label() for line in ax.get_lines()]
    ['gd', '_threshold', '_one']

    Book: Convergence on problems with known answers
    """
    places, curves = _curves(products, radii, thresholds)
    ax = axes_or_new(ax)
    for number, (name, heights) in enumerate(curves.items()):
        colour = f"C{number}"
        ax.plot(places, heights, _DASHES[number % 4], color=colour, label=name)
        if name in thresholds:
            ax.plot([thresholds[name]], [1.0], "o", color=colour, ms=8, label="_threshold")
    ax.axhline(1.0, color="0.35", lw=0.9, label="_one")
    ax.set(xlabel="curvature times learning rate", ylabel="factor for each step")
    ax.legend(title="dots: predicted thresholds")
    return ax


def describe_radii(
    products: ArrayLike, radii: Mapping[str, ArrayLike], thresholds: Mapping[str, float]
) -> str:
    """Say in words what :func:`plot_radii` draws, with the same errors.

    Examples
    --------
    >>> describe_radii([1, 3], {"gd": [0.0, 2.0]}, {"gd": 2.0})
    'Factor for each step over curvature times learning rate from 1 to 3: gd is least, 0, at 1, \
and passes one at the predicted 2.'

    Book: Convergence on problems with known answers
    """
    places, curves = _curves(products, radii, thresholds)
    parts = []
    for name, heights in curves.items():
        words = f"{name} is least, {heights.min():.3g}, at {places[heights.argmin()]:.3g}"
        if name in thresholds:
            words += f", and passes one at the predicted {thresholds[name]:.4g}"
        parts.append(words)
    return (
        f"Factor for each step over curvature times learning rate from {places[0]:.3g} to "
        f"{places[-1]:.3g}: {'; '.join(parts)}."
    )


def _runs(
    runs: Mapping[str, ArrayLike], rates: Mapping[str, float]
) -> dict[str, NDArray[np.float64]]:
    found = {name: np.asarray(run, dtype=np.float64) for name, run in runs.items()}
    unknown = [name for name in rates if name not in found]
    if unknown or not found or any(run.ndim != 1 or len(run) < 2 for run in found.values()):
        shapes = ", ".join(f"{name} {run.shape}" for name, run in found.items()) or "none"
        raise DataError(
            f"the runs are {shapes}, with rates for {', '.join(rates) or 'none'}: pass at least "
            "one run, each with two numbers or more in a row, and no rate without a run"
        )
    return found


def _curves(
    products: ArrayLike, radii: Mapping[str, ArrayLike], thresholds: Mapping[str, float]
) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float64]]]:
    places, curves = np.asarray(products, dtype=np.float64), _runs(radii, thresholds)
    if any(curve.shape != places.shape for curve in curves.values()):
        raise DataError(f"each curve needs one height for each of the {len(places)} places")
    return places, curves
