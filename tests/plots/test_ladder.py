"""The ladder and the steps show the numbers that they are given."""

import pandas as pd
import pytest
from matplotlib.figure import Figure

from mgc.errors import DataError
from mgc.plots.ladder import (
    describe_ladder,
    describe_sizes,
    describe_steps,
    plot_ladder,
    plot_sizes,
    plot_steps,
)


@pytest.fixture
def table():
    rows = [
        (model, rung, unit, level, level - 0.1, level + 0.05)
        for model, shift in (("svm", 0.0), ("cnn", 0.02))
        for rung, base in (("track_random", 0.8), ("artist_cv", 0.6))
        for unit, level in (("track", base + shift), ("segment", base + shift - 0.05))
    ]
    return pd.DataFrame(rows, columns=["model", "rung", "unit", "accuracy", "low", "high"])


@pytest.fixture
def steps():
    rows = [("first", 0.8, 0.7, -0.1, -0.15, -0.05), ("second", 0.7, 0.72, 0.02, -0.01, 0.05)]
    return pd.DataFrame(rows, columns=["step", "before", "after", "difference", "low", "high"])


def test_every_model_and_unit_has_a_mark_on_every_rung(table):
    ax = plot_ladder(table, Figure().add_subplot())
    assert [label.get_text() for label in ax.get_yticklabels()] == ["track_random", "artist_cv"]
    lines = {line.get_label(): line for line in ax.lines}
    assert set(lines) == {f"{m}, {u} level" for m in ("svm", "cnn") for u in ("track", "segment")}
    assert lines["cnn, track level"].get_xdata().tolist() == pytest.approx([82, 62])
    heights = [line.get_ydata()[1] for line in ax.lines]
    assert len(set(heights)) == 4 and all(0.5 < y < 1.5 for y in heights)
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    assert "cnn, segment level: track_random 77.0 % (67.0 to 82.0)" in describe_ladder(table)


def test_bars_run_from_before_to_after(steps):
    ax = plot_steps(steps, Figure().add_subplot())
    spans = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]
    assert spans == [pytest.approx((80, 70)), pytest.approx((70, 72))]
    assert [text.get_text() for text in ax.texts] == ["-10.0", "+2.0"]
    assert describe_steps(steps) == (
        "Accuracy falls from 80.0 % to 72.0 %: first -10.0 points (-15.0 to -5.0), "
        "second +2.0 points (-1.0 to +5.0)."
    )


def test_one_line_a_rung():
    rows = [(r, n, a, a - 0.1, a + 0.1) for r, a in (("x", 0.8), ("y", 0.5)) for n in (100, 400)]
    table = pd.DataFrame(rows, columns=["rung", "training_clips", "accuracy", "low", "high"])
    ax = plot_sizes(table, Figure().add_subplot())
    assert [line.get_label() for line in ax.lines] == ["x", "y"]
    assert ax.lines[1].get_ydata().tolist() == [50, 50]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["100", "400"]
    assert len(ax.collections) == 2


DRAWN = [plot_ladder, describe_ladder, plot_steps, describe_steps, plot_sizes, describe_sizes]


@pytest.mark.parametrize("draw", DRAWN)
def test_tables_of_another_kind_are_refused(draw):
    with pytest.raises(DataError, match="the table lacks"):
        draw(pd.DataFrame({"low": [1.0]}))
