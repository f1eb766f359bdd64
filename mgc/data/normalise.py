"""Normalisation of features, fitted on the training part only, in float64."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mgc.errors import DataError

#: What is averaged, of (segments, rows, columns), so that each band, pixel or everything together
#: has its own mean and deviation.
SCALERS = {"band": (0, 2), "pixel": (0,), "global": (0, 1, 2)}

#: What changes by less than this share of its mean is constant up to rounding: it is left unscaled
#: rather than blown up.
_LEAST_CHANGE = 1e-5


@dataclass(frozen=True)
class Normaliser:
    """Subtract the mean and divide by the standard deviation of each mel band.

    Attributes
    ----------
    mean, std : ndarray of float64, shape (rows,), (rows, columns) or ()
        In the units of the features (dB), over all training segments, of each band, of each pixel
        or of everything.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[[0.0, 2.0], [5.0, 5.0]]])
    >>> normaliser = Normaliser.fit([x])
    >>> normaliser(x).tolist()
    [[[-1.0, 1.0], [0.0, 0.0]]]

    Book: The pipeline and its cost
    """

    mean: npt.NDArray[np.float64]
    std: npt.NDArray[np.float64]

    @classmethod
    def fit(cls, batches: Iterable[npt.NDArray[Any]], scaler: str = "band") -> "Normaliser":
        """Fit on batches of shape (batch, rows, columns), each seen once.

        Parameters
        ----------
        batches : iterable of ndarray
            All of the training part.
        scaler : {'band', 'pixel', 'global'}
            What has its own mean and deviation.  Convolutions assume that time may shift, which
            only the first and the last respect.

        Means and sums of squares of the batches are merged as Chan, Golub and LeVeque (1983, doi
        10.2307/2683386) do, which stays accurate where the one-pass formula cancels.

        Raises
        ------
        DataError
            If there is no batch or a value is not finite.
        """
        axes = SCALERS[scaler]
        count, mean, squares = 0.0, np.float64(0.0), np.float64(0.0)
        for batch in batches:
            x = np.asarray(batch, dtype=np.float64)
            n = float(np.prod([x.shape[axis] for axis in axes]))
            part_mean = x.mean(axis=axes)
            part_squares = ((x - x.mean(axis=axes, keepdims=True)) ** 2).sum(axis=axes)
            delta = part_mean - mean
            total = count + n
            squares = squares + part_squares + delta**2 * (count * n / total)
            mean = mean + delta * (n / total)
            count = total
        if not count or not np.isfinite(squares).all():
            raise DataError(
                "normalisation needs at least one training segment and finite features: check the "
                "split and run 'mgc data verify' on the store"
            )
        std = np.sqrt(squares / count)
        return cls(np.asarray(mean), np.where(std > _LEAST_CHANGE * np.abs(mean), std, 1.0))

    def __call__(self, x: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """Normalise ``(..., rows, columns)``; float32 out."""
        mean, std = self.mean, self.std
        if mean.ndim == 1:
            mean, std = mean[:, None], std[:, None]
        return np.asarray((x - mean) / std, dtype=np.float32)

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can keep without losing a bit."""
        return {"mean": self.mean.tolist(), "std": self.std.tolist()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Normaliser":
        """Undo `to_dict`."""
        return cls(np.array(values["mean"]), np.array(values["std"]))
