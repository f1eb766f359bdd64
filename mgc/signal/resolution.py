"""How close two events may come before a window takes them for one.

Book: Gabor atoms and uncertainty.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import SignalError
from mgc.signal.atoms import clicks, two_tones
from mgc.signal.window_merits import half_amplitude_bandwidth
from mgc.signal.windows import one_signal

#: Two events count as two if the power between them falls to this share of the lower peak.
HALF_POWER = 0.5

# Rounding that a comparison with it forgives.
_SLACK = 1e-9


@dataclass(frozen=True)
class Resolution:
    """What a window tells apart.

    Attributes
    ----------
    hertz : float
        Smallest distance of two tones in Hz.
    seconds : float
        Smallest distance of two clicks in s.

    Notes
    -----
    Book: Gabor atoms and uncertainty.
    """

    hertz: float
    seconds: float

    @property
    def product(self) -> float:
        """``hertz * seconds``, a number without unit that no stretching of the window changes."""
        return self.hertz * self.seconds


def predicted_resolution(g: ArrayLike, sr: float = 1.0) -> Resolution:
    r"""Predict from the shape of a window how close two tones and two clicks may come.

    Two equal events at distance d, whatever their relative phase, have on average the power
    :math:`|W(x)|^2 + |W(x-d)|^2`.  Half-way it is :math:`2 |W(d/2)|^2`, which is half the
    peak's :math:`|W(0)|^2` if :math:`|W(d/2)| = |W(0)|/2`: d is the full width at half amplitude,
    of the window for clicks, of its spectrum for tones.  (What one event adds to the peak of the
    other is left out; for windows of the STFT it is zero or small.)

    Parameters
    ----------
    g : array_like, shape (n,)
        Real window with one hump.
    sr : float
        Sampling rate in Hz.

    Returns
    -------
    Resolution

    Raises
    ------
    SignalError
        If `g` is no such window.

    Notes
    -----
    Source: Harris (1978), doi:10.1109/PROC.1978.10837 (the 6 dB bandwidth).
    Book: Gabor atoms and uncertainty.

    Examples
    --------
    >>> from mgc.signal.windows import sampled_window
    >>> hann = predicted_resolution(sampled_window("hann", 2048), sr=22050)
    >>> round(hann.hertz, 2), round(1000 * hann.seconds, 2), round(hann.product, 6)
    (21.53, 46.44, 1.0)
    """
    samples = _real(g)
    above = np.flatnonzero(samples >= samples.max() / 2)
    return Resolution(half_amplitude_bandwidth(samples, sr), _width(samples, above) / sr)


def measured_resolution(g: ArrayLike, sr: float = 1.0) -> Resolution:
    """Measure it: synthesise two tones and two clicks, and move them together until they merge.

    Parameters
    ----------
    g : array_like, shape (n,)
        Real window.
    sr : float
        Sampling rate in Hz.

    Returns
    -------
    Resolution
        Tones to a thousandth of ``sr / n``, clicks to a sample.

    Raises
    ------
    SignalError
        If `g` is no such window, or separates not even the widest pair (``24 / n`` of the rate, or
        twice its length).

    Notes
    -----
    Tones lie around an eighth of the rate, averaged over four relative phases (which is the mean
    over all).  Clicks are seen by sliding the window; the power is that of all frequencies.
    Book: Gabor atoms and uncertainty.

    Examples
    --------
    >>> from mgc.signal.windows import sampled_window
    >>> hann = measured_resolution(sampled_window("hann", 512))
    >>> round(512 * hann.hertz, 2), hann.seconds
    (2.0, 256.0)
    """
    samples = _real(g)
    n = len(samples)
    enough = HALF_POWER + _SLACK
    bins = _smallest(lambda k: tones_dip(samples, k / (1000 * n)) <= enough, 24_000)
    lag = _smallest(lambda k: clicks_dip(samples, k) <= enough, 2 * n)
    return Resolution(sr * bins / (1000 * n), lag / sr)


def tones_dip(g: ArrayLike, separation: float) -> float:
    """Return the power half-way between two tones, as a share of the lower peak.

    Parameters
    ----------
    g : array_like, shape (n,)
        Real window.
    separation : float
        Of the two tones, in cycles a sample.

    Returns
    -------
    float
        1 where the tones have merged into one hump.

    Raises
    ------
    SignalError
        If `g` is no real window.

    Examples
    --------
    >>> from mgc.signal.windows import sampled_window
    >>> round(tones_dip(sampled_window("hann", 512), 2 / 512), 3)
    0.5
    """
    samples = _real(g)
    middle = 0.125
    # From one tone's outer flank over the middle to the other's; odd, so that the middle is there.
    nu = middle + separation * np.linspace(-1, 1, 129)
    waves = np.exp(-2j * pi * np.outer(nu, np.arange(len(samples))))
    power = np.zeros(len(nu))
    for phase in (0.0, pi / 2, pi, 3 * pi / 2):
        y = two_tones(middle, separation, len(samples), sr=1.0, phase=phase)
        power += np.abs(waves @ (samples * y)) ** 2
    return _dip(power)


def clicks_dip(g: ArrayLike, separation: int) -> float:
    """Return the power half-way between two clicks, as a share of the lower peak.

    Parameters
    ----------
    g : array_like, shape (n,)
        Real window.
    separation : int
        Of the two clicks, in samples.

    Returns
    -------
    float
        1 where the clicks have merged into one hump.

    Raises
    ------
    SignalError
        If `g` is no real window.

    Examples
    --------
    >>> from mgc.signal.windows import sampled_window
    >>> round(clicks_dip(sampled_window("hann", 512), 256), 3)
    0.5
    """
    samples = _real(g)
    n = len(samples)
    y = clicks([n, n + separation], 2 * n + separation, sr=1.0)
    # Parseval: the power of all frequencies of a frame is n times that of its samples.
    power = np.correlate(y**2, samples**2, mode="valid")
    first = n - round(float(np.average(np.arange(n), weights=samples**2)))
    around = np.arange(first - separation, first + 2 * separation + 1)
    return _dip(power[np.clip(around, 0, len(power) - 1)])


def _real(g: ArrayLike) -> NDArray[np.float64]:
    samples = one_signal(g)
    if samples.dtype.kind == "c":
        raise SignalError("resolution is that of a real window, but this one is complex")
    return samples


def _dip(power: NDArray[np.float64]) -> float:
    """Return the power in the middle over the lower of the peaks on its two sides."""
    half = len(power) // 2
    lower = min(power[: half + 1].max(), power[half:].max())
    return float(power[half] / lower)


def _width(samples: NDArray[np.float64], above: NDArray[np.intp]) -> float:
    """Return the width at half the maximum, between samples by straight lines."""
    first, last = int(above[0]), int(above[-1])
    if first == 0 or last == len(samples) - 1:
        # The window ends above half: it covers all its samples.
        return float(last - first + 1)
    half = samples.max() / 2
    left = (samples[first] - half) / (samples[first] - samples[first - 1])
    right = (samples[last] - half) / (samples[last] - samples[last + 1])
    return float(last - first + left + right)


def _smallest(holds: Callable[[int], bool], largest: int) -> int:
    """Return the smallest whole number from 1 to `largest` from where on a condition holds."""
    if not holds(largest):
        raise SignalError(
            "the window does not separate even the widest pair: pass one with a single hump"
        )
    low, high = 0, largest
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
