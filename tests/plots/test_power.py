"""Power curves and false alarms, drawn in percent."""

import numpy as np
import pandas as pd
import pytest

from mgc.errors import DataError
from mgc.plots.power import (
    describe_false_alarms,
    describe_power,
    plot_false_alarms,
    plot_power,
)


@pytest.fixture
def curves():
    rows = [(n, d, g, g * n / 30) for n in (100, 290) for d in (0.15, 0.25) for g in (0, 0.05, 0.1)]
    return pd.DataFrame(rows, columns=["n", "discordant", "gap", "power"])


@pytest.fixture
def alarms():
    return pd.DataFrame(
        {"folds": [5, 5, 10], "repeats": [1, 10, 1], "usual": [0.06, 0.5, 0.04], "corrected": 0.03}
    )


def test_lines_are_the_power_in_percent(curves, ax):
    assert plot_power(curves, ax=ax) is ax
    first, *rest = ax.get_lines()
    np.testing.assert_allclose(first.get_xdata(), [0, 5, 10])
    np.testing.assert_allclose(first.get_ydata(), [0, 100 * 5 / 30, 1000 / 30])
    assert len(rest) == 4
    assert [line.get_linestyle() for line in rest[:3]] == ["--", "-", "--"]
    assert first.get_color() != rest[1].get_color()
    assert ax.get_legend().get_texts()[0].get_text() == "100 clips, 15 %"


def test_words_of_power_hold_the_numbers(curves):
    text = describe_power(curves)
    assert "290 clips, 25 % discordant: 48 % at 5 points and 97 % at 10 points." in text


def test_false_alarms_are_drawn_in_percent(alarms, ax):
    plot_false_alarms(alarms, ax=ax)
    usual, corrected, other, *_ = ax.get_lines()
    np.testing.assert_allclose(usual.get_ydata(), [6, 50])
    np.testing.assert_allclose(corrected.get_ydata(), [3, 3])
    np.testing.assert_allclose(other.get_xdata(), [1])
    assert [t.get_text() for t in ax.get_xticklabels()] == ["1", "10"]
    assert ax.get_xscale() == "log"


def test_words_of_alarms_hold_the_numbers(alarms):
    text = describe_false_alarms(alarms)
    assert "5 folds: usual t 6 % at 1, 50 % at 10; corrected t 3 % at 1, 3 % at 10." in text
    assert text.endswith("10 folds: usual t 4 % at 1; corrected t 3 % at 1.")


@pytest.mark.parametrize(
    "function", [plot_power, describe_power, plot_false_alarms, describe_false_alarms]
)
def test_another_table_is_refused(function):
    with pytest.raises(DataError, match="the table lacks"):
        function(pd.DataFrame({"n": [1]}))
