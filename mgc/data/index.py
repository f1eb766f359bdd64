"""Any folder of genre folders becomes a data set: a manifest of what can be heard in it.

Book: Reproduce it
"""

import hashlib
import shutil
from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from mgc import paths
from mgc.data.audio import load_audio
from mgc.data.compute import Source
from mgc.data.datasets import DATASETS, check_name, manifest_of
from mgc.data.grouping import few, tidy
from mgc.data.manifest import check_manifest, name_problem, write_manifest
from mgc.data.workers import Lost, map_in_order
from mgc.errors import AudioError, ConfigError, DataError
from mgc.files import named_refusals, sha256_of
from mgc.threads import cores

#: Facts that decide whether features still belong to a manifest.
_IDENTITY = ["clip", "genre", "sha256"]
# Hash of the file, hash of its samples, seconds; or the reason why there are none.
_Found = tuple[str, str, float] | str


@dataclass(frozen=True)
class Index:
    """What was found in a folder of genre folders.

    Attributes
    ----------
    manifest : DataFrame
        One row for each clip that can be decoded: see :mod:`mgc.data.manifest`, and ``seconds``.
    failed : tuple of (clip, reason)
        Clips that cannot be used.
    repetitions : tuple of tuple of str
        Clips that hold exactly the same samples, group by group.
    """

    manifest: pd.DataFrame
    failed: tuple[tuple[str, str], ...]
    repetitions: tuple[tuple[str, ...], ...]


def index_clips(
    sources: Sequence[Source],
    artists: Mapping[str, str] | None = None,
    *,
    jobs: int = 0,
    progress: bool = False,
) -> Index:
    """Hash and decode every clip, and write down what is found.

    Clips whose samples are equal, whatever their tags and file names, become the fault
    ``exact_repetition``.

    Parameters
    ----------
    sources : sequence of (clip, genre, path)
        As :func:`mgc.data.compute.find_clips` lists them.
    artists : mapping of str to str, optional
        Who plays each clip, see :mod:`mgc.data.grouping`.
        Spelling by case and spaces does not matter.  A clip without artist is a group of its own.
    jobs : int
        Processes at work; -1 for one per core.  A file that crashes its process is then listed like
        any other that cannot be used; 0 decodes in this process, which such a file would end.
    progress : bool
        Whether to show a bar (on a terminal only).

    Returns
    -------
    Index
        A clip that cannot be used is listed with its reason and does not stop the others.

    Raises
    ------
    DataError
        If a name cannot be used, or fewer than two genres have a usable clip.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np, soundfile
    >>> from mgc.data.compute import find_clips
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for k, genre in enumerate(["Teental", "Rupak"]):
    ...         Path(folder, genre).mkdir()
    ...         y = 0.5 * np.sin(np.arange(44100) / (9 + k))
    ...         soundfile.write(Path(folder, genre, "take.wav"), y, 22050)
    ...     index = index_clips(find_clips(folder))
    >>> index.manifest[["clip", "genre", "seconds"]].values.tolist()
    [['Rupak.take', 'Rupak', '2.00'], ['Teental.take', 'Teental', '2.00']]

    Book: Reproduce it
    """
    _require_genres({genre for _, genre, _ in sources}, "genre folders with audio")
    for clip, genre, path in sources:
        for name in (genre, clip):
            if problem := name_problem(name):
                raise DataError(f"{str(path)!r} cannot be indexed, as a name {problem}: rename it")
    failed: list[tuple[str, str]] = []
    rows: list[dict[str, str]] = []
    sounds: defaultdict[str, list[str]] = defaultdict(list)
    with closing(_examine_all([Path(str(path)) for _, _, path in sources], jobs)) as work:
        bar = tqdm(work, total=len(sources), unit="clip", disable=None if progress else True)
        for (clip, genre, _), found in zip(sources, bar, strict=True):
            if isinstance(found, str):
                failed.append((clip, found))
                continue
            digest, sound, seconds = found
            sounds[sound].append(clip)
            artist = tidy((artists or {}).get(clip, ""))
            row = {"clip": clip, "genre": genre, "sha256": digest, "artist": artist}
            rows.append(row | {"group": artist.casefold() or clip, "seconds": f"{seconds:.2f}"})
    _require_genres({row["genre"] for row in rows}, "genres with a usable clip", failed)
    repetitions = tuple(tuple(clips) for clips in sounds.values() if len(clips) > 1)
    return Index(_manifest(rows, repetitions), tuple(failed), repetitions)


def write_set(name: str, manifest: pd.DataFrame, *, overwrite: bool = False) -> Path:
    """Make a manifest the data set `name`.

    Parameters
    ----------
    name : str
        Small letters, digits, ``_`` and ``-``.
    manifest : DataFrame
        See :func:`index_clips`.
    overwrite : bool
        Whether a data set of that name may be replaced.  Its features stay if they are of the same
        clips (another grouping, say), and are removed if they are not.

    Returns
    -------
    Path
        Folder of the data set.

    Raises
    ------
    ConfigError
        If the name is not allowed.
    DataError
        If there is such a data set and `overwrite` is false.

    Book: Reproduce it
    """
    folder = require_free_name(name, overwrite=overwrite)
    check_manifest(manifest, name, genres=None)
    if (folder / "logmel").exists() and not _same_clips(name, manifest):
        # First the features, so that no moment shows features of other clips.
        with named_refusals(folder):
            shutil.rmtree(folder / "logmel")
    write_manifest(manifest, folder / "manifest.csv")
    return folder


