"""Scales, decimals and columns: exact on made-up counts, and what print gives away."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mgc.errors import DataError
from mgc.evaluate.forensics.columns import f1_excess, rank_assignments, rank_by_f1
from mgc.evaluate.forensics.cost import chain_gradient, drawn_convolutions, drawn_cost
from mgc.evaluate.forensics.decimals import (
    ROUNDINGS,
    class_counts,
    error_count,
    sample_sizes,
    whole_table,
)
from mgc.evaluate.forensics.one_vs_rest import (
    accuracy_from_mean,
    chance_score,
    invert_printed,
    mean_one_vs_rest,
    one_vs_rest_table,
)
from mgc.evaluate.forensics.printed import TABLES, printed, printed_confusion

matrices = st.integers(2, 9).flatmap(
    lambda k: arrays(np.int64, (k, k), elements=st.integers(0, 1000)).filter(np.any)
)


def names(matrix):
    return [f"class {i}" for i in range(len(matrix))]


def cut(percent, decimals, rounding):
    """Print a percentage as a person would, in exact arithmetic: `percent` is a fraction."""
    part, whole = percent
    units = 100 * 10**decimals
    if rounding == "half_up":
        return (2 * units * part + whole) // (2 * whole) / 10**decimals
    return units * part // whole / 10**decimals


@settings(deadline=None)
@given(matrices)
def test_the_identity_is_exact(matrix):
    n_classes, accuracy = len(matrix), np.trace(matrix) / matrix.sum()
    mean = one_vs_rest_table(matrix, names(matrix))["accuracy"].mean()
    assert mean_one_vs_rest(accuracy, n_classes) == pytest.approx(mean, abs=1e-12)
    assert accuracy_from_mean(mean, n_classes) == pytest.approx(accuracy, abs=1e-12)


@settings(deadline=None)
@given(matrices)
def test_one_class_against_the_rest_by_counting_decisions(matrix):
    true, guess = np.indices(matrix.shape)
    for k, row in enumerate(one_vs_rest_table(matrix, names(matrix)).itertuples()):
        assert row.accuracy == pytest.approx(
            matrix[(true == k) == (guess == k)].sum() / matrix.sum(), abs=1e-12
        )


@pytest.mark.parametrize("n_classes", [2, 4, 5, 8, 10])
def test_guessing_on_the_scale(n_classes):
    table = one_vs_rest_table(np.ones((n_classes,) * 2, int), range(n_classes))
    assert chance_score(n_classes) == pytest.approx(table["accuracy"].mean(), abs=1e-12)


@settings(deadline=None)
@given(matrices)
def test_inversion_of_rounded_values_keeps_the_accuracy_between_its_ends(matrix):
    exact = 100 * one_vs_rest_table(matrix, names(matrix))["accuracy"]
    found = invert_printed(exact.round(2))
    accuracy = np.trace(matrix) / matrix.sum()
    assert found.low - 1e-9 <= accuracy <= found.high + 1e-9
    assert found.high - found.low <= len(matrix) * 0.5e-4 + 1e-12


@settings(deadline=None)
@given(st.data())
def test_the_true_sample_size_is_among_those_allowed(data):
    n = data.draw(st.integers(2, 400))
    rounding = data.draw(st.sampled_from(ROUNDINGS))
    errors = data.draw(st.lists(st.integers(0, n), min_size=2, max_size=5))
    if sum(errors) % 2:
        errors.append(1)
    shown = [cut((n - e, n), 2, rounding) for e in errors]
    assert [error_count(value, n, rounding=rounding) for value in shown] == errors
    found = sample_sizes(shown, n, rounding=rounding).set_index("n")
    assert found.loc[n, "errors"] == tuple(errors)


@settings(deadline=None)
@given(st.integers(1, 300), st.integers(0, 10_000), st.sampled_from(ROUNDINGS))
def test_error_counts_agree_with_trying_all(n, digits, rounding):
    printing = [e for e in range(n + 1) if cut((n - e, n), 2, rounding) == digits / 100]
    assert error_count(digits / 100, n, rounding=rounding) == (printing[0] if printing else None)


@settings(deadline=None)
@given(matrices.filter(lambda m: (np.diag(m) > 0).all()), st.sampled_from(ROUNDINGS))
def test_the_true_counts_are_among_those_allowed(matrix, rounding):
    table = one_vs_rest_table(matrix % 40 + np.eye(len(matrix), dtype=int), names(matrix))
    for row in table.itertuples():
        right, called = row.support - row.missed, row.support - row.missed + row.wrongly
        ratios = [(right, called), (right, row.support), (2 * right, called + row.support)]
        three = [cut(ratio, 0, rounding) for ratio in ratios]
        found = class_counts(row.missed + row.wrongly, [row.support], *three, rounding)
        assert [row.support, row.missed, row.wrongly] in found.values.tolist()


def test_a_whole_table_needs_every_miss_to_land_somewhere():
    rows = pd.DataFrame([(4, 1, 0)], columns=["support", "missed", "wrongly"])
    assert whole_table([rows, rows], 8, 1) is None
    back = pd.DataFrame([(4, 0, 1)], columns=rows.columns)
    assert whole_table([rows, back], 8, 1) is not None
    assert whole_table([rows, back], 9, 1) is None


@settings(deadline=None)
@given(matrices.filter(lambda m: (np.diag(m) > 0).all()))
def test_no_excess_where_columns_are_right(matrix):
    table = (100 * one_vs_rest_table(matrix, names(matrix))).round()
    assert f1_excess(table["precision"], table["recall"], table["f1"]) < 1e-9


def test_an_exchange_is_found():
    computed = {"precision": [90.0, 99.0], "recall": [80.0, 95.0], "f1": [85.0, 97.0]}
    headed = {"precision": [80.0, 95.0], "recall": [90.0, 99.0], "f1": [85.0, 97.0]}
    best = rank_assignments(headed, computed).iloc[0]
    assert (best["precision"], best["recall"], best["total"]) == ("recall", "precision", 0)


def test_a_shift_is_found():
    right = pd.DataFrame(
        {"accuracy": [99, 98], "precision": [84, 60], "recall": [91, 95], "f1": [87, 74]}
    )
    shifted = right.set_axis(["precision", "recall", "f1", "accuracy"], axis=1)
    best = rank_by_f1(shifted).iloc[0]
    assert (best["accuracy"], best["f1"], best["excess"]) == ("precision", "accuracy", 0)


def test_the_cost_of_one_convolution_by_hand():
    last = drawn_convolutions().iloc[-1]  # 64 x 64 x 2048 reads 2048 + 1024 channels
    assert last["flops"] == 2 * 9 * (2048 + 1024) * 2048 * 64**2
    ratio = drawn_cost(3).flops / drawn_cost(1).flops
    assert ratio == pytest.approx(9)
    assert drawn_cost().joint_bytes == 4 * 512**2 * (256 + 128 + 256)


def test_prelu_lets_gradients_vanish_and_explode():
    assert chain_gradient(0.5, 0.25, 50) < 1e-15
    assert chain_gradient(2.0, 0.25, 50) > 1e15
    assert chain_gradient(0.9, 1.2, 50) > 1  # a slope above 1 can win over the weight


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: one_vs_rest_table([[1, 2]], ["a"]), r"shape \(1, 2\)"),
        (lambda: one_vs_rest_table([[0]], ["a"]), "sum 0"),
        (lambda: mean_one_vs_rest(97, 10), "divide percentages by 100"),
        (lambda: accuracy_from_mean(0.5, 10), "below 0.8000"),
        (lambda: invert_printed([99.0]), "one for each class"),
        (lambda: error_count(99.0, 20_000), "1 to 10000 decisions"),
        (lambda: error_count(99.0, 20, rounding="up"), "half_up or truncated"),
        (lambda: rank_by_f1(pd.DataFrame({"f1": [1]})), "column accuracy"),
        (lambda: rank_assignments({"a": [1]}, {}), "1 headings cannot hold 0 roles"),
        (lambda: drawn_cost(0), "kernel is 0"),
        (lambda: printed("table"), "'table', but there are confusion"),
    ],
)
def test_refusals_say_what_is_expected(call, said):
    with pytest.raises(DataError, match=said):
        call()


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_there_and_whole(name):
    assert not printed(name).empty


def test_damaged_tables_are_named(tmp_path):
    with pytest.raises(DataError, match=r"img\.csv cannot be read .*restore it"):
        printed("img", tmp_path)
    (tmp_path / "img.csv").write_text("class,proposed\nsufi,99\n")
    with pytest.raises(DataError, match="lacks VGG16, AlexNet, RNN"):
        printed("img", tmp_path)
    (tmp_path / "img.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="cannot be read"):
        printed("img", tmp_path)
    (tmp_path / "classes.csv").write_text("class,files\nrupak,\n")
    with pytest.raises(DataError, match="rows or values"):
        printed("classes", tmp_path)
    (tmp_path / "confusion.csv").write_text("class,a,b\na,1,2\nc,3,4\n")
    with pytest.raises(DataError, match="expected are the same names"):
        printed_confusion(tmp_path)
