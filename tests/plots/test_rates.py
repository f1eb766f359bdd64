"""Power laws are straight lines, and their slopes are found."""

import numpy as np
import pandas as pd
import pytest

from mgc.errors import DataError
from mgc.plots.rates import describe_rates, fitted_slope, plot_rates

X = np.array([1.0, 2.0, 4.0, 8.0])


@pytest.fixture
def table():
    frame = pd.DataFrame({"square": 3 / X**2, "cut": [2.0, 1.0, 0.0, np.nan]}, index=X)
    return frame.rename_axis("samples N")


def test_slopes_are_found():
    assert fitted_slope(X, 3 * X**-2.5) == pytest.approx(-2.5)
    noisy = np.array([1.0, 0.1, 0.01, 1e-16])
    assert fitted_slope([1, 10, 100, 1000], noisy, above=1e-12) == pytest.approx(-1)


@pytest.mark.parametrize("y", [[0.0, 0.0, 0.0, 0.0], [1.0, 0.0, np.nan, -1.0]])
def test_a_slope_needs_two_points(y):
    with pytest.raises(DataError, match="needs two positive pairs"):
        fitted_slope(X, y)


def test_lines_and_their_slopes_are_drawn(table, ax):
    assert plot_rates(table, {"square": -2}, "error", ax) is ax
    square, slope, cut = ax.get_lines()
    np.testing.assert_array_equal(square.get_ydata(), table["square"])
    np.testing.assert_allclose(slope.get_ydata(), table["square"])
    assert (square.get_linestyle(), cut.get_linestyle()) == ("None", "-")
    assert slope.get_linestyle() == "--" and slope.get_label() == "slope -2"
    np.testing.assert_array_equal(np.isfinite(cut.get_ydata()), [True, True, False, False])
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("samples N", "error")


def test_the_words_hold_both_ends(table):
    assert describe_rates(table, {"square": -2}, "error") == (
        "Double logarithmic plot of error over samples N from 1 to 8: square from 3 to 0.0469 "
        "(slope -2 dashed); cut from 2 to 1."
    )


@pytest.mark.parametrize("function", [plot_rates, describe_rates])
def test_what_has_no_logarithm_is_refused(table, function):
    with pytest.raises(DataError, match="given for cube, but the table has the columns square"):
        function(table, {"cube": 3}, "error")
    with pytest.raises(DataError, match="needs rows"):
        function(table.iloc[:0], {}, "error")
    with pytest.raises(DataError, match="no value of 'cut' is positive"):
        function(table.iloc[2:], {}, "error")
