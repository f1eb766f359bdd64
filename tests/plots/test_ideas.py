"""The picture of the log shows the numbers that it is given, the best on top."""

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from mgc.errors import DataError
from mgc.plots.ideas import describe_ideas, plot_ideas


@pytest.fixture
def table():
    rows = [("a", "svm", 0.5), ("b", "cnn", 0.7), ("c", "svm", 0.6)]
    table = pd.DataFrame(rows, columns=["idea", "model", "accuracy"]).set_index("idea")
    return table.assign(low=table["accuracy"] - 0.1, high=table["accuracy"] + 0.05)


def test_ideas_are_sorted_and_coloured_by_model(table):
    ax = plot_ideas(table, "c", Figure().add_subplot())
    assert [label.get_text() for label in ax.get_yticklabels()] == ["b", "c", "a"]
    lines = {line.get_label(): line for line in ax.lines}
    assert lines["svm"].get_xdata().tolist() == pytest.approx([60, 50])
    assert lines["svm"].get_ydata().tolist() == [1, 2]
    assert lines["cnn"].get_xdata().tolist() == pytest.approx([70])
    assert to_hex(lines["svm"].get_color()) != to_hex(lines["cnn"].get_color())
    assert ax.lines[-1].get_xdata() == pytest.approx([60, 60])
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    said = describe_ideas(table, "c")
    assert "3 ideas" in said and "at c. b 70.0 % (60.0 to 75.0); c 60.0 %" in said


def test_what_is_no_log_is_refused(table):
    for draw in (plot_ideas, describe_ideas):
        with pytest.raises(DataError, match="lacks low"):
            draw(table.drop(columns="low"))
        with pytest.raises(DataError, match="lacks rows"):
            draw(table.iloc[:0])
        with pytest.raises(DataError, match="'d', but the ideas are a, b, c"):
            draw(table, "d")
