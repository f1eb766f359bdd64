"""How each layer of Keras is drawn in an ONNX graph.

Book: Model cards.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mgc.errors import WeightsError
from mgc.songs.graph import Graph

#: Adds a layer to a graph: graph, layer, names of its inputs -> name of its output.
Drawing = Callable[[Graph, Any, list[str]], str]


def _values(weight: Any) -> NDArray[np.float64]:
    from mgc.backend import keras

    return np.asarray(keras.ops.convert_to_numpy(weight), dtype=np.float64)


def _sliding(layer: Any, size: tuple[int, int]) -> dict[str, Any]:
    rule: dict[str, Any] = {"kernel_shape": size, "strides": layer.strides}
    dilation = getattr(layer, "dilation_rate", (1, 1))
    if layer.padding == "valid" or dilation == (1, 1):
        rule["auto_pad"] = {"same": "SAME_UPPER", "valid": "VALID"}[layer.padding]
    else:  # ONNX Runtime pads no dilated kernel by itself; Keras takes steps of 1 with these
        extra = [d * (k - 1) for d, k in zip(dilation, size, strict=True)]
        rule["pads"] = [n // 2 for n in extra] + [n - n // 2 for n in extra]
    return rule | ({"dilations": dilation} if hasattr(layer, "dilation_rate") else {})


def _convolution(graph: Graph, layer: Any, inputs: list[str]) -> str:
    kernel = _values(layer.kernel)
    weights = [graph.constant(kernel.transpose(3, 2, 0, 1))]
    if layer.bias is not None:
        weights.append(graph.constant(_values(layer.bias)))
    rule = _sliding(layer, layer.kernel_size) | {"group": layer.groups}
    return graph.activate(graph.channels_first("Conv", *inputs, *weights, **rule), layer.activation)


def _gabor_bank(graph: Graph, layer: Any, inputs: list[str]) -> str:
    kernel = _values(layer.kernels())  # follow from what was learnt
    weight = graph.constant(kernel.transpose(3, 2, 0, 1))
    rule: dict[str, Any] = {"auto_pad": "SAME_UPPER", "strides": (layer.strides, layer.strides)}
    rule["kernel_shape"] = kernel.shape[:2]
    return graph.channels_first("Conv", *inputs, weight, **rule)


def _depthwise(graph: Graph, layer: Any, inputs: list[str]) -> str:
    separable = hasattr(layer, "pointwise_kernel")
    kernel = _values(layer.depthwise_kernel if separable else layer.kernel)
    rows, columns, channels, each = kernel.shape
    filters = kernel.transpose(2, 3, 0, 1).reshape(channels * each, 1, rows, columns)
    weights, bias = [graph.constant(filters)], layer.bias
    if bias is not None and not separable:
        weights.append(graph.constant(_values(bias)))
    rule = _sliding(layer, layer.kernel_size)
    x = graph.channels_first("Conv", *inputs, *weights, group=channels, **rule)
    if separable:
        x = graph.add("MatMul", x, graph.constant(_values(layer.pointwise_kernel)[0, 0]))
        x = x if bias is None else graph.add("Add", x, graph.constant(_values(bias)))
    return graph.activate(x, layer.activation)


def _transposed(graph: Graph, layer: Any, inputs: list[str]) -> str:
    """Draw a transposed convolution, cut as Keras cuts it: "same" gives stride times the size."""
    begin, end, more = [], [], []
    for size, stride in zip(layer.kernel_size, layer.strides, strict=True):
        cut = max(size - stride, 0) if layer.padding == "same" else 0
        begin.append(cut // 2)
        end.append(cut - cut // 2)
        more.append(max(stride - size, 0))
    weights = [graph.constant(_values(layer.kernel).transpose(3, 2, 0, 1))]
    if layer.bias is not None:
        weights.append(graph.constant(_values(layer.bias)))
    rule: dict[str, Any] = {"kernel_shape": layer.kernel_size, "strides": layer.strides}
    rule |= {"pads": begin + end, "output_padding": more}
    x = graph.channels_first("ConvTranspose", *inputs, *weights, **rule)
    return graph.activate(x, layer.activation)


def _dense(graph: Graph, layer: Any, inputs: list[str]) -> str:
    x = graph.add("MatMul", *inputs, graph.constant(_values(layer.kernel)))
    if layer.bias is not None:
        x = graph.add("Add", x, graph.constant(_values(layer.bias)))
    return graph.activate(x, layer.activation)


def _batch_normalisation(graph: Graph, layer: Any, inputs: list[str]) -> str:
    scale = 1 / np.sqrt(_values(layer.moving_variance) + layer.epsilon)
    scale = scale if layer.gamma is None else scale * _values(layer.gamma)
    shift = -_values(layer.moving_mean) * scale
    shift = shift if layer.beta is None else shift + _values(layer.beta)
    return graph.add("Add", graph.add("Mul", *inputs, graph.constant(scale)), graph.constant(shift))


def _pool(kind: str) -> Drawing:
    return lambda graph, layer, inputs: graph.channels_first(
        kind, *inputs, **_sliding(layer, layer.pool_size)
    )


def _global(kind: str) -> Drawing:
    def draw(graph: Graph, layer: Any, inputs: list[str]) -> str:
        axes = [1, 2] if type(layer).__name__.endswith("2D") else [1]
        return graph.reduce(kind, inputs[0], axes, layer.keepdims)

    return draw


def _padded(graph: Graph, layer: Any, inputs: list[str]) -> str:
    (top, bottom), (left, right) = layer.padding
    amounts = [0, top, left, 0, 0, bottom, right, 0]
    return graph.add("Pad", *inputs, graph.whole_numbers(amounts))


def _cropped(graph: Graph, layer: Any, inputs: list[str]) -> str:
    (top, bottom), (left, right) = layer.cropping
    far = np.iinfo(np.int64).max
    ends = [-bottom or far, -right or far]
    limits = [graph.whole_numbers(v) for v in ([top, left], ends, [1, 2])]
    return graph.add("Slice", *inputs, *limits)


def _enlarged(graph: Graph, layer: Any, inputs: list[str]) -> str:
    scales = graph.constant([1, *layer.size, 1])
    return graph.add("Resize", inputs[0], "", scales, mode="nearest", nearest_mode="floor",
                     coordinate_transformation_mode="asymmetric")  # fmt: skip


def _reshaped(graph: Graph, layer: Any, inputs: list[str]) -> str:
    shape = getattr(layer, "target_shape", (-1,))
    return graph.add("Reshape", *inputs, graph.whole_numbers([0, *shape]))


def _softmax(graph: Graph, layer: Any, inputs: list[str]) -> str:
    return graph.add("Softmax", *inputs, axis=layer.axis)


def _joined(graph: Graph, layer: Any, inputs: list[str]) -> str:
    return graph.add("Concat", *inputs, axis=layer.axis)


def _mean(graph: Graph, layer: Any, inputs: list[str]) -> str:
    return graph.add("Mean", *inputs)


def _squared(graph: Graph, layer: Any, inputs: list[str]) -> str:
    return graph.add("Mul", inputs[0], inputs[0])


def _rectified(graph: Graph, layer: Any, inputs: list[str]) -> str:
    if layer.max_value is not None or layer.threshold:
        raise WeightsError(f"layer {layer.name} is a ReLU with a limit: use a plain one")
    return graph.add("LeakyRelu", *inputs, alpha=float(layer.negative_slope))


def _leaky(graph: Graph, layer: Any, inputs: list[str]) -> str:
    return graph.add("LeakyRelu", *inputs, alpha=float(layer.negative_slope))


def _parametric(graph: Graph, layer: Any, inputs: list[str]) -> str:
    return graph.add("PRelu", *inputs, graph.constant(_values(layer.alpha)))


def _activation(graph: Graph, layer: Any, inputs: list[str]) -> str:
    return graph.activate(inputs[0], layer.activation)


def _permuted(graph: Graph, layer: Any, inputs: list[str]) -> str:
    return graph.add("Transpose", *inputs, perm=(0, *layer.dims))


#: Name of the class of a layer -> how it is drawn.
DRAWINGS: dict[str, Drawing] = {
    "Conv2D": _convolution,
    "GaborConv2D": _gabor_bank,
    "DepthwiseConv2D": _depthwise,
    "SeparableConv2D": _depthwise,
    "Conv2DTranspose": _transposed,
    "Dense": _dense,
    "BatchNormalization": _batch_normalisation,
    "MaxPooling2D": _pool("MaxPool"),
    "AveragePooling2D": _pool("AveragePool"),
    "GlobalAveragePooling2D": _global("ReduceMean"),
    "GlobalMaxPooling2D": _global("ReduceMax"),
    "GlobalAveragePooling1D": _global("ReduceMean"),
    "GlobalMaxPooling1D": _global("ReduceMax"),
    "ZeroPadding2D": _padded,
    "Cropping2D": _cropped,
    "UpSampling2D": _enlarged,
    "Reshape": _reshaped,
    "Flatten": _reshaped,
    "Permute": _permuted,
    "Softmax": _softmax,
    "Concatenate": _joined,
    "Average": _mean,
    "Square": _squared,
    "ReLU": _rectified,
    "LeakyReLU": _leaky,
    "PReLU": _parametric,
    "Activation": _activation,
}
