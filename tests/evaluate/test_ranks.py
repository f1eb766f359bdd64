"""Critical differences and numbers of runs against published values and simulation."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from mgc.errors import ConfigError
from mgc.evaluate.ranks import (
    critical_difference,
    nemenyi_q,
    noether_probability,
    noether_runs,
)


@pytest.mark.parametrize(
    ("k", "q"),
    [(2, 1.960), (3, 2.344), (4, 2.569), (5, 2.728), (6, 2.850), (8, 3.031), (10, 3.164)],
)
def test_q_is_that_of_the_tables(k, q):
    assert_allclose(nemenyi_q(k), q, atol=0.001)


@pytest.mark.parametrize(("n", "expected"), [(10, 2.384), (20, 1.686), (30, 1.377)])
def test_critical_differences_of_six_methods(n, expected):
    assert_allclose(critical_difference(6, n), expected, atol=0.001)


def test_a_stricter_level_asks_for_more():
    assert critical_difference(4, 10, 0.01) > critical_difference(4, 10, 0.05)


def test_equal_methods_differ_as_often_as_alpha_says():
    rng = np.random.default_rng(0)
    ranks = rng.random((4000, 30, 5)).argsort(axis=2).mean(axis=1)
    found = (np.ptp(ranks, axis=1) > critical_difference(5, 30)).mean()
    assert_allclose(found, 0.05, atol=0.012)


def test_29_runs_for_three_wins_in_four():
    assert noether_runs(0.75) == 29  # 28.86
    assert noether_runs(0.75, alpha=0.025, beta=0.2) == 21  # 20.93
    assert noether_runs(0.6) == 181  # 180.37


def test_that_many_runs_have_the_power():
    """Two normal scores that differ by 0.954 deviations win three times in four."""
    from scipy.stats import mannwhitneyu, norm

    rng = np.random.default_rng(1)
    n = noether_runs(0.75)
    a = rng.standard_normal((2000, n)) + np.sqrt(2) * norm.ppf(0.75)
    p = mannwhitneyu(a, rng.standard_normal((2000, n)), alternative="greater", axis=1).pvalue
    assert_allclose((p < 0.05).mean(), 0.95, atol=0.02)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (nemenyi_q, (1,)),
        (nemenyi_q, (3, 0.0)),
        (critical_difference, (3, 0)),
        (noether_runs, (0.5,)),
        (noether_runs, (0.75, 0.5)),
        (noether_runs, (0.75, 0.05, 0.0)),
    ],
)
def test_numbers_out_of_range_are_refused(function, arguments):
    with pytest.raises(ConfigError, match="expected are|at least one"):
        function(*arguments)


def test_noether_backwards():
    for n in (3, 10, 29, 100):
        p = noether_probability(n)
        assert p == 1.0 or noether_runs(p) in (n, n + 1)  # up to the last bit before the ceiling
    assert noether_probability(29) < 0.75 < noether_probability(28)
    assert noether_probability(3) == 1.0
    with pytest.raises(ConfigError, match="n_runs is 0"):
        noether_probability(0)
