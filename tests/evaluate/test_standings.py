"""Arms of the whole study: scores over folds and seeds, pairs with their power."""

import numpy as np
import pandas as pd
import pytest

from mgc.errors import RunError
from mgc.evaluate.bootstrap import artist_bootstrap_runs, crossed_difference
from mgc.evaluate.paired_clips import compare_clips
from mgc.evaluate.runs import load_run
from mgc.evaluate.standings import (
    compare_standings,
    readable_differences,
    readable_standings,
    standings,
)


@pytest.fixture
def arms(make_run):
    named = {"a": (0, 1, 2), "b": (3, 4, 5), "c": (6,)}
    return {
        name: [load_run(make_run(f"{name}{seed}", seed=seed)) for seed in seeds]
        for name, seeds in named.items()
    }


def of_test(runs):
    return [run.tracks.query("part == 'test'") for run in runs]


def test_each_arm_is_scored_as_the_bootstrap_does(arms):
    table = standings(arms)
    tracks = of_test(arms["a"])
    over_artists = artist_bootstrap_runs(tracks)
    assert tuple(table.loc["a", ["accuracy", "low", "high"]]) == (
        over_artists.estimate,
        over_artists.low,
        over_artists.high,
    )
    assert table.loc["a", "accuracy_by_seed"] == tuple(t["correct"].mean() for t in tracks)
    assert table["seeds"].tolist() == [3, 3, 1] and table["clips"].tolist() == [36] * 3
    assert np.isnan(table.loc["c", "both_low"]) and table.loc["a", "both_low"] > 0
    # Against one that is never right, the difference is the accuracy.
    assert table.loc["a", "both_low"] <= table.loc["a", "accuracy"] <= table.loc["a", "both_high"]
    assert readable_standings(table).loc["c", "single seeds"] == ""


def test_folds_are_put_together_for_each_seed(make_run):
    runs = []
    for seed in (0, 1):
        for fold in range(5):
            run = load_run(make_run(f"{seed}{fold}", seed=seed, fold=fold, split="artist_cv"))
            tracks = run.tracks.assign(clip=run.tracks["clip"] + f"-{fold}")
            run.__dict__["tracks"] = tracks  # other clips in each fold, as a split has them
            runs.append(run)
    table = standings({"x": runs})
    row = table.loc["x"]
    assert (row["seeds"], row["folds"], row["clips"]) == (2, 5, 180)
    first = [run.tracks.query("part == 'test'")["correct"].mean() for run in runs[:5]]
    assert row["accuracy_by_seed"][0] == pytest.approx(np.mean(first))
    with pytest.raises(RunError, match="folds 0, 1, 2, but each of"):
        standings({"x": runs[:3]})


def test_pairs_have_what_clips_tell_and_what_seeds_add(arms):
    pairs = compare_standings(arms)
    frames = {name: of_test(runs) for name, runs in arms.items()}
    plain = compare_clips(frames)
    pd.testing.assert_frame_equal(pairs[plain.columns], plain)
    crossed = crossed_difference(frames["a"], frames["b"])
    assert tuple(pairs.loc[0, ["both_low", "both_high"]]) == (crossed.low, crossed.high)
    assert pairs.loc[1:, "both_low"].isna().all()  # three seeds and one
    width = max(crossed.high - crossed.low, pairs.loc[0, "high"] - pairs.loc[0, "low"])
    assert pairs.loc[0, "detectable_artists"] == pytest.approx(width * 2.801585 / 3.919928)


def test_the_order_of_the_runs_does_not_pair_other_seeds(arms):
    mixed = {name: runs[::-1] if name == "a" else runs for name, runs in arms.items()}
    pd.testing.assert_frame_equal(compare_standings(mixed), compare_standings(arms))
    assert (
        standings(mixed).loc["a", "accuracy_by_seed"]
        == (standings(arms).loc["a", "accuracy_by_seed"])
    )


@pytest.mark.parametrize(
    ("p", "both", "verdict"),
    [
        (0.2, (0.01, 0.02), "not told apart"),
        (0.01, (0.01, 0.02), "differ"),
        (0.01, (-0.02, -0.01), "differ"),
        (0.01, (-0.01, 0.02), "these runs differ"),
        (0.01, (np.nan, np.nan), "these runs differ"),
    ],
)
def test_a_verdict_about_the_method_needs_its_seeds(p, both, verdict):
    row = {"first": "a", "second": "b", "difference": 0.01, "low": 0.0, "high": 0.1, "p_holm": p}
    row |= {"both_low": both[0], "both_high": both[1], "detectable_artists": 0.05}
    assert readable_differences(pd.DataFrame([row])).iloc[0]["verdict"] == verdict
