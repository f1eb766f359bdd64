"""A reader's own collection, from a folder of files to a page of the book."""

import shutil

import nbformat
import numpy as np
import pandas as pd
import pytest
import soundfile
from click.testing import CliRunner

from mgc.cli import main
from mgc.data.compute import find_clips
from mgc.data.datasets import manifest_of
from mgc.data.grouping import artists_from_pattern
from mgc.data.index import index_clips, write_set
from mgc.data.splits import SPLITS
from mgc.data.store import FeatureStore
from mgc.paths import PROJECT

GENRES = ["Tīntāl", "दादरा", "Hip Hop", "rupak"]
TEMPLATE = PROJECT / "book" / "training" / "train.ipynb"
PATTERN = r"/(?P<group>.+) - [0-9]+\."
ENDINGS = ["wav", "mp3", "ogg", "flac"]


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """Four genres of five artists, two clips each: other lengths, rates, formats; stereo, too."""
    root = tmp_path_factory.mktemp("music")
    rng = np.random.default_rng(0)
    for g, genre in enumerate(GENRES):
        (root / genre).mkdir()
        for artist in range(5):
            sr = [22050, 44100, 48000][artist % 3]
            for take in range(2):
                n = int(sr * (6.2 + 0.4 * artist))
                y = 0.2 * np.sin(np.arange(n) * (g + 1) * 600 / sr) + rng.normal(0, 0.02, n)
                y = np.stack([y, y / 2], axis=1) if artist % 2 else y
                name = f"{genre[0]}{artist} - {take}.{ENDINGS[(g + artist) % 4]}"
                soundfile.write(root / genre / name, y, sr)
    shutil.copy(root / "Tīntāl" / "T0 - 0.wav", root / "rupak" / "r9 - 0.wav")
    (root / "rupak" / "notes.txt").touch()
    (root / "rupak" / "r9 - 1.mp3").write_bytes(b"no sound")
    return root


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Folder of sets and runs, apart from the reader's own."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MGC_SETS", str(folder / "sets"))
        patch.setenv("MGC_RUNS", str(folder / "runs"))
        yield folder


def mgc(*words):
    return CliRunner().invoke(main, [str(word) for word in words], prog_name="mgc")


@pytest.fixture(scope="module")
def indexed(original, home):
    return mgc("data", "index", original, "--name", "mine", "--group-pattern", PATTERN, "--jobs", 2)


@pytest.fixture(scope="module")
def computed(original, indexed):
    words = ("--dataset", "mine", "--seconds", 6, "--jobs", 2)
    return mgc("data", "features", original, *words)


def test_the_index_says_what_it_found_and_what_it_left_out(indexed, home):
    assert indexed.exit_code == 1
    assert "left out rupak.r9 - 1: " in indexed.stderr
    assert "1 of 42 clips could not be used" in indexed.stderr
    assert "skipped, no audio in a genre folder: 1 .txt" in indexed.stdout
    assert "genre       दादरा: 10 clips of 5 groups" in indexed.stdout
    assert "length      6.2 to 7." in indexed.stdout
    assert (
        "2 clips hold the same samples: Tīntāl.T0 - 0, rupak.r9 - 0, under different"
        in indexed.stdout
    )
    assert "mgc data features AUDIO_FOLDER --dataset mine --seconds 6" in indexed.stdout
    assert "warning" not in indexed.stderr
    assert (home / "sets" / "mine" / "manifest.csv").is_file()


def test_processes_find_what_one_finds_alone(indexed, original):
    sources = find_clips(original)
    alone = index_clips(sources, artists_from_pattern(sources, PATTERN))
    pd.testing.assert_frame_equal(manifest_of("mine"), alone.manifest)


def test_features_are_those_of_the_manifest(computed, home):
    assert computed.exit_code == 0, computed.output
    assert "not in the manifest of mine: 1 (rupak.r9 - 1)" in computed.stdout
    assert "over 10 % longer: " in computed.stdout
    assert len(FeatureStore.open(home / "sets" / "mine" / "logmel")) == 41


def test_describe_knows_every_split(computed):
    text = mgc("data", "describe", "--manifest", "mine").stdout
    assert "missing in the store: 0\nnot in the manifest: 0" in text
    assert all(f"\n{split} " in text for split in SPLITS)
    assert "cannot be made" not in text


def test_every_split_is_trained_and_evaluated(computed, home):
    for split in SPLITS:
        done = mgc("run", "--dataset", "mine", "--split", split, "--model", "rbf_svm")
        assert done.exit_code == 0, done.output
        assert f"mine, split {split}, test part, track level: accuracy" in done.stdout
    table = mgc("evaluate", "--check")
    assert table.exit_code == 0, table.output
    assert all(f"mine {split:>14}" in table.stdout for split in SPLITS)
    columns = pd.read_csv(next((home / "runs").glob("*/predictions.csv"))).columns
    assert [name for name in columns if name.startswith("logp_")] == [
        f"logp_{genre}" for genre in sorted(GENRES)
    ]


