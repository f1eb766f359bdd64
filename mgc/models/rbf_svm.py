"""The classical baseline: a support vector machine with a Gaussian kernel on pooled statistics."""

import itertools
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

#: Penalty of the margin, a customary one, and sharpness of the kernel in units of scikit-learn's
#: "scale": what is taken unless tuned.
PENALTY, SHARPNESS = 10.0, 1.0

#: What is tried where the two are tuned: twelve settings.
TRIALS = tuple(itertools.product((1.0, 10.0, 100.0), (0.1, 0.3, 1.0, 3.0)))

# Temperatures that are looked at: from nearly one-hot to nearly uniform.
_TEMPERATURES = (0.01, 100.0)


class RbfSvm:
    """Standardised features, one-vs-one support vector machines, log-probabilities.

    The margins (one per class, as scikit-learn combines the pairs of classes) become
    log-probabilities by a softmax whose temperature is fitted by :meth:`calibrate`; it is 1 before.

    Parameters
    ----------
    penalty : float > 0
        Of a point on the wrong side of its margin (scikit-learn's ``C``).
    sharpness : float > 0
        Of the kernel ``exp(-gamma |x - x'|^2)``: its ``gamma`` in units of 1 / (number of features
        times their variance).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> y = np.arange(60) % 3
    >>> X = rng.normal(size=(60, 4)) + 3 * y[:, None]
    >>> svm = RbfSvm().fit(X, y)
    >>> logp = svm.log_probabilities(X)
    >>> logp.shape, round(float((logp.argmax(axis=1) == y).mean()), 1)
    ((60, 3), 1.0)

    Notes
    -----
    Cortes and Vapnik (1995, doi:10.1007/BF00994018); temperature: Guo et al. (2017,
    arXiv:1706.04599).

    Book: Splits and the leakage ladder.
    """

    def __init__(self, penalty: float = PENALTY, sharpness: float = SHARPNESS) -> None:
        self.penalty, self.sharpness = penalty, sharpness
        self.temperature = 1.0

    def fit(self, X: ArrayLike, y: ArrayLike) -> "RbfSvm":
        """Learn from features of shape (n, features) and labels 0 to n_classes - 1, each seen."""
        # Here, because scikit-learn takes a second to import.
        from sklearn.preprocessing import StandardScaler
        from sklearn.svm import SVC

        self._scaler: Any = StandardScaler().fit(X)
        scaled = self._scaler.transform(X)
        gamma = self.sharpness / (scaled.shape[1] * scaled.var())
        self._machine: Any = SVC(C=self.penalty, gamma=gamma).fit(scaled, y)
        return self

    @property
    def n_parameters(self) -> int:
        """Dual coefficients and support vectors, as numbers kept."""
        return int(self._machine.dual_coef_.size + self._machine.support_vectors_.size)

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
        scaled = self._scaler.transform(X)
        margins = np.asarray(self._machine.decision_function(scaled), dtype=np.float64)
        # Of two classes scikit-learn returns one margin: that of the second.
        return margins if margins.ndim == 2 else np.stack([-margins, margins], axis=1)
