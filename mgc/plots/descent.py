"""Optimizers racing down Rosenbrock's valley: a drawing that moves without any script.

The drawing is SVG with style rules.  It stands still for readers who asked their system for less
motion, and for everyone who ticks the box above it.
"""

import html
import string
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import DataError
from mgc.optim.theory.problems import ROSENBROCK_MINIMUM, ROSENBROCK_START

#: The piece of the plane that is shown, and how many units of the drawing one of its units is.
_X, _Y, _SCALE = (-1.5, 1.5), (-0.45, 1.45), 200
#: Heights at which the valley is cut.
_LEVELS = (0.5, 4.0, 30.0, 120.0, 300.0)
#: Those of the style sheet, with a dash each; the same hues are told apart on dark pages.
_COLOURS, _DASHES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7"), ("none", "9 4", "2 4", "9 3 2 3")
_FRAMES = 75

_PAGE = string.Template("""\
<div class="mgc-descent" id="$id">
<style>
.mgc-descent { max-width: 42rem; margin: 0 auto; text-align: left; }
.mgc-descent svg { display: block; width: 100%; height: auto; }
.mgc-descent svg text { font-size: 15px; fill: currentColor; }
.mgc-descent .level { fill: none; stroke: currentColor; stroke-opacity: 0.3; }
.mgc-descent .path { fill: none; stroke-width: 1.5; }
.mgc-descent .dot { stroke: #fff; stroke-width: 1.5; \
animation: ${seconds}s linear infinite; animation-fill-mode: both; }
.mgc-descent input:checked ~ svg .dot { animation-play-state: paused; }
@media (max-width: 600px) { .mgc-descent svg text { font-size: 24px; } }
@media (prefers-reduced-motion: reduce) {
  .mgc-descent .dot { animation: none !important; }
  .mgc-descent input, .mgc-descent label { display: none; }
}
@media print {
  .mgc-descent .dot { animation: none !important; }
  .mgc-descent input, .mgc-descent label { display: none; }
}
$keyframes
</style>
<input type="checkbox" id="$id-pause" autocomplete="off">
<label for="$id-pause">pause</label>
<svg viewBox="0 0 $width $height" role="img" aria-labelledby="$id-words">
<title id="$id-words">$alt</title>
<clipPath id="$id-clip"><rect width="$width" height="$floor"/></clipPath>
<g clip-path="url(#$id-clip)">
$drawn
</g>
$legend
</svg>
</div>""")


