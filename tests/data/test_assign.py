from collections import Counter, defaultdict

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedGroupKFold

from mgc.data.assign import SHARES, artist_folds, draw, fault_filtered_labels, random_folds
from mgc.data.manifest import N_FOLDS, PARTS, load_manifest

#: Enough to find each planted mistake; no deadline, as machines are shared.
small = settings(max_examples=30, deadline=None)


@pytest.fixture(scope="module")
def gtzan() -> pd.DataFrame:
    return load_manifest("gtzan")


@st.composite
def manifests(draw: st.DrawFn) -> pd.DataFrame:
    """Small corpora: groups of 1 to 6 clips, some over two genres, some clips repeated."""
    rows = []
    for group in range(draw(st.integers(8, 25))):
        genres = draw(st.lists(st.sampled_from(["blues", "pop", "rock"]), min_size=1, max_size=6))
        for genre in genres:
            repeats = draw(st.sampled_from(["", "", "", "F1", "F2"]))
            rows.append((genre, f"A{group}", "exact_repetition" if repeats else "", repeats))
    names = draw(st.permutations([f"clip{number:03}" for number in range(len(rows))]))
    table = pd.DataFrame(rows, columns=["genre", "group", "faults", "fault_groups"])
    return table.assign(clip=names)


def imbalance(labels: np.ndarray, genres: np.ndarray) -> float:
    """Mean over genres of the standard deviation of their shares in the folds."""
    counts = pd.crosstab(labels, genres)
    return float((counts / counts.sum()).std(ddof=0).mean())


def test_draws_are_uniform_and_tied_to_their_key() -> None:
    draws = [draw(0, "x", number) for number in range(4000)]
    assert draws == [draw(0, "x", number) for number in range(4000)]
    counts = np.histogram(draws, bins=10, range=(0, 1))[0]
    # Each bin is binomial (4000, 0.1): 400 with standard deviation 19.
    assert counts.sum() == 4000
    assert np.abs(counts - 400).max() < 5 * 19
    assert len({draw(seed, "x", 1) for seed in range(100)}) == 100


@small
@given(manifests(), st.integers(0, 5))
def test_folds_cover_kept_clips_and_split_no_group(manifest: pd.DataFrame, seed: int) -> None:
    kept = set(manifest["clip"][manifest["faults"] == ""])
    folds = artist_folds(manifest, kept, seed)
    assert set(folds) == set(manifest["clip"])
    assert {clip for clip, fold in folds.items() if fold} == kept
    of_group = defaultdict(set)
    for clip, group in zip(manifest["clip"], manifest["group"], strict=True):
        of_group[group] |= {folds[clip]} - {""}
    assert all(len(found) <= 1 for found in of_group.values())
    assert len(set(folds.values()) - {""}) == min(N_FOLDS, sum(map(bool, of_group.values())))


@small
@given(manifests(), st.integers(0, 5))
def test_folds_do_not_depend_on_the_order_of_the_rows(manifest: pd.DataFrame, seed: int) -> None:
    turned = manifest.sample(frac=1, random_state=seed)
    clips = set(manifest["clip"])
    assert artist_folds(turned, clips, seed) == artist_folds(manifest, clips, seed)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_folds_of_gtzan_are_as_balanced_as_those_of_sklearn(gtzan: pd.DataFrame, seed: int) -> None:
    kept = gtzan[gtzan["fault_filtered"] != "removed"]
    ours = kept["clip"].map(artist_folds(gtzan, kept["clip"], seed)).to_numpy()
    theirs = np.empty(len(kept), dtype=int)
    folds = StratifiedGroupKFold(N_FOLDS, shuffle=True, random_state=seed)
    for fold, (_, test) in enumerate(folds.split(kept, kept["genre"], kept["group"])):
        theirs[test] = fold
    genres = kept["genre"].to_numpy()
    assert imbalance(ours, genres) <= imbalance(theirs, genres) + 1e-12
    sizes = np.bincount(ours.astype(int))
    assert sizes.sum() == 930
    assert 175 <= sizes.min() <= sizes.max() <= 205


def test_seed_changes_the_folds(gtzan: pd.DataFrame) -> None:
    kept = gtzan["clip"][gtzan["fault_filtered"] != "removed"]
    assert artist_folds(gtzan, kept, 0) != artist_folds(gtzan, kept, 1)


@small
@given(manifests())
def test_fault_filtered_keeps_one_of_each_repetition(manifest: pd.DataFrame) -> None:
    labels = fault_filtered_labels(manifest)
    assert set(labels) == set(manifest["clip"])
    repeated = manifest[manifest["faults"] != ""].groupby("fault_groups")["clip"]
    expected = {clip for _, clips in repeated for clip in sorted(clips)[1:]}
    assert {clip for clip, label in labels.items() if label == "removed"} == expected


@small
@given(manifests())
def test_fault_filtered_splits_no_group(manifest: pd.DataFrame) -> None:
    labels = fault_filtered_labels(manifest)
    kept = manifest.assign(part=manifest["clip"].map(labels)).query("part != 'removed'")
    assert (kept.groupby("group")["part"].nunique() == 1).all()


def test_fault_filtered_meets_its_shares_where_groups_are_small(gtzan: pd.DataFrame) -> None:
    single = gtzan.assign(group=gtzan["clip"])
    counts = pd.crosstab(single["genre"], single["clip"].map(fault_filtered_labels(single)))
    kept = counts[list(PARTS)]
    assert np.abs(kept - np.outer(kept.sum(axis=1), SHARES)).to_numpy().max() <= 1
    assert counts["removed"].sum() == 50


def test_other_faults_remove_nothing() -> None:
    rows = [(f"c{i}", "pop", f"A{i}", "distortion;mislabel", "F1;F2") for i in range(9)]
    columns = ["clip", "genre", "group", "faults", "fault_groups"]
    assert "removed" not in fault_filtered_labels(pd.DataFrame(rows, columns=columns)).values()


@small
@given(manifests(), st.integers(0, 5))
def test_random_folds_deal_each_genre_evenly(manifest: pd.DataFrame, seed: int) -> None:
    kept = set(manifest["clip"][manifest["faults"] == ""])
    folds = random_folds(manifest, kept, seed)
    assert folds == {clip: random_folds(manifest[::-1], kept, seed)[clip] for clip in folds}
    assert {clip for clip, fold in folds.items() if fold} == kept
    chosen = manifest[manifest["clip"].isin(kept)]
    counts = pd.crosstab(chosen["genre"], chosen["clip"].map(folds))
    counts = counts.reindex(columns=[str(fold) for fold in range(N_FOLDS)], fill_value=0)
    assert (counts.max(axis=1) - counts.min(axis=1)).max() <= 1
    assert np.ptp(counts.sum(axis=0)) <= 1


def test_random_folds_choose_every_clip_alike() -> None:
    manifest = pd.DataFrame({"clip": [f"c{i}" for i in range(20)], "genre": "rock"})
    tested: Counter[str] = Counter()
    for seed in range(800):
        folds = random_folds(manifest, manifest["clip"], seed)
        tested.update(clip for clip, fold in folds.items() if fold == "2")
    # Each is binomial (800, 1/5): 160 with standard deviation 11.3.
    assert len(tested) == 20
    assert max(abs(count - 160) for count in tested.values()) < 5 * 11.3
