"""What a convolution in sixteen bits gets wrong: one rounding at its end, or one at every addition.

A product of two sixteen-bit numbers is exact in float32.  Where a processor adds the products in
float32 and rounds once, the error is that of one rounding; where it adds in the narrow format,
errors pile up.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mgc.backend import keras
from mgc.optim.gradient_probe import GradientProbe
from mgc.signal.floating.formats import number_format, round_to

ops = keras.ops


def convolution_errors(
    format: str,
    shape: tuple[int, int, int, int] = (32, 16, 9, 16),
    filters: int = 32,
    seed: int = 0,
) -> dict[str, tuple[float, float]]:
    """Measure the errors of a 3 x 3 convolution and of the gradient of its kernel.

    Parameters
    ----------
    format : {'float16', 'bfloat16'}
        What inputs, kernel and results are kept in.
    shape : tuple of int
        Batch (a power of two), rows, columns, channels of the input.
    filters : int
        Channels of the output.
    seed : int
        Draws input, kernel, and the gradient that arrives from above, of standard normal numbers.

    Returns
    -------
    dict of str to (float, float)
        For ``forward`` and ``kernel gradient``: relative error in the 2-norm that one rounding of
        the exact result makes, and the one found; in unit roundoffs.

    Raises
    ------
    ConfigError
        If there is no such format.

    Examples
    --------
    >>> found = convolution_errors("bfloat16", (2, 4, 4, 2), 2)
    >>> bool(abs(found["forward"][0] - 0.4) < 0.15)
    True

    Book: Precision as a factor
    """
    fmt = number_format(format)
    rng = np.random.default_rng(seed)
    draws = (shape, (3, 3, shape[-1], filters), (*shape[:3], filters))
    x, kernel, upper = (round_to(rng.standard_normal(size), fmt) for size in draws)
    exact = _exactly(x, kernel, upper)
    found = _in_format(format, x, kernel, upper)
    errors = {}
    for name, value in exact.items():
        once = np.linalg.norm(round_to(value, fmt) - value)
        apart = np.linalg.norm(found[name] - value)
        unit = fmt.unit_roundoff * np.linalg.norm(value)
        errors[name] = (float(once / unit), float(apart / unit))
    return errors


def _exactly(
    x: NDArray[Any], kernel: NDArray[Any], upper: NDArray[Any]
) -> dict[str, NDArray[np.float64]]:
    """Both results in float64, by their definition."""
    rows, columns = x.shape[1:3]
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    forward, gradient = np.zeros(upper.shape), np.zeros(kernel.shape)
    for i in range(3):
        for j in range(3):
            part = padded[:, i : i + rows, j : j + columns]
            forward += part @ kernel[i, j]
            gradient[i, j] = np.tensordot(part, upper, axes=([0, 1, 2], [0, 1, 2]))
    return {"forward": forward, "kernel gradient": gradient}


def _in_format(
    format: str, x: NDArray[Any], kernel: NDArray[Any], upper: NDArray[Any]
) -> dict[str, NDArray[np.float64]]:
    """Both results as Keras computes them: the loss is the mean of `upper` times the output."""
    layer = keras.layers.Conv2D(
        kernel.shape[-1], 3, padding="same", use_bias=False, dtype=f"mixed_{format}"
    )
    inputs = keras.Input(x.shape[1:])
    model = keras.Model(inputs, layer(inputs))
    layer.set_weights([kernel])
    probe = GradientProbe()

    def loss(y_true: Any, y_pred: Any) -> Any:
        return ops.sum(y_true * ops.cast(y_pred, "float32"), axis=(1, 2, 3))

    model.compile(optimizer=probe, loss=loss, auto_scale_loss=False, run_eagerly=True)
    forward = ops.convert_to_numpy(ops.cast(model(x.astype(np.float32)), "float32"))
    # The mean over the batch divides by a power of two, which is taken back without an error.
    model.train_on_batch(x.astype(np.float32), len(x) * upper.astype(np.float32))
    gradient = ops.convert_to_numpy(probe.gradients[0])
    return {
        "forward": np.asarray(forward, dtype=np.float64),
        "kernel gradient": np.asarray(gradient, dtype=np.float64),
    }
