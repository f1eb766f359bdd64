"""From samples to the pictures that networks see, as the feature store had them in training.

Levels are relative to the loudest value of a clip, and the clips of the store last 30 s.  A longer
song is therefore heard as a row of equal clips, each with its own 0 dB.

Book: Model cards.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mgc.data.frontend import FrontEnd
from mgc.data.representation import Representation
from mgc.errors import AudioError

# Clips of GTZAN are within 2.5 % of their length and have the same number of columns all the same.
_TOLERANCE = 0.025


@dataclass(frozen=True)
class Heard:
    """The segments of a song.

    Attributes
    ----------
    pictures : ndarray of float32, shape (segments, rows, frames)
        Features, not normalised.
    starts, ends : ndarray of float64, shape (segments,)
        Where each lies in the song, in seconds.
    notes : tuple of str
        What was left out or made up.

    Book: Model cards
    """

    pictures: NDArray[np.float32]
    starts: NDArray[np.float64]
    ends: NDArray[np.float64]
    notes: tuple[str, ...] = ()


def hear(
    y: NDArray[np.float32],
    front_end: FrontEnd,
    features: Representation,
    columns: int,
    hop: int,
) -> Heard:
    """Cut a song into clips and these into segments.

    Parameters
    ----------
    y : ndarray of float32, shape (n_samples,)
        Samples at the rate of `front_end`.
    front_end : FrontEnd
        That of the store; its `columns` tell how long a clip is.
    features : Representation
        What is made of the levels.
    columns, hop : int
        Width of a segment, and steps between two within a clip, in columns.

    Returns
    -------
    Heard
        A song of the length of a clip gives exactly what the store gives for it.  A longer one is
        cut into as many equal clips as fit, none shorter than the store's.  A song shorter than a
        segment is repeated until it fills one, and a silent clip is left out; notes say so.

    Raises
    ------
    AudioError
        If every clip is silent, or samples are not finite.

    Notes
    -----
    Book: Model cards.

    Examples
    --------
    >>> from mgc.data.representation import REPRESENTATIONS
    >>> y = np.sin(np.arange(70 * 22050) / 9).astype("float32")
    >>> heard = hear(y, FrontEnd(), REPRESENTATIONS["log_mel"], 77, 77)
    >>> heard.pictures.shape, heard.starts.round(1).tolist()[4:7]
    ((10, 128, 77), [23.9, 35.0, 41.0])
    """
    nominal = (front_end.columns + 0.5) / front_end.columns_per_second()
    seconds = len(y) / front_end.sample_rate
    clips = max(1, int(seconds / nominal + _TOLERANCE))
    edges = np.linspace(0, len(y), clips + 1).round().astype(int)
    parts: list[Heard] = []
    silent = 0
    for begin, end in zip(edges[:-1], edges[1:], strict=True):
        if not y[begin:end].any():
            silent += 1
            continue
        part = _hear_clip(y[begin:end], front_end, features, columns, hop, nominal)
        offset = begin / front_end.sample_rate
        parts.append(replace(part, starts=part.starts + offset, ends=part.ends + offset))
    if not parts:
        raise AudioError("the song is silent (all samples are zero): there is nothing to classify")
    return Heard(
        pictures=np.concatenate([part.pictures for part in parts]),
        starts=np.concatenate([part.starts for part in parts]),
        ends=np.concatenate([part.ends for part in parts]),
        notes=parts[0].notes + ((f"{silent} silent of {clips} clips left out",) * bool(silent)),
    )


def _hear_clip(
    y: NDArray[np.float32],
    front_end: FrontEnd,
    features: Representation,
    columns: int,
    hop: int,
    nominal: float,
) -> Heard:
    """Cut one clip into segments; times count from its start."""
    seconds, notes = len(y) / front_end.sample_rate, tuple[str, ...]()
    usual = front_end.columns_per_second()
    if abs(seconds / nominal - 1) > _TOLERANCE:
        front_end = replace(front_end, columns=max(1, round(seconds * usual - 0.5)))
    clip = front_end.compute(y)
    levels = front_end.decode(clip.values, clip.range_db)
    if levels.shape[1] < columns:
        missing = columns - levels.shape[1]
        levels = np.pad(levels, ((0, 0), (0, missing)), mode="wrap")
        notes = (f"lasts {seconds:.1f} s, repeated to fill a segment of {columns / usual:.1f} s",)
    first = np.arange(0, levels.shape[1] - columns + 1, hop)
    pictures = features(
        np.stack([levels[:, k : k + columns] for k in first]),
        np.full(len(first), clip.range_db),
        np.full(len(first), clip.ref_db),
        last=first == first[-1],
        frame_rate=usual,
    )
    rate = front_end.columns_per_second(clip.n_frames)
    return Heard(pictures, first / rate, np.minimum((first + columns) / rate, seconds), notes)
