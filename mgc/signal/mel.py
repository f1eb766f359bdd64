"""Mel scale, mel filters and decibels.

Book: The pipeline and its cost.
"""

from functools import lru_cache
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from mgc.signal.stft import power_blocks

# Slaney's scale: linear up to 1 kHz, then 27 steps for each factor 6.4 in frequency.
_SLANEY_STEP_HZ = 200.0 / 3
_SLANEY_KNEE_HZ = 1000.0
_SLANEY_KNEE_MEL = _SLANEY_KNEE_HZ / _SLANEY_STEP_HZ
_SLANEY_LOG_STEP = np.log(6.4) / 27


def hz_to_mel(frequency: ArrayLike, *, htk: bool = False) -> NDArray[np.float64]:
    """Return the mel value of frequencies in Hz, on Slaney's scale or on HTK's.

    Examples
    --------
    >>> hz_to_mel([0.0, 1000.0, 6400.0]).round(6).tolist()
    [0.0, 15.0, 42.0]
    """
    f = np.asarray(frequency, dtype=np.float64)
    if htk:
        return 2595.0 * np.log10(1 + f / 700)
    above = _SLANEY_KNEE_MEL + np.log(np.maximum(f, _SLANEY_KNEE_HZ) / 1000) / _SLANEY_LOG_STEP
    return np.where(f < _SLANEY_KNEE_HZ, f / _SLANEY_STEP_HZ, above)


def mel_to_hz(mel: ArrayLike, *, htk: bool = False) -> NDArray[np.float64]:
    """Return the frequency in Hz of mel values, the inverse of :func:`hz_to_mel`.

    Examples
    --------
    >>> mel_to_hz([0.0, 15.0, 42.0]).round(6).tolist()
    [0.0, 1000.0, 6400.0]
    """
    m = np.asarray(mel, dtype=np.float64)
    if htk:
        return 700.0 * (10.0 ** (m / 2595) - 1)
    above = _SLANEY_KNEE_HZ * np.exp(
        _SLANEY_LOG_STEP * (np.maximum(m, _SLANEY_KNEE_MEL) - _SLANEY_KNEE_MEL)
    )
    return np.where(m < _SLANEY_KNEE_MEL, m * _SLANEY_STEP_HZ, above)


def mel_filterbank(
    *,
    sr: float = 22050,
    n_fft: int = 2048,
    n_mels: int = 128,
    fmin: float = 0.0,
    fmax: float | None = None,
    htk: bool = False,
    norm: str | None = "slaney",
) -> NDArray[np.float32]:
    """Return triangular filters that are equally spaced on the mel scale.

    Parameters
    ----------
    sr : float
        Sampling rate in Hz.
    n_fft : int
        Length of the FFT whose bins are weighed.
    n_mels : int
        Number of filters.
    fmin, fmax : float
        Lowest and highest frequency in Hz; no `fmax` means ``sr / 2``.
    htk : bool
        HTK's mel formula in place of Slaney's.
    norm : {"slaney", None}
        Whether each filter has area 1 over frequency in Hz, or peak 1.

    Returns
    -------
    ndarray of float32, shape (n_mels, 1 + n_fft // 2)
        Weights, not negative.

    Raises
    ------
    ValueError
        If `norm` is none of the two.

    Notes
    -----
    Source: Slaney, Auditory Toolbox, Interval Research Report 1998-010; Stevens, Volkmann and
    Newman (1937), doi:10.1121/1.1915893.  Equal to ``librosa.filters.mel`` (tested).
    Book: The pipeline and its cost.

    Examples
    --------
    >>> weights = mel_filterbank(n_mels=40)
    >>> weights.shape, round(float(weights[20].sum() * 22050 / 2048), 2)
    ((40, 1025), 1.0)
    """
    if norm not in ("slaney", None):
        raise ValueError(f"norm is {norm!r}: expected is 'slaney' or None")
    limits = hz_to_mel([fmin, sr / 2 if fmax is None else fmax], htk=htk)
    edges = mel_to_hz(np.linspace(limits[0], limits[1], n_mels + 2), htk=htk)
    above = edges[:, np.newaxis] - np.fft.rfftfreq(n_fft, 1 / sr)
    width = np.diff(edges)[:, np.newaxis]
    rising, falling = -above[:-2] / width[:-1], above[2:] / width[1:]
    weights = np.maximum(0, np.minimum(rising, falling))
    if norm == "slaney":
        weights *= 2 / (edges[2:] - edges[:-2])[:, np.newaxis]
    return weights.astype(np.float32)


