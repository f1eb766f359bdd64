r"""What is possible on convex functions whose gradient has the Lipschitz constant :math:`L`.

No curvature from below is assumed, so errors fall like a power of the number of steps instead of
exponentially.  :math:`R` is the distance from the start to the nearest minimum.

Book: Convergence on problems with known answers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.optim.theory.iterations import Gradient, iterate
from mgc.optim.theory.rules import GradientDescent, require


@dataclass(frozen=True)
class WorstChain:
    r"""Nesterov's worst function for `k` steps: a chain of springs, pulled at one end.

    .. math::
        f(w) = \tfrac14 \left( \tfrac12 \left[w_1^2 + \sum_i (w_i - w_{i+1})^2 + w_n^2 \right]
        - w_1 \right)

    There are :math:`n = 2k + 1` coordinates.  From 0, each gradient reaches one coordinate
    further, so after `k` steps nobody knows the rest.
    Its gradient has :math:`L = 1`.

    Examples
    --------
    >>> chain = WorstChain(50)
    >>> bool(np.allclose(chain.gradient(chain.minimum), 0)), chain.n
    (True, 101)

    Notes
    -----
    Source: Nesterov, Introductory Lectures on Convex Optimization (2004), section 2.1.2,
    doi:10.1007/978-1-4419-8853-9.  Book: Convergence on problems with known answers.
    """

    k: int

    def __post_init__(self) -> None:
        require(self.k >= 1, "k", self.k, "1 or more")

    @property
    def n(self) -> int:
        """Dimension."""
        return 2 * self.k + 1

    @property
    def minimum(self) -> NDArray[np.float64]:
        """Where the function is least: a straight line from 1 down to 0."""
        return 1 - np.arange(1, self.n + 1) / (self.n + 1)

    @property
    def distance(self) -> float:
        """Distance R from 0 to the minimum."""
        return float(np.linalg.norm(self.minimum))

    def gradient(self, w: ArrayLike) -> NDArray[np.float64]:
        """Return the gradient at one point of shape (n,)."""
        padded = np.pad(np.asarray(w, dtype=np.float64), 1)
        found = (2 * padded[1:-1] - padded[:-2] - padded[2:]) / 4
        found[0] -= 0.25
        return found

    def gap(self, w: ArrayLike) -> float:
        """Return how far above its minimum the function is at `w`."""
        # Half the difference times its gradient: exact for a quadratic, without cancellation.
        away = np.asarray(w, dtype=np.float64) - self.minimum
        return float(away @ self.gradient(w)) / 2


@dataclass(frozen=True)
class WorstBowl:
    r"""The worst function for `k` steps of gradient descent: a parabola that goes on as a line.

    With :math:`L = 1` and the start at :math:`R = 1`; it bends at :math:`1/(2k + 1)`.

    Examples
    --------
    >>> bowl = WorstBowl(2)
    >>> bowl.gradient(1.0), round(bowl.gap(1.0), 12)
    (0.2, 0.18)

    Notes
    -----
    Source: Drori and Teboulle (2014), doi:10.1007/s10107-013-0653-0.
    Book: Convergence on problems with known answers.
    """

    k: int

    def __post_init__(self) -> None:
        require(self.k >= 1, "k", self.k, "1 or more")

    @property
    def bend(self) -> float:
        """Where the parabola ends."""
        return 1 / (2 * self.k + 1)

    def gradient(self, w: float) -> float:
        """Return the slope."""
        return min(max(w, -self.bend), self.bend)

    def gap(self, w: float) -> float:
        """Return how far above its minimum the function is."""
        w = abs(w)
        return w * w / 2 if w <= self.bend else self.bend * (w - self.bend / 2)


def lower_bound(k: int, distance: float = 1.0, L: float = 1.0) -> float:
    r"""Return :math:`3 L R^2 / (32 (k+1)^2)`, below which no method gets on the worst chain.

    That is, in `k` steps, if each step is a linear combination of the gradients seen so far.

    Examples
    --------
    >>> round(lower_bound(50, WorstChain(50).distance), 5)
    0.00121

    Notes
    -----
    Source: Nesterov (2004), theorem 2.1.7, doi:10.1007/978-1-4419-8853-9.
    Book: Convergence on problems with known answers.
    """
    return 3 * L * distance**2 / (32 * (k + 1) ** 2)


def accelerated_bound(k: int, distance: float = 1.0, L: float = 1.0) -> float:
    r"""Return :math:`2 L R^2 / (k+1)^2`, which Nesterov's method keeps on every function.

    Examples
    --------
    >>> round(accelerated_bound(50, WorstChain(50).distance), 4)
    0.0258

    Notes
    -----
    Source: Beck and Teboulle (2009), doi:10.1137/080716542.
    Book: Convergence on problems with known answers.
    """
    return 2 * L * distance**2 / (k + 1) ** 2


def descent_bound(k: int, distance: float = 1.0, L: float = 1.0) -> float:
    r"""Return :math:`L R^2 / (4k + 2)`, which gradient descent with step :math:`1/L` keeps.

    Examples
    --------
    >>> round(descent_bound(50, WorstChain(50).distance), 4)
    0.1658

    Notes
    -----
    Source: Drori and Teboulle (2014), doi:10.1007/s10107-013-0653-0.
    Book: Convergence on problems with known answers.
    """
    return L * distance**2 / (4 * k + 2)


def accelerate(
    gradient: Gradient, start: ArrayLike, steps: int, L: float = 1.0
) -> NDArray[np.float64]:
    r"""Return the path of Nesterov's method for convex functions, momentum growing to 1.

    .. math::
        w_{k+1} = y_k - g(y_k) / L, \quad
        y_{k+1} = w_{k+1} + \frac{\theta_k - 1}{\theta_{k+1}} (w_{k+1} - w_k), \quad
        \theta_{k+1} = \tfrac12 \left( 1 + \sqrt{1 + 4 \theta_k^2} \right), \; \theta_0 = 1

    Parameters
    ----------
    gradient, start, steps
        As for :func:`mgc.optim.theory.iterations.iterate`.
    L : float > 0
        Lipschitz constant of the gradient.

    Returns
    -------
    ndarray of float64, shape (steps + 1, ...)
        The points :math:`w_k`.

    Examples
    --------
    >>> chain = WorstChain(50)
    >>> round(chain.gap(accelerate(chain.gradient, np.zeros(101), 50)[-1]), 5)
    0.00382

    Notes
    -----
    Source: Nesterov (1983); in this form Beck and Teboulle (2009), doi:10.1137/080716542.
    Book: Convergence on problems with known answers.
    """
    w = y = np.asarray(start, dtype=np.float64)
    path, theta = [w], 1.0
    for _ in range(steps):
        new = y - gradient(y) / L
        following = (1 + (1 + 4 * theta * theta) ** 0.5) / 2
        y = new + (theta - 1) / following * (new - w)
        w, theta = new, following
        path.append(w)
    return np.array(path)


def worst_gaps(k: int) -> dict[str, float]:
    r"""Return gaps after `k` steps on the worst functions for `k`, beside the bounds, over LR².

    Returns
    -------
    dict from name to float
        ``lower bound``, ``accelerated, chain``, ``accelerated bound``, ``descent, chain``,
        ``descent, bowl``, ``descent bound``.

    Examples
    --------
    >>> gaps = worst_gaps(50)
    >>> gaps["lower bound"] < gaps["accelerated, chain"] < gaps["accelerated bound"]
    True

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    chain, bowl, rule = WorstChain(k), WorstBowl(k), GradientDescent(learning_rate=1.0)
    zero, unit = np.zeros(chain.n), chain.distance**-2
    return {
        "lower bound": lower_bound(k),
        "accelerated, chain": chain.gap(accelerate(chain.gradient, zero, k)[-1]) * unit,
        "accelerated bound": accelerated_bound(k),
        "descent, chain": chain.gap(iterate(rule, chain.gradient, zero, k)[-1]) * unit,
        "descent, bowl": bowl.gap(float(iterate(rule, bowl.gradient, 1.0, k)[-1])),
        "descent bound": descent_bound(k),
    }
