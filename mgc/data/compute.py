"""From audio to a feature store: in parallel, streamed, with every failure listed.

Book: The pipeline and its cost.
"""

import mimetypes
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from unicodedata import normalize

from threadpoolctl import threadpool_limits
from tqdm import tqdm

from mgc.data.audio import AUDIO_SUFFIXES
from mgc.data.clip import Outcome, Sound, features_of
from mgc.data.frontend import FrontEnd
from mgc.data.store import StoreWriter
from mgc.data.workers import Lost, map_in_order
from mgc.errors import DataError
from mgc.threads import cores

#: Clip, genre, sound.
Source = tuple[str, str, Sound]


@dataclass(frozen=True)
class ComputeReport:
    """What became of the clips.

    Attributes
    ----------
    written : int
        Clips in the store.
    failed : tuple of (clip, reason)
        Clips that could not be used.
    notes : tuple of (clip, note)
        Conversions that were made, see :class:`mgc.data.audio.Audio`.
    """

    written: int
    failed: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, str], ...]


def find_clips(folder: str | Path, genres: Sequence[str] | None = None) -> list[Source]:
    """List the audio files of a folder that has one folder per genre.

    Parameters
    ----------
    folder : str or Path
        Holds ``<genre>/<any name>.wav`` (or .au, .flac, .ogg, .mp3, .aiff).
    genres : sequence of str, optional
        Names that the genre folders may have; any, if not given.

    Returns
    -------
    list of (clip, genre, path)
        Sorted.  The clip is named by the file, with the genre in front unless it is there.

    Raises
    ------
    DataError
        If there is no audio, a genre folder is unknown, or two files are the same clip.

    Notes
    -----
    Book: The pipeline and its cost.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("blues.00000.wav", "mine.flac"):
    ...         Path(folder, "blues").mkdir(exist_ok=True)
    ...         Path(folder, "blues", name).touch()
    ...     [clip for clip, genre, path in find_clips(folder)]
    ['blues.00000', 'blues.mine']
    """
    root = Path(folder)
    if not root.is_dir():
        raise DataError(f"{root} is no folder: name one that holds a folder per genre")
    places = [p for p in _visible(root) if p.is_dir()]
    unknown = [] if genres is None else [p.name for p in places if p.name not in genres]
    if genres is not None and unknown:
        raise DataError(
            f"{root} has unknown genre folders ({', '.join(unknown)}): expected are "
            f"{', '.join(genres)}; rename or move them, or choose another data set"
        )
    found: dict[str, Source] = {}
    for path in (path for place in places for path in _visible(place)):
        if path.suffix.lower() not in AUDIO_SUFFIXES:
            continue
        # Composed letters on every system, for the names enter tables and hashes.
        genre, stem = normalize("NFC", path.parent.name), normalize("NFC", path.stem)
        clip = stem if stem.startswith(f"{genre}.") else f"{genre}.{stem}"
        if clip in found:
            raise DataError(f"{found[clip][2]} and {path} are both clip {clip}: remove one of them")
        found[clip] = (clip, genre, path)
    if not found:
        raise DataError(
            f"{root} has no audio in genre folders: expected is {root / '<genre>' / '<clip>.wav'} "
            f"(or {', '.join(sorted(AUDIO_SUFFIXES))})"
        )
    return list(found.values())


def count_skipped(folder: str | Path) -> dict[str, int]:
    """Count what `find_clips` passes over although it may be meant as a clip.

    Parameters
    ----------
    folder : str or Path
        As for :func:`find_clips`.

    Returns
    -------
    dict of str to int
        How many, by kind, sorted: files in genre folders by their ending, folders in them, and
        audio outside of them.

    Notes
    -----
    Book: The pipeline and its cost.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Path(folder, "blues").mkdir()
    ...     for name in ("blues/a.wav", "blues/b.m4a", "c.wav", "manifest.csv"):
    ...         Path(folder, name).touch()
    ...     count_skipped(folder)
    {'.m4a': 1, '.wav outside of the genre folders': 1}
    """
    counts: Counter[str] = Counter()
    for path in _visible(Path(folder)):
        if not path.is_dir():
            counts[f"{path.suffix.lower()} outside of the genre folders"] += _sounds(path)
            continue
        for inner in _visible(path):
            if inner.suffix.lower() not in AUDIO_SUFFIXES:
                counts["folder" if inner.is_dir() else inner.suffix.lower() or "no ending"] += 1
    return {kind: counts[kind] for kind in sorted(counts) if counts[kind]}


