r"""The loss of a network on one batch as a function of all its weights: value, gradient, Hessian.

TensorFlow only: products with the Hessian differentiate the gradient once more, which no function
of Keras does for all backends.  The module stands beside `mgc.data.pipeline` as one of the two that
name TensorFlow.

What is differentiated is what the optimizer descends: batch normalisation takes the moments of the
batch, as in training.  What is random in training (dropout, masks of SpecAugment) is off, for a
Hessian needs one function.  The moments are computed here, because those of ``tf.nn.moments`` (and
so of Keras' layer) hide the mean of the variance from differentiation: right for a gradient, where
that term is zero, and wrong for a second derivative, where it is not.
"""

from copy import copy
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.backend import keras
from mgc.errors import ConfigError
from mgc.models.spec_augment import SpecAugment
from mgc.optim.curvature.lanczos import Product, Vector

ops = keras.ops


class _BatchMoments(keras.layers.BatchNormalization):  # type: ignore[misc]
    """Batch normalisation in training mode, differentiable twice; axis -1."""

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        axes = list(range(len(inputs.shape) - 1))
        centred = inputs - ops.mean(inputs, axis=axes, keepdims=True)
        variance = ops.mean(ops.square(centred), axis=axes, keepdims=True)
        scaled = centred * ops.rsqrt(variance + self.epsilon)
        scaled = scaled * self.gamma if self.scale else scaled
        return scaled + self.beta if self.center else scaled


