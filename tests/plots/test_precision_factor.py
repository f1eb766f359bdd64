"""Figures of the precision chapter."""

import numpy as np
import pandas as pd
import pytest

from mgc.errors import DataError
from mgc.plots.precision_factor import (
    describe_drift,
    describe_loss_scale,
    describe_step_time,
    plot_drift,
    plot_loss_scale,
    plot_step_time,
)


@pytest.fixture
def shares():
    index = pd.Index([1, 10, 100], name="step")
    columns = {"float32, last bit": [1e-6, 1e-4, 1e-2], "mixed_float16": [0.1, 0.1, 0.2]}
    return pd.DataFrame(columns, index=index)


@pytest.fixture
def scale():
    rows = [(0, 32.0), (20, 64.0), (21, 32.0)]
    table = pd.DataFrame(rows, columns=["step", "scale"]).assign(arm="mixed_float16")
    return table


@pytest.fixture
def speed():
    rows = [("narrow", "float32", 1, 1, 1), ("wide", "float32", 1, 1, 1)]
    rows += [("narrow", "mixed_bfloat16", 0.9, 1.0, 1.1), ("wide", "mixed_bfloat16", 0.7, 0.8, 0.9)]
    columns = ["group", "arm", "ratio_q25", "ratio", "ratio_q75"]
    return pd.DataFrame(rows, columns=columns).set_index("group")


def test_drift_is_drawn_as_it_is(shares, ax):
    assert plot_drift(shares, ax) is ax
    for line, (_, values) in zip(ax.lines, shares.items(), strict=True):
        np.testing.assert_array_equal(line.get_ydata(), values)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert [line.get_label() for line in ax.lines] == ["float32, last bit changed", "mixed_float16"]


def test_drift_in_words(shares):
    assert describe_drift(shares) == (
        "Distance from float32 as a share of the way, from step 1 to step 100: float32, last bit "
        "changed from 1e-06 to 0.01; mixed_float16 from 0.1 to 0.2."
    )


def test_a_scale_holds_until_it_changes(scale, ax):
    plot_loss_scale(scale, 40, ax)
    [line] = ax.lines
    assert line.get_drawstyle() == "steps-post"
    assert list(line.get_xdata()) == [0, 20, 21, 40]
    assert list(line.get_ydata()) == [32.0, 64.0, 32.0, 32.0]
    assert describe_loss_scale(scale, 40) == (
        "Loss scale over 40 steps: mixed_float16 starts at 2^5, is raised 1 times and halved 1 "
        "times, and ends at 2^5."
    )


def test_times_stand_in_their_group(speed, ax):
    plot_step_time(speed, ax)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["narrow", "wide"]
    marks = {line.get_label(): line.get_xydata() for line in ax.lines}
    np.testing.assert_array_equal(marks["mixed_bfloat16"], [[1.0, 0], [0.8, 1]])
    assert "wide, mixed_bfloat16 0.80 (0.70 to 0.90)" in describe_step_time(speed)


@pytest.mark.parametrize("function", [plot_drift, describe_drift])
def test_unknown_arms_are_refused(function, shares):
    with pytest.raises(DataError, match="the table has float8, but arms that can be drawn are"):
        function(shares.rename(columns={"mixed_float16": "float8"}))
    with pytest.raises(DataError, match="no row"):
        function(shares.iloc[:0])


@pytest.mark.parametrize("function", [plot_loss_scale, describe_loss_scale])
def test_a_scale_needs_rows(function, scale):
    with pytest.raises(DataError, match=r"python -m mgc\.train\.precision"):
        function(scale.iloc[:0], 40)


@pytest.mark.parametrize("function", [plot_step_time, describe_step_time])
def test_only_policies_are_timed(function, speed):
    with pytest.raises(DataError, match="has float32, last bit, but is drawn for the policies"):
        function(speed.replace({"arm": {"float32": "float32, last bit"}}))
