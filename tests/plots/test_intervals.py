"""Accuracies with their uncertainty."""

import numpy as np
import pandas as pd
import pytest

from mgc.errors import DataError
from mgc.plots.intervals import describe_intervals, plot_intervals


@pytest.fixture
def table():
    table = pd.DataFrame(
        {
            "model": ["simple_cnn", "simple_cnn"],
            "optimizer": ["adam", "rmsprop"],
            "accuracy": [0.5, 0.61],
            "low": [0.42, 0.5],
            "high": [0.58, 0.7],
            "accuracy_by_seed": [(0.49, 0.51), (0.6, 0.61, 0.62)],
        }
    )
    table.attrs = {"part": "valid", "level": 0.9}
    return table


def test_marks_are_the_table_in_percent(table, ax):
    assert plot_intervals(table, ax) is ax
    whiskers = np.array([path.vertices for path in ax.collections[0].get_paths()])
    np.testing.assert_allclose(whiskers[:, :, 0], [[42, 58], [50, 70]])
    np.testing.assert_allclose(whiskers[:, :, 1], [[0, 0], [1, 1]])
    mean, *dots = ax.get_lines()
    np.testing.assert_allclose(mean.get_xdata(), [50, 61])
    np.testing.assert_allclose(dots[0].get_xdata(), [49, 51])
    np.testing.assert_allclose(dots[1].get_xdata(), [60, 61, 62])
    assert list(dots[1].get_ydata()) == [1, 1, 1]
    assert ax.get_xlabel() == "valid accuracy (%, track level)"
    assert [t.get_text() for t in ax.get_yticklabels()] == [
        "simple_cnn, adam",
        "simple_cnn, rmsprop",
    ]
    assert ax.yaxis_inverted()
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == ["90 % interval", "mean over seeds", "one seed"]


def test_the_words_hold_the_numbers(table):
    assert describe_intervals(table) == (
        "Chart of track-level valid accuracy with 90 % intervals: simple_cnn, adam 50.0 % (42.0 to "
        "58.0), seeds 49.0, 51.0; simple_cnn, rmsprop 61.0 % (50.0 to 70.0), seeds 60.0, 61.0, "
        "62.0."
    )


@pytest.mark.parametrize("function", [plot_intervals, describe_intervals])
def test_another_table_is_refused(table, function):
    with pytest.raises(DataError, match="lacks low, high: pass what results_table"):
        function(table.drop(columns=["low", "high"]))
    with pytest.raises(DataError, match="lacks rows"):
        function(table.iloc[:0])


def test_arms_go_by_their_names(table, ax):
    arms = table.set_axis(["small", "large"]).rename_axis("arm")
    plot_intervals(arms, ax)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["small", "large"]
    assert "small 50.0 %" in describe_intervals(arms)
