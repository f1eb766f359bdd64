"""The log-mel front end, stage by stage, with the result of each stage kept in a narrow format.

Book: Floating point: formats, sums and softmax.
"""

from collections.abc import Collection
from typing import Any

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from mgc.errors import ConfigError
from mgc.signal.floating.formats import NumberFormat, round_to
from mgc.signal.mel import mel_filterbank

#: What the front end computes, in order; see :func:`log_mel_stages`.
STAGES = ("samples", "window", "transform", "power", "mel", "level")


def log_mel_stages(
    y: ArrayLike,
    format: str | NumberFormat = "float64",
    rounded: Collection[str] = STAGES,
    *,
    sr: float = 22050,
    n_fft: int = 2048,
    hop_length: int = 512,
    n_mels: int = 128,
    amin: float = 1e-10,
    scale: float = 1.0,
) -> dict[str, NDArray[Any]]:
    r"""Compute log-mel levels and keep what each stage hands to the next.

    Parameters
    ----------
    y : array_like of shape (n_samples,)
        Real signal within [-1, 1], at least `n_fft` samples.
    format : str or NumberFormat
        Format in which results are *stored*.  Within a stage everything is computed, and above
        all added up, in extended precision: what a processor with wide accumulators does.
    rounded : collection of str
        The stages of `STAGES` whose results are rounded to the format; none gives the reference.
    sr, n_fft, hop_length, n_mels
        As in :func:`mgc.signal.mel.mel_spectrogram`; frames are not centred.
    amin : float
        Smallest power that is told from zero, before scaling; a constant of stage ``"mel"``.
    scale : float
        Factor of the window; ``4 / n_fft`` gives a full-scale tone the amplitude 1.

    Returns
    -------
    dict of str to ndarray
        ``samples`` (n_samples,), ``window`` (n_frames, n_fft) windowed frames, ``transform``
        (n_frames, 1 + n_fft // 2) complex, ``power`` of it, ``mel`` (n_frames, n_mels) and
        ``level`` in dB re 1 (power), with the scale taken out again.

    Raises
    ------
    ConfigError
        If there is no such format or stage, or there are fewer samples than one frame needs.

    Notes
    -----
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    A full-scale cosine has the power 512 squared, which float16 cannot hold.

    >>> tone = np.cos(np.pi / 4 * np.arange(4096))
    >>> for format in ("float32", "float16"):
    ...     print(float(log_mel_stages(tone, format)["power"].max()))
    262144.0
    inf
    """
    if unknown := set(rounded) - set(STAGES):
        raise ConfigError(f"no stage is called {unknown.pop()!r}: expected are {', '.join(STAGES)}")
    signal = np.asarray(y, dtype=np.longdouble)
    if signal.ndim != 1 or len(signal) < n_fft:
        raise ConfigError(
            f"samples have shape {signal.shape}: expected is one row of at least {n_fft}"
        )

    def kept(stage: str, values: Any) -> NDArray[Any]:
        return round_to(values, format) if stage in rounded else values

    found = {"samples": kept("samples", signal)}
    frames = np.lib.stride_tricks.sliding_window_view(found["samples"], n_fft)[::hop_length]
    found["window"] = kept("window", frames * kept("window", scale * _hann(n_fft)))
    X = scipy.fft.rfft(found["window"], axis=-1, workers=1)
    found["transform"] = kept("transform", X.real) + 1j * kept("transform", X.imag)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        power = found["transform"].real ** 2 + found["transform"].imag ** 2
        found["power"] = kept("power", power)
        filters = mel_filterbank(sr=sr, n_fft=n_fft, n_mels=n_mels).astype(np.longdouble)
        found["mel"] = kept("mel", _product(found["power"], kept("mel", filters)))
        floor = kept("mel", np.longdouble(amin) * scale**2)
        level = 10 * np.log10(np.maximum(found["mel"], floor))
        found["level"] = kept("level", level - 20 * np.log10(np.longdouble(scale)))
    return found


def stage_errors(
    y: ArrayLike, format: str | NumberFormat, *, top_db: float = 80.0, **front_end: Any
) -> dict[str, dict[str, float]]:
    """Measure what keeping one stage in a format does to the levels, and what all together do.

    Parameters
    ----------
    y : array_like of shape (n_samples,)
        Real signal within [-1, 1].
    format : str or NumberFormat
        Format of the results of the stage.
    top_db : float
        Levels count down to this depth below the maximum, as in the pictures that networks see.
    **front_end
        ``scale`` and so on, see :func:`log_mel_stages`.

    Returns
    -------
    dict of str to dict of str to float
        For each stage of `STAGES` and for ``"all"``: ``rms`` and ``max``, the error in dB of the
        levels that are finite, and ``lost``, the share of levels that are not (NaN errors where
        none is).  Minus infinity counts as the depth where the level lies below that anyway.

    Raises
    ------
    ConfigError
        If there is no such format, or there are fewer samples than one frame needs.

    Notes
    -----
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> y = np.random.default_rng(0).uniform(-0.1, 0.1, 8192)
    >>> errors = stage_errors(y, "bfloat16")
    >>> errors["level"]["max"] <= 0.125, errors["all"]["lost"]
    (True, 0.0)
    """
    exact = log_mel_stages(y, rounded=(), **front_end)["level"]
    floor = exact.max() - top_db
    errors = {}
    for name in (*STAGES, "all"):
        rounded = STAGES if name == "all" else (name,)
        level = log_mel_stages(y, format, rounded, **front_end)["level"]
        level = np.where((level == -np.inf) & (exact <= floor), floor, level)
        finite = np.isfinite(level)
        error = (np.maximum(level, floor) - np.maximum(exact, floor))[finite].astype(np.float64)
        errors[name] = {
            "rms": float(np.sqrt(np.mean(error**2))) if error.size else np.nan,
            "max": float(np.abs(error).max()) if error.size else np.nan,
            "lost": float(1 - finite.mean()),
        }
    return errors


def _hann(n: int) -> NDArray[Any]:
    """Return the periodic Hann window in extended precision."""
    turn = 8 * np.arctan(np.longdouble(1)) * np.arange(n) / n
    return np.asarray(0.5 - 0.5 * np.cos(turn))


def _product(power: NDArray[Any], filters: NDArray[Any]) -> NDArray[Any]:
    """Return the mel bands; the zeros of the filters are left out, as infinity times 0 is NaN."""
    bands = []
    for weights in filters:
        used = np.flatnonzero(weights)
        bands.append(power[:, used] @ weights[used])
    return np.stack(bands, axis=-1)
