"""Seeds beside each other: settings of an optimizer, and pairs of arms."""

import numpy as np
import pandas as pd
import pytest

from mgc.errors import DataError
from mgc.evaluate.paired_seeds import compare_seeds
from mgc.plots.arm_pairs import (
    describe_ahead,
    describe_pairs,
    plot_ahead,
    plot_pairs,
)
from mgc.plots.optimizer_seeds import describe_paired_seeds, plot_paired_seeds


@pytest.fixture
def table():
    rows = [
        (optimizer, setting, seed, level + gain * (setting == "chosen") + seed / 100)
        for optimizer, level, gain in (("sgd", 0.5, 0.04), ("adam", 0.55, 0.0))
        for setting in ("default", "chosen")
        for seed in (3, 1, 2)
    ]
    return pd.DataFrame(rows, columns=["optimizer", "setting", "seed", "accuracy"])


@pytest.fixture
def pairs():
    scores = pd.DataFrame(
        {
            "adam": np.array([0.6, 0.62, 0.61, 0.63, 0.6, 0.61]),
            "sgd": np.array([0.57, 0.6, 0.585, 0.59, 0.58, 0.57]),
            "rmsprop": np.array([0.61, 0.6, 0.62, 0.62, 0.61, 0.60]),
        }
    )
    return compare_seeds(scores)


def test_a_line_joins_the_runs_of_a_seed(table, ax):
    assert plot_paired_seeds(table, ax=ax) is ax
    grey = [line for line in ax.get_lines() if line.get_color() == "0.75"]
    assert len(grey) == 6
    np.testing.assert_allclose(grey[0].get_ydata(), [51, 55])
    np.testing.assert_allclose(grey[4].get_ydata(), [57, 57])
    assert grey[0].get_xdata().tolist() == [-0.25, 0.25]
    means = [line for line in ax.get_lines() if line.get_markersize() > 10]
    np.testing.assert_allclose([line.get_ydata()[0] for line in means], [52, 56, 57, 57])
    assert [text.get_text() for text in ax.get_xticklabels()] == ["sgd", "adam"]
    assert ax.get_ylabel() == "test accuracy (%, track level)"
    assert describe_paired_seeds(table).endswith(
        "sgd: default 52.0 (51.0 to 53.0), chosen 56.0 (55.0 to 57.0). "
        "adam: default 57.0 (56.0 to 58.0), chosen 57.0 (56.0 to 58.0)."
    )


def test_levels_may_be_schedules_in_any_order_with_gaps(table, ax):
    schedules = table.rename(columns={"setting": "schedule"})
    levels = ["chosen", "default", "third"]
    plot_paired_seeds(schedules, "schedule", levels[:2], ax=ax)
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["chosen", "default"]
    some = schedules.drop(index=0)  # sgd lacks seed 3 at the default
    words = describe_paired_seeds(some, "schedule")
    assert "sgd: default 51.5 (51.0 to 52.0), chosen 56.0" in words


def test_differences_are_drawn_in_points_with_both_intervals(pairs, ax):
    wide = pairs.assign(both_low=pairs["low"] - 0.02, both_high=pairs["high"] + 0.02)
    assert plot_pairs(wide, margin=0.03, ax=ax) is ax
    artists, seeds = (
        np.array([path.vertices[:, 0] for path in lines.get_paths()]) for lines in ax.collections
    )
    np.testing.assert_allclose(seeds, 100 * pairs[["low", "high"]])
    np.testing.assert_allclose(artists, seeds + [-2, 2])
    np.testing.assert_allclose(ax.get_lines()[0].get_xdata(), 100 * pairs["difference"])
    band = ax.patches[0].get_extents().transformed(ax.transData.inverted())
    assert (band.x0, band.x1) == pytest.approx((-3, 3))
    names = [text.get_text() for text in ax.get_yticklabels()]
    assert names == ["adam − sgd", "adam − rmsprop", "sgd − rmsprop"]
    assert ax.yaxis_inverted()
    row = wide.iloc[0]
    assert (
        f"adam − sgd: {100 * row['difference']:+.1f} ({100 * row['low']:+.1f} to "
        f"{100 * row['high']:+.1f}); with artists {100 * row['both_low']:+.1f} to "
    ) in describe_pairs(wide)
    assert "over seeds, and over seeds and artists" in describe_pairs(wide)
    assert "; with artists" not in describe_pairs(pairs)


def test_without_artists_there_is_one_interval(pairs, ax):
    plot_pairs(pairs, ax=ax)
    assert len(ax.collections) == 1 and not ax.patches


def test_both_orders_of_a_pair_add_up_to_one(pairs, ax):
    assert plot_ahead(pairs, ax) is ax
    shares = np.asarray(ax.get_images()[0].get_array(), dtype=float)
    off = ~np.eye(3, dtype=bool)
    np.testing.assert_allclose((shares + shares.T)[off], 1)
    assert shares[0, 1] == 1.0 and shares[0, 2] == pairs["ahead"][1]
    weights = {text.get_text(): text.get_weight() for text in ax.texts}
    assert weights["1.00"] == "bold" and weights[f"{pairs['ahead'][1]:.2f}"] == "normal"
    assert [text.get_text() for text in ax.get_yticklabels()] == ["adam", "sgd", "rmsprop"]
    assert "adam of sgd: 1.00 (1.00 to 1.00)" in describe_ahead(pairs)


def test_other_tables_are_refused(table, pairs):
    for function in (plot_paired_seeds, describe_paired_seeds):
        with pytest.raises(DataError, match="lacks setting: pass what compared_runs returns"):
            function(table.drop(columns="setting"))
        with pytest.raises(DataError, match="a seed twice at one setting"):
            function(pd.concat([table, table]))
    for function in (plot_pairs, describe_pairs, plot_ahead, describe_ahead):
        with pytest.raises(DataError, match="lacks ahead_low: pass what compare_arms"):
            function(pairs.drop(columns="ahead_low"))
        with pytest.raises(DataError, match="lacks rows"):
            function(pairs[:0])
