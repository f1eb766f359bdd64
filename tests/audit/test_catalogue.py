"""What was found is counted against what is known, and the two are kept apart."""

import math

import numpy as np
import pandas as pd
import pytest

from mgc import paths
from mgc.audit.catalogue import catalogued_pairs, compare
from mgc.audit.duplicates import PAIR_COLUMNS, REPETITIONS, Duplicates, find_duplicates
from mgc.audit.report import audit, write_tables
from mgc.data.datasets import open_dataset
from mgc.data.frontend import FrontEnd
from mgc.data.manifest import load_manifest
from mgc.data.store import FeatureStore, StoreWriter

COMMITTED = paths.PROJECT / "data" / "audit"


def manifest(**faults):
    rows = [(c, *(f.split("@") if f else ("", ""))) for c, f in faults.items()]
    return pd.DataFrame(rows, columns=["clip", "faults", "fault_groups"])


def test_pairs_of_a_group_are_all_its_pairs_and_the_plainest_kind_wins():
    exact, both = "exact_repetition@E1", "exact_repetition;recording_repetition@E1;R1"
    table = catalogued_pairs(
        manifest(c=both, a=both, b=exact, d="recording_repetition@R1", e="distortion@D1", f="")
    )
    kinds = table.set_index(["first", "second"])["in_catalogue"].to_dict()
    assert kinds == {
        ("a", "b"): "exact_repetition",
        ("a", "c"): "exact_repetition",
        ("a", "d"): "recording_repetition",
        ("b", "c"): "exact_repetition",
        ("c", "d"): "recording_repetition",
    }


def test_no_faults_give_no_pairs():
    assert catalogued_pairs(manifest(a="", b="")).empty


def test_misses_and_further_pairs_are_told():
    data = open_dataset("synthetic")
    clips = data.store.clips["clip"].tolist()
    known = data.manifest.assign(faults="", fault_groups="").set_index("clip")
    known.loc["gone.clip"] = ""
    known.loc[clips[:2], ["faults", "fault_groups"]] = ["exact_repetition", "E1"]
    known.loc[[clips[2], "gone.clip"], ["faults", "fault_groups"]] = ["exact_repetition", "E2"]
    result = compare(find_duplicates(data.store), data.store, known.reset_index())
    [claim] = result.pairs[result.pairs["kind"].isin(REPETITIONS)].to_dict("records")
    assert claim["in_catalogue"] == ""
    assert result.precision == 0
    assert result.scores.loc["exact_repetition"].to_dict() == {"pairs": 1, "found": 0, "recall": 0}
    [miss] = result.misses.to_dict("records")
    assert (miss["first"], miss["second"]) == tuple(clips[:2])
    assert miss["group"] == "E1"
    assert miss["similarity"] < 0.66


def test_the_order_of_the_clips_in_the_store_does_not_matter(tmp_path):
    y = np.random.default_rng(0).normal(0, 0.1, 6 * 22050).astype(np.float32)
    front_end = FrontEnd.for_seconds(6.0)
    # Folders come in this order, names in the other: "-" is before ".".
    with StoreWriter(tmp_path / "store", front_end, 2) as writer:
        for clip in ("rock.a", "rock-pop.a"):
            writer.append(clip, clip.split(".")[0], front_end.compute(y))
    store = FeatureStore.open(tmp_path / "store")
    known = manifest(**{"rock.a": "exact_repetition@E1", "rock-pop.a": "exact_repetition@E1"})
    result = compare(find_duplicates(store), store, known)
    assert result.pairs["in_catalogue"].tolist() == ["exact_repetition"]
    assert result.precision == result.scores.loc["exact_repetition", "recall"] == 1
    assert result.misses.empty


def test_nothing_found_is_no_precision():
    data = open_dataset("synthetic")
    nothing = Duplicates(pd.DataFrame(columns=list(PAIR_COLUMNS)), pd.DataFrame())
    result = compare(nothing, data.store, data.manifest)
    assert math.isnan(result.precision)
    assert result.scores["found"].sum() == 0
    assert len(result.misses) == 1
    assert result.misses["similarity"].iloc[0] == pytest.approx(1)


@pytest.mark.gtzan
def test_the_committed_tables_are_what_the_store_gives(gtzan_store, tmp_path):
    store, known = FeatureStore.open(gtzan_store), load_manifest("gtzan")
    write_tables(audit(store, known).tables, tmp_path)
    for name in ("duplicates", "misses", "curves", "levels", "labels"):
        ours, theirs = (pd.read_csv(folder / f"{name}.csv") for folder in (COMMITTED, tmp_path))
        pd.testing.assert_frame_equal(ours, theirs, atol=2e-3, rtol=1e-3, obj=name)


@pytest.mark.gtzan
def test_most_exact_repetitions_of_the_catalogue_are_found(gtzan_store):
    store = FeatureStore.open(gtzan_store)
    result = compare(find_duplicates(store), store, load_manifest("gtzan"))
    assert result.scores.loc["exact_repetition", "pairs"] == 54
    assert result.scores.loc["exact_repetition", "recall"] >= 0.95
    assert result.precision >= 0.95
    twins = result.pairs.query("kind == 'identical'")[["first", "second"]].values.tolist()
    assert len(twins) == 14
    assert ["metal.00058", "rock.00016"] in twins