def test_the_template_takes_it(computed, tmp_path):
    words = ("-p", "dataset", "mine", "-p", "epochs", 1, "-p", "width", 4)
    out = tmp_path / "out.ipynb"
    done = mgc("notebooks", "run", TEMPLATE, out, *words)
    assert done.exit_code == 0, done.output
    text = nbformat.writes(nbformat.read(out, as_version=4))
    assert "mine, split fault_filtered" in text
    assert all(genre in text for genre in GENRES)


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--dataset", "mne"),
        ("data", "describe", "--manifest", "mne"),
        ("data", "features", ".", "--dataset", "mne"),
        ("notebooks", "run", TEMPLATE, "out.ipynb", "-p", "dataset", "mne"),
    ],
)
def test_a_misspelt_set_is_refused_before_anything_starts(indexed, home, words, monkeypatch):
    before = sorted(home.rglob("*"))
    done = mgc(*words)
    assert done.exit_code == 1
    assert "must be one of synthetic, gtzan, mine (did you mean mine?)" in done.stderr
    assert sorted(home.rglob("*")) == before


def test_a_typo_in_a_grid_is_refused_before_anything_starts(indexed, tmp_path):
    (tmp_path / "grid.yaml").write_text("dataset: [mine, mne]\nepochs: 1\n")
    done = mgc("sweep", tmp_path / "grid.yaml")
    assert done.exit_code == 1
    assert "did you mean mine?" in done.stderr


def test_without_artists_a_warning_says_what_that_means(original, home):
    done = mgc("data", "index", original, "--name", "alone")
    assert "warning: 41 of 41 clips have no artist" in done.stderr
    shutil.rmtree(home / "sets" / "alone")


def test_a_table_of_artists(original, home, tmp_path):
    table = tmp_path / "who.csv"
    rows = [f"{path.parent.name}/{path.name},{path.stem[:2]}" for path in original.glob("*/*.*")]
    table.write_text("\n".join(["file,player", *rows]) + "\n", encoding="utf-8")
    columns = ("--clip-column", "file", "--group-column", "player")
    done = mgc("data", "index", original, "--name", "told", "--groups", table, *columns)
    assert "warning" not in done.stderr
    assert "genre       rupak: 11 clips of 6 groups" in done.stdout
    refused = mgc("data", "index", original, "--name", "told", "--groups", table)
    assert refused.exit_code == 1
    assert "told exists already" in refused.stderr
    refused = mgc("data", "index", original, "--name", "more", "--groups", table)
    assert "lacks the column clip: it has file, player" in refused.stderr
    words = ("--groups", table, "--group-pattern", PATTERN)
    assert mgc("data", "index", original, "--name", "more", *words).exit_code == 2
    assert [path.name for path in (home / "sets").glob("[!m]*")] == ["told"]
    shutil.rmtree(home / "sets" / "told")


def test_too_few_artists_and_altered_files_are_said(original, home, tmp_path):
    music = tmp_path / "few"
    for genre, artists in (("Tīntāl", "T[0-4]"), ("rupak", "r0")):
        shutil.copytree(original / genre, music / genre)
        for path in (music / genre).glob("*"):
            if not path.match(f"{artists} - *"):
                path.unlink()
    sources = find_clips(music)
    write_set("few", index_clips(sources, artists_from_pattern(sources, PATTERN)).manifest)
    shutil.copy(music / "Tīntāl" / "T0 - 0.wav", music / "Tīntāl" / "T4 - 0.wav")
    done = mgc("data", "features", music, "--dataset", "few", "--seconds", 6)
    assert done.exit_code == 1
    assert "left out Tīntāl.T4 - 0: " in done.stderr
    assert "was altered after it was indexed" in done.stderr
    assert "1 of 12 clips could not be used" in done.stderr
    text = mgc("data", "describe", "--manifest", "few").stdout
    [line] = [line for line in text.splitlines() if line.startswith("artist_cv")]
    assert "has no rupak" in line
    assert "missing in the store: 1 (Tīntāl.T4 - 0)" in text
    words = ("run", "--dataset", "few", "--split", "artist_cv", "--model", "rbf_svm", "--fold")
    refused = [done.stderr for done in (mgc(*words, fold) for fold in range(5)) if done.exit_code]
    assert len(refused) == 2
    assert all("leaves no clip of rupak to train on: add clips" in text for text in refused)
    shutil.rmtree(home / "sets" / "few")


def test_where_features_go_must_be_known(original):
    done = mgc("data", "features", original)
    assert done.exit_code == 2
    assert "name the folder STORE" in done.output
