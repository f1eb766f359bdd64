"""Keras' optimizers, with the size of the gradients written down on the way.

Measuring inside `apply` works on every backend and costs one sum; the two accumulators are
optimizer variables, so they travel with JAX' stateless training step and with every checkpoint.
"""

from typing import Any

from mgc.backend import keras

ops = keras.ops


class _MeasuresGradients:
    """Mixed into an optimizer: accumulate the global 2-norm of each gradient it is given.

    `l2` adds ``l2 * w`` to the gradient of each variable ``w``, after the norm was measured.
    """

    built: bool

    def __init__(self, l2: float = 0.0, **settings: Any) -> None:
        super().__init__(**settings)
        self.l2 = l2

    def build(self, variables: Any) -> None:
        """Create the optimizer's variables and the two accumulators."""
        if self.built:
            return
        super().build(variables)  # type: ignore[misc]
        self._norm_sum = keras.Variable(0.0, dtype="float32", trainable=False, name="norm_sum")
        self._norm_steps = keras.Variable(0.0, dtype="float32", trainable=False, name="norm_steps")
        self._track_variable(self._norm_sum)  # type: ignore[attr-defined]
        self._track_variable(self._norm_steps)  # type: ignore[attr-defined]

    def apply(self, grads: Any, trainable_variables: Any = None) -> Any:
        """Apply the gradients as the optimizer does, and add their norm."""
        grads = list(grads)
        pulled = self._with_penalty(grads, trainable_variables) if self.l2 else grads
        result = super().apply(pulled, trainable_variables)  # type: ignore[misc]
        squares = [ops.sum(ops.square(ops.cast(g, "float32"))) for g in grads if g is not None]
        self._norm_sum.assign_add(ops.sqrt(sum(squares)))
        self._norm_steps.assign_add(1.0)
        return result

    def _with_penalty(self, grads: list[Any], trainable_variables: Any) -> list[Any]:
        variables = trainable_variables or self._trainable_variables  # type: ignore[attr-defined]
        pairs = zip(grads, variables, strict=True)
        return [g if g is None else g + ops.cast(self.l2 * v, g.dtype) for g, v in pairs]

    def get_config(self) -> dict[str, Any]:
        """Return what rebuilds this optimizer."""
        return {**super().get_config(), "l2": self.l2}  # type: ignore[misc]

    def reset_gradient_norm(self) -> None:
        """Start a new mean."""
        self._norm_sum.assign(0.0)
        self._norm_steps.assign(0.0)

    def mean_gradient_norm(self) -> float:
        """Mean global 2-norm of the gradients applied since the last reset (NaN if none)."""
        steps = float(ops.convert_to_numpy(self._norm_steps.value))
        return float(ops.convert_to_numpy(self._norm_sum.value)) / steps if steps else float("nan")


@keras.saving.register_keras_serializable(package="mgc")
class Adam(_MeasuresGradients, keras.optimizers.Adam):  # type: ignore[misc]
    """Keras' Adam that measures its gradients."""


@keras.saving.register_keras_serializable(package="mgc")
class SGD(_MeasuresGradients, keras.optimizers.SGD):  # type: ignore[misc]
    """Keras' SGD that measures its gradients."""


@keras.saving.register_keras_serializable(package="mgc")
class RMSprop(_MeasuresGradients, keras.optimizers.RMSprop):  # type: ignore[misc]
    """Keras' RMSprop that measures its gradients."""


@keras.saving.register_keras_serializable(package="mgc")
class AdamW(_MeasuresGradients, keras.optimizers.AdamW):  # type: ignore[misc]
    """Keras' AdamW that measures its gradients."""
