"""How wrong a fast Fourier transform is, measured against one in a wider format.

Book: Floating point: formats, sums and softmax.
"""

from typing import Any

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from mgc.errors import ConfigError, MGCError
from mgc.signal.floating.formats import number_format

#: Format -> the wider one that it is measured against.
_WIDER = {"float32": np.float64, "float64": np.longdouble}


def fft_error(n: int, format: str = "float32", *, draws: int = 5, seed: int = 0) -> float:
    """Measure the relative error of the FFT of complex white noise in the Euclidean norm.

    Parameters
    ----------
    n : int
        Length of the transform, at least 2.
    format : {"float32", "float64"}
        Format of the transform; it is held against float64, or extended precision.
    draws : int
        Noises; the mean over them is returned.
    seed : int
        Seed of the noise.

    Returns
    -------
    float
        For a length that is a power of two it grows like ``u * sqrt(log2(n))``.

    Raises
    ------
    ConfigError
        If there is no such format, or `n` is less than 2.
    MGCError
        If float64 is asked for where the system has no wider format.

    Notes
    -----
    Source: Higham (2002), chapter 24, doi:10.1137/1.9780898718027.
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> bool(0.5 < fft_error(1024) / 2**-24 / np.sqrt(10) < 0.7)
    True
    """
    noise, wide = _noise(n, format, draws, seed)
    exact = scipy.fft.fft(wide, axis=-1, workers=1)
    error = scipy.fft.fft(noise, axis=-1, workers=1) - exact
    return float(np.mean(_norm(error) / _norm(exact)))


def parseval_error(n: int, format: str = "float32", *, draws: int = 5, seed: int = 0) -> float:
    """Measure how far the FFT changes the energy: ``|sum|X|^2 / n - sum|x|^2| / sum|x|^2``.

    Parameters and errors are those of :func:`fft_error`; the energies are added in the wider
    format, so that only the transform is judged.

    Notes
    -----
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> bool(parseval_error(1024) < 10 * 2**-24)
    True
    """
    noise, wide = _noise(n, format, draws, seed)
    transformed = scipy.fft.fft(noise, axis=-1, workers=1).astype(wide.dtype)
    energy = _norm(wide) ** 2
    return float(np.mean(np.abs(_norm(transformed) ** 2 / n - energy) / energy))


def fft_constants(
    format: str = "float32",
    *,
    exponents: range = range(6, 19),
    draws: int = 5,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Return ``fft_error(n) / (u * sqrt(log2(n)))`` for ``n`` = 2 to the power of each exponent.

    Parameters and errors are those of :func:`fft_error`.

    Returns
    -------
    ndarray of float64, shape (number of exponents,)
        Nearly constant if the rounding errors of the stages are independent.

    Notes
    -----
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> constants = fft_constants(exponents=range(6, 12))
    >>> bool(abs(constants.mean() - 0.6) < 0.06)
    True
    """
    u = number_format(format).unit_roundoff
    errors = [fft_error(2**k, format, draws=draws, seed=seed) for k in exponents]
    return np.array(errors) / (u * np.sqrt(np.array(exponents, dtype=np.float64)))


def fft_bound(n: int, format: str = "float32") -> float:
    r"""Return the largest relative error that a radix-2 FFT can have.

    Returns
    -------
    float
        :math:`t\eta / (1 - t\eta)` with :math:`t = \log_2 n` stages,
        :math:`\eta = u + \gamma_4 (\sqrt 2 + u)` and :math:`\gamma_4 = 4u / (1 - 4u)`.

    Raises
    ------
    ConfigError
        If there is no such format.

    Notes
    -----
    Source: Higham (2002), theorem 24.2, doi:10.1137/1.9780898718027; the twiddle factors are
    correctly rounded.  SciPy's transform takes larger radices where it can, with fewer operations;
    for it the bound is a yardstick.
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> round(fft_bound(2048, "float32") / 2**-24, 1)
    73.2
    """
    u = number_format(format).unit_roundoff
    eta = u + 4 * u / (1 - 4 * u) * (np.sqrt(2) + u)
    return float(np.log2(n) * eta / (1 - np.log2(n) * eta))


def has_extended_precision() -> bool:
    """Tell whether the system has a format wider than float64 (x86 and ARM Linux have one)."""
    return bool(np.finfo(np.longdouble).nmant > np.finfo(np.float64).nmant)


def _noise(n: int, format: str, draws: int, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return noise in the format and the very same numbers in the wider one."""
    if format not in _WIDER or n < 2:
        raise ConfigError(
            f"the transform has format {format!r} and length {n}: expected is one of "
            f"{', '.join(_WIDER)} and at least 2"
        )
    if format == "float64" and not has_extended_precision():
        raise MGCError(
            "this system has no format wider than float64 to measure it against: ask for float32, "
            "or take Linux on x86"
        )
    parts = np.random.default_rng((seed, n)).standard_normal((2, draws, n)).astype(format)
    noise = parts[0] + 1j * parts[1]
    return noise, noise.astype(np.result_type(_WIDER[format], np.complex64))


def _norm(x: NDArray[Any]) -> NDArray[Any]:
    """Return Euclidean norms; numpy.linalg would leave extended precision."""
    norm: NDArray[Any] = np.sqrt((x.real**2 + x.imag**2).sum(axis=-1))
    return norm
