"""Ranges of learning rates, and shares of variance against least squares."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from mgc.errors import ConfigError, RunError
from mgc.evaluate.sensitivity import rate_table, rate_widths, variance_shares


@pytest.fixture
def trials():
    rates = [1e-2, 1e-4, 1e-3, 1e-1, 1.0]
    return pd.DataFrame(
        {
            "optimizer": ["sgd"] * 5 + ["adam"] * 5,
            "learning_rate": rates * 2,
            "val_loss": [1.25, 2.1, 1.6, 1.2, math.nan, 1.5, 1.21, 1.3, 1.28, 2.3],
            "val_accuracy": 0.5,
            "diverged": [False] * 4 + [True] + [False] * 4 + [True],
            "uid": "x",
        }
    )


def test_rates_are_lined_up(trials):
    table = rate_table(trials)
    assert table["optimizer"].tolist() == ["sgd"] * 5 + ["adam"] * 5
    assert table["learning_rate"].tolist() == [1e-4, 1e-3, 1e-2, 1e-1, 1.0] * 2
    np.testing.assert_allclose(table["behind"][:4], [0.9, 0.4, 0.05, 0])
    assert math.isnan(table["behind"][4]) and table["diverged"][4]
    with pytest.raises(RunError, match="ran twice with the same learning rate"):
        rate_table(trials.assign(learning_rate=0.1))


def test_a_range_is_unbroken_and_says_whether_it_may_go_on(trials):
    sgd, adam = rate_widths(rate_table(trials), 0.1).to_dict("records")
    assert (sgd["best_rate"], sgd["low"], sgd["high"]) == (1e-1, 1e-2, 1e-1)
    assert (sgd["decades"], sgd["at_end"], sgd["diverged"], sgd["rates"]) == (1, False, 1, 5)
    # 0.1 is good for adam as well, but behind 0.01, which is not.
    assert (adam["low"], adam["high"], adam["at_end"]) == (1e-4, 1e-3, True)
    alone = rate_widths(rate_table(trials), 0.0)
    assert alone["decades"].tolist() == [0, 0]
    assert rate_widths(rate_table(trials), 5.0)["decades"].tolist() == [3, 4]  # NaN is never good
    with pytest.raises(RunError, match="no rate of sgd has a finite validation loss"):
        rate_widths(rate_table(trials.assign(val_loss=math.nan)), 0.1)
    with pytest.raises(ConfigError, match=r"tolerance is -0\.1"):
        rate_widths(rate_table(trials), -0.1)


def factorial(rng, noise=0.1, replicates=1):
    rows = itertools.product(["adam", "sgd", "rmsprop"], ["default", "chosen"], range(4))
    table = pd.DataFrame(list(rows) * replicates, columns=["optimizer", "setting", "seed"])
    effect = table["optimizer"].map({"adam": 0.3, "sgd": 0.1, "rmsprop": -0.4})
    table["score"] = effect + 0.2 * (table["setting"] == "chosen") + 0.05 * table["seed"]
    return table.assign(score=table["score"] + noise * rng.normal(size=len(table)))


@pytest.mark.parametrize("replicates", [1, 3])
def test_shares_are_those_of_least_squares(replicates):
    """Residual sums of squares of nested linear models, fitted by numpy."""
    table = factorial(np.random.default_rng(0), replicates=replicates)
    factors = ["optimizer", "setting", "seed"]
    shares = variance_shares(table, "score", factors).set_index("source")
    y = table["score"].to_numpy()

    def residual(terms):
        columns = [np.ones(len(table))]
        for term in terms:
            cell = table[list(term)].astype(str).agg("|".join, axis=1)
            columns += [(cell == value).to_numpy(float) for value in cell.unique()]
        design = np.stack(columns, axis=1)
        return ((y - design @ np.linalg.lstsq(design, y)[0]) ** 2).sum()

    total = residual([])
    for name in factors:
        assert shares["share"][name] == pytest.approx(1 - residual([(name,)]) / total)
    for a, b in itertools.combinations(factors, 2):
        gained = residual([(a,), (b,)]) - residual([(a, b)])
        assert shares["share"][f"{a} × {b}"] == pytest.approx(gained / total, abs=1e-9)
    pairs = list(itertools.combinations(factors, 2))
    assert shares["share"]["rest"] == pytest.approx(residual(pairs) / total)
    assert shares["share"].sum() == pytest.approx(1)
    assert shares["df"].tolist() == [2, 1, 3, 2, 6, 3, 24 * replicates - 1 - 17]
    assert shares["by_chance"].sum() == pytest.approx(1)


def test_noise_gets_its_share_by_chance():
    rng = np.random.default_rng(1)
    table = factorial(rng)
    found = [
        variance_shares(table.assign(score=rng.normal(size=24)), "score", ["optimizer", "setting"])
        for _ in range(300)
    ]
    mean = np.mean([shares["share"] for shares in found], axis=0)
    np.testing.assert_allclose(mean, found[0]["by_chance"], atol=0.02)


def test_one_factor_is_the_correlation_ratio():
    table = pd.DataFrame({"optimizer": list("aabb"), "score": [1.0, 3.0, 5.0, 7.0]})
    shares = variance_shares(table, "score", ["optimizer"])
    assert shares["share"].tolist() == [0.8, 0.2]
    assert shares["df"].tolist() == [1, 2]


def test_unbalanced_and_unfinished_tables_are_refused():
    table = factorial(np.random.default_rng(0))
    with pytest.raises(RunError, match="6 of 6 combinations .* between 3 and 4 times"):
        variance_shares(table[1:], "score", ["optimizer", "setting"])
    with pytest.raises(RunError, match="23 of 24 combinations"):
        variance_shares(table[1:], "score", ["optimizer", "setting", "seed"])
    with pytest.raises(RunError, match="score is not finite in every run"):
        variance_shares(table.assign(score=np.nan), "score", ["optimizer"])
    with pytest.raises(RunError, match="all 24 values of score are equal"):
        variance_shares(table.assign(score=0.5), "score", ["optimizer"])
