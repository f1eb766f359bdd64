"""Windows and frame bounds, drawn and said."""

import numpy as np
import pandas as pd
import pytest

from mgc.errors import SignalError
from mgc.plots.frame_bounds import (
    describe_critical,
    describe_redundancy,
    describe_zak,
    plot_critical,
    plot_redundancy,
    plot_zak,
)
from mgc.plots.frames import describe_overlap, describe_windows, plot_overlap, plot_windows
from mgc.plots.rates import fitted_slope
from mgc.signal.frames.gaussian import gaussian_bounds, periodised_gaussian
from mgc.signal.frames.zak import zak
from mgc.signal.windows import sampled_window

HANN = sampled_window("hann", 8)
SWEEP = pd.DataFrame({"redundancy": [1.25, 2.0, 4.0], "ratio": [2.385, 2**0.5, 1.015]})
FALL = pd.DataFrame({"L": [49, 225, 625], "A": [0.113, 0.0253, 0.00916]})


def test_copies_and_their_sum(ax):
    assert plot_overlap(HANN, range(0, 40, 4), 1000.0, ax=ax) is ax
    assert len(ax.lines) == 10 + 2
    total = ax.lines[10].get_ydata()
    assert ax.lines[10].get_xdata()[[0, -1]].tolist() == [4.0, 35.0]
    assert (total.min(), total.max()) == pytest.approx((0.5, 1.0))
    assert ax.lines[11].get_ydata()[0] == total.min()


def test_the_range_of_the_sum_is_said():
    said = describe_overlap(HANN, range(0, 40, 4), 1000.0)
    assert said.endswith("of 8.0 ms; their sum lies between 0.5 and 1.")
    said = describe_overlap(HANN, [3, 7, 11, 19, 27], 1000.0, power=1)
    assert said.endswith("copies of the window of 8.0 ms; their sum lies between 0 and 1.")


def test_windows_are_centred_and_scaled(ax):
    g = 3 * periodised_gaussian(64, 8, 8)
    assert plot_windows({"one": g, "other": -g}, 1000.0, ax) is ax
    one, other = (line.get_ydata() for line in ax.lines[:2])
    assert one.argmax() == 32 and one.max() == 1.0
    assert np.array_equal(one, -other)
    assert describe_windows({"one": g}, 1000.0).startswith(
        "Windows scaled to peak 1: one is larger than a tenth over 13.0 ms"
    )


def test_the_sweep_with_its_closed_form(ax):
    assert plot_redundancy(SWEEP, ax) is ax
    measured, exact, _ = ax.lines
    np.testing.assert_allclose(measured.get_ydata(), SWEEP["ratio"] - 1)
    assert exact.get_xdata().tolist() == [2, 3, 4]
    lower, upper = gaussian_bounds(3)
    assert exact.get_ydata()[1] == pytest.approx(upper / lower - 1)
    assert "from 1.4 at redundancy 1.25 to 0.015 at 4" in describe_redundancy(SWEEP)


def test_the_fall_with_its_slope(ax):
    assert plot_critical(FALL, ax) is ax
    line, points = ax.lines
    assert fitted_slope(line.get_xdata(), line.get_ydata()) == pytest.approx(-1)
    assert points.get_ydata().tolist() == FALL["A"].tolist()
    assert describe_critical(FALL).endswith("slope -0.994.")


def test_the_zero_of_the_zak_transform(ax):
    Z = zak(periodised_gaussian(144, 12, 12), 12)
    assert plot_zak(Z, ax) is ax
    marked = ax.lines[0]
    assert (marked.get_xdata()[0], marked.get_ydata()[0]) == (0.5, 0.5)
    assert describe_zak(Z).endswith("at (0.00, 0.00); least, 0, at (0.50, 0.50).")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: describe_overlap(HANN, [0, 4], 1.0), "2 positions of a window show no overlap"),
        (lambda: describe_windows({}, 1.0), "have one length"),
        (lambda: describe_windows({"a": [1.0], "b": [1.0, 2.0]}, 1.0), "have one length"),
        (lambda: describe_windows({"a": [0.0]}, 1.0), "are not zero"),
        (lambda: describe_redundancy(SWEEP[["ratio"]]), "lacks redundancy"),
        (lambda: describe_redundancy(SWEEP.assign(ratio=1.0)), "above 1"),
        (lambda: describe_critical(FALL.head(1)), "lacks rows"),
        (lambda: describe_critical(-FALL), "above 0"),
        (lambda: describe_zak(np.ones(3)), "a table of numbers"),
    ],
)
def test_nothing_to_draw_is_said(call, words):
    with pytest.raises(SignalError, match=words):
        call()
