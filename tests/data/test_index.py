"""A folder of one's own becomes a data set: what is found, who plays, and what is refused."""

import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from mgc.data import index as indexing
from mgc.data.compute import find_clips
from mgc.data.datasets import (
    DATASETS,
    check_name,
    dataset_names,
    manifest_of,
    open_dataset,
    store_of,
)
from mgc.data.grouping import artists_from_pattern, artists_from_table, tidy
from mgc.data.index import index_clips, pick_clips, write_set
from mgc.data.manifest import REQUIRED, check_manifest, load_manifest, name_problem, write_manifest
from mgc.errors import ConfigError, DataError, StoreError
from mgc.files import sha256_of

NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1).filter(
    lambda name: not name_problem(name)
)


def sound(seed, seconds=1.2, sr=22050):
    y = 0.1 * np.random.default_rng(seed).standard_normal(int(seconds * sr))
    return np.stack([y, y / 2], axis=1) if sr > 22050 else y


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """Three genres with odd names, in four formats and three rates."""
    root = tmp_path_factory.mktemp("music")
    files = {
        "Tīntāl/Zakir - 1.wav": (22050, 1.2),
        "Tīntāl/Zakir - 2.mp3": (44100, 2.0),
        "दादरा/Anindo - 1.ogg": (48000, 1.5),
        "दादरा/ANINDO - 2.flac": (22050, 3.0),
        "Hip Hop, new/Ann, B. - 1.WAV": (22050, 1.2),
    }
    for seed, (name, (sr, seconds)) in enumerate(files.items()):
        (root / name).parent.mkdir(exist_ok=True)
        soundfile.write(root / name, sound(seed, seconds, sr), sr)
    return root


@pytest.fixture
def music(original, tmp_path, monkeypatch):
    monkeypatch.setenv("MGC_SETS", str(tmp_path / "sets"))
    return shutil.copytree(original, tmp_path / "music")


def table(folder, *rows, header="clip,artist"):
    path = folder / "artists.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_every_clip_is_hashed_and_measured(music):
    manifest = index_clips(find_clips(music)).manifest
    assert list(manifest.columns) == [*REQUIRED, "seconds"]
    assert manifest["clip"].tolist() == sorted(manifest["clip"])
    assert set(manifest["genre"]) == {"Tīntāl", "दादरा", "Hip Hop, new"}
    assert manifest["group"].tolist() == manifest["clip"].tolist()
    seconds = dict(zip(manifest["clip"], manifest["seconds"].astype(float), strict=True))
    assert seconds["Tīntāl.Zakir - 1"] == pytest.approx(1.2, abs=0.01)
    assert seconds["दादरा.Anindo - 1"] == pytest.approx(1.5, abs=0.01)
    assert seconds["Tīntāl.Zakir - 2"] == pytest.approx(2.0, abs=0.1)  # MP3 pads
    check_manifest(manifest, "the index", genres=None)


def test_a_file_that_is_no_use_is_listed_and_the_rest_goes_on(music):
    (music / "Tīntāl" / "broken.flac").write_bytes(b"fLaC but no more")
    found = index_clips(find_clips(music))
    assert len(found.manifest) == 5
    [(clip, reason)] = found.failed
    assert clip == "Tīntāl.broken"
    assert "broken.flac cannot be decoded" in reason


def test_equal_samples_are_repetitions_whatever_the_file(music):
    y, sr = soundfile.read(music / "Tīntāl" / "Zakir - 1.wav", dtype="int16")
    soundfile.write(music / "Hip Hop, new" / "stolen.flac", y, sr)
    found = index_clips(find_clips(music))
    assert [set(clips) for clips in found.repetitions] == [
        {"Tīntāl.Zakir - 1", "Hip Hop, new.stolen"}
    ]
    faults = found.manifest.set_index("clip")[["faults", "fault_groups"]]
    assert faults.loc["Tīntāl.Zakir - 1"].tolist() == ["exact_repetition", "E001"]
    assert faults.loc["Hip Hop, new.stolen"].tolist() == ["exact_repetition", "E001"]
    assert (faults["faults"] != "").sum() == 2


def test_artists_are_told_apart_by_more_than_case_and_spaces(music):
    sources = find_clips(music)
    artists = artists_from_pattern(sources, r"/(?P<group>.+) - [0-9]+\.")
    manifest = index_clips(sources, artists).manifest.set_index("clip")
    assert manifest.loc["दादरा.Anindo - 1", "group"] == "anindo"
    assert manifest.loc["दादरा.ANINDO - 2", "group"] == "anindo"
    assert manifest.loc["दादरा.ANINDO - 2", "artist"] == "ANINDO"
    assert manifest["group"].nunique() == 3


