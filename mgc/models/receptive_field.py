"""How much of the picture one activation sees: counted from the layers, and measured.

The activations meant are those of the last map, just before global pooling; a network's decision,
which averages over all of them, sees the whole picture in any case.
"""

import logging
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mgc.backend import keras
from mgc.errors import ConfigError

ops = keras.ops

_WINDOWS = ("Conv2D", "Conv2DTranspose")
_POOLS = ("MaxPooling2D", "AveragePooling2D")
#: What acts on each value by itself, or on each channel.
_POINTWISE = ("BatchNormalization", "PReLU", "ReLU", "Activation", "Dropout", "SpecAugment")
_KNOWN = {*_WINDOWS, *_POOLS, *_POINTWISE, "Add", "Concatenate", "ZeroPadding2D", "Cropping2D"}
#: Settings that a convolution and its linear twin share.
_WINDOWED = ("filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate")

#: First and last index along one axis, both included.
Span = tuple[int, int]


@dataclass(frozen=True)
class Rectangle:
    """Points of the picture that one activation depends on.

    Attributes
    ----------
    bands, frames : tuple of int
        First and last index, both included.

    Book: What they cost
    """

    bands: Span
    frames: Span

    @property
    def shape(self) -> tuple[int, int]:
        """How many bands and frames it covers."""
        return self.bands[1] - self.bands[0] + 1, self.frames[1] - self.frames[0] + 1


def last_map(model: Any) -> Any:
    """Return the tensor ``(batch, bands, frames, channels)`` that global pooling reads.

    Raises
    ------
    ConfigError
        If the network has no such layer.

    Examples
    --------
    >>> from mgc.models.registry import build_model
    >>> last_map(build_model("simple_cnn", (128, 77, 1))).shape
    (None, 32, 19, 128)

    Book: What they cost
    """
    for layer in model.layers:
        read = getattr(layer, "input", None)
        if len(getattr(read, "shape", ())) == 4 and len(layer.output.shape) == 2:
            return read
    raise ConfigError(f"{model.name} pools no map into a vector, so it has no last map")


def receptive_field(
    model: Any, point: tuple[int, int] | None = None, clipped: bool = True
) -> Rectangle:
    """Count which part of the picture an activation of the last map depends on.

    The span of the point is taken from layer to layer towards the input: a convolution with a
    window of k adds k − 1, a pooling by s multiplies, a transposed convolution divides; where
    branches meet, the smallest span that holds them all is taken.

    Parameters
    ----------
    model : keras.Model
        A network of convolutions, poolings and skip connections.
    point : tuple of int, optional
        Band and frame in the last map; its middle if not given.
    clipped : bool
        Leave out what lies in the padding of a layer.

    Returns
    -------
    Rectangle
        In indices of the input; unless `clipped` they may lie outside the picture.

    Raises
    ------
    ConfigError
        If a layer is of a kind whose reach is not known, or the point is not in the map.

    References
    ----------
    Dumoulin and Visin (2016), arXiv 1603.07285 (the arithmetic of convolutions).

    Examples
    --------
    >>> from mgc.models.registry import build_model
    >>> receptive_field(build_model("simple_cnn", (128, 77, 1))).shape
    (18, 18)

    Book: What they cost
    """
    final = last_map(model)
    point = _checked(final, point)
    spans: dict[int, list[Span]] = {id(final): [(i, i) for i in point]}
    reached = False
    for layer in reversed(model.layers):
        if id(layer.output) not in spans:
            continue
        found = spans[id(layer.output)]
        if type(layer).__name__ == "InputLayer":
            reached = True
            break
        read = layer.input if isinstance(layer.input, list) else [layer.input]
        for tensor in read:
            sizes, made = tensor.shape[1:3], layer.output.shape[1:3]
            own = [
                _before(layer, axis, span, sizes[axis], made[axis])
                for axis, span in enumerate(found)
            ]
            if clipped:
                own = [(max(a, 0), min(b, n - 1)) for (a, b), n in zip(own, sizes, strict=True)]
            spans[id(tensor)] = _hull(own, spans.get(id(tensor), own))
    if not reached:
        raise ConfigError(f"the last map of {model.name} does not depend on its input")
    return Rectangle(*spans[id(model.inputs[0])])