def _visible(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _sounds(path: Path) -> bool:
    kind = mimetypes.guess_type(path.name)[0] or ""
    return path.suffix.lower() in AUDIO_SUFFIXES or kind.startswith("audio/")


def compute_store(
    sources: Sequence[Source],
    front_end: FrontEnd,
    out: str | Path,
    *,
    jobs: int = 0,
    seconds: float = 60.0,
    overwrite: bool = False,
    progress: bool = False,
) -> ComputeReport:
    """Compute the features of many clips into a feature store.

    Memory does not grow with the number of clips: features go to disk in the order of `sources`
    as they arrive.  The store does not depend on `jobs`.  Since every clip becomes the same number
    of columns, one that is over 10 % shorter than the length these are made for
    (`FrontEnd.for_seconds`) is left out, and one that is over 10 % longer is cut.

    Parameters
    ----------
    sources : sequence of (clip, genre, path or callable)
        A callable takes nothing, returns samples at the rate of `front_end`, and can be pickled.
    front_end : FrontEnd
        How to compute.
    out : str or Path
        Folder of the store; it appears when it is complete.
    jobs : int
        Processes, each with one BLAS thread; -1 for one per core.  A clip that crashes its process
        is then listed like any other that cannot be used; 0 computes in this process, which such
        a clip would end.
    seconds : float
        Time that one clip may take in a process; one that takes longer is listed.
    overwrite : bool
        Whether a store that is there may be replaced.
    progress : bool
        Whether to show a bar (on a terminal only).

    Returns
    -------
    ComputeReport
        A clip that cannot be used is listed with its reason and does not stop the others.

    Raises
    ------
    DataError
        If no clip could be used; nothing is written then.

    Notes
    -----
    Book: The pipeline and its cost.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> y = np.sin(np.arange(44100, dtype=np.float32))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sources = [("a", "pop", y.copy), ("b", "pop", Path(folder, "none.wav"))]
    ...     report = compute_store(sources, FrontEnd.for_seconds(2.0), Path(folder, "store"))
    >>> report.written, [clip for clip, reason in report.failed]
    (1, ['b'])
    """
    failed: list[tuple[str, str]] = []
    notes: list[tuple[str, str]] = []
    store = StoreWriter(out, front_end, max(len(sources), 1), overwrite=overwrite)
    sounds = [sound for _, _, sound in sources]
    with store as writer, closing(_compute_all(sounds, front_end, jobs, seconds)) as work:
        bar = tqdm(work, total=len(sources), unit="clip", disable=None if progress else True)
        for (clip, genre, _), (features, said) in zip(sources, bar, strict=True):
            if isinstance(features, str):
                failed.append((clip, features))
                continue
            writer.append(clip, genre, features)
            notes.extend((clip, note) for note in said)
        if len(failed) == len(sources):
            reasons = "; ".join(reason for _, reason in failed[:3]) or "none was given"
            raise DataError(f"none of the {len(sources)} clips could be used: {reasons}")
    return ComputeReport(len(sources) - len(failed), tuple(failed), tuple(notes))


def _compute_all(
    sounds: Sequence[Sound], front_end: FrontEnd, jobs: int, seconds: float
) -> Generator[Outcome]:
    compute = partial(features_of, front_end)
    if jobs == 0:
        with threadpool_limits(limits=1):
            yield from map(compute, sounds)
        return
    jobs = cores() if jobs < 0 else jobs
    for outcome in map_in_order(compute, sounds, jobs=jobs, seconds=seconds):
        yield (outcome.reason, ()) if isinstance(outcome, Lost) else outcome
