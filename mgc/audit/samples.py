"""Faults that only the sound shows: clipping, offset, digital silence, bit depth, bandwidth.

Where there is no sound, :mod:`mgc.audit.levels` looks at a feature store, which shows none of the
first four.
"""

from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile
from numpy.typing import NDArray
from scipy.signal import welch

from mgc.audit.findings import FINDING_COLUMNS, Rule, judge, longest_run, run_lengths
from mgc.data.audio import load_audio
from mgc.data.compute import Source, find_clips
from mgc.data.workers import Lost, map_in_order
from mgc.errors import AudioError
from mgc.threads import cores

#: Equal samples in a row at the extreme value that count as clipped: the crest of a wave above
#: 20 Hz touches its own maximum for two at the most.
CLIPPED_RUN = 3
#: Largest share of clipped samples: 6 of a clip of 30 s, two runs of three, as one may be chance.
CLIPPED_SHARE = 1e-5
#: Largest mean, as a share of full scale: -40 dB.  Microphones and tape pass no direct current.
OFFSET = 0.01
#: Longest stretch of zeros in s.  Whatever went through the air or a tape has noise above half a
#: step of 16 bits somewhere in a tenth of a second.
ZERO_SECONDS = 0.1
#: Least effective depth in bits: a quarter of the 16-bit levels in use.  A gain of 12 dB after the
#: sampling explains as much; what uses fewer was stored more coarsely once.
DEPTH_BITS = 14.0
#: Sound is what lies at most this far below the strongest frequency (dB), well above the floor of
#: 16 bits.
SOUND_DB = 80.0
#: Least share of the frequencies up to half the sampling rate that carries sound.  Resampling
#: may take the last twentieth.
BANDWIDTH_SHARE = 0.95

#: The rules of `check_samples`, see the constants above.
SAMPLE_RULES = (
    Rule("clipped", "clipped_share", CLIPPED_SHARE, True, "{clipped_share:.4%} of samples clipped"),
    Rule("offset", "offset", OFFSET, True, "mean of {offset:.1%} of full scale"),
    Rule("digital_silence", "zero_seconds", ZERO_SECONDS, True, "zeros for {zero_seconds:.2f} s"),
    Rule("bit_depth", "depth_bits", DEPTH_BITS, False, "as good as {depth_bits:.1f} bits"),
    Rule("bandwidth", "bandwidth_share", BANDWIDTH_SHARE, False, "ends at {bandwidth_hz:.0f} Hz"),
)


def measure_samples(folder: str | Path, jobs: int = 0) -> pd.DataFrame:
    """Measure what the rules of `check_samples` judge.

    Parameters
    ----------
    folder : str or Path
        Audio files in one folder per genre, see :func:`mgc.data.compute.find_clips`.
    jobs : int
        Processes at work; -1 for one per core.  A file that crashes its process is then listed
        like any other that is unusable; 0 reads in this process, which such a file would end.

    Returns
    -------
    DataFrame
        One row a clip, sorted by clip: clip, genre; ``clipped_share`` (of the samples, in runs of
        3 or more at the largest or smallest value); ``offset`` (absolute mean, full scale is 1);
        ``zero_seconds`` (longest stretch of zeros); ``depth_bits`` (16 and the logarithm of the
        share of 16-bit levels in use, to base 2, within one deviation of the mean; NaN where the
        clip is too short to tell); ``bandwidth_hz`` and ``bandwidth_share`` (highest frequency
        that carries sound, also as a share of half the sampling rate); ``reason`` (why a file is
        unusable, else empty).  Several channels are averaged first, which can hide clipping.

    Raises
    ------
    DataError
        If the folder holds no audio in genre folders.

    Notes
    -----
    Spectrum: Welch (1967, doi:10.1109/TAU.1967.1161901).

    Book: GTZAN and its faults.
    """
    clips = find_clips(folder)
    if jobs == 0:
        return pd.DataFrame(map(_measure, clips))
    rows = map_in_order(_measure, clips, jobs=cores() if jobs < 0 else jobs)
    with closing(rows) as work:
        found = [
            _unusable(source, row.reason) if isinstance(row, Lost) else row
            for source, row in zip(clips, work, strict=True)
        ]
    return pd.DataFrame(found)


