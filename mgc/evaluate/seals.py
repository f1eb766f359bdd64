"""Checksums of the predictions that the book reports: no digit of them changes unseen.

Metrics follow from decisions, and most digits of a log-probability decide nothing; so they are held
by their SHA-256, in one file for all runs that ``sha256sum --check`` understands, too.
"""

from collections.abc import Iterable
from pathlib import Path

from mgc.errors import RunError
from mgc.files import atomic_file, sha256_of

#: Name of the file, beside the folder of the runs.
SEALS = "runs.sha256"

_LENGTH = 64


def write_seals(folders: Iterable[str | Path], path: str | Path) -> int:
    """Write the checksum of ``predictions.csv`` of each run folder.

    Parameters
    ----------
    folders : iterable of str or Path
        Run folders.
    path : str or Path
        File to write, beside the folder that holds them; it is replaced as a whole.

    Returns
    -------
    int
        Number of runs.

    Raises
    ------
    RunError
        If a run has no predictions.

    Book: Reproduce it
    """
    lines = []
    for folder in sorted({Path(folder) for folder in folders}, key=lambda f: f.name):
        predictions = folder / "predictions.csv"
        if not predictions.is_file():
            raise RunError(f"{predictions} does not exist: make the run again with 'mgc run'")
        lines.append(
            f"{sha256_of(predictions)}  {folder.parent.name}/{folder.name}/{predictions.name}"
        )
    with atomic_file(path) as temporary:
        temporary.write_text("".join(f"{line}\n" for line in lines), encoding="utf8")
    return len(lines)


def read_seals(path: str | Path) -> dict[str, str]:
    """Read the checksums of a file of seals.

    Parameters
    ----------
    path : str or Path
        As :func:`write_seals` wrote it.

    Returns
    -------
    dict of str to str
        Name of the run folder to the SHA-256 of its predictions; empty if there is no such file.

    Raises
    ------
    RunError
        If a line is no checksum with a place.

    Examples
    --------
    >>> read_seals("nowhere/runs.sha256")
    {}

    Book: Reproduce it
    """
    path = Path(path)
    if not path.is_file():
        return {}
    seals = {}
    for number, line in enumerate(path.read_text(encoding="utf8").splitlines(), start=1):
        digest, _, place = line.partition("  ")
        parts = Path(place).parts
        if len(digest) != _LENGTH or len(parts) != 3:
            raise RunError(
                f"{path}, line {number} is no checksum with a place: write the file again with "
                "'mgc evaluate --seal'"
            )
        seals[parts[1]] = digest
    return seals


def check_seal(folder: str | Path) -> None:
    """Compare the predictions of a run with their seal, if they have one.

    Parameters
    ----------
    folder : str or Path
        Run folder; its seal stands in ``runs.sha256`` beside the folder of the runs.

    Raises
    ------
    RunError
        If the predictions are not, byte for byte, those that were sealed.

    Book: Reproduce it
    """
    folder = Path(folder).resolve()
    sealed = read_seals(folder.parent.with_name(SEALS)).get(folder.name)
    if sealed and sha256_of(folder / "predictions.csv") != sealed:
        raise RunError(
            f"{folder / 'predictions.csv'} is not what was sealed in {SEALS}: restore the file, or "
            "accept it with 'mgc evaluate --seal'"
        )
