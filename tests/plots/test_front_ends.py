"""The picture of differences shows what the table says."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from mgc.errors import DataError
from mgc.plots.front_ends import (
    describe_differences,
    describe_pictures,
    plot_differences,
    plot_pictures,
)


@pytest.fixture
def table():
    rows = [
        ("rbf_svm", "log_mel", 0.0, 0.0, 0.0),
        ("rbf_svm", "mel", -0.12, -0.16, -0.08),
        ("simple_cnn", "log_mel", 0.0, 0.0, 0.0),
        ("simple_cnn", "mel", -0.2, -0.25, -0.15),
        ("simple_cnn", "free", 0.01, -0.02, 0.04),
    ]
    ends = ["difference", "difference_low", "difference_high"]
    return pd.DataFrame(rows, columns=["model", "features", *ends])


def test_marks_and_intervals_are_the_numbers_of_the_table(table):
    ax = plot_differences(table, ax=Figure().add_subplot())
    marks = {line.get_label(): line for line in ax.lines if line.get_label() in set(table["model"])}
    assert [round(x) for x in marks["simple_cnn"].get_xdata()] == [-20, 1]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["mel", "free"]
    ends = [segment[:, 0].round().tolist() for c in ax.collections for segment in c.get_segments()]
    assert ends == [[-16, -8], [-25, -15], [-2, 4]]
    # Two marks of one row do not lie on each other.
    assert marks["rbf_svm"].get_ydata()[0] != marks["simple_cnn"].get_ydata()[0]


def test_words_tell_every_difference(table):
    words = describe_differences(table)
    assert "rbf_svm: mel -12.0 (-16.0 to -8.0)." in words
    assert "simple_cnn: mel -20.0 (-25.0 to -15.0), free +1.0 (-2.0 to +4.0)." in words


def test_tables_without_rows_or_columns_are_refused(table):
    with pytest.raises(DataError, match="lacks rows beside log_mel"):
        plot_differences(table[table["features"] == "log_mel"])
    with pytest.raises(DataError, match="lacks difference_low"):
        describe_differences(table.drop(columns="difference_low"))


def test_pictures_stand_upright_with_their_titles():
    figure = Figure()
    pictures = {"log-mel": np.arange(6.0).reshape(2, 3), "mfcc": np.zeros((4, 3))}
    axes = figure.subplots(1, 2)
    assert plot_pictures(pictures, 6.0, axes) is axes[0]
    assert [ax.get_title() for ax in axes] == ["log-mel", "mfcc"]
    image = axes[0].get_images()[0]
    assert image.origin == "lower" and image.get_extent() == [0.0, 6.0, 0.0, 2.0]
    np.testing.assert_array_equal(image.get_array(), pictures["log-mel"])
    assert "log-mel, 2 rows; mfcc, 4 rows." in describe_pictures(pictures, 6.0)
