"""Predicted lines, measured dots."""

import numpy as np
import pytest

from mgc.errors import DataError
from mgc.plots.predicted import describe_predicted, plot_predicted

X = np.array([0.1, 1.0, 10.0])
PREDICTED = {"f": [1.0, np.inf, 4.0], "g": [1.0, 2.0, 3.0]}
MEASURED = {"f": [1.1, 99.0, 4.0], "g": [1.0, 2.0, 0.0]}
LABELS = {"xlabel": "power", "ylabel": "condition number"}


def test_lines_and_dots_share_a_colour_and_skip_what_cannot_be_drawn(ax):
    assert plot_predicted(X, PREDICTED, MEASURED, **LABELS, ax=ax) is ax
    f, f_dots, g, g_dots = ax.get_lines()
    np.testing.assert_array_equal(f.get_ydata(), [1, np.nan, 4])
    np.testing.assert_array_equal(f_dots.get_ydata(), [1.1, 99, 4])
    np.testing.assert_array_equal(g_dots.get_ydata(), [1, 2, np.nan])
    assert f.get_color() == f_dots.get_color() != g.get_color() == g_dots.get_color()
    assert f_dots.get_linestyle() == "None"
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["f", "g"]


def test_a_linear_axis(ax):
    plot_predicted(X - 5, PREDICTED, MEASURED, **LABELS, xscale="linear", ax=ax)
    assert ax.get_xscale() == "linear"


def test_the_words_name_ends_and_the_largest():
    assert describe_predicted(X, PREDICTED, MEASURED, **LABELS) == (
        "Lines of the predicted condition number over power from 0.1 to 10, and dots of the "
        "measured one on them: f from 1 to 4, largest 4; g from 1 to 3, largest 3."
    )


@pytest.mark.parametrize("function", [plot_predicted, describe_predicted])
def test_what_does_not_belong_together_is_refused(function):
    with pytest.raises(DataError, match="predicted are f, g and measured f, at 3 places"):
        function(X, PREDICTED, {"f": MEASURED["f"]}, **LABELS)
    with pytest.raises(DataError, match="one value for each place"):
        function(X[:2], PREDICTED, MEASURED, **LABELS)
