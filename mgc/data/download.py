"""Downloading one file over an unreliable network, from whichever mirror gives it.

What arrives is believed if its SHA-256 is the pinned one, and is gone otherwise.

Book: The pipeline and its cost.
"""

import os
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256 as hash_of
from pathlib import Path
from typing import Any

import pooch
import requests
import urllib3
from tqdm import tqdm

from mgc.errors import DataError
from mgc.files import named_refusals, sha256_of

#: A file is not downloaded beyond this size, whatever the server says.
MAX_BYTES = 2 << 30

_BLOCK = 64 << 10
# A try that got this much further has not failed, however it ended: a long way may break often.
_PROGRESS_BYTES = 1 << 20
# Answers that ask for patience.
_PASSING = (408, 425, 429)


@dataclass(frozen=True)
class Patience:
    """How long to try one mirror.

    Attributes
    ----------
    timeout : float
        Seconds to wait for a connection, and for the next bytes.
    tries : int
        Failures in a row, each with hardly a byte, after which the mirror is given up.
    pause : float
        Seconds between the first two tries; doubles each time, up to half a minute.
    """

    timeout: float = 30.0
    tries: int = 4
    pause: float = 1.0


def download(
    urls: Sequence[str],
    path: str | Path,
    sha256: str,
    patience: Patience | None = None,
    *,
    progress: bool = False,
) -> None:
    """Download a file from the first mirror that gives the right one.

    An interrupted download is kept in the folder ``<path>.part``, by mirror, and is continued by
    the next call where the server can; a body with the wrong hash is removed.

    Parameters
    ----------
    urls : sequence of str
        Mirrors, tried in this order.
    path : str or Path
        Place of the file, which appears when it is whole.  A right file that is there is kept.
    sha256 : str
        What the file must hash to.
    patience : Patience, optional
        How long to try each mirror.
    progress : bool
        Whether to show a bar (on a terminal only).

    Raises
    ------
    DataError
        If no mirror gives the file; the message says what each gave.  Also if another file is at
        `path`.

    Notes
    -----
    Book: The pipeline and its cost.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     download([], file.name, hash_of(b"").hexdigest())  # it is there: nothing to do
    """
    path = Path(path)
    if path.exists():
        check_hash(path, sha256)
        return
    failures = []
    with named_refusals(path), _workshop(path) as folder:
        for url in urls:
            try:
                received = _from_mirror(url, folder, sha256, patience or Patience(), progress)
            except _Failure as error:
                failures.append(f"{url} ({error})")
                continue
            os.replace(received, path)
            return
    part = path.with_name(f"{path.name}.part")
    kept = f"; what came so far is kept in {part} to be continued" if part.exists() else ""
    raise DataError(
        f"{path.name} did not come from any of {len(urls)} mirrors: {', '.join(failures)}; name "
        f"another with --url, or put the file at {path} by hand, and start again{kept}"
    )


def check_hash(path: Path, sha256: str) -> None:
    """Refuse a file that is not the one that was pinned; it is the user's and stays.

    Raises
    ------
    DataError
        If the file is missing or hashes to something else than `sha256`.
    """
    if not path.is_file():
        raise DataError(f"{path} is not there or is no file: correct its name")
    if (there := sha256_of(path)) != sha256.lower():
        raise DataError(
            f"{path} has the SHA-256 {there}, expected is {sha256}: take another file away, or "
            "say with --sha256 that it is the right one"
        )


class _Failure(Exception):
    """What a mirror gave instead of the file, as a predicate."""


class _Passing(_Failure):
    """A failure that another try may not meet."""


@contextmanager
def _workshop(path: Path) -> Iterator[Path]:
    """Give the folder of unfinished downloads; leave in it what can be continued, nothing else."""
    folder = path.with_name(f"{path.name}.part")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    finally:
        if path.exists():
            shutil.rmtree(folder)
        for file in folder.glob("*"):
            # Else it is empty, or what pooch leaves if the process is killed.
            if file.suffix != ".part" or file.stat().st_size == 0:
                file.unlink()
        with suppress(OSError):  # some download can be continued
            folder.rmdir()


