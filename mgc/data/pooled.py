"""Pooled statistics: a segment of any length as one vector, what classical classifiers take."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import DataError


def pooled_statistics(levels: ArrayLike) -> NDArray[np.float64]:
    """Summarise each mel band over time by three numbers.

    Parameters
    ----------
    levels : array_like of shape (n, n_mels, frames)
        Log-mel levels in dB, at least two frames.

    Returns
    -------
    ndarray of float64, shape (n, 3 * n_mels)
        Mean, standard deviation, and standard deviation of the difference between successive
        frames, in dB.  The order of the frames matters to the last alone.

    Raises
    ------
    DataError
        If there are fewer than two frames.

    Examples
    --------
    >>> pooled_statistics([[[0.0, 2.0, 0.0, 2.0]]]).tolist()
    [[1.0, 1.0, 1.8856180831641267]]

    Notes
    -----
    The texture window of Tzanetakis and Cook (2002, doi:10.1109/TSA.2002.800560), on mel bands.
    Book: Splits and the leakage ladder.
    """
    x = np.asarray(levels, dtype=np.float64)
    if x.ndim != 3 or x.shape[2] < 2:
        raise DataError(
            f"levels have shape {x.shape}: expected are (n, n_mels, at least 2 frames); take "
            "longer segments"
        )
    return np.concatenate([x.mean(axis=2), x.std(axis=2), np.diff(x).std(axis=2)], axis=1)