def gradient_footprint(model: Any, point: tuple[int, int] | None = None) -> NDArray[np.float64]:
    """Measure which points of the picture an activation of the last map depends on.

    The gradient of the activation, summed over its channels, is taken with respect to the input.
    A gradient can vanish by chance, where a ReLU is silent or a maximum lies elsewhere, so a
    linear twin is asked: it has the same connections, but equal positive weights, each maximum is
    a mean over the same window, and what acts on each value alone is left out.  What its gradient
    does not reach, no weights can reach; what it reaches, some weights do.

    Parameters
    ----------
    model : keras.Model
        As in :func:`receptive_field`; its own weights do not matter.
    point : tuple of int, optional
        Band and frame in the last map; its middle if not given.

    Returns
    -------
    ndarray of float64
        ``(bands, frames)``: size of the gradient, 0 where there is no dependence.  They sum to
        at most the number of channels of the last map.

    Raises
    ------
    ConfigError
        If the point is not in the map.

    Examples
    --------
    >>> from mgc.models.registry import build_model
    >>> picture = gradient_footprint(build_model("simple_cnn", (32, 32, 1), width=1))
    >>> int(np.count_nonzero(picture)) == 18 * 18
    True

    Book: What they cost
    """
    final = last_map(model)
    band, frame = _checked(final, point)
    twin = keras.models.clone_model(keras.Model(model.inputs, final), clone_function=_linear_layer)
    twin.trainable = False
    held = _Picture(model.inputs[0].shape[1:])
    ones = keras.Input((1,))
    whole = keras.Model(ones, twin(held(ones)))
    weights = np.zeros((1, *final.shape[1:]), dtype=np.float32)
    weights[0, band, frame] = 1.0
    # From zero, a step of size 1 leads to minus the gradient, whatever the backend.
    whole.compile(keras.optimizers.SGD(1.0), loss=_weighted_sum)
    logging.disable(logging.WARNING)  # TensorFlow remarks that each twin is traced anew
    try:
        whole.train_on_batch(np.ones((1, 1), dtype=np.float32), weights)
    finally:
        logging.disable(logging.NOTSET)
    step = np.asarray(ops.convert_to_numpy(held.picture), dtype=np.float64)
    found: NDArray[np.float64] = np.abs(step).sum(axis=-1)
    return found


def footprint_rectangle(footprint: NDArray[Any]) -> Rectangle:
    """Return the smallest rectangle around the points of a footprint that are not 0.

    Examples
    --------
    >>> footprint_rectangle(np.eye(5)[1:4])
    Rectangle(bands=(0, 2), frames=(1, 3))

    Book: What they cost
    """
    bands, frames = np.nonzero(footprint)
    return Rectangle((int(bands.min()), int(bands.max())), (int(frames.min()), int(frames.max())))


class _Picture(keras.layers.Layer):  # type: ignore[misc]
    """The input as a weight, so that an optimizer is handed its gradient."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.picture = self.add_weight(shape=shape, initializer="zeros")

    def call(self, ones: Any) -> Any:
        return ops.reshape(ones, (-1, 1, 1, 1)) * self.picture


class _Same(keras.layers.Layer):  # type: ignore[misc]
    """What stands for a layer that acts on each value, called as any of them."""

    def call(self, values: Any, training: Any = None, mask: Any = None) -> Any:
        return values


def _weighted_sum(weights: Any, values: Any) -> Any:
    return ops.sum(weights * values)


def _linear_layer(layer: Any) -> Any:
    """Return the layer of the linear twin that stands for `layer`."""
    kind, settings = _kind(layer), layer.get_config()
    if kind in _POINTWISE:
        return _Same(name=layer.name)
    if kind == "MaxPooling2D":
        return keras.layers.AveragePooling2D.from_config(settings)
    if kind in _WINDOWS:
        share = 1.0 / math.prod(layer.kernel.shape[:2] + layer.input.shape[-1:])
        same = {name: settings[name] for name in _WINDOWED}
        first = keras.initializers.Constant(share)
        maker = getattr(keras.layers, kind)
        return maker(**same, use_bias=False, kernel_initializer=first, name=layer.name)
    return type(layer).from_config(settings)


def _before(layer: Any, axis: int, span: Span, size: int, made: int) -> Span:
    """Return what the outputs `span` of a layer read along one axis of its input.

    `size` and `made` are the lengths of that axis before and after the layer.
    """
    kind, (a, b) = _kind(layer), span
    if kind in _POINTWISE or kind in ("Add", "Concatenate"):
        return span
    if kind == "ZeroPadding2D":
        before = layer.padding[axis][0]
        return a - before, b - before
    if kind == "Cropping2D":
        before = layer.cropping[axis][0]
        return a + before, b + before
    if kind not in (*_WINDOWS, *_POOLS):
        raise ConfigError(
            f"{layer.name} is a {type(layer).__name__}, whose reach nobody counted yet: add it to "
            "mgc.models.receptive_field"
        )
    stride = layer.strides[axis]
    window = (layer.pool_size if kind in _POOLS else layer.kernel_size)[axis]
    window = (window - 1) * getattr(layer, "dilation_rate", (1, 1))[axis] + 1
    same = layer.padding == "same"
    if kind == "Conv2DTranspose":
        before = max(window - stride, 0) // 2 if same else 0
        return -((window - 1 - a - before) // stride), (b + before) // stride
    before = max((made - 1) * stride + window - size, 0) // 2 if same else 0
    return a * stride - before, b * stride - before + window - 1


def _checked(final: Any, point: tuple[int, int] | None) -> tuple[int, int]:
    bands, frames = final.shape[1:3]
    band, frame = point or (bands // 2, frames // 2)
    if not (0 <= band < bands and 0 <= frame < frames):
        raise ConfigError(
            f"point {point} was given, but the last map has {bands} x {frames} points, from (0, 0)"
        )
    return band, frame


def _hull(one: list[Span], other: list[Span]) -> list[Span]:
    return [(min(a, c), max(b, d)) for (a, b), (c, d) in zip(one, other, strict=True)]


def _kind(layer: Any) -> str:
    """Return the nearest class of a layer whose reach is known."""
    names = [cls.__name__ for cls in type(layer).__mro__]
    return next((name for name in names if name in _KNOWN), names[0])
