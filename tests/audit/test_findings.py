"""Rules, robust limits and runs."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from mgc.audit.findings import (
    FINDING_COLUMNS,
    Rule,
    judge,
    longest_run,
    robust_limits,
    run_lengths,
)

BELOW = Rule("low", "x", 1.0, False, "{x:.0f} is low")
ABOVE = Rule("high", "x", 2.0, True, "{x:.0f} is high")


def test_findings_are_sorted_by_clip_and_say_value_and_limit():
    values = pd.DataFrame({"clip": ["b", "a", "c"], "genre": "jazz", "x": [0.0, 3.0, 1.5]})
    assert judge(values, [ABOVE, BELOW]).to_numpy().tolist() == [
        ["a", "jazz", "high", 3.0, 2.0, "3 is high"],
        ["b", "jazz", "low", 0.0, 1.0, "0 is low"],
    ]


def test_what_lies_on_the_limit_or_is_unknown_is_no_finding():
    values = pd.DataFrame({"clip": list("abc"), "genre": "jazz", "x": [1.0, 2.0, np.nan]})
    found = judge(values, [BELOW, ABOVE])
    assert found.empty and tuple(found.columns) == FINDING_COLUMNS


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=30), st.floats(-50, 50))
def test_limits_move_with_the_values_and_hold_the_middle_half(numbers, shift):
    values = np.array(numbers)
    low, high = robust_limits(values, 0.1)
    assert np.mean((values >= low) & (values <= high)) >= 0.5
    assert np.allclose(robust_limits(values + shift, 0.1), (low + shift, high + shift), atol=1e-6)


def test_where_most_values_are_equal_a_small_difference_is_no_outlier():
    low, high = robust_limits(np.array([5.0] * 9 + [5.1]), least=1.0)
    assert low < 5.0 < 5.1 < high


@given(st.lists(st.booleans(), max_size=40))
def test_runs_are_what_a_loop_counts(flags):
    text = "".join("x" if flag else " " for flag in flags)
    expected = [len(piece) for piece in text.split()]
    mask = np.array(flags, dtype=bool)
    assert run_lengths(mask).tolist() == expected
    assert longest_run(mask) == max(expected, default=0)
