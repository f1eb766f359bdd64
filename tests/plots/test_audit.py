"""Evidence for repetitions, drawn and said."""

import numpy as np
import pandas as pd
import pytest

from mgc.errors import DataError
from mgc.plots.audit import describe_curves, describe_verdicts, plot_curves, plot_verdicts


@pytest.fixture
def curves():
    index = pd.Index(np.arange(-5, 5.5, 0.5), name="offset_s")
    table = pd.DataFrame(0.1, index=index, columns=["a+b", "c+d"])
    table.loc[2.0, "a+b"], table.loc[-1.0, "c+d"], table.loc[4.0, "c+d"] = 0.9, 0.7, 0.6
    table.loc[-5.0, "c+d"] = np.nan
    return table


@pytest.fixture
def pairs():
    return pd.DataFrame(
        {
            "kind": ["near", "near", "loop"],
            "similarity": [0.9, 0.8, 0.7],
            "steadiness": [0.9, 0.7, 0.5],
        }
    )


def test_a_line_and_a_dot_for_each_pair(curves, ax):
    assert plot_curves(curves, ax) is ax
    lines = ax.get_lines()
    assert len(lines) == 4
    assert lines[1].get_xydata().tolist() == [[2.0, 0.9]]
    assert len(lines[2].get_xdata()) == 20
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["a, b", "c, d"]


def test_the_peaks_are_said(curves):
    assert describe_curves(curves) == (
        "Similarity over the offset: a and b peak with 0.90 at 2.0 s, elsewhere at most 0.10; "
        "c and d peak with 0.70 at -1.0 s, elsewhere at most 0.60."
    )


def test_a_mark_for_each_pair_and_the_line_between(pairs, ax):
    assert plot_verdicts(pairs, 0.66, ax) is ax
    assert [len(c.get_offsets()) for c in ax.collections] == [2, 1]
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["near (2)", "loop (1)"]
    assert ax.get_lines()[0].get_ydata()[0] == 0.66


def test_the_sides_of_the_line_are_said(pairs):
    assert describe_verdicts(pairs, 0.66) == (
        "Scatter of 3 pairs: 2 above the line at 0.66 (lowest 0.70), 1 below it (highest 0.50)."
    )


def test_nothing_to_draw_is_refused(curves, pairs):
    for function in (plot_curves, describe_curves):
        with pytest.raises(DataError, match="rows or columns"):
            function(curves[[]])
    for function in (plot_verdicts, describe_verdicts):
        with pytest.raises(DataError, match="lacks steadiness"):
            function(pairs.drop(columns="steadiness"), 0.66)
