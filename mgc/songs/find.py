"""Songs in files and folders, in a fixed order.

Book: Model cards.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from mgc.data.audio import AUDIO_SUFFIXES


def find_songs(places: Iterable[str | Path]) -> list[Path]:
    """List the songs that files and folders hold.

    Parameters
    ----------
    places : iterable of str or Path
        A folder stands for all audio files in it and below, sorted, hidden ones left out; anything
        else stands for itself, whatever its ending, so that its error is told.

    Returns
    -------
    list of Path
        Each once.  A folder without songs, or that cannot be read, stands for itself, too.

    Notes
    -----
    Book: Model cards.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("b.mp3", "a.flac", "cover.jpg"):
    ...         Path(folder, name).touch()
    ...     [path.name for path in find_songs([folder, "c.txt"])]
    ['a.flac', 'b.mp3', 'c.txt']
    """
    found: dict[Path, None] = {}
    for place in map(Path, places):
        songs = _songs_below(place) if place.is_dir() else []
        found.update(dict.fromkeys(songs or [place]))
    return list(found)


def _songs_below(folder: Path) -> list[Path]:
    songs = []
    unread: list[Path] = []
    walk = os.walk(folder, onerror=lambda error: unread.append(Path(error.filename)))
    for root, folders, files in walk:
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        songs += [Path(root, name) for name in sorted(files) if not name.startswith(".")]
    return [path for path in songs if path.suffix.lower() in AUDIO_SUFFIXES] + unread
