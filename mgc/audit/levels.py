"""Faults that a log-mel store shows by itself: length, silence, noise, level, bandwidth, range.

A store cannot show clipping, an offset or the depth of the samples: its levels are relative to the
clip's maximum and hold no waveform; :mod:`mgc.audit.samples` looks at the sound for these.

Every limit has a reason of its own and was tried on the synthetic corpus, sound and with planted
faults.  None was fitted to a catalogue of known faults.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mgc.audit.findings import Rule, judge, longest_run, robust_limits
from mgc.data.frontend import FrontEnd
from mgc.data.interventions import band_centres
from mgc.data.store import FeatureStore

#: Share by which a clip may be shorter or longer than the median.  All clips have the same number
#: of columns, so a deviating one is shown at another speed: 1 % is 4 columns at the end of 30 s.
LENGTH_SHARE = 0.01
#: A column is silent below this level (dB below the clip's maximum): the 60 dB of reverberation
#: times, where a room counts as having gone quiet.
SILENT_DB = 60.0
#: Longest rest that may be music, and longest hiss that may be a cymbal, in s.
SILENT_SECONDS = NOISE_SECONDS = 1.0
#: A column is noise if its bands differ by less (standard deviation, dB).  White noise shows 2.3 dB
#: in the default front end; twice that also takes in noise that is slightly coloured.
NOISE_DB = 4.5
#: Smallest median absolute deviation of levels that is believed, in dB: about what one can hear.
LEVEL_STEP_DB = 1.0
#: A band carries sound if its mean power lies at most this far below the strongest band (dB).
BAND_DB = 60.0
#: Least share of the frequency range that carries sound, as for samples: resampling may take the
#: last twentieth.  Of the 108 clips of GTZAN that are at hand as sound, levels and samples agree on
#: 104 about which end earlier.
BANDWIDTH_SHARE = 0.95
#: A band is steady if its level varies by less (standard deviation over time, dB): half of what
#: white noise does in its widest band, 0.94 dB.  What stands so still is hum or a pilot tone.
STEADY_DB = 0.5
#: Bands nearer to the floor (dB) stand still because there is nothing in them.
FLOOR_DB = 5.0
#: A clip is shallow if its softest value is that much (dB) nearer than the front end looks: music
#: that never comes near silence in any band is drowned in noise, distorted or heavily compressed.
SHALLOW_DB = 20.0
# Decimals of the measured values.
_DIGITS = 4


def measure_levels(store: FeatureStore) -> pd.DataFrame:
    """Measure what the rules of `check_levels` judge.

    Parameters
    ----------
    store : FeatureStore
        Read clip by clip; memory does not grow with the number of clips.

    Returns
    -------
    DataFrame
        One row a clip, in the order of the store: clip, genre; ``seconds``; ``silent_seconds`` and
        ``noise_seconds`` (longest stretch); ``ref_db`` (level of the loudest value, dB re 1);
        ``range_db``; ``bandwidth_hz`` (centre of the highest band that carries sound);
        ``steady_db`` and ``steady_hz`` (least deviation over time of a band above the floor, and
        its centre; NaN where all bands lie at the floor).

    Examples
    --------
    >>> from mgc.data.datasets import open_dataset
    >>> values = measure_levels(open_dataset("synthetic").store)
    >>> len(values), float(values["seconds"].max())
    (100, 12.0)

    Notes
    -----
    Book: GTZAN and its faults.
    """
    hz = band_centres(store.front_end)
    rows = [
        {
            "clip": row["clip"],
            "genre": row["genre"],
            "seconds": row["n_samples"] / store.front_end.sample_rate,
            **_measure(store.decode(number), row, store.front_end, hz),
        }
        for number, row in enumerate(store.clips.to_dict("records"))
    ]
    return pd.DataFrame(rows).round(_DIGITS)


def check_levels(store: FeatureStore) -> pd.DataFrame:
    """List the clips of a store whose levels, bandwidth or length stand out.

    Clipped samples cannot be seen in a log-mel store; see :func:`mgc.audit.samples.check_samples`.

    Parameters
    ----------
    store : FeatureStore
        Any log-mel store; outliers are judged within it.

    Returns
    -------
    DataFrame
        One row a finding, sorted by clip: clip, genre, kind, value, limit, note (in words).
        Kinds: ``short``, ``long``, ``silent``, ``noise``, ``quiet``, ``loud``,
        ``bandwidth``, ``steady``, ``shallow``.  A finding is a reason to listen, no verdict.

    Examples
    --------
    >>> from mgc.data.datasets import open_dataset
    >>> found = check_levels(open_dataset("synthetic").store)
    >>> sorted(set(found["kind"]))
    ['bandwidth', 'shallow']

    Notes
    -----
    Book: GTZAN and its faults.
    """
    values = measure_levels(store)
    return judge(values, level_rules(values, store.front_end))


def level_rules(values: pd.DataFrame, front_end: FrontEnd) -> list[Rule]:
    """Return the rules for one data set.

    Parameters
    ----------
    values : DataFrame
        From :func:`measure_levels`; decides what length and level are usual.
    front_end : FrontEnd
        Decides what range and bandwidth could be.

    Notes
    -----
    Book: GTZAN and its faults.
    """
    usual = float(values["seconds"].median())
    quiet, loud = robust_limits(values["ref_db"].to_numpy(dtype=np.float64), LEVEL_STEP_DB)
    # Where bands are wide, even the centre of the highest lies below that share.
    top = round(float(band_centres(front_end)[-1]), _DIGITS)
    widest = min(BANDWIDTH_SHARE * front_end.fmax, top)
    off, level = (
        f"lasts {{seconds:.2f}} s, usual are {usual:.2f} s",
        "loudest value {ref_db:.1f} dB",
    )
    return [
        Rule("short", "seconds", (1 - LENGTH_SHARE) * usual, False, off),
        Rule("long", "seconds", (1 + LENGTH_SHARE) * usual, True, off),
        Rule("silent", "silent_seconds", SILENT_SECONDS, True, "silent for {silent_seconds:.1f} s"),
        Rule("noise", "noise_seconds", NOISE_SECONDS, True, "noise for {noise_seconds:.1f} s"),
        Rule("quiet", "ref_db", quiet, False, f"{level}: far softer than the others"),
        Rule("loud", "ref_db", loud, True, f"{level}: far louder than the others"),
        Rule("bandwidth", "bandwidth_hz", widest, False, "ends at {bandwidth_hz:.0f} Hz"),
        Rule(
            "steady", "steady_db", STEADY_DB, False, "the band at {steady_hz:.0f} Hz stands still"
        ),
        Rule(
            "shallow",
            "range_db",
            front_end.top_db - SHALLOW_DB,
            False,
            "softest value only {range_db:.1f} dB below the loudest",
        ),
    ]


def _measure(
    levels: NDArray[np.float32], row: dict[Any, Any], front_end: FrontEnd, hz: NDArray[np.float64]
) -> dict[str, float]:
    db = levels.astype(np.float64)
    rate = front_end.columns_per_second(int(row["n_frames"]))
    silent = db.max(axis=0) < -SILENT_DB
    noise = (db.std(axis=0) < NOISE_DB) & ~silent
    power = (10 ** (db / 10)).mean(axis=1)
    mean = 10 * np.log10(power / power.max())
    # The loudest twentieth tells a band that is empty from one that is seldom played.
    filled = np.quantile(db, 0.95, axis=1) > FLOOR_DB - float(row["range_db"])
    deviation = np.where(filled, db.std(axis=1), np.inf)
    steady = int(deviation.argmin())
    return {
        "silent_seconds": longest_run(silent) / rate,
        "noise_seconds": longest_run(noise) / rate,
        "ref_db": float(row["ref_db"]),
        "range_db": float(row["range_db"]),
        "bandwidth_hz": float(hz[np.flatnonzero(mean > -BAND_DB)[-1]]),
        "steady_db": float(deviation[steady]) if filled.any() else np.nan,
        "steady_hz": float(hz[steady]) if filled.any() else np.nan,
    }
