"""One-factor comparisons over folds."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from mgc.errors import RunError
from mgc.evaluate.ablation import arms_table, contrasts_table, out_of_fold, pick_runs
from mgc.evaluate.bootstrap import artist_bootstrap_runs, paired_difference
from mgc.evaluate.folds import fold_test
from mgc.evaluate.paired_seeds import detectable_difference

CLIPS = [f"c{k:02d}" for k in range(40)]
GROUPS = [f"g{k // 2}" for k in range(40)]


def fold_run(model, fold, right, seed=1):
    """Four folds of ten clips; the first `right` clips of the test part are right."""
    here = slice(10 * fold, 10 * fold + 10)
    next_ = slice(10 * ((fold + 1) % 4), 10 * ((fold + 1) % 4) + 10)
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
        config={"model": model, "fold": fold, "seed": seed, "width": 4},
        seed=seed,
        folder=f"{model}-{fold}-{seed}",
        tracks=tracks,
        history=pd.DataFrame({"seconds": [1.0 + fold, 2.0]}),
    )


@pytest.fixture
def arms():
    a, b = (7, 8, 6, 9), (6, 6, 6, 8)
    return {
        "a": [fold_run("a", fold, right) for fold, right in enumerate(a)],
        "b": [fold_run("b", fold, right) for fold, right in enumerate(b)],
    }


def test_an_arm_is_picked_in_the_order_of_seeds_and_folds(arms):
    runs = [fold_run("a", 1, 5, seed=2), *arms["b"], *reversed(arms["a"])]
    found = [(run.seed, run.config["fold"]) for run in pick_runs(runs, model="a")]
    assert found == [(1, 0), (1, 1), (1, 2), (1, 3), (2, 1)]
    with pytest.raises(RunError, match="runs of different model"):
        pick_runs(runs, width=4)
    with pytest.raises(RunError, match="none of 9 runs"):
        pick_runs(runs, model="c")


def test_every_clip_is_tested_once(arms):
    [tracks] = out_of_fold(arms["a"])
    assert sorted(tracks["clip"]) == CLIPS and set(tracks["part"]) == {"test"}
    with pytest.raises(RunError, match="a-0-1 and a-0-1 are the same seed and fold"):
        out_of_fold([*arms["a"], arms["a"][0]])
    with pytest.raises(RunError, match="different folds"):
        out_of_fold([*arms["a"], fold_run("a", 0, 3, seed=2)])


def test_arms_are_scored_over_all_folds(arms):
    row = arms_table(arms).loc["a"]
    interval = artist_bootstrap_runs(out_of_fold(arms["a"]))
    assert (row["accuracy"], row["low"], row["high"]) == (0.75, interval.low, interval.high)
    assert (row["lowest"], row["highest"], row["seconds"]) == (0.6, 0.9, 2.0)


def test_contrasts_have_both_intervals_and_what_could_be_seen(arms):
    table = contrasts_table(arms, {"a or b": ("a", "b"), "b or a": ("b", "a")})
    row = table.loc["a or b"]
    d = np.array([0.1, 0.2, 0.0, 0.1])
    folds = fold_test(d, 10, 20)  # of 40 clips 10 test and 10 choose
    assert row[["low", "high", "p"]].tolist() == pytest.approx([folds.low, folds.high, folds.p])
    artists = paired_difference(out_of_fold(arms["a"]), out_of_fold(arms["b"]))
    assert row["difference"] == artists.estimate == pytest.approx(0.1)
    assert (row["artists_low"], row["artists_high"]) == (artists.low, artists.high)
    assert row["detectable"] == pytest.approx(np.sqrt(1 + 4 / 2) * detectable_difference(d))
    assert table["difference"].sum() == 0
    assert table["p_holm"].tolist() == pytest.approx([min(1, 2 * folds.p)] * 2)


def test_seeds_of_a_fold_are_averaged_first(arms):
    twice = {
        name: runs + [fold_run(name, r.config["fold"], 5, seed=2) for r in runs]
        for name, runs in arms.items()
    }
    row = contrasts_table(twice, {"": ("a", "b")}).iloc[0]
    folds = fold_test([0.05, 0.1, 0.0, 0.05], 10, 20)
    assert row[["low", "high"]].tolist() == pytest.approx([folds.low, folds.high])
    assert row["difference"] == pytest.approx(0.05)


def test_arms_of_other_folds_are_refused(arms):
    with pytest.raises(RunError, match="a and b have other seeds or folds"):
        contrasts_table({"a": arms["a"], "b": arms["b"][1:]}, {"": ("a", "b")})
    with pytest.raises(RunError, match="no contrast"):
        contrasts_table(arms, {})