class BatchLoss:
    """Mean cross-entropy of a network on one fixed batch, as a function of its weights.

    Parameters
    ----------
    model : keras.Model
        Classifier that ends in probabilities; it is copied, not changed.
    x : array_like of shape (n, rows, columns, 1)
        Normalised features.
    labels : array_like of int, shape (n,)
        Index of each segment's genre.
    dtype : {'float32', 'float64'}
        Of the arithmetic.
    exact : bool
        False leaves batch normalisation as Keras computes it, whose second derivatives through
        TensorFlow are wrong; only to show that.

    Attributes
    ----------
    size : int
        Number of trainable weights.
    shapes : tuple of tuple of int
        Of the trainable weights, in the order of the model.
    paths : tuple of str
        Their names.

    Raises
    ------
    ConfigError
        If the backend is not TensorFlow, or labels do not fit the examples.

    Notes
    -----
    Vectors are float64 NumPy arrays of shape (size,).
    Where a unit of ReLU or a maximum switches, the loss has a kink and no second derivative; the
    products are those of the smooth piece on which the weights lie.

    Examples
    --------
    >>> layers = keras.layers
    >>> dense = layers.Dense(2, "softmax", use_bias=False, kernel_initializer="zeros")
    >>> model = keras.Sequential([keras.Input((1, 1, 1)), layers.Flatten(), dense])
    >>> loss = BatchLoss(model, np.ones((1, 1, 1, 1)), [0], dtype="float64")
    >>> w = loss.weights_of(model)
    >>> round(loss.value(w), 6), loss.gradient(w).round(6).tolist()
    (0.693147, [-0.5, 0.5])
    >>> loss.product(w)(np.array([1.0, 0.0])).round(6).tolist()
    [0.25, -0.25]

    Book: Curvature and stability of our networks
    """

    def __init__(
        self,
        model: Any,
        x: ArrayLike,
        labels: ArrayLike,
        *,
        dtype: str = "float32",
        exact: bool = True,
    ) -> None:
        if keras.backend.backend() != "tensorflow":
            raise ConfigError(
                f"the backend is {keras.backend.backend()}, but products with the Hessian are "
                "written for tensorflow: start again with KERAS_BACKEND=tensorflow"
            )
        import tensorflow as tf

        self._tf, self._dtype = tf, dtype
        self._twin = _twin(model, dtype, exact)
        self._take(x, labels)
        variables = self._twin.trainable_variables
        self.shapes = tuple(tuple(map(int, v.shape)) for v in variables)
        self.paths = tuple(v.path for v in variables)
        self.size = sum(self._sizes())
        self._value = tf.function(self._loss)
        self._gradient = tf.function(self._trace_gradient)
        self._product = tf.function(self._trace_product)

    def weights_of(self, model: Any) -> Vector:
        """Return the trainable weights of a model of this architecture as one vector."""
        return flatten(model.trainable_variables)

    def parts(self, vector: ArrayLike) -> list[Vector]:
        """Cut a vector into arrays of the shapes of the weights."""
        ends = np.cumsum(self._sizes())[:-1]
        pieces = np.split(np.asarray(vector, dtype=np.float64), ends)
        return [piece.reshape(shape) for piece, shape in zip(pieces, self.shapes, strict=True)]

    def on(self, x: ArrayLike, labels: ArrayLike) -> "BatchLoss":
        """Return the loss on another batch; batches of one size share what was compiled."""
        other = copy(self)
        other._take(x, labels)
        return other

    def value(self, w: ArrayLike) -> float:
        """Return the loss in nats."""
        return float(self._value(self._tensor(w), self._x, self._labels))

    def value_and_gradient(self, w: ArrayLike) -> tuple[float, Vector]:
        """Return the loss and its gradient."""
        value, gradient = self._gradient(self._tensor(w), self._x, self._labels)
        return float(value), gradient.numpy().astype(np.float64)

    def gradient(self, w: ArrayLike) -> Vector:
        """Return the gradient of the loss."""
        return self.value_and_gradient(w)[1]

    def product(self, w: ArrayLike) -> Product:
        """Return the function that multiplies a vector by the Hessian at `w`."""
        point = self._tensor(w)

        def multiply(v: Vector) -> Vector:
            found = self._product(point, self._tensor(v), self._x, self._labels)
            return np.asarray(found.numpy(), dtype=np.float64)

        return multiply

    def dense(self, w: ArrayLike) -> NDArray[np.float64]:
        """Return the whole Hessian, shape (size, size), one product a column: for small nets."""
        multiply = self.product(w)
        return np.stack([multiply(e) for e in np.eye(self.size)], axis=1)

    def _sizes(self) -> list[int]:
        return [int(np.prod(shape)) for shape in self.shapes]

    def _tensor(self, w: ArrayLike) -> Any:
        return self._tf.constant(np.asarray(w, dtype=self._dtype))

    def _take(self, x: ArrayLike, labels: ArrayLike) -> None:
        features, truth = np.asarray(x, dtype=self._dtype), np.asarray(labels, dtype=np.int64)
        if not len(features) or truth.shape != features.shape[:1]:
            raise ConfigError(
                f"{len(features)} examples came with labels of shape {truth.shape}: give one label "
                "to each example, and at least one example"
            )
        self._x, self._labels = self._tf.constant(features), self._tf.constant(truth)

    def _loss(self, w: Any, x: Any, labels: Any) -> Any:
        tf = self._tf
        pieces = tf.split(w, self._sizes())
        weights = [tf.reshape(p, s) for p, s in zip(pieces, self.shapes, strict=True)]
        fixed = [v.value for v in self._twin.non_trainable_variables]
        p, _ = self._twin.stateless_call(weights, fixed, x, training=True)
        return ops.mean(keras.losses.sparse_categorical_crossentropy(labels, p))

    def _trace_gradient(self, w: Any, x: Any, labels: Any) -> tuple[Any, Any]:
        with self._tf.GradientTape() as tape:
            tape.watch(w)
            value = self._loss(w, x, labels)
        return value, tape.gradient(value, w)

    def _trace_product(self, w: Any, v: Any, x: Any, labels: Any) -> Any:
        with self._tf.GradientTape() as tape:
            tape.watch(w)
            along = self._tf.tensordot(self._trace_gradient(w, x, labels)[1], v, 1)
        return tape.gradient(along, w)


def flatten(variables: Any) -> Vector:
    """Return variables (or arrays), one behind the other, as one vector of float64."""
    pieces = [np.ravel(ops.convert_to_numpy(v)) for v in variables]
    return np.concatenate(pieces).astype(np.float64)


def _twin(model: Any, dtype: str, exact: bool) -> Any:
    """Copy a network without what is random in training, in another precision."""

    def calm(layer: Any) -> Any:
        config = layer.get_config() | {"dtype": dtype}
        if isinstance(layer, keras.layers.Dropout):
            config["rate"] = 0.0
        if isinstance(layer, SpecAugment):
            config["frequency_share"] = config["time_share"] = 0.0
        kind = type(layer)
        if exact and isinstance(layer, keras.layers.BatchNormalization):
            kind = _BatchMoments
        return kind.from_config(config)

    return keras.models.clone_model(model, clone_function=calm)