@pytest.mark.parametrize(
    "names",
    [
        ["Zakir - 1", "Zakir - 2", "Anindo - 1", "ANINDO - 2", '"Ann, B. - 1"'],
        ["Zakir - 1.wav", "Tīntāl/Zakir - 2.mp3", "दादरा.Anindo - 1", "दादरा/ANINDO - 2",
         '"Hip Hop, new/Ann, B. - 1.WAV"'],
    ],
)  # fmt: skip
def test_a_table_may_name_clips_in_any_usual_way(music, tmp_path, names):
    rows = [f"{name},{artist}" for name, artist in zip(names, "XXYY", strict=False)]
    path = table(tmp_path, *rows, f"{names[4]},", "not mine,Z", f" {names[0]} , x ")
    artists = artists_from_table(find_clips(music), path, "clip", "artist")
    assert artists == {
        "Tīntāl.Zakir - 1": "X", "Tīntāl.Zakir - 2": "X", "दादरा.Anindo - 1": "Y",
        "दादरा.ANINDO - 2": "Y", "Hip Hop, new.Ann, B. - 1": "",
    }  # fmt: skip
    manifest = index_clips(find_clips(music), artists).manifest.set_index("clip")
    assert manifest.loc["Hip Hop, new.Ann, B. - 1", ["artist", "group"]].tolist() == [
        "",
        "Hip Hop, new.Ann, B. - 1",
    ]


def test_a_table_may_come_from_a_spreadsheet(music, tmp_path):
    path = table(tmp_path, *(f"{path.stem},me" for path in music.glob("[!H]*/*")), "x,")
    rows = path.read_text(encoding="utf-8") + '"Ann, B. - 1",me\n'
    path.write_text(rows, encoding="utf-8-sig")  # with the mark that Excel puts in front
    assert set(artists_from_table(find_clips(music), path, "clip", "artist").values()) == {"me"}


@pytest.mark.parametrize(
    ("rows", "header", "says"),
    [
        ([], "clip;artist", "lacks the column clip: it has clip;artist; .* with commas"),
        ([], "clip,band", "lacks the column artist: it has clip, band"),
        (["Zakir - 1,Z"], "clip,artist", "no row for 4 of 5 clips .*Anindo.*add them to the col"),
        (["Zakir - 1,Z", "Zakir - 1.wav,Y"], "clip,artist", "Zakir - 1 twice, with 'Z' and .* 'Y'"),
    ],
)
def test_what_is_wrong_with_a_table_is_said(music, tmp_path, rows, header, says):
    with pytest.raises(DataError, match=rf"artists\.csv.*{says}"):
        artists_from_table(
            find_clips(music), table(tmp_path, *rows, header=header), "clip", "artist"
        )


def test_a_name_that_two_clips_share_decides_nothing(music, tmp_path):
    for genre in ("Tīntāl", "दादरा"):
        shutil.copy(music / "Tīntāl" / "Zakir - 1.wav", music / genre / "01.wav")
    sources = [source for source in find_clips(music) if source[0].endswith(".01")]
    with pytest.raises(DataError, match="no row for 2 of 2 clips"):
        artists_from_table(sources, table(tmp_path, "01,me"), "clip", "artist")
    path = table(tmp_path, "Tīntāl/01,me", "दादरा/01,you")
    assert list(artists_from_table(sources, path, "clip", "artist").values()) == ["me", "you"]


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("(?P<group>[", "is no regular expression"),
        ("(.+) - ", "does not say which part names the group"),
        ("/(?P<group>Z.*) - ", "finds no group in 3 of 5 files .*Anindo - 1.ogg"),
        ("/(?P<group>Z.*)?", "finds no group in 3 of 5 files"),
        ("(?P<group> )-", "finds no group in 5 of 5 files"),
    ],
)
def test_what_is_wrong_with_a_pattern_is_said(music, pattern, says):
    with pytest.raises(DataError, match=says):
        artists_from_pattern(find_clips(music), pattern)


def test_one_genre_is_no_data_set(music):
    shutil.rmtree(music / "दादरा")
    (music / "Tīntāl" / "cover.jpg").touch()
    for path in (music / "Tīntāl").glob("*.[wm]*"):
        path.write_bytes(b"")
    with pytest.raises(
        DataError, match="1 genres with a usable clip .Hip Hop, new.*2 clips.*empty"
    ):
        index_clips(find_clips(music))
    shutil.rmtree(music / "Tīntāl")
    with pytest.raises(DataError, match="1 genre folders with audio .Hip Hop, new., but at least"):
        index_clips(find_clips(music))


@pytest.mark.parametrize(
    "name", ["two\nlines.wav", "tab\t.wav", os.fsdecode(b"latin-\xe9.wav"), "end .wav"]
)
def test_names_that_no_table_can_hold_are_refused(music, name):
    try:
        shutil.copy(music / "Tīntāl" / "Zakir - 1.wav", music / "Tīntāl" / name)
    except OSError:
        pytest.skip("this file system refuses such names by itself")
    with pytest.raises(DataError, match="cannot be indexed, as a name .*: rename it"):
        index_clips(find_clips(music))


