"""Tests over folds: closed form, SciPy where nothing is corrected, and equal learners."""

import math

import numpy as np
import pytest
import scipy.stats

from mgc.errors import ConfigError, RunError
from mgc.evaluate.folds import error_ratio, false_alarms, fold_test


def test_ratios_have_the_known_values():
    assert error_ratio(10, 1, 9) == pytest.approx(1.45, abs=0.005)
    assert error_ratio(100, 1, 9) == pytest.approx(3.48, abs=0.005)
    assert error_ratio(50, 1, 4) == pytest.approx(3.67, abs=0.005)


def test_without_the_correction_it_is_scipys_t_test():
    d = np.random.default_rng(0).normal(0.02, 0.05, 10)
    theirs = scipy.stats.ttest_1samp(d, 0)
    ends = theirs.confidence_interval(0.95)
    usual = fold_test(d, 1, 9, corrected=False)
    assert usual.p == pytest.approx(theirs.pvalue)
    assert (usual.low, usual.high) == pytest.approx((ends.low, ends.high))
    found = fold_test(d, 1, 9)
    assert (found.high - found.low) / (usual.high - usual.low) == pytest.approx(
        math.sqrt(1 + 10 / 9)
    )
    t = d.mean() / (d.std(ddof=1) * math.sqrt(1 / 10 + 1 / 9))
    assert found.p == pytest.approx(2 * scipy.stats.t.sf(abs(t), 9))


def test_interval_and_p_value_agree():
    d = np.array([0.03, 0.05, 0.01, 0.04, 0.02])
    # Moved so that one end of the interval is 0, p is 1 - level.
    found = fold_test(d, 1, 4)
    assert fold_test(d - found.low, 1, 4).p == pytest.approx(0.05)
    assert fold_test(-d, 1, 4).low == pytest.approx(-found.high)


def test_equal_scores_are_no_evidence():
    assert fold_test([0.0, 0.0, 0.0], 1, 2).p == 1.0
    assert fold_test([0.1, 0.1, 0.1], 1, 2).p == pytest.approx(0.0)


def test_repeated_folds_raise_false_alarms_that_the_correction_removes():
    once, often = false_alarms(100, 5, 1, 400), false_alarms(100, 5, 10, 400)
    assert often["usual"] > 0.35 > 0.1 > once["usual"]
    assert often["corrected"] < 0.08
    assert often["corrected"] < often["usual"]
    # Folds of a stable learner are less alike than the correction takes them to be.
    assert often["correlation"] < often["assumed"] == 0.2
    assert false_alarms(100, 5, 1, 400) == once


@pytest.mark.parametrize("values", [(10, 5, 1, 9), (60, 1, 1, 9), (60, 5, 0, 9), (60, 5, 1, 2)])
def test_a_simulation_too_small_is_refused(values):
    with pytest.raises(ConfigError, match="two or more folds of four or more points"):
        false_alarms(*values)


def test_what_cannot_be_tested_is_refused():
    with pytest.raises(RunError, match="1 of 2 differences are numbers"):
        fold_test([0.1, math.nan], 1, 4)
    with pytest.raises(RunError, match="two or more folds"):
        fold_test([0.1], 1, 4)
    with pytest.raises(ConfigError, match="n_train 0: all must be above 0"):
        fold_test([0.1, 0.2], 1, 0)


def test_it_says_what_it_found():
    assert str(fold_test([0.03, 0.05, 0.01, 0.04, 0.02], 1, 4)).endswith("p = 0.047 (5 folds)")
