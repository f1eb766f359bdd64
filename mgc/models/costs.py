"""What one pass of a network costs, counted layer by layer from the built model.

The convention: a multiplication and an addition are two operations, so is a comparison one; a bias
rides on the sum that it ends, so that n weights of one output cost 2 n.  Products with the zeros of
padding are made by the machine and count.  Prediction is meant: batch normalisation is a factor and
a summand for each value, dropout and masks do nothing.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mgc.errors import ConfigError
from mgc.models.describe import layer_kind, shape_text, stages

_BYTES = 4  # of a float32
#: Copies of each parameter in a training step with Adam: value, gradient, mean and mean square.
_COPIES = 4


@dataclass(frozen=True)
class Cost:
    """What a network holds and does for one segment.

    Attributes
    ----------
    parameters, trainable : int
        Numbers it holds, and those that training changes.
    products : int
        Multiplications by a weight in convolutions and dense layers ("MACs").
    flops : int
        All operations of a prediction, a multiplication and an addition being two.

    Book: What they cost
    """

    parameters: int
    trainable: int
    products: int
    flops: int


def cost_table(model: Any) -> pd.DataFrame:
    """Count the work of every layer for one segment.

    Parameters
    ----------
    model : keras.Model
        As :func:`mgc.models.registry.build_model` returns it.

    Returns
    -------
    DataFrame
        One row a layer: ``stage`` (as :func:`mgc.models.describe.stages` names it), ``kind``,
        ``output shape`` (text, without the batch), ``parameters``, ``trainable``, ``products``
        (multiplications by weights), ``flops``, ``values`` (numbers in its output); all int.

    Raises
    ------
    ConfigError
        If there is no rule for a kind of layer.

    Examples
    --------
    >>> from mgc.models.registry import build_model
    >>> table = cost_table(build_model("simple_cnn", (128, 77, 1)))
    >>> print(*table[["kind", "products", "flops"]].iloc[1], sep=", ")
    Conv2D 3×3, 2838528, 5677056

    Book: What they cost
    """
    names = [stage.name for stage in stages(model) for _ in stage.kinds]
    rows = []
    for stage, layer in zip(names, model.layers, strict=True):
        products, others = _work(layer)
        trained = sum(math.prod(weight.shape) for weight in layer.trainable_weights)
        rows.append(
            {
                "stage": stage,
                "kind": layer_kind(layer),
                "output shape": shape_text(tuple(layer.output.shape[1:])),
                "parameters": layer.count_params(),
                "trainable": trained,
                "products": products,
                "flops": 2 * products + others,
                "values": _size(layer.output),
            }
        )
    return pd.DataFrame(rows)


def count_cost(model: Any) -> Cost:
    """Sum :func:`cost_table` over the layers.

    Examples
    --------
    >>> from mgc.models.registry import build_model
    >>> count_cost(build_model("unet_lite", (128, 259, 1))).products
    6391702784

    Book: What they cost
    """
    table = cost_table(model)
    names = ("parameters", "trainable", "products", "flops")
    return Cost(*(int(table[name].sum()) for name in names))


def activation_memory(model: Any, batch: int = 1, training: bool = False) -> int:
    """Count the bytes that a pass must hold at once: activations, and what goes with the weights.

    Every layer writes a float32 tensor of its own.  A prediction may drop a tensor after the last
    layer that reads it; a training step keeps all of them for the way back, and of every parameter
    the gradient and Adam's two moments, too.  A library may write in place, which saves some of it,
    and needs room to work in, which is not counted.

    Parameters
    ----------
    model : keras.Model
        As :func:`mgc.models.registry.build_model` returns it.
    batch : int
        Segments in one pass.
    training : bool
        A training step, not a prediction.

    Returns
    -------
    int
        Bytes, weights included.

    Examples
    --------
    >>> from mgc.models.registry import build_model
    >>> net = build_model("simple_cnn", (128, 77, 1))
    >>> [round(activation_memory(net, 1, training) / 1e6, 1) for training in (False, True)]
    [3.0, 8.9]

    Book: What they cost
    """
    weights: int = model.count_params()
    if training:
        trained: int = sum(math.prod(weight.shape) for weight in model.trainable_weights)
        kept = sum(_size(layer.output) for layer in model.layers)
        return _BYTES * (batch * kept + weights + (_COPIES - 1) * trained)
    last_reader: dict[int, int] = {}
    for place, layer in enumerate(model.layers):
        last_reader.update({id(tensor): place for tensor in _inputs(layer)})
    live: dict[int, int] = {}
    peak = 0
    for place, layer in enumerate(model.layers):
        live[id(layer.output)] = _size(layer.output)
        peak = max(peak, sum(live.values()))
        live = {key: size for key, size in live.items() if last_reader.get(key, 0) > place}
    return _BYTES * (batch * peak + weights)


def _work(layer: Any) -> tuple[int, int]:
    """Return the multiplications by weights of a layer, and its other operations."""
    kind = next((cls.__name__ for cls in type(layer).__mro__ if cls.__name__ in _RULES), None)
    if kind is None:
        raise ConfigError(
            f"{layer.name} is a {type(layer).__name__}, whose work nobody counted yet: add a rule "
            "to mgc.models.costs"
        )
    products, others = _RULES[kind](layer)
    return products, others + _activation(layer)


def _activation(layer: Any) -> int:
    name = getattr(getattr(layer, "activation", None), "__name__", "linear")
    if name not in _PER_VALUE:
        raise ConfigError(
            f"{layer.name} has activation {name}, whose work nobody counted yet: add it to "
            "mgc.models.costs"
        )
    return int(_PER_VALUE[name] * _size(layer.output))


def _convolution(layer: Any) -> tuple[int, int]:
    read = layer.input.shape[-1] // getattr(layer, "groups", 1)
    return math.prod(layer.kernel_size) * read * _size(layer.output), 0


def _transposed_convolution(layer: Any) -> tuple[int, int]:
    return math.prod(layer.kernel_size) * _size(layer.input) * layer.output.shape[-1], 0


def _dense(layer: Any) -> tuple[int, int]:
    return layer.input.shape[-1] * _size(layer.output), 0


def _each_value(operations: int) -> Callable[[Any], tuple[int, int]]:
    return lambda layer: (0, operations * _size(layer.output))


def _pooling(layer: Any) -> tuple[int, int]:
    return 0, (math.prod(layer.pool_size) - 1) * _size(layer.output)


def _average(layer: Any) -> tuple[int, int]:
    return 0, math.prod(layer.pool_size) * _size(layer.output)


def _global_average(layer: Any) -> tuple[int, int]:
    return 0, _size(layer.input)  # one addition less than values, and a division


#: Operations for each value of the output: a softmax takes a power, a sum and a quotient.
_PER_VALUE = {"linear": 0, "relu": 1, "softmax": 3}

_NOTHING = _each_value(0)
_RULES: dict[str, Callable[[Any], tuple[int, int]]] = {
    "Conv2D": _convolution,
    "GaborConv2D": _convolution,
    "Conv2DTranspose": _transposed_convolution,
    "Dense": _dense,
    "BatchNormalization": _each_value(2),
    "PReLU": _each_value(2),
    "Activation": _NOTHING,
    "ReLU": _each_value(1),
    "MaxPooling2D": _pooling,
    "AveragePooling2D": _average,
    "GlobalAveragePooling2D": _global_average,
    "GlobalMaxPooling2D": lambda layer: (0, _size(layer.input) - _size(layer.output)),
    "Flatten": _NOTHING,
    "Add": lambda layer: (0, (len(layer.input) - 1) * _size(layer.output)),
    "InputLayer": _NOTHING,
    "ZeroPadding2D": _NOTHING,
    "Cropping2D": _NOTHING,
    "Concatenate": _NOTHING,
    "Dropout": _NOTHING,
    "SpecAugment": _NOTHING,
}


def _inputs(layer: Any) -> list[Any]:
    found = getattr(layer, "input", [])
    return list(found) if isinstance(found, (list, tuple)) else [found]


def _size(tensor: Any) -> int:
    return int(math.prod(tensor.shape[1:]))
