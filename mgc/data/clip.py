"""One clip from sound to features: what a worker process does, and all that it imports.

Book: The pipeline and its cost.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mgc.data.audio import load_audio
from mgc.data.frontend import ClipFeatures, FrontEnd
from mgc.errors import AudioError

#: Where the sound of a clip comes from: a file, or a call that returns samples.
Sound = str | Path | Callable[[], NDArray[np.float32]]

#: Features, or the reason why there are none; notes.
Outcome = tuple[ClipFeatures | str, tuple[str, ...]]

# A clip may be this much shorter or longer than the store's; GTZAN's are within 2.5 %.
_TOLERANCE = 0.1


def features_of(front_end: FrontEnd, sound: Sound) -> Outcome:
    """Return the features of one clip and notes, or the reason why there are none.

    Parameters
    ----------
    front_end : FrontEnd
        How to compute.
    sound : str, Path or callable
        An audio file, or a call that returns samples at the rate of `front_end`.

    Returns
    -------
    features : ClipFeatures or str
        Why there are none, in one sentence, where the clip cannot be used.
    notes : tuple of str
        What was converted or cut.

    Notes
    -----
    Book: The pipeline and its cost.

    Examples
    --------
    >>> features_of(FrontEnd(), "none.wav")
    ('none.wav is not there or is no file: correct the path', ())
    """
    try:
        if callable(sound):
            y, notes = sound(), tuple[str, ...]()
        else:
            audio = load_audio(sound, front_end.sample_rate)
            y, notes = audio.y, audio.notes
        y, cut = _to_length(y, front_end)
        return front_end.compute(y), notes + cut
    except AudioError as error:
        return str(error), ()


def _to_length(
    y: NDArray[np.float32], front_end: FrontEnd
) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """Refuse a clip that is too short for the columns and cut one that is too long."""
    nominal = (front_end.columns + 0.5) / front_end.columns_per_second()
    seconds = len(y) / front_end.sample_rate
    if seconds < (1 - _TOLERANCE) * nominal:
        raise AudioError(
            f"lasts {seconds:.1f} s, but the store holds clips of about {nominal:.0f} s: leave it "
            "out, take a longer one, or compute a store of shorter clips (--seconds)"
        )
    if seconds > (1 + _TOLERANCE) * nominal:
        kept = round(nominal * front_end.sample_rate)
        return y[:kept], (f"cut to the first {nominal:.1f} s, being over 10 % longer",)
    return y, ()