@settings(max_examples=50)
@given(st.lists(NAMES, min_size=1, max_size=4, unique=True), NAMES)
def test_any_writing_survives_the_file(tmp_path_factory, clips, genre):
    rows = [dict.fromkeys(REQUIRED, "") | {"clip": c, "genre": genre, "group": c} for c in clips]
    manifest = check_manifest(pd.DataFrame(rows), "drawn", genres=None)
    path = tmp_path_factory.mktemp("written") / "manifest.csv"
    write_manifest(manifest, path)
    pd.testing.assert_frame_equal(load_manifest(path, genres=None), manifest)


@given(st.text(max_size=20))
def test_tidying_twice_changes_nothing(text):
    assert tidy(tidy(text)) == tidy(text)


def test_a_set_is_found_by_name_and_told_apart(music):
    assert dataset_names() == DATASETS
    folder = write_set("my_set-1", index_clips(find_clips(music)).manifest)
    assert dataset_names() == (*DATASETS, "my_set-1")
    assert len(manifest_of("my_set-1")) == len(manifest_of(str(folder / "manifest.csv"))) == 5
    with pytest.raises(StoreError, match="my_set-1 has no features yet.*--dataset my_set-1"):
        open_dataset("my_set-1")
    with pytest.raises(ConfigError, match=r"'my_set1'.*gtzan, my_set-1 \(did you mean my_set-1\?"):
        open_dataset("my_set1")
    (folder / "manifest.csv").write_text("clip,genre\n")
    with pytest.raises(DataError, match=r"manifest\.csv lacks the column"):
        open_dataset("my_set-1")


@pytest.mark.parametrize("name", ["gtzan", "synthetic", "any", "My Set", "../x", "", "a.b", "é"])
def test_names_that_are_taken_or_none(music, name):
    with pytest.raises(ConfigError, match="taken by the package|small letters"):
        write_set(name, index_clips(find_clips(music)).manifest)
    assert not store_of("x").parent.parent.exists()


@given(st.from_regex(r"[a-z0-9][a-z0-9_-]{0,63}", fullmatch=True))
def test_well_formed_names_pass(name):
    check_name(name)


def test_replacing_a_set_keeps_features_only_of_the_same_clips(music):
    sources = find_clips(music)
    manifest = index_clips(sources).manifest
    write_set("mine", manifest)
    features = store_of("mine") / "features.npy"
    features.parent.mkdir()
    features.touch()
    with pytest.raises(DataError, match="mine exists already.*--overwrite"):
        write_set("mine", manifest)
    write_set("mine", manifest.assign(group="one"), overwrite=True)
    assert features.exists()
    assert set(manifest_of("mine")["group"]) == {"one"}
    write_set("mine", manifest.assign(sha256="0" * 64), overwrite=True)
    assert not features.parent.exists()


def test_files_that_are_gone_or_altered_are_refused(music):
    manifest = index_clips(find_clips(music)).manifest
    (music / "Tīntāl" / "Zakir - 1.wav").write_bytes(b"other")
    (music / "Tīntāl" / "Zakir - 2.mp3").unlink()
    (music / "Tīntāl" / "new.wav").touch()
    usable, refused = pick_clips(find_clips(music), manifest, jobs=2)
    assert [clip for clip, _, _ in usable] == [
        "Hip Hop, new.Ann, B. - 1", "दादरा.ANINDO - 2", "दादरा.Anindo - 1",
    ]  # fmt: skip
    reasons = dict(refused)
    assert "was altered after it was indexed" in reasons["Tīntāl.Zakir - 1"]
    assert "has no file any more" in reasons["Tīntāl.Zakir - 2"]
    assert len(pick_clips(find_clips(music), manifest.assign(sha256=""))[0]) == 4
    with pytest.raises(DataError, match="none of the 5 clips found is in the manifest"):
        pick_clips(find_clips(music), manifest.assign(clip=list("abcde")))


@pytest.mark.parametrize("kind", ["dangling link", "pipe", "unreadable"])
def test_what_is_no_readable_file_any_more_is_refused(music, kind, monkeypatch):
    manifest = index_clips(find_clips(music)).manifest
    path = music / "Tīntāl" / "Zakir - 1.wav"
    if kind == "unreadable":  # simulated, for the superuser may read everything

        def hash_of(given):
            if given == path:
                raise PermissionError(13, "Permission denied", str(path))
            return sha256_of(given)

        monkeypatch.setattr(indexing, "sha256_of", hash_of)
    else:
        path.unlink()
        path.symlink_to("nowhere") if kind == "dangling link" else os.mkfifo(path)
    usable, refused = pick_clips(find_clips(music), manifest, jobs=2)
    assert len(usable) == 4
    [(clip, reason)] = refused
    assert clip == "Tīntāl.Zakir - 1"
    assert ("cannot be read" if kind == "unreadable" else "has no file any more") in reason


def test_letters_are_composed_on_every_system(tmp_path):
    for genre in ("Ti\u0304nta\u0304l", "b"):
        (tmp_path / genre).mkdir()
        Path(tmp_path, genre, "e\u0301.wav").touch()
    assert [clip for clip, _, _ in find_clips(tmp_path)] == ["T\u012bnt\u0101l.\u00e9", "b.\u00e9"]
