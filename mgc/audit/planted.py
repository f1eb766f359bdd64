"""Copies planted into synthetic music: what the duplicate finder finds where the truth is known.

``python -m mgc.audit.planted`` writes ``data/audit/planted.csv`` anew, in a minute or two.

Book: GTZAN and its faults.
"""

import argparse
import io
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from mgc import paths
from mgc.audit.duplicates import REPETITIONS, find_duplicates
from mgc.data.compute import Source, compute_store
from mgc.data.frontend import FrontEnd
from mgc.data.store import FeatureStore
from mgc.data.synthetic import SyntheticCorpus
from mgc.files import atomic_file

Wave = NDArray[np.float32]
Change = Callable[[Wave, np.random.Generator], Wave]

#: Where a copy starts at most: the rest, a fifth, is what the two have in common at least.
_LATEST = 0.8
#: Largest difference in speed, as tapes and turntables have it.
_SPEED = 0.02
#: An offset is right if it is off by less (s): one and a half columns.
_NEAR = 0.12


def _noise(y: Wave, rng: np.random.Generator) -> Wave:
    """20 dB of signal over white noise."""
    level = np.float32(0.1) * np.sqrt(np.mean(y**2))
    noisy: Wave = y + level * rng.standard_normal(len(y), dtype=np.float32)
    return noisy


def _low_pass(y: Wave, rng: np.random.Generator) -> Wave:
    filtered: Wave = np.asarray(sosfilt(butter(8, 4000, fs=22050, output="sos"), y), np.float32)
    return filtered


def _codec(y: Wave, rng: np.random.Generator) -> Wave:
    """Ogg Vorbis at nearly its lowest quality."""
    file = io.BytesIO()
    soundfile.write(file, y, 22050, format="OGG", subtype="VORBIS", compression_level=0.9)
    file.seek(0)
    coded: Wave = soundfile.read(file, dtype="float32")[0]
    return coded[: len(y)]


#: What is done to a copy, beside starting elsewhere.
CHANGES: Mapping[str, Change] = {
    "nothing": lambda y, rng: y,
    "12 dB softer": lambda y, rng: y / np.float32(4),
    "noise": _noise,
    "low-pass": _low_pass,
    "6 dB an octave": lambda y, rng: np.diff(y, prepend=y[:1]),
    "7 bits": lambda y, rng: np.round(64 * y) / np.float32(64),
    "codec": _codec,
    "speed": lambda y, rng: y,  # is played faster or slower
}


def plant(corpus: SyntheticCorpus) -> tuple[list[Source], pd.DataFrame]:
    """Cut each recording of a corpus into a clip and a changed copy that starts elsewhere.

    Parameters
    ----------
    corpus : SyntheticCorpus
        Its clips are the recordings, each twice as long as what is cut from it.

    Returns
    -------
    sources : list of (clip, genre, sound)
        What :func:`mgc.data.compute.compute_store` takes; a copy is named ``<clip>.copy``.
    truth : DataFrame
        One row a copy: clip, change (one of `CHANGES`), offset_s, speed.

    Examples
    --------
    >>> sources, truth = plant(SyntheticCorpus(clips_per_genre=2, seconds=24.0))
    >>> len(sources), truth["change"].iloc[:2].tolist()
    (40, ['nothing', '12 dB softer'])

    Notes
    -----
    Book: GTZAN and its faults.
    """
    sources: list[Source] = []
    rows = []
    seconds, names = corpus.seconds / 2, list(CHANGES)
    # What the corpus repeats by itself would not be a stranger.
    recordings = corpus.manifest().drop_duplicates("sha256")["clip"]
    for number, clip in enumerate(recordings):
        rng = np.random.default_rng((corpus.seed, number))
        change = names[number % len(names)]
        # One copy in five starts where the clip does.
        offset = float(rng.uniform(0, _LATEST * seconds)) if number % 5 else 0.0
        speed = 1 + float(rng.uniform(-_SPEED, _SPEED)) if change == "speed" else 1.0
        cut = partial(_cut, corpus, clip)
        genre = clip.split(".")[0]
        sources.append((clip, genre, cut))
        copy = partial(cut, offset=offset, speed=speed, change=change, seed=number)
        sources.append((f"{clip}.copy", genre, copy))
        rows.append((clip, change, offset, speed))
    return sources, pd.DataFrame(rows, columns=["clip", "change", "offset_s", "speed"])


def score_planted(corpus: SyntheticCorpus, folder: str | Path, jobs: int = 1) -> pd.DataFrame:
    """Plant copies, look for them and count.

    Parameters
    ----------
    corpus : SyntheticCorpus
        Recordings, each twice as long as the clips.
    folder : str or Path
        Where the store is made; must not exist.
    jobs : int
        Processes at work.

    Returns
    -------
    DataFrame
        One row for each change: ``planted``, ``found``, ``placed`` (found at the right offset); a
        last row ``strangers``: pairs of different recordings that were claimed.

    Notes
    -----
    Book: GTZAN and its faults.
    """
    sources, truth = plant(corpus)
    compute_store(sources, FrontEnd.for_seconds(corpus.seconds / 2), folder, jobs=jobs)
    pairs = find_duplicates(FeatureStore.open(folder)).pairs
    claimed = pairs[pairs["kind"].isin(REPETITIONS)]
    own = claimed["second"] == claimed["first"] + ".copy"
    found = truth.merge(
        claimed[own], left_on="clip", right_on="first", how="left", suffixes=("", "_found")
    )
    found["planted"] = 1
    found["found"] = found["first"].notna()
    found["placed"] = (found["offset_s_found"] - found["offset_s"]).abs() < _NEAR
    # A drifting copy has no one offset.
    found.loc[found["change"] == "speed", "placed"] = found["found"]
    columns = ["planted", "found", "placed"]
    counts = found.groupby("change", sort=False)[columns].sum().astype(int)
    counts.loc["strangers"] = [0, int((~own).sum()), 0]
    return counts.reset_index()


def _cut(
    corpus: SyntheticCorpus,
    clip: str,
    offset: float = 0.0,
    speed: float = 1.0,
    change: str = "nothing",
    seed: int = 0,
) -> Wave:
    """Play a clip, or the copy of it that `plant` describes."""
    y, sr = corpus.audio(clip), corpus.front_end.sample_rate
    n = round(corpus.seconds / 2 * sr)
    first = round(offset * sr)
    piece = y[first : first + n]
    if speed != 1:
        where = first + speed * np.arange(n)
        piece = np.interp(where, np.arange(len(y)), y).astype(np.float32)
    return CHANGES[change](piece, np.random.default_rng(seed))


def main(arguments: list[str] | None = None) -> int:
    """Score three corpora of 200 recordings and write the counts; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m mgc.audit.planted", description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=paths.PROJECT / "data" / "audit" / "planted.csv"
    )
    parser.add_argument("--clips-per-genre", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    options = parser.parse_args(arguments)
    tables = []
    for seed in options.seeds:
        corpus = SyntheticCorpus(options.clips_per_genre, 2 * options.seconds, seed)
        with tempfile.TemporaryDirectory() as folder:
            tables.append(score_planted(corpus, Path(folder, "store")).assign(seed=seed))
    with atomic_file(options.out) as temporary:
        pd.concat(tables).to_csv(temporary, index=False, lineterminator="\n")
    print(f"{len(tables)} corpora scored in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
