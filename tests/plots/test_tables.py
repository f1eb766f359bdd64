"""Tables that are drawn row by row, and the sentence for those that cannot be."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from mgc.errors import DataError
from mgc.plots.tables import draw_differences, name_rows, require_columns

TABLE = pd.DataFrame(
    {"difference": [0.01, -0.02], "low": [0.0, -0.03], "high": [0.02, 0.01], "wide": [-0.1, -0.2]}
)


def test_a_table_without_what_is_drawn_is_refused_by_name():
    require_columns(TABLE, ("low", "high"), "unused")
    with pytest.raises(DataError, match=r"^the table of pairs lacks a, b: pass what f returns$"):
        require_columns(TABLE, ("a", "low", "b"), "pass what f returns", "table of pairs")
    with pytest.raises(DataError, match=r"^the table lacks rows: pass it$"):
        require_columns(TABLE.head(0), ("low",), "pass it")


def test_the_first_name_is_on_top():
    ax = Figure().add_subplot()
    name_rows(ax, ["first", "second", "third"])
    assert [text.get_text() for text in ax.get_yticklabels()] == ["first", "second", "third"]
    assert ax.get_yticks().tolist() == [0, 1, 2]
    bottom, top = ax.get_ylim()
    assert bottom > top


def test_intervals_are_in_points_and_the_thin_one_lies_below():
    ax = Figure().add_subplot()
    thin = ("wide", "high", "95 %, folds")
    draw_differences(ax, TABLE, ["a", "b"], ("low", "high", "95 %, artists"), thin, "gap", 0.05)
    wide, narrow = ax.collections
    assert [line[:, 0].tolist() for line in wide.get_segments()] == [[-10, 2], [-20, 1]]
    assert [line[:, 0].tolist() for line in narrow.get_segments()] == [[0, 2], [-3, 1]]
    assert wide.get_linewidth()[0] < narrow.get_linewidth()[0]
    marks, zero = ax.get_lines()
    np.testing.assert_allclose(marks.get_xydata(), [[1, 0], [-2, 1]])
    assert set(zero.get_xdata()) == {0}
    [band] = ax.patches
    assert (band.get_x(), band.get_width()) == (-5, 10)
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["95 %, folds", "95 %, artists", "gap"]


def test_one_interval_is_enough():
    ax = Figure().add_subplot()
    draw_differences(ax, TABLE, ["a", "b"], ("low", "high", "95 %"))
    assert len(ax.collections) == 1 and not ax.patches
