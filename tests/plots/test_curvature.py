"""Sharpness beside thresholds, checkpoints, subsets and slices, drawn and said."""

import numpy as np
import pandas as pd
import pytest

from mgc.errors import DataError
from mgc.plots.curvature import (
    describe_checkpoints,
    describe_edge,
    describe_subsets,
    plot_checkpoints,
    plot_edge,
    plot_subsets,
)
from mgc.plots.loss_slices import (
    describe_lines,
    describe_plane,
    describe_quotient,
    plot_lines,
    plot_plane,
    plot_quotient,
)

EDGE = pd.DataFrame(
    {
        "learning_rate": [0.1, 0.1, 0.1, 0.2, 0.2, 0.2],
        "step": [0, 5, 10] * 2,
        "preconditioned": [2.0, 10.0, 22.0, 2.0, 9.0, 11.0],
        "threshold": [20.0] * 3 + [10.0] * 3,
    }
)
MINI = pd.DataFrame(
    {"optimizer": ["adam"] * 2 + ["rmsprop"] * 2, "step": [1, 9] * 2, "noise": [3, np.inf, 4, 5]}
)
SUBSETS = pd.DataFrame(
    [
        {"whole_clips": w, "segments": n, "clips": n // (5 if w else 1), "draw": k, "sharpness": s}
        for w in (False, True)
        for n in (50, 100)
        for k, s in enumerate((9.0, 11.0, 10.0, 200.0 if w else 10.5))
    ]
)
LINES = pd.DataFrame({"slice": ["a"] * 3 + ["b"] * 3, "t": [-1, 0, 1] * 2, "loss": [3, 1, 2] * 2})
PLANE = pd.DataFrame([(a, b, 1 + a * a + b * b) for a in (-1, 0, 1) for b in (-1, 0, 1)])
PLANE.columns = ["a", "b", "loss"]


def test_each_rate_has_its_own_threshold(ax):
    assert plot_edge(EDGE, ax) is ax
    first, second, edge = ax.lines
    assert first.get_ydata().tolist() == [0.1, 0.5, 1.1]
    assert second.get_ydata().tolist() == [0.2, 0.9, 1.1]
    assert set(edge.get_ydata()) == {1}
    assert describe_edge(EDGE).endswith("0.2 to 1.10 (median of the second half), largest 1.10.")


def test_what_is_infinite_is_left_out(ax):
    assert plot_checkpoints(MINI, "noise", "noise scale (segments)", ax) is ax
    assert np.isnan(ax.lines[0].get_ydata()[1])
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    said = describe_checkpoints(MINI, "noise", "noise scale")
    assert said.endswith("adam from 3 to 3; rmsprop from 4 to 5.")
    none = describe_checkpoints(MINI.assign(noise=np.inf), "noise", "noise scale")
    assert "adam without a finite value" in none


def test_subsets_with_band_and_second_opinion(ax):
    assert plot_subsets(SUBSETS, ax) is ax
    stars = [line for line in ax.lines if line.get_marker() == "*"]
    assert [star.get_ydata().tolist() for star in stars] == [[10.5, 10.5], [200.0, 200.0]]
    assert describe_subsets(SUBSETS).endswith("one more draw 200.")


def test_one_kind_of_subset_is_enough(ax):
    plot_subsets(SUBSETS[SUBSETS["whole_clips"]], ax)
    assert len(ax.get_legend().get_texts()) == 1


def test_lines_start_at_zero(ax):
    assert plot_lines(LINES, ax) is ax
    assert ax.get_ylim()[0] == 0 and len(ax.lines) == 2
    assert describe_lines(LINES).endswith("b from 3 at -1 over its least value 1 at 0 to 2 at 1.")


def test_the_plane_has_levels_between_its_ends(ax):
    assert plot_plane(PLANE, ax) is ax
    levels = ax.collections[0].levels
    assert levels.min() >= 1 and levels.max() <= 3
    np.testing.assert_allclose(levels[1:] / levels[:-1], 2**0.25)
    assert "least 1 at (0, 0), largest 3" in describe_plane(PLANE)


def test_a_plane_with_a_hole_is_refused():
    for function in (plot_plane, describe_plane):
        with pytest.raises(DataError, match="do not fill a grid of 3 x 3"):
            function(PLANE.drop(index=4))


def test_the_quotient_beside_its_limits(ax):
    marks = {"product": 2.0, "library": 3.0}
    assert plot_quotient([1e-6, 1e-3], [2.0, 4.0], marks, ax) is ax
    assert [line.get_label() for line in ax.lines] == ["difference quotient", *marks]
    said = describe_quotient([1e-3, 1e-6], [4.0, 2.0], marks)
    assert said.endswith("4 at width 0.001, largest 4; product says 2, library says 3.")
    with pytest.raises(DataError, match="widths above 0"):
        plot_quotient([0.0], [1.0], {})


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (plot_edge, (MINI,)),
        (describe_edge, (EDGE.iloc[:0],)),
        (plot_checkpoints, (MINI, "cosine", "cosine")),
        (plot_lines, (LINES.iloc[:0],)),
        (describe_plane, (MINI,)),
    ],
)
def test_tables_without_what_is_drawn_are_refused(function, arguments):
    with pytest.raises(DataError, match="expected are rows"):
        function(*arguments)
