"""What a classifier sees: the levels of a store, turned into one of several declared features.

A store keeps log-mel levels.  Front ends are compared by what is made of them here, everything
else being equal, and the numerical choices of a front end are varied one at a time.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.data.normalise import SCALERS
from mgc.data.texture import LEAST_BANDS, texture, texture_size
from mgc.errors import ConfigError, DataError
from mgc.signal.cepstrum import mfcc
from mgc.signal.mel import power_to_db
from mgc.signal.pcen import pcen

_CHOICES = {
    "kind": ("log_mel", "mel", "mfcc", "pcen", "texture"),
    "reference": ("clip", "segment", "fixed"),
    "rounding": ("none", "levels", "powers"),
    "scaler": tuple(SCALERS),
}

#: Coefficients of "mfcc".
N_MFCC = 20

#: Columns mirrored before a segment, so that the running mean of "pcen" has settled when it begins:
#: at 12.9 columns a second 4e-6 of its start is left.
_RUN_IN = 64

#: Powers of "pcen" are those of 16-bit samples: in units of full scale, soft bands would lie below
#: its constants.
_PCEN_SCALE = 2.0**30

#: Loudest power that float16 holds; what is louder is set to it, since infinity ends a training.
_HALF_MAX = float(np.finfo(np.float16).max)


@dataclass(frozen=True, kw_only=True)
class Representation:
    """Features of a segment, made from its levels.

    Attributes
    ----------
    about : str
        One line for tables and help.
    kind : {'log_mel', 'mel', 'mfcc', 'pcen', 'texture'}
        Levels in dB; powers; cepstral coefficients; per-channel energy normalisation of the power
        re 1, for which `reference` has to be the clip; one column of `mgc.data.texture.texture`.
    reference : {'clip', 'segment', 'fixed'}
        What 0 dB is: the maximum of the clip, that of the segment, or power 1.
    top_db : float or None
        Levels further below the maximum of the clip are set to that depth; None cuts nothing.
    soft_floor_db : float or None
        Level, below the maximum of the clip, of a power that is added before the logarithm.
    first_band, stop_band : int, int or None
        Mel bands kept, as in a slice.
    rounding : {'none', 'levels', 'powers'}
        What is rounded to float16: levels in dB, or powers before the logarithm.
    padding_db : float or None
        If given, the second half of each clip's last segment is filled with this level, as where a
        clip ends early.
    scaler : {'band', 'pixel', 'global'}
        What has its own mean and standard deviation in the normaliser.
    first_layer : str
        A bank of filters on the normalised picture, see `mgc.models.filter_bank`.
    pool : int
        Features are averaged over blocks of ``pool`` rows and columns; a rest is left out.

    Examples
    --------
    >>> features = Representation(about="two bands", stop_band=2)
    >>> features([[[-10.0], [-20.0], [-30.0]]], [80.0], [30.0]).tolist()
    [[[-10.0], [-20.0]]]

    Raises
    ------
    ConfigError
        If there is no such kind, reference, rounding or scaler, or PCEN has another reference.

    Book: Front ends compared
    """

    about: str
    kind: str = "log_mel"
    reference: str = "clip"
    top_db: float | None = None
    soft_floor_db: float | None = None
    first_band: int = 0
    stop_band: int | None = None
    rounding: str = "none"
    padding_db: float | None = None
    scaler: str = "band"
    first_layer: str = "none"
    pool: int = 1

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise ConfigError(
                    f"{name} of {self.about!r} is {getattr(self, name)!r}, but must be one of "
                    f"{', '.join(choices)}"
                )
        if self.kind == "pcen" and self.reference != "clip":
            raise ConfigError(
                f"{self.about!r} is PCEN of levels re {self.reference}: it takes powers re 1, "
                "which are worked out from levels re clip; leave reference out"
            )

    def rows(self, n_mels: int) -> int:
        """Return how many rows the features of `n_mels` bands have.

        Raises
        ------
        DataError
            If no band is left, or fewer than there are coefficients.
        """
        bands = len(range(n_mels)[self.first_band : self.stop_band])
        if bands < {"mfcc": N_MFCC, "texture": LEAST_BANDS}.get(self.kind, 1):
            raise DataError(
                f"{self.about} cannot be made of {n_mels} mel bands, of which {bands} are kept: "
                "choose other features, or a store with more bands"
            )
        if self.kind == "texture":
            return texture_size(bands)
        return (N_MFCC if self.kind == "mfcc" else bands) // self.pool

    def frames(self, columns: int) -> int:
        """Return how many columns the features of `columns` store columns have."""
        return 1 if self.kind == "texture" else columns // self.pool

    def __call__(
        self,
        levels: ArrayLike,
        range_db: ArrayLike,
        ref_db: ArrayLike,
        *,
        last: ArrayLike = False,
        frame_rate: float = 1.0,
    ) -> NDArray[np.float32]:
        """Make the features of some segments.

        Parameters
        ----------
        levels : array_like of shape (n, n_mels, columns)
            dB relative to the maximum of each segment's clip.
        range_db, ref_db : array_like of shape (n,)
            Depth of each clip, and level of its maximum in dB re 1 (power).
        last : array_like of bool, shape (n,)
            Which segments are the last of their clip; used by `padding_db`.
        frame_rate : float
            Columns a second; used by "pcen".

        Returns
        -------
        ndarray of float32, shape (n, rows, frames)
        """
        x = np.array(levels, dtype=np.float32)
        depth, top = (np.asarray(v, dtype=np.float32).reshape(-1, 1, 1) for v in (range_db, ref_db))
        if self.padding_db is not None:
            ends, half = np.flatnonzero(last), x.shape[2] // 2
            x[ends, :, half:] = np.maximum(np.float32(self.padding_db), -depth)[ends]
        x = self._levels(x, depth, top)[:, self.first_band : self.stop_band]
        return _pooled(self._made_of(x, top, frame_rate), self.pool)

    def _made_of(
        self, x: NDArray[np.float32], top: NDArray[np.float32], frame_rate: float
    ) -> NDArray[np.float32]:
        """Turn levels relative to the reference into what `kind` names."""
        if self.kind == "log_mel":
            return x
        if self.kind == "mfcc":
            return np.asarray(mfcc(x, N_MFCC), dtype=np.float32)
        if self.kind == "mel":
            return _power(x)
        if self.kind == "texture":
            return texture(x)[..., None]
        power = _PCEN_SCALE * _power(x + top)
        mirrored = np.pad(power, ((0, 0), (0, 0), (_RUN_IN, 0)), mode="symmetric")
        return np.asarray(pcen(mirrored, frame_rate=frame_rate)[..., _RUN_IN:], dtype=np.float32)

    def _levels(
        self, x: NDArray[np.float32], depth: NDArray[np.float32], top: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Apply floor, rounding and reference to levels relative to the clip."""
        if self.top_db is not None:
            x = np.maximum(x, np.float32(-self.top_db))
        if self.soft_floor_db is not None:
            x = _db(_power(x) + _power(np.float32(-self.soft_floor_db)))
        if self.rounding == "powers":
            rounded = np.minimum(_power(x + top), _HALF_MAX).astype(np.float16)
            x = np.maximum(_db(rounded) - top, -depth)
        elif self.rounding == "levels":
            x = x.astype(np.float16).astype(np.float32)
        if self.reference == "segment":
            return np.asarray(x - x.max(axis=(1, 2), keepdims=True))
        return x + top if self.reference == "fixed" else x


