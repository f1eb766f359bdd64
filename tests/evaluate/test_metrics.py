"""Metrics against scikit-learn, and at their edges."""

import numpy as np
import pytest
import sklearn.metrics as sk
from hypothesis import given
from hypothesis import strategies as st

from mgc.errors import DataError
from mgc.evaluate.metrics import accuracy, confusion_matrix, macro_recall, per_genre_table

GENRES = ["blues", "jazz", "pop", "rock"]


@pytest.fixture(params=range(5))
def decisions(request):
    rng = np.random.default_rng(request.param)
    return rng.choice(GENRES, 60, p=[0.1, 0.2, 0.3, 0.4]), rng.choice(GENRES, 60)


def test_agrees_with_scikit_learn(decisions):
    true, predicted = decisions
    assert accuracy(true, predicted) == pytest.approx(sk.accuracy_score(true, predicted))
    assert macro_recall(true, predicted) == pytest.approx(
        sk.balanced_accuracy_score(true, predicted)
    )
    np.testing.assert_array_equal(
        confusion_matrix(true, predicted, GENRES),
        sk.confusion_matrix(true, predicted, labels=GENRES),
    )
    expected = sk.precision_recall_fscore_support(true, predicted, labels=GENRES, zero_division=0)
    np.testing.assert_allclose(per_genre_table(true, predicted, GENRES).to_numpy().T, expected)


def test_genres_that_never_occur_agree_with_scikit_learn():
    true, predicted = ["pop", "pop", "rock"], ["pop", "jazz", "jazz"]
    expected = sk.precision_recall_fscore_support(true, predicted, labels=GENRES, zero_division=0)
    np.testing.assert_allclose(per_genre_table(true, predicted, GENRES).to_numpy().T, expected)
    # Only pop (1/2) and rock (0) have a recall; blues and jazz do not drag the mean down.
    assert macro_recall(true, predicted) == 0.25


@given(st.lists(st.tuples(st.sampled_from(GENRES), st.sampled_from(GENRES)), min_size=1))
def test_the_confusion_matrix_holds_everything(pairs):
    true, predicted = zip(*pairs, strict=True)
    matrix = confusion_matrix(true, predicted, GENRES)
    assert matrix.sum() == len(pairs)
    assert np.trace(matrix) / matrix.sum() == pytest.approx(accuracy(true, predicted))
    table = per_genre_table(true, predicted, GENRES)
    present = table["support"] > 0
    assert table["recall"][present].mean() == pytest.approx(macro_recall(true, predicted))


def test_unknown_genres_are_named():
    with pytest.raises(DataError, match="decisions name polka, ska, but the genres are"):
        confusion_matrix(["polka", "pop"], ["pop", "ska"], GENRES)


@pytest.mark.parametrize(("true", "predicted"), [([], []), (["pop"], []), ([["pop"]], [["pop"]])])
@pytest.mark.parametrize("metric", [accuracy, macro_recall])
def test_nothing_to_score_is_an_error(metric, true, predicted):
    with pytest.raises(DataError, match="at least 1"):
        metric(true, predicted)
