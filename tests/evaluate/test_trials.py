"""Rates and settings are chosen by the valid part alone, from equal budgets."""

import numpy as np
import pandas as pd
import pytest

from mgc.errors import RunError
from mgc.evaluate.runs import load_run
from mgc.evaluate.trials import (
    TRIALS,
    chosen_rates,
    chosen_settings,
    has_diverged,
    read_trials,
    trials_table,
)

LOSSES = {("log_mel", 1e-3): 1.2, ("log_mel", 3e-3): 1.4, ("mel", 1e-3): 1.9, ("mel", 3e-3): 1.7}


@pytest.fixture
def runs(make_run):
    made = []
    for number, ((features, rate), loss) in enumerate(LOSSES.items()):
        run = load_run(make_run(f"t{number}"))
        run.config.update(features=features, learning_rate=rate)
        run.history["val_loss"] = loss + np.abs(run.history["epoch"] - run.best_epoch)
        made.append(run)
    return made


def test_the_rate_with_the_least_valid_loss_is_chosen(runs):
    table = chosen_rates(trials_table(runs))
    assert table["chosen"].tolist() == [True, False, False, True]
    np.testing.assert_allclose(table["val_loss"], list(LOSSES.values()))
    assert table["uid"].tolist() == [run.uid for run in runs]
    for unequal in (runs[:-1], [*runs, runs[-1]]):
        with pytest.raises(RunError, match="budgets are not equal"):
            chosen_rates(trials_table(unequal))


def test_settings_on_the_edge_of_what_was_tried_are_marked(make_run):
    run = load_run(make_run("tuned"))
    n = len(run.history)
    run.history["penalty"] = np.arange(n, dtype=float)
    run.history["sharpness"] = (np.arange(n) + 1 - run.best_epoch) ** 2 * (-1.0) ** np.arange(n)
    row = trials_table([run]).iloc[0]
    assert row["rows"] == n and row["penalty"] == run.best_epoch - 1 and row["sharpness"] == 0
    assert row["on_edge"] == (run.best_epoch in (1, n))


def test_the_table_comes_back_from_its_file(runs, tmp_path):
    table = trials_table(runs)
    table.to_csv(tmp_path / TRIALS, index=False)
    pd.testing.assert_frame_equal(read_trials(tmp_path), table, check_dtype=False)
    with pytest.raises(RunError, match="trials.csv is not there: make it with 'mgc collect'"):
        read_trials(tmp_path / "nowhere")


def test_what_an_optimizer_was_given_stands_in_the_table(make_run):
    runs = [
        load_run(make_run("a", optimizer="adam", beta_2=0.99, schedule="cosine")),
        load_run(make_run("s", optimizer="sgd_momentum", learning_rate=0.01)),
    ]
    adam, sgd = trials_table(runs).to_dict("records")
    assert (adam["beta_1"], adam["beta_2"], adam["epsilon"]) == (0.9, 0.99, 1e-7)
    assert (sgd["momentum"], sgd["schedule"], adam["schedule"]) == (0.9, "plateau", "cosine")
    assert np.isnan(adam["momentum"]) and np.isnan(sgd["beta_1"])
    assert adam["last_loss"] == pytest.approx(2 / 6)
    assert adam["seconds_per_epoch"] == 2.0  # the first epoch, which compiles, took 9
    assert adam["diverged"] is False


@pytest.mark.parametrize(
    ("column", "value", "diverged"),
    [
        ("loss", np.log(3), True),
        ("loss", 0.999 * np.log(3), True),  # one answer for all segments, a hair below the guess
        ("loss", 0.98 * np.log(3), False),
        ("loss", np.nan, True),
        ("val_loss", np.inf, True),
        ("val_loss", 50.0, False),  # overfitted, but trained
    ],
)
def test_divergence_is_told_by_the_end(make_run, column, value, diverged):
    run = load_run(make_run())
    run.history.loc[run.history.index[-1], column] = value
    assert has_diverged(run) is diverged


@pytest.fixture
def trials():
    return pd.DataFrame(
        {
            "optimizer": ["adam"] * 3 + ["sgd_momentum"] * 3,
            "learning_rate": [0.1, 0.01, 0.001] * 2,
            "momentum": [np.nan] * 3 + [0.9, 0.9, 0.5],
            "val_loss": [np.nan, 1.5, 1.2, 1.1, np.inf, 1.1],
            "seed": 0,
        }
    )


def test_each_optimizer_has_one_chosen_setting(trials):
    assert chosen_settings(trials)["chosen"].tolist() == [False, False, True, True, False, False]


def test_unequal_budgets_repeated_settings_and_other_differences_are_refused(trials):
    with pytest.raises(RunError, match="'adam': 2, 'sgd_momentum': 3.*budgets are not equal"):
        chosen_settings(trials[1:])
    with pytest.raises(RunError, match="budgets are not equal"):
        chosen_settings(trials.assign(learning_rate=[0.1, 0.1, 0.001] * 2))
    with pytest.raises(RunError, match="the trials differ in seed"):
        chosen_settings(trials.assign(seed=[0, 0, 0, 0, 0, 1]))
    with pytest.raises(RunError, match="no trial of adam has a finite validation loss"):
        chosen_settings(trials.assign(val_loss=[np.nan, np.inf, np.nan, 1, 2, 3]))
