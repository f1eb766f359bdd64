"""A network of fewer than 2000 weights on pictures with something to learn."""

import numpy as np
import pytest

from mgc.backend import keras
from mgc.models.registry import build_model


def make_batch(n, seed):
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 5
    bands = np.sin(np.outer(labels + 1, np.arange(16)) / 3)
    return bands[:, :, None, None] + rng.normal(size=(n, 16, 12, 1)), labels


@pytest.fixture(scope="package")
def draw_batch():
    return make_batch


@pytest.fixture(scope="package")
def batch():
    return make_batch(20, 0)


@pytest.fixture(scope="package")
def network():
    return build_model("simple_cnn", (16, 12, 1), 5, width=2, spec_augment=True)


@pytest.fixture(scope="package")
def exact_loss(network, batch):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("products with the Hessian are written for tensorflow")
    from mgc.optim.curvature.hessian import BatchLoss

    return BatchLoss(network, *batch, dtype="float64")


@pytest.fixture(scope="package")
def trained(exact_loss, network):
    """Weights after some steps of descent, where the curvature is no longer that of chance."""
    w = exact_loss.weights_of(network)
    for _ in range(40):
        w = w - 0.2 * exact_loss.gradient(w)
    return w
