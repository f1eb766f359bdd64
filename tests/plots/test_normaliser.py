"""Band means and deviations."""

import numpy as np
import pytest

from mgc.data.frontend import FrontEnd
from mgc.data.normalise import Normaliser
from mgc.errors import DataError
from mgc.plots.normaliser import describe_normaliser, plot_normaliser

FRONT_END = FrontEnd(n_mels=4, fmax=8000.0)


@pytest.fixture
def normaliser():
    return Normaliser(np.array([-30.0, -20.0, -45.0, -60.0]), np.array([9.0, 8.0, 12.0, 10.0]))


def test_line_and_shade_are_mean_and_deviation(normaliser, ax):
    assert plot_normaliser(normaliser, FRONT_END, ax) is ax
    (line,) = ax.lines
    np.testing.assert_array_equal(line.get_xydata(), [[0, -30], [1, -20], [2, -45], [3, -60]])
    (shade,) = ax.collections
    corners = {tuple(point) for point in shade.get_paths()[0].vertices}
    assert {(0, -39), (0, -21), (1, -28), (1, -12), (2, -57), (2, -33)} <= corners
    # 8 kHz is the limit of the last band, not inside one.
    marked = " ".join(t.get_text() for t in ax.get_xticklabels())
    assert marked == "250 500 1000 2000 4000"


def test_the_words_hold_the_numbers(normaliser):
    assert describe_normaliser(normaliser, FRONT_END) == (
        "Line of the mean level of 4 mel bands: highest in band 2 from below with -20 dB, lowest "
        "in band 4 with -60 dB. The standard deviation around it lies between 8 and 12 dB."
    )


@pytest.mark.parametrize("function", [plot_normaliser, describe_normaliser])
def test_other_bands_are_refused(normaliser, function):
    with pytest.raises(DataError, match="has 4 bands, but the front end 128"):
        function(normaliser, FrontEnd())
