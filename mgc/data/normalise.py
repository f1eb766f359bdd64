"""Normalisation of features, fitted on the training part only, in float64."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mgc.errors import DataError
from mgc.signal.floating.moments import merge_moments, moments

#: What is averaged, of (segments, rows, columns), so that each band, pixel or everything together
#: has its own mean and deviation.
SCALERS = {"band": (0, 2), "pixel": (0,), "global": (0, 1, 2)}

#: What changes by less than this share of its mean is constant up to rounding: it is left unscaled
#: rather than blown up.
_LEAST_CHANGE = 1e-5


@dataclass(frozen=True)
class Normaliser:
    """Subtract the mean and divide by the standard deviation, by default of each mel band.

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

        Raises
        ------
        DataError
            If there is no batch or a value is not finite.

        Notes
        -----
        Means and sums of squares of the batches are merged as Chan, Golub and LeVeque (1983, doi
        10.2307/2683386) do, which stays accurate where the one-pass formula cancels.
        """
        parts = (moments(batch, axis=SCALERS[scaler]) for batch in batches)
        whole = next(parts, None)
        if whole is not None:
            whole = functools.reduce(merge_moments, parts, whole)
        if whole is None or not np.isfinite(whole.squares).all():
            raise DataError(
                "normalisation needs at least one training segment and finite features: check the "
                "split and run 'mgc data verify' on the store"
            )
        mean, std = whole.mean, np.sqrt(whole.squares / whole.n)
        return cls(mean, np.where(std > _LEAST_CHANGE * np.abs(mean), std, 1.0))

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
