"""Rates and settings are chosen by the valid part alone, from equal budgets."""

import numpy as np
import pandas as pd
import pytest

from mgc.errors import RunError
from mgc.evaluate.runs import load_run
from mgc.evaluate.trials import TRIALS, chosen_rates, read_trials, trials_table

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
