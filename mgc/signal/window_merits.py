"""What a window does to a spectrum: lobes, leakage, noise, resolution, frame bounds.

Book: Gabor atoms and uncertainty.
"""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from mgc.errors import SignalError
from mgc.signal.frames.system import GaborSystem
from mgc.signal.windows import one_signal, window_moments

#: Points a bin at which the spectrum of a window is looked at.
_OVERSAMPLING = 64

#: Bins between which the slope of the side lobes is fitted: past the first, before the aliases.
_DECAY_FROM, _DECAY_TO = 64, 256


@dataclass(frozen=True)
class WindowMerits:
    """Harris' figures of merit, with spread and frame bounds; a *bin* is ``sr / n``.

    Attributes
    ----------
    main_lobe : float
        Width of the main lobe between its first minima, in bins.
    half_amplitude : float
        Width of the main lobe at half its height (-6.02 dB), in bins.
    side_lobe : float
        Highest side lobe in dB below the main lobe, negative.
    decay : float
        Slope of the side lobes in dB an octave, fitted from bin 64 to bin 256, negative.
    noise_bandwidth : float
        Width in bins of the rectangle that lets as much white noise through.
    scalloping : float
        Loss in dB of a tone half a bin beside a bin, positive.
    sigma_t : float
        Spread in time as a share of the length.
    sigma_f : float
        Spread in frequency, in bins.
    relative : float
        Their product as a multiple of 1/(4 pi).
    frame_ratio : float
        Ratio B/A of the frame bounds at a hop of a quarter of the length.

    Notes
    -----
    Book: Gabor atoms and uncertainty.
    """

    main_lobe: float
    half_amplitude: float
    side_lobe: float
    decay: float
    noise_bandwidth: float
    scalloping: float
    sigma_t: float
    sigma_f: float
    relative: float
    frame_ratio: float


def window_merits(g: ArrayLike) -> WindowMerits:
    """Measure the figures of merit of a sampled window.

    Parameters
    ----------
    g : array_like, shape (n,)
        Real window, ``n`` a multiple of 4 and at least 2048 (the side lobes of a coarser one are
        bent by aliases where their slope is measured).

    Returns
    -------
    WindowMerits

    Raises
    ------
    SignalError
        If `g` is no such window.

    Notes
    -----
    Source: Harris (1978), doi:10.1109/PROC.1978.10837.
    Book: Gabor atoms and uncertainty.

    Examples
    --------
    >>> from mgc.signal.windows import sampled_window
    >>> hann = window_merits(sampled_window("hann", 2048))
    >>> hann.main_lobe, round(hann.side_lobe, 1), round(hann.noise_bandwidth, 3)
    (4.0, -31.5, 1.5)
    """
    samples = _real_window(g)
    n = len(samples)
    level = _level(samples)
    valleys = _turning_points(-level)
    peaks = _turning_points(level)
    side = peaks[peaks > valleys[0]]
    fitted = side[(side >= _DECAY_FROM * _OVERSAMPLING) & (side <= _DECAY_TO * _OVERSAMPLING)]
    moments = window_moments(samples, sr=n)
    lower, upper = GaborSystem(samples, a=n // 4, M=n, L=2 * n).bounds()
    return WindowMerits(
        main_lobe=float(2 * valleys[0] / _OVERSAMPLING),
        half_amplitude=n * half_amplitude_bandwidth(samples),
        side_lobe=float(level[side].max()),
        decay=float(np.polyfit(np.log2(fitted), level[fitted], 1)[0]),
        noise_bandwidth=float(n * np.sum(samples**2) / np.sum(samples) ** 2),
        scalloping=float(-level[_OVERSAMPLING // 2]),
        sigma_t=moments.sigma_t,
        sigma_f=moments.sigma_f,
        relative=moments.relative,
        frame_ratio=upper / lower,
    )


def half_amplitude_bandwidth(g: ArrayLike, sr: float = 1.0) -> float:
    """Return the full width of a window's main lobe at half its height.

    Parameters
    ----------
    g : array_like, shape (n,)
        Real window whose spectrum is largest at frequency 0.
    sr : float
        Sampling rate in Hz; with 1 the width is in cycles a sample.

    Returns
    -------
    float
        In Hz.

    Raises
    ------
    SignalError
        If `g` is no signal, or its spectrum never falls to half its value at 0.

    Notes
    -----
    Book: Gabor atoms and uncertainty.

    Examples
    --------
    >>> from mgc.signal.windows import sampled_window
    >>> round(half_amplitude_bandwidth(sampled_window("hann", 2048), sr=22050), 4)
    21.5332
    """
    from scipy.optimize import brentq

    samples = one_signal(g)
    time = np.arange(len(samples)) - (len(samples) - 1) / 2

    def excess(nu: float) -> float:
        return float(abs(np.exp(-2j * np.pi * nu * time) @ samples) / abs(samples.sum()) - 0.5)

    spectrum = np.abs(scipy.fft.fft(samples, 8 * len(samples)))[: 4 * len(samples)]
    below = np.flatnonzero(spectrum < spectrum[0] / 2)
    if not below.size:
        raise SignalError("the spectrum of the window never falls to half: the window is too short")
    step = 1 / (8 * len(samples))
    # A bin further on both sides: a root on the grid (Hann's) may round to either.
    low, high = (below[0] - 2) * step, (below[0] + 1) * step
    return sr * 2 * float(brentq(excess, low, high, xtol=1e-16))


def _real_window(g: ArrayLike) -> NDArray[np.float64]:
    samples = one_signal(g)
    if samples.dtype.kind == "c" or len(samples) % 4 or len(samples) < 2048:
        raise SignalError(
            "figures of merit need a real window whose length is a multiple of 4 and at least "
            f"2048; this one has {len(samples)} samples of type {samples.dtype}: sample it more "
            "finely"
        )
    return samples


def _level(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the spectrum in dB re its value at 0, on a fine grid up to half the rate."""
    spectrum = np.abs(scipy.fft.rfft(samples, _OVERSAMPLING * len(samples)))
    floor = np.finfo(np.float64).eps * spectrum[0] / 10
    level: NDArray[np.float64] = 20 * np.log10(np.maximum(spectrum, floor) / spectrum[0])
    return level


def _turning_points(level: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return where a sequence is larger than before and not smaller than afterwards."""
    rises = np.diff(level) > 0
    return np.flatnonzero(rises[:-1] & ~rises[1:]) + 1
