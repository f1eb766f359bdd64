"""Number formats of a computer: what they hold, and rounding to them.

Book: Floating point: formats, sums and softmax.
"""

import math
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import ConfigError

#: For functions that leave a format on purpose: what overflows becomes infinite and what has no
#: value becomes NaN, as on a processor, without a warning.
silent = np.errstate(over="ignore", invalid="ignore", divide="ignore")


@dataclass(frozen=True)
class NumberFormat:
    r"""A binary floating-point format, described by two numbers.

    Its values are :math:`\pm m \cdot 2^{e - p + 1}` with a whole number :math:`m < 2^p` and
    :math:`1 - e_\max \le e \le e_\max`.

    Attributes
    ----------
    name : str
        Name of the format.
    precision : int
        Bits of the significand, the hidden one included: `p`.
    max_exponent : int
        Largest exponent :math:`e_\max`; the smallest is ``1 - max_exponent``, as IEEE 754 has it.

    Notes
    -----
    Source: IEEE 754-2019, doi:10.1109/IEEESTD.2019.8766229.
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> half = NumberFormat("float16", precision=11, max_exponent=15)
    >>> half.max, half.eps, half.overflow
    (65504.0, 0.0009765625, 65520.0)
    """

    name: str
    precision: int
    max_exponent: int

    @property
    def eps(self) -> float:
        """Distance from 1 to the next larger number: ``2 ** (1 - precision)``."""
        return 2.0 ** (1 - self.precision)

    @property
    def unit_roundoff(self) -> float:
        """Largest relative error of rounding a number in the normal range: half of `eps`."""
        return self.eps / 2

    @property
    def max(self) -> float:
        """Largest finite number."""
        return (2 - self.eps) * 2.0**self.max_exponent

    @property
    def min_normal(self) -> float:
        """Smallest number with full precision."""
        return 2.0 ** (1 - self.max_exponent)

    @property
    def min_subnormal(self) -> float:
        """Smallest positive number; half of it, and less, becomes 0."""
        return self.min_normal * self.eps

    @property
    def overflow(self) -> float:
        """Smallest number that rounds to infinity (inf where float64 cannot hold it)."""
        try:
            return math.ldexp(2 - self.unit_roundoff, self.max_exponent)
        except OverflowError:
            return math.inf

    @property
    def exp_overflow(self) -> float:
        """Where the exponential function overflows: the logarithm of `max`."""
        return math.log(self.max)

    @property
    def dtype(self) -> np.dtype[Any]:
        """NumPy's type that computes in this format, if it is one of `FORMATS`."""
        if self.name == "bfloat16":
            import ml_dtypes  # comes with Keras

            return cast(np.dtype[Any], np.dtype(ml_dtypes.bfloat16))
        return np.dtype(self.name)


#: The formats that signals and networks are computed in, by name, from narrow to wide.
FORMATS = {
    "float16": NumberFormat("float16", 11, 15),
    "bfloat16": NumberFormat("bfloat16", 8, 127),
    "float32": NumberFormat("float32", 24, 127),
    "float64": NumberFormat("float64", 53, 1023),
}


def number_format(format: str | NumberFormat) -> NumberFormat:
    """Return a format by its name.

    Raises
    ------
    ConfigError
        If there is no such format.

    Examples
    --------
    >>> number_format("bfloat16").eps
    0.0078125
    """
    if isinstance(format, NumberFormat):
        return format
    if format not in FORMATS:
        raise ConfigError(
            f"the number format is {format!r}: expected is one of {', '.join(FORMATS)}"
        )
    return FORMATS[format]


def spacing(x: ArrayLike, format: str | NumberFormat) -> NDArray[np.float64]:
    """Return the distance between neighbouring numbers of a format at given levels.

    Parameters
    ----------
    x : array_like
        Finite numbers within the range of the format.
    format : str or NumberFormat
        One of `FORMATS`, or a format of one's own.

    Returns
    -------
    ndarray of float64, shape of `x`
        Distance from the largest number of the format that is not above ``abs(x)`` to the next.

    Raises
    ------
    ConfigError
        If there is no such format.

    Notes
    -----
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> spacing([0.0, 1.0, 80.0], "float16").tolist()
    [5.960464477539063e-08, 0.0009765625, 0.0625]
    >>> float(spacing(80.0, "bfloat16"))
    0.5
    """
    fmt = number_format(format)
    return np.asarray(np.ldexp(1.0, _last_place(np.asarray(x, dtype=np.float64), fmt)))


def round_to(x: ArrayLike, format: str | NumberFormat) -> NDArray[Any]:
    """Round to the nearest number of a format, ties to even, without leaving the wide type.

    Parameters
    ----------
    x : array_like
        Real numbers.
    format : str or NumberFormat
        One of `FORMATS`, or a format of one's own.

    Returns
    -------
    ndarray of float64 (of longdouble if `x` is), shape of `x`
        Numbers of the format; infinite from ``format.overflow`` on.

    Raises
    ------
    ConfigError
        If there is no such format.

    Notes
    -----
    Rounds once.  A cast from float64 to bfloat16 in ml_dtypes goes through float32 and rounds
    twice, which sends ``1 + 2**-8 + 2**-40`` to 1 in place of ``1 + 2**-7``.
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> round_to([65519.0, 65520.0, 1e-10], "float16").tolist()
    [65504.0, inf, 0.0]
    >>> round_to(3.14159265, NumberFormat("TensorFloat-32", 11, 127)).tolist()
    3.140625
    """
    fmt = number_format(format)
    wide = np.asarray(x)
    if wide.dtype != np.longdouble:
        wide = wide.astype(np.float64)
    place = _last_place(wide, fmt)
    # Both scalings are exact; in between, whole numbers are rounded half to even.
    with np.errstate(over="ignore"):
        rounded = np.ldexp(np.rint(np.ldexp(wide, -place)), place)
    return np.asarray(np.where(np.abs(rounded) > fmt.max, np.copysign(np.inf, wide), rounded))


def to_format(x: ArrayLike, format: str) -> NDArray[Any]:
    """Round to the nearest number of a format, ties to even, and keep it in that format.

    Parameters
    ----------
    x : array_like
        Real numbers.
    format : {"float16", "bfloat16", "float32", "float64"}
        Format of the result; what is computed with it is rounded to this format, too.

    Returns
    -------
    ndarray of ``FORMATS[format].dtype``, shape of `x`

    Raises
    ------
    ConfigError
        If there is no such format.

    Notes
    -----
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> halves = to_format([2048.0, 1.0], "float16")
    >>> float(halves[0] + halves[1])
    2048.0
    """
    fmt = number_format(format)
    given = np.asarray(x)
    # A cast rounds once unless it goes through a third type, as these do.
    twice = given.dtype == np.longdouble or (given.itemsize > 4 and fmt.name == "bfloat16")
    with np.errstate(over="ignore"):
        return np.asarray((round_to(given, fmt) if twice else given).astype(fmt.dtype))


def _last_place(x: NDArray[Any], fmt: NumberFormat) -> NDArray[np.int32]:
    """Return the exponent of the last bit that the format keeps of each number."""
    exponent = np.frexp(x)[1]  # of a significand in [1/2, 1)
    smallest = 2 - fmt.max_exponent
    exponent = np.where(x == 0, smallest, np.maximum(exponent, smallest))
    return np.asarray(exponent - fmt.precision, dtype=np.int32)
