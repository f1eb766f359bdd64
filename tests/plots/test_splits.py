"""Clips per genre and part."""

import pandas as pd
import pytest

from mgc.errors import DataError
from mgc.plots.splits import describe_split_counts, plot_split_counts
from mgc.plots.style import PART_COLOURS


@pytest.fixture
def counts():
    return pd.DataFrame(
        {"train": [46, 42], "valid": [23, 0], "test": [31, 29], "removed": [0, 7]},
        index=["blues", "disco"],
    )


def test_bars_are_the_counts_stacked(counts, ax):
    assert plot_split_counts(counts, ax) is ax
    bars = {c.get_label(): [(b.get_x(), b.get_width()) for b in c] for c in ax.containers}
    assert list(bars) == list(counts.columns)
    assert bars["valid"] == [(46, 23), (42, 0)]
    assert bars["removed"] == [(100, 0), (71, 7)]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("number of clips", "genre")
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["blues", "disco"]
    assert sorted(t.get_text() for t in ax.texts) == ["23", "29", "31", "42", "46", "7"]
    assert len({c[0].get_facecolor() for c in ax.containers}) == len(PART_COLOURS) + 1


@pytest.mark.parametrize("layout", [None, "constrained"])
def test_every_number_lies_within_a_bar_and_those_that_do_not_fit_are_left_out(ax, layout):
    """A number at the end of a short bar would hang over the edge of the axes."""
    ax.figure.set_layout_engine(layout or "none")
    counts = pd.DataFrame({"removed": [1, 0, 12], "train": [97, 98, 87], "test": [2, 2, 1]})
    plot_split_counts(counts, ax)
    ax.figure.canvas.draw()
    shown = {text.get_text() for text in ax.texts}
    assert {"12", "87", "97", "98"} <= shown and not {"0", "1"} & shown
    bars = [bar.get_window_extent() for container in ax.containers for bar in container]
    for text in ax.texts:
        paper = text.get_bbox_patch().get_window_extent()
        assert any(bar.x0 <= paper.x0 and paper.x1 <= bar.x1 for bar in bars)


def test_the_words_hold_the_numbers(counts):
    assert describe_split_counts(counts) == (
        "Stacked bars of clips for 2 genres: train 88 (42 to 46 a genre), valid 23 (0 to 23 a "
        "genre), test 60 (29 to 31 a genre), removed 7 (0 to 7 a genre)."
    )


@pytest.mark.parametrize("function", [plot_split_counts, describe_split_counts])
def test_nothing_to_count_is_refused(counts, function):
    for wrong in (counts.iloc[:0], counts - 30):
        with pytest.raises(DataError, match="are empty or negative"):
            function(wrong)
