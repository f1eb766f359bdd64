"""One-factor comparisons over folds."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from mgc.errors import RunError
from mgc.evaluate.ablation import (
    answer,
    arms_table,
    contrasts_table,
    readable_contrasts,
    split_arms,
)
from mgc.evaluate.bootstrap import artist_bootstrap_runs, paired_difference
from mgc.evaluate.folds import fold_test
from mgc.evaluate.held_out import held_out
from mgc.evaluate.paired_seeds import detectable_difference

CLIPS = [f"c{k:02d}" for k in range(50)]
GROUPS = [f"g{k // 2}" for k in range(50)]


def fold_run(model, fold, right, seed=1):
    """Five folds of ten clips; the first `right` clips of the test part are right."""
    here = slice(10 * fold, 10 * fold + 10)
    next_ = slice(10 * ((fold + 1) % 5), 10 * ((fold + 1) % 5) + 10)
    tracks = pd.DataFrame(
        {
            "clip": CLIPS[here] + CLIPS[next_],
            "part": ["test"] * 10 + ["valid"] * 10,
            "group": GROUPS[here] + GROUPS[next_],
            "true": "pop",
            "correct": [k < right for k in range(10)] * 2,
        }
    )
    tracks["predicted"] = np.where(tracks["correct"], "pop", "rock")
    return SimpleNamespace(
        config={
            "model": model,
            "split": "artist_cv",
            "split_seed": 0,
            "fold": fold,
            "seed": seed,
            "width": 4,
        },  # fmt: skip
        seed=seed,
        folder=f"{model}-{fold}-{seed}",
        tracks=tracks,
        history=pd.DataFrame({"seconds": [1.0 + fold, 2.0], "accuracy": [0.1, right / 10]}),
    )


@pytest.fixture
def arms():
    a, b = (7, 8, 6, 9, 5), (6, 6, 6, 8, 4)
    return {
        "a": [fold_run("a", fold, right) for fold, right in enumerate(a)],
        "b": [fold_run("b", fold, right) for fold, right in enumerate(b)],
    }


def test_runs_are_sorted_into_arms(arms):
    runs = [fold_run("a", 1, 5, seed=2), *arms["b"], *reversed(arms["a"])]
    found = split_arms(runs, "{model} {width}")
    assert list(found) == ["a 4", "b 4"] and found["b 4"] == arms["b"]
    order = [(run.seed, run.config["fold"]) for run in found["a 4"]]
    assert order == [(1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (2, 1)]
    with pytest.raises(RunError, match="'width 4' names runs of different model: put more fields"):
        split_arms(runs, "width {width}")


def test_every_clip_is_tested_once(arms):
    [tracks] = held_out(arms["a"])
    assert sorted(tracks["clip"]) == CLIPS and set(tracks["part"]) == {"test"}


def test_arms_are_scored_over_all_folds(arms):
    row = arms_table(arms).loc["a"]
    interval = artist_bootstrap_runs(held_out(arms["a"]))
    assert (row["accuracy"], row["low"], row["high"]) == (0.7, interval.low, interval.high)
    assert (row["lowest"], row["highest"], row["seconds"]) == (0.5, 0.9, 2.0)
    assert row["learnt"] == pytest.approx(0.7)


def test_contrasts_have_both_intervals_and_what_could_be_seen(arms):
    table = contrasts_table(arms, {"a or b": ("a", "b"), "b or a": ("b", "a")})
    row = table.loc["a or b"]
    d = np.array([0.1, 0.2, 0.0, 0.1, 0.1])
    folds = fold_test(d, 10, 30)  # of 50 clips 10 test and 10 choose
    assert row[["low", "high", "p"]].tolist() == pytest.approx([folds.low, folds.high, folds.p])
    artists = paired_difference(held_out(arms["a"]), held_out(arms["b"]))
    assert row["difference"] == artists.estimate == pytest.approx(0.1)
    assert (row["artists_low"], row["artists_high"]) == (artists.low, artists.high)
    assert row["detectable"] == pytest.approx(np.sqrt(1 + 5 / 3) * detectable_difference(d))
    assert table["difference"].sum() == 0
    assert table["p_holm"].tolist() == pytest.approx([min(1, 2 * folds.p)] * 2)


def test_seeds_of_a_fold_are_averaged_first(arms):
    twice = {
        name: runs + [fold_run(name, r.config["fold"], 5, seed=2) for r in runs]
        for name, runs in arms.items()
    }
    row = contrasts_table(twice, {"": ("a", "b")}).iloc[0]
    folds = fold_test([0.05, 0.1, 0.0, 0.05, 0.05], 10, 30)
    assert row[["low", "high"]].tolist() == pytest.approx([folds.low, folds.high])
    assert row["difference"] == pytest.approx(0.05)


def test_arms_of_other_folds_are_refused(arms):
    with pytest.raises(RunError, match="a and b have other seeds"):
        contrasts_table(
            {"a": arms["a"], "b": [fold_run("b", k, 5, seed=2) for k in range(5)]}, {"": ("a", "b")}
        )
    with pytest.raises(RunError, match="folds 1, 2, 3, 4, but each of 0, 1, 2, 3, 4"):
        contrasts_table({"a": arms["a"], "b": arms["b"][1:]}, {"": ("a", "b")})
    with pytest.raises(RunError, match="no contrast"):
        contrasts_table(arms, {})


def test_the_order_of_runs_does_not_matter(arms):
    turned = {"a": arms["a"][::-1], "b": arms["b"]}
    tables = [contrasts_table(which, {"": ("a", "b")}) for which in (arms, turned)]
    pd.testing.assert_frame_equal(*tables)


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((0.001, 0.2), "first ahead"),
        ((-0.2, -0.001), "second ahead"),
        ((-0.029, 0.029), "equal"),
        ((-0.031, 0.0), "open"),
        ((0.0, 0.03), "open"),
    ],
)
def test_no_difference_shown_is_not_equality_shown(ends, said):
    assert answer(*ends, 0.03) == said


def test_contrasts_are_written_in_points(arms):
    table = contrasts_table(arms, {"a or b": ("a", "b")})
    row = readable_contrasts(table, 0.03).loc["a or b"]
    assert row["first minus second"] == "a − b" and row["difference"] == "+10.0"
    assert float(row["could be seen"]) == pytest.approx(100 * table["detectable"].item(), abs=0.05)
    assert row["answer"] == "open"
    ends = {"low": 0.01, "high": 0.02, "artists_low": 0.02, "artists_high": 0.05}
    assert readable_contrasts(table.assign(**ends), 0.03)["answer"].item() == "first ahead"
    ends["artists_low"] = -0.01  # both intervals have to say so
    assert readable_contrasts(table.assign(**ends), 0.03)["answer"].item() == "open"
