"""Measured values by genre, and suspected labels."""

import numpy as np
import pandas as pd
import pytest

from mgc.errors import DataError
from mgc.plots.audit_labels import describe_suspects, plot_suspects
from mgc.plots.audit_levels import describe_level_values, plot_level_values


@pytest.fixture
def values():
    return pd.DataFrame(
        {"genre": ["rock", "jazz", "jazz"], "bandwidth_hz": [11000.0, 10700.0, 9000.0]}
    )


@pytest.fixture
def suspects():
    return pd.DataFrame(
        {"clip": ["a", "b"], "confidence": [0.05, 0.2], "margin": [0.5, -0.1], "genre": "pop"}
    )


def test_every_clip_is_a_dot_of_its_genre(values, ax):
    assert plot_level_values(values, "bandwidth_hz", 10474.0, "ends at (Hz)", ax) is ax
    jazz, rock, limit = ax.lines
    assert jazz.get_xdata().tolist() == [9000, 10700] and rock.get_xdata().tolist() == [11000]
    assert np.abs(jazz.get_ydata()).max() < 0.5 and rock.get_ydata() == pytest.approx(1, abs=0.5)
    assert set(limit.get_xdata()) == {10474.0}
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["jazz", "rock"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("ends at (Hz)", "genre")


def test_the_words_count_what_lies_below_the_limit(values):
    assert describe_level_values(values, "bandwidth_hz", 10474.0, "ends at (Hz)") == (
        "Dots of 3 clips by genre, ends at (Hz) from 9000 to 11000; below the limit of 10474: "
        "jazz 1 of 2, rock 0 of 1."
    )


def test_values_without_rows_or_the_column_are_refused(values):
    for table, column in ((values.iloc[:0], "bandwidth_hz"), (values, "range_db")):
        with pytest.raises(DataError, match="table of values lacks (rows|range_db)"):
            plot_level_values(table, column, 1.0, "x")
        with pytest.raises(DataError, match="table of values lacks"):
            describe_level_values(table, column, 1.0, "x")


def test_suspects_lie_at_both_probabilities_and_the_named_are_named(suspects, ax):
    assert plot_suspects(suspects, ["a"], ax) is ax
    dots, named, diagonal = ax.lines
    assert np.allclose(dots.get_xydata(), [[0.05, 0.55], [0.2, 0.1]])
    assert np.allclose(named.get_xydata(), [[0.05, 0.55]])
    assert diagonal.get_slope() == 1
    assert [text.get_text().strip() for text in ax.texts] == ["a"]
    assert describe_suspects(suspects, ["a"]) == (
        "Scatter of 2 suspected clips: median probability 0.12 of the given genre, 0.33 of the "
        "suspected one; a at 0.05 and 0.55."
    )


def test_suspects_without_rows_or_a_column_are_refused(suspects):
    for table in (suspects.iloc[:0], suspects.drop(columns="margin")):
        for function in (plot_suspects, describe_suspects):
            with pytest.raises(DataError, match="table of suspects lacks (rows|margin)"):
                function(table)
