r"""Where good methods fail: a heavy ball that cycles, and Adam walking to the worst point.

Book: Convergence on problems with known answers.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import DataError
from mgc.optim.theory.adaptive import Adam
from mgc.optim.theory.iterations import feed, iterate
from mgc.optim.theory.rules import Rule, require

#: The interval of the Adam counterexamples.  The best point is the left end, the worst the right.
INTERVAL = (-1.0, 1.0)


def lessard_gradient(w: ArrayLike) -> NDArray[np.float64]:
    """Return the slope of a parabola with curvatures 25, 1 and 25, whose minimum is at 0.

    Parameters
    ----------
    w : array_like, shape (...)
        Points on the line; the curvature is 1 from 1 to 2.

    Examples
    --------
    >>> lessard_gradient([0.5, 1.0, 2.0, 3.0])
    array([12.5, 25. , 26. , 51. ])

    Notes
    -----
    Source: Lessard, Recht and Packard (2016), doi:10.1137/15M1009597.
    Book: Convergence on problems with known answers.
    """
    w = np.asarray(w, dtype=np.float64)
    return np.where(w < 1, 25 * w, np.where(w < 2, w + 24, 25 * w - 24))


def limit_cycle(rule: Rule, start: float = 3.3, period: int = 3, steps: int = 600) -> list[float]:
    """Return the points between which a rule ends up on Lessard's parabola.

    Parameters
    ----------
    rule : Rule
        The heavy ball that is best for curvatures from 1 to 25 has a cycle of three.
    start : float
        First point.
    period : int >= 1
        How many points to return.
    steps : int >= 2 * period
        After how many.

    Returns
    -------
    list of float, length `period`
        In the order of the visits, from the one nearest to the minimum on.

    Raises
    ------
    ConfigError
        If a number is out of range.
    DataError
        If the path does not repeat with that period.

    Examples
    --------
    >>> from mgc.optim.theory.rates import tuned_rule
    >>> [round(point, 6) for point in limit_cycle(tuned_rule("heavy_ball", 1, 25))]
    [0.646531, -1.802449, 2.115918]

    Notes
    -----
    The points are 792/1225, -2208/1225 and 2592/1225 (Lessard, Recht and Packard 2016).
    Book: Convergence on problems with known answers.
    """
    require(period >= 1, "period", period, "1 or more")
    require(steps >= 2 * period, "steps", steps, "two periods or more")
    path = iterate(rule, lessard_gradient, start, steps)
    last, before = path[-period:], path[-2 * period : -period]
    if not np.allclose(last, before, rtol=0, atol=1e-9):
        raise DataError(
            f"the path does not repeat every {period} steps: its last points are "
            f"{', '.join(f'{point:.6g}' for point in path[-2 * period :])}"
        )
    return [float(point) for point in np.roll(last, -int(np.abs(last).argmin()))]


def reddi_gradients(steps: int, C: float = 3.0) -> NDArray[np.float64]:
    """Return the slopes C, -1, -1, C, -1, -1, ...: on average positive, for C above 2.

    Examples
    --------
    >>> reddi_gradients(4)
    array([ 3., -1., -1.,  3.])

    Notes
    -----
    Source: Reddi, Kale and Kumar (2018), theorem 1, arXiv:1904.09237.
    Book: Convergence on problems with known answers.
    """
    require(C > 2, "C", C, "above 2")
    return np.where(np.arange(steps) % 3 == 0, C, -1.0)


def random_gradients(steps: int, seed: int = 0) -> NDArray[np.float64]:
    """Return slopes that are 1010 with probability 0.01, else -10: 0.2 on average.

    Notes
    -----
    Source: Reddi, Kale and Kumar (2018), arXiv:1904.09237.
    Book: Convergence on problems with known answers.

    Examples
    --------
    >>> slopes = random_gradients(10**6)
    >>> sorted(set(slopes.tolist())), round(float(slopes.mean()), 1)
    ([-10.0, 1010.0], 0.2)
    """
    return np.where(np.random.default_rng(seed).random(steps) < 0.01, 1010.0, -10.0)


def reddi_rule(kind: type[Adam] = Adam, **changes: Any) -> Adam:
    r"""Return the rule of the periodic counterexample.

    Parameters
    ----------
    kind : type
        ``Adam`` or ``AMSGrad``.
    **changes
        Fields with other values than :math:`\beta_1 = 0`, :math:`\beta_2 = 1/(1 + C^2) = 0.1`,
        no epsilon, and the learning rate :math:`0.5/\sqrt t`.

    Examples
    --------
    >>> reddi_rule(beta_2=0.999).beta_2
    0.999

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    numbers = {"learning_rate": 0.5, "power": 0.5, "beta_1": 0.0, "beta_2": 0.1, "epsilon": 0.0}
    return kind(**(numbers | changes))


def reddi_path(rule: Rule, steps: int = 300_000) -> NDArray[np.float64]:
    """Return the path of a rule on the periodic counterexample, from 0.

    Parameters
    ----------
    rule : Rule
        From :func:`reddi_rule`.
    steps : int
        How many; a million take a few seconds.

    Returns
    -------
    ndarray of float64, shape (steps + 1,)

    Examples
    --------
    >>> from mgc.optim.theory.adaptive import AMSGrad
    >>> [round(float(reddi_path(reddi_rule(kind), 3000)[-1]), 2) for kind in (Adam, AMSGrad)]
    [1.0, -0.99]

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    return feed(rule, reddi_gradients(steps), 0.0, bounds=INTERVAL)


def mean_regret(path: ArrayLike, gradients: ArrayLike) -> NDArray[np.float64]:
    """Return the mean loss so far, above that of always standing at the best point.

    Parameters
    ----------
    path : array_like, shape (steps + 1,)
        Points of a run on the interval from -1 to 1.
    gradients : array_like, shape (steps,)
        Slopes of the losses; the one of step t is met at ``path[t]``, before the step.

    Returns
    -------
    ndarray of float64, shape (steps,)
        It goes to 0 if the method learns.  At the worst point it is twice the mean slope.

    Examples
    --------
    >>> mean_regret([1.0] * 4, [3.0, -1.0, -1.0])[-1].round(6)
    np.float64(0.666667)

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    g = np.asarray(gradients, dtype=np.float64)
    losses = g * (np.asarray(path, dtype=np.float64)[: len(g)] - INTERVAL[0])
    found: NDArray[np.float64] = np.cumsum(losses) / np.arange(1, len(g) + 1)
    return found
