"""What the parameters of a front end (`mgc.data.frontend.FrontEnd`) and its samples may be.

Book: The pipeline and its cost.
"""

from dataclasses import fields
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import AudioError, StoreError
from mgc.signal.conditioning import empty_bands
from mgc.signal.mel import mel_filterbank

_DTYPES = ("uint8", "float16", "float32")
# Parameters for which exactly one value is implemented.
_FIXED = {"kind": "logmel", "log": "power_to_db", "ref": "max of the clip"}
# Far above full scale, far below where powers overflow in single precision.
_LOUDEST = 1e6


def check_types(front_end: Any) -> None:
    """Compare each value with the type of its default (whole numbers may stand for floats)."""
    for field in fields(front_end):
        value, expected = getattr(front_end, field.name), type(field.default)
        if expected is float and type(value) is int:
            object.__setattr__(front_end, field.name, float(value))
        elif type(value) is not expected and not (field.name == "mel_norm" and value is None):
            raise StoreError(
                f"front-end parameter {field.name} is {value!r}: expected is a value of type "
                f"{expected.__name__}; correct spec.json or compute the store again"
            )


def check_values(front_end: Any) -> None:
    """Refuse values that are out of range or not implemented."""
    f = front_end
    allowed: dict[str, tuple[bool, str]] = {
        **{name: (getattr(f, name) == value, repr(value)) for name, value in _FIXED.items()},
        "dtype": (f.dtype in _DTYPES, f"one of {', '.join(_DTYPES)}"),
        "window": (f.window.endswith(" (periodic)"), "a SciPy window and ' (periodic)'"),
        "mel_scale": (f.mel_scale in ("slaney", "htk"), "slaney or htk"),
        "mel_norm": (f.mel_norm in ("slaney", None), "slaney or null"),
        "sample_rate": (f.sample_rate > 0, "above 0"),
        "n_fft": (f.n_fft > 1, "above 1"),
        "win_length": (0 < f.win_length <= f.n_fft, f"between 1 and n_fft = {f.n_fft}"),
        "hop_length": (f.hop_length > 0, "above 0"),
        "power": (f.power > 0, "above 0"),
        "n_mels": (f.n_mels > 0, "above 0"),
        "fmax": (0 <= f.fmin < f.fmax <= f.sample_rate / 2, "between fmin and sample_rate / 2"),
        "amin": (f.amin > 0, "above 0"),
        "top_db": (f.top_db > 0, "above 0"),
        "columns": (f.columns > 0, "above 0"),
    }
    for name, (good, text) in allowed.items():
        if not good:
            raise StoreError(
                f"front-end parameter {name} is {getattr(f, name)!r}: expected is {text}; "
                "correct spec.json or compute the store again"
            )
    limits = (f.fmin, f.fmax, f.mel_scale == "htk")
    empty = _empty_bands(f.sample_rate, f.n_fft, f.n_mels, *limits)
    if empty:
        raise StoreError(
            f"{len(empty)} of the {f.n_mels} mel bands hold no frequency of the FFT with n_fft = "
            f"{f.n_fft} (the first is band {empty[0]}, counted from 0): take a longer n_fft or "
            "fewer n_mels"
        )


@lru_cache(maxsize=16)
def _empty_bands(
    sr: int, n_fft: int, n_mels: int, fmin: float, fmax: float, htk: bool
) -> tuple[int, ...]:
    """Return the bands that would be silent whatever is played."""
    F = mel_filterbank(sr=sr, n_fft=n_fft, n_mels=n_mels, fmin=fmin, fmax=fmax, htk=htk)
    return tuple(empty_bands(F).tolist())


def usable_samples(y: ArrayLike, n_fft: int) -> NDArray[np.float32]:
    """Return `y` in single precision, or refuse what has no log-mel picture."""
    with np.errstate(over="ignore"):
        samples = np.asarray(y, dtype=np.float32)
    if samples.ndim != 1 or len(samples) < n_fft:
        raise AudioError(
            f"the samples have shape {samples.shape}: expected is one channel of at least "
            f"{n_fft} samples; take a longer clip"
        )
    loudest = float(np.maximum(samples.max(), -samples.min()))
    if not loudest < _LOUDEST:
        raise AudioError(
            f"the samples reach {loudest:.3g}: expected are finite values, nominally within "
            "[-1, 1]; decode the file again or leave it out"
        )
    return samples
