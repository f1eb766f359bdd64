r"""How fast the error must fall on a quadratic, and how fast it does.

Book: Convergence on problems with known answers.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import ConfigError, DataError
from mgc.optim.theory.rules import GradientDescent, HeavyBall, Nesterov, Rule, require
from mgc.optim.theory.stability import spectral_radius

#: Ways to choose the numbers of a rule from the least and the largest curvature.
TUNINGS = ("gd", "heavy_ball", "nesterov", "nesterov_tuned")


def tuned_rule(name: str, mu: float, L: float) -> Rule:
    r"""Return the rule with the numbers that theory gives for curvatures from `mu` to `L`.

    Parameters
    ----------
    name : {"gd", "heavy_ball", "nesterov", "nesterov_tuned"}
        With :math:`\kappa = L/\mu`: gradient descent with the learning rate :math:`2/(L + \mu)`;
        heavy ball with :math:`4/(\sqrt L + \sqrt\mu)^2` and momentum
        :math:`((\sqrt\kappa - 1)/(\sqrt\kappa + 1))^2`; Nesterov with :math:`1/L` and
        :math:`(\sqrt\kappa - 1)/(\sqrt\kappa + 1)`, safe on all strongly convex functions; the
        same tuned for quadratics, :math:`4/(3L + \mu)` and
        :math:`(\sqrt{3\kappa + 1} - 2)/(\sqrt{3\kappa + 1} + 2)`.
    mu, L : float > 0
        Least and largest curvature.

    Raises
    ------
    ConfigError
        If the name is unknown or not ``0 < mu <= L``.

    Examples
    --------
    >>> tuned_rule("gd", 1.0, 3.0)
    GradientDescent(learning_rate=0.5, power=0.0)

    Notes
    -----
    Source: Polyak (1964), doi:10.1016/0041-5553(64)90137-5; Lessard, Recht and Packard (2016),
    doi:10.1137/15M1009597.  Book: Convergence on problems with known answers.
    """
    kappa = _kappa(name, mu, L)
    root, wide = math.sqrt(kappa), math.sqrt(3 * kappa + 1)
    b = (root - 1) / (root + 1)
    makers: dict[str, Callable[[], Rule]] = {
        "gd": lambda: GradientDescent(learning_rate=2 / (L + mu)),
        "heavy_ball": lambda: HeavyBall(
            learning_rate=4 / (math.sqrt(L) + math.sqrt(mu)) ** 2, momentum=b * b
        ),
        "nesterov": lambda: Nesterov(learning_rate=1 / L, momentum=b),
        "nesterov_tuned": lambda: Nesterov(
            learning_rate=4 / (3 * L + mu), momentum=(wide - 2) / (wide + 2)
        ),
    }
    return makers[name]()


def predicted_rate(name: str, mu: float, L: float) -> float:
    r"""Return the factor by which the error shrinks each step, in the long run.

    Parameters, errors and names are those of :func:`tuned_rule`.

    Returns
    -------
    float
        :math:`(\kappa-1)/(\kappa+1)`; :math:`(\sqrt\kappa-1)/(\sqrt\kappa+1)`;
        :math:`1 - 1/\sqrt\kappa`; :math:`1 - 2/\sqrt{3\kappa+1}`.

    Examples
    --------
    >>> [round(predicted_rate(name, 1, 100), 6) for name in TUNINGS]
    [0.980198, 0.818182, 0.9, 0.884722]

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    kappa = _kappa(name, mu, L)
    root = math.sqrt(kappa)
    return {
        "gd": (kappa - 1) / (kappa + 1),
        "heavy_ball": (root - 1) / (root + 1),
        "nesterov": 1 - 1 / root,
        "nesterov_tuned": 1 - 2 / math.sqrt(3 * kappa + 1),
    }[name]


def matrix_rate(name: str, mu: float, L: float) -> float:
    """Return the same factor from the eigenvalues of the rule's iteration matrices.

    Parameters, errors and names are those of :func:`tuned_rule`.  Both ends of the spectrum are
    tried and what lies between, for a rule that is tuned badly is slowest at an end.

    Examples
    --------
    >>> round(matrix_rate("heavy_ball", 1, 100), 6)
    0.818182

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    return spectral_radius(tuned_rule(name, mu, L), np.geomspace(mu, L, 21))


def steps_to(rate: float, share: float = 1e-6) -> int:
    """Return after how many steps a factor `rate` for each has left less than `share`.

    Examples
    --------
    >>> [steps_to(predicted_rate(name, 1, 100)) for name in ("gd", "heavy_ball", "nesterov")]
    [691, 69, 132]

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    require(0 < rate < 1, "rate", rate, "between 0 and 1")
    return math.ceil(math.log(share) / math.log(rate))


def fitted_rate(
    errors: ArrayLike, first: int = 0, last: int | None = None, double_root: bool = False
) -> float:
    r"""Return the factor for each step that fits best to the logarithm of the errors.

    Parameters
    ----------
    errors : array_like, shape (steps + 1,)
        Distance from the minimum before the first step and after each.
    first, last : int
        Steps between which to fit, both included; to the end if `last` is not given.
    double_root : bool
        If an eigenvalue is double, the error falls like :math:`t \rho^t`, which looks slower than
        :math:`\rho^t` at first.  If set, the factor :math:`t` is divided out.

    Raises
    ------
    DataError
        If fewer than two steps are in the range, or an error there is not positive.

    Examples
    --------
    >>> t = np.arange(101.0)
    >>> round(fitted_rate(3 * 0.5**t), 12), round(fitted_rate(t * 0.5**t, 50), 4)
    (0.5, 0.5069)
    >>> round(fitted_rate(t * 0.5**t, 50, double_root=True), 12)
    0.5

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    e = np.asarray(errors, dtype=np.float64)
    t = np.arange(len(e))[first : None if last is None else last + 1]
    used = e[t]
    if len(t) < 2 or not (used > 0).all():
        raise DataError(
            f"a rate needs two positive errors or more, but of the {len(t)} from step {first} on "
            f"{int((used > 0).sum())} are positive: fit where the run has not ended yet"
        )
    height = np.log(used) - (np.log(np.maximum(t, 1)) if double_root else 0.0)
    return float(np.exp(np.polyfit(t, height, 1)[0]))


def distances(path: ArrayLike) -> NDArray[np.float64]:
    """Return the distance of each point of a path from the minimum at 0.

    Parameters
    ----------
    path : array_like, shape (steps + 1, n)

    Examples
    --------
    >>> distances([[3.0, 4.0], [0.0, 1.0]])
    array([5., 1.])

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    found: NDArray[np.float64] = np.linalg.norm(np.asarray(path, dtype=np.float64), axis=-1)
    return found


def _kappa(name: str, mu: float, L: float) -> float:
    if name not in TUNINGS:
        raise ConfigError(f"rule is {name!r}, but must be one of {', '.join(TUNINGS)}")
    if not 0 < mu <= L < math.inf:
        raise ConfigError(f"the curvatures are {mu} and {L}, but must be positive and rise")
    return L / mu
