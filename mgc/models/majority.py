"""The least that any classifier has to beat: always the commonest genre."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Kept beside a class that was never seen, so that its logarithm is a number.
_LEAST = np.finfo(np.float32).tiny


class Majority:
    """Shares of the genres in the training part as the probabilities of every segment.

    Of equally common genres the first is decided for.

    Examples
    --------
    >>> model = Majority().fit(np.empty((4, 0)), [0, 1, 1, 2])
    >>> np.exp(model.log_probabilities(np.empty((1, 0)))).tolist()
    [[0.25, 0.5, 0.25]]

    Book: Main results
    """

    def fit(self, X: ArrayLike, y: ArrayLike) -> "Majority":
        """Count labels 0 to n_classes - 1; the features `X` (n, anything) are not looked at."""
        self._shares = np.bincount(np.asarray(y)) / np.size(y)
        return self

    def calibrate(self, X: ArrayLike, y: ArrayLike) -> "Majority":
        """Change nothing: there is no temperature."""
        return self

    @property
    def n_parameters(self) -> int:
        """One share a genre."""
        return self._shares.size

    def log_probabilities(self, X: ArrayLike) -> NDArray[np.float32]:
        """Return natural logarithms of the shares, float32 of shape (n, classes)."""
        logp = np.log(np.maximum(self._shares, _LEAST)).astype(np.float32)
        return np.tile(logp, (len(np.asarray(X)), 1))
