"""Sampled windows and their moments: where a window lies in time, and how far it spreads.

Book: Gabor atoms and uncertainty.
"""

from dataclasses import dataclass
from math import pi, sqrt
from typing import Any

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray
from scipy.special import zeta

from mgc.errors import SignalError
from mgc.signal.frames.checks import checked_window

#: No window has a smaller product of its spreads in time and frequency (Gabor 1946).
UNCERTAINTY_BOUND = 1 / (4 * pi)


@dataclass(frozen=True)
class Spread:
    """Centre and spread of a window in time and in frequency.

    Attributes
    ----------
    centre : float
        Mean time in s, weighed with the energy ``|g|**2``.
    centre_frequency : float
        Mean frequency in Hz, weighed with the energy ``|G|**2``.
    sigma_t, sigma_f : float
        Standard deviations around them, in s and in Hz.

    Notes
    -----
    Book: Gabor atoms and uncertainty.

    Examples
    --------
    >>> round(hann_moments(0.1).product, 6), round(hann_moments(5.0).relative, 4)
    (0.081665, 1.0262)
    """

    centre: float
    centre_frequency: float
    sigma_t: float
    sigma_f: float

    @property
    def product(self) -> float:
        """Area ``sigma_t * sigma_f``, a number without unit."""
        return self.sigma_t * self.sigma_f

    @property
    def relative(self) -> float:
        """The product as a multiple of the smallest possible one, 1/(4 pi)."""
        return self.product / UNCERTAINTY_BOUND


def sampled_window(
    name: str | tuple[Any, ...], n: int, *, periodic: bool = True
) -> NDArray[np.float64]:
    """Return `n` samples of a window by name, with its period made explicit.

    Parameters
    ----------
    name : str or tuple
        What :func:`scipy.signal.get_window` knows: ``"hann"``, or with parameters
        ``("kaiser", 8.6)``.
    n : int
        Length in samples.
    periodic : bool
        Whether sample ``n`` would be sample 0 again, as an STFT wants it; otherwise the window
        is symmetric and about one sample narrower.

    Returns
    -------
    ndarray of float64, shape (n,)

    Raises
    ------
    SignalError
        If `n` is no positive integer, or SciPy does not know the window.

    Notes
    -----
    Source: Harris (1978), doi:10.1109/PROC.1978.10837.
    Book: Gabor atoms and uncertainty.

    Examples
    --------
    >>> sampled_window("hann", 4).tolist()
    [0.0, 0.5, 1.0, 0.5]
    >>> sampled_window("hann", 4, periodic=False).round(2).tolist()
    [0.0, 0.75, 0.75, 0.0]
    """
    from scipy.signal import get_window

    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise SignalError(f"a window has a positive number of samples, not {n!r}")
    try:
        window: NDArray[np.float64] = get_window(name, int(n), fftbins=periodic)
    except ValueError as error:
        raise SignalError(
            f"SciPy makes no window of {name!r} ({error}): give a name such as 'hann', or name "
            "and parameters such as ('kaiser', 8.6)"
        ) from error
    return window


def gaussian_window(n: int, std: float, *, periodic: bool = True) -> NDArray[np.float64]:
    """Return ``exp(-t**2 / (2 std**2))`` on `n` samples around the middle.

    Parameters
    ----------
    n : int
        Length in samples; what lies beyond is cut off.
    std : float
        Standard deviation of the window, in samples; its energy then spreads by ``std / sqrt(2)``.
    periodic : bool
        Whether the middle is sample ``n / 2`` or, if not, ``(n - 1) / 2``.

    Returns
    -------
    ndarray of float64, shape (n,)
        Peak 1.

    Raises
    ------
    SignalError
        If `n` is no positive integer or `std` no positive number.

    Notes
    -----
    Source: Gabor (1946), doi:10.1049/ji-3-2.1946.0074.
    Book: Gabor atoms and uncertainty.

    Examples
    --------
    >>> gaussian_window(4, 1.0).round(4).tolist()
    [0.1353, 0.6065, 1.0, 0.6065]
    """
    require_positive("std", std)
    return sampled_window(("gaussian", std), n, periodic=periodic)


