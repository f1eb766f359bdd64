r"""Gaussian Gabor frames, whose bounds are known in closed form.

On a square lattice of whole redundancy n the symbol of the frame operator is

.. math:: n \sum_{k,l} (-1)^{nkl} \, Q^{k^2 + l^2} \, e^{2\pi i (ks + lt)}, \qquad Q = e^{-\pi n/2},

and A and B are its least and its largest value.
Book: STFT, windows, frames and dual windows.
"""

from math import ceil, exp, log, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from mgc.errors import SignalError


def gaussian_std(a: int, M: int) -> float:
    """Return the standard deviation in samples of the Gaussian that fits a lattice, sqrt(a M/2 pi).

    Its spreads in time and frequency relate to each other as the steps `a` and 1/M do.

    Examples
    --------
    >>> round(gaussian_std(512, 2048), 3)
    408.517
    """
    return sqrt(a * M / (2 * pi))


def periodised_gaussian(L: int, a: int, M: int) -> NDArray[np.float64]:
    """Return the Gaussian that fits a lattice, wrapped round a circle, of norm 1.

    Parameters
    ----------
    L : int
        Length of the circle in samples.
    a, M : int
        Hop in samples, number of channels; the standard deviation is :func:`gaussian_std`.

    Returns
    -------
    ndarray of float64, shape (L,)
        Centred at sample 0.

    Raises
    ------
    SignalError
        If a size is not positive.

    Notes
    -----
    As ``pgauss`` of LTFAT with the time-frequency ratio ``a M / L``.
    Book: STFT, windows, frames and dual windows.

    Examples
    --------
    On a square lattice it is its own Fourier transform.

    >>> g = periodised_gaussian(72, 6, 12)
    >>> bool(np.abs(np.fft.fft(g, norm="ortho") - g).max() < 1e-15)
    True
    """
    if min(L, a, M) < 1:
        raise SignalError(f"L = {L}, a = {a} and M = {M} must all be above 0")
    # What is farther away than this is below the rounding of the peak.
    turns = ceil(sqrt(a * M * log(1e20) / pi) / L)
    t = np.arange(L) + L * np.arange(-turns, turns + 1)[:, np.newaxis]
    g = np.exp(-pi * t.astype(np.float64) ** 2 / (a * M)).sum(axis=0)
    normed: NDArray[np.float64] = g / np.linalg.norm(g)
    return normed


def gaussian_bounds(redundancy: int) -> tuple[float, float]:
    r"""Return the frame bounds of the Gaussian of norm 1 on a square lattice.

    Parameters
    ----------
    redundancy : int
        n, at least 1.

    Returns
    -------
    (float, float)
        With :math:`\theta_3, \theta_4` at :math:`Q = e^{-\pi n/2}`: :math:`n\theta_4^2` and
        :math:`n\theta_3^2` for even n;
        :math:`\tfrac n2(2\theta_3\theta_4 \pm (\theta_4^2 - \theta_3^2))` for odd n.

    Raises
    ------
    SignalError
        If `redundancy` is no whole number above 0.

    Notes
    -----
    For even n this is Janssen's result; for odd n the sign in the symbol splits the sum into even
    and odd k, whose theta functions are half-sums of those here.  Both agree with the discrete
    systems to rounding (tested).
    Source: Janssen (1996), Indag. Math. 7, 165-183.
    Book: STFT, windows, frames and dual windows.

    Examples
    --------
    At redundancy 2 their ratio is the root of 2; at 1 the lower bound is zero (Balian and Low).

    >>> A, B = gaussian_bounds(2)
    >>> round(A, 10), round(B / A, 12)
    (1.6692536833, 1.414213562373)
    >>> bool(abs(gaussian_bounds(1)[0]) < 1e-15)
    True
    """
    if redundancy < 1 or redundancy % 1:
        raise SignalError(f"the redundancy is {redundancy!r}: expected is a whole number above 0")
    n, Q = int(redundancy), exp(-pi * redundancy / 2)
    powers = [Q ** (k * k) for k in range(1, 12)]
    theta3 = 1 + 2 * sum(powers)
    theta4 = 1 + 2 * sum((-1) ** k * power for k, power in enumerate(powers, start=1))
    if n % 2 == 0:
        return n * theta4**2, n * theta3**2
    spread = theta3**2 - theta4**2
    return n / 2 * (2 * theta3 * theta4 - spread), n / 2 * (2 * theta3 * theta4 + spread)


def critical_constant() -> float:
    r"""Return K in A = K/L, the lower bound at redundancy 1 with an odd hop, L = a**2.

    The grid then misses the zero of the symbol by half a step 1/a in both directions.  Its
    curvature there, H, gives :math:`A \approx H / (4L)`, with

    .. math:: H = -4\pi^2 \sum_{k,l} (-1)^{kl + k + l} \, k^2 \, e^{-\pi(k^2 + l^2)/2} .

    Notes
    -----
    Book: STFT, windows, frames and dual windows.

    Examples
    --------
    >>> round(critical_constant(), 3)
    5.738
    """
    k, m = np.mgrid[-9:10, -9:10]
    terms = (-1.0) ** (k * m + k + m) * k**2 * np.exp(-pi * (k**2 + m**2) / 2)
    return float(-(pi**2) * terms.sum())
