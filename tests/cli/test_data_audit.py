"""``mgc data audit`` as a user meets it."""

import pandas as pd
import pytest
import soundfile
from click.testing import CliRunner

from mgc.cli import main
from mgc.data.datasets import open_dataset
from mgc.data.frontend import ClipFeatures
from mgc.data.store import StoreWriter


@pytest.fixture
def mgc():
    return lambda *words: CliRunner().invoke(main, ["data", *map(str, words)], prog_name="mgc")


def test_help_says_what_it_does(mgc):
    assert "audit" in mgc("--help").output
    text = mgc("audit", "--help").output
    assert "Repetitions are found by fingerprint" in text
    assert "--out" in text


def test_the_synthetic_data_set_is_audited_without_a_word(mgc, tmp_path):
    result = mgc("audit", "--out", tmp_path / "tables")
    assert result.exit_code == 0, result.output
    assert "every stored value is equal  [catalogue: exact_repetition]" in result.stdout
    assert "exact_repetition: 1 of 1 pairs claimed (100.0%)" in result.stdout
    assert "of the claims 100.0% are catalogued" in result.stdout
    assert "suspected, not wrong" in result.stdout
    assert (
        "samples: not checked: clipping, offset and depth show in the sound only" in result.stdout
    )
    names = {path.name for path in (tmp_path / "tables").iterdir()}
    assert names == {
        f"{name}.csv"
        for name in (
            "duplicates",
            "curves",
            "misses",
            "level_values",
            "levels",
            "label_confidence",
            "labels",
        )
    }
    table = pd.read_csv(tmp_path / "tables" / "duplicates.csv")
    assert table.loc[table["kind"] == "identical", "in_catalogue"].tolist() == ["exact_repetition"]


def test_too_few_artists_are_said_and_the_rest_is_done(mgc, tmp_path):
    words = ("--clips-per-genre", 2, "--seconds", 6)
    assert mgc("synthesize", tmp_path / "audio", *words).exit_code == 0
    y, sr = soundfile.read(tmp_path / "audio" / "pop" / "pop.00000.wav", dtype="float32")
    soundfile.write(tmp_path / "audio" / "pop" / "pop.00001.wav", y, sr)
    loud = y.clip(y.min() / 3, y.max() / 3)
    soundfile.write(tmp_path / "audio" / "jazz" / "jazz.00001.wav", loud, sr)
    store, audio = tmp_path / "store", tmp_path / "audio"
    assert mgc("features", audio, store, "--seconds", 6).exit_code == 0
    words = ("--store", store, "--manifest", audio / "manifest.csv", "--audio", audio)
    result = mgc("audit", *words)
    assert result.exit_code == 0, result.output
    assert "pop.00000 = pop.00001  similarity 1.000" in result.stdout
    assert "clipped: 1 (jazz.00001)" in result.stdout
    assert "labels: not checked: genre" in result.stdout
    assert "[catalogue" not in result.stdout


def test_missed_repetitions_are_listed(mgc, tmp_path):
    words = ("--clips-per-genre", 3, "--seconds", 6)
    assert mgc("synthesize", tmp_path / "audio", *words).exit_code == 0
    facts = pd.read_csv(tmp_path / "audio" / "manifest.csv", keep_default_na=False)
    known = facts["faults"] == "exact_repetition"
    facts.loc[known, ["faults", "fault_groups"]] = ""
    facts.loc[facts["clip"].isin(["rock.00000", "pop.00000"]), ["faults", "fault_groups"]] = [
        "exact_repetition",
        "E1",
    ]
    facts.to_csv(tmp_path / "wrong.csv", index=False)
    assert mgc("features", tmp_path / "audio", tmp_path / "store", "--seconds", 6).exit_code == 0
    result = mgc("audit", "--store", tmp_path / "store", "--manifest", tmp_path / "wrong.csv")
    assert result.exit_code == 0, result.output
    assert "missed pop.00000 = rock.00000: similarity" in result.stdout
    assert "of the claims 0.0% are catalogued" in result.stdout


def test_a_damaged_store_and_an_unknown_manifest_are_one_sentence(mgc, tmp_path):
    result = mgc("audit", "--store", tmp_path)
    assert result.exit_code == 1
    assert "is no feature store" in result.stderr
    result = mgc("audit", "--manifest", "polka")
    assert result.exit_code == 1
    assert "'polka'" in result.stderr


def test_a_manifest_alone_says_not_which_store(mgc, tmp_path):
    facts = tmp_path / "mine.csv"
    open_dataset("synthetic").manifest.to_csv(facts, index=False)
    result = mgc("audit", "--manifest", facts)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "name its feature store with --store" in result.stderr


def test_no_claim_has_no_precision(mgc, tmp_path):
    data = open_dataset("synthetic")
    store = tmp_path / "store"
    with StoreWriter(store, data.store.front_end, 2) as writer:
        for row, genre in ((0, "pop"), (20, "rock")):
            facts = data.store.clips.iloc[row]
            numbers = facts[["n_samples", "n_frames", "range_db", "ref_db"]]
            features = ClipFeatures(data.store.values[row], *numbers)
            writer.append(f"{genre}.a", genre, features)
    words = "clip,genre,sha256,artist,group,faults,fault_groups"
    rows = [f"{g}.a,{g},{i:064},,{g},exact_repetition,E1" for i, g in enumerate(("pop", "rock"))]
    (tmp_path / "mine.csv").write_text("\n".join([words, *rows]) + "\n")
    result = mgc("audit", "--store", store, "--manifest", tmp_path / "mine.csv")
    assert result.exit_code == 0, result.output
    assert "exact_repetition: 0 of 1 pairs claimed" in result.stdout
    assert "nan" not in result.stdout


def test_a_wrong_folder_of_sound_is_told_before_the_work(mgc, tmp_path, monkeypatch):
    monkeypatch.setattr("mgc.audit.report.find_duplicates", None)
    result = mgc("audit", "--audio", tmp_path / "none")
    assert result.exit_code == 1
    assert "is no folder" in result.stderr
