"""The committed manifest of GTZAN says what is known about GTZAN."""

from pathlib import Path

import pandas as pd
import pytest

from mgc.data import gtzan
from mgc.data.manifest import GENRES, load_manifest
from mgc.files import sha256_of

# Clips per genre in train, valid, test and dropped: Kereliuk, Sturm and Larsen (2015), their lists.
PUBLISHED = {
    "blues": (46, 23, 31, 0),
    "classical": (48, 20, 31, 1),
    "country": (45, 23, 30, 2),
    "disco": (42, 22, 29, 7),
    "hiphop": (47, 18, 27, 8),
    "jazz": (43, 17, 27, 13),
    "metal": (44, 20, 27, 9),
    "pop": (41, 13, 30, 16),
    "reggae": (43, 17, 26, 14),
    "rock": (44, 24, 32, 0),
}
# Artist groups per genre once the repetitions are dropped.
GROUPS = {
    "blues": 9,
    "classical": 23,
    "country": 47,
    "disco": 64,
    "hiphop": 28,
    "jazz": 29,
    "metal": 45,
    "pop": 22,
    "reggae": 33,
    "rock": 20,
}


@pytest.fixture(scope="module")
def manifest() -> pd.DataFrame:
    return load_manifest("gtzan")


@pytest.fixture(scope="module")
def kept(manifest: pd.DataFrame) -> pd.DataFrame:
    return manifest[manifest["fault_filtered"] != "removed"]


@pytest.fixture
def tables(gtzan_store: Path) -> Path:
    folder = gtzan_store.parent / "tables"
    if not folder.is_dir():
        pytest.skip("the tables of facts are not beside the GTZAN store")
    return folder


def test_a_hundred_clips_of_each_genre(manifest: pd.DataFrame) -> None:
    names = [f"{genre}.{number:05}" for genre in GENRES for number in range(100)]
    assert manifest["clip"].tolist() == names
    assert (manifest["clip"].str.split(".").str[0] == manifest["genre"]).all()


def test_published_lists(manifest: pd.DataFrame) -> None:
    counts = pd.crosstab(manifest["genre"], manifest["fault_filtered"])
    counts = counts[["train", "valid", "test", "removed"]]
    assert {
        genre: tuple(row) for genre, row in zip(counts.index, counts.to_numpy(), strict=True)
    } == PUBLISHED
    assert counts.sum().tolist() == [443, 197, 290, 70]


def test_artist_groups(manifest: pd.DataFrame, kept: pd.DataFrame) -> None:
    assert kept.groupby("genre")["group"].nunique().to_dict() == GROUPS
    assert (kept.groupby("group")["genre"].nunique() > 1).sum() == 5
    assert manifest["group"].nunique() == 316
    assert (manifest["artist"] == "").sum() == 81
    marley = kept.loc[kept["clip"] == "reggae.00087", "group"].item()
    assert ((kept["group"] == marley) & (kept["genre"] == "reggae")).sum() == 30


def test_unidentified_clips_are_groups_of_their_own(manifest: pd.DataFrame) -> None:
    unknown = manifest.loc[manifest["artist"] == "", "group"]
    assert (manifest["group"].value_counts()[unknown] == 1).all()


def test_faults(manifest: pd.DataFrame) -> None:
    kinds = manifest["faults"].str.split(";").explode().value_counts()
    assert kinds.drop("").to_dict() == {
        "exact_repetition": 96,
        "recording_repetition": 42,
        "same_song_candidate": 22,
        "cover_or_same_title_candidate": 9,
        "distortion": 1,
        "unreadable_copy": 1,
    }
    faults = manifest.set_index("clip")["faults"]
    assert faults["reggae.00086"] == "distortion"
    assert faults["jazz.00054"] == "unreadable_copy"
    assert faults["jazz.00091"] == "cover_or_same_title_candidate;same_song_candidate"
    assert manifest.set_index("clip")["fault_groups"]["jazz.00091"] == "F077;F069"


def test_fifty_surplus_copies(manifest: pd.DataFrame) -> None:
    pairs = manifest[["faults", "fault_groups"]].apply(lambda column: column.str.split(";"))
    pairs = pairs.explode(["faults", "fault_groups"])
    sizes = pairs.loc[pairs["faults"] == "exact_repetition", "fault_groups"].value_counts()
    assert (sizes - 1).sum() == 50


