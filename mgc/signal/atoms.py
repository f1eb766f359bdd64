"""Gabor atoms and other test signals whose place in time and frequency is known.

All in float64 or complex128, amplitude 1 unless said otherwise; nothing is random.
Book: Gabor atoms and uncertainty.
"""

from math import pi

import numpy as np
from numpy.typing import NDArray

from mgc.errors import SignalError
from mgc.signal.windows import require_positive


def gabor_atom(
    seconds: float,
    *,
    sr: float = 22050,
    time: float,
    frequency: float,
    std: float,
    phase: float = 0.0,
    rate: float = 0.0,
) -> NDArray[np.complex128]:
    r"""Return a Gaussian that is moved in time and frequency, and sheared if it chirps.

    Parameters
    ----------
    seconds, sr : float
        Length of the signal, and sampling rate in Hz.
    time, frequency : float
        Where the atom lies, in s and Hz.
    std : float
        Standard deviation of its Gaussian in s; the spreads of its energy are
        ``std / sqrt(2)`` in time and, without chirp, ``1 / (2 sqrt(2) pi std)`` in frequency.
    phase : float
        Phase in its middle, in rad.
    rate : float
        Change of its frequency in Hz/s.

    Returns
    -------
    ndarray of complex128, shape (round(seconds * sr),)
        :math:`e^{-(t-t_0)^2/2s^2} e^{i(2\pi f_0 (t-t_0) + \pi c (t-t_0)^2 + \varphi)}`; take the
        real part to hear it.

    Raises
    ------
    SignalError
        If a value is out of range, such as a frequency beyond half the rate.

    Notes
    -----
    Source: Gabor (1946), doi:10.1049/ji-3-2.1946.0074.
    Book: Gabor atoms and uncertainty.

    Examples
    --------
    >>> from mgc.signal.windows import window_moments
    >>> y = gabor_atom(1.0, sr=8000, time=0.3, frequency=440.0, std=0.02)
    >>> moments = window_moments(y, sr=8000)
    >>> round(moments.centre, 9), round(moments.centre_frequency, 9), round(moments.relative, 9)
    (0.3, 440.0, 1.0)
    """
    t = _times(seconds, sr) - time
    require_positive("std", std)
    _require_below_nyquist(sr, frequency)
    angle = 2 * pi * frequency * t + pi * rate * t**2 + phase
    atom: NDArray[np.complex128] = np.exp(-(t**2) / (2 * std**2) + 1j * angle)
    return atom


def chirp(
    start: float, stop: float, seconds: float, *, sr: float = 22050, exponential: bool = False
) -> NDArray[np.float64]:
    """Return a tone that glides from one frequency to another.

    Parameters
    ----------
    start, stop : float
        Frequencies in Hz at the beginning and at the end.
    seconds, sr : float
        Length, and sampling rate in Hz.
    exponential : bool
        Whether it covers equal intervals (octaves) in equal times; otherwise equal differences.

    Returns
    -------
    ndarray of float64, shape (round(seconds * sr),)

    Raises
    ------
    SignalError
        If a value is out of range, such as a frequency beyond half the rate.

    Notes
    -----
    Book: Gabor atoms and uncertainty.

    Examples
    --------
    >>> chirp(100.0, 1000.0, 0.5, sr=8000).shape
    (4000,)
    """
    from scipy.signal import chirp as glide

    t = _times(seconds, sr)
    _require_below_nyquist(sr, start, stop)
    if exponential and min(start, stop) <= 0:
        raise SignalError(
            f"an exponential chirp from {start:g} to {stop:g} Hz would pass endless octaves: give "
            "two frequencies above 0"
        )
    method = "logarithmic" if exponential else "linear"
    y: NDArray[np.float64] = glide(t, start, t[-1] + 1 / sr, stop, method=method)
    return y


