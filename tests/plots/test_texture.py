"""Modulation spectra are drawn on one scale, and described by where they peak."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from mgc.data.texture import modulation
from mgc.errors import DataError
from mgc.plots.texture import describe_modulation, plot_modulation


def test_pictures_share_one_scale():
    figure = plot_modulation({"a": np.arange(6.0).reshape(2, 3), "b": -np.ones((2, 3))}, Figure())
    images = [ax.images[0] for ax in figure.axes if ax.get_title() in ("a", "b")]
    assert [image.get_clim() for image in images] == [(-1.0, 5.0)] * 2
    np.testing.assert_array_equal(images[0].get_array(), np.arange(6.0).reshape(2, 3))


def test_a_beat_peaks_where_it_beats():
    t = np.arange(77)
    beat = np.cos(2 * np.pi * 12 * t / 77) * np.ones((1, 128, 1))
    said = describe_modulation({"beat": modulation(beat, 10)[0].reshape(10, 10)})
    assert "beat: strongest at scale block 0, rate block 6" in said


@pytest.mark.parametrize("blocks", [{}, {"a": np.ones(3)}, {"a": np.ones((0, 2))}])
def test_what_is_no_picture_is_refused(blocks):
    for draw in (plot_modulation, describe_modulation):
        with pytest.raises(DataError, match="one matrix"):
            draw(blocks)
