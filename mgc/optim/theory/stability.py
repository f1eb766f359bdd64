r"""Up to which curvature a rule is stable: by formula, by eigenvalues, and by trying.

On a quadratic the curvature :math:`\lambda` (the sharpness, if it is the largest one) and the
learning rate :math:`\alpha` matter only as a product.  A rule is stable while :math:`\lambda
\alpha` is below its threshold; for Adam and RMSprop :math:`\lambda` is the curvature divided by
the denominator.

Book: Convergence on problems with known answers.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import ConfigError
from mgc.optim.theory.iterations import diverges
from mgc.optim.theory.rules import (
    GradientDescent,
    HeavyBall,
    Nesterov,
    Preconditioned,
    Rule,
    require,
)

#: Rules with a known threshold, and how to make one; gd and rmsprop have no momentum to set.
_MAKERS: dict[str, Callable[[float, float], Rule]] = {
    "gd": lambda rate, _: GradientDescent(learning_rate=rate),
    "heavy_ball": lambda rate, b: HeavyBall(learning_rate=rate, momentum=b),
    "nesterov": lambda rate, b: Nesterov(learning_rate=rate, momentum=b),
    "rmsprop": lambda rate, _: Preconditioned(learning_rate=rate, beta_1=0.0),
    "adam": lambda rate, b: Preconditioned(learning_rate=rate, beta_1=b),
}


def stability_threshold(rule: str, momentum: float = 0.0) -> float:
    r"""Return the largest stable product of curvature and learning rate.

    Parameters
    ----------
    rule : {"gd", "heavy_ball", "nesterov", "rmsprop", "adam"}
        For the last two, the curvature is the preconditioned one: divided by the denominator of
        the step, or for many directions the top eigenvalue of :math:`P^{-1/2} H P^{-1/2}`.
    momentum : float in [0, 1)
        Of heavy ball and Nesterov, or Adam's :math:`\beta_1`; without meaning for gd and rmsprop.

    Returns
    -------
    float
        2; :math:`2(1 + \beta)`; :math:`2(1 + \beta)/(1 + 2\beta)`; 2;
        :math:`2(1 + \beta)/(1 - \beta)`.

    Raises
    ------
    ConfigError
        If the rule is unknown or the momentum out of range.

    Examples
    --------
    >>> [round(stability_threshold(rule, 0.9), 6) for rule in ("gd", "heavy_ball", "nesterov")]
    [2.0, 3.8, 1.357143]
    >>> round(stability_threshold("adam", 0.9), 9)
    38.0

    Notes
    -----
    Source: Cohen et al. (2021), arXiv:2103.00065, and (2022), arXiv:2207.14484.
    Book: Convergence on problems with known answers.
    """
    make_rule(rule, 1.0, momentum)
    b = momentum
    return {
        "gd": 2.0,
        "heavy_ball": 2 * (1 + b),
        "nesterov": 2 * (1 + b) / (1 + 2 * b),
        "rmsprop": 2.0,
        "adam": 2 * (1 + b) / (1 - b),
    }[rule]


def make_rule(rule: str, learning_rate: float, momentum: float = 0.0) -> Rule:
    """Return the rule of that name; for Adam and RMSprop, with the denominator held at 1.

    Raises
    ------
    ConfigError
        If the rule is unknown or a number out of range.

    Examples
    --------
    >>> make_rule("heavy_ball", 0.1, 0.9)
    HeavyBall(learning_rate=0.1, power=0.0, momentum=0.9)

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    if rule not in _MAKERS:
        raise ConfigError(f"rule is {rule!r}, but must be one of {', '.join(_MAKERS)}")
    require(0 <= momentum < 1, "momentum", momentum, "in [0, 1)")
    return _MAKERS[rule](learning_rate, momentum)


def iteration_matrix(rule: Rule, curvature: float) -> NDArray[np.float64]:
    r"""Return the matrix by which a step multiplies (point, memory) on :math:`\lambda w^2/2`.

    Its columns are what the rule itself makes of a point 1 and of a memory 1.

    Parameters
    ----------
    rule : Rule
        A linear one: gradient descent, heavy ball, Nesterov or a fixed preconditioner.
    curvature : float
        The :math:`\lambda`.

    Returns
    -------
    ndarray of float64, shape (1, 1) or (2, 2)

    Examples
    --------
    >>> iteration_matrix(HeavyBall(learning_rate=1.0, momentum=0.5), 0.25)
    array([[ 0.75,  0.5 ],
           [-0.25,  0.5 ]])

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    size = len(rule.start(0.0))
    columns = []
    for w, *memory in np.eye(size):
        moved, state = rule.step(w, curvature * w, (0, *memory))
        columns.append([moved, *state[1:]])
    return np.array(columns, dtype=np.float64).T


def spectral_radius(rule: Rule, curvatures: ArrayLike) -> float:
    """Return the largest modulus of the eigenvalues of all iteration matrices.

    It is the factor by which the error shrinks each step, in the long run.

    Parameters
    ----------
    rule : Rule
        A linear one.
    curvatures : array_like of float
        Eigenvalues of the Hessian.

    Examples
    --------
    >>> spectral_radius(GradientDescent(learning_rate=0.5), [1.0, 3.5])
    0.75

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    values = np.atleast_1d(np.asarray(curvatures, dtype=np.float64))
    found = (np.linalg.eigvals(iteration_matrix(rule, float(value))) for value in values)
    return float(max(np.abs(eigenvalues).max() for eigenvalues in found))


def threshold_by_matrix(rule: str, momentum: float = 0.0) -> float:
    """Return the threshold at which an eigenvalue of the iteration matrix leaves the unit disc.

    Parameters, errors and meaning are those of :func:`stability_threshold`.

    Examples
    --------
    >>> round(threshold_by_matrix("nesterov", 0.9), 9)
    1.357142857

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    return _bisect(lambda rate: spectral_radius(make_rule(rule, rate, momentum), 1.0) > 1)


def threshold_by_runs(rule: str, momentum: float = 0.0, steps: int = 4000) -> float:
    r"""Return the threshold between runs on :math:`w^2/2` that stay bounded and those that do not.

    Just above the threshold a run grows too slowly to be noticed in finitely many steps, so this
    comes out a little too large.

    Parameters
    ----------
    rule, momentum
        As for :func:`stability_threshold`, with the same errors.
    steps : int >= 1
        Length of each run.

    Examples
    --------
    >>> abs(threshold_by_runs("heavy_ball", 0.9, steps=1000) / 3.8 - 1) < 0.01
    True

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    require(steps >= 1, "steps", steps, "1 or more")
    return _bisect(
        lambda rate: diverges(make_rule(rule, rate, momentum), lambda w: w, steps=steps),
        tolerance=1e-5,
    )


def _bisect(unstable: Callable[[float], bool], tolerance: float = 1e-13) -> float:
    """Return where stable becomes unstable, to a relative tolerance."""
    low, high = 0.0, 1.0
    while not unstable(high):
        low, high = high, 2 * high
    while high - low > tolerance * high:
        middle = (low + high) / 2
        low, high = (low, middle) if unstable(middle) else (middle, high)
    return (low + high) / 2
