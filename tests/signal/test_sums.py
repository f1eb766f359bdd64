"""Sums against exact ones, within their bounds, and in the format that was asked for."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mgc.errors import ConfigError
from mgc.signal.floating.formats import FORMATS, to_format
from mgc.signal.floating.sums import (
    SUMS,
    kahan_sum,
    neumaier_sum,
    pairwise_sum,
    recursive_sum,
    sum_bound,
    sum_errors,
)

NARROW = ("float16", "bfloat16", "float32")


def test_ten_million_tenths():
    tenths = np.full(10**7, 0.1, dtype=np.float32)
    assert float(recursive_sum(tenths, "float32")) == 1087937.0
    assert float(pairwise_sum(tenths, "float32")) == pytest.approx(1000000.0149, abs=0.07)
    assert float(recursive_sum(tenths, "float64")) == pytest.approx(1000000.0149, abs=1e-3)


def test_kahan_loses_what_neumaier_keeps():
    terms = [1.0, 1e100, 1.0, -1e100]
    assert (float(kahan_sum(terms)), float(neumaier_sum(terms)), math.fsum(terms)) == (0, 2, 2)


@pytest.mark.parametrize(("name", "stop"), [("float16", 2.0**11), ("bfloat16", 2.0**8)])
def test_a_running_total_stops_at_two_over_eps(name, stop):
    ones = np.ones((5000, 2))
    assert recursive_sum(ones, name).tolist() == [stop, stop]
    for better in (pairwise_sum, kahan_sum):
        assert better(ones[:4096], name).tolist() == [4096, 4096]
    # What Neumaier collects is a running total of its own, and stops as well.
    assert neumaier_sum(ones, name).tolist() == [2 * stop] * 2


def test_float32_stops_at_two_to_the_24():
    assert float(recursive_sum([2.0**24, 1.0], "float32")) == 2.0**24
    assert float(recursive_sum([2.0**24, 1.0])) == 2.0**24 + 1


def test_a_total_that_leaves_the_range_is_infinite():
    assert float(recursive_sum([65504.0, 65504.0], "float16")) == np.inf


@pytest.mark.parametrize("method", SUMS)
@pytest.mark.parametrize("name", NARROW)
@given(
    x=arrays(np.float64, st.integers(1, 40), elements=st.floats(-100, 100, allow_subnormal=False))
)
def test_errors_stay_within_the_bound(method, name, x):
    terms = to_format(x, name).astype(np.float64)
    error = abs(float(SUMS[method](terms, name)) - math.fsum(terms))
    # Tiny sums end on the grid of the smallest numbers.
    slack = FORMATS[name].min_subnormal * len(x)
    assert error <= 1.1 * sum_bound(method, len(x), name) * np.abs(terms).sum() + slack


@pytest.mark.parametrize("method", SUMS)
def test_every_addition_is_rounded_to_the_format(method):
    """Two terms of half a spacing each: a wide total, rounded at the end, would keep them."""
    half = 2.0**-11
    found = float(SUMS[method]([1.0, half, half], "float16"))
    assert found == (1.0 if method in ("recursive", "pairwise") else 1.0 + 2 * half)
    assert float(recursive_sum([1.0, *[2.0**-25] * 4], "float32")) == 1.0


def test_sums_run_along_the_first_axis():
    x = np.arange(24.0).reshape(4, 3, 2)
    for add in SUMS.values():
        np.testing.assert_array_equal(add(x), x.sum(axis=0))


def test_measured_growth_is_the_predicted_one():
    sizes = 2 ** np.arange(6, 17, 2)
    slope = {
        key: np.polyfit(np.log(sizes), np.log(sum_errors(method, sizes, **options)), 1)[0]
        for key, method, options in (
            ("random", "recursive", {}),
            ("equal", "recursive", {"equal": True}),
            ("pairwise", "pairwise", {}),
        )
    }
    assert slope["random"] == pytest.approx(0.5, abs=0.1)
    assert slope["equal"] == pytest.approx(1.0, abs=0.15)
    assert abs(slope["pairwise"]) < 0.15
    for method in ("Kahan", "Neumaier"):
        assert (sum_errors(method, [16, 256, 4096]) <= 2.0**-24).all()


def test_measured_errors_are_those_of_the_format():
    wide, narrow = (sum_errors("recursive", [1000], name)[0] for name in ("float64", "float32"))
    assert 1e8 < narrow / wide < 1e10


@pytest.mark.parametrize(
    ("method", "k"), [("recursive", 999), ("pairwise", 10)], ids=["recursive", "pairwise"]
)
def test_bounds_count_the_additions(method, k):
    u = 2.0**-24
    assert sum_bound(method, 1000, "float32") == pytest.approx(k * u / (1 - k * u), rel=1e-12)
    assert sum_bound(method, 1, "float32") == 0.0


def test_what_is_no_sum_is_refused():
    with pytest.raises(ConfigError, match="'sorted': expected is one of recursive, pairwise"):
        sum_bound("sorted", 3)
    with pytest.raises(ConfigError, match="'sorted'"):
        sum_errors("sorted", [3])
    for empty in ([], 3.0):
        with pytest.raises(ConfigError, match="give at least one"):
            recursive_sum(empty)
