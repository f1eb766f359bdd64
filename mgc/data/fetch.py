"""Fetching the clips of GTZAN, or of any data set that lies somewhere as an archive.

Book: The pipeline and its cost.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from mgc.data.download import Patience, check_hash, download
from mgc.data.manifest import GENRES
from mgc.data.unpack import Unpacked, unpack
from mgc.errors import DataError, MGCError
from mgc.files import named_refusals

#: Where the archive of GTZAN is said to lie, in the order of trying.  None could be reached from
#: where this was tested; the original place, opihi.cs.uvic.ca, is gone.
MIRRORS = (
    "https://huggingface.co/datasets/marsyas/gtzan/resolve/main/data/genres.tar.gz",
    "https://web.archive.org/web/20220328223413/http://opihi.cs.uvic.ca/sound/genres.tar.gz",
)
#: SHA-256 of the original ``genres.tar.gz``.
ARCHIVE_SHA256 = "24347e0223d2ba798e0a558c4c172d9d4a19c00bb7963fe055d183dadb4ef2c6"


def fetch_clips(
    folder: str | Path,
    urls: Sequence[str] = MIRRORS,
    *,
    sha256: str = ARCHIVE_SHA256,
    archive: str | Path | None = None,
    genres: Sequence[str] = GENRES,
    patience: Patience | None = None,
    progress: bool = False,
) -> Unpacked:
    """Download an archive of clips and unpack it, one process at a time.

    Parameters
    ----------
    folder : str or Path
        Where the genre folders go; must not exist.
    urls : sequence of str
        Mirrors, tried in this order.
    sha256 : str
        What the archive must hash to: 64 hexadecimal digits.
    archive : str or Path, optional
        An archive that is there already: nothing is downloaded.
    genres : sequence of str
        Names that a genre folder may have.
    patience : Patience, optional
        How long to try each mirror.
    progress : bool
        Whether to show a bar (on a terminal only).

    Returns
    -------
    Unpacked
        What came out of the archive, which stays as ``genres.tar.gz`` beside `folder`.

    Raises
    ------
    DataError
        If no mirror gives the archive, it has another SHA-256 or is not safe to unpack (see
        :func:`mgc.data.unpack.unpack`), or another process is at it.
    MGCError
        If `folder` exists or cannot be written.

    Notes
    -----
    Book: The pipeline and its cost.

    Examples
    --------
    >>> fetch_clips("audio", archive="no.tar.gz")
    Traceback (most recent call last):
    ...
    mgc.errors.DataError: no.tar.gz is not there or is no file: correct its name
    """
    folder = Path(folder)
    if not re.fullmatch("[0-9a-fA-F]{64}", sha256):
        raise DataError(f"'{sha256}' is no SHA-256: expected are 64 hexadecimal digits")
    if archive is not None:
        check_hash(Path(archive), sha256)
    if folder.exists():
        raise MGCError(
            f"{folder} exists already: check it with 'mgc data validate {folder}', or move it "
            "away to fetch the clips again"
        )
    with named_refusals(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder.with_name(f".{folder.name}.lock"), timeout=0)
    try:
        with lock:
            if archive is None:
                archive = folder.with_name("genres.tar.gz")
                download(urls, archive, sha256, patience or Patience(), progress=progress)
            return unpack(archive, folder, genres)
    except Timeout as error:
        raise DataError(
            f"another process is fetching into {folder}: wait until it is ready"
        ) from error
