"""The best of k trials against counting every choice, and numbers at the ends of their spaces."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mgc.errors import ConfigError, RunError
from mgc.evaluate.budgets import best_of_k, best_of_k_table, edges_table
from mgc.optim.spaces import SPACES, Axis, draw_settings


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 5), min_size=1, max_size=7))
def test_the_curve_is_the_mean_over_all_choices(scores):
    expected = best_of_k(scores, n_resamples=10)["expected"]
    for k in range(1, len(scores) + 1):
        by_hand = np.mean([min(choice) for choice in itertools.combinations(scores, k)])
        assert expected[k - 1] == pytest.approx(by_hand)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 5), min_size=2, max_size=16), st.randoms())
def test_the_curve_falls_from_the_mean_to_the_least_in_any_order(scores, random):
    curve = best_of_k(scores, n_resamples=10)
    assert curve["expected"].iloc[0] == pytest.approx(np.mean(scores))
    assert curve["expected"].iloc[-1] == pytest.approx(min(scores))
    assert (curve["expected"].diff().dropna() <= 1e-12).all()
    assert (curve["low"] <= curve["high"]).all() and (curve["low"] >= min(scores) - 1e-12).all()
    shuffled = random.sample(scores, len(scores))
    np.testing.assert_allclose(best_of_k(shuffled, n_resamples=10)["expected"], curve["expected"])


def test_the_curve_has_no_bias_and_the_band_covers_where_it_can():
    """Uniform scores: the least of k has the mean 1 / (k + 1)."""
    rng = np.random.default_rng(0)
    curves = [best_of_k(rng.random(12), n_resamples=300, seed=s) for s in range(200)]
    k = np.arange(1, 13)
    truth = 1 / (k + 1)
    expected = np.array([curve["expected"] for curve in curves])
    error = expected.std(axis=0) / np.sqrt(len(curves))
    assert (np.abs(expected.mean(axis=0) - truth) < 4 * error).all()
    covered = np.mean([(c["low"] <= truth) & (truth <= c["high"]) for c in curves], axis=0)
    assert covered[:4].min() > 0.85
    assert covered[-1] < 0.9  # as the docstring says


def test_a_diverged_trial_counts_as_a_guess():
    guess = math.log(10)
    scores = [1.5, math.nan, math.inf, 7.0, 1.2]
    curve = best_of_k(scores, worst=guess)
    np.testing.assert_allclose(
        curve["expected"], best_of_k([1.5, guess, guess, guess, 1.2])["expected"]
    )
    with pytest.raises(RunError, match="3 of 5 scores are finite"):
        best_of_k(scores)
    with pytest.raises(RunError, match="0 of 0 scores"):
        best_of_k([])
    with pytest.raises(ConfigError, match="level 1"):
        best_of_k([1.0], level=1)


def test_one_curve_for_each_optimizer():
    trials = pd.DataFrame({"optimizer": ["sgd", "adam", "sgd"], "val_loss": [2.0, 9.0, 1.0]})
    table = best_of_k_table(trials, worst=3.0)
    assert table[["optimizer", "trials", "expected"]].values.tolist() == [
        ["sgd", 1, 1.5],
        ["sgd", 2, 1.0],
        ["adam", 1, 3.0],
    ]


def test_edges_are_named_by_the_number_not_by_one_minus_it():
    spaces = {"adam": {"learning_rate": Axis(1e-4, 1e-1), "beta_1": Axis(0.02, 0.5, True)}}
    rows = pd.DataFrame(
        {"optimizer": "adam", "learning_rate": [1.1e-4, 0.09, 3e-3], "beta_1": [0.978, 0.51, 0.9]}
    )
    table = edges_table(rows, spaces=spaces)
    assert table["edge"].tolist() == ["low", "high", "high", "low", "", ""]
    place = table.set_index(["field", "value"])["place"]
    assert place["learning_rate", 3e-3] == pytest.approx(math.log10(30) / 3)
    assert place["beta_1", 0.9] == pytest.approx(1 - math.log(5) / math.log(25))
    outside = pd.DataFrame({"optimizer": ["adam"], "learning_rate": [1.0], "beta_1": [0.0]})
    beyond = edges_table(outside, spaces=spaces)
    assert beyond["edge"].tolist() == ["high", "low"]
    assert beyond["place"][0] > 1 and beyond["place"][1] < 0
    assert (edges_table(rows, margin=0.005, spaces=spaces)["edge"] == "").all()


def test_settings_drawn_from_the_declared_space_lie_on_its_edges_by_chance():
    drawn = [{"optimizer": o} | s for o in SPACES for s in draw_settings(o, 0, 64)]
    table = edges_table(pd.DataFrame(drawn))
    assert len(table) == 64 * sum(len(axes) for axes in SPACES.values())
    assert table["place"].between(0, 1).all()
    assert (table["edge"] != "").mean() == pytest.approx(0.2, abs=0.03)


def test_undeclared_spaces_and_margins_are_refused():
    row = pd.DataFrame({"optimizer": ["lion"], "learning_rate": [0.1]})
    with pytest.raises(RunError, match="lion has no declared space: there are adam"):
        edges_table(row)
    with pytest.raises(ConfigError, match="margin is 0.5"):
        edges_table(row, margin=0.5)
