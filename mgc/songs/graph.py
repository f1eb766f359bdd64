"""An ONNX graph in the making: nodes, constants, and the activation functions of Keras.

Book: Model cards.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from onnx import helper, numpy_helper

from mgc.errors import WeightsError

_FIRST, _LAST = (0, 3, 1, 2), (0, 2, 3, 1)

_ACTIVATIONS = {
    "linear": "Identity", "relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh", "softplus":
    "Softplus", "elu": "Elu",
}  # fmt: skip


class Graph:
    """Nodes and constants so far; every tensor keeps Keras' order of axes, channels last.

    Examples
    --------
    >>> graph = Graph()
    >>> graph.add("Add", "x", graph.constant([1.0]))
    'x0'
    """

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, values: ArrayLike) -> str:
        """Keep float32 numbers and return their name."""
        return self._constant(np.asarray(values, dtype=np.float32))

    def whole_numbers(self, values: ArrayLike) -> str:
        """Keep int64 numbers and return their name."""
        return self._constant(np.asarray(values, dtype=np.int64))

    def _constant(self, values: NDArray[Any]) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node of one output and return the name of that."""
        name = f"x{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def channels_first(self, kind: str, x: str, *weights: str, **attributes: Any) -> str:
        """Add a node between two transpositions; ONNX Runtime cancels most of them."""
        x = self.add("Transpose", x, perm=_FIRST)
        return self.add("Transpose", self.add(kind, x, *weights, **attributes), perm=_LAST)

    def reduce(self, kind: str, x: str, axes: ArrayLike, keepdims: bool) -> str:
        """Add a reduction over some axes."""
        return self.add(kind, x, self.whole_numbers(axes), keepdims=int(keepdims))

    def activate(self, x: str, function: Any) -> str:
        """Apply an activation function of Keras."""
        name = function.__name__
        if name == "softmax":
            return self.add("Softmax", x, axis=-1)
        if name in ("silu", "swish"):
            return self.add("Mul", x, self.add("Sigmoid", x))
        if name not in _ACTIVATIONS:
            raise WeightsError(
                f"activation {name} cannot be written as ONNX here: teach mgc.songs.graph to, or "
                f"choose one of {', '.join([*_ACTIVATIONS, 'silu', 'softmax'])}"
            )
        return x if name == "linear" else self.add(_ACTIVATIONS[name], x)
