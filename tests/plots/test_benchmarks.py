"""Times beside a reference, memory beside the number of clips."""

import json

import numpy as np
import pandas as pd
import pytest

from mgc.errors import DataError
from mgc.paths import PROJECT
from mgc.plots.benchmarks import describe_memory, describe_ratios, plot_memory, plot_ratios


@pytest.fixture
def times():
    return pd.DataFrame(
        {
            "name": ["seed", "ours", "floor"],
            "median": [200.0, 8.0, 4.0],
            "fastest": [100.0, 7.0, 3.0],
            "slowest": [300.0, 9.0, 5.0],
        }
    )


@pytest.fixture
def memory():
    return pd.DataFrame(
        {"clips": [1000, 20000], "peak_mb": [600.0, 630.0], "store_mb": [50.0, 1000.0]}
    )


def test_bars_run_from_one_to_the_ratio(times, ax):
    assert plot_ratios(times, "ours", ax) is ax
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.containers[0]]
    np.testing.assert_allclose(ends, [(1, 25), (1, 1), (1, 0.5)])
    lines = np.array([path.vertices[:, 0] for path in ax.collections[0].get_paths()])
    np.testing.assert_allclose(lines, [[12.5, 37.5], [0.875, 1.125], [0.375, 0.625]])
    assert [text.get_text() for text in ax.texts] == ["25 ×", "1", "0.50 ×"]
    assert ax.get_xscale() == "log" and ax.yaxis_inverted()
    assert ax.get_xlim()[1] > 37.5


def test_the_words_hold_every_factor(times):
    assert describe_ratios(times, "ours") == (
        "Bars of time as a multiple of that of ours: seed 25 times, floor 0.50 times."
    )


def test_memory_is_drawn_beside_the_store(memory, ax):
    assert plot_memory(memory, ax) is ax
    peak, store = ax.get_lines()
    assert list(peak.get_ydata()) == [600, 630]
    assert list(store.get_ydata()) == [50, 1000]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1,000", "20,000"]
    assert describe_memory(memory) == (
        "Two lines over 1,000 to 20,000 clips: peak memory goes from 600 to 630 MB, the store on "
        "disk from 50 to 1000 MB."
    )


@pytest.mark.parametrize("function", [plot_ratios, describe_ratios])
def test_times_that_cannot_be_are_refused(times, function):
    with pytest.raises(DataError, match="0 rows are named 'theirs', .* take one of seed, ours"):
        function(times, "theirs")
    with pytest.raises(DataError, match="lacks fastest: pass what a script"):
        function(times.drop(columns="fastest"), "ours")
    with pytest.raises(DataError, match="not positive: measure again"):
        function(times.assign(median=[1.0, 0.0, 2.0]), "ours")


@pytest.mark.parametrize("function", [plot_memory, describe_memory])
def test_sizes_that_cannot_be_are_refused(memory, function):
    with pytest.raises(DataError, match="lacks rows"):
        function(memory.iloc[:0])
    with pytest.raises(DataError, match="not positive"):
        function(memory.assign(store_mb=[np.nan, 1.0]))


def test_the_committed_measurements_can_be_drawn(ax):
    folder = PROJECT / "data" / "benchmarks"
    rows = pd.DataFrame(json.loads((folder / "features.json").read_text())["ms_per_clip"])
    for _, stage in rows.groupby("stage"):
        assert describe_ratios(stage, stage["name"].iloc[-1])
    memory = pd.DataFrame(json.loads((folder / "memory.json").read_text())["rows"])
    plot_memory(memory, ax)
