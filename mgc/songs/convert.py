"""A trained Keras network, with its normaliser, as an ONNX graph.

The graph is drawn by running the network once on names in place of numbers.  Every tensor keeps
Keras' order of axes (channels last); ONNX Runtime cancels the transpositions that this needs.

Book: Model cards.
"""

from functools import partial
from typing import Any

import numpy as np
import onnx
from onnx import helper

from mgc.data.normalise import Normaliser
from mgc.errors import WeightsError
from mgc.songs.graph import Graph
from mgc.songs.layers import DRAWINGS

#: Input: features in their units, (segments, rows, frames); output: (segments, genres).
INPUT, OUTPUT = "features", "probabilities"

# Read by every ONNX Runtime since 1.18.
_OPSET, _IR_VERSION = 18, 10

_ELEMENTWISE = {
    "Add": "Add", "Subtract": "Sub", "Multiply": "Mul", "Divide": "Div", "TrueDivide": "Div",
    "Maximum": "Max", "Minimum": "Min", "Power": "Pow", "Sqrt": "Sqrt", "Exp": "Exp", "Log": "Log",
    "Absolute": "Abs", "Relu": "Relu", "Sigmoid": "Sigmoid", "Tanh": "Tanh",
}  # fmt: skip
_REDUCTIONS = {"Mean": "ReduceMean", "Max": "ReduceMax", "Min": "ReduceMin", "Sum": "ReduceSum"}
# Layers that do nothing once a network is trained.
_SILENT = frozenset(
    {
        "Dropout", "SpatialDropout2D", "SpatialDropout1D", "GaussianNoise", "GaussianDropout",
        "AlphaDropout", "SpecAugment", "Identity", "ActivityRegularization",
    }
)  # fmt: skip


def to_onnx(model: Any, normaliser: Normaliser) -> bytes:
    """Write a network as ONNX, its normaliser before the first layer.

    Parameters
    ----------
    model : keras.Model
        Functional, one input ``(batch, rows, frames, 1)``, one output ``(batch, genres)``.
    normaliser : Normaliser
        What the network's input passed through in training.

    Returns
    -------
    bytes
        Maps float32 `INPUT` ``(segments, rows, frames)`` to float32 `OUTPUT` ``(segments,
        genres)``, for any number of segments.

    Raises
    ------
    WeightsError
        If a layer has no counterpart here; the message names it.

    Notes
    -----
    Book: Model cards.

    Examples
    --------
    >>> from mgc.models.registry import build_model
    >>> still = Normaliser(np.zeros(8), np.ones(8))
    >>> network = onnx.load_from_string(to_onnx(build_model("simple_cnn", (8, 8, 1), 3), still))
    >>> [value.name for value in network.graph.input], [v.name for v in network.graph.output]
    (['features'], ['probabilities'])
    """
    rows, frames = model.inputs[0].shape[1:3]
    graph = Graph()
    mean, std = (np.asarray(v) for v in (normaliser.mean, normaliser.std))
    if mean.ndim == 1:
        mean, std = mean[:, None], std[:, None]
    x = graph.add("Sub", INPUT, graph.constant(mean))
    x = graph.add("Div", x, graph.constant(std))
    x = graph.add("Unsqueeze", x, graph.whole_numbers([3]))
    # Keras' own walk over the graph, with names in place of tensors.
    last = model._run_through_graph(
        x, operation_fn=lambda layer: layer, call_fn=partial(_draw, graph)
    )
    graph.nodes.append(helper.make_node("Identity", [last], [OUTPUT]))
    described = helper.make_graph(
        graph.nodes,
        model.name,
        [helper.make_tensor_value_info(INPUT, onnx.TensorProto.FLOAT, ["segments", rows, frames])],
        [helper.make_tensor_value_info(OUTPUT, onnx.TensorProto.FLOAT, ["segments", "genres"])],
        graph.constants,
    )
    network = helper.make_model(
        described,
        producer_name="mgc",
        ir_version=_IR_VERSION,
        opset_imports=[helper.make_opsetid("", _OPSET)],
    )
    onnx.checker.check_model(network)
    return bytes(network.SerializeToString())


def _draw(graph: Graph, layer: Any, *args: Any, **_: Any) -> str:
    """Draw one layer, or one operation, on the names of its inputs."""
    kind = type(layer).__name__
    given = args[0] if len(args) == 1 and isinstance(args[0], list | tuple) else args
    inputs = [x if isinstance(x, str) else graph.constant(x) for x in given if x is not None]
    if kind in _SILENT:
        return inputs[0]
    if kind in _ELEMENTWISE:
        return _elementwise(graph, _ELEMENTWISE[kind], inputs)
    if kind in _REDUCTIONS:
        axes = [layer.axis] if isinstance(layer.axis, int) else list(layer.axis)
        return graph.reduce(_REDUCTIONS[kind], inputs[0], axes, layer.keepdims)
    if kind not in DRAWINGS or getattr(layer, "data_format", None) == "channels_first":
        raise WeightsError(
            f"layer {layer.name} is a {kind}, which cannot be written as ONNX here: teach "
            "mgc.songs.layers to, or leave it out of networks that are shipped"
        )
    return DRAWINGS[kind](graph, layer, inputs)


def _elementwise(graph: Graph, kind: str, inputs: list[str]) -> str:
    x, *others = inputs
    if not others:
        return graph.add(kind, x)
    for other in others:
        x = graph.add(kind, x, other)
    return x
