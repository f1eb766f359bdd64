"""Keras' optimizers, with the size of the gradients written down on the way.

Measuring inside `apply` works on every backend and costs one sum; the two accumulators are
optimizer variables, so they travel with JAX' stateless training step and with every checkpoint.
"""

from typing import Any

from mgc.backend import keras

ops = keras.ops


class _MeasuresGradients:
    """Mixed into an optimizer: accumulate the global 2-norm of each gradient it applies."""

    built: bool

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
        """Apply the gradients as the optimizer does, then add their norm."""
        grads = list(grads)
        result = super().apply(grads, trainable_variables)  # type: ignore[misc]
        squares = [ops.sum(ops.square(ops.cast(g, "float32"))) for g in grads if g is not None]
        self._norm_sum.assign_add(ops.sqrt(sum(squares)))
        self._norm_steps.assign_add(1.0)
        return result

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
