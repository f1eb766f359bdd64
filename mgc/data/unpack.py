"""Unpacking an archive of clips that somebody else packed: nothing in it is trusted.

Book: The pipeline and its cost.
"""

import gzip
import re
import shutil
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mgc.data.manifest import GENRES
from mgc.errors import DataError
from mgc.files import atomic_folder

#: What an archive may hold at most. GTZAN's clips are 1.2 to 1.4 MB each, 1.3 GB together.
MAX_MEMBERS = 5000
MAX_CLIP_BYTES = 16 << 20
MAX_TOTAL_BYTES = 4 << 30
#: Endings of the clips that are unpacked.
CLIP_SUFFIXES = (".wav", ".au")

_NAME = re.compile(r"[\w-][\w. -]*")
# What may be read between two members. Long names take hundreds of bytes; a header that asks
# tarfile to read a name of gigabytes, or a thousand headers in a row, meet this bound.
_HEADER_BYTES = 64 << 10
_PADDING_BYTES = 1 << 20


@dataclass(frozen=True)
class Unpacked:
    """What came out of an archive.

    Attributes
    ----------
    folder : Path
        Holds ``<genre>/<clip>.wav`` (or .au).
    clips : int
        Files in it.
    passed_over : tuple of str
        Members that are plain files, but no clips; they were not written.
    """

    folder: Path
    clips: int
    passed_over: tuple[str, ...]


def unpack(archive: str | Path, folder: str | Path, genres: Sequence[str] = GENRES) -> Unpacked:
    """Unpack the clips of a ``.tar.gz`` into a folder of genre folders, or nothing at all.

    Parameters
    ----------
    archive : str or Path
        Holds ``<genre>/<clip>.wav`` or .au, with or without one folder around the genres.
    folder : str or Path
        Where the genre folders go; must not exist.  It appears when the last clip is written.
    genres : sequence of str
        Names that a genre folder may have.

    Returns
    -------
    Unpacked
        How many clips there are, and which plain files were passed over (the public archive of
        GTZAN has lists of files beside the clips).

    Raises
    ------
    DataError
        If the archive is missing, damaged or cut off, or has a member that is absolute, leads out
        of the folder, is a link, device, pipe or sparse file, occurs twice or is larger than a
        clip can be; or has too many or too large members in all, or no clip.
    MGCError
        If `folder` exists or cannot be written.

    Notes
    -----
    Nothing is extracted as the archive would have it: the content of each clip is copied into a
    new file of a checked name.  Sizes are bounded twice: as a header declares them, before
    anything is read, and as they come out of the decompressor.

    Book: The pipeline and its cost.

    Examples
    --------
    >>> import io, tempfile
    >>> with tempfile.TemporaryDirectory() as temporary:
    ...     archive = Path(temporary, "genres.tar.gz")
    ...     with tarfile.open(archive, "w:gz") as tar:
    ...         for name in ("genres/jazz/jazz.00000.wav", "genres/input.mf"):
    ...             tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    ...     made = unpack(archive, Path(temporary, "audio"))
    ...     Path(temporary, "audio", "jazz", "jazz.00000.wav").is_file(), made.passed_over
    (True, ('genres/input.mf',))
    """
    archive = Path(archive)
    if not archive.is_file():
        raise DataError(f"{archive} is not there or is no file: name a .tar.gz of genre folders")
    passed_over: list[str] = []
    seen: set[str] = set()
    with atomic_folder(folder) as temporary, _named_refusals(archive):
        for tar, member in _members(archive):
            _check(member)
            place = _place(member, genres)
            if place is None:
                passed_over += [] if member.isdir() else [member.name]
                continue
            # Without its ending, and in one case: a file system may not tell A.wav from a.wav.
            if (clip := place.stem.casefold()) in seen:
                raise _Refusal(f"holds {_shown(member)} twice")
            seen.add(clip)
            _write(tar, member, temporary / place)
        if not seen:
            raise _Refusal("holds no clips")
    return Unpacked(Path(folder), len(seen), tuple(passed_over))


class _Refusal(Exception):
    """Why an archive is not unpacked, as a predicate."""


