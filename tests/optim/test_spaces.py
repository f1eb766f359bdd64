"""The declared spaces: log-uniform, shared between optimizers, and what the grids hold."""

import subprocess
import sys

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mgc.errors import ConfigError
from mgc.optim.factories import OPTIMIZERS, SETTINGS
from mgc.optim.spaces import SPACES, Axis, draw_settings, second_round
from mgc.train.config import RunConfig


def test_each_optimizer_is_searched_in_all_its_numbers():
    assert set(SPACES) == set(OPTIMIZERS)
    for name, axes in SPACES.items():
        assert set(axes) == {"learning_rate", *SETTINGS[name]}


@pytest.mark.parametrize("name", SPACES)
def test_the_default_rate_lies_well_inside(name):
    assert 0.2 < SPACES[name]["learning_rate"].place(OPTIMIZERS[name]) < 0.8


@given(st.floats(0, 1), st.booleans())
def test_value_and_place_are_inverse(share, one_minus):
    axis = Axis(1e-4, 0.2, one_minus)
    assert axis.place(axis.value(share)) == pytest.approx(share, abs=1e-3)


@pytest.mark.parametrize("name", SPACES)
def test_draws_cover_each_axis_and_can_be_continued(name):
    drawn = draw_settings(name, 0, 16)
    assert drawn[:12] == draw_settings(name, 0, 12) and drawn[12:] == draw_settings(name, 12, 16)
    for field, axis in SPACES[name].items():
        places = np.sort([axis.place(settings[field]) for settings in drawn])
        assert places[0] >= 0 and places[-1] <= 1
        assert np.diff(np.concatenate([[0], places, [1]])).max() < 0.25, field
    for settings in drawn:
        RunConfig(optimizer=name, **settings)


def test_optimizers_share_the_places():
    for a, b in zip(draw_settings("adam", 0, 5), draw_settings("nesterov", 0, 5), strict=True):
        assert a["beta_1"] == b["momentum"]
        assert b["learning_rate"] == pytest.approx(10 * a["learning_rate"], rel=0.01)


def test_the_printed_grid_is_that_of_the_draws():
    done = subprocess.run(
        [sys.executable, "-m", "mgc.optim.spaces", "12", "14"], capture_output=True, text=True
    )
    lines = yaml.safe_load(done.stdout)["any_of"]
    assert lines == [
        {"optimizer": name, **settings}
        for name in SPACES
        for settings in draw_settings(name, 12, 14)
    ]


def test_refusals():
    with pytest.raises(ConfigError, match="settings of lion.*adam, sgd_momentum"):
        draw_settings("lion", 0, 3)
    with pytest.raises(ConfigError, match="from 3 to 3"):
        draw_settings("adam", 3, 3)


def test_the_second_round_goes_past_the_nearest_end():
    """1 - beta_2 at the low end of its axis: towards longer memories."""
    best = draw_settings("adam", 2, 3)[0]
    assert SPACES["adam"]["beta_2"].place(best["beta_2"]) < 0.1
    more = second_round("adam", best)
    moved = [s["beta_2"] for s in more]
    assert best["beta_2"] < moved[0] < moved[1] < 1 and moved[2:] == [best["beta_2"]] * 2
    rates = [s["learning_rate"] / best["learning_rate"] for s in more]
    assert rates == pytest.approx([1, 1, 0.5, 2])
    assert all(s["epsilon"] == best["epsilon"] for s in more)


def test_numbers_without_effect_are_no_end():
    best = {"learning_rate": 0.004, "rho": 0.95, "epsilon": 1e-10, "weight_decay": 1e-6}
    assert {s["epsilon"] for s in second_round("rmsprop", best)} == {1e-10}
    best["epsilon"] = 9e-3
    assert max(s["epsilon"] for s in second_round("rmsprop", best)) > 0.05
