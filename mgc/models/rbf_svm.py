"""The classical baseline: a support vector machine with a Gaussian kernel on pooled statistics."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

#: Penalty of the margin and width of the kernel: scikit-learn's "scale" and a customary penalty,
#: not tuned.
C, GAMMA = 10.0, "scale"

# Temperatures that are looked at: from nearly one-hot to nearly uniform.
_TEMPERATURES = (0.01, 100.0)


class RbfSvm:
    """Standardised features, one-vs-one support vector machines, log-probabilities.

    The margins (one per class, as scikit-learn combines the pairs of classes) become
    log-probabilities by a softmax whose temperature is fitted by :meth:`calibrate`; it is 1 before.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> y = np.arange(60) % 3
    >>> X = rng.normal(size=(60, 4)) + 3 * y[:, None]
    >>> svm = RbfSvm().fit(X, y)
    >>> svm.log_probabilities(X).shape, round(float((svm.log_probabilities(X).argmax(1) == y).mean()), 1)
    ((60, 3), 1.0)

    Notes
    -----
    Cortes and Vapnik (1995, doi:10.1007/BF00994018); temperature: Guo et al. (2017,
    arXiv:1706.04599).

    Book: Splits and the leakage ladder.
    """

    def __init__(self) -> None:
        self.temperature = 1.0

    def fit(self, X: ArrayLike, y: ArrayLike) -> "RbfSvm":
        """Learn from features of shape (n, features) and labels 0 to n_classes - 1, each seen."""
        # Here, because scikit-learn takes a second to import.
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        from sklearn.svm import SVC

        self._machine: Any = make_pipeline(StandardScaler(), SVC(C=C, gamma=GAMMA)).fit(X, y)
        return self

    @property
    def n_parameters(self) -> int:
        """Dual coefficients and support vectors, as numbers kept."""
        machine = self._machine[-1]
        return int(machine.dual_coef_.size + machine.support_vectors_.size)

    def calibrate(self, X: ArrayLike, y: ArrayLike) -> "RbfSvm":
        """Choose the temperature with the least mean negative log-likelihood on `X`, `y`."""
        margins = self._margins(X)
        rows, labels = np.arange(len(margins)), np.asarray(y)

        def loss(log_temperature: float) -> float:
            logp = log_softmax(margins / np.exp(log_temperature), axis=1)
            return -float(logp[rows, labels].mean())

        found = minimize_scalar(loss, bounds=np.log(_TEMPERATURES), method="bounded")
        self.temperature = float(np.exp(found.x))
        return self

    def log_probabilities(self, X: ArrayLike) -> NDArray[np.float32]:
        """Return natural logarithms of probabilities, float32 of shape (n, classes)."""
        logp = log_softmax(self._margins(X) / self.temperature, axis=1)
        return np.asarray(logp, dtype=np.float32)

    def _margins(self, X: ArrayLike) -> NDArray[np.float64]:
        margins = np.asarray(self._machine.decision_function(X), dtype=np.float64)
        # Of two classes scikit-learn returns one margin: that of the second.
        return margins if margins.ndim == 2 else np.stack([-margins, margins], axis=1)
