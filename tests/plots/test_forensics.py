"""The pictures of the re-reading show the numbers that they are given."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from mgc.errors import DataError
from mgc.evaluate.forensics.one_vs_rest import Inverted
from mgc.plots.forensics import (
    describe_identity,
    describe_sample_sizes,
    describe_two_scales,
    plot_identity,
    plot_sample_sizes,
    plot_two_scales,
)

TABLE = pd.DataFrame({"accuracy": [0.97, 0.96], "recall": [0.9, 0.8]}, index=["pop", "rock"])
FOUND = {"GTZAN": (10, Inverted(0.9941, 0.9705, 0.97, 0.971))}
SIZES, STATED = {"HMR": [183, 366], "none": []}, {"all": {"HMR": 300, "none": 60}}


@pytest.fixture
def ax():
    return Figure().add_subplot()


def test_two_scales(ax):
    plot_two_scales(TABLE, ax)
    dots = {line.get_label(): line for line in ax.lines}
    np.testing.assert_allclose(dots["recall"].get_xdata(), [90, 80])
    np.testing.assert_allclose(dots["one against the rest"].get_xdata(), [97, 96])
    assert {"mean 96.50", "mean 85.00"} <= set(dots)
    assert "80.00 (rock) to 90.00 (pop), mean 85.00" in describe_two_scales(TABLE)


def test_the_printed_result_lies_on_its_line(ax):
    plot_identity(FOUND, ax)
    line, guess, mark = ax.lines[:3]
    (x,), (y,) = mark.get_data()
    low, high = line.get_ydata()
    assert y == pytest.approx(low + x / 100 * (high - low))
    assert [float(v[0]) for v in guess.get_data()] == pytest.approx([10, 82])
    assert "guessing 82.0, printed 99.41" in describe_identity(FOUND)


def test_sample_sizes(ax):
    plot_sample_sizes(SIZES, STATED, ax)
    [[first], [second]] = [
        np.unique(path.vertices[:, 0]).tolist() for path in ax.collections[0].get_paths()
    ]
    assert (first, second) == (183, 366)
    assert list(ax.lines[0].get_xdata()) == [300, 60]
    words = describe_sample_sizes(SIZES, STATED)
    assert "none none (stated all 60)" in words


@pytest.mark.parametrize("show", [plot_two_scales, describe_two_scales])
def test_a_table_without_columns_is_refused(show):
    with pytest.raises(DataError, match="lacks recall"):
        show(TABLE[["accuracy"]])
    with pytest.raises(DataError, match="lacks rows"):
        show(TABLE.head(0))


@pytest.mark.parametrize("show", [plot_identity, describe_identity])
def test_nothing_to_draw_is_refused(show):
    with pytest.raises(DataError, match="at least one"):
        show({})
    with pytest.raises(DataError, match="at least one"):
        plot_sample_sizes({}, {})
