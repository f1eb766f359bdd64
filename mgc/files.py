"""Writing that is all or nothing: a temporary neighbour first, then a rename.

A reader of a path made here never sees half a file.  Whatever stops the writer (an exception, a
full disk, SIGKILL) leaves what was there before intact.
"""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mgc.errors import MGCError


def sha256_of(path: str | Path) -> str:
    """Return the hexadecimal SHA-256 of a file, read in blocks.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as empty:
    ...     sha256_of(empty.name)[:8]
    'e3b0c442'
    """
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def atomic_file(path: str | Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; rename it to `path` if the block succeeds.

    Parameters
    ----------
    path : str or Path
        Final place of the file.  Its folder is made if needed.

    Yields
    ------
    Path
        Where the block writes.

    Raises
    ------
    MGCError
        If the system refuses to write (no space, no permission); the message names `path`.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with atomic_file(Path(folder, "a.txt")) as temporary:
    ...         _ = temporary.write_text("whole")
    ...     Path(folder, "a.txt").read_text()
    'whole'
    """
    path = Path(path)
    with named_refusals(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        # The writer is expected to make the file, so that an open umask decides its mode.
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
            temporary = Path(folder, path.name)
            yield temporary
            _flush_to_disk(temporary)
            os.replace(temporary, path)


@contextmanager
def atomic_folder(path: str | Path, *, replace: bool = False) -> Iterator[Path]:
    """Give a temporary folder beside `path`; rename it to `path` if the block succeeds.

    Parameters
    ----------
    path : str or Path
        Final place of the folder.
    replace : bool
        Whether an existing folder may be replaced; it stays untouched until the new one is whole.

    Raises
    ------
    MGCError
        If `path` exists and `replace` is false, or if the system refuses to write.
    """
    path = Path(path)
    with named_refusals(path):
        _put_back(path)
    if path.exists() and not replace:
        raise MGCError(f"{path} exists already: remove it, name another folder, or allow replacing")
    with named_refusals(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
        temporary.chmod(0o755)
        try:
            yield temporary
            install_folder(temporary, path)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def install_folder(source: Path, target: Path) -> None:
    """Rename folder `source` to `target`, putting an older `target` aside until that is done."""
    old = _put_back(target)
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        os.rename(target, old)
    try:
        os.rename(source, target)
    except OSError:
        if old.exists():
            os.rename(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _put_back(target: Path) -> Path:
    """Undo what a process killed between two renames left; return where an old `target` waits."""
    old = target.with_name(f".{target.name}.old")
    if old.exists() and not target.exists():
        os.rename(old, target)
    return old


def _flush_to_disk(path: Path) -> None:
    with suppress(OSError), open(path, "rb") as file:
        os.fsync(file.fileno())


@contextmanager
def named_refusals(path: Path) -> Iterator[None]:
    """Turn the system's refusals (no space, no permission) into one sentence with the remedy.

    Raises
    ------
    MGCError
        In place of the `OSError`; other errors pass through.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            reason, remedy = "the disk is full", "free some space and start again"
        elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            reason, remedy = "the folder cannot be written to", "choose another folder"
        elif error.errno == errno.ENOTDIR:
            reason, remedy = "a part of its path is a file", "choose another folder"
        else:
            raise
        raise MGCError(
            f"{path} was not written, because {reason}: {remedy} (what was there before is intact)"
        ) from error