def two_tones(
    frequency: float, separation: float, seconds: float, *, sr: float = 22050, phase: float = 0.0
) -> NDArray[np.float64]:
    """Return the mean of two tones of equal amplitude.

    Parameters
    ----------
    frequency, separation : float
        Mean and difference of the two frequencies, in Hz.
    seconds, sr : float
        Length, and sampling rate in Hz.
    phase : float
        What the higher tone is ahead of the lower one in the middle of the signal, in rad.

    Returns
    -------
    ndarray of float64, shape (round(seconds * sr),)
        Within [-1, 1]; also a tone at `frequency` whose amplitude beats `separation` times a
        second.

    Raises
    ------
    SignalError
        If a value is out of range, such as a frequency beyond half the rate.

    Notes
    -----
    Book: Gabor atoms and uncertainty.

    Examples
    --------
    >>> t = np.arange(-400, 400) / 8000
    >>> beating = np.cos(2 * np.pi * 5 * t) * np.cos(2 * np.pi * 440 * t)
    >>> bool(np.allclose(two_tones(440.0, 10.0, 0.1, sr=8000), beating))
    True
    """
    t = _times(seconds, sr)
    t = t - (len(t) // 2) / sr
    low, high = frequency - separation / 2, frequency + separation / 2
    _require_below_nyquist(sr, low, high)
    y: NDArray[np.float64] = (np.cos(2 * pi * low * t) + np.cos(2 * pi * high * t + phase)) / 2
    return y


def clicks(times: list[float], seconds: float, *, sr: float = 22050) -> NDArray[np.float64]:
    """Return silence with single samples of height 1.

    Parameters
    ----------
    times : list of float
        Where they stand, in s, rounded to samples.
    seconds, sr : float
        Length, and sampling rate in Hz.

    Returns
    -------
    ndarray of float64, shape (round(seconds * sr),)

    Raises
    ------
    SignalError
        If a value is out of range, such as a click after the end.

    Notes
    -----
    Book: Gabor atoms and uncertainty.

    Examples
    --------
    >>> clicks([0.0, 0.2], 0.5, sr=10).tolist()
    [1.0, 0.0, 1.0, 0.0, 0.0]
    """
    y = np.zeros(len(_times(seconds, sr)))
    for time in times:
        if not 0 <= round(time * sr) < len(y):
            raise SignalError(
                f"a click at {time:g} s lies outside a signal from 0 to {seconds:g} s: move it, "
                "or make the signal longer"
            )
        y[round(time * sr)] = 1.0
    return y


def click_and_tone(
    time: float, frequency: float, seconds: float, *, sr: float = 22050
) -> NDArray[np.float64]:
    """Return a tone and one click of the same energy: sharp in frequency, sharp in time.

    Parameters
    ----------
    time : float
        Place of the click in s.
    frequency : float
        Of the tone, in Hz.
    seconds, sr : float
        Length, and sampling rate in Hz.

    Returns
    -------
    ndarray of float64, shape (round(seconds * sr),)
        The tone has amplitude 1; the click is much higher, as all its energy is in one sample.

    Raises
    ------
    SignalError
        If a value is out of range, such as a frequency beyond half the rate.

    Notes
    -----
    Book: Gabor atoms and uncertainty.

    Examples
    --------
    >>> y = click_and_tone(0.25, 1000.0, 0.5, sr=8000)
    >>> int(y.argmax()), round(float(y.max()))
    (2000, 46)
    """
    _require_below_nyquist(sr, frequency)
    tone = np.cos(2 * pi * frequency * _times(seconds, sr))
    y: NDArray[np.float64] = tone + np.linalg.norm(tone) * clicks([time], seconds, sr=sr)
    return y


def amplitude_modulated(
    carrier: float, modulation: float, seconds: float, *, sr: float = 22050, depth: float = 1.0
) -> NDArray[np.float64]:
    """Return a tone whose power swells and fades `modulation` times a second.

    Parameters
    ----------
    carrier, modulation : float
        Frequencies in Hz of the tone and of its power.
    seconds, sr : float
        Length, and sampling rate in Hz.
    depth : float
        Share of the power that moves, 0 to 1.

    Returns
    -------
    ndarray of float64, shape (round(seconds * sr),)
        Power ``1 + depth cos(2 pi modulation t)`` times that of a tone of amplitude 1.

    Raises
    ------
    SignalError
        If a value is out of range, such as a frequency beyond half the rate.

    Notes
    -----
    Book: Gabor atoms and uncertainty.

    Examples
    --------
    >>> amplitude_modulated(1000.0, 4.0, 0.5, sr=8000).shape
    (4000,)
    """
    t = _times(seconds, sr)
    _require_below_nyquist(sr, carrier, modulation)
    if not 0 <= depth <= 1:
        raise SignalError(f"depth is {depth!r}: expected is a share of the power from 0 to 1")
    power = 1 + depth * np.cos(2 * pi * modulation * t)
    y: NDArray[np.float64] = np.sqrt(power) * np.cos(2 * pi * carrier * t)
    return y


def _times(seconds: float, sr: float) -> NDArray[np.float64]:
    require_positive("sr", sr)
    require_positive("seconds", seconds)
    n = round(seconds * sr)
    if n < 1:
        raise SignalError(f"{seconds!r} s are less than one sample at {sr:g} Hz: make it longer")
    return np.arange(n) / sr


def _require_below_nyquist(sr: float, *frequencies: float) -> None:
    for frequency in frequencies:
        if not abs(frequency) <= sr / 2:
            raise SignalError(
                f"{frequency!r} Hz cannot be sampled at {sr:g} Hz: stay at or below {sr / 2:g} Hz"
            )
