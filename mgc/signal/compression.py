"""Compressions of power, and what each does to errors: slopes, condition numbers, floors.

Book: Mel, log compression and conditioning.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import SignalError

_Function = Callable[[NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True)
class Compression:
    """A function of power together with its derivative.

    Attributes
    ----------
    name : str
        Formula, for legends and tables.
    value, slope : callable
        The function and its derivative, on arrays in double precision.

    Notes
    -----
    Source: Higham (2002), doi:10.1137/1.9780898718027, section 1.6.
    Book: Mel, log compression and conditioning.

    Examples
    --------
    >>> root(0.5)(np.array([4.0, 9.0])).tolist()
    [2.0, 3.0]
    """

    name: str
    value: _Function
    slope: _Function

    def __call__(self, x: ArrayLike) -> NDArray[np.float64]:
        """Return the compressed values, in double precision."""
        return self.value(_powers(x))

    def absolute_condition(self, x: ArrayLike) -> NDArray[np.float64]:
        """Return ``|f'(x)|``: output error for each unit of input error.

        Examples
        --------
        >>> root(0.5).absolute_condition([0.25, 4.0]).tolist()
        [1.0, 0.25]
        """
        return np.abs(self.slope(_powers(x)))

    def level_condition(self, x: ArrayLike) -> NDArray[np.float64]:
        """Return ``|x f'(x)|``: output error for each unit of *relative* input error.

        Examples
        --------
        >>> decibels().level_condition([1e-6, 1.0, 1e-12]).round(4).tolist()
        [4.3429, 4.3429, 0.0]
        """
        powers = _powers(x)
        # Silence has no relative error, even where the slope is infinite.
        none = np.zeros_like(powers)
        return np.abs(np.multiply(powers, self.slope(powers), out=none, where=powers > 0))

    def relative_condition(self, x: ArrayLike) -> NDArray[np.float64]:
        """Return ``|x f'(x) / f(x)|``: relative output error for each relative input error.

        It is infinite where the function crosses zero: no digit of a level of 0 dB is safe.

        Examples
        --------
        >>> root(0.5).relative_condition([1e-6, 1.0]).tolist()
        [0.5, 0.5]
        >>> float(logarithm(1e-10).relative_condition(1 - 1e-10))
        inf
        """
        powers = _powers(x)
        error, value = self.level_condition(powers), np.abs(self.value(powers))
        # What does not move has no error, whatever it is compared with.
        safe = np.divide(error, value, out=np.full_like(error, np.inf), where=value > 0)
        return cast(NDArray[np.float64], np.where(error == 0, 0.0, safe))


def logarithm(eps: float = 1e-10) -> Compression:
    """Return ``log(x + eps)``, whose slope is at most ``1 / eps``.

    Raises
    ------
    SignalError
        If `eps` is not above 0.

    Examples
    --------
    >>> round(float(logarithm(1e-3).relative_condition(0.1)), 4)
    0.4319
    """
    _above_zero("eps", eps)
    return Compression(f"log(x + {eps:g})", lambda x: np.log(x + eps), lambda x: 1 / (x + eps))


def decibels(amin: float = 1e-10) -> Compression:
    """Return ``10 log10(max(x, amin))``, whose slope is exactly 0 below `amin`.

    Raises
    ------
    SignalError
        If `amin` is not above 0.

    Examples
    --------
    >>> decibels()([1.0, 1e-12]).tolist()
    [0.0, -100.0]
    """
    _above_zero("amin", amin)
    return Compression(
        f"10 log10 max(x, {amin:g})",
        lambda x: 10 * np.log10(np.maximum(x, amin)),
        lambda x: np.where(x < amin, 0.0, db_slope(np.maximum(x, amin))),
    )


def root(power: float = 0.5) -> Compression:
    """Return ``x ** power``; its relative condition number is `power` everywhere.

    Raises
    ------
    SignalError
        If `power` is not above 0.

    Examples
    --------
    >>> root(1 / 3).name
    'x ** 0.333333'
    """
    _above_zero("power", power)

    def slope(x: NDArray[np.float64]) -> NDArray[np.float64]:
        with np.errstate(divide="ignore"):  # infinite at 0, and rightly so
            return power * x ** (power - 1)

    return Compression(f"x ** {power:g}", lambda x: x**power, slope)


def db_slope(x: ArrayLike) -> NDArray[np.float64]:
    """Return the derivative of ``10 log10 x``: ``10 / (x ln 10)`` dB for each unit of power.

    Parameters
    ----------
    x : array_like
        Power, above 0.

    Raises
    ------
    SignalError
        If a value is not above 0 or not finite.

    Notes
    -----
    A relative error d of the power therefore costs ``4.34 d`` dB at any level, but the slope itself
    grows without bound towards silence: 4.34e10 at the usual floor of 1e-10.
    Book: Mel, log compression and conditioning.

    Examples
    --------
    >>> float(db_slope(1.0)), float(db_slope(1e-10))
    (4.3429448190325175, 43429448190.32517)
    """
    powers = _powers(x)
    if not (powers > 0).all():
        raise SignalError(
            "10 log10 has no slope at power 0: lift the powers to a floor first, as decibels() does"
        )
    return cast(NDArray[np.float64], 10 / np.log(10) / powers)


def floor_power(S: ArrayLike, *, amin: float = 1e-10, top_db: float | None = 80.0) -> float:
    """Return the power below which ``power_to_db(S)`` is cut off.

    Parameters
    ----------
    S : array_like
        Power, not negative, of any shape, at least one value.
    amin : float
        Smallest power that is told from zero.
    top_db : float or None
        Depth below the maximum of `S`, in dB; None for no such cut.

    Raises
    ------
    SignalError
        If there is no value, or one is negative or not finite, or `amin` is not above 0.

    Examples
    --------
    >>> floor_power([1.0, 1e-3]), floor_power([1e-6], top_db=None)
    (1e-08, 1e-10)
    """
    _above_zero("amin", amin)
    powers = _powers(S)
    if not powers.size:
        raise SignalError("there is no power to find a floor of: pass at least one value")
    if top_db is None:
        return amin
    return float(max(amin, max(amin, powers.max()) * 10 ** (-top_db / 10)))


def floor_share(S: ArrayLike, *, amin: float = 1e-10, top_db: float | None = 80.0) -> float:
    """Return the share of values that ``power_to_db(S)`` cuts off, where the slope is exactly 0.

    Parameters are those of :func:`floor_power`.

    Notes
    -----
    Such a value may change without any change of its level, and no gradient passes through it.
    Book: Mel, log compression and conditioning.

    Examples
    --------
    >>> floor_share([1.0, 1e-3, 1e-9, 0.0])
    0.5
    """
    floor = floor_power(S, amin=amin, top_db=top_db)
    return float(np.mean(_powers(S) < floor))


def _powers(x: ArrayLike) -> NDArray[np.float64]:
    powers = np.asarray(x, dtype=np.float64)
    if not (np.isfinite(powers) & (powers >= 0)).all():
        raise SignalError(
            "a power is negative, NaN or infinite: pass |STFT| ** 2 or what mel filters make of it"
        )
    return powers


def _above_zero(name: str, value: float) -> None:
    if not (np.isfinite(value) and value > 0):
        raise SignalError(f"{name} is {value!r}: expected is a finite number above 0")
