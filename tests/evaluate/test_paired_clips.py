"""McNemar's test against exact fractions, its power against simulation, swaps of whole artists."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mgc.errors import ConfigError, DataError
from mgc.evaluate.paired_clips import (
    McNemar,
    compare_clips,
    detectable_gap,
    group_flip_test,
    mcnemar,
    mcnemar_power,
)


def exact_p(b, c):
    """Both tails of a fair coin, in whole numbers."""
    n, k = b + c, min(b, c)
    tail = sum(math.comb(n, i) for i in range(k + 1))
    return float(min(Fraction(2 * tail, 2**n), Fraction(1)))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 30))
def test_mcnemar_is_a_fair_coin_on_the_discordant_clips(b, c, concordant):
    first = np.array([True] * b + [False] * c + [True] * (concordant + 1))
    second = np.array([False] * b + [True] * c + [True] * (concordant + 1))
    found = mcnemar(first, second)
    assert (found.only_first, found.only_second, found.n) == (b, c, b + c + concordant + 1)
    assert found.p == pytest.approx(exact_p(b, c), rel=1e-10)
    assert mcnemar(second, first).p == pytest.approx(found.p)
    assert found.difference == pytest.approx(first.mean() - second.mean())


def test_clips_that_cannot_be_paired_are_refused():
    with pytest.raises(DataError, match=r"shapes \(3,\) and \(2,\) cannot be paired"):
        mcnemar([True] * 3, [True] * 2)
    with pytest.raises(DataError, match="at least one"):
        mcnemar([], [])


@pytest.mark.parametrize(
    ("n", "gap", "discordant", "percent"),
    [
        (290, 0.05, 0.15, 55),
        (290, 0.05, 0.25, 36),
        (290, 0.07, 0.15, 85),
        (290, 0.07, 0.25, 63),
        (290, 0.10, 0.15, 99),
        (290, 0.10, 0.25, 92),
        (930, 0.05, 0.15, 97),
        (930, 0.05, 0.25, 85),
    ],
)
def test_power_has_the_known_values(n, gap, discordant, percent):
    # Shared as whole percentages, one of them (99.5) cut off.
    assert 100 * mcnemar_power(n, gap, discordant) == pytest.approx(percent, abs=0.6)


@pytest.mark.parametrize(("n", "gap", "discordant"), [(1, 0.1, 0.3), (7, 0.4, 0.7), (25, 0, 0.5)])
def test_power_counts_every_outcome(n, gap, discordant):
    """All (only first, only second) of the trinomial, each tested by the exact p value."""
    p, q = (discordant + gap) / 2, (discordant - gap) / 2
    total = 0.0
    for b in range(n + 1):
        for c in range(n + 1 - b):
            if exact_p(b, c) <= 0.05:
                ways = math.comb(n, b) * math.comb(n - b, c)
                total += ways * p**b * q**c * (1 - p - q) ** (n - b - c)
    assert mcnemar_power(n, gap, discordant) == pytest.approx(total, abs=1e-12)
    assert mcnemar_power(n, -gap, discordant) == pytest.approx(total, abs=1e-12)


def test_power_agrees_with_simulated_tests():
    rng = np.random.default_rng(0)
    draws = rng.multinomial(120, [0.2, 0.08, 0.72], 800)
    hits = np.mean([exact_p(int(b), int(c)) <= 0.05 for b, c, _ in draws])
    assert mcnemar_power(120, 0.12, 0.28) == pytest.approx(hits, abs=0.06)


def test_the_detectable_gap_has_the_power_that_was_asked_for():
    gap = detectable_gap(290, 0.2)
    assert mcnemar_power(290, gap, 0.2) == pytest.approx(0.8, abs=1e-6)
    assert detectable_gap(930, 0.2) < gap < detectable_gap(290, 0.3)
    assert math.isnan(detectable_gap(290, 0.01))  # three discordant clips prove nothing


@pytest.mark.parametrize("values", [(0, 0.1, 0.2), (9, 0.3, 0.2), (9, 0, 0), (9, 0.1, 1.2)])
def test_impossible_odds_are_refused(values):
    with pytest.raises(ConfigError, match=r"discordant <= 1"):
        mcnemar_power(*values)
    with pytest.raises(ConfigError, match="alpha < power"):
        detectable_gap(290, 0.2, power=0.04)


def tracks(correct, groups):
    return pd.DataFrame(
        {
            "clip": [f"c{i:03d}" for i in range(len(correct))],
            "part": "test",
            "group": groups,
            "true": "pop",
            "predicted": "pop",
            "correct": np.asarray(correct, dtype=bool),
        }
    )


def test_artists_are_swapped_as_a_whole():
    """Ten clips that one method alone gets right: strong evidence, unless one artist made all."""
    a, b = np.ones(10), np.zeros(10)
    apart = [f"g{i}" for i in range(10)]
    assert group_flip_test([tracks(a, apart)], [tracks(b, apart)]) == 2 / 1024
    two = ["x"] * 9 + ["y"]
    assert group_flip_test([tracks(a, two)], [tracks(b, two)]) == 0.5
    with pytest.raises(DataError, match="two groups"):
        group_flip_test([tracks(a, ["x"] * 10)], [tracks(b, ["x"] * 10)])


def test_the_order_of_rows_does_not_matter():
    rng = np.random.default_rng(2)
    a, b = rng.random((2, 30)) < 0.6
    groups = [f"g{i % 9}" for i in range(30)]
    one, two = tracks(a, groups), tracks(b, groups)
    mixed = two.sample(frac=1, random_state=1)
    assert group_flip_test([one], [two]) == group_flip_test([one], [mixed])
    pair = compare_clips({"a": [one], "b": [mixed]})
    assert pair["discordant"].iloc[0] == pytest.approx((a != b).mean())


def test_a_comparison_lists_each_pair_with_holm():
    rng = np.random.default_rng(3)
    groups = [f"g{i % 12}" for i in range(60)]
    arms = {name: [tracks(rng.random(60) < p, groups)] * 2 for name, p in (("a", 0.9), ("b", 0.5))}
    arms["c"] = arms["a"]
    table = compare_clips(arms)
    assert table[["first", "second"]].values.tolist() == [["a", "b"], ["a", "c"], ["b", "c"]]
    same = table.iloc[1]
    assert (same["difference"], same["p"], same["mcnemar_low"]) == (0.0, 1.0, 1.0)
    assert math.isnan(same["detectable"])
    assert (table["p_holm"] >= table["p"]).all()
    assert table["p_holm"].iloc[0] == pytest.approx(3 * table["p"].iloc[0])
    assert table["mcnemar_low"].iloc[0] == mcnemar(arms["a"][0].correct, arms["b"][0].correct).p
    with pytest.raises(DataError, match="needs two methods, but got a"):
        compare_clips({"a": arms["a"]})


def test_no_difference_has_nothing_discordant():
    assert McNemar(5, 0, 0, 1.0).discordant == 0
    assert mcnemar([True] * 5, [True] * 5).p == 1.0
