import numpy as np
import pandas as pd
import pytest

from mgc.errors import RunError
from mgc.evaluate.bootstrap import crossed_difference, paired_difference
from mgc.evaluate.comparison import (
    compare_arms,
    compare_optimizers,
    compared_runs,
    seed_scores,
)
from mgc.evaluate.paired_seeds import compare_seeds
from mgc.evaluate.runs import load_run


class FakeRun:
    """Just what a comparison reads of a run."""

    def __init__(self, optimizer, right, model="simple_cnn", seed=0):
        self.config = {"optimizer": optimizer, "model": model, "seed": seed}
        clips = [f"c{k}" for k in range(8)]
        self.tracks = pd.DataFrame(
            {
                "clip": clips * 2,
                "part": ["test"] * 8 + ["valid"] * 8,
                "group": list("aabbccdd") * 2,
                "true": "pop",
                "predicted": ["pop" if k < right else "rock" for k in range(8)] * 2,
                "correct": [k < right for k in range(8)] * 2,
            }
        )


def test_every_pair_once_in_points():
    runs = [FakeRun("adam", 6), FakeRun("rmsprop", 4), FakeRun("adam", 8), FakeRun("sgd", 7)]
    table = compare_optimizers(runs)
    pairs = list(zip(table["first"], table["second"], strict=True))
    assert pairs == [("adam", "rmsprop"), ("adam", "sgd"), ("rmsprop", "sgd")]
    assert table["difference"].tolist() == pytest.approx([37.5, 0.0, -37.5])
    test = [run.tracks[run.tracks["part"] == "test"] for run in runs]
    direct = paired_difference([test[0], test[2]], [test[1]])
    assert table.loc[0, ["low", "high"]].tolist() == [100 * direct.low, 100 * direct.high]


@pytest.mark.parametrize(
    "runs", [[], [FakeRun("adam", 1)], [FakeRun("adam", 1), FakeRun("sgd", 1, model="other")]]
)
def test_refusals(runs):
    with pytest.raises(RunError, match="one model with two optimizers"):
        compare_optimizers(runs)


@pytest.fixture
def arms():
    """Named by what they are; of unequal order, and two test clips apart on average."""
    return {
        "chosen": [FakeRun("adam", right, seed=seed) for seed, right in ((3, 7), (1, 8), (2, 6))],
        "default": [FakeRun("adam", right, seed=seed) for seed, right in ((1, 5), (2, 4), (3, 6))],
    }


def test_arms_are_paired_by_seed_and_resampled_in_three_ways(arms):
    row = compare_arms(arms).iloc[0]
    assert (row["first"], row["second"], row["seeds"]) == ("chosen", "default", 3)
    assert row["difference"] == pytest.approx(np.mean([3, 2, 1]) / 8)
    tracks = {
        name: [
            run.tracks[run.tracks["part"] == "test"]
            for run in sorted(runs, key=lambda r: r.config["seed"])
        ]
        for name, runs in arms.items()
    }
    artists = paired_difference(tracks["chosen"], tracks["default"])
    both = crossed_difference(tracks["chosen"], tracks["default"])
    assert (row["artists_low"], row["artists_high"]) == (artists.low, artists.high)
    assert (row["both_low"], row["both_high"]) == (both.low, both.high)
    scores = pd.DataFrame({"chosen": [1, 0.75, 0.875], "default": [0.625, 0.5, 0.75]})
    pd.testing.assert_series_equal(
        row[compare_seeds(scores).columns], compare_seeds(scores).iloc[0], check_names=False
    )


def test_unpaired_arms_are_refused(arms):
    with pytest.raises(RunError, match="default: a seed is missing or there twice"):
        compare_arms(arms | {"default": arms["default"][:2]})
    with pytest.raises(RunError, match="chosen: a seed is missing or there twice"):
        compare_arms(arms | {"chosen": [*arms["chosen"], FakeRun("adam", 2, seed=1)]})
    with pytest.raises(RunError, match="needs two methods, but got chosen"):
        compare_arms({"chosen": arms["chosen"]})


def test_blind_runs_have_no_accuracy_and_others_that_of_their_tracks(make_run):
    seen = load_run(make_run("seen", seed=1))
    blind = load_run(make_run("blind", seed=2, blind=True))
    table = compared_runs({"default": [seen], "trial": [blind]})
    assert table["setting"].tolist() == ["default", "trial"]
    expected = seen.metrics["test"]["track"]["accuracy"]
    assert table["accuracy"][0] == pytest.approx(expected, abs=1e-6)
    assert np.isnan(table["accuracy"][1])
    assert {"uid", "optimizer", "schedule", "best_epoch", "diverged"} <= set(table.columns)


def test_scores_are_seeds_by_arms():
    table = pd.DataFrame(
        {
            "optimizer": ["sgd", "sgd", "adam", "adam"],
            "setting": ["chosen", "default"] * 2,
            "seed": 4,
            "accuracy": [0.1, 0.2, 0.3, 0.4],
        }
    )
    scores = seed_scores(table, ["optimizer", "setting"])
    assert scores.loc[4].to_dict() == {
        "sgd, chosen": 0.1,
        "sgd, default": 0.2,
        "adam, chosen": 0.3,
        "adam, default": 0.4,
    }
    assert list(scores) == list(scores.loc[4].to_dict())
