import dataclasses
import pickle
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mgc.data.assign import artist_folds
from mgc.data.manifest import N_FOLDS, PARTS, load_manifest
from mgc.data.splits import SPLITS, Split, make_split, shared_groups
from mgc.errors import ConfigError, DataError

#: Enough to find each planted mistake; no deadline, as machines are shared.
small = settings(max_examples=30, deadline=None)
PLAIN = {"train": ("a", "b"), "valid": ("c",), "test": ("d", "e")}


@pytest.fixture(scope="module")
def gtzan() -> pd.DataFrame:
    return load_manifest("gtzan")


@st.composite
def manifests(draw: st.DrawFn) -> pd.DataFrame:
    """Three genres with at least six artists each, so that every split exists."""
    faults = st.sampled_from([("", ""), ("exact_repetition", "F1")])
    rows = [
        # The first clip of an artist repeats nothing, so that no artist is dropped altogether.
        (genre, f"{genre}{artist}", *(draw(faults) if number else ("", "")))
        for genre in ("blues", "pop", "rock")
        for artist in range(draw(st.integers(6, 9)))
        for number in range(draw(st.integers(1, 4)))
    ]
    table = pd.DataFrame(rows, columns=["genre", "group", "faults", "fault_groups"])
    return table.assign(clip=draw(st.permutations([f"c{i:03}" for i in range(len(rows))])))


def sizes(split: Split) -> list[int]:
    return [len(split.parts[part]) for part in PARTS]


def per_genre(split: Split, manifest: pd.DataFrame) -> Counter[tuple[str, str]]:
    genre = dict(zip(manifest["clip"], manifest["genre"], strict=True))
    return Counter((part, genre[clip]) for part in PARTS for clip in split.parts[part])


# ---- The splits of GTZAN ------------------------------------------------------------------------


def test_fault_filtered_is_the_published_one(gtzan: pd.DataFrame) -> None:
    split = make_split(gtzan, "fault_filtered")
    assert sizes(split) == [443, 197, 290]
    assert split == dataclasses.replace(make_split(gtzan, "fault_filtered", seed=7), seed=0)
    assert "jazz.00054" in split.parts["train"]


def test_known_overlaps_by_collaboration(gtzan: pd.DataFrame) -> None:
    shared = shared_groups(make_split(gtzan, "fault_filtered"), gtzan)
    artist = gtzan.set_index("clip")
    marley, twain = artist["group"]["reggae.00087"], artist["group"]["country.00005"]
    assert len(shared) == 3
    assert shared[marley] == ("train", "test")
    assert shared[twain] == ("train", "valid")


@pytest.mark.parametrize("seed", [0, 3])
def test_inner_folds_know_nothing_of_the_test_list(gtzan: pd.DataFrame, seed: int) -> None:
    splits = [make_split(gtzan, "inner_cv", fold=fold, seed=seed) for fold in range(N_FOLDS)]
    listed = make_split(gtzan, "fault_filtered").parts
    inner = sorted(listed["train"] + listed["valid"])
    assert sorted(clip for split in splits for clip in split.parts["test"]) == inner
    for fold, split in enumerate(splits):
        assert list(split.clips) == inner
        assert not set(split.clips) & set(listed["test"])
        assert split.parts["valid"] == splits[(fold + 1) % N_FOLDS].parts["test"]
        # Also the collaborations that cross the published lists stay on one side.
        assert shared_groups(split, gtzan) == {}
        assert len(per_genre(split, gtzan)) == 30


@pytest.mark.parametrize("name", ["artist_cv", "duplicate_free", "track_random"])
@pytest.mark.parametrize("seed", [0, 3])
def test_folds_test_each_clip_once(gtzan: pd.DataFrame, name: str, seed: int) -> None:
    splits = [make_split(gtzan, name, fold=fold, seed=seed) for fold in range(N_FOLDS)]
    there = gtzan if name == "track_random" else gtzan[gtzan["fault_filtered"] != "removed"]
    clips = sorted(there["clip"])
    assert sorted(clip for split in splits for clip in split.parts["test"]) == clips
    assert sorted(clip for split in splits for clip in split.parts["valid"]) == clips
    for fold, split in enumerate(splits):
        assert list(split.clips) == clips
        assert split.parts["valid"] == splits[(fold + 1) % N_FOLDS].parts["test"]
        assert len(per_genre(split, gtzan)) == 30


