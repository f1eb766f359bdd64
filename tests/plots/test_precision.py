"""Figures of the floating-point chapter."""

import numpy as np
import pandas as pd
import pytest

from mgc.errors import ConfigError, DataError
from mgc.plots.precision import (
    describe_fft_constants,
    describe_spacing,
    describe_stage_errors,
    plot_fft_constants,
    plot_spacing,
    plot_stage_errors,
)

STAGES = pd.DataFrame(
    {"float16": [0.2, np.nan, 0.01], "float64": [0.0, 2e-15, 1e-15]},
    index=["samples", "power", "level"],
)


def test_spacing_is_flat_in_the_normal_range_and_rises_below_it(ax):
    assert plot_spacing(["float16", "float32"], ax) is ax
    half, single = (line for line in ax.lines if len(line.get_xdata()) > 2)
    x, y = half.get_data()
    assert x[0] == 2.0**-24 and y[0] == 1.0 and x[-1] == 2.0**15
    np.testing.assert_array_equal(y[x >= 2.0**-14], 2.0**-10)
    assert single.get_ydata()[-1] == 2.0**-23
    assert tuple(single.get_xdata()[[0, -1]]) == ax.get_xlim()
    assert {text.get_text() for text in ax.texts} == {"full-scale tone", "floor"}
    assert describe_spacing(["bfloat16"]).startswith(
        "Relative spacing of numbers over their size: bfloat16 0.0039 to 0.0078 from 1.2e-38"
    )
    with pytest.raises(ConfigError, match="'float8'"):
        describe_spacing(["float8"])


def test_constants_are_drawn_over_the_lengths(ax):
    constants = {"float32": [0.58, 0.6], "float64": [0.6, 0.66]}
    assert plot_fft_constants([6, 8], constants, ax) is ax
    np.testing.assert_array_equal(ax.lines[1].get_xydata(), [[64, 0.6], [256, 0.66]])
    assert ax.get_ylim()[0] == 0
    assert describe_fft_constants([6, 8], constants).endswith(
        "float32 between 0.58 and 0.60, float64 between 0.60 and 0.66."
    )
    with pytest.raises(DataError, match="there are 3 lengths"):
        describe_fft_constants([6, 7, 8], constants)


def test_stages_without_an_error_are_left_out(ax):
    assert plot_stage_errors(STAGES, ax) is ax
    half, double = (line.get_ydata() for line in ax.lines)
    np.testing.assert_array_equal(half, [0.2, np.nan, 0.01])
    assert np.isnan(double[0]) and ax.get_yscale() == "log"
    assert describe_stage_errors(STAGES).endswith(
        "float16 from 0.01 (level) to 0.2 (samples); float64 from 1e-15 (level) to 2e-15 (power)."
    )


@pytest.mark.parametrize("function", [plot_stage_errors, describe_stage_errors])
@pytest.mark.parametrize("table", [STAGES.iloc[:0], STAGES.rename(columns={"float16": "int8"})])
def test_other_tables_are_refused(function, table):
    with pytest.raises(DataError, match="expected are formats"):
        function(table)
