"""Paired comparisons against SciPy, against counting by hand, and against simulation."""

import itertools

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from mgc.errors import ConfigError, RunError
from mgc.evaluate.paired_seeds import (
    compare_seeds,
    detectable_difference,
    holm,
    probability_ahead,
    sign_flip_test,
    verdict,
)

#: Test clips of the fault-filtered split: accuracies are multiples of 1/290.
CLIPS = 290


def mean_of_differences(a, b, axis=-1):
    return np.mean(a - b, axis=axis)


@pytest.mark.parametrize("n", [3, 8, 10])
def test_the_exact_test_is_scipys(n):
    rng = np.random.default_rng(n)
    a, b = rng.integers(120, 180, (2, n)) / CLIPS
    theirs = scipy.stats.permutation_test(
        (a, b), mean_of_differences, permutation_type="samples", n_resamples=np.inf, vectorized=True
    )
    assert sign_flip_test(a - b) == pytest.approx(theirs.pvalue, abs=1e-12)


def test_random_signs_agree_with_all_signs():
    rng = np.random.default_rng(0)
    d = rng.normal(0.4, 1, 18)
    signs = np.array(list(itertools.product([1, -1], repeat=18)))
    exact = (np.abs(signs @ d) >= abs(d.sum()) - 1e-12).mean()
    found = sign_flip_test(d)
    assert found != exact and found == pytest.approx(exact, abs=5 * np.sqrt(exact / 100_000))
    assert sign_flip_test(np.ones(18)) > 0  # what was observed is itself one of the choices


def test_the_least_p_value_is_two_of_all_signs():
    assert sign_flip_test(np.arange(1, 11)) == 2 / 1024
    assert sign_flip_test([1.0, 1.0, 1.0]) == 0.25
    assert sign_flip_test([0.0] * 5) == 1.0


def test_sums_that_are_equal_on_paper_are_equal():
    """Multiples of 1/290 in another order, or with other signs, differ in their last bits."""
    counts = np.array([3, -1, 4, -1, 5, -9, 2, 6, -5, 3])
    assert sign_flip_test(counts / CLIPS) == sign_flip_test(counts)
    assert sign_flip_test(counts * 0.1) == sign_flip_test(counts)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(-9, 9), min_size=2, max_size=9))
def test_a_swap_of_the_methods_changes_nothing_but_the_sign(counts):
    d = np.array(counts)
    assert sign_flip_test(d) == sign_flip_test(-d)
    p, q = probability_ahead(d, 200), probability_ahead(-d, 200)
    assert p.estimate == pytest.approx(1 - q.estimate)
    assert (p.low, p.high) == pytest.approx((1 - q.high, 1 - q.low))
    assert 2 / 2 ** len(d) <= sign_flip_test(d) <= 1


def test_equal_methods_are_called_different_as_often_as_promised():
    rng = np.random.default_rng(1)
    p = np.array([sign_flip_test(rng.normal(size=8)) for _ in range(600)])
    assert (p <= 0.05).mean() == pytest.approx(0.05, abs=0.03)


def test_ties_count_half_and_pairs_are_resampled():
    d = np.array([1.0, 2.0, 0.0, -1.0, 3.0, 1.0, 0.0, 2.0, -2.0, 1.0])
    found = probability_ahead(d, 20_000)
    assert found.estimate == 0.7
    theirs = scipy.stats.bootstrap(
        ((d > 0) + 0.5 * (d == 0),),
        np.mean,
        n_resamples=20_000,
        method="percentile",
        rng=np.random.default_rng(3),
    ).confidence_interval
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=0.051)
    sure = probability_ahead(np.ones(10))
    assert (sure.low, sure.high) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ((0.45, 0.95), "open"),
        ((0.5, 1.0), "open"),
        ((0.55, 0.80), "ahead"),
        ((0.55, 0.70), "ahead, small"),
        ((0.10, 0.45), "behind"),
        ((0.30, 0.45), "behind, small"),
        ((0.55, 0.75), "ahead, small"),  # to 0.75 is not beyond it
        ((0.25, 0.45), "behind, small"),
    ],
)
def test_verdicts(ends, words):
    assert verdict(*ends) == words


def holm_by_hand(p_values, alpha):
    """Reject while the i-th least p is at most alpha / (m - i); stop at the first that is not."""
    rejected = set()
    order = sorted(range(len(p_values)), key=lambda k: p_values[k])
    for step, k in enumerate(order):
        if p_values[k] > alpha / (len(p_values) - step):
            break
        rejected.add(k)
    return rejected


