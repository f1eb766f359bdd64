"""Lanczos: the outer eigenvalues of a symmetric matrix that is known by its products alone.

A network of n weights has a Hessian of n squared numbers, which nobody wants to form; a product
with it costs about three gradients.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import ConfigError

Vector = NDArray[np.float64]
Product = Callable[[Vector], Vector]

#: A step whose new direction is this short against the largest one so far ends the iteration: the
#: space is invariant up to rounding.
_BREAKDOWN = 1e-10


@dataclass(frozen=True)
class Ritz:
    """Approximate eigenpairs from a Krylov space, the largest eigenvalue first.

    Attributes
    ----------
    values : ndarray of float64, shape (k,)
        Ritz values.
    vectors : ndarray of float64, shape (n, k)
        Ritz vectors, orthonormal.
    bounds : ndarray of float64, shape (k,)
        Norm of each residual: within so much of each Ritz value there lies an eigenvalue.
    weights : ndarray of float64, shape (k,)
        Squared share of the starting vector along each Ritz vector; they are the weights of a Gauss
        quadrature and add up to 1 when all Ritz values are kept.
    products : int
        How many products were taken.

    Book: Curvature and stability of our networks
    """

    values: Vector
    vectors: Vector
    bounds: Vector
    weights: Vector
    products: int

    def top(self, k: int) -> "Ritz":
        """Keep the first `k` pairs."""
        kept = slice(k)
        parts = self.values[kept], self.vectors[:, kept], self.bounds[kept], self.weights[kept]
        return Ritz(*parts, products=self.products)


def lanczos(
    product: Product,
    start: ArrayLike,
    steps: int,
    *,
    wanted: int = 1,
    tolerance: float = 0.0,
) -> Ritz:
    r"""Run Lanczos with full reorthogonalisation.

    Parameters
    ----------
    product : callable
        Maps a vector of float64, shape (n,), to its product with a symmetric matrix.
    start : array_like of shape (n,)
        Anything but zero; eigenvectors orthogonal to it are not found.
    steps : int > 0
        Most products; never more than n.
    wanted : int > 0
        How many of the largest eigenvalues `tolerance` is about.
    tolerance : float >= 0
        Stop when the residuals of these are below so much of the largest Ritz value; 0 goes on to
        the end.

    Returns
    -------
    Ritz
        All pairs of the Krylov space.

    Raises
    ------
    ConfigError
        If a number is out of range, the start is zero, or a product is not finite.

    Notes
    -----
    With Q the orthonormal basis and T the tridiagonal matrix of the recurrence,
    :math:`AQ = QT + \beta_m q_{m+1} e_m^T`.  An eigenpair :math:`(\theta, s)` of T gives the Ritz
    pair :math:`(\theta, Qs)` with residual :math:`\beta_m |e_m^T s|`.  In exact arithmetic three
    vectors would do; in rounded arithmetic the basis loses its orthogonality as soon as a Ritz pair
    converges, and copies of found eigenvalues appear.  Orthogonalising each new vector twice
    against all earlier ones keeps it to rounding.  Here n is thousands and m tens, so the basis is
    small change beside the products.
    Source: Golub and Van Loan (2013), Matrix Computations, 4th ed., chapter 10.
    Book: Curvature and stability of our networks.

    Examples
    --------
    >>> A = np.diag([5.0, 2.0, 1.0, -3.0])
    >>> found = lanczos(lambda v: A @ v, np.ones(4), 4)
    >>> found.values.round(9).tolist(), found.products
    ([5.0, 2.0, 1.0, -3.0], 4)
    """
    q = np.array(start, dtype=np.float64)
    length = float(np.linalg.norm(q))
    if q.ndim != 1 or not length > 0 or not np.isfinite(length):
        raise ConfigError(
            f"start has shape {q.shape} and norm {length:g}: Lanczos needs one vector other than 0"
        )
    if steps < 1 or wanted < 1 or not tolerance >= 0:
        raise ConfigError(
            f"steps {steps}, wanted {wanted} and tolerance {tolerance:g} were given: the first two "
            "must be at least 1, the last at least 0"
        )
    basis = np.empty((min(steps, q.size), q.size))
    alpha, beta = [], []
    basis[0] = q / length
    for m in range(len(basis)):
        r = _checked(product(basis[m]), q.size)
        alpha.append(float(basis[m] @ r))
        for _ in range(2):  # twice is enough (Kahan)
            r -= basis[: m + 1].T @ (basis[: m + 1] @ r)
        beta.append(float(np.linalg.norm(r)))
        theta, s = _tridiagonal(alpha, beta[:-1])
        bounds = beta[-1] * np.abs(s[-1])
        size = float(np.abs(theta).max())
        # Not relative to `size`: a matrix may have much larger negative eigenvalues.
        settled = m + 1 >= wanted and (bounds[:wanted] <= tolerance * abs(theta[0])).all()
        if settled or beta[-1] <= _BREAKDOWN * size or m + 1 == len(basis):
            break
        basis[m + 1] = r / beta[-1]
    return Ritz(theta, basis[: m + 1].T @ s, bounds, s[0] ** 2, m + 1)


def top_eigenvalues(
    product: Product,
    n: int,
    k: int = 1,
    *,
    start: ArrayLike | None = None,
    tolerance: float = 1e-3,
    steps: int = 80,
    seed: int = 0,
) -> Ritz:
    """Return the `k` largest eigenvalues, with vectors and error bounds.

    Parameters
    ----------
    product : callable
        As for :func:`lanczos`.
    n : int > 0
        Length of a vector.
    k : int > 0
        How many; fewer come back if n is smaller.
    start : array_like of shape (n,), optional
        A guess, such as the eigenvector at a neighbouring point; random if not given.  A little
        noise is mixed in, so that a guess that is an eigenvector does not hide a larger eigenvalue.
    tolerance : float > 0
        Residual, relative to the largest eigenvalue.  The error of an isolated eigenvalue is of the
        order of its square.
    steps : int > 0
        Most products; the bounds tell whether that was enough.
    seed : int >= 0
        Of the random vector.

    Returns
    -------
    Ritz

    Raises
    ------
    ConfigError
        As :func:`lanczos`.

    Examples
    --------
    >>> d = np.linspace(0, 1, 100) ** 8
    >>> found = top_eigenvalues(lambda v: d * v, 100, 2)
    >>> bool((np.abs(found.values - d[:-3:-1]) <= found.bounds + 1e-12).all())
    True

    Book: Curvature and stability of our networks
    """
    noise = np.random.default_rng(seed).standard_normal(n)
    if start is not None:
        guess = np.asarray(start, dtype=np.float64)
        noise = guess / np.linalg.norm(guess) + 0.1 * noise / np.linalg.norm(noise)
    found = lanczos(product, noise, steps, wanted=min(k, n), tolerance=tolerance)
    return found.top(k)


def _tridiagonal(alpha: list[float], beta: list[float]) -> tuple[Vector, Vector]:
    """Eigenvalues, largest first, and eigenvectors (columns) of the tridiagonal matrix."""
    T = np.diag(alpha) + np.diag(beta, 1) + np.diag(beta, -1)
    values, vectors = np.linalg.eigh(T)
    return values[::-1], vectors[:, ::-1]


def _checked(product: NDArray[np.float64], n: int) -> Vector:
    r = np.array(product, dtype=np.float64)
    if r.shape != (n,) or not np.isfinite(r).all():
        raise ConfigError(
            f"a product has shape {r.shape}, or is not finite: expected are {n} finite numbers; "
            "check the matrix, or that the training has not diverged"
        )
    return r
