import os
from pathlib import Path

import pandas as pd
import pytest

from mgc.data.manifest import GENRES, REQUIRED, check_manifest, load_manifest, write_manifest
from mgc.errors import DataError, MGCError

HEADER = ",".join(REQUIRED)
GOOD = "blues.1,blues,,B. B. King,A1,,"


def written(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "mine.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_rows_come_sorted_as_text(tmp_path: Path) -> None:
    manifest = load_manifest(written(tmp_path, "rock.2,rock,,,A2,distortion,F9", GOOD))
    assert manifest["clip"].tolist() == ["blues.1", "rock.2"]
    assert manifest.loc[0].tolist() == ["blues.1", "blues", "", "B. B. King", "A1", "", ""]


def test_cells_may_look_like_missing_values(tmp_path: Path) -> None:
    manifest = load_manifest(written(tmp_path, "pop.1,pop,,NA,nan,,"))
    assert manifest.loc[0, ["artist", "group"]].tolist() == ["NA", "nan"]


def test_written_and_read_again(tmp_path: Path) -> None:
    gtzan = load_manifest("gtzan")
    write_manifest(gtzan, tmp_path / "copy.csv")
    pd.testing.assert_frame_equal(load_manifest(tmp_path / "copy.csv"), gtzan)


def test_genres_are_sorted() -> None:
    assert list(GENRES) == sorted(GENRES)
    assert len(GENRES) == 10


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("blues.2,bleus,,,A2,,", r"row 2 \(blues\.2\): genre 'bleus' is not one of blues, .*rock"),
        ("blues.1,blues,,,A2,,", r"row 2 \(blues\.1\): row 1 has the same clip"),
        (",blues,,,A2,,", r"row 2 \(no clip\): the clip has no name"),
        ("blues.2,blues,,,,,", r"artist group is empty; give"),
        ("blues.2,blues,abc,,A2,,", r"sha256 'abc' is not 64 hexadecimal digits"),
        (f"blues.2,blues,{'X' * 64},,A2,,", r"is not 64 hexadecimal digits"),
        ("blues.2,blues,,,A2,distortion;unreadable_copy,F1", r"list different numbers"),
        ("blues.2,blues,,,A2,,F1", r"list different numbers"),
        ("blues.2,blues,,,A2,", r"row 2 \(blues\.2\): 6 cells under 7 column names"),
        ("blues.2,blues,,King, B. B.,A2,,", r"row 2 \(blues\.2\): 8 cells under 7 column names"),
    ],
)
def test_wrong_row_is_named(tmp_path: Path, row: str, says: str) -> None:
    with pytest.raises(DataError, match=rf"mine\.csv, .*{says}"):
        load_manifest(written(tmp_path, GOOD, row))


@pytest.mark.parametrize(
    ("column", "value", "allowed"),
    [
        ("fault_filtered", "validation", "train, valid, test, removed"),
        ("artist_cv", "5", "0, 1, 2, 3, 4, nothing"),
    ],
)
def test_wrong_part_names_what_is_allowed(
    tmp_path: Path, column: str, value: str, allowed: str
) -> None:
    path = written(tmp_path, f"{GOOD},{value}", header=f"{HEADER},{column}")
    with pytest.raises(DataError, match=f"{column} is '{value}' and should be {allowed}"):
        load_manifest(path)


def test_missing_columns_are_listed(tmp_path: Path) -> None:
    path = written(tmp_path, "blues.1,blues", header="clip,genre")
    with pytest.raises(DataError, match="lacks the column sha256, artist, group, faults"):
        load_manifest(path)


def test_column_named_twice_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, f"{GOOD},rock", header=f"{HEADER},genre")
    with pytest.raises(DataError, match="names the column genre twice"):
        load_manifest(path)


def test_no_rows_is_no_manifest(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no clips"):
        load_manifest(written(tmp_path))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00c", b"RIFF\x00\x00WAVE", b'clip,"genre'])
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"mine\.csv"):
        load_manifest(path)


def test_table_cut_off_inside_a_cell_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"mine\.csv is not a CSV file .*unexpected end of data"):
        load_manifest(written(tmp_path, GOOD, 'rock.1,rock,,Sting,A2,,"'))


def test_file_that_is_not_there() -> None:
    with pytest.raises(DataError, match="gtzam is not a manifest file: give 'gtzan' or the path"):
        load_manifest("gtzam")


def test_other_genres_can_be_allowed(tmp_path: Path) -> None:
    path = written(tmp_path, "a,polka,,,A1,,")
    assert load_manifest(path, genres=["polka"])["genre"].tolist() == ["polka"]


def test_check_leaves_its_argument_alone() -> None:
    gtzan = load_manifest("gtzan")
    turned = gtzan[::-1]
    assert check_manifest(turned, "turned")["clip"].equals(gtzan["clip"])
    assert turned["clip"].iloc[0] == "rock.00099"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write all")
def test_refused_folder_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(MGCError, match="cannot be written to"):
        write_manifest(load_manifest("gtzan"), tmp_path / "copy.csv")
