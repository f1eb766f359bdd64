"""``mgc data`` as a user meets it."""

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from mgc.cli import main
from mgc.data.store import FeatureStore


@pytest.fixture
def mgc(monkeypatch, tmp_path):
    monkeypatch.setenv("MGC_CACHE", str(tmp_path / "cache"))
    return lambda *words: CliRunner().invoke(main, ["data", *map(str, words)], prog_name="mgc")


@pytest.fixture
def corpus(mgc, tmp_path):
    made = mgc("synthesize", tmp_path / "corpus", "--clips-per-genre", 3, "--seconds", 2)
    assert made.exit_code == 0, made.output
    return tmp_path / "corpus"


def test_help_shows_commands_and_defaults(mgc):
    text = mgc("--help").output
    assert all(word in text for word in ("synthesize", "features", "verify", "describe"))
    assert "..." not in text.split("Commands:")[1]
    assert "[default: 30.0" in mgc("features", "--help").output


def test_unknown_command_suggests_the_nearest(mgc):
    result = mgc("verfy")
    assert result.exit_code == 2
    assert "verify" in result.output


def test_from_audio_to_a_described_store(mgc, corpus, tmp_path):
    store = tmp_path / "store"
    result = mgc("features", corpus, store, "--seconds", 2, "--jobs", 2)
    assert result.exit_code == 0, result.output
    assert "feature store of 30 clips" in result.output
    assert "whole, 30 clips" in mgc("verify", store).output
    text = mgc("describe", store, "--manifest", corpus / "manifest.csv").output
    assert "blues 3, classical 3" in text
    assert "missing in the store: 0" in text
    assert "fault_filtered" in text


def test_synthetic_store_equals_the_one_from_its_audio(mgc, corpus, tmp_path):
    words = ("--clips-per-genre", 3, "--seconds", 2, "--as", "store")
    assert mgc("synthesize", tmp_path / "direct", *words).exit_code == 0
    assert mgc("features", corpus, tmp_path / "files", "--seconds", 2).exit_code == 0
    stores = [FeatureStore.open(tmp_path / name) for name in ("direct", "files")]
    assert stores[0].sha256 == stores[1].sha256


def test_unusable_files_are_listed_counted_and_the_exit_is_1(mgc, corpus, tmp_path):
    (corpus / "jazz" / "jazz.00001.wav").write_text("not a wave")
    (corpus / "jazz" / "jazz.00002.wav").write_bytes(b"")
    slow = 0.1 * np.random.default_rng(0).standard_normal(16000)
    soundfile.write(corpus / "pop" / "pop.00000.wav", slow, 8000)
    result = mgc("features", corpus, tmp_path / "store", "--seconds", 2)
    assert result.exit_code == 1
    assert "left out jazz.00001: " in result.stderr
    assert "jazz.00002.wav is empty" in result.stderr
    assert "2 of 30 clips could not be used" in result.stderr
    assert "resampled from 8000 to 22050 Hz: pop.00000" in result.stdout
    assert len(FeatureStore.open(tmp_path / "store")) == 28


def test_what_is_skipped_is_counted(mgc, corpus, tmp_path):
    assert "skipped," not in mgc("features", corpus, tmp_path / "a", "--seconds", 2).output
    for name in ("jazz/a.m4a", "pop/b.m4a", "loose.wav"):
        (corpus / name).touch()
    result = mgc("features", corpus, tmp_path / "b", "--seconds", 2)
    assert result.exit_code == 0, result.output
    assert "skipped, no audio in a genre folder: 2 .m4a, 1 .wav outside" in result.stdout


