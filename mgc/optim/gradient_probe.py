"""Look at gradients without a step: an optimizer that remembers what it is given and moves nothing.

Keras hands gradients to an optimizer on every backend, so nothing here names one.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mgc.backend import keras
from mgc.data.precision import range_counts
from mgc.errors import DataError

ops = keras.ops


@keras.saving.register_keras_serializable(package="mgc")
class GradientProbe(keras.optimizers.Optimizer):  # type: ignore[misc]
    """Optimizer that keeps the last gradient of each variable and changes no weight.

    Parameters
    ----------
    scale : float > 0
        The loss is multiplied by it before the backward pass, and the gradients, in float32, are
        divided by it afterwards: static loss scaling.

    Attributes
    ----------
    gradients : list of keras.Variable
        In the order of the trainable variables.

    Book: Precision as a factor
    """

    def __init__(self, scale: float = 1.0, **settings: Any) -> None:
        super().__init__(**{"learning_rate": 0.0, "loss_scale_factor": scale, **settings})

    def build(self, variables: Any) -> None:
        """Create one place for each gradient."""
        if self.built:
            return
        super().build(variables)
        self.gradients = self.add_optimizer_variables(variables, "gradient")

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Keep the gradient; the variable stays."""
        place = self.gradients[self._get_variable_index(variable)]
        self.assign(place, ops.cast(gradient, variable.dtype))


def probe_gradients(model: Any, x: Any, y: Any, scale: float = 1.0) -> dict[str, NDArray[Any]]:
    """Return the gradient of the mean cross-entropy of one batch, as the model's policy has it.

    Parameters
    ----------
    model : keras.Model
        Compiled anew.  Its weights stay; running averages and random states move on, as in
        training.
    x, y : array_like
        One batch: inputs and whole-number labels.
    scale : float > 0
        Static loss scale; powers of two make no rounding error of their own.

    Returns
    -------
    dict of str to ndarray of float32
        Name of each trainable variable (``"convolution 1 kernel"``) to its gradient, divided by
        `scale` again.  Infinite or NaN where the scaled one left the format.

    Examples
    --------
    >>> from mgc.models.registry import build_model
    >>> net = build_model("simple_cnn", (8, 8, 1), n_classes=2, width=1)
    >>> found = probe_gradients(net, np.ones((2, 8, 8, 1), "float32"), np.array([0, 1]))
    >>> list(found)[:2], found["dense 2 kernel"].shape
    (['convolution 1 kernel', 'convolution 1 bias'], (4, 2))

    Book: Precision as a factor
    """
    probe = GradientProbe(scale)
    model.compile(
        optimizer=probe,
        loss="sparse_categorical_crossentropy",
        auto_scale_loss=False,  # the probe scales
        run_eagerly=True,  # one step is not worth a compilation
    )
    model.train_on_batch(x, y)
    values = [np.asarray(ops.convert_to_numpy(place)) for place in probe.gradients]
    return dict(zip(variable_names(model), values, strict=True))


_KINDS = {"Conv2D": "convolution", "BatchNormalization": "normalisation", "Dense": "dense"}


def variable_names(model: Any) -> list[str]:
    """Name the trainable variables by kind and place of their layer, not by Keras' counters.

    Book: Precision as a factor
    """
    names, seen = [], dict.fromkeys([*_KINDS.values(), "layer"], 0)
    for layer in model.layers:
        if layer.trainable_variables:
            kind = _KINDS.get(type(layer).__name__, "layer")
            seen[kind] += 1
            names += [f"{kind} {seen[kind]} {v.name}" for v in layer.trainable_variables]
    return names


def is_idle(name: str) -> bool:
    """Tell whether a variable has no effect: the bias of a convolution before a normalisation.

    Examples
    --------
    >>> is_idle("convolution 1 bias"), is_idle("convolution 1 kernel"), is_idle("dense 1 bias")
    (True, False, False)

    Book: Precision as a factor
    """
    return name.startswith("convolution") and name.endswith("bias")


def narrow_losses(
    exact: NDArray[Any], narrow: NDArray[Any], scale: float = 1.0, format: str = "float16"
) -> dict[str, float]:
    """Say what a narrow format takes from a gradient: by rounding it, and as it was found.

    Parameters
    ----------
    exact : ndarray
        Gradient in float32 (or wider).
    narrow : ndarray of the same shape
        Gradient of the same loss, computed in the narrow format and scaled back.
    scale : float > 0
        Loss scale that `narrow` was computed with.
    format : str
        The narrow format.

    Returns
    -------
    dict of str to float
        ``entries``; ``dead``, the share that is 0 in `exact`, too.  Of all entries, the shares
        ``zero``, ``subnormal`` and ``overflow`` that rounding ``scale * exact`` to the format
        would give (what is predicted), and ``lost`` and ``infinite``, those which are 0 in
        `narrow` though not in `exact`, or not finite (what was found).  ``error``: norm of the
        difference over the norm of `exact`, where both are finite; ``largest``: largest size in
        `exact`.

    Raises
    ------
    DataError
        If the shapes differ.

    Examples
    --------
    >>> exact = np.array([1.0, 1e-9, 0.0])
    >>> found = narrow_losses(exact, np.array([1.0, 0.0, 0.0]))
    >>> found["zero"] == found["lost"] == found["dead"] == 1 / 3, found["subnormal"]
    (True, 0.0)

    Book: Precision as a factor
    """
    if exact.shape != narrow.shape:
        raise DataError(
            f"gradients have shapes {exact.shape} and {narrow.shape}, but must be of one variable"
        )
    counts = range_counts(np.abs(exact.astype(np.float64)) * scale, format)
    finite = np.isfinite(narrow)
    difference = np.linalg.norm((narrow - exact)[finite].astype(np.float64))
    length = np.linalg.norm(exact[finite].astype(np.float64))
    shares = {
        "dead": exact == 0,
        "lost": (narrow == 0) & (exact != 0),
        "infinite": ~finite,
    }
    return {
        "entries": exact.size,
        **{kind: count / exact.size for kind, count in counts.items()},
        **{kind: float(np.mean(hit)) for kind, hit in shares.items()},
        "error": float(difference / length) if length else 0.0,
        "largest": float(np.abs(exact).max()),
    }
