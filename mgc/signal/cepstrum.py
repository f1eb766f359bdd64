"""Mel-frequency cepstral coefficients: an orthonormal rotation of the bands, then a cut.

Book: Mel, log compression and conditioning.
"""

from typing import Any, cast

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from mgc.errors import SignalError


def mfcc(log_mel: ArrayLike, n_mfcc: int = 20) -> NDArray[Any]:
    """Return the first coefficients of the orthonormal DCT-II over the bands.

    Parameters
    ----------
    log_mel : array_like, shape (..., n_mels, n_frames)
        Levels in dB; any number of leading axes.
    n_mfcc : int
        Coefficients kept, from the lowest; 1 to `n_mels`.

    Returns
    -------
    ndarray, shape (..., n_mfcc, n_frames)
        Single precision for `log_mel` in single (or half) precision, otherwise double.  Coefficient
        0 is ``sqrt(n_mels)`` times the mean level of the frame.

    Raises
    ------
    SignalError
        If there are fewer than two axes, or `n_mfcc` is not between 1 and the number of bands.

    Notes
    -----
    The DCT is orthonormal: with ``n_mfcc == n_mels`` every distance between two frames is kept.
    Equal to ``librosa.feature.mfcc(S=log_mel, n_mfcc=n_mfcc)`` (tested).
    Source: Davis and Mermelstein (1980), doi:10.1109/TASSP.1980.1163420.
    Book: Mel, log compression and conditioning.

    Examples
    --------
    >>> mfcc(np.full((40, 3), -10.0), n_mfcc=2).round(3).tolist()
    [[-63.246, -63.246, -63.246], [0.0, 0.0, 0.0]]
    """
    levels = np.asarray(log_mel)
    if levels.ndim < 2:
        raise SignalError(
            f"a log-mel spectrogram has shape (..., n_mels, n_frames), but this one "
            f"{levels.shape}: pass the bands of at least one frame as a column"
        )
    if not 1 <= n_mfcc <= levels.shape[-2]:
        raise SignalError(
            f"n_mfcc is {n_mfcc!r}: expected is a whole number from 1 to the number of bands, "
            f"{levels.shape[-2]}; ask for fewer coefficients or make more bands"
        )
    rotated = scipy.fft.dct(levels, type=2, norm="ortho", axis=-2)
    return cast(NDArray[Any], rotated[..., :n_mfcc, :])


def explained_variance(log_mel: ArrayLike) -> NDArray[np.float64]:
    """Return the share of the variance that the first coefficients keep, for each number of them.

    Parameters
    ----------
    log_mel : array_like, shape (..., n_mels, n_frames)
        Levels in dB; the frames of all leading axes are taken together.

    Returns
    -------
    ndarray of float64, shape (n_mels,)
        Entry ``n - 1`` is the share that :func:`mfcc` keeps with ``n_mfcc=n``; the last is 1.

    Raises
    ------
    SignalError
        If there are fewer than two axes, or the frames do not vary.

    Notes
    -----
    Book: Mel, log compression and conditioning.

    Examples
    --------
    >>> explained_variance([[1.0, 3.0, 0.0], [1.0, 3.0, 0.0]]).tolist()
    [1.0, 1.0]
    """
    levels = np.asarray(log_mel, dtype=np.float64)
    variances = np.diag(_covariance(mfcc(levels, levels.shape[-2] if levels.ndim > 1 else 1)))
    return np.asarray(np.cumsum(variances) / variances.sum())


def principal_variance(log_mel: ArrayLike) -> NDArray[np.float64]:
    """Return what :func:`explained_variance` would be for the best rotation of these very frames.

    Parameters
    ----------
    log_mel : array_like, shape (..., n_mels, n_frames)
        As in :func:`explained_variance`.

    Returns
    -------
    ndarray of float64, shape (n_mels,)
        No orthonormal rotation keeps more.

    Raises
    ------
    SignalError
        As in :func:`explained_variance`.

    Notes
    -----
    The rotation is that of the principal components, fitted to what it is applied to.
    Book: Mel, log compression and conditioning.

    Examples
    --------
    >>> principal_variance([[1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 2.0, -2.0]]).tolist()
    [0.8, 1.0]
    """
    values = np.linalg.eigvalsh(_covariance(np.asarray(log_mel, dtype=np.float64)))[::-1]
    return np.asarray(np.cumsum(values) / values.sum())


def _covariance(levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the covariance of the bands over all frames."""
    if levels.ndim < 2:
        raise SignalError(f"levels have shape {levels.shape}: expected is (..., n_mels, n_frames)")
    bands = np.moveaxis(levels, -2, 0).reshape(levels.shape[-2], -1)
    deviations = bands - bands.mean(axis=1, keepdims=True)
    if not deviations.any():
        raise SignalError("the frames do not vary: pass at least two different ones")
    return np.asarray(deviations @ deviations.T / bands.shape[1])
