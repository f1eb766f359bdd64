"""Per-band normalisation, fitted on the training part only, in float64."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mgc.errors import DataError

#: A band that (almost) never changes is left unscaled rather than blown up.
_LEAST_STD = 1e-3


@dataclass(frozen=True)
class BandNormaliser:
    """Subtract the mean and divide by the standard deviation of each mel band.

    Attributes
    ----------
    mean, std : ndarray of float64, shape (n_mels,)
        In dB, over all training segments and frames.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[[0.0, 2.0], [5.0, 5.0]]])
    >>> normaliser = BandNormaliser.fit([x])
    >>> normaliser(x).tolist()
    [[[-1.0, 1.0], [0.0, 0.0]]]

    Book: The pipeline and its cost
    """

    mean: npt.NDArray[np.float64]
    std: npt.NDArray[np.float64]

    @classmethod
    def fit(cls, batches: Iterable[npt.NDArray[Any]]) -> "BandNormaliser":
        """Fit on batches of shape (batch, n_mels, frames), each seen once.

        Means and sums of squares of the batches are merged as Chan, Golub and LeVeque (1983, doi
        10.2307/2683386) do, which stays accurate where the one-pass formula cancels.

        Raises
        ------
        DataError
            If there is no batch or a value is not finite.
        """
        count, mean, squares = 0.0, np.float64(0.0), np.float64(0.0)
        for batch in batches:
            x = np.asarray(batch, dtype=np.float64)
            n = x.shape[0] * x.shape[2]
            part_mean = x.mean(axis=(0, 2))
            part_squares = ((x - part_mean[:, None]) ** 2).sum(axis=(0, 2))
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
        return cls(np.asarray(mean), np.where(std > _LEAST_STD, std, 1.0))

    def __call__(self, x: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """Normalise ``(..., n_mels, frames)``; float32 out."""
        return ((x - self.mean[:, None]) / self.std[:, None]).astype(np.float32)

    def to_dict(self) -> dict[str, list[float]]:
        """Return what JSON can keep without losing a bit."""
        return {"mean": self.mean.tolist(), "std": self.std.tolist()}

    @classmethod
    def from_dict(cls, values: dict[str, list[float]]) -> "BandNormaliser":
        """Undo `to_dict`."""
        return cls(np.array(values["mean"]), np.array(values["std"]))
