"""Learning rates, the best of k trials and schedules."""

import math

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba

from mgc.errors import DataError
from mgc.evaluate.budgets import best_of_k_table
from mgc.optim.factories import OPTIMIZERS
from mgc.plots.optimizer_look import look_of
from mgc.plots.optimizers import (
    describe_best_of_k,
    describe_rate_sensitivity,
    describe_schedules,
    plot_best_of_k,
    plot_rate_sensitivity,
    plot_schedules,
)


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "optimizer": ["rmsprop"] * 3 + ["sgd_momentum"] * 3,
            "learning_rate": [1e-3, 1e-2, 1.0, 1e-2, 1e-1, 10.0],
            "val_loss": [1.4, 1.3, math.nan, 1.5, 1.6, 80.0],
            "val_accuracy": [0.5, 0.52, 0.1, 0.48, 0.47, 0.1],
            "diverged": [False, False, True, False, False, True],
        }
    )


@pytest.fixture
def curves():
    trials = {"adam": [1.5, 1.2, 1.9], "sgd_momentum": [2.0, 1.1, 1.4]}
    rows = [(name, loss) for name, losses in trials.items() for loss in losses]
    return best_of_k_table(pd.DataFrame(rows, columns=["optimizer", "val_loss"]))


def test_no_two_optimizers_look_alike():
    looks = [look_of(name) for name in OPTIMIZERS]
    for part in zip(*looks, strict=True):
        assert len(set(part)) == len(OPTIMIZERS)
    assert look_of("lion") == look_of("another")


def test_losses_stop_at_a_guess_and_marks_say_what_is_special(table, ax):
    assert plot_rate_sensitivity(table, ax=ax) is ax
    lines = {line.get_label(): line for line in ax.get_lines()}
    np.testing.assert_allclose(lines["rmsprop"].get_ydata(), [1.4, 1.3, math.log(10)])
    assert lines["rmsprop"].get_color() == look_of("rmsprop").colour
    assert lines["default rate"].get_xdata().tolist() == [1e-3, 1e-2]
    assert lines["default rate"].get_ydata().tolist() == [1.4, 1.5]
    assert lines["diverged"].get_xdata().tolist() == [1.0, 10.0]
    assert lines["diverged"].get_ydata().tolist() == [math.log(10)] * 2
    assert ax.get_xscale() == "log" and ax.get_ylabel() == "validation loss (nats)"
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == ["rmsprop", "sgd_momentum", "default rate", "diverged", "uniform guess"]


def test_accuracies_are_drawn_as_they_are(table, ax):
    plot_rate_sensitivity(table, "val_accuracy", guess=0.1, ax=ax)
    assert ax.get_lines()[0].get_ydata().tolist() == [0.5, 0.52, 0.1]
    assert "rmsprop: best 0.520 at 0.01" in describe_rate_sensitivity(table, "val_accuracy")


def test_the_words_hold_the_best_and_the_lost(table):
    words = describe_rate_sensitivity(table)
    assert "rmsprop: best 1.300 at 0.01, of 3 rates from 0.001 to 1; diverged at 1." in words
    assert "sgd_momentum: best 1.500 at 0.01" in words and words.endswith("diverged at 10.")
    assert "none diverged." in describe_rate_sensitivity(table[:2])


def test_lines_are_expectations_and_bands_their_intervals(curves, ax):
    assert plot_best_of_k(curves, ax=ax) is ax
    for line, band, name in zip(
        ax.get_lines(), ax.collections, ("adam", "sgd_momentum"), strict=True
    ):
        rows = curves[curves["optimizer"] == name]
        np.testing.assert_allclose(line.get_ydata(), rows["expected"])
        ends = band.get_paths()[0].vertices[:, 1]
        assert (ends.min(), ends.max()) == (rows["low"].min(), rows["high"].max())
        assert to_rgba(line.get_color()) == to_rgba(look_of(name).colour)
    assert ax.get_ylabel() == "validation loss (nats), best of k"
    words = describe_best_of_k(curves)
    assert "sgd_momentum: from 1.500" in words and "to 1.100 (1.100 to" in words


def test_schedules_are_steps(ax):
    rates = {"constant": [0.1] * 4, "cosine": np.array([0.1, 0.08, 0.05, 0.02])}
    assert plot_schedules(rates, ax) is ax
    assert [line.get_label() for line in ax.get_lines()] == ["constant", "cosine"]
    assert ax.get_lines()[1].get_ydata().tolist() == rates["cosine"].tolist()
    assert len({line.get_linestyle() for line in ax.get_lines()}) == 2
    assert describe_schedules(rates).endswith("cosine from 0.1 to 0.02 over 4 epochs.")


def test_other_tables_are_refused(table, curves):
    for function in (plot_rate_sensitivity, describe_rate_sensitivity):
        with pytest.raises(DataError, match="lacks diverged: pass what rate_table returns"):
            function(table.drop(columns="diverged"))
        with pytest.raises(DataError, match="quantity is 'loss': choose val_loss or val_acc"):
            function(table, "loss")
    for function in (plot_best_of_k, describe_best_of_k):
        with pytest.raises(DataError, match="lacks rows: pass what best_of_k_table returns"):
            function(curves[:0])
    for function in (plot_schedules, describe_schedules):
        with pytest.raises(DataError, match="no rate to draw"):
            function({"constant": []})
