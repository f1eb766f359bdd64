"""Descent measured on the way: closed forms on small losses, thresholds where they hold."""

import numpy as np
import pytest

from mgc.backend import keras
from mgc.errors import ConfigError

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow",
    reason="products with the Hessian are written for tensorflow",
)

trajectory = pytest.importorskip("mgc.optim.curvature.trajectory")


def test_the_path_is_that_of_the_optimizer(exact_loss, network):
    start = exact_loss.weights_of(network)
    path = trajectory.descend(exact_loss, keras.optimizers.SGD(0.1, momentum=0.9), start, 5, 2)
    assert path["step"].tolist() == [0, 2, 4, 5]
    w, v = start, np.zeros_like(start)
    for _ in range(5):
        v = 0.9 * v - 0.1 * exact_loss.gradient(w)
        w = w + v
    assert path["loss"].iloc[0] == pytest.approx(exact_loss.value(start), rel=1e-6)
    assert path["loss"].iloc[-1] == pytest.approx(exact_loss.value(w), rel=1e-4)
    assert path["preconditioned"].tolist() == path["sharpness"].tolist()


def test_sharpness_is_the_largest_eigenvalue_and_kinks_show_in_wide_steps(exact_loss, trained):
    found, u = trajectory.sharpness_at(exact_loss, trained, rate=1e-12)
    top = np.linalg.eigvalsh(exact_loss.dense(trained))[-1]
    assert abs(found["sharpness"] - top) <= found["bound"] + 1e-9
    assert np.linalg.norm(u) == pytest.approx(1)
    narrow = trajectory.finite_curvature(exact_loss, trained, u, 1e-8)
    assert narrow == pytest.approx(found["sharpness"], rel=1e-4)


def test_a_scale_changes_the_preconditioned_one_alone(exact_loss, trained):
    plain, _ = trajectory.sharpness_at(exact_loss, trained, rate=0.1)
    scale = np.full(exact_loss.size, 0.25)
    found, _ = trajectory.sharpness_at(exact_loss, trained, scale, rate=0.1)
    assert found["sharpness"] == plain["sharpness"]
    assert found["preconditioned"] == pytest.approx(4 * plain["sharpness"], rel=1e-3)


def test_numbers_that_are_none_are_refused(exact_loss, trained):
    with pytest.raises(ConfigError, match="both must be at least 1"):
        trajectory.descend(exact_loss, keras.optimizers.SGD(0.1), trained, 0, 1)