class _Meter(gzip.GzipFile):
    """A decompressor that stops who reads more than was allowed."""

    left = _HEADER_BYTES

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.left -= len(data)
        if self.left < 0:
            raise _Refusal("unpacks to more bytes than its headers declare")
        return data


def _members(archive: Path) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    """Yield the members in their order, each to be read before the next; check the sums."""
    # The mode of tapes ("r|") never seeks, so that every byte passes the meter, once.
    with _Meter(archive) as meter, tarfile.open(fileobj=meter, mode="r|") as tar:
        count = total = 0
        while (member := tar.next()) is not None:
            count, total = count + 1, total + member.size
            if not 0 <= member.size <= MAX_CLIP_BYTES:
                raise _Refusal(
                    f"declares {member.size / 1e6:.1f} MB for {_shown(member)}, though a clip "
                    f"has at most {MAX_CLIP_BYTES / 1e6:.1f} MB"
                )
            if count > MAX_MEMBERS or total > MAX_TOTAL_BYTES:
                raise _Refusal(
                    f"holds more than {MAX_MEMBERS} members or {MAX_TOTAL_BYTES / 1e9:.1f} GB"
                )
            meter.left = member.size + _HEADER_BYTES
            yield tar, member
        _check_end(tar, meter)


def _check_end(tar: tarfile.TarFile, meter: _Meter) -> None:
    """Read the padding, at whose end gzip compares its checksum.

    Where a header is damaged, tarfile takes it for the end; what follows then is not padding.
    """
    meter.left = _PADDING_BYTES
    assert tar.fileobj is not None
    while block := tar.fileobj.read(_HEADER_BYTES):
        if any(block):
            raise _Refusal("is damaged in the middle")


def _check(member: tarfile.TarInfo) -> None:
    """Refuse what no archive of clips needs: links, devices, ways out of the folder.

    Stricter than tarfile's filter "data", which allows links inside and takes the slash off
    absolute names; and Python has that filter from 3.11.4 only.
    """
    if not (member.isreg() or member.isdir()) or member.issparse():
        raise _Refusal(f"holds {_shown(member)}, which is a link, a device or another special file")
    if member.name.startswith("/") or ".." in PurePosixPath(member.name).parts:
        raise _Refusal(f"holds {_shown(member)}, whose name leads out of the folder")


def _place(member: tarfile.TarInfo, genres: Sequence[str]) -> PurePosixPath | None:
    """Where a clip goes, relative to the folder; nothing if the member is no clip."""
    parts = PurePosixPath(member.name).parts
    if not member.isreg() or len(parts) not in (2, 3) or parts[-2] not in genres:
        return None
    name = PurePosixPath(*parts[-2:])
    return name if name.suffix in CLIP_SUFFIXES and _NAME.fullmatch(name.name) else None


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    source = tar.extractfile(member)
    assert source is not None, "a plain file has content"
    path.parent.mkdir(exist_ok=True)
    with source, path.open("xb") as target:
        shutil.copyfileobj(source, target)


def _shown(member: tarfile.TarInfo) -> str:
    """Name a member in a message: quoted, since it may hold anything, and not without end."""
    return repr(member.name if len(member.name) <= 80 else f"{member.name[:80]}…")


@contextmanager
def _named_refusals(archive: Path) -> Iterator[None]:
    """Turn refusals and damages into one sentence.

    Raises
    ------
    DataError
        In place of them; refusals of the system (a full disk) pass through.
    """
    try:
        yield
    except _Refusal as error:
        reason = str(error)
    except (gzip.BadGzipFile, EOFError, zlib.error, tarfile.TarError) as error:
        reason = f"is cut off, damaged or no .tar.gz ({str(error).rstrip('.')})"
    # What tarfile lets through when numbers in a header are no numbers.
    except (ValueError, OverflowError, RecursionError) as error:
        reason = f"has a header that cannot be read ({error})"
    else:
        return
    raise DataError(
        f"{archive} was not unpacked, because it {reason}: expected are plain files "
        "<genre>/<clip>.wav or .au; fetch the archive again or take one from another place"
    )
