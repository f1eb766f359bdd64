"""Mel-frequency cepstral coefficients: an orthonormal rotation of the bands, then a cut.

Book: Mel, log compression and conditioning.
"""

from typing import Any, cast

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from mgc.errors import ConfigError, DataError


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
    DataError
        If there are fewer than two axes.
    ConfigError
        If `n_mfcc` is not between 1 and the number of bands.

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
        raise DataError(
            f"a log-mel spectrogram has shape (..., n_mels, n_frames), but this one "
            f"{levels.shape}: pass the bands of at least one frame as a column"
        )
    if not 1 <= n_mfcc <= levels.shape[-2]:
        raise ConfigError(
            f"n_mfcc is {n_mfcc!r}: expected is a whole number from 1 to the number of bands, "
            f"{levels.shape[-2]}; ask for fewer coefficients or make more bands"
        )
    rotated = scipy.fft.dct(levels, type=2, norm="ortho", axis=-2)
    return cast(NDArray[Any], rotated[..., :n_mfcc, :])
