"""Variances against NumPy and against the errors that theory allows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from mgc.data.normalise import Normaliser
from mgc.errors import ConfigError
from mgc.signal.floating.moments import merge_moments, moments
from mgc.signal.floating.variance import (
    VARIANCES,
    one_pass_variance,
    two_pass_variance,
    variance_bound,
    variance_condition,
    variance_errors,
    welford_variance,
)

FAR = 1e9 + np.array([4.0, 7, 13, 16])
VALUES = arrays(np.float64, st.integers(1, 30), elements=st.floats(-1e3, 1e3))


def test_far_from_zero_one_pass_is_negative():
    assert float(one_pass_variance(FAR, ddof=1)) == pytest.approx(-170.66666666666666, abs=1e-6)
    assert float(two_pass_variance(FAR, ddof=1)) == 30.0
    assert float(welford_variance(FAR, ddof=1)) == 30.0


@pytest.mark.parametrize("method", VARIANCES)
@given(x=VALUES)
def test_near_zero_all_equal_numpy(method, x):
    assert_allclose(VARIANCES[method](x), x.var(), rtol=1e-9, atol=1e-8)


@pytest.mark.parametrize("method", VARIANCES)
def test_many_at_once_equal_one_after_the_other(method):
    x = np.random.default_rng(1).normal(5, 2, (40, 3, 2))
    function = VARIANCES[method]
    for name in ("bfloat16", "float32"):
        found = function(x, name, ddof=1)
        for i, j in np.ndindex(3, 2):
            assert found[i, j] == function(x[:, i, j], name, ddof=1)


def test_the_condition_number_tells_how_the_errors_grow():
    conditions = 10.0 ** np.arange(1, 4)
    slope = {
        method: np.polyfit(np.log10(conditions), np.log10(variance_errors(method, conditions)), 1)[
            0
        ]
        for method in VARIANCES
    }
    assert slope["one pass"] == pytest.approx(2, abs=0.25)
    assert slope["Welford"] == pytest.approx(1, abs=0.4)
    assert slope["two passes"] < 0.6
    for method in VARIANCES:
        bounds = [variance_bound(method, 1000, c, "float32") for c in conditions]
        assert (variance_errors(method, conditions) < bounds).all()


def test_condition_is_one_around_zero_and_grows_with_the_mean():
    assert variance_condition([-1.0, 1.0]) == 1.0
    assert variance_condition([99.0, 101.0]) == pytest.approx(np.sqrt(10001))


def test_condition_is_what_the_worst_change_attains():
    x = 30 + np.random.default_rng(4).standard_normal(200)
    worst, size = x - x.mean(), 1e-6 * np.linalg.norm(x)
    changed = x + size * worst / np.linalg.norm(worst)
    assert (changed.std() / x.std() - 1) / 1e-6 == pytest.approx(variance_condition(x), rel=1e-6)


@given(VALUES, VALUES)
def test_merged_moments_are_those_of_all_values(x, y):
    found = merge_moments(moments(x), moments(y))
    n, mean, squares = moments(np.concatenate([x, y]))
    assert found.n == n
    assert_allclose(found.mean, mean, rtol=1e-9, atol=1e-9)
    assert_allclose(found.squares, squares, rtol=1e-8, atol=1e-7)


def test_moments_take_several_axes_and_agree_with_the_normaliser():
    x = np.random.default_rng(2).normal(-40, 10, (6, 4, 5))
    merged = merge_moments(moments(x[:2], axis=(0, 2)), moments(x[2:], axis=(0, 2)))
    normaliser = Normaliser.fit([x[:2], x[2:]])
    assert_allclose(merged.mean, normaliser.mean, rtol=1e-14)
    assert_allclose(np.sqrt(merged.squares / merged.n), normaliser.std, rtol=1e-14)


def test_what_is_no_variance_is_refused():
    with pytest.raises(ConfigError, match="'three passes': expected is one of one pass, Welford"):
        variance_bound("three passes", 3, 1.0)
    with pytest.raises(ConfigError, match="'three passes'"):
        variance_errors("three passes", [1.0])
    for function in VARIANCES.values():
        with pytest.raises(ConfigError, match="give more values"):
            function([1.0], ddof=1)
