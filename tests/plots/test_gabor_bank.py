"""A bank of filters, drawn and said."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_allclose

from mgc.errors import SignalError
from mgc.plots.gabor_bank import (
    describe_bank,
    describe_coverage,
    describe_displacement,
    plot_bank,
    plot_coverage,
    plot_displacement,
)
from mgc.signal.gabor_bank import DEFAULT_BANK, coverage, random_bank
from mgc.signal.gabor_kernel import displacement


@pytest.fixture
def moved():
    before = DEFAULT_BANK.parameters()
    after = {name: values.copy() for name, values in before.items()}
    after["wavelength"][2] *= 2
    after["orientation"][0] = np.pi - 0.1
    after["phase"][1] += 2 * np.pi + 0.2
    after["sigma"][5] /= 2
    return before, after


def test_every_kernel_is_a_picture_on_one_scale(ax):
    kernels = random_bank(0, 5, 4)
    assert plot_bank(kernels, 3, ax) is ax
    for f, image in enumerate(ax.images):
        np.testing.assert_array_equal(image.get_array(), kernels[..., f])
        assert image.get_clim() == (-np.abs(kernels).max(), np.abs(kernels).max())
    corners = [tuple(image.get_extent()[::2]) for image in ax.images]
    assert corners == [(0, 1.25), (1.25, 1.25), (2.5, 1.25), (0, 0), (1.25, 0)]
    assert [text.get_text() for text in ax.texts] == list("12345")


def test_a_new_figure_is_as_flat_as_the_lines():
    heights = []
    for columns in (8, 4):
        figure = plot_bank(DEFAULT_BANK.kernels(), columns).figure
        heights.append(figure.get_figheight() - 0.6)
        plt.close(figure)
    assert_allclose(heights[1], 4 * heights[0])


def test_the_directions_are_said():
    time = np.tile([1.0, -1.0, 1.0, -1.0], (4, 1))
    kernels = np.stack([time, time, time.T, np.eye(4)], axis=-1)
    assert describe_bank(kernels, 2) == (
        "Pictures of 4 kernels of 4 by 4 pixels, 2 in a line: 2 vary mostly along time, 1 along "
        "frequency, 1 along both."
    )


def test_coverage_is_drawn_on_its_frequencies(ax):
    assert plot_coverage(DEFAULT_BANK.kernels(), ax) is ax
    [image] = ax.images
    assert_allclose(image.get_array(), coverage(DEFAULT_BANK.kernels(), 128))
    pixel = 1 / 128
    assert_allclose(image.get_extent()[:2], (-0.5 - pixel / 2, 0.5 - pixel / 2))


def test_coverage_is_said():
    impulse = np.zeros((3, 3, 2))
    impulse[1, 1] = 1
    assert describe_coverage(impulse) == (
        "Map of the sum of squared transforms of 2 kernels: 2.0 at the mean, 2.0 to 2.0 for waves "
        "of 4 to 8 pixels in all directions, 2.0 on average in the corners, beyond half a cycle "
        "per pixel."
    )


def test_displacements_by_kind(moved):
    found = displacement(*moved)
    assert_allclose(found["frequency"][2], 1 / 8)
    assert_allclose(found["frequency"][3:], 0)
    assert_allclose(found["wavelength"], np.eye(16)[2])
    assert_allclose(found["sigma"], -np.eye(16)[5])
    assert_allclose(found["orientation"][0], np.rad2deg(-0.1))
    assert_allclose(found["phase"][1], np.rad2deg(0.2))


def test_an_arrow_for_each_filter(moved, ax):
    assert plot_displacement(*moved, ax) is ax
    even, odd = ax.collections
    assert_allclose(np.hypot(even.U, even.V)[1], 1 / 8)
    assert_allclose(np.hypot(odd.U, odd.V), 0)
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["even filters", "odd filters"]


def test_the_farthest_is_said(moved):
    before, after = moved
    after["orientation"][0] = 0.0
    assert describe_displacement(before, after) == (
        "Arrows of 16 filters in the plane of frequencies: they moved by 0.000 cycles per pixel in "
        "the median, filter 3 farthest with 0.125."
    )


def test_other_banks_and_shapes_are_refused(moved, ax):
    few = {name: values[:4] for name, values in moved[0].items()}
    for function in (plot_displacement, describe_displacement):
        with pytest.raises(SignalError, match="16 kernels cannot have become 4"):
            function(moved[0], few)
    for function in (plot_bank, plot_coverage, describe_bank, describe_coverage):
        with pytest.raises(SignalError, match="kernels have shape"):
            function(np.ones((3, 3)))
