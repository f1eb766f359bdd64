"""Per-channel energy normalisation: each band divided by its own recent mean, then a root.

Book: Mel, log compression and conditioning.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import ConfigError, DataError


def smoothing_coefficient(time_constant: float, frame_rate: float) -> float:
    """Return the weight of the newest frame in the running mean of :func:`pcen`.

    With ``T = time_constant * frame_rate`` frames it is the positive root ``b`` of
    ``T**2 b**2 + b = 1``, as librosa takes it.

    Examples
    --------
    >>> round(smoothing_coefficient(0.4, 22050 / 512), 6)
    0.056389
    """
    frames = time_constant * frame_rate
    # The root with the difference of nearly equal numbers rationalised away: no cancellation
    # for short time constants.
    return float(2 / (1 + np.sqrt(1 + 4 * frames**2)))


def pcen(
    S: ArrayLike,
    *,
    frame_rate: float,
    time_constant: float = 0.4,
    gain: float = 0.98,
    bias: float = 2.0,
    power: float = 0.5,
    eps: float = 1e-6,
) -> NDArray[Any]:
    """Return ``(S / (eps + M) ** gain + bias) ** power - bias ** power``, M a running mean of S.

    Parameters
    ----------
    S : array_like, shape (..., n_mels, n_frames)
        Magnitude or power, not negative; any number of leading axes, each band by itself.
    frame_rate : float
        Frames a second, in Hz: ``sr / hop_length``.
    time_constant : float
        Memory of the running mean, in seconds.
    gain : float
        Exponent of the mean: 0 divides by nothing, 1 takes the loudness out altogether.
    bias, power : float
        Offset and exponent of the root; `power` 0 stands for ``log1p``.
    eps : float
        Level below which the mean counts as silence, in units of `S`.

    Returns
    -------
    ndarray, shape of `S`
        Not negative.  Worked out in double precision; in single precision if `S` was (or half).

    Raises
    ------
    DataError
        If a value is negative, NaN or infinite, or there is no frame.
    ConfigError
        If a parameter is out of range.

    Notes
    -----
    The mean starts at 1, in units of `S`, as in librosa: soft recordings begin damped.  Equal to
    ``librosa.pcen(S, sr=sr, hop_length=hop_length)`` at ``frame_rate = sr / hop_length`` (tested).
    Source: Wang et al. (2017), arXiv:1607.05666.
    Book: Mel, log compression and conditioning.

    Examples
    --------
    A steady tone fades from its first value to ``sqrt(1000 ** 0.02 + 2) - sqrt(2)``.

    >>> out = pcen(np.full((1, 400), 1e3), frame_rate=22050 / 512)
    >>> out.shape, bool(out[0, 0] > out[0, -1]), round(float(out[0, -1]), 3)
    ((1, 400), True, 0.36)
    """
    values = _usable(S)
    _check(frame_rate=frame_rate, time_constant=time_constant, eps=eps)
    _check(or_zero=True, gain=gain, bias=bias, power=power)
    # Imported here: a worker that makes log-mel features need not wait for scipy.signal.
    from scipy.signal import lfilter

    b = smoothing_coefficient(time_constant, frame_rate)
    # Before the first frame the mean is 1: M[-1] = 1 leaves (1 - b) in the filter's memory.
    before = np.full((*values.shape[:-1], 1), 1 - b)
    mean = lfilter([b], [1, b - 1], values, axis=-1, zi=before)[0]
    # Powers as exponentials of logarithms: small quotients keep their digits.
    quotient = values * np.exp(-gain * (np.log(eps) + np.log1p(mean / eps)))
    out: NDArray[np.float64]
    if power == 0:
        out = np.log1p(quotient)
    elif bias == 0:
        out = quotient**power
    else:
        out = bias**power * np.expm1(power * np.log1p(quotient / bias))
    single = np.asarray(S).dtype in (np.float16, np.float32)
    return out.astype(np.float32) if single else out


def _usable(S: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(S, dtype=np.float64)
    if values.ndim < 1 or values.shape[-1] < 1:
        raise DataError(
            f"a spectrogram has shape (..., n_mels, n_frames) with at least one frame, but this "
            f"one {values.shape}: pass a longer signal"
        )
    if not (np.isfinite(values) & (values >= 0)).all():
        raise DataError(
            "the spectrogram holds a negative value, NaN or infinity: PCEN takes magnitude or "
            "power, not decibels"
        )
    return values


def _check(or_zero: bool = False, **parameters: float) -> None:
    for name, value in parameters.items():
        if not np.isfinite(value) or value < 0 or (value == 0 and not or_zero):
            least = "of at least 0" if or_zero else "above 0"
            raise ConfigError(f"PCEN's {name} is {value!r}: expected is a finite number {least}")