def test_holm_is_what_the_rule_gives_by_hand():
    np.testing.assert_allclose(
        holm([0.005, 0.011, 0.02, 0.04, 0.13]), [0.025, 0.044, 0.06, 0.08, 0.13]
    )
    # A test is never called surer than one with a smaller p before it.
    np.testing.assert_allclose(holm([0.04, 0.03, 0.01]), [0.06, 0.06, 0.03])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 1024).map(lambda k: k / 1024), min_size=1, max_size=10),
    st.sampled_from([0.01, 0.05, 0.1]),
)
def test_holm_rejects_what_the_stepwise_rule_rejects(p_values, alpha):
    adjusted = holm(p_values)
    close = np.abs(adjusted - alpha) < 1e-12  # p (m - i) against alpha / (m - i): one rounding
    found = {k for k in range(len(p_values)) if adjusted[k] <= alpha and not close[k]}
    by_hand = {k for k in holm_by_hand(p_values, alpha) if not close[k]}
    assert found == by_hand
    assert (adjusted >= np.array(p_values)).all() and (adjusted <= 1).all()


def test_the_detectable_difference_is_seen_as_often_as_promised():
    rng = np.random.default_rng(5)
    d = rng.normal(0, 2.0, 10)
    d = d / d.std(ddof=1)  # so that the true deviation is the observed one
    effect = detectable_difference(d)
    samples = effect + rng.normal(size=(4000, 10))
    seen = scipy.stats.ttest_1samp(samples, 0, axis=1).pvalue <= 0.05
    assert seen.mean() == pytest.approx(0.8, abs=0.025)
    assert detectable_difference(d, power=0.95) > effect
    assert detectable_difference(3 * d + 7) == pytest.approx(3 * effect)
    assert detectable_difference([2.0, 2.0, 2.0]) == 0
    assert detectable_difference([0.0, 1.0]) > detectable_difference([0.0, 1.0] * 5)
    with pytest.raises(ConfigError, match=r"alpha is 0\.05 and power 0\.01"):
        detectable_difference(d, power=0.01)


@pytest.fixture
def scores():
    rng = np.random.default_rng(2)
    easy = rng.integers(-8, 9, 10)  # what makes a seed easy for all
    counts = {name: easy + mean for name, mean in (("adam", 160), ("sgd", 150), ("rmsprop", 159))}
    counts["rmsprop"] = counts["rmsprop"] + rng.integers(-3, 4, 10)
    return pd.DataFrame(counts, index=pd.RangeIndex(1, 11, name="seed")) / CLIPS


def test_pairs_are_compared_over_their_seeds(scores):
    table = compare_seeds(scores)
    assert table[["first", "second"]].values.tolist() == [
        ["adam", "sgd"],
        ["adam", "rmsprop"],
        ["sgd", "rmsprop"],
    ]
    adam_sgd, adam_rmsprop, _ = table.to_dict("records")
    # Paired: the seeds' own ease has cancelled out, so that the difference is the same for all.
    assert adam_sgd["difference"] == pytest.approx(10 / CLIPS)
    assert (adam_sgd["low"], adam_sgd["high"]) == pytest.approx((10 / CLIPS, 10 / CLIPS))
    assert (adam_sgd["wins"], adam_sgd["ties"], adam_sgd["seeds"]) == (10, 0, 10)
    assert (adam_sgd["verdict"], adam_sgd["p"]) == ("ahead", 2 / 1024)
    d = scores["adam"] - scores["rmsprop"]
    theirs = scipy.stats.ttest_1samp(d, 0).confidence_interval()
    assert (adam_rmsprop["low"], adam_rmsprop["high"]) == pytest.approx(tuple(theirs))
    assert adam_rmsprop["ties"] == (d == 0).sum()
    np.testing.assert_allclose(table["p_holm"], holm(table["p"]))
    assert table["detectable"][1] == detectable_difference(d)


def test_gaps_and_single_columns_are_refused(scores):
    with pytest.raises(RunError, match="needs two methods, but got adam"):
        compare_seeds(scores[["adam"]])
    with pytest.raises(RunError, match="9 of 10 differences are numbers"):
        compare_seeds(scores.mask((scores.index == 3)[:, None] & (scores.columns == "sgd")))
    with pytest.raises(RunError, match="two or more pairs"):
        compare_seeds(scores[:1])
