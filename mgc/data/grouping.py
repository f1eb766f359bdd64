"""Who plays which clip of one's own collection: read from a table, or from the names of the files.

Book: Reproduce it
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from unicodedata import normalize

from mgc.data.compute import Source
from mgc.data.manifest import read_table
from mgc.errors import DataError


def artists_from_table(
    sources: Sequence[Source], table: str | Path, clip_column: str, artist_column: str
) -> dict[str, str]:
    """Read from a CSV file who plays each clip.

    Parameters
    ----------
    sources : sequence of (clip, genre, path)
        Every one must have a row; other rows do not matter.
    table : str or Path
        A CSV file in UTF-8 with a header.
    clip_column : str
        Names the clip (``blues.mine``), or its file with or without folder and ending
        (``blues/mine.mp3``, ``mine.mp3``, ``mine``) where only one clip has that name.
    artist_column : str
        Who plays, or whatever else a fair split keeps together; empty if unknown.

    Returns
    -------
    dict of str to str
        Clip to artist.

    Raises
    ------
    DataError
        If a column is missing, a clip has no row, or two rows give it different artists.

    Book: Reproduce it
    """
    read = read_table(Path(table))
    for column in (clip_column, artist_column):
        if column not in read.columns:
            raise DataError(
                f"{table} lacks the column {column}: it has {', '.join(read.columns)}; name the "
                "right one, and save the file with commas between the cells"
            )
    clips = _clips_by_name(sources)
    artists: dict[str, str] = {}
    for name, cell in zip(read[clip_column], read[artist_column], strict=True):
        clip, artist = clips.get(tidy(name), ""), tidy(cell)
        if clip and artists.setdefault(clip, artist).casefold() != artist.casefold():
            raise DataError(
                f"{table} names {clip} twice, with '{artists[clip]}' and with '{artist}': keep one"
            )
    lacking = [clip for clip, _, _ in sources if clip not in artists]
    if lacking:
        raise DataError(
            f"{table} has no row for {len(lacking)} of {len(sources)} clips ({few(lacking)}): add "
            f"them to the column {clip_column}, with an empty {artist_column} if that is unknown"
        )
    return artists


def artists_from_pattern(sources: Sequence[Source], pattern: str) -> dict[str, str]:
    """Read from the file names who plays each clip.

    Parameters
    ----------
    sources : sequence of (clip, genre, path)
        Every one must match.
    pattern : str
        Regular expression with a part ``(?P<group>...)``, searched in ``<genre>/<file name>``.

    Returns
    -------
    dict of str to str
        Clip to artist.

    Raises
    ------
    DataError
        If the pattern is none, has no such part, or a file does not match.

    Examples
    --------
    >>> sources = [("raga.zakir-01", "raga", Path("raga/zakir-01.mp3"))]
    >>> artists_from_pattern(sources, r"/(?P<group>.+)-[0-9]+[.]")
    {'raga.zakir-01': 'zakir'}

    Book: Reproduce it
    """
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise DataError(
            f"the pattern {pattern!r} is no regular expression ({error}): correct it"
        ) from error
    if "group" not in compiled.groupindex:
        raise DataError(
            f"the pattern {pattern!r} does not say which part names the group: mark it, as in "
            r"'/(?P<group>.+)-[0-9]+\.', which takes 'ann' from 'rock/ann-01.mp3'"
        )
    names = {clip: normalize("NFC", f"{genre}/{Path(str(p)).name}") for clip, genre, p in sources}
    found = {clip: compiled.search(name) for clip, name in names.items()}
    artists = {clip: match["group"] or "" for clip, match in found.items() if match}
    lacking = [names[clip] for clip in names if not artists.get(clip, "").strip()]
    if lacking:
        raise DataError(
            f"the pattern {pattern!r} finds no group in {len(lacking)} of {len(sources)} files "
            f"({few(lacking)}): rename them, or widen the pattern"
        )
    return artists


def tidy(text: str) -> str:
    """Return one spelling for what looks the same: composed letters, single spaces.

    Examples
    --------
    >>> tidy("  Zakir   Hussain ")
    'Zakir Hussain'

    Book: Reproduce it
    """
    return " ".join(normalize("NFC", text).split())


def few(names: Sequence[str]) -> str:
    """Name the first five and say whether there are more.

    Examples
    --------
    >>> few(list("abcdefg"))
    'a, b, c, d, e, …'

    Book: Reproduce it
    """
    return ", ".join(names[:5]) + (", …" if len(names) > 5 else "")


def _clips_by_name(sources: Sequence[Source]) -> dict[str, str]:
    """Clip by each name that no other clip shares; its own name goes before all."""
    clips: defaultdict[str, set[str]] = defaultdict(set)
    for clip, genre, path in sources:
        file = Path(str(path))
        for name in (file.name, file.stem, f"{genre}/{file.name}", f"{genre}/{file.stem}"):
            clips[tidy(name)].add(clip)
    alone = {name: min(found) for name, found in clips.items() if len(found) == 1}
    return alone | {tidy(clip): clip for clip, _, _ in sources}
