"""Sounds in the page: encoded in place, short, captioned, the same bytes on every machine.

A page carries its sounds as base64, so that it plays without a server.  They are stored as FLAC,
which current browsers play; only its integer predictors are used, because the others are computed
in floating point and would differ between processors.
"""

import base64
import html
import io
import math
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from mgc.book.glue import Bundle, glue_value, require_words
from mgc.errors import NotebookError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

#: Longest sound in seconds and heaviest in bytes (encoded, before base64).
MAX_SECONDS, MAX_BYTES = 5.0, 250_000
#: Shortest sound in seconds, and the fade at each end, without which a cut is heard as a click.
MIN_SECONDS, FADE_SECONDS = 0.02, 0.005
#: Largest sample after normalisation; full scale is 1.
PEAK = 0.5
#: Sampling rates in Hz that every browser plays.
SAMPLING_RATES = (8000, 48000)

_SOUND = re.compile(r"""<audio\b[^>]*?\bsrc\s*=\s*["']([^"']*)["']""", re.IGNORECASE)
_TAG = re.compile(r"<audio\b", re.IGNORECASE)
_MARKUP = re.compile(r"\{[\w:-]+\}|[`$*]")


def glue_audio(
    name: str,
    y: "ArrayLike | Mapping[str, ArrayLike]",
    sr: int,
    caption: str,
    *,
    normalise: bool = True,
) -> None:
    """Show players with number and caption; refer to them by ``{numref}`name```.

    The caption becomes that of a figure, as with :func:`mgc.book.glue.glue_figure`; so a cell
    shows one figure or one set of sounds.

    Parameters
    ----------
    name : str
        Label of the figure.
    y : array_like of shape (n_samples,), or mapping from label to such
        One sound of 0.02 to 5 s, or several to compare, which stand beside each other.
    sr : int
        Sampling rate in Hz, 8000 to 48000.
    caption : str
        MyST text, one paragraph: what to listen for.
    normalise : bool
        Whether the largest peak becomes 0.5, by one factor for all sounds of the call, so that
        their loudness can be compared.  If not, samples must lie in [-1, 1].

    Raises
    ------
    NotebookError
        If a name or text is missing, samples are not finite, silent throughout or out of range, or
        a sound is too short, too long or too large.

    Notes
    -----
    5 ms at each end are faded.  nbval compares the bytes, so synthesise in float64: its rounding
    differs between processors, but 1e-16 vanishes in the 16 bit that are stored.

    Examples
    --------
    >>> import numpy as np
    >>> tone = 0.1 * np.sin(2 * np.pi * 440 * np.arange(4410) / 22050)
    >>> bundle = audio_bundle({"tone": tone}, 22050, "A tone.")
    >>> print(bundle.data["text/plain"])
    A tone.
    [tone: 0.20 s at 22050 Hz, -9.2 dB]
    """
    require_words(name, caption=caption)
    glue_value(name, audio_bundle(y, sr, caption, normalise=normalise))


def audio_bundle(
    y: "ArrayLike | Mapping[str, ArrayLike]", sr: int, caption: str, *, normalise: bool = True
) -> Bundle:
    """Return what :func:`glue_audio` shows."""
    import numpy as np

    low, high = SAMPLING_RATES
    if not (isinstance(sr, int | np.integer) and low <= sr <= high):
        raise NotebookError(f"glue_audio got sr = {sr!r}; it takes whole Hz from {low} to {high}")
    named = dict(y) if isinstance(y, Mapping) else {"": y}
    if not named:
        raise NotebookError("glue_audio got no sound; pass one array or a mapping label -> array")
    sounds = {label: _faded(_checked(label, value, sr), sr) for label, value in named.items()}
    peak = max(float(np.abs(samples).max()) for samples in sounds.values())
    if peak == 0:
        raise NotebookError("glue_audio got silence; every sample of every sound is 0")
    if not normalise and peak > 1:
        raise NotebookError(
            f"glue_audio got a peak of {peak:.3g}; scale to [-1, 1] or leave normalise=True"
        )
    gain = PEAK / peak if normalise else 1.0
    stored = {label: _quantised(gain * samples) for label, samples in sounds.items()}
    facts = "; ".join(_facts(label, samples, sr) for label, samples in stored.items())
    data = {
        "text/html": _page(stored, sr, caption),
        "text/plain": f"{caption}\n[{facts}]",
    }
    return Bundle(data, {"mgc": {"caption": caption}})


