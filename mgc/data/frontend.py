"""The log-mel front end: every parameter of it, from samples to the numbers a store keeps.

Book: The pipeline and its cost.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.data.frontend_checks import check_types, check_values, usable_samples
from mgc.errors import AudioError, StoreError
from mgc.signal.mel import mel_spectrogram, power_to_db

SPEC_VERSION = 1

#: What the GTZAN store has: columns of a clip of 661 794 samples, and its STFT frames.
GTZAN_COLUMNS, GTZAN_FRAMES = 387, 1293

# Keys of a spec that describe the array or say a rule in words; they are no parameters.
_DESCRIPTIVE = frozenset({"version", "shape", "sha256", "clips_sha256", "column_rule", "decode"})
_DECODE_TEXT = {
    "uint8": "dB relative to the clip maximum = range_db*((q+0.5)/256-1), and -range_db where "
    "q==0; add ref_db for dB re 1 (power)",
    "float16": "dB relative to the clip maximum; add ref_db for dB re 1 (power)",
    "float32": "dB relative to the clip maximum; add ref_db for dB re 1 (power)",
}


@dataclass(frozen=True)
class ClipFeatures:
    """Features of one clip as a store keeps them.

    Attributes
    ----------
    values : ndarray of shape (n_mels, columns)
        Coded levels, see :meth:`FrontEnd.decode`.
    n_samples, n_frames : int
        Length of the audio, and of its STFT before time is subsampled.
    range_db : float
        Distance from the loudest to the softest value of the clip, in dB (at most ``top_db``).
    ref_db : float
        Level of the loudest value, in dB re 1 (power).
    """

    values: NDArray[Any]
    n_samples: int
    n_frames: int
    range_db: float
    ref_db: float


@dataclass(frozen=True)
class FrontEnd:
    """Parameters of the log-mel front end; the defaults are those of the GTZAN store.

    Attributes
    ----------
    sample_rate : int
        Samples per second of the audio, in Hz.
    n_fft, win_length, hop_length : int
        Lengths of the transform, of the window and of the step, in samples.
    power : float
        Exponent of the magnitude: 2 for power, 1 for amplitude.
    n_mels, fmin, fmax : int, float, float
        Number of mel bands and their limits in Hz.
    amin, top_db : float
        Smallest power that is told from zero; depth of the picture below its maximum, in dB.
    columns : int
        Time columns kept of each clip, whatever its length.
    dtype : {"uint8", "float16", "float32"}
        How a level is stored.

    Raises
    ------
    StoreError
        If a value has the wrong type, is out of range or is not implemented.

    Examples
    --------
    >>> front_end = FrontEnd(columns=155)
    >>> FrontEnd.from_spec(front_end.to_spec()) == front_end
    True

    Notes
    -----
    Book: The pipeline and its cost.
    """

    kind: str = "logmel"
    sample_rate: int = 22050
    n_fft: int = 2048
    win_length: int = 2048
    hop_length: int = 512
    window: str = "hann (periodic)"
    center: bool = True
    pad_mode: str = "constant"
    power: float = 2.0
    n_mels: int = 128
    fmin: float = 0.0
    fmax: float = 11025.0
    mel_scale: str = "slaney"
    mel_norm: str | None = "slaney"
    log: str = "power_to_db"
    ref: str = "max of the clip"
    amin: float = 1e-10
    top_db: float = 80.0
    columns: int = GTZAN_COLUMNS
    dtype: str = "uint8"

    def __post_init__(self) -> None:
        check_types(self)
        check_values(self)

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any]) -> Self:
        """Read the front end from the contents of a ``spec.json``.

        Parameters
        ----------
        spec : mapping
            Every parameter by name; ``version``, ``shape``, ``sha256``, ``clips_sha256``,
            ``column_rule`` and ``decode`` may be there too and are no parameters.

        Raises
        ------
        StoreError
            If the version is not 1 (none counts as 1), a key is unknown or missing, or a value
            is not allowed.
        """
        version = spec.get("version", SPEC_VERSION)
        if version != SPEC_VERSION:
            raise StoreError(
                f"the feature store has spec version {version!r}, this mgc reads version "
                f"{SPEC_VERSION}: update mgc, or compute the store again"
            )
        names = {field.name for field in fields(cls)}
        given = set(spec) - _DESCRIPTIVE
        for problem, keys in (("unknown", given - names), ("missing", names - given)):
            if keys:
                raise StoreError(
                    f"spec.json has {problem} keys ({', '.join(sorted(keys))}): expected are "
                    f"{', '.join(sorted(names))}; compute the store again"
                )
        return cls(**{name: spec[name] for name in names})

    @classmethod
    def for_seconds(cls, seconds: float) -> Self:
        """Return the front end for clips of `seconds`, at the column rate of the GTZAN store.

        Examples
        --------
        >>> FrontEnd.for_seconds(30.0).columns, FrontEnd.for_seconds(12.0).columns
        (387, 154)
        """
        n_frames = cls().n_frames(round(seconds * cls.sample_rate))
        return cls(columns=round(n_frames * (GTZAN_COLUMNS + 0.5) / GTZAN_FRAMES - 0.5))

    def to_spec(self) -> dict[str, Any]:
        """Return the contents of ``spec.json``, less what only the array knows (shape, hash)."""
        return {
            "version": SPEC_VERSION,
            **asdict(self),
            "column_rule": "column x holds STFT frame "
            f"floor((x+0.5)*n_frames/{self.columns + 0.5}), or the one before if that is exact",
            "decode": _DECODE_TEXT[self.dtype],
        }

    def n_frames(self, n_samples: int) -> int:
        """Return how many STFT frames `n_samples` samples have.

        Examples
        --------
        >>> FrontEnd().n_frames(661794)
        1293
        """
        padded = n_samples + 2 * (self.n_fft // 2) if self.center else n_samples
        return 1 + (padded - self.n_fft) // self.hop_length

    def columns_per_second(self, n_frames: int | None = None) -> float:
        """Return the column rate of a clip of `n_frames` STFT frames, in 1/s.

        Without `n_frames` it is the rate of the GTZAN store, which `for_seconds` keeps.

        Examples
        --------
        >>> round(FrontEnd().columns_per_second(), 3)
        12.907
        """
        if n_frames is None:
            return FrontEnd().columns_per_second(GTZAN_FRAMES)
        return (self.columns + 0.5) / n_frames * self.sample_rate / self.hop_length

    def frame_of_column(self, n_frames: int) -> NDArray[np.int64]:
        """Return the STFT frame that each column holds, shape (columns,).

        Examples
        --------
        >>> FrontEnd().frame_of_column(1293)[[0, 1, 2, -1]].tolist()
        [1, 5, 8, 1289]
        """
        # floor((x+0.5)*n/(columns+0.5)) in whole numbers, so that no rounding decides a tie.  There
        # the GTZAN store holds the frame before (seen in disco.00001, 00003 and 00005).
        odd = 2 * np.arange(self.columns, dtype=np.int64) + 1
        return (odd * n_frames - 1) // (2 * self.columns + 1)

    def compute(self, y: ArrayLike) -> ClipFeatures:
        """Compute the features of one clip.

        Parameters
        ----------
        y : array_like of shape (n_samples,)
            Mono samples at ``sample_rate``, nominally in [-1, 1].

        Returns
        -------
        ClipFeatures
            `range_db` and `ref_db` are rounded to 4 decimals, as a store writes them.

        Raises
        ------
        AudioError
            If `y` is not one-dimensional, is shorter than one frame, is silent or not finite.
        """
        samples = usable_samples(y, self.n_fft)
        S = mel_spectrogram(
            samples,
            sr=self.sample_rate,
            n_fft=self.n_fft,
            hop_length=self.hop_length,
            win_length=self.win_length,
            window=_window_name(self.window),
            center=self.center,
            pad_mode=self.pad_mode,
            power=self.power,
            n_mels=self.n_mels,
            fmin=self.fmin,
            fmax=self.fmax,
            htk=self.mel_scale == "htk",
            norm=self.mel_norm,
        )
        peak = float(S.max())
        if peak <= self.amin:
            raise AudioError(
                f"the loudest power of the samples is {peak:.3g}: expected is more than "
                f"{self.amin:.3g}, sound and not silence; decode the file again or leave it out"
            )
        db = power_to_db(S, ref=peak, amin=self.amin, top_db=self.top_db)
        # Of the whole clip, also of the frames that no column shows.
        range_db = round(-float(db.min()), 4)
        kept = db[:, self.frame_of_column(db.shape[1])]
        ref_db = round(float(power_to_db(np.float32(peak), amin=self.amin, top_db=None)), 4)
        return ClipFeatures(
            self._encode(kept, range_db), len(samples), db.shape[1], range_db, ref_db
        )

    def decode(
        self, values: ArrayLike, range_db: ArrayLike, ref_db: ArrayLike | None = None
    ) -> NDArray[np.float32]:
        """Turn stored values into levels.

        Parameters
        ----------
        values : array_like of shape (..., n_mels, columns)
            Stored values of one clip or of several, or any piece of them.
        range_db, ref_db : float or array_like of shape (...)
            Range and reference level of each clip, in dB.

        Returns
        -------
        ndarray of float32, shape of `values`
            dB relative to the maximum of the clip (at most 0); with `ref_db`, dB re 1 (power).

        Examples
        --------
        >>> FrontEnd().decode([[0, 127, 255]], 80.0).tolist()
        [[-80.0, -40.15625, -0.15625]]
        """
        q = np.asarray(values)
        db = q.astype(np.float32)
        if self.dtype == "uint8":
            span = _per_clip(range_db)
            db = np.where(q == 0, -span, span * ((db + np.float32(0.5)) / np.float32(256) - 1))
        return db if ref_db is None else np.add(db, _per_clip(ref_db), dtype=np.float32)

    def _encode(self, db: NDArray[np.float32], range_db: float) -> NDArray[Any]:
        if self.dtype != "uint8":
            return db.astype(self.dtype)
        level: NDArray[np.float32] = np.floor((db / np.float32(range_db) + 1) * 256)
        return level.clip(0, 255).astype(np.uint8)


def _per_clip(level: ArrayLike) -> NDArray[np.float32]:
    return np.asarray(level, dtype=np.float32)[..., np.newaxis, np.newaxis]


def _window_name(window: str) -> str:
    return window.removesuffix(" (periodic)")
