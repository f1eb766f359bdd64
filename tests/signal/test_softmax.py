"""Softmax and its kin against SciPy, and where the naive forms break."""

import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from mgc.errors import ConfigError
from mgc.signal.floating.formats import FORMATS
from mgc.signal.floating.softmax import (
    cross_entropy,
    dense_gradient,
    log_sum_exp,
    log_sum_exp_condition,
    softmax,
)

LOGITS = arrays(np.float64, (3, 5), elements=st.floats(-1e4, 1e4))


def test_reference_values():
    assert float(log_sum_exp([1000.0, 1000.0])) == pytest.approx(1000.6931471805599, abs=1e-9)
    assert float(log_sum_exp([-1000.0] * 10)) == pytest.approx(-997.6974149, abs=1e-7)
    assert float(cross_entropy(np.zeros(10), 3)) == pytest.approx(np.log(10), abs=1e-12)


@given(LOGITS)
def test_shifted_forms_equal_scipy(z):
    assert_allclose(log_sum_exp(z), scipy.special.logsumexp(z, axis=-1), rtol=1e-13, atol=1e-13)
    assert_allclose(softmax(z), scipy.special.softmax(z, axis=-1), rtol=1e-11, atol=1e-300)
    expected = -scipy.special.log_softmax(z, axis=-1)[:, 2]
    assert_allclose(cross_entropy(z, 2), expected, rtol=1e-12, atol=1e-12)


@given(arrays(np.float64, 5, elements=st.floats(-30, 30)))
def test_for_small_logits_the_naive_forms_agree(z):
    assert_allclose(log_sum_exp(z, shifted=False), log_sum_exp(z), rtol=1e-12, atol=1e-12)
    assert_allclose(softmax(z, shifted=False), softmax(z), rtol=1e-12)
    assert_allclose(cross_entropy(z, 1, shifted=False), cross_entropy(z, 1), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", FORMATS)
def test_naive_forms_overflow_where_the_exponential_does(name):
    limit = FORMATS[name].exp_overflow
    # Logits are rounded, too: step over the limit by more than their spacing.
    below, above = [limit * (1 - 0.01), -1e4], [limit * (1 + 0.01), -1e4]
    assert np.isfinite(log_sum_exp(below, name, shifted=False))
    assert log_sum_exp(above, name, shifted=False) == np.inf
    assert np.isnan(softmax(above, name, shifted=False)[0])
    assert np.isfinite(log_sum_exp(above, name)) and softmax(above, name).tolist() == [1, 0]


def test_the_naive_loss_is_infinite_where_the_probability_underflows():
    z = [0.0, 12.0, 20.0]
    assert cross_entropy(z, 0, "float16", shifted=False) == np.inf
    assert float(cross_entropy(z, 0, "float16")) == pytest.approx(20.0, abs=0.02)


@given(arrays(np.float64, 10, elements=st.floats(-20, 20)), st.sampled_from(list(FORMATS)))
def test_a_loss_is_wrong_by_no_more_than_a_few_roundings_of_the_logits(z, name):
    u = FORMATS[name].unit_roundoff
    # Ten terms of a sum, and the two logits whose difference counts.
    bound = u * (4 * np.abs(z).max() + 15)
    assert abs(float(cross_entropy(z, 4, name)) - float(cross_entropy(z, 4))) <= bound + 1e-12


@given(arrays(np.float64, 6, elements=st.floats(1, 50)), st.integers(0, 2**32 - 1))
def test_condition_bounds_the_change(z, seed):
    moved = z * (1 + 1e-8 * np.random.default_rng(seed).uniform(-1, 1, z.shape))
    change = abs(float(log_sum_exp(moved) / log_sum_exp(z)) - 1)
    assert change <= 1.01e-8 * log_sum_exp_condition(z) + 1e-15


def test_gradient_equals_differences():
    rng = np.random.default_rng(0)
    X, W, labels = rng.normal(size=(7, 4)), rng.normal(size=(4, 3)), rng.integers(0, 3, 7)

    def loss(weights):
        rows = zip(X @ weights, labels, strict=True)
        return np.mean([cross_entropy(z, int(y)) for z, y in rows])

    found = dense_gradient(X, X @ W, labels)
    for i, j in np.ndindex(*W.shape):
        step = np.zeros_like(W)
        step[i, j] = 1e-6
        assert found[i, j] == pytest.approx((loss(W + step) - loss(W - step)) / 2e-6, abs=1e-8)


def test_gradient_of_a_sure_answer_keeps_its_digits():
    gradient = dense_gradient([[1.0]], [[50.0, 0.0]], [0])  # s - 1 would be 0 here
    assert_allclose(gradient, np.exp(-50.0) * np.array([[-1, 1]]), rtol=1e-9)


def test_bad_input_is_refused():
    with pytest.raises(ConfigError, match="give at least one"):
        log_sum_exp([])
    for label in (-1, 3):
        with pytest.raises(ConfigError, match="a class from 0 to 2"):
            cross_entropy([0.0, 1.0, 2.0], label)