def _pooled(x: NDArray[np.float32], pool: int) -> NDArray[np.float32]:
    """Average over blocks of `pool` rows and columns."""
    if pool == 1:
        return x
    n, rows, columns = x.shape[0], x.shape[1] // pool, x.shape[2] // pool
    blocks = x[:, : rows * pool, : columns * pool].reshape(n, rows, pool, columns, pool)
    return np.asarray(blocks.mean(axis=(2, 4)))


def _power(db: Any) -> NDArray[np.float32]:
    return np.asarray(np.float32(10) ** (np.asarray(db, dtype=np.float32) / 10), dtype=np.float32)


def _db(power: NDArray[Any]) -> NDArray[np.float32]:
    return power_to_db(power, top_db=None)


def _log_mel(about: str, **changes: Any) -> Representation:
    return Representation(about=about, **changes)


#: Front ends: what is compared under the same classifiers.
FRONT_ENDS = {
    "log_mel": _log_mel("log-mel levels"),
    "mel": _log_mel("mel powers, no logarithm", kind="mel"),
    "mfcc": _log_mel(f"{N_MFCC} cepstral coefficients", kind="mfcc"),
    "pcen": _log_mel("per-channel energy normalisation", kind="pcen"),
    "gabor_fixed": _log_mel("2-D Gabor bank on log-mel, fixed", first_layer="gabor_fixed"),
    "gabor_learnable": _log_mel("2-D Gabor bank, learnt", first_layer="gabor_learnable"),
    "random_fixed": _log_mel("random 2-D bank, fixed", first_layer="random_fixed"),
    "free": _log_mel("2-D bank of the same shape, learnt freely", first_layer="free"),
}

