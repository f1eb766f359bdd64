"""The manifest of GTZAN, rewritten from tables of facts about it.

``python -m mgc.data.gtzan TABLES`` reads ``splits.csv``, ``artists.csv``, ``faults.csv`` and
``wav_sha256.csv`` from the folder TABLES and writes the manifest that the package commits.
"""

import argparse
import sys
from pathlib import Path

import pandas as pd

from mgc.data.assign import artist_folds
from mgc.data.manifest import GTZAN, check_manifest, read_table, write_manifest
from mgc.errors import DataError, MGCError

#: Table -> the columns that the manifest is made from.
TABLES = {
    "splits.csv": ("file", "genre", "fault_filtered_split"),
    "artists.csv": ("file", "artist", "group_strict"),
    "faults.csv": ("file", "fault_kind", "group_id"),
    "wav_sha256.csv": ("clip", "sha256"),
}


def build_manifest(tables: str | Path) -> pd.DataFrame:
    """Join the tables into one row per clip and draw the splits of seed 0.

    Parameters
    ----------
    tables : str or Path
        Folder of the tables.

    Returns
    -------
    pandas.DataFrame
        The manifest; see :mod:`mgc.data.manifest`.

    Raises
    ------
    DataError
        If a table is missing, lacks a column or is about other clips.

    Notes
    -----
    The faults were catalogued by Sturm (2012, doi:10.1145/2390848.2390851), the fault-filtered
    lists are those of Kereliuk, Sturm and Larsen (2015, arXiv:1507.04761).

    Book: GTZAN and its faults.
    """
    splits, artists, faults, hashes = read = [_read(Path(tables, name)) for name in TABLES]
    _check_same_clips(Path(tables), dict(zip(TABLES, read, strict=True)))
    # Sorted together, so that each kind of fault stays with its group.
    faults = faults.sort_values(["fault_kind", "group_id"]).groupby(level=0).agg(";".join)
    manifest = pd.DataFrame(
        {
            "genre": splits["genre"],
            "sha256": hashes["sha256"],
            "artist": artists["artist"],
            "group": artists["group_strict"],
            "faults": faults["fault_kind"],
            "fault_groups": faults["group_id"],
            "fault_filtered": splits["fault_filtered_split"],
        }
    )
    manifest = manifest.fillna("").rename_axis("clip").sort_index().reset_index()
    filtered = dict(zip(manifest["clip"], manifest["fault_filtered"], strict=True))
    kept = [clip for clip, label in filtered.items() if label != "removed"]
    manifest["artist_cv"] = manifest["clip"].map(artist_folds(manifest, kept))
    return check_manifest(manifest, str(tables))


def main(arguments: list[str] | None = None) -> int:
    """Write the committed manifest; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m mgc.data.gtzan", description=__doc__)
    parser.add_argument("tables", type=Path, help="folder of the tables")
    parser.add_argument("--out", type=Path, default=GTZAN, help="file to write")
    options = parser.parse_args(arguments)
    try:
        manifest = build_manifest(options.tables)
        write_manifest(manifest, options.out)
    except MGCError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    print(f"{len(manifest)} clips written to {options.out}")
    return 0


def _check_same_clips(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    clips = tables["splits.csv"].index
    if clips.has_duplicates:
        raise DataError(f"{folder / 'splits.csv'} names a clip twice: take the original table")
    for name in ("artists.csv", "wav_sha256.csv"):
        if sorted(tables[name].index) != sorted(clips):
            raise DataError(
                f"{folder / name} does not name the clips of splits.csv, each once: take all "
                "tables from one place"
            )
    unknown = sorted(set(tables["faults.csv"].index) - set(clips))
    if unknown:
        raise DataError(
            f"{folder / 'faults.csv'} names clips that splits.csv lacks "
            f"({', '.join(unknown[:5])}): take all tables from one place"
        )


def _read(path: Path) -> pd.DataFrame:
    """Read one table, indexed by clip and free of what the manifest does not use."""
    columns = TABLES[path.name]
    if not path.is_file():
        raise DataError(f"{path} does not exist: name the folder that holds {', '.join(TABLES)}")
    table = read_table(path)
    missing = [column for column in columns if column not in table]
    if missing:
        raise DataError(f"{path} lacks the column {', '.join(missing)}: take the original table")
    return table[list(columns)].set_index(columns[0])


if __name__ == "__main__":
    sys.exit(main())
