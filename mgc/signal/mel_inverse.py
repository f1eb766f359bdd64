"""Back from mel bands to a spectrum: two of the many spectra that have the same bands.

Book: Mel, log compression and conditioning.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import SignalError
from mgc.signal.frames.system import GaborSystem


def least_norm_spectrum(M: ArrayLike, weights: ArrayLike) -> NDArray[np.float64]:
    """Return the spectrum of least norm whose mel bands are nearest to `M`.

    Parameters
    ----------
    M : array_like, shape (n_mels, n_frames)
        Mel bands, as filters make them of power (or of magnitude).
    weights : array_like, shape (n_mels, n_bins)
        The filters.

    Returns
    -------
    ndarray of float64, shape (n_bins, n_frames)
        The pseudo-inverse of `weights` times `M`; values may be negative, as no power is.

    Raises
    ------
    SignalError
        If the shapes do not fit or a value is not finite.

    Notes
    -----
    Book: Mel, log compression and conditioning.

    Examples
    --------
    >>> least_norm_spectrum([[1.0]], [[0.5, 0.5]]).round(9).tolist()
    [[1.0], [1.0]]
    """
    bands, F = _fitting(M, weights)
    return np.asarray(np.linalg.lstsq(F, bands, rcond=None)[0])


def nonnegative_spectrum(M: ArrayLike, weights: ArrayLike) -> NDArray[np.float64]:
    """Return a spectrum without negative values whose mel bands are nearest to `M`.

    Parameters
    ----------
    M, weights
        As in :func:`least_norm_spectrum`; no value of `M` is negative.

    Returns
    -------
    ndarray of float64, shape (n_bins, n_frames)
        At most `n_mels` bins of a frame are not zero: the method of active sets ends in a corner.

    Raises
    ------
    SignalError
        If the shapes do not fit, or a value is negative or not finite.

    Notes
    -----
    Bands of a spectrum are met exactly, but nearly never by that spectrum.
    Source: Lawson and Hanson (1995), doi:10.1137/1.9781611971217, chapter 23.
    Book: Mel, log compression and conditioning.

    Examples
    --------
    >>> nonnegative_spectrum([[1.0]], [[0.4, 0.5]]).tolist()
    [[0.0], [2.0]]
    """
    bands, F = _fitting(M, weights)
    if (bands < 0).any():
        raise SignalError("a mel band is negative: pass power or magnitude, not decibels")
    from scipy.optimize import nnls

    columns = [nnls(F, column)[0] for column in bands.T]
    return np.stack(columns, axis=1)


def resynthesise(system: GaborSystem, phases: ArrayLike, S: ArrayLike) -> NDArray[Any]:
    """Return a real signal with the given power spectrogram and the phases of another.

    Parameters
    ----------
    system : GaborSystem
        A frame with an even number M of channels.
    phases : array_like of complex, shape (M, n_frames)
        Coefficients whose angles are taken, ``system.analysis`` of a real signal.
    S : array_like, shape (M // 2 + 1, n_frames)
        Power of the channels from 0 Hz to half the sampling rate; negative values count as 0.

    Returns
    -------
    ndarray of float, shape (L,)
        Its own power spectrogram is the nearest one that a signal can have, not `S` itself.

    Raises
    ------
    SignalError
        If the shapes do not fit.

    Notes
    -----
    Source: Griffin and Lim (1984), doi:10.1109/TASSP.1984.1164317: one step, from the true phases.
    Book: Mel, log compression and conditioning.

    Examples
    --------
    >>> hann = np.sin(np.pi * np.arange(8) / 8) ** 2
    >>> system, y = GaborSystem(hann, a=2, M=8, L=24), np.cos(np.arange(24.0))
    >>> c = system.analysis(y)
    >>> np.allclose(resynthesise(system, c, np.abs(c[:5]) ** 2), y)
    True
    """
    angles = np.angle(np.asarray(phases))
    powers = np.maximum(np.asarray(S, dtype=np.float64), 0)
    expected = (system.M // 2 + 1, system.n_frames)
    if powers.shape != expected or system.M % 2 or angles.shape != (system.M, system.n_frames):
        raise SignalError(
            f"the power has shape {powers.shape} and the phases {angles.shape}: for M = {system.M} "
            f"channels, an even number, expected are {expected} and ({system.M}, {expected[1]})"
        )
    # A real signal: channel M - m has the magnitude of channel m.
    magnitude = np.sqrt(np.concatenate([powers, powers[-2:0:-1]]))
    return system.reconstruct(magnitude * np.exp(1j * angles)).real


def _fitting(M: ArrayLike, weights: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    bands, F = np.asarray(M, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if bands.ndim != 2 or F.ndim != 2 or len(bands) != len(F) or not bands.size:
        raise SignalError(
            f"the mel bands have shape {bands.shape} and the filters {F.shape}: expected are "
            "(n_mels, n_frames) and (n_mels, n_bins)"
        )
    if not (np.isfinite(bands).all() and np.isfinite(F).all()):
        raise SignalError("a mel band or a filter holds NaN or infinity: compute it again")
    return bands, F
