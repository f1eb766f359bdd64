"""Functions to descend, with minima that are known: quadratics and Rosenbrock's valley.

Book: Convergence on problems with known answers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.optim.theory.rules import require


@dataclass(frozen=True, eq=False)
class Quadratic:
    r"""The function :math:`\tfrac12 w^T H w`, with its minimum 0 at 0.

    Attributes
    ----------
    eigenvalues : ndarray of float64, shape (n,)
        Of :math:`H`, rising.
    axes : ndarray of float64, shape (n, n)
        Its eigenvectors, as columns.

    Examples
    --------
    >>> f = quadratic(kappa=100.0, n=5)
    >>> f.mu, f.L
    (1.0, 100.0)
    >>> bool(np.allclose(f.gradient(f.axes[:, 4]), 100 * f.axes[:, 4]))
    True

    Notes
    -----
    Book: Convergence on problems with known answers.
    """

    eigenvalues: NDArray[np.float64]
    axes: NDArray[np.float64]

    @property
    def mu(self) -> float:
        """Least curvature."""
        return float(self.eigenvalues[0])

    @property
    def L(self) -> float:
        """Largest curvature."""
        return float(self.eigenvalues[-1])

    def value(self, w: ArrayLike) -> NDArray[np.float64]:
        """Return the function at points of shape (..., n)."""
        coordinates = np.asarray(w, dtype=np.float64) @ self.axes
        found: NDArray[np.float64] = 0.5 * (coordinates**2 @ self.eigenvalues)
        return found

    def gradient(self, w: ArrayLike) -> NDArray[np.float64]:
        """Return the gradient at points of shape (..., n), of the same shape."""
        coordinates = np.asarray(w, dtype=np.float64) @ self.axes
        found: NDArray[np.float64] = (coordinates * self.eigenvalues) @ self.axes.T
        return found

    def start(self) -> NDArray[np.float64]:
        """Return a point at distance 1 from the minimum, equally far along all axes."""
        found: NDArray[np.float64] = self.axes.sum(axis=1) / len(self.eigenvalues) ** 0.5
        return found


def quadratic(kappa: float, n: int = 20, L: float | None = None, seed: int = 0) -> Quadratic:
    r"""Return a quadratic whose curvatures are spread evenly in the logarithm, randomly rotated.

    Parameters
    ----------
    kappa : float >= 1
        Condition number :math:`L / \mu`.
    n : int >= 2
        Dimension.
    L : float > 0, optional
        Largest curvature; `kappa` if not given, so that the least one is 1.
    seed : int
        Of the rotation.

    Raises
    ------
    ConfigError
        If a number is out of range.

    Examples
    --------
    >>> quadratic(kappa=4.0, n=3).eigenvalues
    array([1., 2., 4.])

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    require(kappa >= 1, "kappa", kappa, "1 or more")
    require(n >= 2, "n", n, "2 or more")
    top = kappa if L is None else L
    require(top > 0, "L", top, "above 0")
    axes, triangle = np.linalg.qr(np.random.default_rng(seed).normal(size=(n, n)))
    spectrum = top * kappa ** -np.linspace(1, 0, n)
    return Quadratic(spectrum, axes * np.sign(np.diag(triangle)))


#: Where everybody starts down Rosenbrock's valley, and where its minimum 0 is.
ROSENBROCK_START, ROSENBROCK_MINIMUM = (-1.2, 1.0), (1.0, 1.0)


def rosenbrock(w: ArrayLike) -> NDArray[np.float64]:
    """Return ``(1 - x)**2 + 100 (y - x**2)**2``: steep walls, and a floor that falls gently.

    Parameters
    ----------
    w : array_like, shape (..., 2)
        Points (x, y).

    Returns
    -------
    ndarray of float64, shape (...)

    Examples
    --------
    >>> rosenbrock([[1.0, 1.0], [-1.2, 1.0]])
    array([ 0. , 24.2])

    Notes
    -----
    Source: Rosenbrock (1960), doi:10.1093/comjnl/3.3.175.
    Book: Convergence on problems with known answers.
    """
    x, y = np.moveaxis(np.asarray(w, dtype=np.float64), -1, 0)
    return np.asarray((1 - x) ** 2 + 100 * (y - x**2) ** 2)


def rosenbrock_gradient(w: ArrayLike) -> NDArray[np.float64]:
    """Return the gradient of :func:`rosenbrock` at points of shape (..., 2), of the same shape.

    Examples
    --------
    >>> rosenbrock_gradient([-1.2, 1.0])
    array([-215.6,  -88. ])

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    x, y = np.moveaxis(np.asarray(w, dtype=np.float64), -1, 0)
    return np.stack([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)], axis=-1)


def rosenbrock_curvatures(w: ArrayLike = ROSENBROCK_MINIMUM) -> NDArray[np.float64]:
    """Return the two eigenvalues of the Hessian of :func:`rosenbrock` at one point, rising.

    Examples
    --------
    >>> low, high = rosenbrock_curvatures()
    >>> round(high / low)
    2508

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    x, y = np.asarray(w, dtype=np.float64)
    hessian = np.array([[2 - 400 * (y - 3 * x**2), -400 * x], [-400 * x, 200.0]])
    found: NDArray[np.float64] = np.linalg.eigvalsh(hessian)
    return found
