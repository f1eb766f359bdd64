"""The log of ideas: folds that join to whole seeds, pairs that pair, and a choice that flatters."""

import numpy as np
import pandas as pd
import pytest

from mgc.errors import ConfigError, DataError, RunError
from mgc.evaluate.bootstrap import paired_difference
from mgc.evaluate.held_out import held_out
from mgc.evaluate.ideas import expected_maximum, ideas_table, selection_bias


class FakeRun:
    """Just what the log reads of a run: each fold tests ten clips of five artists."""

    def __init__(self, fold, chance=1.0, seed=0, split="inner_cv", draw=0):
        self.config = {"split": split, "split_seed": 0, "fold": fold, "model": "svm"}
        self.seed = seed
        self.environment = {"seconds_total": 6.0, "git_commit": "0123456789abcdef"}
        right = np.random.default_rng([draw, fold, seed]).random(10) < chance
        self.tracks = pd.DataFrame(
            {
                "clip": [f"c{fold}{k}" for k in range(10)],
                "part": "test",
                "group": [f"A{fold}{k // 2}" for k in range(10)],
                "true": "pop",
                "predicted": np.where(right, "pop", "rock"),
                "correct": right,
            }
        )
        self.tracks = pd.concat([self.tracks, self.tracks.assign(part="valid", correct=False)])


def idea(chance, seeds=(0,), draw=0):
    return [FakeRun(fold, chance, seed, draw=draw) for seed in seeds for fold in range(5)]


def test_every_idea_is_paired_with_the_reference():
    ideas = {"plain": idea(0.5), "better": idea(0.9), "two seeds": idea(0.5, seeds=(0, 1))}
    table = ideas_table(ideas)
    assert table.index.tolist() == list(ideas)
    assert (
        table.loc["plain", ["difference", "difference_low", "difference_high"]].tolist() == [0] * 3
    )
    plain, better = held_out(ideas["plain"]), held_out(ideas["better"])
    assert table.loc["better", "accuracy"] == better[0]["correct"].mean()
    expected = paired_difference(better, plain)
    row = table.loc["better"]
    assert (row["difference"], row["difference_low"]) == (expected.estimate, expected.low)
    assert row["low"] <= row["accuracy"] <= row["high"]
    by_fold = [f["correct"].groupby(f["fold"]).mean() for f in (better[0], plain[0])]
    assert row["folds_ahead"] == (by_fold[0] > by_fold[1]).sum()
    assert (row["minutes"], row["commit"], row["seeds"]) == (0.5, "0123456", 1)
    assert table.loc["two seeds", ["seeds", "minutes"]].tolist() == [2, 1.0]
    turned = ideas_table(ideas, "better")
    assert turned.loc["plain", "difference"] == pytest.approx(-row["difference"])


def test_an_unknown_reference_is_refused():
    with pytest.raises(RunError, match="'best', but the arms are plain"):
        ideas_table({"plain": idea(0.5)}, "best")


def test_choosing_among_equals_flatters_and_choosing_the_clearly_best_does_not():
    equals = {f"idea {k}": idea(0.6, draw=k) for k in range(20)}
    clear = {"best": idea(1.0), **{f"idea {k}": idea(0.2, draw=k) for k in range(19)}}
    assert selection_bias(equals) > 0.03
    assert abs(selection_bias(clear)) < 0.01
    twins = {"one": idea(0.6), "the same": idea(0.6)}
    assert selection_bias(twins) == pytest.approx(0.0)
    others = idea(0.6)
    others[0].tracks = others[0].tracks.assign(group="B")  # one artist more: rows of another length
    with pytest.raises(DataError, match="other was not scored on the same clips as one"):
        selection_bias({"one": idea(0.6), "other": others})
    with pytest.raises(RunError, match="two ideas, but got 1"):
        selection_bias({"one": idea(0.6)})


def test_the_expected_maximum_is_that_of_a_simulation_and_below_its_bound():
    errors = np.random.default_rng(0).normal(size=(20_000, 16))
    assert expected_maximum(16) == pytest.approx(errors.max(axis=1).mean(), abs=0.02)
    shared = np.random.default_rng(1).normal(size=(20_000, 1))
    mixed = np.sqrt(0.6) * shared + np.sqrt(0.4) * errors
    assert expected_maximum(16, 0.6) == pytest.approx(mixed.max(axis=1).mean(), abs=0.02)
    assert expected_maximum(2) == pytest.approx(1 / np.sqrt(np.pi))
    for k in (2, 10, 1000):
        assert 0 < expected_maximum(k) < np.sqrt(2 * np.log(k))
    for k, correlation in ((0, 0.0), (3, 1.5), (3, -0.1)):
        with pytest.raises(ConfigError, match="at least 1 score and 0 to 1"):
            expected_maximum(k, correlation)
