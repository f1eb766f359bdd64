"""What a built network is made of: its layers, and the stages they form.

Everything here is read from the model itself, so a table or a picture cannot differ from the code.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Stage:
    """Consecutive layers that work at one resolution.

    Attributes
    ----------
    name : str
        ``'input'``, ``'stage 2'``, ``'encoder 2'``, ``'bottleneck'``, ``'decoder 2'``, ``'crop'``,
        ``'average'``, ``'dense'`` or ``'output'``.  A decoder has the number of the encoder that it
        is joined with.
    kinds : tuple of str
        Its layers, for example ``'Conv2D 3×3'``.
    shape : tuple of int
        Shape of its output without the batch.
    parameters : int
        Numbers it holds, trained or not.
    joins : int or None
        Position of the stage whose output it concatenates with its own input.
    """

    name: str
    kinds: tuple[str, ...]
    shape: tuple[int, ...]
    parameters: int
    joins: int | None = None


def layer_table(model: Any) -> pd.DataFrame:
    """List the layers of a network that hold parameters or change the shape.

    What does neither is left out: activations without parameters, dropout, augmentation.

    Parameters
    ----------
    model : keras.Model
        As :func:`mgc.models.registry.build_model` returns it.

    Returns
    -------
    DataFrame
        One row a layer, from the input on: layer (1, 2, ...), kind, output shape (text, without
        the batch), parameters (int; they sum to ``model.count_params()``).

    Examples
    --------
    >>> from mgc.models.registry import build_model
    >>> table = layer_table(build_model("simple_cnn", (128, 77, 1)))
    >>> print(table.head(3).to_string(index=False))
     layer               kind  output shape  parameters
         1         InputLayer  128 × 77 × 1           0
         2         Conv2D 3×3 128 × 77 × 32         320
         3 BatchNormalization 128 × 77 × 32         128

    Book: SimpleCNN
    """
    rows = [
        (layer_kind(layer), shape_text(_shape(layer.output)), layer.count_params())
        for layer in model.layers
        if _is_input(layer) or layer.count_params() or not _keeps_shape(layer)
    ]
    table = pd.DataFrame(rows, columns=["kind", "output shape", "parameters"])
    table.insert(0, "layer", range(1, len(table) + 1))
    return table


def stage_table(model: Any) -> pd.DataFrame:
    """List the stages of a network.

    Parameters
    ----------
    model : keras.Model
        As :func:`mgc.models.registry.build_model` returns it.

    Returns
    -------
    DataFrame
        One row a stage: stage, output shape (text, without the batch), parameters (int; they sum
        to ``model.count_params()``).

    Examples
    --------
    >>> from mgc.models.registry import build_model
    >>> stage_table(build_model("simple_cnn", (128, 77, 1)))["stage"].tolist()
    ['input', 'stage 1', 'stage 2', 'stage 3', 'average', 'dense', 'output']

    Book: UNet_Lite
    """
    rows = [(stage.name, shape_text(stage.shape), stage.parameters) for stage in stages(model)]
    return pd.DataFrame(rows, columns=["stage", "output shape", "parameters"])


def stages(model: Any) -> list[Stage]:
    """Cut a network into stages: one begins where the resolution changes and at dense layers.

    Parameters
    ----------
    model : keras.Model
        A chain of layers; skip connections may join it by concatenation.

    Returns
    -------
    list of Stage
        From input to output.

    Examples
    --------
    >>> from mgc.models.registry import build_model
    >>> [s.name for s in stages(build_model("unet_lite", (32, 32, 1), width=2)) if s.joins]
    ['decoder 4', 'decoder 3', 'decoder 2', 'decoder 1']

    Book: UNet_Lite
    """
    groups: list[list[Any]] = []
    for layer in model.layers:
        if not groups or _begins_stage(layer, groups[-1][-1]):
            groups.append([])
        groups[-1].append(layer)
    joins = [_joined(group, groups) for group in groups]
    return [
        Stage(
            name,
            tuple(layer_kind(layer) for layer in group),
            _shape(group[-1].output),
            sum(layer.count_params() for layer in group),
            join,
        )
        for name, group, join in zip(_names(groups, joins), groups, joins, strict=True)
    ]


def shape_text(shape: tuple[int, ...]) -> str:
    """Write a shape for readers.

    Examples
    --------
    >>> shape_text((128, 77, 1))
    '128 × 77 × 1'
    """
    return " × ".join(map(str, shape))


def _begins_stage(layer: Any, before: Any) -> bool:
    if _is_input(before) or type(layer).__name__ == "Dense":
        return True
    return bool(_shape(layer.output)[:-1] != _shape(before.output)[:-1])


def _joined(group: list[Any], groups: list[list[Any]]) -> int | None:
    """Return the position of the earlier stage that a concatenation in `group` reads."""
    for layer in group:
        if type(layer).__name__ == "Concatenate":
            read = {id(tensor) for tensor in layer.input}
            for position, earlier in enumerate(groups):
                if earlier is not group and read & {id(other.output) for other in earlier}:
                    return position
    return None


def _names(groups: list[list[Any]], joins: list[int | None]) -> list[str]:
    kinds = [{type(layer).__name__ for layer in group} for group in groups]
    up = [i for i, join in enumerate(joins) if join is not None or "Conv2DTranspose" in kinds[i]]
    names = ["input"]
    for i in range(1, len(groups)):
        if i in up:
            names.append(f"decoder {len(up) - up.index(i)}")
        elif up and i == up[0] - 1:
            names.append("bottleneck")
        elif "Conv2D" in kinds[i]:
            names.append(f"{'encoder' if up and i < up[0] else 'stage'} {i}")
        elif i == len(groups) - 1:
            names.append("output")
        else:
            names.append(_head_name(kinds[i]))
    return names


def _head_name(kinds: set[str]) -> str:
    known = {
        "Add": "sum",
        "Cropping2D": "crop",
        "GlobalAveragePooling2D": "average",
        "Dense": "dense",
    }
    return next((name for kind, name in known.items() if kind in kinds), min(kinds).lower())


def layer_kind(layer: Any) -> str:
    """Return the class of a layer, with the size of its window where it has one.

    Examples
    --------
    >>> from mgc.models.registry import build_model
    >>> layer_kind(build_model("simple_cnn", (8, 8, 1)).layers[1])
    'Conv2D 3×3'
    """
    kind = type(layer).__name__
    window = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    return f"{kind} {'×'.join(map(str, window))}" if window else kind


def _is_input(layer: Any) -> bool:
    return type(layer).__name__ == "InputLayer"


def _keeps_shape(layer: Any) -> bool:
    return not isinstance(layer.input, list) and _shape(layer.input) == _shape(layer.output)


def _shape(tensor: Any) -> tuple[int, ...]:
    return tuple(tensor.shape[1:])
