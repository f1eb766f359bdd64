"""Pictures of what networks cost."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle as Box

from mgc.errors import DataError
from mgc.models.receptive_field import Rectangle
from mgc.plots.costs import (
    describe_accuracy_cost,
    describe_contrasts,
    describe_stage_shares,
    plot_accuracy_cost,
    plot_contrasts,
    plot_stage_shares,
)
from mgc.plots.footprint import describe_footprint, plot_footprint

STAGES = pd.DataFrame({"stage": ["a", "b"], "parameters": [10, 30], "flops": [600, 200]})
ARMS = pd.DataFrame(
    {
        "accuracy": [0.5, 0.6, 0.55],
        "low": [0.4, 0.5, 0.5],
        "high": [0.6, 0.7, 0.61],
        "family": ["cnn", "unet", "cnn"],
        "flops": [1e6, 1e8, 1e7],
    },
    index=["small", "u", "large"],
)
CONTRASTS = pd.DataFrame(
    {
        "difference": [0.01, -0.03],
        "artists_low": [-0.02, -0.05],
        "artists_high": [0.04, -0.01],
        "low": [-0.05, -0.1],
        "high": [0.07, 0.04],
        "detectable": [0.06, 0.08],
    },
    index=["skips", "decoder"],
)


def test_shares_are_percent_of_the_network(ax):
    assert plot_stage_shares(STAGES, ax) is ax
    assert [round(bar.get_width()) for bar in ax.patches] == [25, 75, 75, 25]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
    assert describe_stage_shares(STAGES).endswith("a 25 % and 75 %; b 75 % and 25 %.")


def test_every_network_stands_at_its_cost(ax):
    assert plot_accuracy_cost(ARMS, "flops", "operations", ax) is ax
    assert ax.get_xscale() == "log"
    assert [text.get_text() for text in ax.texts] == ["1", "2", "3"]
    assert [line.get_xdata().tolist() for line in ax.lines] == [[1e6, 1e7], [1e8]]
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["cnn", "unet"]
    said = describe_accuracy_cost(ARMS, "flops", "operations")
    assert "2 u 60.0 % (50.0 to 70.0) at 100,000,000;" in said


def test_contrasts_are_in_points_with_both_intervals(ax):
    assert plot_contrasts(CONTRASTS, 0.03, ax) is ax
    folds, artists = ax.collections
    assert [s[:, 0].tolist() for s in folds.get_segments()] == pytest.approx(
        [pytest.approx([-5, 7]), pytest.approx([-10, 4])]
    )
    assert artists.get_linewidth()[0] > folds.get_linewidth()[0]
    assert ax.get_ylim() == (1.5, -0.5)
    said = describe_contrasts(CONTRASTS)
    assert "decoder: -3.0; artists -5.0 to -1.0; folds -10.0 to +4.0." in said


def test_the_counted_rectangle_frames_the_footprint(ax):
    footprint = np.zeros((6, 8))
    footprint[1:4, 2:7] = np.logspace(-12, 0, 15).reshape(3, 5)
    counted = Rectangle((1, 3), (2, 6))
    assert plot_footprint(footprint, counted, ax) is ax
    [box] = [patch for patch in ax.patches if isinstance(patch, Box)]
    assert (box.get_xy(), box.get_width(), box.get_height()) == ((1.5, 0.5), 5, 3)
    shown = ax.images[0].get_array()
    assert np.ma.getmaskarray(shown).sum() == 48 - 15
    assert shown.min() == 1e-6 and shown.max() == 1
    said = describe_footprint(footprint, counted)
    assert "not 0 at 15 points; the counted rectangle has 3 by 5" in said


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plot_stage_shares(STAGES[:0]),
        lambda: describe_stage_shares(STAGES[["stage"]]),
        lambda: plot_accuracy_cost(ARMS, "bytes", "bytes"),
        lambda: plot_contrasts(CONTRASTS.drop(columns="low")),
        lambda: plot_footprint(np.zeros((2, 2)), Rectangle((0, 1), (0, 1))),
    ],
)
def test_nothing_to_draw_is_refused(draw):
    with pytest.raises(DataError):
        draw()
