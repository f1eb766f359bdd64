"""What a window and a lattice must be to make a Gabor system, said in one sentence each.

Book: STFT, windows, frames and dual windows.
"""

from math import lcm
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import SignalError


def checked_window(g: ArrayLike) -> NDArray[Any]:
    """Return a window as an array of float32, complex64, float64 or complex128.

    Raises
    ------
    SignalError
        If it is no row of finite numbers.

    Examples
    --------
    >>> checked_window([1, 2]).dtype
    dtype('float64')
    """
    given = np.asarray(g)
    if given.ndim != 1 or given.size == 0 or given.dtype.kind not in "iufc":
        raise SignalError(
            f"a window is one row of numbers, but this has shape {given.shape} and type "
            f"{given.dtype}: pass its samples"
        )
    single = given.dtype in (np.float32, np.complex64)
    double = np.complex128 if given.dtype.kind == "c" else np.float64
    # A copy: who changes the samples afterwards does not change the system.
    given = given.astype(given.dtype if single else double)
    if not np.isfinite(given).all():
        raise SignalError("the window holds NaN or infinity: pass finite samples")
    return given


def checked_signal(f: ArrayLike, L: int) -> NDArray[Any]:
    """Return a signal as an array.

    Raises
    ------
    SignalError
        If its shape is not ``(L,)``.

    Examples
    --------
    >>> checked_signal([1, 2], 2).tolist()
    [1, 2]
    """
    signal = np.asarray(f)
    if signal.shape != (L,):
        raise SignalError(f"the signal has shape {signal.shape}, but the system expects ({L},)")
    return signal


def check_lattice(n: int, a: int, M: int, L: int) -> None:
    """Say what is wrong with hop, channels and length for a window of n samples, if anything is.

    Raises
    ------
    SignalError
        If a size is no positive whole number, the window or the hop is longer than the signal, or
        a window that is longer than M meets an L that `a` and M do not divide.

    Examples
    --------
    >>> check_lattice(2048, 256, 2048, 100_000)
    """
    for name, value in (("a", a), ("M", M), ("L", L)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
            raise SignalError(f"{name} is {value!r}: expected is a whole number above 0")
    if a > L:
        raise SignalError(f"the hop a = {a} is longer than the signal, L = {L}: take a shorter hop")
    if n > L:
        raise SignalError(
            f"the window has {n} samples, but the signal only L = {L}: shorten the window or "
            "lengthen the signal with zeros"
        )
    if n > M and (L % a or L % M):
        raise SignalError(
            f"the window has {n} samples, more than M = {M}, so a = {a} and M must divide L, but "
            f"L = {L}: take a multiple of {lcm(a, M)}"
        )
