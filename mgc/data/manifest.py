"""The manifest: one row per clip, with what is known about the clip and never its sound.

Every column is text.  ``clip`` names a 30 s file (``blues.00000``); ``artist`` may be empty
(unidentified); ``group`` is the artist group that a fair split keeps together and is never empty
(an unidentified clip is a group of its own); ``faults`` and ``fault_groups`` list, joined with
``;`` and in the same order, the kinds of fault and the group of clips that share each.
"""

import csv
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mgc.errors import DataError
from mgc.files import atomic_file

#: The ten genres of GTZAN, in the order of every label vector and column of log-probabilities.
GENRES = (
    "blues",
    "classical",
    "country",
    "disco",
    "hiphop",
    "jazz",
    "metal",
    "pop",
    "reggae",
    "rock",
)
#: The parts of a split, in the order of use.
PARTS = ("train", "valid", "test")
#: Number of folds of the artist-grouped cross-validation.
N_FOLDS = 5
#: Columns that every manifest has.
REQUIRED = ("clip", "genre", "sha256", "artist", "group", "faults", "fault_groups")
#: Columns that a manifest may have, with the values they may take.
ASSIGNMENTS = {
    "fault_filtered": (*PARTS, "removed"),
    "artist_cv": (*map(str, range(N_FOLDS)), ""),
}

#: The committed manifest of GTZAN.
GTZAN = Path(__file__).parent / "tables" / "gtzan.csv"


def load_manifest(source: str | Path, genres: Sequence[str] = GENRES) -> pd.DataFrame:
    """Read and check a manifest.

    Parameters
    ----------
    source : str or Path
        ``"gtzan"`` for the committed manifest of GTZAN, else the path of a CSV file.
    genres : sequence of str
        The genre names that the manifest may use.

    Returns
    -------
    pandas.DataFrame
        One row per clip, sorted by clip; every column is text (see the module's docstring).

    Raises
    ------
    DataError
        If the file cannot be read or a row does not say what it should; the message names the
        file, the row and the remedy.

    Notes
    -----
    Book: GTZAN and its faults.

    Examples
    --------
    >>> manifest = load_manifest("gtzan")
    >>> len(manifest), manifest["group"].nunique()
    (1000, 316)
    >>> manifest.loc[manifest["clip"] == "jazz.00054", "faults"].item()
    'unreadable_copy'
    """
    path = GTZAN if source == "gtzan" else Path(source)
    if not path.is_file():
        raise DataError(f"{path} is not a manifest file: give 'gtzan' or the path of a CSV file")
    return check_manifest(read_table(path), str(path), genres)


def check_manifest(
    manifest: pd.DataFrame, source: str, genres: Sequence[str] = GENRES
) -> pd.DataFrame:
    """Return `manifest` sorted by clip, or say which row of `source` is wrong and why.

    Parameters
    ----------
    manifest : pandas.DataFrame
        Text columns, at least `REQUIRED`.
    source : str
        What to call the manifest in messages: a path or the name of a corpus.
    genres : sequence of str
        The genre names that the manifest may use.

    Raises
    ------
    DataError
        If a column is missing, or a clip is empty or named twice, or a genre, sha256, artist
        group, list of faults or assignment is not allowed.

    Notes
    -----
    Book: GTZAN and its faults.

    Examples
    --------
    >>> row = dict.fromkeys(REQUIRED, "") | {"clip": "a", "genre": "polka", "group": "A1"}
    >>> check_manifest(pd.DataFrame([row]), "my.csv", genres=["rock", "pop"])
    Traceback (most recent call last):
    ...
    mgc.errors.DataError: my.csv, row 1 (a): genre 'polka' is not one of rock, pop; correct it
    """
    missing = [column for column in REQUIRED if column not in manifest.columns]
    if missing:
        raise DataError(
            f"{source} lacks the column {', '.join(missing)}: a manifest has {', '.join(REQUIRED)}"
        )
    if manifest.empty:
        raise DataError(f"{source} holds no clips: a manifest needs one row per clip")
    first_rows: dict[str, int] = {}
    for number, row in enumerate(manifest.to_dict("records"), start=1):
        text = {str(column): str(value) for column, value in row.items()}
        clip = text["clip"]
        problem = _problem(text, genres)
        if clip in first_rows:
            problem = f"row {first_rows[clip]} has the same clip; keep one of them"
        if problem:
            raise DataError(f"{source}, row {number} ({clip or 'no clip'}): {problem}")
        first_rows[clip] = number
    return manifest.sort_values("clip", ignore_index=True)


def write_manifest(manifest: pd.DataFrame, path: str | Path) -> None:
    """Write `manifest` as CSV, whole or not at all.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_manifest(load_manifest("gtzan"), Path(folder, "copy.csv"))
    ...     len(load_manifest(Path(folder, "copy.csv")))
    1000
    """
    with atomic_file(path) as temporary:
        manifest.to_csv(temporary, index=False, lineterminator="\n")


def _problem(row: dict[str, str], genres: Sequence[str]) -> str:
    """Say what is wrong with one row, or return nothing."""
    if not row["clip"]:
        return "the clip has no name; name the file without its folder and ending"
    if row["genre"] not in genres:
        return f"genre '{row['genre']}' is not one of {', '.join(genres)}; correct it"
    digest = row["sha256"]
    if digest and (len(digest) != 64 or set(digest) - set("0123456789abcdef")):
        return f"sha256 '{digest}' is not 64 hexadecimal digits; hash the file again"
    if not row["group"]:
        return "the artist group is empty; give a clip of an unknown artist a group of its own"
    faults, groups = (row[name].split(";") for name in ("faults", "fault_groups"))
    if [bool(fault) for fault in faults] != [bool(group) for group in groups]:
        return "faults and fault_groups list different numbers; give each fault its group"
    for column, allowed in ASSIGNMENTS.items():
        if row.get(column, allowed[0]) not in allowed:
            names = ", ".join(value or "nothing" for value in allowed)
            return f"{column} is '{row[column]}' and should be {names}; correct it"
    return ""


def read_table(path: Path) -> pd.DataFrame:
    """Read a CSV file as text; a row that is longer or shorter than the header is refused.

    Raises
    ------
    DataError
        If the file is missing, is no CSV in UTF-8, names a column twice or has an uneven row.

    Examples
    --------
    >>> read_table(GTZAN).shape
    (1000, 9)
    """
    if not path.is_file():
        raise DataError(f"{path} does not exist or is no file: check its name")
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.reader(file, strict=True) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(
            f"{path} is not a CSV file in UTF-8 ({error}): save it as one, or give another file"
        ) from error
    header, *body = rows or [[]]
    twice = [column for column in set(header) if header.count(column) > 1]
    if twice:
        raise DataError(f"{path} names the column {twice[0]} twice: keep one of them")
    for number, row in enumerate(body, start=1):
        if len(row) != len(header):
            raise DataError(
                f"{path}, row {number} ({row[0]}): {len(row)} cells under {len(header)} column "
                "names; add or remove commas (a cell with a comma needs quotes)"
            )
    return pd.DataFrame(body, columns=header, dtype=str)