def window_moments(g: ArrayLike, sr: float = 1.0) -> Spread:
    r"""Measure centre and spread of a window, an atom or any other short signal.

    Parameters
    ----------
    g : array_like, shape (n,)
        Samples, real or complex, not all zero.
    sr : float
        Sampling rate in Hz; with 1, times are in samples and frequencies in cycles a sample.

    Returns
    -------
    Spread
        Those of the sampled signal: sums over samples in time, and in frequency integrals over
        one period ``sr`` of the spectrum :math:`G(f) = \sum_n g_n e^{-2\pi i f n / sr}`.  The mean
        frequency is the circular one, and the period is centred there.

    Raises
    ------
    SignalError
        If `g` is not one-dimensional, is empty, zero or not finite, or `sr` is not positive.

    Notes
    -----
    The frequency integral is exact up to rounding, not a sum over FFT bins that gets better as
    the grid gets finer (see ``_frequency_variance``).  The bound 1/(4 pi) holds for a sampled
    signal up to a factor ``1 - |G(sr/2)|**2 / energy`` (with the spectrum half a period away from
    its centre), which is 1 for windows that are long and smooth.
    Source: Gabor (1946), doi:10.1049/ji-3-2.1946.0074.
    Book: Gabor atoms and uncertainty.

    Examples
    --------
    The window of the GTZAN front end: 93 ms long, but its energy lies within a few times 13 ms.

    >>> moments = window_moments(sampled_window("hann", 2048), sr=22050)
    >>> round(1000 * moments.sigma_t, 2), round(moments.sigma_f, 2), round(moments.relative, 4)
    (13.14, 6.22, 1.0262)
    """
    require_positive("sr", sr)
    samples = one_signal(g)
    samples = samples / np.abs(samples).max()
    energy = np.abs(samples) ** 2
    n = np.arange(len(samples))
    centre = np.average(n, weights=energy)
    variance = np.average((n - centre) ** 2, weights=energy)
    lag_one = np.vdot(samples[:-1], samples[1:])
    frequency = float(np.angle(lag_one)) / (2 * pi)
    spread = _frequency_variance(samples * np.exp(-2j * pi * frequency * n))
    return Spread(float(centre) / sr, frequency * sr, sqrt(variance) / sr, sqrt(spread) * sr)


def _frequency_variance(g: NDArray[Any]) -> float:
    r"""Return the mean of ``f**2`` over one period of the spectrum, in (cycles a sample)**2.

    The periodic continuation of ``f**2`` has a kink at half the rate; its Fourier coefficients are
    :math:`c_k = (-1)^k / (2 \pi^2 k^2)`.  A sum over M = 2n FFT bins is what the autocorrelation
    gives with the aliased coefficients :math:`\sum_j c_{k + jM}`.  The aliases :math:`j \ne 0` are
    values of Hurwitz' zeta function and are taken off.  (The autocorrelation with :math:`c_k` alone
    is exact as well, but its terms cancel: it loses a factor n**2.)
    """
    m = 2 * len(g)
    power = np.abs(scipy.fft.fft(g, m)) ** 2
    autocorrelation = scipy.fft.ifft(power).real
    lag = np.abs(np.rint(m * np.fft.fftfreq(m)))
    images = zeta(2, 1 + lag / m) + zeta(2, 1 - lag / m)
    aliases = (1 - 2 * (lag % 2)) * images / (2 * pi**2 * m**2)
    on_bins = np.mean(np.fft.fftfreq(m) ** 2 * power)
    return float((on_bins - np.sum(aliases * autocorrelation)) / autocorrelation[0])


def gaussian_moments(std: float) -> Spread:
    """Return the moments of the continuous, endless Gaussian ``exp(-t**2 / (2 std**2))``.

    Parameters
    ----------
    std : float
        Standard deviation of the window in s.

    Raises
    ------
    SignalError
        If `std` is not positive.

    Notes
    -----
    Source: Gabor (1946), doi:10.1049/ji-3-2.1946.0074.
    Book: Gabor atoms and uncertainty.

    Examples
    --------
    >>> round(gaussian_moments(0.01).relative, 12)
    1.0
    """
    require_positive("std", std)
    return Spread(0.0, 0.0, std / sqrt(2), 1 / (2 * sqrt(2) * pi * std))


def hann_moments(duration: float) -> Spread:
    """Return the moments of the continuous Hann window, centred at 0.

    Parameters
    ----------
    duration : float
        Length T from zero to zero, in s.

    Raises
    ------
    SignalError
        If `duration` is not positive.

    Notes
    -----
    Closed form: ``sigma_t = T sqrt(1/12 - 5/(8 pi**2))``, ``sigma_f = 1/(sqrt(3) T)``.
    Book: Gabor atoms and uncertainty.

    Examples
    --------
    >>> round(hann_moments(1.0).sigma_t, 6), round(hann_moments(1.0).sigma_f, 6)
    (0.141448, 0.57735)
    """
    require_positive("duration", duration)
    return Spread(0.0, 0.0, duration * sqrt(1 / 12 - 5 / (8 * pi**2)), 1 / (sqrt(3) * duration))


def one_signal(g: ArrayLike) -> NDArray[Any]:
    """Return `g` as float64 or complex128, or say why it is no single signal.

    Raises
    ------
    SignalError
        If `g` is not one-dimensional, is empty, zero or not finite.

    Examples
    --------
    >>> one_signal([1, 2]).tolist()
    [1.0, 2.0]
    """
    window = checked_window(g)
    if not window.any():
        raise SignalError("the window is zero: it has no energy to weigh with")
    return window.astype(np.result_type(window, np.float64))


def require_positive(name: str, value: float) -> None:
    """Raise a SignalError unless a value lies above 0 and below infinity."""
    if not 0 < value < float("inf"):
        raise SignalError(f"{name} is {value!r}: expected is a positive number")