def _checked(label: str, value: "ArrayLike", sr: int) -> "NDArray[np.float64]":
    import numpy as np

    found = np.asarray(value)
    what = f"glue_audio: sound '{label}'" if label else "glue_audio: the sound"
    if found.ndim != 1 or found.dtype.kind not in "fiu":
        raise NotebookError(
            f"{what} has shape {found.shape} and type {found.dtype}; expected one channel of real "
            "samples"
        )
    seconds = len(found) / sr
    if not MIN_SECONDS <= seconds <= MAX_SECONDS:
        raise NotebookError(
            f"{what} lasts {seconds:.3g} s; expected {MIN_SECONDS} to {MAX_SECONDS:g} s"
        )
    samples = found.astype(np.float64)
    if bad := int(np.count_nonzero(~np.isfinite(samples))):
        raise NotebookError(f"{what} has {bad} samples that are NaN or infinite")
    return samples


def _faded(samples: "NDArray[np.float64]", sr: int) -> "NDArray[np.float64]":
    import numpy as np

    n = math.ceil(FADE_SECONDS * sr)
    ramp = np.sin(np.pi / 2 * np.arange(n) / n) ** 2
    samples[:n] *= ramp
    samples[-n:] *= ramp[::-1]
    return samples


def _quantised(samples: "NDArray[np.float64]") -> "NDArray[np.int16]":
    import numpy as np

    return np.round(32768 * samples).clip(-32768, 32767).astype(np.int16)


def _facts(label: str, stored: "NDArray[np.int16]", sr: int) -> str:
    """Say in digits what was stored: length and level (RMS, 0 dB is full scale)."""
    import numpy as np

    rms = math.sqrt(np.mean(np.square(stored / 32768.0)))
    level = f"{20 * math.log10(rms):.1f} dB" if rms else "silent"
    return f"{label}: {len(stored) / sr:.2f} s at {sr} Hz, {level}".removeprefix(": ")


def _page(stored: "Mapping[str, NDArray[np.int16]]", sr: int, caption: str) -> str:
    """Return the players, each with its label and length above it."""
    spoken = " ".join(_MARKUP.sub("", caption).split())
    lines = ['<div class="mgc-sounds">']
    for label, samples in stored.items():
        seconds = f"{len(samples) / sr:.1f} s"
        shown = html.escape(f"{label} ({seconds})" if label else seconds)
        said = html.escape(label or spoken)
        source = f"data:audio/flac;base64,{_flac(label, samples, sr)}"
        lines += [
            f"<div><span>{shown}</span>",
            f'<audio controls preload="none" aria-label="{said}" src="{source}">',
            "This browser plays no FLAC.</audio></div>",
        ]
    return "\n".join([*lines, "</div>"])


def _flac(label: str, samples: "NDArray[np.int16]", sr: int) -> str:
    import soundfile

    buffer = io.BytesIO()
    # Level 0 has only the fixed predictors, in integers.
    soundfile.write(buffer, samples, sr, format="FLAC", subtype="PCM_16", compression_level=0)
    encoded = buffer.getvalue()
    if len(encoded) > MAX_BYTES:
        raise NotebookError(
            f"glue_audio: sound '{label}' takes {len(encoded)} bytes; at most {MAX_BYTES} go into "
            "a page: make it shorter or lower sr"
        )
    return base64.b64encode(encoded).decode("ascii")


def sounds_in(page: str) -> Iterator[float]:
    """Yield the length in seconds of each sound that HTML embeds; NaN if it lies elsewhere.

    Examples
    --------
    >>> list(sounds_in('<audio controls src="https://example.org/a.mp3"></audio>'))
    [nan]
    """
    import soundfile

    sources = _SOUND.findall(page)
    for source in sources:
        head, _, content = source.partition(";base64,")
        try:
            if not head.startswith("data:audio/"):
                raise ValueError(head)
            yield float(soundfile.info(io.BytesIO(base64.b64decode(content))).duration)
        except (ValueError, soundfile.SoundFileError):
            yield math.nan
    # A player whose source is not in its own tag.
    yield from [math.nan] * (len(_TAG.findall(page)) - len(sources))
