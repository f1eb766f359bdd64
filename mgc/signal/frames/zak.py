"""The Zak transform, in which the frame operator of a critically sampled Gabor system is a product.

Book: STFT, windows, frames and dual windows.
"""

from typing import Any

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from mgc.errors import SignalError


def zak(f: ArrayLike, period: int) -> NDArray[np.complex128]:
    r"""Return the Zak transform of a signal on a circle.

    Parameters
    ----------
    f : array_like, shape (L,)
        Real or complex.
    period : int
        K, a divisor of L.

    Returns
    -------
    ndarray of complex128, shape (K, L/K)
        :math:`Z[j, k] = \sum_v f[j + vK] \, e^{-2\pi i k v K/L}`: one row for each place in the
        period, one column for each frequency.

    Raises
    ------
    SignalError
        If `f` is no row of numbers or `period` does not divide its length.

    Notes
    -----
    With ``a = M = period`` the frame operator multiplies the transform by ``M |Z g|**2``.  A
    Gaussian has a zero at (1/2, 1/2) of the unit cell, so this cannot be undone (Balian and Low).
    Source: Janssen (1988), Philips J. Res. 43, 23-69.
    Book: STFT, windows, frames and dual windows.

    Examples
    --------
    >>> zak([1.0, 2.0, 3.0, 4.0], 2).real.tolist()
    [[4.0, -2.0], [6.0, -2.0]]
    """
    signal: NDArray[Any] = np.asarray(f)
    if signal.ndim != 1 or signal.size == 0 or signal.dtype.kind not in "iufc":
        raise SignalError(
            f"a signal is one row of numbers, but this has shape {signal.shape} and type "
            f"{signal.dtype}"
        )
    if period < 1 or len(signal) % period:
        raise SignalError(
            f"the period {period} of a Zak transform must divide the length {len(signal)}"
        )
    rows = signal.reshape(-1, period).T
    values: NDArray[np.complex128] = scipy.fft.fft(rows.astype(np.complex128), axis=1)
    return values


def inverse_zak(Z: ArrayLike) -> NDArray[np.complex128]:
    """Return the signal with this Zak transform, shape (L,).

    Examples
    --------
    >>> inverse_zak(zak([1.0, 2.0, 3.0, 4.0], 2)).real.tolist()
    [1.0, 2.0, 3.0, 4.0]
    """
    return np.asarray(scipy.fft.ifft(np.asarray(Z, dtype=np.complex128), axis=1).T.ravel())