def require_free_name(name: str, *, overwrite: bool = False) -> Path:
    """Return the folder of a data set to be made, or say why that name cannot be had.

    Raises
    ------
    ConfigError
        If the name is built in or is none.
    DataError
        If there is such a data set and `overwrite` is false.

    Book: Reproduce it
    """
    if name in (*DATASETS, "any"):
        raise ConfigError(f"the name {name} is taken by the package: choose another")
    check_name(name)
    folder = paths.sets_folder() / name
    if (folder / "manifest.csv").exists() and not overwrite:
        raise DataError(
            f"{folder} exists already: choose another name, or allow replacing with --overwrite"
        )
    return folder


def pick_clips(
    sources: Sequence[Source], manifest: pd.DataFrame, *, jobs: int = 1
) -> tuple[list[Source], list[tuple[str, str]]]:
    """Pick the files that a manifest is about, unaltered.

    Parameters
    ----------
    sources : sequence of (clip, genre, path)
        As :func:`mgc.data.compute.find_clips` lists them.
    manifest : DataFrame
        Names the clips and the SHA-256 of their files; where it is empty, any file will do.
    jobs : int
        Files hashed at a time.

    Returns
    -------
    usable : list of (clip, genre, path)
        In the order of `sources`.
    refused : list of (clip, reason)
        Clips of the manifest that are missing or altered.

    Raises
    ------
    DataError
        If no clip is of the manifest.

    Book: Reproduce it
    """
    digest = dict(zip(manifest["clip"], manifest["sha256"], strict=True))
    known = [s for s in sources if s[0] in digest and Path(str(s[2])).is_file()]
    if not known:
        raise DataError(
            f"none of the {len(sources)} clips found is in the manifest, which has "
            f"{few(list(digest))}: name the folder that was indexed, or index this one"
        )
    # Threads will do: hashing leaves the interpreter free.
    with ThreadPoolExecutor(jobs) as pool:
        hashes = pool.map(_hash_or_nothing, [Path(str(path)) for _, _, path in known])
        altered = {
            clip: "was altered after it was indexed" if found else "cannot be read"
            for (clip, _, _), found in zip(known, hashes, strict=True)
            if found != digest[clip] != ""
        }
    usable = [source for source in known if source[0] not in altered]
    refused = [
        (clip, f"{path} {problem}: index the folder again (--overwrite)")
        for clip, _, path in known
        if (problem := altered.get(clip))
    ]
    there = {clip for clip, _, _ in known}
    gone = "has no file any more: put it back, or index the folder again (--overwrite)"
    return usable, refused + [(clip, gone) for clip in digest if clip not in there]


def _hash_or_nothing(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError:
        return ""


def _examine_all(files: Sequence[Path], jobs: int) -> Generator[_Found]:
    if jobs == 0:
        yield from map(_examine, files)
        return
    for found in map_in_order(_examine, files, jobs=cores() if jobs < 0 else jobs):
        yield found.reason if isinstance(found, Lost) else found


def _examine(path: Path) -> _Found:
    """Return hash of the file, hash of its samples and seconds; or the reason why it is no use."""
    try:
        audio = load_audio(path)
    except AudioError as error:
        return str(error)
    return sha256_of(path), hashlib.sha256(audio.y.tobytes()).hexdigest(), len(audio.y) / audio.sr


def _manifest(rows: list[dict[str, str]], repetitions: Sequence[Sequence[str]]) -> pd.DataFrame:
    repeated = {
        clip: f"E{number:03}" for number, clips in enumerate(repetitions, 1) for clip in clips
    }
    for row in rows:
        row["fault_groups"] = repeated.get(row["clip"], "")
        row["faults"] = "exact_repetition" if row["fault_groups"] else ""
    columns = ["clip", "genre", "sha256", "artist", "group", "faults", "fault_groups", "seconds"]
    return check_manifest(pd.DataFrame(rows)[columns], "the index", genres=None)


def _same_clips(name: str, manifest: pd.DataFrame) -> bool:
    """Whether the manifest that is there, if any, is about the same clips."""
    try:
        return manifest_of(name)[_IDENTITY].equals(manifest[_IDENTITY])
    except (ConfigError, DataError):
        return False


def _require_genres(genres: set[str], what: str, failed: Sequence[tuple[str, str]] = ()) -> None:
    if len(genres) < 2:
        reasons = "; ".join(reason for _, reason in failed[:3])
        raise DataError(
            f"there are {len(genres)} {what} ({', '.join(sorted(genres)) or 'none'}), but at least "
            "two are needed, each genre in a folder of its own"
            + (f"; {len(failed)} clips could not be used: {reasons}" if failed else "")
        )
