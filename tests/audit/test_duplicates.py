"""Planted copies are found and named; loops, silence and strangers are not claimed."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mgc.audit import fingerprint, planted
from mgc.audit.duplicates import PAIR_COLUMNS, REPETITIONS, examine, find_duplicates
from mgc.audit.fingerprint import candidates, comparable_picture, fingerprints
from mgc.data.frontend import ClipFeatures, FrontEnd
from mgc.data.store import FeatureStore, StoreWriter
from mgc.data.synthetic import SyntheticCorpus
from mgc.errors import DataError

SR = 22050
SECONDS = 15


@pytest.fixture(scope="module")
def songs():
    corpus = SyntheticCorpus(clips_per_genre=2, seconds=2 * SECONDS, seed=3)
    return {clip: corpus.audio(clip) for clip in corpus.clips}


def excerpt(y, start=0.0):
    return y[round(start * SR) : round((start + SECONDS) * SR)]


def test_each_kind_of_copy_gets_its_verdict(songs, store_of):
    sounds = {clip: excerpt(y) for clip, y in songs.items()}
    noise = np.random.default_rng(0).standard_normal(SECONDS * SR)
    sounds["blues.same"] = sounds["blues.00000"]
    sounds["jazz.hiss"] = 0.5 * sounds["jazz.00000"] + 0.003 * noise
    sounds["pop.later"] = excerpt(songs["pop.00000"], 4.3)
    fast = np.arange(SECONDS * SR) * 1.015
    sounds["rock.fast"] = np.interp(fast, np.arange(len(songs["rock.00000"])), songs["rock.00000"])
    found = find_duplicates(store_of(sounds))
    claimed = found.claimed.set_index(["first", "second"])
    assert claimed["kind"].to_dict() == {
        ("blues.00000", "blues.same"): "identical",
        ("jazz.00000", "jazz.hiss"): "near",
        ("pop.00000", "pop.later"): "shifted",
        ("rock.00000", "rock.fast"): "speed",
    }
    later, faster = (
        claimed.loc[("pop.00000", "pop.later")],
        claimed.loc[("rock.00000", "rock.fast")],
    )
    assert later["offset_s"] == pytest.approx(4.3, abs=0.08)
    assert later["overlap_s"] == pytest.approx(SECONDS - 4.3, abs=0.2)
    assert faster["speed"] == pytest.approx(1.015, abs=0.004)
    assert "4.3 s later" in later["verdict"]
    assert "% faster" in faster["verdict"]
    assert tuple(found.pairs.columns) == PAIR_COLUMNS
    curve = found.curves["pop.00000+pop.later"]
    assert curve.idxmax() == pytest.approx(later["offset_s"])
    assert curve.max() == pytest.approx(later["similarity"])


def test_strangers_and_one_artists_songs_are_not_claimed(songs, store_of):
    store = store_of({clip: excerpt(y) for clip, y in songs.items()})
    assert find_duplicates(store).claimed.empty
    same_artist = examine(store, [(row, row + 1) for row in range(0, 20, 2)]).pairs
    assert len(same_artist) == 10
    assert not same_artist["kind"].isin(REPETITIONS).any()


def test_the_result_is_the_same_each_time_and_in_small_blocks(songs, store_of, monkeypatch):
    sounds = {f"pop.{n}": excerpt(songs["pop.00000"], n / 3) for n in range(9)}
    store = store_of(sounds)
    once = find_duplicates(store)
    assert len(once.claimed) == 36
    monkeypatch.setattr(fingerprint, "_BLOCK", 7)
    again = find_duplicates(store)
    pd.testing.assert_frame_equal(once.pairs, again.pairs)
    pd.testing.assert_frame_equal(once.curves, again.curves)


def test_clips_of_other_length_are_laid_on_one_clock(songs, store_of):
    """All clips have the same number of columns: one of 5 % more seconds is squeezed."""
    y = songs["disco.00001"]
    sounds = {f"{clip}": excerpt(z) for clip, z in songs.items() if clip != "disco.00001"}
    sounds |= {"disco.short": excerpt(y), "disco.long": y[: round(1.05 * SECONDS * SR)]}
    [pair] = find_duplicates(store_of(sounds)).claimed.to_dict("records")
    assert (pair["first"], pair["second"]) == ("disco.short", "disco.long")
    assert pair["offset_s"] == 0
    assert pair["speed"] == 1


def test_silence_repeats_nothing(songs, store_of):
    y = np.zeros(SECONDS * SR)
    y[:4000] = songs["pop.00000"][:4000]
    z = np.zeros(SECONDS * SR)
    z[-4000:] = songs["jazz.00000"][:4000]
    assert find_duplicates(store_of({"pop.a": y, "jazz.b": z})).claimed.empty


def test_a_store_of_one_constant_clip_has_no_fingerprints(tmp_path):
    front_end = FrontEnd(columns=40)
    with StoreWriter(tmp_path / "store", front_end, 2) as writer:
        for clip in "ab":
            values = np.full((128, 40), 7, dtype=np.uint8)
            writer.append(clip, "pop", ClipFeatures(values, 66150, 130, 80.0, 0.0))
    found = find_duplicates(FeatureStore.open(tmp_path / "store"))
    assert found.pairs.empty
    assert tuple(found.pairs.columns) == PAIR_COLUMNS
    assert found.curves.empty


def test_a_handful_of_columns_is_refused():
    with pytest.raises(DataError, match="have 5 columns, but fingerprints need at least 8"):
        fingerprints(np.ones((128, 5), dtype=np.float32), 1)


def test_a_pictures_level_slope_and_limits_do_not_matter(songs, store_of):
    y = excerpt(songs["country.00000"])
    store = store_of({"pop.a": y, "pop.b": y / 7, "pop.c": np.diff(y, prepend=y[:1])})
    a, b, c = (comparable_picture(store, row) for row in range(3))
    assert np.abs(a - b).max() < 0.5
    assert np.corrcoef(a.ravel(), c.ravel())[0, 1] > 0.9


def test_candidates_do_not_depend_on_the_order(songs, store_of):
    clips = [f"pop.{n}" for n in range(4)]
    sounds = {c: excerpt(songs["pop.00001"], n) for n, c in enumerate(clips)}
    sounds |= {clip: excerpt(y) for clip, y in songs.items()}
    forth = store_of(sounds, "forth")
    back = store_of(dict(reversed(sounds.items())), "back")
    names = []
    for store in (forth, back):
        rows = candidates(store)
        clip = store.clips["clip"]
        names.append({frozenset((clip[a], clip[b])) for a, b in rows[["first", "second"]].values})
    planted_pairs = {frozenset((a, b)) for a in clips for b in clips if a < b}
    assert planted_pairs <= names[0] & names[1]


def test_every_offset_is_met_and_both_directions_vote_for_one():
    assert math.gcd(*fingerprint.STEPS) == 1
    words = np.ones((2, fingerprint.WORDS), dtype=np.uint32)
    asked = fingerprint._Sketches(np.array([0, 1]), np.array([90, 99]), words)
    kept = fingerprint._Sketches(np.array([1, 0]), np.array([99, 90]), words)
    votes = fingerprint._votes(asked, kept, np.array([0, 1]), np.array([0, 1]))
    assert votes[["first", "second", "offset"]].values.tolist() == [[0, 1, 3], [0, 1, 3]]


def test_a_planted_recording_comes_once():
    corpus = SyntheticCorpus(clips_per_genre=3, seconds=4.0)
    sources, truth = planted.plant(corpus)
    assert len(truth) == 29  # of 30 one repeats another
    assert len(sources) == 58
    spans = truth["offset_s"] + 2.0 * truth["speed"]
    assert spans.max() <= 4.0


def test_a_copy_at_a_wrong_offset_is_found_and_not_placed(tmp_path, monkeypatch):
    def misplaced(store):
        found = find_duplicates(store)
        pairs = found.pairs.assign(offset_s=found.pairs["offset_s"] + 0.5)
        return replace(found, pairs=pairs)

    monkeypatch.setattr(planted, "find_duplicates", misplaced)
    corpus = SyntheticCorpus(clips_per_genre=1, seconds=24.0, seed=1)
    table = planted.score_planted(corpus, tmp_path / "store").set_index("change")
    assert table["found"].sum() >= 7
    assert table["placed"].drop("speed").sum() == 0


def test_planted_copies_are_scored(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MGC_CACHE", str(tmp_path / "cache"))
    words = ["--clips-per-genre", "2", "--seconds", "12", "--seeds", "1"]
    assert planted.main([*words, "--out", str(tmp_path / "planted.csv")]) == 0
    table = pd.read_csv(tmp_path / "planted.csv").set_index("change")
    assert list(table.index) == [*planted.CHANGES, "strangers"]
    assert table["planted"].sum() == 20
    assert table["found"].iloc[:-1].sum() >= 15  # some have 2.4 s in common
    assert table.loc["strangers", "found"] == 0
    assert (table["placed"] <= table["found"]).all()
    assert "1 corpora scored" in capsys.readouterr().out
