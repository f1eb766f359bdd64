"""Changes of a finished log-mel picture that stand for changes of its sound.

A classifier that hears music should not care about them; one that leans on a confound may.  They
work on the levels of a store (:mod:`mgc.data.altered`), so they need no sound.  What a store no
longer holds (samples, phases, anything below its floor) cannot be changed here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.data.frontend import FrontEnd
from mgc.errors import ConfigError
from mgc.signal.conditioning import band_edges
from mgc.signal.mel import mel_filterbank

#: Kind -> unit of its strength, and what is done.
KINDS = {
    "gain": ("dB", "the whole clip louder (+) or softer (-)"),
    "peak": ("dB", "a click outside the segments, so much louder than the music"),
    "low_cut": ("bands", "the lowest bands silent, as behind a high-pass"),
    "high_cut": ("bands", "the highest bands silent, as behind a low-pass"),
    "noise": ("dB SNR", "white noise added"),
    "floor": ("dB", "levels further below the maximum cut off"),
    "shift": ("s", "the segments start later; the end is played first"),
}

#: Equivalent width of a Hann window in FFT bins: neighbours share their noise.
_HANN_BINS = 1.5


@dataclass(frozen=True)
class Intervention:
    """One change of known strength.

    Attributes
    ----------
    kind : str
        A key of `KINDS`.
    strength : float
        In the unit of `KINDS`; bands are whole numbers.

    Raises
    ------
    ConfigError
        If there is no such kind, or the strength makes no sense for it.

    Examples
    --------
    >>> change = Intervention("floor", 40)
    >>> change(np.array([[0.0, -60.0]]), FrontEnd(), 80.0, 30.0).tolist()
    [[0.0, -40.0]]

    Book: Where and why it errs
    """

    kind: str
    strength: float

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ConfigError(f"kind is {self.kind!r}, but must be one of {', '.join(KINDS)}")
        whole = self.kind not in ("low_cut", "high_cut") or self.strength == int(self.strength)
        signed = self.kind in ("gain", "noise")
        if not whole or not np.isfinite(self.strength) or not (signed or self.strength > 0):
            raise ConfigError(
                f"{self.kind} is {self.strength}: give a strength above 0, and of bands a whole "
                "number"
            )

    def __call__(
        self, levels: ArrayLike, front_end: FrontEnd, range_db: float, ref_db: float, seed: int = 0
    ) -> NDArray[np.float32]:
        """Change the levels of one clip.

        Parameters
        ----------
        levels : array_like of shape (n_mels, columns)
            dB relative to the maximum of the clip.
        front_end : FrontEnd
            How they were made.
        range_db, ref_db : float
            Depth of the clip, and level of its maximum in dB re 1 (power).
        seed : int
            Of noise, the same for all strengths.

        Returns
        -------
        ndarray of float32, shape (n_mels, columns)
            dB relative to the maximum of the changed clip, or for ``peak`` to the click.

        Raises
        ------
        ConfigError
            If nothing of the clip is left.
        """
        x = np.asarray(levels, dtype=np.float32)
        return _CHANGES[self.kind](self.strength, x, front_end, range_db, ref_db, seed)


def cut_frequency(front_end: FrontEnd, kind: str, bands: int) -> float:
    """Return the centre, in Hz, of the outermost band that a cut leaves.

    Parameters
    ----------
    front_end : FrontEnd
        Whose mel bands are cut.
    kind : {"low_cut", "high_cut"}
        Which end.
    bands : int
        Bands that are silent.

    Raises
    ------
    ConfigError
        If no band is left.

    Examples
    --------
    >>> [round(cut_frequency(FrontEnd(), "low_cut", bands)) for bands in (1, 8)]
    [52, 232]

    Book: Where and why it errs
    """
    _require_bands(front_end, bands)
    last = bands if kind == "low_cut" else front_end.n_mels - bands - 1
    return float(band_centres(front_end)[last])


def band_centres(front_end: FrontEnd) -> NDArray[np.float64]:
    """Return the centre of each mel band in Hz, shape (n_mels,).

    Examples
    --------
    >>> band_centres(FrontEnd())[[0, 8, 127]].round().tolist()
    [26.0, 232.0, 10736.0]

    Book: Where and why it errs
    """
    return band_edges(
        sr=front_end.sample_rate,
        n_mels=front_end.n_mels,
        fmin=front_end.fmin,
        fmax=front_end.fmax,
        htk=front_end.mel_scale == "htk",
    )[1:-1]


def _gain(
    g: float, x: NDArray[np.float32], front_end: FrontEnd, depth: float, top: float, seed: int
) -> NDArray[np.float32]:
    """Levels re maximum stay, but for what comes to lie below the least power that counts."""
    audible = top + g - 10 * np.log10(front_end.amin)
    if audible <= 0:
        raise ConfigError(f"a gain of {g} dB leaves nothing of a clip at {top:.1f} dB")
    return np.asarray(np.maximum(x, -np.float32(audible)))


def _peak(
    g: float, x: NDArray[np.float32], front_end: FrontEnd, depth: float, top: float, seed: int
) -> NDArray[np.float32]:
    return np.asarray(np.maximum(x - np.float32(g), -np.float32(front_end.top_db)))


def _floor(
    g: float, x: NDArray[np.float32], front_end: FrontEnd, depth: float, top: float, seed: int
) -> NDArray[np.float32]:
    return np.asarray(np.maximum(x, -np.float32(g)))


def _low_cut(
    k: float, x: NDArray[np.float32], front_end: FrontEnd, depth: float, top: float, seed: int
) -> NDArray[np.float32]:
    _require_bands(front_end, int(k))
    kept = x.copy()
    kept[: int(k)] = -np.inf
    return _relevelled(kept, front_end)


def _high_cut(
    k: float, x: NDArray[np.float32], front_end: FrontEnd, depth: float, top: float, seed: int
) -> NDArray[np.float32]:
    _require_bands(front_end, int(k))
    kept = x.copy()
    kept[len(x) - int(k) :] = -np.inf
    return _relevelled(kept, front_end)


def _shift(
    seconds: float, x: NDArray[np.float32], front_end: FrontEnd, depth: float, top: float, seed: int
) -> NDArray[np.float32]:
    return np.roll(x, -round(seconds * front_end.columns_per_second()), axis=1)


def _noise(
    snr: float, x: NDArray[np.float32], front_end: FrontEnd, depth: float, top: float, seed: int
) -> NDArray[np.float32]:
    """Powers add: of noise each band holds its width, and falls around it as its bins allow."""
    area, bins = _band_widths(front_end)
    power = 10 ** (x.astype(np.float64) / 10)
    signal = float((power.mean(axis=1) / area * bins).sum())
    mean = area * signal / bins.sum() * 10 ** (-snr / 10)
    shape = np.maximum(1.0, bins / _HANN_BINS)[:, None]
    draws = np.random.default_rng(seed).standard_gamma(shape, x.shape) / shape
    with np.errstate(divide="ignore"):
        db = 10 * np.log10(power + mean[:, None] * draws)
    return _relevelled(db, front_end)


_CHANGES: dict[str, Callable[..., NDArray[np.float32]]] = {
    "gain": _gain,
    "peak": _peak,
    "low_cut": _low_cut,
    "high_cut": _high_cut,
    "noise": _noise,
    "floor": _floor,
    "shift": _shift,
}


def _band_widths(front_end: FrontEnd) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum of the weights of each band, and how many FFT bins it stands for."""
    weights = mel_filterbank(
        sr=front_end.sample_rate,
        n_fft=front_end.n_fft,
        n_mels=front_end.n_mels,
        fmin=front_end.fmin,
        fmax=front_end.fmax,
        htk=front_end.mel_scale == "htk",
        norm=front_end.mel_norm,
    ).astype(np.float64)
    area = weights.sum(axis=1)
    return area, area / weights.max(axis=1)


def _relevelled(db: NDArray[Any], front_end: FrontEnd) -> NDArray[np.float32]:
    """Measure levels from the new maximum, and cut them off at the depth of the front end."""
    return np.asarray(np.maximum(db - db.max(), -front_end.top_db), dtype=np.float32)


def _require_bands(front_end: FrontEnd, bands: int) -> None:
    if not 0 <= bands < front_end.n_mels:
        raise ConfigError(
            f"{bands} of {front_end.n_mels} mel bands are to be silent: leave at least one"
        )