#: Numerical choices of the log-mel front end, each changed alone.
NUMERICAL_CHOICES = {
    "segment_reference": _log_mel("0 dB is the segment's maximum", reference="segment"),
    "fixed_reference": _log_mel("0 dB is power 1", reference="fixed"),
    "pixel_scaler": _log_mel("mean and deviation per pixel", scaler="pixel"),
    "global_scaler": _log_mel("one mean and deviation", scaler="global"),
    "padded_with_peak": _log_mel("clip ends early, filled with 0 dB", padding_db=0.0),
    "padded_with_floor": _log_mel("clip ends early, filled with the floor", padding_db=-200.0),
    "top_db_60": _log_mel("cut 60 dB below the maximum", top_db=60.0),
    "top_db_40": _log_mel("cut 40 dB below the maximum", top_db=40.0),
    "top_db_20": _log_mel("cut 20 dB below the maximum", top_db=20.0),
    "soft_floor_40": _log_mel("power at -40 dB added before the log", soft_floor_db=40.0),
    "float16_levels": _log_mel("levels rounded to float16", rounding="levels"),
    "float16_powers": _log_mel("powers rounded to float16 before the log", rounding="powers"),
}

#: Controls: bands left out.  Of the GTZAN store's 128, band 8 is centred at 232 Hz, band 120 at
#: 9.0 kHz (counted from 0).
CONTROLS = {
    "without_low_1": _log_mel("without the lowest band", first_band=1),
    "without_low_4": _log_mel("without the lowest 4 bands", first_band=4),
    "without_low_8": _log_mel("without the lowest 8 bands", first_band=8),
    "without_low_16": _log_mel("without the lowest 16 bands", first_band=16),
    "without_top_8": _log_mel("without the highest 8 bands", stop_band=-8),
    "without_top_16": _log_mel("without the highest 16 bands", stop_band=-16),
    "gabor_without_low_1": _log_mel(
        "Gabor bank, without the lowest band", first_band=1, first_layer="gabor_fixed"
    ),
    "gabor_without_low_8": _log_mel(
        "Gabor bank, without the lowest 8 bands", first_band=8, first_layer="gabor_fixed"
    ),
    "gabor_without_top_8": _log_mel(
        "Gabor bank, without the highest 8 bands", stop_band=-8, first_layer="gabor_fixed"
    ),
}

#: Cheaper pictures, where hundreds of networks have to be trained.
PROXIES = {"log_mel_pooled": _log_mel("log-mel levels, averaged over 2 x 2 blocks", pool=2)}

#: Vectors instead of pictures.
VECTORS = {"texture": _log_mel("moments, cepstra and modulation spectra", kind="texture")}

#: Everything that a run can ask for by name.
REPRESENTATIONS = FRONT_ENDS | NUMERICAL_CHOICES | CONTROLS | PROXIES | VECTORS


def representation(name: str) -> Representation:
    """Return a representation by name.

    Raises
    ------
    ConfigError
        If there is none of that name.

    Examples
    --------
    >>> representation("mfcc").rows(128)
    20

    Book: Front ends compared
    """
    if name not in REPRESENTATIONS:
        raise ConfigError(f"features is {name!r}, but must be one of {', '.join(REPRESENTATIONS)}")
    return REPRESENTATIONS[name]
