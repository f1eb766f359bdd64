"""Figures of the chapter on convergence."""

import numpy as np
import pytest

from mgc.errors import DataError
from mgc.plots.convergence import (
    describe_errors,
    describe_iterates,
    describe_radii,
    plot_errors,
    plot_iterates,
    plot_radii,
)

STEPS = np.arange(21)
ERRORS = {"fast": 0.5**STEPS, "slow": 3 * 0.9 ** STEPS[:11]}


def test_the_predicted_slope_ends_where_the_run_ends(ax):
    plot_errors(ERRORS, {"slow": 0.9}, ax)
    fast, slow, line = ax.get_lines()
    np.testing.assert_array_equal(fast.get_ydata(), ERRORS["fast"])
    np.testing.assert_allclose(line.get_ydata()[1:], slow.get_ydata()[1:])
    assert line.get_color() == slow.get_color() != fast.get_color()
    assert ax.get_yscale() == "log"
    assert ax.get_legend().get_title().get_text() == "thin: slope of the predicted rate"


def test_a_slope_begins_no_higher_than_its_run(ax):
    plot_errors({"late": [1.0, 1.0, 1.0, 0.5]}, {"late": 0.5}, ax)
    np.testing.assert_array_equal(ax.get_lines()[1].get_ydata(), [np.nan, np.nan, 1, 0.5])


def test_the_words_name_ends_steps_and_rates():
    assert describe_errors(ERRORS, {"slow": 0.9}) == (
        "Distances from the minimum over steps on a logarithmic height: fast falls from 1 to "
        "9.5e-07 in 20 steps; slow falls from 3 to 1 in 10 steps, beside the slope of the rate 0.9."
    )
    assert "cycle goes from 1 to 2 in 1 steps" in describe_errors({"cycle": [1, 2]}, {})


def test_a_long_run_is_thinned_on_a_logarithmic_axis_only(ax):
    path = np.linspace(0, 1, 10_001)
    plot_iterates({"run": path}, {"worst": 1.0}, xscale="log", ax=ax)
    run, level = ax.get_lines()
    assert 1 < len(run.get_xdata()) <= 2000
    assert run.get_xdata()[0] == 1 and run.get_xdata()[-1] == 10_000
    np.testing.assert_array_equal(run.get_ydata(), path[run.get_xdata()])
    assert level.get_ydata()[0] == 1.0
    assert [text.get_text() for text in ax.texts] == ["worst"]


def test_a_short_run_shows_each_point(ax):
    plot_iterates({"run": [3.0, -1.0, 2.0]}, {}, ax=ax)
    [run] = ax.get_lines()
    np.testing.assert_array_equal(run.get_ydata(), [3, -1, 2])
    assert run.get_marker() == "o"


def test_the_words_say_where_a_run_ends_up():
    words = describe_iterates({"run": [9, 0.5, 1, -1]}, {"minimum": 0, "worst point": 1})
    assert words == (
        "Points over steps, with a line at the minimum (0), the worst point (1): run starts at 9 "
        "and in the second half of its 3 steps is between -1 and 1."
    )
    assert describe_iterates({"run": [1, 0]}, {}).startswith("Points over steps: run starts at 1")


def test_thresholds_are_dots_at_one(ax):
    plot_radii([0, 1, 2, 3], {"gd": [1, 0, 1, 2], "free": [1, 1, 1, 1]}, {"gd": 2.0}, ax)
    gd, dot, free, one = ax.get_lines()
    assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (2.0, 1.0)
    assert dot.get_color() == gd.get_color() != free.get_color()
    assert one.get_ydata()[0] == 1.0


def test_the_words_name_the_best_product_and_the_threshold():
    words = describe_radii([0, 1, 2, 3], {"gd": [1, 0, 1, 2], "free": [3, 2, 1, 1]}, {"gd": 2.0})
    assert words == (
        "Factor for each step over curvature times learning rate from 0 to 3: gd is least, 0, at "
        "1, and passes one at the predicted 2; free is least, 1, at 2."
    )


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        (plot_errors, ({}, {}), "the runs are none, with rates for none"),
        (describe_errors, ({"run": [1.0]}, {}), r"the runs are run \(1,\), with rates"),
        (plot_errors, (ERRORS, {"other": 0.5}), "with rates for other: pass at least one run"),
        (plot_iterates, ({"run": [[1.0, 2.0]]}, {}), r"run \(1, 2\)"),
        (plot_radii, ([1, 2], {"gd": [1, 2]}, {"adam": 2.0}), "with rates for adam"),
        (describe_radii, ([1], {"gd": [1, 2]}, {}), "one height for each of the 1 places"),
    ],
)
def test_what_cannot_be_drawn_is_refused(function, arguments, message):
    with pytest.raises(DataError, match=message):
        function(*arguments)
