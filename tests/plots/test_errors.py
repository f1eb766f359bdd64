"""Concentration of errors and reliability, drawn in percent."""

import numpy as np
import pandas as pd
import pytest

from mgc.errors import DataError
from mgc.plots.errors import (
    describe_concentration,
    describe_reliability,
    plot_concentration,
    plot_reliability,
)


@pytest.fixture
def curves():
    values = np.linspace(0.1, 1, 12)
    columns = {"observed": values, "mean": values, "low": values - 0.05, "high": values}
    return pd.DataFrame(columns, index=pd.RangeIndex(1, 13, name="groups"))


@pytest.fixture
def tables():
    bins = {"clips": [10, 30], "confidence": [0.3, 0.9], "accuracy": [0.2, 0.7]}
    return {"before": pd.DataFrame(bins), "after": pd.DataFrame(bins).iloc[1:]}


def test_the_curve_stands_before_its_band(curves, ax):
    assert plot_concentration(curves, ax) is ax
    _, observed = ax.get_lines()
    np.testing.assert_allclose(observed.get_ydata(), 100 * curves["observed"])
    np.testing.assert_allclose(observed.get_xdata(), np.arange(1, 13))
    low = ax.collections[0].get_paths()[0].vertices[:, 1].min()
    assert low == pytest.approx(5)


def test_words_of_the_curve_hold_the_numbers(curves):
    text = describe_concentration(curves)
    assert text.startswith("Rising curve over 12 artist groups: 10 % of the errors from 1")
    assert "84 % of the errors from 10 (shuffled 79 to 84 %)." in text


def test_marks_grow_with_their_clips(tables, ax):
    plot_reliability(tables, ax)
    _, before, after = ax.get_lines()
    np.testing.assert_allclose(before.get_xdata(), [30, 90])
    np.testing.assert_allclose(before.get_ydata(), [20, 70])
    np.testing.assert_allclose(after.get_xdata(), [90])
    np.testing.assert_allclose(ax.collections[0].get_sizes(), [300, 900])


def test_words_of_reliability_hold_the_numbers(tables):
    text = describe_reliability(tables)
    assert "before: 30 and 20 (10 clips), 90 and 70 (30 clips)." in text


def test_other_tables_are_refused(curves, tables):
    for function in (plot_concentration, describe_concentration):
        with pytest.raises(DataError, match="lacks low, high"):
            function(curves.drop(columns=["low", "high"]))
    for function in (plot_reliability, describe_reliability):
        with pytest.raises(DataError, match="lacks rows"):
            function({})
        with pytest.raises(DataError, match="lacks clips"):
            function({"before": tables["before"].drop(columns="clips")})
