"""The classical baseline against scikit-learn, and its temperature."""

import numpy as np
import pytest
from scipy.special import log_softmax
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from mgc.models.rbf_svm import PENALTY, RbfSvm


@pytest.fixture
def data():
    rng = np.random.default_rng(2)
    y = np.arange(240) % 4
    X = rng.normal(size=(240, 6)) * [1, 10, 100, 1, 1, 1] + 1.2 * y[:, None]
    return X, y


def test_decides_as_scikit_learn_does(data):
    X, y = data
    svm = RbfSvm().fit(X[:160], y[:160])
    scaler = StandardScaler().fit(X[:160])
    theirs = SVC(C=PENALTY, gamma="scale").fit(scaler.transform(X[:160]), y[:160])
    margins = theirs.decision_function(scaler.transform(X[160:]))
    np.testing.assert_allclose(
        svm.log_probabilities(X[160:]), log_softmax(margins, axis=1), atol=1e-5
    )
    assert svm.n_parameters == theirs.dual_coef_.size + theirs.support_vectors_.size


def test_the_temperature_lowers_the_loss_and_keeps_every_decision(data):
    X, y = data
    svm = RbfSvm().fit(X[:80], y[:80])
    before = svm.log_probabilities(X[80:160])
    svm.calibrate(X[80:160], y[80:160])
    after = svm.log_probabilities(X[80:160])
    rows = np.arange(80)
    assert svm.temperature != 1.0
    assert after[rows, y[80:160]].mean() > before[rows, y[80:160]].mean()
    np.testing.assert_array_equal(after.argmax(axis=1), before.argmax(axis=1))
    for factor in (0.9, 1.1):  # a minimum
        other = log_softmax(after * 1.0 / factor, axis=1)
        assert other[rows, y[80:160]].mean() < after[rows, y[80:160]].mean() + 1e-6


def test_two_classes_have_two_columns(data):
    X, y = data
    svm = RbfSvm().fit(X, y // 2)
    p = np.exp(svm.log_probabilities(X))
    assert p.shape == (240, 2)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-6)
    assert (p.argmax(axis=1) == y // 2).mean() > 0.9
