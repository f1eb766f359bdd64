"""Windows laid over each other: the sums that decide whether overlap-add gives the signal back.

Book: STFT, windows, frames and dual windows.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import SignalError


def overlap_sum(window: ArrayLike, positions: Iterable[int], length: int) -> NDArray[np.float64]:
    """Return the sum of copies of a window that begin at given positions of a circle.

    Parameters
    ----------
    window : array_like, shape (at most length,)
    positions : iterable of int
        First sample of each copy; they need not be equally far apart.
    length : int
        Number of samples of the circle: what goes past its end comes back at its beginning.

    Returns
    -------
    ndarray of float64, shape (length,)

    Raises
    ------
    SignalError
        If the window is longer than the circle.

    Notes
    -----
    Book: STFT, windows, frames and dual windows.

    Examples
    --------
    >>> overlap_sum([0.0, 1.0, 2.0], [0, 2, 4], 6).tolist()
    [2.0, 1.0, 2.0, 1.0, 2.0, 1.0]
    """
    w = np.asarray(window, dtype=np.float64)
    n = len(w)
    if n > length:
        raise SignalError(f"a window of {n} samples does not fit on a circle of {length}")
    total = np.zeros(length + n)
    for position in positions:
        start = position % length
        total[start : start + n] += w
    total[:n] += total[length:]
    return total[:length]


def hop_sum(window: ArrayLike, hop_length: int, power: int = 1) -> NDArray[np.float64]:
    """Return what a window, moved by `hop_length` for ever, adds up to; one hop of it.

    Parameters
    ----------
    window : array_like, shape (n,)
        Real.
    hop_length : int
        In samples.
    power : int
        Exponent of the window before it is added: 1 for COLA, 2 for NOLA and for the frame
        operator.

    Returns
    -------
    ndarray of float64, shape (hop_length,)
        The sum has the period `hop_length`.

    Raises
    ------
    SignalError
        If `hop_length` is no positive integer or the window no row of real numbers.

    Notes
    -----
    Source: Allen (1977), doi:10.1109/TASSP.1977.1162950.
    Book: STFT, windows, frames and dual windows.

    Examples
    --------
    >>> hann = np.sin(np.pi * np.arange(8) / 8) ** 2
    >>> hop_sum(hann, 4).round(12).tolist(), hop_sum(hann, 2, power=2).round(12).tolist()
    ([1.0, 1.0, 1.0, 1.0], [1.5, 1.5])
    """
    w: NDArray[Any] = np.asarray(window)
    if w.ndim != 1 or w.size == 0 or w.dtype.kind not in "iuf":
        raise SignalError(
            f"a window is one row of real numbers, but this has shape {w.shape} and type {w.dtype}"
        )
    whole = isinstance(hop_length, int | np.integer) and not isinstance(hop_length, bool)
    if not whole or hop_length < 1:
        raise SignalError(f"hop_length is {hop_length!r}: expected is a whole number above 0")
    powers = np.pad(w.astype(np.float64) ** power, (0, -len(w) % hop_length))
    total: NDArray[np.float64] = powers.reshape(-1, hop_length).sum(axis=0)
    return total


def is_cola(window: ArrayLike, hop_length: int, tolerance: float = 1e-10) -> bool:
    """Say whether the windows add up to a constant, so that plain overlap-add gives the signal.

    Parameters
    ----------
    window, hop_length
        As in :func:`hop_sum`.
    tolerance : float
        Largest deviation from the median that counts as none, as a share of the largest sum.

    Notes
    -----
    As ``scipy.signal.check_COLA``, whose tolerance is absolute (tested).
    Book: STFT, windows, frames and dual windows.

    Examples
    --------
    >>> hann = np.sin(np.pi * np.arange(8) / 8) ** 2
    >>> is_cola(hann, 4), is_cola(hann, 3)
    (True, False)
    """
    total = hop_sum(window, hop_length)
    return bool(np.abs(total - np.median(total)).max() <= tolerance * np.abs(total).max())


def is_nola(window: ArrayLike, hop_length: int, tolerance: float = 1e-10) -> bool:
    """Say whether the squared windows add up to zero nowhere, so that an inverse exists.

    Parameters
    ----------
    window, hop_length
        As in :func:`hop_sum`.
    tolerance : float
        Share of the largest sum that counts as zero.

    Notes
    -----
    As ``scipy.signal.check_NOLA``, whose tolerance is absolute (tested).
    Book: STFT, windows, frames and dual windows.

    Examples
    --------
    A periodic Hann window begins with a zero, so windows side by side lose a sample.

    >>> hann = np.sin(np.pi * np.arange(8) / 8) ** 2
    >>> is_nola(hann, 7), is_nola(hann, 8)
    (True, False)
    """
    total = hop_sum(window, hop_length, power=2)
    return bool(total.min() > tolerance * total.max())
