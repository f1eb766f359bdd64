"""Full-batch descent with its curvature looked at on the way."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from mgc.backend import keras
from mgc.errors import ConfigError
from mgc.optim.curvature.hessian import BatchLoss, flatten
from mgc.optim.curvature.lanczos import Vector, top_eigenvalues
from mgc.optim.curvature.scales import preconditioned, preconditioner

#: Residual of the eigenvalues on the way, relative, and the most products that they may cost.
_TOLERANCE, _PRODUCTS = 0.02, 60


def descend(
    loss: BatchLoss, optimizer: Any, start: ArrayLike, steps: int, every: int
) -> pd.DataFrame:
    """Train with the whole batch in each step, and measure the curvature now and then.

    Parameters
    ----------
    loss : BatchLoss
        What goes down.
    optimizer : keras.optimizers.Optimizer
        Fresh; SGD, Adam or RMSprop of Keras.
    start : array_like of shape (n,)
        Weights to begin with.
    steps : int > 0
        How many.
    every : int > 0
        Steps between measurements.

    Returns
    -------
    DataFrame
        One row a measurement, the last one after `steps` steps: ``step``, ``loss`` in nats,
        ``gradient_norm``, and what :func:`sharpness_at` returns.

    Raises
    ------
    ConfigError
        If the numbers are not positive, or the weights become infinite.

    Examples
    --------
    >>> layers = keras.layers
    >>> dense = layers.Dense(2, "softmax", use_bias=False, kernel_initializer="zeros")
    >>> model = keras.Sequential([keras.Input((1, 1, 1)), layers.Flatten(), dense])
    >>> loss = BatchLoss(model, np.ones((1, 1, 1, 1)), [0], dtype="float64")
    >>> path = descend(loss, keras.optimizers.SGD(0.1), np.zeros(2), 2, 1)
    >>> path["sharpness"].round(3).tolist()
    [0.5, 0.499, 0.495]

    Book: Curvature and stability of our networks
    """
    if steps < 1 or every < 1:
        raise ConfigError(f"steps {steps} and every {every} were given: both must be at least 1")
    w = keras.Variable(np.asarray(start, dtype=np.float32), name="weights")
    optimizer.build([w])
    rows: list[dict[str, float]] = []
    guess: Vector | None = None
    for step in range(steps + 1):
        here = flatten([w])
        value, gradient = loss.value_and_gradient(here)
        optimizer.apply([keras.ops.convert_to_tensor(gradient.astype(np.float32))], [w])
        if step % every == 0 or step == steps:
            # The divisor of the very step that leaves these weights, this gradient included.
            scale = preconditioner(optimizer)
            rate = float(keras.ops.convert_to_numpy(optimizer.learning_rate))
            found, guess = sharpness_at(loss, here, scale, rate=rate, guess=guess)
            norm = float(np.linalg.norm(gradient))
            rows.append({"step": step, "loss": value, "gradient_norm": norm} | found)
    return pd.DataFrame(rows)


def sharpness_at(
    loss: BatchLoss,
    w: Vector,
    scale: Vector | None = None,
    *,
    rate: float,
    guess: Vector | None = None,
) -> tuple[dict[str, float], Vector]:
    r"""Measure the sharpness at some weights.

    Parameters
    ----------
    loss : BatchLoss
        Whose Hessian.
    w : ndarray of shape (n,)
        Where.
    scale : ndarray of shape (n,), optional
        Preconditioner; without it, as for SGD, it is 1.
    rate : float > 0
        Learning rate; the step of gradient descent decides the width of the difference quotient.
    guess : ndarray of shape (n,), optional
        Eigenvector nearby, which saves products.

    Returns
    -------
    found : dict of str to float
        ``sharpness``, the largest eigenvalue of the Hessian, and ``bound``, its residual;
        ``finite``, the curvature that a difference quotient of gradients over the width of one step
        sees along that eigenvector, kinks included; ``preconditioned`` and
        ``preconditioned_bound``, the same as the first two of the preconditioned Hessian.
    vector : ndarray of shape (n,)
        Eigenvector of the sharpness.

    Book: Curvature and stability of our networks
    """
    product = loss.product(w)
    kind = {"tolerance": _TOLERANCE, "steps": _PRODUCTS}
    top = top_eigenvalues(product, loss.size, start=guess, **kind)  # type: ignore[arg-type]
    u = top.vectors[:, 0]
    # A step along the eigenvector; at least wide enough to rise above rounding to float32.
    width = max(rate * abs(float(u @ loss.gradient(w))), 1e-3)
    found = {"sharpness": float(top.values[0]), "bound": float(top.bounds[0])}
    found["finite"] = finite_curvature(loss, w, u, width)
    best = top
    if scale is not None and (scale != 1).any():
        stretched = preconditioned(product, scale)
        best = top_eigenvalues(stretched, loss.size, **kind)  # type: ignore[arg-type]
    found["preconditioned"] = float(best.values[0])
    found["preconditioned_bound"] = float(best.bounds[0])
    return found, u


def finite_curvature(loss: BatchLoss, w: Vector, direction: Vector, width: float) -> float:
    """Return how fast the slope along a unit vector grows, between `width` before and behind `w`.

    Book: Curvature and stability of our networks
    """
    behind, before = (loss.gradient(w + s * width * direction) for s in (1, -1))
    return float((behind - before) @ direction / (2 * width))
