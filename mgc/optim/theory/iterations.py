"""Run a rule: down a function, or along gradients that are given in advance.

Book: Convergence on problems with known answers.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import DataError
from mgc.optim.theory.rules import Rule

Gradient = Callable[[Any], Any]


def iterate(rule: Rule, gradient: Gradient, start: ArrayLike, steps: int) -> NDArray[np.float64]:
    """Return the path of a rule down a function.

    Parameters
    ----------
    rule : Rule
        For example ``HeavyBall(learning_rate=0.1)``.
    gradient : callable
        From a point to the gradient there, of one shape.
    start : array_like, shape (...)
        First point; any shape, so rows may be runs of their own if the gradient says so.
    steps : int >= 0
        How many.

    Returns
    -------
    ndarray of float64, shape (steps + 1, ...)
        The path; its first entry is the start.

    Raises
    ------
    DataError
        If the path leaves the range of numbers (it names the step), or a rule without epsilon
        divides by zero.

    Examples
    --------
    >>> from mgc.optim.theory.rules import GradientDescent
    >>> iterate(GradientDescent(learning_rate=0.5), lambda w: w, 8.0, 3)
    array([8., 4., 2., 1.])

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    w = np.asarray(start, dtype=np.float64)
    path = np.empty((steps + 1, *w.shape))
    path[0], state = w, rule.start(w)
    with _no_division_by_zero():
        for t in range(1, steps + 1):
            w, state = rule.step(w, gradient(w), state)
            path[t] = w
    return _require_finite(path)


def feed(
    rule: Rule,
    gradients: ArrayLike,
    start: ArrayLike = 0.0,
    bounds: tuple[float, float] | None = None,
) -> NDArray[np.float64]:
    """Return the path of a rule that is fed with gradients which do not depend on it.

    Parameters
    ----------
    rule : Rule
        For example ``Adam(learning_rate=1e-3)``.
    gradients : array_like, shape (steps, ...)
        One for each step.
    start : array_like, shape (...)
        First point.
    bounds : (float, float), optional
        Least and largest value; after each step, points outside are moved to the nearer one.

    Returns
    -------
    ndarray of float64, shape (steps + 1, ...)
        The path; its first entry is the start.

    Raises
    ------
    DataError
        If start and gradients have different shapes, the path leaves the range of numbers, or a
        rule without epsilon divides by zero.

    Examples
    --------
    >>> from mgc.optim.theory.rules import GradientDescent
    >>> feed(GradientDescent(learning_rate=1.0), [1.0, 1.0, 1.0], bounds=(-2, 2))
    array([ 0., -1., -2., -2.])

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    g, point = np.asarray(gradients, dtype=np.float64), np.asarray(start, dtype=np.float64)
    if g.shape[1:] != point.shape or g.ndim == 0:
        raise DataError(
            f"gradients have the shape {g.shape} and the start {point.shape}: pass one gradient "
            "of the start's shape for each step"
        )
    path = np.empty((len(g) + 1, *point.shape))
    low, high = bounds or (-np.inf, np.inf)
    # Plain numbers are ten times as fast as arrays of no dimension, and many runs need 10^6 steps.
    scalar = point.ndim == 0
    w: Any = float(point) if scalar else point
    path[0], state = w, rule.start(w)
    with _no_division_by_zero():
        for t, gradient in enumerate(g.tolist() if scalar else g, start=1):
            w, state = rule.step(w, gradient, state)
            if bounds:
                w = min(max(w, low), high) if scalar else np.clip(w, low, high)
            path[t] = w
    return _require_finite(path)


def diverges(
    rule: Rule, gradient: Gradient, start: float = 1.0, steps: int = 4000, limit: float = 1e3
) -> bool:
    """Say whether a run on the line leaves ``[-limit, limit]`` within so many steps.

    Examples
    --------
    >>> from mgc.optim.theory.rules import GradientDescent
    >>> [diverges(GradientDescent(learning_rate=a), lambda w: w) for a in (1.9, 2.1)]
    [False, True]

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    w, state = start, rule.start(start)
    for _ in range(steps):
        w, state = rule.step(w, gradient(w), state)
        if not abs(w) <= limit:
            return True
    return False


@contextmanager
def _no_division_by_zero() -> Iterator[None]:
    """Refuse it for plain numbers and arrays alike; what overflows is found in the path."""
    try:
        with np.errstate(over="ignore", invalid="ignore", divide="raise"):
            yield
    except (ZeroDivisionError, FloatingPointError) as error:
        raise DataError("a step divides by zero: give the rule an epsilon above 0") from error


def _require_finite(path: NDArray[np.float64]) -> NDArray[np.float64]:
    bad = ~np.isfinite(path.reshape(len(path), -1)).all(axis=1)
    if bad.any():
        raise DataError(
            f"the run left the range of numbers at step {int(bad.argmax())}: take a smaller "
            "learning rate, or fewer steps"
        )
    return path