def test_identical_files_are_known_as_repetitions(manifest: pd.DataFrame) -> None:
    same = manifest[manifest.duplicated("sha256", keep=False)]
    assert same["sha256"].nunique() == 14
    assert same["faults"].str.contains("exact_repetition").all()
    assert (same.groupby("sha256")["fault_groups"].nunique() == 1).all()


@pytest.mark.gtzan
def test_committed_manifest_is_what_the_tables_say(tables: Path, tmp_path: Path) -> None:
    assert gtzan.main([str(tables), "--out", str(tmp_path / "gtzan.csv")]) == 0
    assert sha256_of(tmp_path / "gtzan.csv") == sha256_of(gtzan.GTZAN)


@pytest.mark.gtzan
def test_store_has_all_clips_but_one(gtzan_store: Path, manifest: pd.DataFrame) -> None:
    stored = pd.read_csv(gtzan_store / "clips.csv")
    assert set(manifest["clip"]) - set(stored["clip"]) == {"jazz.00054"}
    genre = manifest.set_index("clip")["genre"]
    assert (stored["clip"].map(genre) == stored["genre"]).all()


def small_tables(folder: Path, **changed: str) -> Path:
    """Four tables about two clips, some of them changed."""
    tables = {
        "splits": "file,genre,fault_filtered_split\nrock.2,rock,train\nrock.1,rock,removed\n",
        "artists": "file,artist,group_strict\nrock.1,,A1\nrock.2,Sting,A2\n",
        "faults": "file,fault_kind,group_id\nrock.1,version,F1\nrock.1,distortion,F2\n",
        "wav_sha256": f"clip,sha256\nrock.1,{'a' * 64}\nrock.2,{'b' * 64}\n",
    }
    for name, text in (tables | changed).items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def test_tables_are_joined_by_clip(tmp_path: Path) -> None:
    manifest = gtzan.build_manifest(small_tables(tmp_path))
    assert manifest.to_numpy().tolist() == [
        [
            "rock.1",
            "rock",
            "a" * 64,
            "",
            "A1",
            "distortion;version",
            "F2;F1",
            "removed",
            "",
        ],
        [
            "rock.2",
            "rock",
            "b" * 64,
            "Sting",
            "A2",
            "",
            "",
            "train",
            "0",
        ],
    ]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (
            {"artists": "file,artist,group_strict\nrock.1,,A1\n"},
            "artists.csv does not name the clips of splits.csv",
        ),
        ({"faults": "file,fault_kind,group_id\nrock.3,x,F1\n"}, "lacks (rock.3)"),
        ({"wav_sha256": "clip,md5\nrock.1,a\n"}, "wav_sha256.csv lacks the column sha256"),
        (
            {"artists": "file,artist,group_strict\nrock.1,,A1\nrock.1,,A1\nrock.2,,A2\n"},
            "each once",
        ),
        ({"splits": ""}, "splits.csv lacks the column file, genre"),
        ({"faults": "file,fault_kind,group_id\nrock.1,distortion,\n"}, "give each fault its group"),
        (
            {
                "splits": "file,genre,fault_filtered_split\nrock.1,rock,train\nrock.1,rock,test\n",
                "artists": "file,artist,group_strict\nrock.1,,A1\nrock.1,,A1\n",
                "wav_sha256": "clip,sha256\nrock.1,\nrock.1,\n",
                "faults": "file,fault_kind,group_id\n",
            },
            "splits.csv names a clip twice",
        ),
    ],
)
def test_tables_that_do_not_fit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changed: dict[str, str], says: str
) -> None:
    out = tmp_path / "out.csv"
    out.write_text("what was there")
    assert gtzan.main([str(small_tables(tmp_path, **changed)), "--out", str(out)]) == 1
    assert says in capsys.readouterr().err
    assert out.read_text() == "what was there"


def test_missing_table_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert gtzan.main([str(tmp_path)]) == 1
    assert "splits.csv does not exist: name the folder that holds" in capsys.readouterr().err
