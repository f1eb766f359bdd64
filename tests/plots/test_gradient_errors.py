"""Errors of gradients, layer by layer."""

import numpy as np
import pandas as pd
import pytest

from mgc.errors import DataError
from mgc.plots.gradient_errors import describe_gradient_errors, plot_gradient_errors


@pytest.fixture
def gradients():
    rows = [
        (variable, probe, scale, factor * error)
        for variable, error in (("convolution 1 kernel", 0.01), ("dense 1 kernel", 0.001))
        for probe, scale in (("mixed_float16", 1.0), ("mixed_float16", 2.0**15))
        for factor in (1.0, 4.0)
    ]
    rows += [("dense 1 bias", "mixed_float16", 1.0, 5.0)]
    return pd.DataFrame(rows, columns=["variable", "probe", "scale", "error"])


def test_marks_are_geometric_means_of_kernels(gradients, ax):
    assert plot_gradient_errors(gradients, ax) is ax
    marks = {line.get_label(): line.get_ydata() for line in ax.lines}
    np.testing.assert_allclose(marks["float16, scale 2¹⁵"], [0.02, 0.002])
    assert np.isnan(marks["bfloat16"]).all()
    assert [label.get_text() for label in ax.get_xticklabels()] == ["convolution 1", "dense 1"]
    assert ax.get_yscale() == "log"


def test_in_words(gradients):
    assert describe_gradient_errors(gradients) == (
        "Relative error of the gradient of each kernel: float16, no scaling convolution 1 0.02, "
        "dense 1 0.002; float16, scale 2¹⁵ convolution 1 0.02, dense 1 0.002."
    )


@pytest.mark.parametrize("function", [plot_gradient_errors, describe_gradient_errors])
def test_nothing_to_draw(function, gradients):
    with pytest.raises(DataError, match="no gradient of a kernel"):
        function(gradients[gradients["variable"] == "dense 1 bias"])
