"""Summaries of the precision experiment against tables whose answer is known."""

import numpy as np
import pandas as pd
import pytest

from mgc.errors import DataError, RunError
from mgc.evaluate.precision_factor import (
    policy_differences,
    relative_drift,
    scale_events,
)
from mgc.evaluate.runs import load_run


@pytest.fixture
def drift():
    rows = []
    for seed, factor in ((1, 1.0), (2, 4.0)):
        for step in (1, 8, 10, 20, 30, 40):
            rows += [("adam", seed, step, "float32", 0.0, 2.0)]
            distance = min(2e-6 * factor * 2 ** (step / 5), 1.0)
            rows += [("adam", seed, step, "bit", distance, 2.0)]
    return pd.DataFrame(rows, columns=["optimizer", "seed", "step", "arm", "distance", "moved"])


def test_drift_is_a_share_of_the_way_and_a_geometric_mean(drift):
    shares = relative_drift(drift)
    assert list(shares.columns) == ["bit"]
    assert shares.loc[("adam", 10), "bit"] == pytest.approx(1e-6 * 2 * 2**2)


def test_an_empty_table_is_refused(drift):
    with pytest.raises(DataError, match="python -m mgc.train.precision"):
        relative_drift(drift.iloc[:0])


def test_events_of_the_scale_are_counted():
    scales = {
        1: [(0, 8.0), (20, 16.0), (40, 32.0), (41, 16.0), (61, 32.0), (62, 16.0)],
        2: [(0, 8.0)],
    }
    rows = [("adam", seed, step, "a", s) for seed, run in scales.items() for step, s in run]
    table = pd.DataFrame(rows, columns=["optimizer", "seed", "step", "arm", "scale"])
    found = scale_events(table, "a", steps=62, growth_steps=20).loc["adam"]
    assert found.to_dict() == {
        "runs": 2,
        "raised": 3,
        "halved": 2,
        "skipped": 2 / 124,
        "bound": pytest.approx((124 - 20) / 21 / 124),  # the first run ended one doubling higher
        "lowest": 8.0,
        "highest": 32.0,
    }
    with pytest.raises(DataError, match="there are a"):
        scale_events(table, "b", 100, 20)


def test_no_course_of_overflows_breaks_the_bound():
    """Keras' rule replayed on random overflows: the bound holds, and nearly always binds."""
    rng, n, growth = np.random.default_rng(0), 500, 7
    for share in (0.0, 0.02, 0.3):
        scale, count, rows = 2.0**15, 0, [("adam", 1, 0, "a", 2.0**15)]
        for step in range(1, n + 1):
            if rng.random() < share or scale > 2.0**20:
                scale, count = scale / 2, 0
            elif count == growth - 1:
                scale, count = 2 * scale, 0
            else:
                count += 1
                continue
            rows.append(("adam", 1, step, "a", scale))
        table = pd.DataFrame(rows, columns=["optimizer", "seed", "step", "arm", "scale"])
        found = scale_events(table, "a", n, growth).loc["adam"]
        assert 0 < found["skipped"] <= found["bound"]
        if share == 0.0:
            assert found["skipped"] == pytest.approx(found["bound"], rel=0.05)


@pytest.fixture
def runs(make_run):
    return [
        load_run(make_run(f"{dtype} {seed}", seed=seed, dtype=dtype))
        for dtype in ("float32", "mixed_float16")
        for seed in (1, 2)
    ]


def test_equal_runs_do_not_differ(runs):
    found = policy_differences(runs).set_index("dtype")
    assert found.loc["mixed_float16", ["difference", "low", "high"]].tolist() == [0.0, 0.0, 0.0]
    assert found.loc["mixed_float16", "by_seed"] == (0.0, 0.0)
    assert found.loc["float32", ["difference", "low", "seeds_low", "by_seed"]].isna().all()
    assert found["accuracy"].nunique() == found["accuracy_by_seed"].nunique() == 1
    assert found["accuracy"].iloc[0] == np.mean(found["accuracy_by_seed"].iloc[0])


def test_the_difference_is_policy_minus_float32(runs):
    worse = runs[2].tracks
    worse.loc[worse.index[worse["part"] == "test"][:6], "correct"] = False
    found = policy_differences(runs).set_index("dtype")
    row = found.loc["mixed_float16"]
    assert row["difference"] < 0
    assert row["difference"] == pytest.approx(np.mean(row["by_seed"]))
    assert row["low"] <= row["difference"] <= row["high"]
    # Student's t of two seeds: 12.706 standard errors to either side.
    half = 12.706 * np.std(row["by_seed"], ddof=1) / np.sqrt(2)
    assert row["seeds_high"] - row["difference"] == pytest.approx(half, rel=1e-3)
    assert row["seeds_low"] + row["seeds_high"] == pytest.approx(2 * row["difference"])


def test_seeds_must_match(runs):
    with pytest.raises(RunError, match=r"has seeds \[1, 2\], in float32 \[2\]"):
        policy_differences(runs[1:])
