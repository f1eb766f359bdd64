"""The synthetic corpus: GTZAN in small, with its faults, and with the truth about them.

Ten genres with artists, planted exact repetitions and planted wrong labels; the same for the same
seed, made in seconds, free of any licence.  It is the default of every command.
Book: The pipeline and its cost.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile
from filelock import FileLock
from numpy.typing import NDArray

from mgc import paths
from mgc.data import compute, frontend, synthesis
from mgc.data.frontend import FrontEnd
from mgc.data.manifest import GENRES, write_manifest
from mgc.errors import ConfigError, DataError
from mgc.files import atomic_folder
from mgc.signal import mel, stft


@dataclass(frozen=True)
class _Recording:
    """One row of the corpus: what its label says, and what is really played."""

    clip: str
    genre: str
    true_genre: str
    artist: int
    take: int
    fault: str = ""
    fault_group: str = ""


@dataclass(frozen=True)
class SyntheticCorpus:
    """A corpus that is played on demand.

    Parameters
    ----------
    clips_per_genre : int
        Clips of each of the ten genres; with 3 or more, faults are planted: one exact repetition
        and one wrong label per hundred clips, at least one and at most five of each.
    seconds : float
        Length of a clip, at least 1 s.
    seed : int
        Seed of everything, not negative.

    Raises
    ------
    ConfigError
        If a parameter has the wrong type or is out of range.

    Notes
    -----
    Book: The pipeline and its cost.

    Examples
    --------
    >>> corpus = SyntheticCorpus(clips_per_genre=2, seconds=2.0)
    >>> corpus.clips[:3]
    ('blues.00000', 'blues.00001', 'classical.00000')
    >>> corpus.audio("jazz.00001").shape
    (44100,)
    """

    clips_per_genre: int = 10
    seconds: float = 12.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name, kind, least in (
            ("clips_per_genre", int, 1),
            ("seconds", (int, float), 1),
            ("seed", int, 0),
        ):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, kind) or not least <= value < 1e5:
                raise ConfigError(
                    f"{name} of the synthetic corpus is {value!r}: expected is a number of at "
                    f"least {least} and below 100000"
                )

    @property
    def clips(self) -> tuple[str, ...]:
        """Every clip, sorted."""
        return tuple(_plan(self))

    @property
    def front_end(self) -> FrontEnd:
        """Front end at the column rate of the GTZAN store."""
        return FrontEnd.for_seconds(self.seconds)

    @property
    def fingerprint(self) -> str:
        """Twelve hexadecimal digits that change with the parameters, front end and code."""
        digest = hashlib.sha256(repr(self).encode())
        digest.update(json.dumps(self.front_end.to_spec()).encode())
        for module in (synthesis, frontend, mel, stft):
            digest.update(Path(str(module.__file__)).read_bytes())
        digest.update(Path(__file__).read_bytes())
        return digest.hexdigest()[:12]

    def audio(self, clip: str) -> NDArray[np.float32]:
        """Play one clip.

        Returns
        -------
        ndarray of float32, shape (round(seconds * 22050),)
            Mono samples at 22 050 Hz within [-1, 1], on the grid of 16-bit samples.

        Raises
        ------
        DataError
            If there is no such clip.
        """
        plan = _plan(self)
        if clip not in plan:
            raise DataError(
                f"the synthetic corpus has no clip {clip!r}: it has {len(plan)}, from "
                f"{self.clips[0]} to {self.clips[-1]}"
            )
        played = plan[clip]
        key = (self.seed, GENRES.index(played.true_genre), played.artist)
        habits = synthesis.Habits.draw(np.random.default_rng(key))
        rng = np.random.default_rng((*key, played.take))
        return synthesis.render(synthesis.RULES[played.true_genre], habits, rng, self.seconds)

    def manifest(self) -> pd.DataFrame:
        """Return the facts about every clip, in the columns of a GTZAN manifest and the truth.

        Returns
        -------
        pandas.DataFrame
            Text columns clip, genre, sha256 (of the float32 samples), artist, group, faults,
            fault_groups, true_genre; sorted by clip.  Kept in the cache folder.
        """
        return _manifest(self).copy()

    def write_audio(self, folder: str | Path, *, overwrite: bool = False) -> None:
        """Write ``<genre>/<clip>.wav`` (16 bit, no sample is changed) and ``manifest.csv``."""
        with atomic_folder(folder, replace=overwrite) as temporary:
            for clip, played in _plan(self).items():
                path = temporary / played.genre / f"{clip}.wav"
                path.parent.mkdir(exist_ok=True)
                samples = (self.audio(clip) * 32768).astype(np.int16)
                soundfile.write(path, samples, synthesis.SAMPLE_RATE, subtype="PCM_16")
            write_manifest(self.manifest(), temporary / "manifest.csv")

    def sources(self) -> list[compute.Source]:
        """List what :func:`mgc.data.compute.compute_store` takes."""
        return [
            (clip, played.genre, partial(self.audio, clip)) for clip, played in _plan(self).items()
        ]


def synthetic_store(corpus: SyntheticCorpus, folder: str | Path | None = None) -> Path:
    """Return the feature store of a corpus, made on first use.

    Parameters
    ----------
    corpus : SyntheticCorpus
        What to play.
    folder : str or Path, optional
        Folder that holds such stores; the cache folder (``MGC_CACHE``), if not given.

    Returns
    -------
    Path
        ``synthetic-<fingerprint>`` in that folder.  Processes that ask at the same time wait for
        the one that makes it.

    Notes
    -----
    Book: The pipeline and its cost.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = synthetic_store(SyntheticCorpus(clips_per_genre=1, seconds=1.0), folder)
    ...     sorted(path.name for path in store.iterdir())
    ['clips.csv', 'features.npy', 'spec.json']
    """
    store = Path(folder or paths.cache_folder()) / f"synthetic-{corpus.fingerprint}"
    if not store.is_dir():
        store.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(store.with_suffix(".lock")):
            if not store.is_dir():
                compute.compute_store(corpus.sources(), corpus.front_end, store)
    return store


@lru_cache(maxsize=8)
def _plan(corpus: SyntheticCorpus) -> dict[str, _Recording]:
    """Decide who plays what, sorted by clip."""
    n = corpus.clips_per_genre
    # Two or three clips an artist, and five artists for five folds as long as there are clips.
    n_artists = max(min(n, 5), round(n / 2.5))
    plan = {
        f"{genre}.{i:05d}": _Recording(f"{genre}.{i:05d}", genre, genre, i * n_artists // n, i)
        for genre in GENRES
        for i in range(n)
    }
    if n >= 3:
        rng = np.random.default_rng((corpus.seed, 1000))
        order = [GENRES[i] for i in rng.permutation(len(GENRES))]
        for k in range(max(1, min(5, len(plan) // 100))):
            original = plan[f"{order[k]}.{rng.integers(n - 1):05d}"]
            copy = plan[f"{order[k]}.{original.take + 1:05d}"]
            repeated = replace(
                original, fault="exact_repetition", fault_group=f"repetition-{k + 1}"
            )
            plan[original.clip] = repeated
            plan[copy.clip] = replace(repeated, clip=copy.clip)
            wrong = plan[f"{order[9 - k]}.{n - 1:05d}"]
            plan[wrong.clip] = replace(
                wrong,
                true_genre=order[(10 - k) % 10],
                take=n + k,
                fault="label_error",
                fault_group=f"label-{k + 1}",
            )
    return plan


@lru_cache(maxsize=8)
def _manifest(corpus: SyntheticCorpus) -> pd.DataFrame:
    """Read the manifest from the cache folder, where the hashing of every clip is done once."""
    path = paths.cache_folder() / f"synthetic-{corpus.fingerprint}.csv"
    if not path.is_file():
        write_manifest(pd.DataFrame([_facts(corpus, row) for row in _plan(corpus).values()]), path)
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _facts(corpus: SyntheticCorpus, row: _Recording) -> dict[str, str]:
    return {
        "clip": row.clip,
        "genre": row.genre,
        "sha256": hashlib.sha256(corpus.audio(row.clip).tobytes()).hexdigest(),
        "artist": f"{row.true_genre.title()} Artist {row.artist + 1}",
        "group": f"{row.true_genre}-{row.artist + 1}",
        "faults": row.fault,
        "fault_groups": row.fault_group,
        "true_genre": row.true_genre,
    }
