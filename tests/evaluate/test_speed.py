"""Time to accuracy, with runs that never get there."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mgc.errors import ConfigError, RunError
from mgc.evaluate.runs import load_run
from mgc.evaluate.speed import (
    median_with_interval,
    steps_per_epoch,
    time_to_accuracy,
    times_table,
)


@pytest.fixture
def runs(make_run):
    """Validation accuracy 0.4, 0.45, 0.5, 0.55, 0.6, 0.55; 9 s, then 2 s an epoch."""
    found = [load_run(make_run(f"r{seed}", seed=seed)) for seed in range(3)]
    found[2].history["val_accuracy"] /= 2
    return found


def test_the_first_epoch_that_reaches_the_target_counts(runs):
    table = time_to_accuracy(runs, 0.5, steps_per_epoch=70)
    assert table["reached"].tolist() == [True, True, False]
    assert table["epochs"].tolist() == [3, 3, math.inf]
    assert table["steps"].tolist() == [210, 210, math.inf]
    assert table["seconds"].tolist() == [13, 13, math.inf]
    assert time_to_accuracy(runs, 0.6)["epochs"].tolist() == [5, 5, math.inf]
    assert time_to_accuracy(runs, 0.5)["steps"].isna().all()
    with pytest.raises(ConfigError, match="target is 60"):
        time_to_accuracy(runs, 60)


def test_runs_that_never_get_there_count_in_the_median(runs):
    times = time_to_accuracy(runs, 0.5)
    row = times_table(times).iloc[0]
    assert row.to_dict() == {
        "optimizer": "adam",
        "runs": 3,
        "reached": 2,
        "median": 3.0,
        "low": 3.0,
        "high": math.inf,
    }
    late = times_table(times[1:], by=["optimizer", "schedule"], unit="seconds").iloc[0]
    assert late["schedule"] == "plateau" and late["median"] == math.inf
    with pytest.raises(ConfigError, match="unit is 'hours'"):
        times_table(times, unit="hours")


@pytest.mark.parametrize(("n", "k"), [(1, 1), (5, 1), (6, 1), (8, 1), (9, 2), (10, 2), (20, 6)])
def test_the_interval_of_the_median_is_the_table_of_order_statistics(n, k):
    """At 95 %: from the k-th to the (n + 1 - k)-th value, as tables of the sign test have it."""
    median, low, high = median_with_interval(np.arange(n, 0, -1))
    assert (low, high) == (k, n + 1 - k)
    assert median == (n + 1) / 2


def test_the_interval_of_the_median_covers():
    rng = np.random.default_rng(0)
    ends = np.array([median_with_interval(rng.exponential(size=10)) for _ in range(1000)])
    covered = (ends[:, 1] <= math.log(2)) & (math.log(2) <= ends[:, 2])
    assert covered.mean() == pytest.approx(0.979, abs=0.015)  # 1 - 2 (1 + 10) / 1024


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 100) | st.just(math.inf), min_size=1, max_size=12))
def test_medians_with_censored_values_are_ordered(values):
    median, low, high = median_with_interval(values)
    assert low <= median <= high
    half_are_inf = sum(map(math.isinf, values)) * 2 >= len(values)
    assert math.isinf(median) == half_are_inf


def test_no_values_have_no_median():
    with pytest.raises(RunError, match="0 values"):
        median_with_interval([])
    with pytest.raises(RunError, match="2 values with 1 NaN"):
        median_with_interval([1.0, math.nan])
    with pytest.raises(ConfigError, match="level is 95"):
        median_with_interval([1.0, 2.0], level=95)


def test_steps_are_whole_clips_in_batches(runs):
    run = runs[0]
    run.config.update(dataset="gtzan", batch_size=32)
    run.environment["missing_clips"] = ["jazz.00054"]
    valid = pd.DataFrame({"clip": np.repeat(["a", "b"], 5), "part": "valid"})
    run.__dict__["predictions"] = valid
    assert steps_per_epoch(run) == math.ceil(442 * 5 / 32) == 70
    run.config["batch_size"] = 5
    assert steps_per_epoch(run) == 442
    run.environment["missing_clips"] = []
    assert steps_per_epoch(run) == 443
    for other in ({"train_per_genre": 40}, {"train_per_genre": 0, "split": "segment_random"}):
        run.config.update(other)
        with pytest.raises(RunError, match="steps are counted for whole clips"):
            steps_per_epoch(run)