def descent_page(
    identity: str, paths: Mapping[str, ArrayLike], step: int = 300, seconds: float = 12.0
) -> str:
    """Return the race as a piece of HTML: all runs start together and take equally many steps.

    Parameters
    ----------
    identity : str
        Id of the outer element, and beginning of all others; letters, digits and hyphens.
    paths : mapping from name to array_like, shape (steps + 1, 2)
        Up to four runs from the usual start.
    step : int
        How many steps to show.
    seconds : float
        How long a round takes; in its last seventh the points rest where their runs have ended.

    Raises
    ------
    DataError
        If there are no runs or more than four, or one is too short.

    Examples
    --------
    >>> from mgc.optim.theory.iterations import iterate
    >>> from mgc.optim.theory.problems import rosenbrock_gradient
    >>> from mgc.optim.theory.rules import GradientDescent
    >>> rule = GradientDescent(learning_rate=1e-3)
    >>> path = iterate(rule, rosenbrock_gradient, ROSENBROCK_START, 300)
    >>> page = descent_page("race", {"gradient descent": path})
    >>> len(page) < 20_000, "<script" in page, page.count('class="dot"')
    (True, False, 1)

    Book: Convergence on problems with known answers
    """
    runs = _runs(paths, step)
    width, floor = (round(_SCALE * (high - low)) for low, high in (_X, _Y))
    return _PAGE.substitute(
        id=identity,
        seconds=f"{seconds:g}",
        width=width,
        floor=floor,
        height=floor + 34 * ((len(runs) + 1) // 2) + 8,
        alt=html.escape(describe_descent(paths, step)),
        keyframes="\n".join(_keyframes(identity, runs)),
        drawn="\n".join([*_valley(), *_marks(), *_traces(identity, runs)]),
        legend="\n".join(_legend(runs, floor)),
    )


def describe_descent(paths: Mapping[str, ArrayLike], step: int = 300) -> str:
    """Say in words what :func:`descent_page` shows, with the same errors.

    Examples
    --------
    >>> describe_descent({"run": [[-1.2, 1.0], [0.0, 1.0], [1.0, 1.0]]}, step=2)
    "Level lines of Rosenbrock's valley, a bent trough, and points that move down it from (-1.2, \
1) for 2 steps. At the end run is 0.00 away from the minimum."

    Book: Convergence on problems with known answers
    """
    runs = _runs(paths, step)
    away = [
        f"{name} is {np.linalg.norm(run[-1] - ROSENBROCK_MINIMUM):.2f}"
        for name, run in runs.items()
    ]
    x, y = ROSENBROCK_START
    return (
        "Level lines of Rosenbrock's valley, a bent trough, and points that move down it from "
        f"({x:g}, {y:g}) for {step} steps. At the end {', '.join(away)} away from the minimum."
    )


def _runs(paths: Mapping[str, ArrayLike], step: int) -> dict[str, NDArray[np.float64]]:
    found = {name: np.asarray(path, dtype=np.float64) for name, path in paths.items()}
    fits = (run.ndim == 2 and run.shape[1:] == (2,) and len(run) > step for run in found.values())
    if not 0 < len(found) <= len(_COLOURS) or step < 1 or not all(fits):
        shapes = ", ".join(f"{name} {run.shape}" for name, run in found.items()) or "none"
        raise DataError(
            f"the paths are {shapes}, but {step} steps of one to {len(_COLOURS)} runs are to be "
            f"shown: pass arrays of shape ({step + 1} or more, 2)"
        )
    return {name: run[: step + 1] for name, run in found.items()}


def _place(points: ArrayLike) -> NDArray[np.float64]:
    """Return where points of the plane lie in the drawing."""
    x, y = np.moveaxis(np.asarray(points, dtype=np.float64), -1, 0)
    return np.round(_SCALE * np.stack([x - _X[0], _Y[1] - y], axis=-1), 1)


def _line(points: ArrayLike) -> str:
    """Return the path of an SVG through points of the plane, each only once."""
    pairs = [f"{x:g} {y:g}" for x, y in _place(points)]
    kept = [pair for pair, before in zip(pairs, ["", *pairs], strict=False) if pair != before]
    return "M" + "L".join(kept)


def _valley() -> Iterator[str]:
    """Yield the level lines, which are known: y = x^2 plus or minus a root."""
    for level in _LEVELS:
        low, high = max(1 - level**0.5, _X[0] - 0.1), min(1 + level**0.5, _X[1] + 0.1)
        # Denser towards the ends, where a level line turns round.
        x = (low + high - (high - low) * np.cos(np.linspace(0, np.pi, 73))) / 2
        root = np.sqrt(np.maximum(level - (1 - x) ** 2, 0)) / 10
        outline = np.concatenate([np.stack([x, x**2 + s * root], axis=-1)[::s] for s in (1, -1)])
        yield f'<path class="level" d="{_line(outline)}Z"/>'


def _marks() -> Iterator[str]:
    for name, point in (("start", ROSENBROCK_START), ("minimum", ROSENBROCK_MINIMUM)):
        x, y = _place(point)
        yield f'<path d="M{x - 6:g} {y:g}h12M{x:g} {y - 6:g}v12" stroke="currentColor"/>'
        yield f'<text x="{x:g}" y="{y + 28:g}" text-anchor="middle">{name}</text>'


def _traces(identity: str, runs: Mapping[str, NDArray[np.float64]]) -> Iterator[str]:
    for number, run in enumerate(runs.values()):
        look = f'stroke="{_COLOURS[number]}" stroke-dasharray="{_DASHES[number]}"'
        yield f'<path class="path" {look} d="{_line(run)}"/>'
    for number, run in enumerate(runs.values()):
        # Without motion, the point rests where the run ended.
        x, y = _place(run[-1])
        moved = f'style="animation-name:{identity}-{number};transform:translate({x:g}px,{y:g}px)"'
        yield f'<circle class="dot" r="7" fill="{_COLOURS[number]}" {moved}/>'


def _keyframes(identity: str, runs: Mapping[str, NDArray[np.float64]]) -> Iterator[str]:
    for number, run in enumerate(runs.values()):
        shown = np.unique(np.linspace(0, len(run) - 1, _FRAMES + 1).astype(int))
        share = 100 * (6 / 7) * shown / (len(run) - 1)
        places = [
            f"{percent:.2f}%{{transform:translate({x:g}px,{y:g}px)}}"
            for percent, (x, y) in zip(share, _place(run[shown]), strict=True)
        ]
        x, y = _place(run[-1])
        rest = f"100%{{transform:translate({x:g}px,{y:g}px)}}"
        yield f"@keyframes {identity}-{number}{{{''.join(places)}{rest}}}"


def _legend(runs: Mapping[str, NDArray[np.float64]], floor: int) -> Iterator[str]:
    for number, name in enumerate(runs):
        x, y = 10 + 300 * (number % 2), floor + 26 + 34 * (number // 2)
        look = f'stroke="{_COLOURS[number]}" stroke-dasharray="{_DASHES[number]}"'
        yield f'<path d="M{x} {y - 5}h40" class="path" {look}/>'
        yield f'<circle cx="{x + 20}" cy="{y - 5}" r="6" fill="{_COLOURS[number]}"/>'
        yield f'<text x="{x + 50}" y="{y}">{html.escape(name)}</text>'
