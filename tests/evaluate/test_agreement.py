"""Rankings of the proxy and of the network that it stands for."""

import itertools

import numpy as np
import pandas as pd
import pytest

from mgc.errors import RunError
from mgc.evaluate.agreement import rank_agreement, ranks_table

METHODS = ["adam", "adamw", "nesterov", "rmsprop", "sgd_momentum"]


def test_tau_counts_the_pairs_that_stand_alike():
    a = pd.Series([5.0, 4.0, 3.0, 2.0, 1.0], METHODS)
    b = pd.Series([4.0, 5.0, 3.0, 1.0, 2.0], METHODS)
    alike = [
        np.sign((a.iloc[i] - a.iloc[j]) * (b.iloc[i] - b.iloc[j]))
        for i, j in itertools.combinations(range(5), 2)
    ]
    found = rank_agreement(a, b.sample(frac=1, random_state=0))
    assert (found.tau, found.methods) == (pytest.approx(np.mean(alike)), 5)
    assert rank_agreement(a, -a).tau == pytest.approx(-1)


def test_few_methods_can_hardly_show_that_rankings_agree():
    for n, p in ((3, 1 / 3), (5, 1 / 60)):
        a = pd.Series(range(n), METHODS[:n], dtype=float)
        assert rank_agreement(a, a).p == pytest.approx(p)


def test_other_methods_are_refused():
    a = pd.Series([1.0, 2.0], ["adam", "sgd"])
    with pytest.raises(RunError, match="adam, sgd and adam, lion cannot be ranked"):
        rank_agreement(a, a.rename({"sgd": "lion"}))
    with pytest.raises(RunError, match="cannot be ranked together"):
        rank_agreement(a[:1], a[:1])


def test_ranks_of_means_are_resampled_over_the_same_seeds():
    rng = np.random.default_rng(0)
    easy = rng.normal(0, 5, 8)  # shared, so that it cannot change an order
    scores = pd.DataFrame(
        {
            "worst": easy,
            "best": easy + 3,
            "close": easy + 1 + np.tile([1, -1], 4),
            "near": easy + 1.1 - np.tile([1, -1], 4),
        }
    )
    table = ranks_table(scores).set_index("method")
    assert table.index[0] == "best" and table.index[-1] == "worst"
    assert table.loc["best", ["rank", "low", "high"]].tolist() == [1, 1, 1]
    assert table.loc["near", ["rank", "low", "high"]].tolist() == [2, 2, 3]
    np.testing.assert_allclose(table["mean"], scores.mean()[table.index], atol=1e-11)


def test_equal_means_tie():
    scores = pd.DataFrame({"a": [0.1, 0.2, 0.3], "b": [0.3, 0.1, 0.2]})
    assert ranks_table(scores)["rank"].tolist() == [1.5, 1.5]


def test_gaps_are_refused():
    with pytest.raises(RunError, match="2 seeds of 1 methods, with 0 gaps"):
        ranks_table(pd.DataFrame({"a": [1.0, 2.0]}))
    with pytest.raises(RunError, match="with 1 gaps"):
        ranks_table(pd.DataFrame({"a": [1.0, 2.0], "b": [np.nan, 1.0]}))
