"""Compressions: slopes by differences, condition numbers by perturbation, floors by counting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from mgc.errors import SignalError
from mgc.signal.compression import db_slope, decibels, floor_power, floor_share, logarithm, root
from mgc.signal.mel import power_to_db

ALL = [logarithm(1e-10), logarithm(1e-8), decibels(), root(), root(1.0), root(0.1)]
X = 10.0 ** np.linspace(-9.3, 4.3, 41)


def test_slope_of_decibels_at_one_and_at_the_floor():
    assert db_slope(1.0) == pytest.approx(4.3429448190325175, abs=1e-12)
    assert db_slope(1e-10) == pytest.approx(43429448190.32517, abs=1e-3)


@pytest.mark.parametrize("f", ALL, ids=lambda f: f.name)
def test_slopes_are_those_of_the_function(f):
    h = 1e-4 * X
    assert_allclose(f.slope(X), (f(X + h) - f(X - h)) / (2 * h), rtol=1e-6)


@pytest.mark.parametrize("f", ALL, ids=lambda f: f.name)
def test_condition_numbers_are_what_a_perturbation_does(f):
    d = 1e-4
    moved = np.abs(f(X * (1 + d)) - f(X * (1 - d))) / 2
    assert_allclose(moved / d, f.level_condition(X), rtol=1e-5)
    assert_allclose(moved / (d * np.abs(f(X))), f.relative_condition(X), rtol=1e-5)
    assert_allclose(moved / (d * X), f.absolute_condition(X), rtol=1e-5)


@given(st.floats(1e-6, 1.0), st.floats(0, 1e6))
def test_logarithm_in_closed_form(eps, x):
    f = logarithm(eps)
    assert f.absolute_condition(x) == pytest.approx(1 / (x + eps))
    assert f.absolute_condition(x) <= 1 / eps
    assert f.level_condition(x) < 1
    if abs(x + eps - 1) > 1e-3:
        expected = x / ((x + eps) * abs(np.log(x + eps)))
        assert f.relative_condition(x) == pytest.approx(expected)


def test_where_a_level_is_zero_no_digit_is_safe():
    assert logarithm(0.25).relative_condition(0.75) == np.inf
    assert decibels().relative_condition(1.0) == np.inf


def test_a_level_costs_the_same_at_any_power_above_the_floor_and_nothing_below():
    f = decibels(1e-6)
    assert_allclose(f.level_condition(10.0 ** np.arange(-6, 5)), 10 / np.log(10))
    for condition in (f.absolute_condition, f.level_condition, f.relative_condition):
        assert_array_equal(condition([0.0, 1e-12, 9.9e-7]), 0.0)


def test_roots_have_one_condition_number_and_an_infinite_slope_at_silence():
    assert_allclose(root(0.3).relative_condition(X), 0.3)
    assert root(0.3).absolute_condition(0.0) == np.inf
    assert root(0.3).level_condition(0.0) == 0.0
    assert root(1.0).absolute_condition(0.0) == 1.0


def test_decibels_equal_those_of_the_front_end():
    S = X.astype(np.float32)
    assert_allclose(decibels()(S), power_to_db(S, top_db=None), rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize("top_db", [None, 20.0, 80.0])
@pytest.mark.parametrize("amin", [1e-10, 1e-3])
def test_the_floor_is_where_decibels_stop(amin, top_db):
    S = 10.0 ** np.random.default_rng(0).uniform(-14, 2, 5000)
    db = power_to_db(S, amin=amin, top_db=top_db)
    assert 10 * np.log10(floor_power(S, amin=amin, top_db=top_db)) == pytest.approx(
        db.min(), abs=1e-4
    )
    share = floor_share(S, amin=amin, top_db=top_db)
    assert 0 < share < 1
    assert share == pytest.approx(np.mean(db == db.min()), abs=1e-3)


def test_silence_is_all_floor():
    assert floor_share(np.zeros(5)) == 1.0
    assert floor_share([2.0], top_db=None) == 0.0


@pytest.mark.parametrize("bad", [[-1.0], [np.nan], [np.inf]])
def test_what_is_no_power_is_refused(bad):
    for function in (decibels(), root().level_condition, floor_share, db_slope):
        with pytest.raises(SignalError, match="negative, NaN or infinite"):
            function(bad)


def test_nothing_and_zero_are_refused_where_they_mean_nothing():
    with pytest.raises(SignalError, match="at least one value"):
        floor_power([])
    with pytest.raises(SignalError, match="no slope at power 0"):
        db_slope([1.0, 0.0])


@pytest.mark.parametrize("make", [logarithm, decibels, root])
@pytest.mark.parametrize("value", [0.0, -1.0, np.nan])
def test_parameters_out_of_range_are_named(make, value):
    with pytest.raises(SignalError, match="finite number above 0"):
        make(value)
