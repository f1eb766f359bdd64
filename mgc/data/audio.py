"""Audio files: decoded, mixed down, resampled, or refused for a stated reason.

Book: The data pipeline.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from mgc.errors import AudioError

#: File endings that count as audio when a folder is searched.
AUDIO_SUFFIXES = frozenset({".wav", ".au", ".flac", ".ogg", ".opus", ".mp3", ".aif", ".aiff"})

#: Shortest clip, in seconds, and the sampling rates in Hz that are taken for real.
MIN_SECONDS = 1.0
RATES = (1000, 768000)

_BLOCK = 1 << 20
# What libsndfile notes on a data chunk that is longer than the file, for WAV, AU and AIFF.
_PROMISE = re.compile(r"(?:data|Data Size|SSND)\s*: (\d+) \(should be (\d+)\)")
# A program that writes into a pipe cannot know the length and promises one of these.
_UNKNOWN_LENGTHS = (0, 0x7FFFFFFF, 0xFFFFFFFF)


@dataclass(frozen=True)
class Audio:
    """One clip of sound.

    Attributes
    ----------
    y : ndarray of float32, shape (n_samples,)
        Mono samples, nominally in [-1, 1].
    sr : int
        Sampling rate in Hz.
    notes : tuple of str
        What was converted, in words; empty for 16-bit mono at the wanted rate.
    """

    y: NDArray[np.float32]
    sr: int
    notes: tuple[str, ...] = ()


def load_audio(path: str | Path, sr: int = 22050) -> Audio:
    """Read an audio file as mono samples at one sampling rate.

    Parameters
    ----------
    path : str or Path
        A file that libsndfile reads: WAV, AU, FLAC, Ogg, MP3, AIFF.
    sr : int
        Sampling rate wanted, in Hz.

    Returns
    -------
    Audio
        Channels are averaged, another sample format becomes 32-bit float, another rate is
        resampled (soxr, high quality); `notes` says which.

    Raises
    ------
    AudioError
        If the file is missing, empty, no audio, cut off, shorter than 1 s, silent, or holds NaN
        or infinite samples.  The message names the file and the remedy.

    Notes
    -----
    Book: The data pipeline.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "tone.wav")
    ...     soundfile.write(path, 0.5 * np.sin(np.arange(16000) / 9), 8000)
    ...     audio = load_audio(path)
    >>> audio.y.shape, audio.notes
    ((44100,), ('resampled from 8000 to 22050 Hz',))
    """
    path = Path(path)
    if not path.is_file():
        raise AudioError(f"{path} is not there or is no file: correct the path")
    if path.stat().st_size == 0:
        raise AudioError(f"{path} is empty (0 bytes): copy or download it again")
    samples, rate, notes = _decode(path)
    _check_samples(samples, rate, path)
    y = samples[:, 0]
    if samples.shape[1] > 1:
        y = samples.mean(axis=1)
        notes.append(f"{samples.shape[1]} channels averaged to one")
    if rate != sr:
        y = soxr.resample(y, rate, sr)
        notes.append(f"resampled from {rate} to {sr} Hz")
    if not y.any():
        raise AudioError(f"{path} is silent (all samples are zero): leave the clip out")
    return Audio(np.ascontiguousarray(y, dtype=np.float32), sr, tuple(notes))


def _decode(path: Path) -> tuple[NDArray[np.float32], int, list[str]]:
    """Return samples (frames, channels), rate and a note on the sample format."""
    try:
        with soundfile.SoundFile(path) as file:
            _check_promise(path, file)
            # Block by block: a lying header cannot make us ask for a terabyte at once.
            blocks = [file.read(_BLOCK, dtype="float32", always_2d=True)]
            while len(blocks[-1]) == _BLOCK:
                blocks.append(file.read(_BLOCK, dtype="float32", always_2d=True))
            samples, promised = np.concatenate(blocks), file.frames
            notes = [] if file.subtype == "PCM_16" else [f"{file.subtype_info} became 32-bit float"]
            rate = int(file.samplerate)
    except soundfile.LibsndfileError as error:
        raise AudioError(
            f"{path} cannot be decoded ({error.error_string.rstrip('.')}): expected is WAV, AU, "
            "FLAC, Ogg, MP3 or AIFF; copy or download it again, or convert it"
        ) from error
    if len(samples) < promised:
        raise _cut_off(path, f"{promised} samples", str(len(samples)))
    return samples, rate, notes


def _check_promise(path: Path, file: soundfile.SoundFile) -> None:
    """Refuse a file that ends before its own header says; libsndfile would shorten it silently."""
    found = _PROMISE.search(file.extra_info)
    if found:
        promised, there = int(found[1]), int(found[2])
        if there < promised and promised not in _UNKNOWN_LENGTHS:
            raise _cut_off(path, f"{promised} bytes of samples", str(there))
    if file.format == "OGG" and not _ogg_is_closed(path):
        raise _cut_off(path, "a last page", "none")


def _ogg_is_closed(path: Path) -> bool:
    """Whether the last Ogg page carries the end-of-stream flag (RFC 3533, section 6)."""
    data = path.read_bytes()
    last = data.rfind(b"OggS")
    return last >= 0 and len(data) > last + 5 and bool(data[last + 5] & 4)


def _cut_off(path: Path, promised: str, there: str) -> AudioError:
    return AudioError(
        f"{path} is cut off: its header promises {promised}, the file has {there}; copy or "
        "download it again"
    )


def _check_samples(samples: NDArray[np.float32], rate: int, path: Path) -> None:
    if not RATES[0] <= rate <= RATES[1]:
        raise AudioError(
            f"{path} has a sampling rate of {rate} Hz: expected is {RATES[0]} to {RATES[1]} Hz; "
            "its header is damaged, convert the file again"
        )
    if len(samples) < MIN_SECONDS * rate:
        raise AudioError(
            f"{path} is too short ({len(samples) / rate:.3f} s): expected is at least "
            f"{MIN_SECONDS:g} s; leave the clip out or take a longer one"
        )
    bad = int(np.count_nonzero(~np.isfinite(samples)))
    if bad:
        raise AudioError(
            f"{path} holds {bad} samples that are NaN or infinite: convert the file again"
        )