def test_each_rung_leaks_what_its_name_says(gtzan: pd.DataFrame) -> None:
    facts = gtzan.set_index("clip")

    def repeated(split: Split) -> int:
        """Exact repetitions that are on both sides of the test."""
        sides = [facts["fault_groups"][list(split.parts[part])] for part in ("train", "test")]
        kinds = facts["faults"].str.contains("exact_repetition")
        groups = [set(side[kinds[side.index]]) for side in sides]
        return len(groups[0] & groups[1])

    for seed in (0, 1):
        artist, duplicate, track = (
            make_split(gtzan, name, seed=seed)
            for name in ("artist_cv", "duplicate_free", "track_random")
        )
        assert shared_groups(artist, gtzan) == {}
        assert len(shared_groups(duplicate, gtzan)) > 60
        assert (repeated(artist), repeated(duplicate)) == (0, 0)
        assert repeated(track) > 3
        assert len(track.clips) == 1000
    assert track.parts != make_split(gtzan, "track_random").parts


def test_committed_draws_are_those_of_seed_0(gtzan: pd.DataFrame) -> None:
    filtered = dict(zip(gtzan["clip"], gtzan["fault_filtered"], strict=True))
    kept = [clip for clip, part in filtered.items() if part != "removed"]
    assert gtzan["artist_cv"].tolist() == list(artist_folds(gtzan, kept, 0).values())


@pytest.mark.parametrize("name", SPLITS)
def test_without_committed_draws_seed_0_is_the_same(gtzan: pd.DataFrame, name: str) -> None:
    bare = gtzan.drop(columns=["artist_cv"])
    assert make_split(bare, name) == make_split(gtzan, name)


def test_segment_random_deals_segments_to_five_folds(gtzan: pd.DataFrame) -> None:
    splits = [make_split(gtzan, "segment_random", fold=fold) for fold in range(N_FOLDS)]
    everything = {(clip, number) for clip in gtzan["clip"] for number in range(5)}
    tested = [{place for place in everything if s.keeps("test", *place)} for s in splits]
    assert set.union(*tested) == everything
    # Each fold is binomial (5000, 1/5) with a standard deviation of 28.
    assert sum(map(len, tested)) == 5000
    assert max(abs(len(part) - 1000) for part in tested) < 5 * 28
    for fold, split in enumerate(splits):
        assert split.leaky
        assert all(split.parts[part] == split.clips for part in PARTS)
        chosen = {place for place in everything if split.keeps("valid", *place)}
        assert chosen == tested[(fold + 1) % N_FOLDS]
    assert len({split.sha256 for split in splits}) == N_FOLDS


def test_segments_of_a_clip_do_not_go_together(gtzan: pd.DataFrame) -> None:
    split = make_split(gtzan, "segment_random")
    whole = [all(split.keeps("train", clip, s) for s in range(5)) for clip in split.clips]
    # Five segments all in train: 0.6 ** 5 = 7.8 % of the clips.
    assert 0.04 < sum(whole) / len(whole) < 0.12


@pytest.mark.gtzan
def test_clip_that_the_store_lacks(gtzan_store: Path, gtzan: pd.DataFrame) -> None:
    stored = pd.read_csv(gtzan_store / "clips.csv")["clip"]
    split, missing = make_split(gtzan, "fault_filtered").restrict(stored)
    assert missing == ("jazz.00054",)
    assert sizes(split) == [442, 197, 290]


# ---- Any manifest -------------------------------------------------------------------------------


@small
@given(manifests(), st.sampled_from(SPLITS[:4]), st.integers(0, 3))
def test_parts_share_no_clip(manifest: pd.DataFrame, name: str, seed: int) -> None:
    split = make_split(manifest, name, seed=seed)
    assert sum(sizes(split)) == len(split.clips)
    assert set(split.clips) <= set(manifest["clip"])
    assert not split.leaky
    assert split.keeps("test", split.parts["train"][0], 0)


@small
@given(manifests(), st.integers(0, N_FOLDS - 1), st.integers(0, 3))
def test_folds_keep_artists_apart(manifest: pd.DataFrame, fold: int, seed: int) -> None:
    split = make_split(manifest, "artist_cv", fold=fold, seed=seed)
    assert shared_groups(split, manifest) == {}
    assert split.clips == make_split(manifest, "fault_filtered").clips


@small
@given(manifests(), st.integers(0, 3))
def test_each_segment_is_in_one_part(manifest: pd.DataFrame, seed: int) -> None:
    split = make_split(manifest, "segment_random", seed=seed)
    for clip in split.clips:
        for segment in range(4):
            assert sum(split.keeps(part, clip, segment) for part in PARTS) == 1