def test_clips_too_short_for_the_store_are_left_out(mgc, corpus, tmp_path):
    y = 0.1 * np.random.default_rng(0).standard_normal(66150)
    soundfile.write(corpus / "pop" / "pop.00000.wav", y[:30000], 22050)
    soundfile.write(corpus / "pop" / "pop.00001.wav", y, 22050)
    result = mgc("features", corpus, tmp_path / "store", "--seconds", 2)
    assert result.exit_code == 1
    assert "left out pop.00000: lasts 1.4 s, but the store holds clips of about" in result.stderr
    assert "cut to the first 2.1 s, being over 10 % longer: pop.00001" in result.stdout


def test_missing_clips_and_impossible_splits_are_said(mgc, corpus, tmp_path):
    for genre in ("blues", "rock"):
        (corpus / genre / f"{genre}.00002.wav").unlink()
    store = tmp_path / "store"
    assert mgc("features", corpus, store, "--seconds", 2).exit_code == 0
    text = mgc("describe", store, "--manifest", corpus / "manifest.csv").output
    assert "missing in the store: 2 (blues.00002, rock.00002)" in text
    rows = (corpus / "manifest.csv").read_text().splitlines()
    (tmp_path / "two.csv").write_text("\n".join(rows[:3]) + "\n")
    result = mgc("describe", store, "--manifest", tmp_path / "two.csv")
    assert result.exit_code == 0
    assert "not in the manifest: 26" in result.output
    assert "fault_filtered  cannot be made: " in result.output


def test_unknown_genre_folder(mgc, corpus, tmp_path):
    (corpus / "polka").mkdir()
    soundfile.write(corpus / "polka" / "a.wav", np.ones(44100) / 2, 22050)
    result = mgc("features", corpus, tmp_path / "store", "--seconds", 2)
    assert result.exit_code == 1
    assert "unknown genre folders (polka): expected are blues" in result.output
    assert not (tmp_path / "store").exists()
    allowed = mgc("features", corpus, tmp_path / "store", "--seconds", 2, "--dataset", "any")
    assert allowed.exit_code == 0, allowed.output


def test_what_is_there_stays(mgc, corpus, tmp_path):
    before = sorted(path.name for path in corpus.rglob("*"))
    for words in (("synthesize", corpus), ("features", corpus, corpus)):
        result = mgc(*words)
        assert result.exit_code == 1
        assert "exists already" in result.output
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "me.jpg").touch()
    result = mgc("synthesize", tmp_path / "photos", "--overwrite")
    assert result.exit_code == 1
    assert "does not replace it" in result.output
    assert (tmp_path / "photos" / "me.jpg").exists()
    assert sorted(path.name for path in corpus.rglob("*")) == before


def test_damaged_store_is_told(mgc, corpus, tmp_path):
    store = tmp_path / "store"
    mgc("features", corpus, store, "--seconds", 2)
    with open(store / "features.npy", "r+b") as file:
        file.seek(500)
        file.write(b"x")
    result = mgc("verify", store)
    assert result.exit_code == 1
    assert "altered" in result.output


def test_describe_needs_no_store(mgc):
    text = mgc("describe").output
    assert "blues 10, classical 10" in text
    assert "missing in the store: 0" in text


def test_describe_does_not_guess_the_store_of_a_file(mgc, corpus):
    result = mgc("describe", "--manifest", corpus / "manifest.csv")
    assert result.exit_code == 2
    assert "name the folder STORE" in result.output


def test_describe_refuses_a_foreign_manifest(mgc, corpus, tmp_path):
    for path in corpus.glob("*/*.wav"):
        path.rename(path.with_name(f"{path.parent.name}.take{path.name.split('.')[1]}.wav"))
    store = tmp_path / "store"
    assert mgc("features", corpus, store, "--seconds", 2).exit_code == 0
    result = mgc("describe", store)
    assert result.exit_code == 1
    assert "--manifest" in result.output


@pytest.mark.gtzan
def test_the_real_store_lacks_one_clip(mgc, gtzan_store):
    text = mgc("describe", gtzan_store).output
    assert "missing in the store: 1 (jazz.00054)" in text
    assert "jazz 99" in text
