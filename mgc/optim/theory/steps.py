r"""How large a step can be, and what weight decay does where no gradient is.

Book: Convergence on problems with known answers.
"""

import numpy as np
from numpy.typing import NDArray

from mgc.optim.theory.iterations import feed
from mgc.optim.theory.rules import Rule, require


def adam_largest_step(beta_1: float = 0.9, beta_2: float = 0.999) -> float:
    r"""Return the supremum of Adam's step over the learning rate, for all sequences of gradients.

    .. math:: (1 - \beta_1) / \sqrt{(1 - \beta_2)(1 - \beta_1^2/\beta_2)}

    Parameters
    ----------
    beta_1, beta_2 : float
        With ``beta_1**2 < beta_2 < 1``; otherwise there is no bound.

    Raises
    ------
    ConfigError
        If there is no bound.

    Examples
    --------
    >>> round(adam_largest_step(), 4)
    7.2703

    Notes
    -----
    By Cauchy-Schwarz, and approached by :func:`extremal_gradients`; for the means as they are after
    many steps, when nothing has to be corrected any more.
    Book: Convergence on problems with known answers.
    """
    require(0 <= beta_1**2 < beta_2 < 1, "beta_1", beta_1, f"below the root of beta_2 = {beta_2}")
    return float((1 - beta_1) / np.sqrt((1 - beta_2) * (1 - beta_1**2 / beta_2)))


def isolated_step(beta_1: float = 0.9, beta_2: float = 0.999) -> float:
    r"""Return Adam's step over the learning rate at one gradient after a long time of zeros.

    Examples
    --------
    >>> round(isolated_step(), 4)
    3.1623

    Notes
    -----
    Source: Kingma and Ba (2015), section 2.1, arXiv:1412.6980.
    Book: Convergence on problems with known answers.
    """
    return float((1 - beta_1) / np.sqrt(1 - beta_2))


def extremal_gradients(
    steps: int = 20_000, beta_1: float = 0.9, beta_2: float = 0.999
) -> NDArray[np.float64]:
    r"""Return the gradients after which Adam's last step is longest.

    They are :math:`g_i = (\beta_1/\beta_2)^{T-i}` for :math:`i = 1, \dots, T`.

    Examples
    --------
    >>> extremal_gradients(3, beta_1=0.25, beta_2=0.5)
    array([0.25, 0.5 , 1.  ])

    Notes
    -----
    Equality in Cauchy-Schwarz.  Book: Convergence on problems with known answers.
    """
    found: NDArray[np.float64] = (beta_1 / beta_2) ** np.arange(steps - 1, -1, -1.0)
    return found


def isolated_gradients(steps: int = 20_000) -> NDArray[np.float64]:
    """Return zeros and, at last, a one.

    Examples
    --------
    >>> isolated_gradients(3)
    array([0., 0., 1.])

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    found = np.zeros(steps)
    found[-1] = 1
    return found


def last_step(rule: Rule, gradients: NDArray[np.float64]) -> float:
    """Return the length of a rule's last step, over its learning rate.

    Parameters
    ----------
    rule : Rule
        With a constant learning rate.
    gradients : ndarray of float64, shape (steps,)
        What it is fed with.

    Examples
    --------
    >>> from mgc.optim.theory.adaptive import Adam
    >>> rule = Adam(learning_rate=1e-3, epsilon=1e-12)
    >>> round(last_step(rule, extremal_gradients()), 6)
    7.270292
    >>> round(last_step(rule, isolated_gradients()), 6)
    3.162278

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    path = feed(rule, gradients)
    return float(abs(path[-1] - path[-2])) / rule.learning_rate
