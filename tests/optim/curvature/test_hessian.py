"""Hessian-vector products against closed forms, difference quotients and the dense Hessian."""

import numpy as np
import pytest

from mgc.backend import keras
from mgc.errors import ConfigError

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow",
    reason="products with the Hessian are written for tensorflow",
)

hessian = pytest.importorskip("mgc.optim.curvature.hessian")
lanczos = pytest.importorskip("mgc.optim.curvature.lanczos")


def quotient(loss, w, v, h):
    return (loss.gradient(w + h * v) - loss.gradient(w - h * v)) / (2 * h)


def unit(n, seed=0):
    v = np.random.default_rng(seed).normal(size=n)
    return v / np.linalg.norm(v)


def test_softmax_regression_has_its_closed_form():
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((2, 3, 1)), layers.Flatten(), layers.Dense(4, "softmax", use_bias=False)]
    )
    rng = np.random.default_rng(0)
    # Single precision is what features come in; Keras rounds its inputs to it.
    x, labels = rng.normal(size=(7, 2, 3, 1)).astype(np.float32), rng.integers(0, 4, 7)
    loss = hessian.BatchLoss(model, x, labels, dtype="float64")
    w = loss.weights_of(model)
    X, W = x.reshape(7, 6).astype(np.float64), w.reshape(6, 4)
    z = np.exp(X @ W)
    p = z / z.sum(axis=1, keepdims=True)
    inner = np.einsum("ij,jk->ijk", p, np.eye(4)) - p[:, :, None] * p[:, None, :]
    expected = np.einsum("ia,ijk,ib->ajbk", X, inner, X).reshape(24, 24) / 7
    np.testing.assert_allclose(loss.dense(w), expected, atol=1e-12)
    assert loss.value(w) == pytest.approx(-np.log(p[np.arange(7), labels]).mean())


def test_products_equal_difference_quotients(exact_loss, trained):
    """Also through batch normalisation, pooling and ReLU, on one smooth piece."""
    v = unit(exact_loss.size)
    expected = exact_loss.product(trained)(v)
    found = quotient(exact_loss, trained, v, 1e-8)
    np.testing.assert_allclose(found, expected, atol=1e-5 * np.linalg.norm(expected))


def test_the_librarys_batch_normalisation_would_not(network, batch, exact_loss, trained):
    """If this fails, ``tf.nn.moments`` has become right and `exact` can go."""
    loss = hessian.BatchLoss(network, *batch, dtype="float64", exact=False)
    v = unit(loss.size)
    np.testing.assert_allclose(loss.gradient(trained), exact_loss.gradient(trained), atol=1e-12)
    wrong = loss.product(trained)(v) - quotient(loss, trained, v, 1e-8)
    assert np.linalg.norm(wrong) > 0.1 * np.linalg.norm(loss.product(trained)(v))


def test_lanczos_agrees_with_the_dense_hessian(exact_loss, trained):
    assert exact_loss.size <= 2000
    H = exact_loss.dense(trained)
    np.testing.assert_allclose(H, H.T, atol=1e-12 * np.abs(H).max())
    exact = np.linalg.eigvalsh(H)[::-1]
    product = exact_loss.product(trained)
    found = lanczos.top_eigenvalues(product, exact_loss.size, 3, tolerance=1e-3)
    np.testing.assert_allclose(found.values, exact[:3], rtol=1e-3)
    assert (np.abs(found.values - exact[:3]) <= found.bounds + 1e-10).all()


def test_single_precision_is_enough_for_eigenvalues(network, batch, exact_loss, trained):
    single = hessian.BatchLoss(network, *batch)
    tops = [
        lanczos.top_eigenvalues(loss.product(trained), loss.size).values[0]
        for loss in (single, exact_loss)
    ]
    assert tops[0] == pytest.approx(tops[1], rel=1e-4)


def test_kernels_before_batch_normalisation_have_no_scale(exact_loss, trained):
    """Stretched kernels give the same loss (up to the epsilon), and flat gradients along them."""
    parts = exact_loss.parts(trained)
    stretched = [30 * p if p.ndim == 4 else p for p in parts]
    more = [3000 * p if p.ndim == 4 else p for p in parts]
    values = [exact_loss.value(hessian.flatten(p)) for p in (parts, stretched, more)]
    assert values[1] == pytest.approx(values[2], rel=1e-5)
    slopes = exact_loss.parts(exact_loss.gradient(hessian.flatten(stretched)))
    halved = exact_loss.parts(exact_loss.gradient(hessian.flatten(more)))
    for part, own, slope, less in zip(parts, stretched, slopes, halved, strict=True):
        if part.ndim == 4:
            size = np.linalg.norm(own) * np.linalg.norm(slope)
            assert abs((own * slope).sum()) < 1e-3 * size
            np.testing.assert_allclose(100 * less, slope, rtol=0.02, atol=1e-4 * abs(slope).max())


def test_randomness_is_off_and_the_model_untouched(network, batch):
    before = [np.array(v) for v in network.get_weights()]
    loss = hessian.BatchLoss(network, *batch)
    w = loss.weights_of(network)
    assert loss.value(w) == loss.value(w)
    assert np.array_equal(loss.gradient(w), loss.gradient(w))
    loss.product(w)(w)
    for was, now in zip(before, network.get_weights(), strict=True):
        assert np.array_equal(was, now)


def test_another_batch_is_another_loss(exact_loss, batch, trained):
    x, labels = batch
    half = exact_loss.on(x[:10], labels[:10])
    assert half.value(trained) != exact_loss.value(trained)
    again = half.on(x, labels)
    assert again.value(trained) == exact_loss.value(trained)


def test_parts_and_flatten_are_inverse(exact_loss, trained):
    assert np.array_equal(hessian.flatten(exact_loss.parts(trained)), trained)
    assert [p.shape for p in exact_loss.parts(trained)] == list(exact_loss.shapes)
    assert len(exact_loss.paths) == len(exact_loss.shapes)


@pytest.mark.parametrize("labels", [[0], [], [[0], [1]]])
def test_labels_that_do_not_fit_are_refused(network, labels):
    with pytest.raises(ConfigError, match="one label to each example"):
        hessian.BatchLoss(network, np.zeros((2, 16, 12, 1)), labels)


def test_other_backends_are_told_so(network, batch, monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(ConfigError, match="the backend is jax.*KERAS_BACKEND=tensorflow"):
        hessian.BatchLoss(network, *batch)
