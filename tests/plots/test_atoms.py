"""Products beside the bound, hills of ambiguity, beats that pass."""

import numpy as np
import pytest

from mgc.errors import DataError
from mgc.plots.atoms import (
    describe_ambiguity,
    describe_modulation,
    describe_products,
    plot_ambiguity,
    plot_modulation,
    plot_products,
)
from mgc.signal.windows import Spread, gaussian_window, hann_moments, sampled_window


@pytest.fixture
def moments():
    return {"hann": hann_moments(1.0), "far": Spread(0.0, 0.0, 2.0, 1.0)}


def test_each_window_is_a_dot_right_of_the_bound(moments, ax):
    assert plot_products(moments, ax) is ax
    values = ax.get_lines()[1].get_xdata()
    np.testing.assert_allclose(values, [1.02623, 8 * np.pi], rtol=1e-5)
    assert [text.get_text() for text in ax.texts] == ["1.026", "25.1"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["hann", "far"]
    assert ax.get_xscale() == "log" and ax.get_xlim()[1] > values.max()


def test_the_words_hold_every_product(moments):
    assert describe_products(moments).endswith("bound: hann 1.026, far 25.1.")


@pytest.mark.parametrize("function", [plot_products, describe_products])
def test_no_window_is_refused(function):
    with pytest.raises(DataError, match="no window to draw"):
        function({})


def test_the_hill_is_the_closed_form(ax):
    sr = 1000
    g = gaussian_window(256, 20.0)
    assert plot_ambiguity(g, sr, ax) is ax
    (image,) = ax.get_images()
    share = np.asarray(image.get_array())
    assert share.max() == 1.0 and image.get_clim() == (0, 1)
    left, right, bottom, top = image.get_extent()
    assert (left, right, bottom) == (-255, 255, -sr / 2) and top < sr / 2
    # |A(0, nu)| = exp(-(pi s nu)^2) falls to 0.01 at sqrt(ln 100) / (pi s).
    low, high = ax.get_ylim()
    assert low == -high and high == pytest.approx(
        np.sqrt(np.log(100)) / (np.pi * 0.020), abs=sr / 1024
    )
    words = describe_ambiguity(g, sr)
    time, hertz = np.sqrt(np.log(2)) * 40, np.sqrt(np.log(2)) / (np.pi * 0.020)
    assert f"at {np.floor(time):.1f} ms and at {hertz:.0f} Hz" in words
    assert "upright" in words


def test_the_hill_of_a_chirp_leans():
    t = np.arange(-128, 128)
    g = gaussian_window(256, 20.0) * np.exp(1j * np.pi * 2e-3 * t**2)
    assert "leans to one side" in describe_ambiguity(g, 1000)


def test_the_curve_is_the_response(ax):
    g = sampled_window("hann", 2048)
    limits, measured = {"columns": 6.4, "frames": 21.5}, {4.0: 0.95, 8.0: 0.81}
    assert plot_modulation(g, 22050, limits, measured, ax) is ax
    curve, dots, *lines = ax.get_lines()
    assert curve.get_ydata()[0] == pytest.approx(1)
    assert curve.get_xdata()[-1] == pytest.approx(25.8)
    assert list(dots.get_xdata()) == [4.0, 8.0] and list(dots.get_ydata()) == [0.95, 0.81]
    assert [line.get_xdata()[0] for line in lines] == [6.4, 21.5]
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels[2:] == ["columns: 6.4 Hz", "frames: 21.5 Hz"]
    words = describe_modulation(g, 22050, limits, measured)
    assert words.endswith("Dots: 0.95 at 4 Hz, 0.81 at 8 Hz.")
    assert "Dots" not in describe_modulation(g, 22050, limits, None)