def _from_mirror(url: str, folder: Path, sha256: str, patience: Patience, progress: bool) -> Path:
    """Download from one mirror and return the file, whose hash is right."""
    part = folder / f"{hash_of(url.encode()).hexdigest()[:8]}.part"
    pooch.get_logger().setLevel("WARNING")
    fetch = _Resumable(part, patience, progress)
    # The part may be of a file that has changed since: then once more, from the start.
    for last in (not part.exists(), True):
        try:
            name = pooch.retrieve(url, f"sha256:{sha256}", "received", folder, downloader=fetch)
            return Path(name)
        except ValueError as error:
            if last:
                raise _Failure(f"gave a file with another SHA-256 than {sha256[:12]}…") from error
    raise AssertionError("the second try is the last")


@dataclass(frozen=True)
class _Resumable:
    """A downloader for pooch that goes on where an earlier one stopped, and tries again."""

    part: Path
    patience: Patience
    progress: bool

    def __call__(self, url: str, output_file: str, _: Any) -> None:
        failures, most = 0, self._received()
        while True:
            try:
                self._receive(url, self._received())
                break
            except _Passing as error:
                # Beyond all that ever came, or a server that makes us start anew is asked for ever.
                advanced = self._received() >= most + _PROGRESS_BYTES
                most = max(most, self._received())
                failures = 1 if advanced else failures + 1
                if failures >= self.patience.tries:
                    raise _Failure(f"{error}, {failures} times in a row") from error
                time.sleep(min(self.patience.pause * 2 ** (failures - 1), 30.0))
        os.replace(self.part, output_file)

    def _received(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _receive(self, url: str, start: int) -> None:
        """Append to the part what it lacks, or write it anew."""
        # A server that packs the packed file for the way would break ranges and hash.
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
        wait = self.patience.timeout
        with (
            _named_troubles(wait),
            requests.get(url, headers=headers, stream=True, timeout=wait) as response,
        ):
            start = self._agreed_start(response, start)
            length = response.headers.get("Content-Length", "")
            total = start + int(length) if length.isdecimal() else None
            self._check_size(total or 0)
            with (
                self.part.open("ab" if start else "wb") as file,
                tqdm(
                    desc=url.split("/")[2],
                    initial=start,
                    total=total,
                    unit="B",
                    unit_scale=True,
                    disable=None if self.progress else True,
                ) as bar,
            ):
                # Not iter_content, which unpacks a .tar.gz where the server calls gzip an encoding;
                # read1 hands over what is there, so that a break loses nothing that came.
                while block := response.raw.read1(_BLOCK, decode_content=False):
                    file.write(block)
                    bar.update(len(block))
                    self._check_size(start := start + len(block))

    def _agreed_start(self, response: requests.Response, start: int) -> int:
        """Return the position of the first byte of the answer."""
        status = response.status_code
        if status == 200:
            return 0
        found = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
        if status == 206 and found and int(found[1]) == start:
            return start
        if status in (206, 416):
            self.part.unlink(missing_ok=True)
            raise _Passing("would not continue where an earlier download stopped")
        answer = f"answered {status} {response.reason}"
        raise (_Passing if status >= 500 or status in _PASSING else _Failure)(answer)

    def _check_size(self, size: int) -> None:
        if size > MAX_BYTES:
            self.part.unlink(missing_ok=True)
            raise _Failure(f"would send more than {MAX_BYTES / 1e9:.1f} GB")


@contextmanager
def _named_troubles(timeout: float) -> Iterator[None]:
    """Turn the errors of two libraries into words.

    Raises
    ------
    _Failure
        In place of them; `_Passing` where another try may help.
    """
    try:
        yield
    except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
        raise _Passing(f"sent nothing for {timeout:g} s") from error
    except requests.ConnectionError as error:
        raise _Passing("could not be reached") from error
    except urllib3.exceptions.HTTPError as error:
        raise _Passing("broke the connection before the end") from error
    except requests.RequestException as error:
        raise _Failure(f"is no address to fetch from: {error}") from error