@small
@given(manifests(), st.sampled_from(SPLITS), st.integers(0, 3))
def test_same_seed_same_split(manifest: pd.DataFrame, name: str, seed: int) -> None:
    split = make_split(manifest, name, seed=seed)
    assert make_split(manifest[::-1], name, seed=seed).sha256 == split.sha256


# ---- What is refused ----------------------------------------------------------------------------


def test_unknown_name_lists_the_splits(gtzan: pd.DataFrame) -> None:
    with pytest.raises(ConfigError, match=f"split is 'random' and .* {', '.join(SPLITS)}"):
        make_split(gtzan, "random")


@pytest.mark.parametrize("fold", [5, -1, "1", 1.0, True])
def test_fold_that_is_none(gtzan: pd.DataFrame, fold: int) -> None:
    with pytest.raises(ConfigError, match=r"'artist_cv' is .* a whole number from 0 to 4"):
        make_split(gtzan, "artist_cv", fold=fold)


def test_split_without_folds(gtzan: pd.DataFrame) -> None:
    with pytest.raises(ConfigError, match="'fault_filtered' is 1 and should be 0"):
        make_split(gtzan, "fault_filtered", fold=1)


@pytest.mark.parametrize("seed", [-1, "0", 0.5])
def test_seed_that_is_none(gtzan: pd.DataFrame, seed: int) -> None:
    with pytest.raises(ConfigError, match="seed of split 'track_random' is"):
        make_split(gtzan, "track_random", seed=seed)


def test_too_few_artists() -> None:
    manifest = pd.DataFrame(
        [("a", "A1"), ("b", "A1"), ("c", "A2"), ("d", "A3"), ("e", "A4")], columns=["clip", "group"]
    ).assign(genre="rock", faults="", fault_groups="")
    with pytest.raises(DataError, match="'artist_cv' has no clip in test: give .* more clips"):
        make_split(manifest, "artist_cv", fold=4)


def test_committed_folds_that_share_an_artist(gtzan: pd.DataFrame) -> None:
    changed = gtzan.set_index("clip")
    assert changed.loc["blues.00000", "artist_cv"] != "0"
    changed.loc["blues.00000", "artist_cv"] = "0"
    with pytest.raises(DataError, match=r"share artist groups \(A121\)"):
        make_split(changed.reset_index(), "artist_cv")


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        (PLAIN | {"test": ("d", "a")}, r"names a clip twice \(a\)"),
        (PLAIN | {"test": ("d", "d")}, r"names a clip twice \(d\)"),
        (PLAIN | {"valid": ()}, "has no clip in valid"),
        ({"train": ("a",), "test": ("b",)}, "has no clip in valid"),
        (PLAIN | {"validation": ("f",)}, "has a part validation: the parts are train, valid, test"),
    ],
)
def test_parts_that_are_no_split(parts: dict[str, tuple[str, ...]], says: str) -> None:
    with pytest.raises(DataError, match=f"split 'mine' {says}"):
        Split("mine", parts)


def test_split_of_another_manifest(gtzan: pd.DataFrame) -> None:
    with pytest.raises(DataError, match=r"names 5 clips that the manifest lacks \(a, b, c, d, e\)"):
        shared_groups(Split("mine", PLAIN), gtzan)


# ---- The split as an object ---------------------------------------------------------------------


def test_restrict_lists_what_is_missing() -> None:
    split, missing = Split("mine", PLAIN).restrict(["e", "a", "c", "z"])
    assert missing == ("b", "d")
    assert split.parts == {"train": ("a",), "valid": ("c",), "test": ("e",)}


def test_restrict_to_another_store() -> None:
    with pytest.raises(DataError, match="no clip in valid, test: .* the store that belongs"):
        Split("mine", PLAIN).restrict(["a"])


def test_split_cannot_be_changed_and_travels() -> None:
    split = Split("mine", PLAIN)
    with pytest.raises(dataclasses.FrozenInstanceError):
        split.name = "yours"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(split)) == split


def test_sha256_tells_parts_apart_but_not_their_order() -> None:
    split = Split("mine", PLAIN)
    assert split.sha256 == Split("yours", PLAIN | {"train": ("b", "a")}).sha256
    assert split.sha256 != Split("mine", PLAIN | {"train": ("c",), "valid": ("a", "b")}).sha256
    leaky = [Split("mine", dict.fromkeys(PARTS, ("a",)), leaky=True, seed=s) for s in (0, 1)]
    assert leaky[0].sha256 != leaky[1].sha256