def mel_spectrogram(
    y: ArrayLike,
    *,
    sr: float = 22050,
    n_fft: int = 2048,
    n_mels: int = 128,
    fmin: float = 0.0,
    fmax: float | None = None,
    htk: bool = False,
    norm: str | None = "slaney",
    **stft: Any,
) -> NDArray[np.float32]:
    """Return the mel spectrogram: :func:`mel_filterbank` times the power spectrogram.

    Parameters
    ----------
    y : array_like of shape (n_samples,)
        Real signal.
    sr, n_fft, n_mels, fmin, fmax, htk, norm
        As in :func:`mel_filterbank`.
    **stft
        ``hop_length``, ``win_length``, ``window``, ``center``, ``pad_mode``, ``power`` as in
        :func:`mgc.signal.stft.power_spectrogram`.

    Returns
    -------
    ndarray of float32, shape (n_mels, n_frames)
        Not negative.

    Raises
    ------
    ValueError
        If `norm` is unknown, or there are fewer samples than one frame needs.

    Notes
    -----
    Equal to ``librosa.feature.melspectrogram`` up to rounding in single precision (tested).  The
    filters are sparse (1.5 % of the GTZAN front end's weights are not zero), and each band is
    summed from low to high: the result depends neither on the BLAS nor on the number of threads.
    Book: The pipeline and its cost.

    Examples
    --------
    >>> mel_spectrogram(np.ones(22050), n_mels=64).shape
    (64, 44)
    """
    filters = _sparse_filters(sr, n_fft, n_mels, fmin, fmax, htk, norm)
    return np.concatenate([filters @ S for S in power_blocks(y, n_fft=n_fft, **stft)], axis=1)


@lru_cache(maxsize=16)
def _sparse_filters(
    sr: float, n_fft: int, n_mels: int, fmin: float, fmax: float | None, htk: bool, norm: str | None
) -> Any:
    """Return `mel_filterbank` without its zeros."""
    return csr_array(
        mel_filterbank(sr=sr, n_fft=n_fft, n_mels=n_mels, fmin=fmin, fmax=fmax, htk=htk, norm=norm)
    )


def power_to_db(
    S: ArrayLike, *, ref: float = 1.0, amin: float = 1e-10, top_db: float | None = 80.0
) -> NDArray[np.float32]:
    """Return ``10 log10(S / ref)`` in dB, cut at `top_db` below the maximum.

    Parameters
    ----------
    S : array_like
        Power, not negative, of any shape.
    ref : float
        Power that becomes 0 dB.
    amin : float
        Smaller powers (and a smaller `ref`) count as this one.
    top_db : float or None
        Depth below the maximum of the result; None cuts nothing.

    Returns
    -------
    ndarray of float32, shape of `S`

    Notes
    -----
    Equal to ``librosa.power_to_db`` (tested).
    Book: The pipeline and its cost.

    Examples
    --------
    >>> power_to_db([1.0, 0.1, 1e-12]).tolist()
    [0.0, -10.0, -80.0]
    """
    power = np.asarray(S, dtype=np.float32)
    db = 10 * np.log10(np.maximum(np.float32(amin), power))
    db -= np.float32(10 * np.log10(max(amin, ref)))
    if top_db is not None:
        db = np.maximum(db, db.max() - np.float32(top_db))
    return cast(NDArray[np.float32], np.asarray(db, dtype=np.float32))