def check_samples(folder: str | Path, jobs: int = 0) -> pd.DataFrame:
    """List the audio files whose samples have a fault.

    Parameters
    ----------
    folder, jobs
        As for :func:`measure_samples`.

    Returns
    -------
    DataFrame
        One row a finding, sorted by clip: clip, genre, kind, value, limit, note (in words).
        Kinds: ``unusable`` (with the reason), ``clipped``, ``offset``, ``digital_silence``,
        ``bit_depth``, ``bandwidth``.

    Raises
    ------
    DataError
        If the folder holds no audio in genre folders.

    Examples
    --------
    >>> import tempfile
    >>> y = np.random.default_rng(0).normal(0, 0.3, 44100)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Path(folder, "jazz").mkdir()
    ...     soundfile.write(Path(folder, "jazz", "a.wav"), y, 22050)
    ...     soundfile.write(Path(folder, "jazz", "b.wav"), y.clip(-0.5, 0.5), 22050)
    ...     check_samples(folder)[["clip", "kind"]].values.tolist()
    [['jazz.b', 'clipped']]

    Notes
    -----
    Book: GTZAN and its faults.
    """
    return judge_samples(measure_samples(folder, jobs))


def judge_samples(values: pd.DataFrame) -> pd.DataFrame:
    """Return what :func:`check_samples` does, of values that :func:`measure_samples` returned.

    Notes
    -----
    Book: GTZAN and its faults.
    """
    unusable = values.loc[values["reason"] != "", ["clip", "genre", "reason"]]
    unusable = unusable.rename(columns={"reason": "note"})
    unusable = unusable.assign(kind="unusable", value=np.nan, limit=np.nan)
    found = judge(values[values["reason"] == ""], SAMPLE_RULES)
    parts = [table for table in (unusable, found) if len(table)] or [found]
    table = pd.concat(parts)[list(FINDING_COLUMNS)]
    return table.sort_values("clip", kind="stable", ignore_index=True)


def clipped_share(y: NDArray[np.float32]) -> float:
    """Return the share of samples in runs of 3 or more at the largest or the smallest value.

    Examples
    --------
    >>> clipped_share(np.array([0.0, 0.5, 0.5, 0.5, 0.0, -0.5, -0.5, 0.1], dtype=np.float32))
    0.375
    """
    runs = np.concatenate([run_lengths(y == end) for end in {y.max(), y.min()}])
    return float(runs[runs >= CLIPPED_RUN].sum() / len(y))


def depth_bits(y: NDArray[np.float32]) -> float:
    """Return the effective depth of samples on a 16-bit grid, in bits.

    Counted is which levels occur within one standard deviation of the mean, where music visits all
    of them; 8-bit sound in a 16-bit file visits one in 256, however much it was amplified since.

    Examples
    --------
    >>> y = np.random.default_rng(0).normal(0, 0.1, 220500).astype(np.float32)
    >>> round(depth_bits(y)), round(depth_bits(np.round(y * 128) / 128))
    (16, 8)
    """
    whole = np.round(y.astype(np.float64) * 32768)
    centre, deviation = whole.mean(), whole.std()
    first, last = np.ceil(centre - deviation), np.floor(centre + deviation)
    inner = whole[(whole >= first) & (whole <= last)]
    levels = last - first + 1
    # With fewer than five samples a level many stay empty by chance.
    if len(inner) < 5 * levels:
        return float("nan")
    visits = np.bincount((inner - first).astype(np.int64))
    return float(16 + np.log2(np.count_nonzero(visits) / levels))


def _measure(source: Source) -> dict[str, str | float]:
    clip, genre, sound = source
    path = Path(str(sound))
    rate = 22050
    # A file that cannot be opened is refused below, with the reason.
    with suppress(soundfile.LibsndfileError):
        rate = soundfile.info(path).samplerate
    try:
        y = load_audio(path, rate).y
    except AudioError as error:
        return _unusable(source, str(error).replace(str(path), path.name))
    hz, power = welch(y, rate, nperseg=min(4096, len(y)))
    # A constant signal has no power at all, and so no end.
    highest = float(hz[np.flatnonzero(power >= power.max() * 10 ** (-SOUND_DB / 10))[-1]])
    return {
        "clip": clip,
        "genre": genre,
        "clipped_share": clipped_share(y),
        "offset": abs(float(y.mean(dtype=np.float64))),
        "zero_seconds": longest_run(y == 0) / rate,
        "depth_bits": depth_bits(y),
        "bandwidth_hz": highest,
        "bandwidth_share": 2 * highest / rate,
        "reason": "",
    }


def _unusable(source: Source, reason: str) -> dict[str, str | float]:
    return {"clip": source[0], "genre": source[1], "reason": reason}
