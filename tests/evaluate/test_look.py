"""Arms side by side: the numbers of the bootstrap, under their names."""

import numpy as np
import pandas as pd
import pytest

from mgc.errors import DataError, RunError
from mgc.evaluate.bootstrap import artist_bootstrap_runs, paired_difference
from mgc.evaluate.look import readable_scores, score_arms


def tracks(seed, chance):
    right = np.random.default_rng(seed).random(40) < chance
    true = np.where(np.arange(40) < 30, "pop", "rock")
    facts = {"clip": [f"c{k:02}" for k in range(40)], "part": "test"}
    facts |= {"group": [f"A{k // 4}" for k in range(40)], "true": true}
    return pd.DataFrame(facts | {"predicted": np.where(right, true, "jazz"), "correct": right})


def test_rows_are_those_of_the_bootstrap():
    arms = {"plain": [tracks(0, 0.5)], "better": [tracks(k, 0.8) for k in (1, 2)]}
    row = score_arms(arms).loc["better"]
    score = artist_bootstrap_runs(arms["better"])
    gain = paired_difference(arms["better"], arms["plain"])
    assert row[["accuracy", "low", "high"]].tolist() == [score.estimate, score.low, score.high]
    assert row["difference_low"] == gain.low and row["difference"] == gain.estimate
    assert row["accuracy_by_seed"] == tuple(t["correct"].mean() for t in arms["better"])
    by_genre = [t.groupby("true")["correct"].mean().mean() for t in arms["better"]]
    assert row["macro_recall"] == pytest.approx(np.mean(by_genre))
    text = readable_scores(score_arms(arms, "better"))
    assert text.loc["better", "difference, points"] == "+0.0 (+0.0 to +0.0)"
    assert text.loc["plain", "single seeds, %"] == f"{100 * arms['plain'][0]['correct'].mean():.1f}"
    assert "single seeds, %" not in readable_scores(score_arms({"plain": arms["plain"]}))


def test_other_clips_and_unknown_references_are_refused():
    with pytest.raises(DataError, match="not scored on the same clips"):
        score_arms({"a": [tracks(0, 0.5)], "b": [tracks(0, 0.5)[:20]]})
    with pytest.raises(RunError, match="'c', but the arms are a"):
        score_arms({"a": [tracks(0, 0.5)]}, "c")
