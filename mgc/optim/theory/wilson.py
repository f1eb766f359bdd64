r"""A classification that gradient descent solves and adaptive methods do not.

Each example has its label as the first feature, a 1 as the next two, and features that no other
example has: one if the label is 1, five if it is -1.  The first feature suffices; who weighs all
features equally is led astray.

Book: Convergence on problems with known answers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import DataError
from mgc.optim.theory.rules import require

_SHARED, _OWN = 3, 5


@dataclass(frozen=True, eq=False)
class WilsonToy:
    """Training examples, and labels of examples to test on.

    Attributes
    ----------
    X : ndarray of float64, shape (n, 3 + 5 n)
        Features.
    y : ndarray of float64, shape (n,)
        Labels, 1 or -1.
    test_y : ndarray of float64, shape (m,)
        Labels of new examples, whose own features are not among those of `X`.

    Notes
    -----
    Source: Wilson et al. (2017), arXiv:1705.08292.
    Book: Convergence on problems with known answers.
    """

    X: NDArray[np.float64]
    y: NDArray[np.float64]
    test_y: NDArray[np.float64]

    @property
    def negative_share(self) -> float:
        """Share of the label -1 among the new examples."""
        return float((self.test_y < 0).mean())

    def gradient(self, w: ArrayLike) -> NDArray[np.float64]:
        """Return the gradient of the mean squared error / 2 over the training examples."""
        found: NDArray[np.float64] = self.X.T @ (self.X @ np.asarray(w) - self.y) / len(self.y)
        return found

    def sign_solution(self) -> NDArray[np.float64]:
        """Return the solution with equal weights, to which adaptive methods go from 0."""
        signs = np.sign(self.X.T @ self.y)
        return np.asarray(signs / (self.X[0] @ signs * self.y[0]), dtype=np.float64)

    def minimum_norm_solution(self) -> NDArray[np.float64]:
        """Return the solution of least norm, to which gradient descent goes from 0."""
        return np.asarray(np.linalg.lstsq(self.X, self.y, rcond=None)[0], dtype=np.float64)

    def train_error(self, w: ArrayLike) -> float:
        """Return the share of training examples on the wrong side."""
        return float((self.X @ np.asarray(w) * self.y <= 0).mean())

    def test_error(self, w: ArrayLike) -> float:
        """Return the share of new examples on the wrong side; their own features have no weight."""
        weights = np.asarray(w, dtype=np.float64)
        scores = weights[0] * self.test_y + weights[1:_SHARED].sum()
        return float((scores * self.test_y <= 0).mean())


def wilson_toy(n: int = 60, share: float = 0.6, n_test: int = 10_000, seed: int = 0) -> WilsonToy:
    """Draw the examples.

    Parameters
    ----------
    n, n_test : int > 0
        Training examples and new ones.
    share : float
        Probability of the label 1, above one half.
    seed : int
        Of the labels.

    Raises
    ------
    ConfigError
        If a number is out of range.
    DataError
        If no majority of the training labels is 1, as few examples may have it.

    Examples
    --------
    >>> toy = wilson_toy()
    >>> toy.X.shape, toy.test_error(toy.minimum_norm_solution())
    ((60, 303), 0.0)
    >>> toy.test_error(toy.sign_solution()) == toy.negative_share
    True

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    require(0.5 < share < 1, "share", share, "between 0.5 and 1")
    for name, size in (("n", n), ("n_test", n_test)):
        require(size >= 1, name, size, "1 or more")
    rng = np.random.default_rng(seed)
    y, test_y = (np.where(rng.random(size) < share, 1.0, -1.0) for size in (n, n_test))
    if not y.sum() > 0:
        raise DataError(f"only {int((y > 0).sum())} of {n} labels are 1: take another seed")
    X = np.zeros((n, _SHARED + _OWN * n))
    X[:, 0], X[:, 1:_SHARED] = y, 1
    for i, label in enumerate(y):
        first = _SHARED + _OWN * i
        X[i, first : first + (1 if label > 0 else _OWN)] = 1
    return WilsonToy(X, y, test_y)
