"""Audio files: decoded, mixed down, resampled, or refused for a stated reason.

Book: The pipeline and its cost.
"""

import os
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

#: Shortest and longest clip, in seconds, and the sampling rates in Hz that are taken for real.
MIN_SECONDS, MAX_SECONDS = 1.0, 3600.0
RATES = (1000, 768000)

# Samples (of all channels) that are decoded at once, and frames that are kept at most: 0.5 GB.
_BLOCK, _MOST_FRAMES = 1 << 20, 1 << 27
# Channels cancel if their mean is so much weaker than they are (-60 dB): what is left is rounding.
_CANCELLED = 1e-3
# What libsndfile must have been built with to read a file of this ending.
_CODECS = {".mp3": "MP3", ".ogg": "VORBIS", ".opus": "OPUS", ".flac": "FLAC"}
# libsndfile says of bytes that look like MP3 but hold no frame that the file does not exist.
_NO_FRAME = 7
# What libsndfile notes on a data chunk that is longer than the file, for WAV, AU and AIFF.
_PROMISE = re.compile(r"(?:data|Data Size|SSND)\s*: (\d+) \(should be (\d+)\)")
# A page of Ogg is at most 65 307 bytes long.
_OGG_PAGE = 1 << 16
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
        If the file is missing, locked, empty, no audio, cut off, shorter than 1 s or longer than
        an hour, silent, or holds NaN or infinite samples; if its channels cancel each other; if
        libsndfile was built without its codec; if the rate in its header is absurd.  The message
        names the file and the remedy.

    Notes
    -----
    Book: The pipeline and its cost.

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
    if not os.access(path, os.R_OK):
        raise AudioError(f"{path} may not be read: ask its owner for the right to, or copy it")
    if path.stat().st_size == 0:
        raise AudioError(f"{path} is empty (0 bytes): copy or download it again")
    y, rate, notes = _decode(path)
    _check_length(len(y), rate, path)
    if rate != sr:
        y = soxr.resample(y, rate, sr)
        notes.append(f"resampled from {rate} to {sr} Hz")
    loudest = _peak(y)
    if loudest == 0:
        raise AudioError(f"{path} is silent (all samples are zero): leave the clip out")
    if not np.isfinite(loudest):
        raise AudioError(
            f"{path} holds samples too large for single precision: expected are values nominally "
            "within [-1, 1]; convert the file again"
        )
    return Audio(np.ascontiguousarray(y, dtype=np.float32), sr, tuple(notes))


def _decode(path: Path) -> tuple[NDArray[np.float32], int, list[str]]:
    """Return samples averaged over the channels, rate and what was converted."""
    try:
        with soundfile.SoundFile(path) as file:
            _check_header(path, file)
            y, rate, promised = _read(path, file), int(file.samplerate), file.frames
            notes = [] if file.subtype == "PCM_16" else [f"{file.subtype_info} became 32-bit float"]
            if file.channels > 1:
                notes.append(f"{file.channels} channels averaged to one")
    except soundfile.LibsndfileError as error:
        raise AudioError(f"{path} cannot be decoded {_why(path, error)}") from error
    if len(y) < promised:
        raise _cut_off(path, f"{promised} samples", str(len(y)))
    return y, rate, notes


def _read(path: Path, file: soundfile.SoundFile) -> NDArray[np.float32]:
    """Read to the end block by block: a lying header cannot make us ask for a terabyte."""
    step = max(1, _BLOCK // file.channels)
    most = min(_MOST_FRAMES, int(MAX_SECONDS * file.samplerate))
    blocks: list[NDArray[np.float32]] = []
    bad, loudest = 0, 0.0
    while not blocks or len(blocks[-1]) == step:
        block = file.read(step, dtype="float32", always_2d=True)
        bad += block.size - np.count_nonzero(np.isfinite(block))
        with np.errstate(over="ignore", invalid="ignore"):  # what comes of it is refused
            blocks.append(block.mean(axis=1) if file.channels > 1 else block[:, 0])
        loudest = max(loudest, _peak(block))
        if len(blocks) * step > most + step:
            raise AudioError(
                f"{path} lasts longer than {most / file.samplerate:.0f} s, which no clip does: "
                "cut it into clips, or convert the file again if it is short"
            )
    if bad:
        raise AudioError(
            f"{path} holds {bad} samples that are NaN or infinite: convert the file again"
        )
    y = blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
    if _peak(y) < _CANCELLED * loudest:
        raise AudioError(
            f"{path} has {file.channels} channels that cancel each other when they are averaged "
            "(one is the other upside down): make a file of one channel alone"
        )
    return y


def _peak(y: NDArray[np.float32]) -> float:
    return max(float(y.max(initial=0.0)), -float(y.min(initial=0.0)))


def _why(path: Path, error: soundfile.LibsndfileError) -> str:
    codec = _CODECS.get(path.suffix.lower())
    if codec and codec not in {*soundfile.available_formats(), *soundfile.available_subtypes()}:
        return (
            f"(libsndfile {soundfile.__libsndfile_version__} was built without {codec}): update "
            "the package soundfile, or convert the file to WAV or FLAC"
        )
    reason = "no sound found in it" if error.code == _NO_FRAME else error.error_string.rstrip(".")
    return (
        f"({reason}): expected is WAV, AU, FLAC, Ogg, MP3 or AIFF; copy "
        "or download it again, or convert it"
    )


def _check_header(path: Path, file: soundfile.SoundFile) -> None:
    """Refuse an absurd rate, and a file that ends before its header says (libsndfile would not)."""
    if not RATES[0] <= file.samplerate <= RATES[1]:
        raise AudioError(
            f"{path} has a sampling rate of {file.samplerate} Hz: expected is {RATES[0]} to "
            f"{RATES[1]} Hz; its header is damaged, convert the file again"
        )
    found = _PROMISE.search(file.extra_info)
    if found:
        promised, there = int(found[1]), int(found[2])
        if there < promised and promised not in _UNKNOWN_LENGTHS:
            raise _cut_off(path, f"{promised} bytes of samples", str(there))
    if file.format == "OGG" and not _ogg_is_closed(path):
        raise _cut_off(path, "a last page", "none")


def _ogg_is_closed(path: Path) -> bool:
    """Whether the last Ogg page carries the end-of-stream flag (RFC 3533, section 6)."""
    with open(path, "rb") as file:
        file.seek(max(0, path.stat().st_size - _OGG_PAGE))
        data = file.read()
    last = data.rfind(b"OggS")
    return last >= 0 and len(data) > last + 5 and bool(data[last + 5] & 4)


def _cut_off(path: Path, promised: str, there: str) -> AudioError:
    return AudioError(
        f"{path} is cut off: its header promises {promised}, the file has {there}; copy or "
        "download it again"
    )


def _check_length(n_samples: int, rate: int, path: Path) -> None:
    if n_samples < MIN_SECONDS * rate:
        raise AudioError(
            f"{path} is too short ({n_samples / rate:.3f} s): expected is at least "
            f"{MIN_SECONDS:g} s; leave the clip out or take a longer one"
        )
