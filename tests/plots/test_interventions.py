"""Interventions, band profiles and activation maps as they are drawn."""

import numpy as np
import pandas as pd
import pytest

from mgc.data.frontend import FrontEnd
from mgc.errors import DataError
from mgc.plots.interventions import (
    describe_activation,
    describe_band_profiles,
    describe_interventions,
    plot_activation,
    plot_band_profiles,
    plot_interventions,
)


@pytest.fixture
def changes():
    return pd.DataFrame(
        {
            "kind": ["none", "gain", "low_cut"],
            "strength": [0.0, -20.0, 8.0],
            "unit": ["", "dB", "bands"],
            "difference": [0.0, 0.01, -0.2],
            "low": [0.0, -0.02, -0.3],
            "high": [0.0, 0.04, -0.1],
            "flips": [0.0, 0.05, 0.4],
        }
    )


@pytest.fixture
def profiles():
    share = np.full((2, 128), 1 / 128)
    share[1] = np.where(np.arange(128) >= 120, 1 / 8, 0)
    genre, band = np.indices(share.shape).reshape(2, -1)
    names = np.array(["jazz", "pop"])[genre]
    return pd.DataFrame({"genre": names, "hz": 80.0 * band, "share": share.ravel()})


def test_marks_are_the_table(changes, ax):
    assert plot_interventions(changes, ax) is ax
    whiskers = np.array([path.vertices for path in ax.collections[0].get_paths()])
    np.testing.assert_allclose(whiskers[:, :, 0], [[-2, 4], [-30, -10]])
    np.testing.assert_allclose(ax.collections[1].get_offsets(), [[1, 0], [-20, 1]])
    np.testing.assert_allclose(ax.collections[2].get_offsets(), [[-5, 0], [-40, 1]])
    labels = [t.get_text() for t in ax.get_yticklabels()]
    assert labels == ["gain -20 dB", "low cut 8 bands"]


def test_words_of_interventions_hold_the_numbers(changes):
    text = describe_interventions(changes)
    assert "gain -20 dB +1.0 (-2.0 to +4.0), 5 %; low cut 8 bands -20.0 (-30.0 to -10.0)" in text


def test_profiles_are_densities(profiles, ax):
    plot_band_profiles(profiles, FrontEnd(), ax)
    image = np.asarray(ax.images[0].get_array())
    assert image.shape == (2, 128)
    np.testing.assert_allclose(image[0], 1)
    np.testing.assert_allclose(image[1, -8:], 16)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["jazz", "pop"]
    assert "pop strongest at 9600 Hz, half of it above 9920 Hz." in describe_band_profiles(profiles)


def test_the_map_is_stretched_over_the_picture(ax):
    active = np.zeros((4, 3))
    active[3, 0] = 1.0
    plot_activation(np.full((128, 12), -30.0), active, FrontEnd(), ax)
    lines = [s for path in ax.collections[0].get_paths() for s in path.vertices]
    x, y = np.array(lines).T
    left, right = ax.get_xlim()
    bottom, top = ax.get_ylim()
    assert x.max() < left + (right - left) / 2 and y.min() > bottom + (top - bottom) / 2
    text = describe_activation(active, FrontEnd())
    assert ": 0 % of it below 1956 Hz, 100 % in the first half." in text


@pytest.mark.parametrize("shape", [(4, 6), (3, 5), (1, 1)])
def test_an_even_map_has_half_of_it_in_each_half(shape):
    text = describe_activation(np.ones(shape), FrontEnd())
    assert ": 50 % of it below 1956 Hz, 50 % in the first half." in text


def test_other_tables_are_refused(changes, profiles):
    for function in (plot_interventions, describe_interventions):
        with pytest.raises(DataError, match="lacks flips: make it with"):
            function(changes.drop(columns="flips"))
        with pytest.raises(DataError, match="lacks rows"):
            function(changes.iloc[:1])
    with pytest.raises(DataError, match="lacks share"):
        describe_band_profiles(profiles.drop(columns="share"))
    with pytest.raises(DataError, match="without a positive value"):
        plot_activation(np.zeros((128, 4)), np.zeros((2, 2)), FrontEnd())
    for nothing in (np.zeros((2, 2)), np.ones(4), np.ones((0, 2))):
        with pytest.raises(DataError, match="without a positive value"):
            describe_activation(nothing, FrontEnd())
