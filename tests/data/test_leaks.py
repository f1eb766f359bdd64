"""What splits give away: counted by hand, expected by formula."""

import pandas as pd
import pytest

from mgc.data.datasets import open_dataset
from mgc.data.leaks import LEAKS, expected_shares, leak_shares, learnt_clips
from mgc.data.manifest import load_manifest
from mgc.data.segments import cut, limit_clips
from mgc.data.splits import SPLITS, Split, make_split

HAND = pd.DataFrame(
    [
        ("a", "X", "exact_repetition", "F1"),
        ("b", "Y", "exact_repetition", "F1"),
        ("c", "X", "", ""),
        ("d", "Z", "distortion", "F2"),
        ("e", "W", "distortion", "F2"),
    ],
    columns=["clip", "group", "faults", "fault_groups"],
).assign(genre="rock")


@pytest.fixture(scope="module")
def gtzan():
    return load_manifest("gtzan")


def test_relatives_are_counted_one_by_one():
    split = Split("mine", {"train": ("a", "d"), "valid": ("e",), "test": ("b", "c")})
    assert leak_shares(split, HAND) == {"clip": 0.0, "repetition": 0.5, "artist": 0.5}
    # A distortion that two clips share is no repetition.
    other = Split("mine", {"train": ("d",), "valid": ("a",), "test": ("e",)})
    assert leak_shares(other, HAND) == dict.fromkeys(LEAKS, 0.0)


def test_expected_shares_of_five_clips_by_hand():
    found = expected_shares(HAND, per_clip=3)
    assert found["clip"] == pytest.approx(1 - 0.4**2)
    assert found["repetition"] == pytest.approx(2 * 0.6 / 5)
    assert found["artist"] == pytest.approx(2 * 0.6 / 5)


def test_the_formula_is_met_by_many_draws(gtzan):
    drawn = [
        leak_shares(make_split(gtzan, "track_random", fold=fold, seed=seed), gtzan)
        for seed in range(4)
        for fold in range(5)
    ]
    mean = pd.DataFrame(drawn).mean()
    expected = expected_shares(gtzan)
    assert mean["artist"] == pytest.approx(expected["artist"], abs=0.02)
    assert mean["repetition"] == pytest.approx(expected["repetition"], abs=0.01)
    assert mean["clip"] == 0
    leaky = leak_shares(make_split(gtzan, "segment_random"), gtzan)
    assert leaky["clip"] == pytest.approx(expected["clip"], abs=0.02)


def test_each_rung_closes_one_leak(gtzan):
    shares = {name: leak_shares(make_split(gtzan, name), gtzan) for name in SPLITS}
    assert shares["artist_cv"] == dict.fromkeys(LEAKS, 0.0)
    assert shares["duplicate_free"]["repetition"] == 0 < shares["duplicate_free"]["artist"]
    assert shares["track_random"]["clip"] == 0 < shares["track_random"]["repetition"]
    assert shares["segment_random"]["clip"] > 0.9
    # Lauryn Hill with Bob Marley, and her two hip hop clips: three of 290.
    assert shares["fault_filtered"]["artist"] == pytest.approx(3 / 290)


@pytest.mark.parametrize("name", SPLITS)
def test_the_learnt_clips_are_those_that_training_reads(name):
    data = open_dataset("synthetic")
    split = make_split(data.manifest, name, seed=3)
    train = cut(data.store, data.manifest, split, "train", 3.0)
    for per_genre in (0, 2):
        limited = limit_clips(train, split, per_genre) if per_genre else train
        found = learnt_clips(split, data.manifest, train.per_clip, per_genre)
        assert found == set(limited.table["clip"])


def test_fewer_training_clips_leak_less_often_as_the_formula_says(gtzan):
    splits = [make_split(gtzan, "track_random", fold=fold, seed=1) for fold in range(5)]
    found = pd.DataFrame([leak_shares(s, gtzan, per_genre=10) for s in splits]).mean()
    expected = expected_shares(gtzan, learnt=0.1)
    assert found["artist"] == pytest.approx(expected["artist"], abs=0.04)
    assert found["artist"] < 0.6 < expected_shares(gtzan)["artist"]
