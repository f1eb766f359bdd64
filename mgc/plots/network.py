"""Schematics of networks, drawn from the layers that they really have."""

from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING, Any, Literal

from mgc.models.describe import Stage, shape_text, stages
from mgc.plots.style import axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_Flow = tuple[str, str, Literal["solid", "dashdot", "dashed"]]
_Place = Literal["lower left", "lower right"]

#: What leads from one stage to the next: words, colour and dash.
_FLOWS: dict[str, _Flow] = {
    "MaxPooling2D": ("max pooling", "C0", "solid"),
    "Conv2DTranspose": ("transposed convolution", "C2", "dashdot"),
    "skip": ("skip: copied and concatenated", "C1", "dashed"),
}
_PLAIN: _Flow = ("", "0.35", "solid")
_COLOURS = {"input": "0.35", "decoder": "C2"}
_LABEL = 8.0
#: Between boxes on top of each other, as a share of the height of the input: room for a label.
_GAP = 0.34
_HEAD_HEIGHT = 0.3


@dataclass(frozen=True)
class _Box:
    """A rectangle: centre, and full width and height.  One unit up is the height of the input."""

    stage: Stage
    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> tuple[float, float]:
        return self.x - self.width / 2, self.y

    @property
    def right(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y

    @property
    def top(self) -> tuple[float, float]:
        return self.x, self.y + self.height / 2

    @property
    def bottom(self) -> tuple[float, float]:
        return self.x, self.y - self.height / 2


def plot_network(model: Any, ax: "Axes | None" = None) -> "Axes":
    r"""Draw the stages of a network: a row, or a U if it has a decoder.

    Boxes are maps: their height shows the frequency axis, their width grows with the logarithm of
    the number of channels, and the label says frequency × time × channels.  Text boxes are the
    head, which turns maps into probabilities.

    Parameters
    ----------
    model : keras.Model
        As :func:`mgc.models.registry.build_model` returns it.
    ax : Axes, optional
        Where to draw; new axes if not given.  A U wants about 7 by 5 inches, a row 7 by 3.

    Returns
    -------
    Axes
        Without frame and ticks.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from mgc.models.registry import build_model
    >>> ax = plot_network(build_model("simple_cnn", (128, 77, 1)), Figure().add_subplot())
    >>> ax.texts[1].get_text()
    'stage 1\n128 × 77 × 32'

    Book: UNet_Lite
    """
    ax = axes_or_new(ax)
    found = stages(model)
    is_u = _is_u(found)
    boxes = _layout(found)
    flows: dict[_Flow, None] = {}
    for box in boxes:
        _draw_box(ax, box)
    for before, box in zip(boxes, boxes[1:], strict=False):
        flow = _flow_into(box.stage)
        _draw_arrow(ax, before, box, flow)
        flows[flow] = None
        if box.stage.joins is not None:
            _arrow(ax, boxes[box.stage.joins].right, box.left, _FLOWS["skip"])
            flows[_FLOWS["skip"]] = None
    _draw_legend(
        ax, [flow for flow in flows if flow != _PLAIN], "lower left" if is_u else "lower right"
    )
    ax.set_xlim(boxes[0].left[0] - 0.6, max(box.right[0] for box in boxes) + 0.1)
    low, high = min(box.bottom[1] for box in boxes), max(box.top[1] for box in boxes)
    ax.set_ylim(low - 0.1, high + _GAP)
    ax.set_axis_off()
    return ax


def describe_network(model: Any) -> str:
    """Say in words what :func:`plot_network` draws.

    Parameters
    ----------
    model : keras.Model
        As in :func:`plot_network`.

    Returns
    -------
    str
        Alternative text: every stage in order, with its size and its skip connection.

    Examples
    --------
    >>> from mgc.models.registry import build_model
    >>> describe_network(build_model("simple_cnn", (128, 77, 1)))[:67]
    'Schematic of a row of stages: input 128 × 77 × 1; stage 1 128 × 77 '

    Book: UNet_Lite
    """
    found = stages(model)
    parts = [
        f"{stage.name} {shape_text(stage.shape)}"
        + ("" if stage.joins is None else f", joined by a skip with {found[stage.joins].name}")
        for stage in found
    ]
    form = "U-shaped schematic" if _is_u(found) else "Schematic of a row of stages"
    return f"{form}: {'; '.join(parts)}."


def _is_u(found: list[Stage]) -> bool:
    return any(stage.name.startswith("decoder") for stage in found)


def _layout(found: list[Stage]) -> list[_Box]:
    """Place the stages from left to right; in a U, each size of map has its own level."""
    last = max(i for i, stage in enumerate(found) if len(stage.shape) == 3 and _is_map(stage))
    maps, head = found[: last + 1], found[last + 1 :]
    is_u = _is_u(found)
    tallest = max(stage.shape[0] for stage in maps)
    levels, floor = {}, 0.0
    for size in sorted({stage.shape[0] for stage in maps}, reverse=True):
        height = size / tallest
        levels[size] = floor - height / 2 if is_u else 0.0
        floor -= height + _GAP
    boxes: list[_Box] = []
    x = 0.0
    for stage in maps:
        size = stage.shape[0]
        same_row = boxes and (not is_u or boxes[-1].stage.shape[0] == size)
        x += 1.7 if same_row else 0.95 if boxes else 0.0
        width = 0.12 + 0.04 * log2(stage.shape[-1])
        boxes.append(_Box(stage, x, levels[size], width, size / tallest))
    y, width = boxes[-1].y, 1.7 if is_u else 1.2
    for position, stage in enumerate(head):
        if position == 0 or not is_u:
            x += 1.6
        else:
            y -= _HEAD_HEIGHT + 0.2
        boxes.append(_Box(stage, x, y, width, _HEAD_HEIGHT))
    return boxes


def _is_map(stage: Stage) -> bool:
    """Whether a stage is the input or convolves; all that follows the last one is the head."""
    return stage.name == "input" or any(kind.startswith("Conv") for kind in stage.kinds)


def _flow_into(stage: Stage) -> _Flow:
    for kind in stage.kinds:
        name, _, window = kind.partition(" ")
        if name in _FLOWS:
            words, colour, dash = _FLOWS[name]
            return f"{words} {window}", colour, dash
    return _PLAIN


def _draw_box(ax: "Axes", box: _Box) -> None:
    from matplotlib.patches import FancyBboxPatch, Rectangle

    words = f"{box.stage.name}\n{shape_text(box.stage.shape)}"
    corner = (box.x - box.width / 2, box.y - box.height / 2)
    if not _is_map(box.stage):
        ax.add_patch(
            FancyBboxPatch(
                corner,
                box.width,
                box.height,
                boxstyle="round,pad=0,rounding_size=0.06",
                facecolor="0.95",
                edgecolor="0.35",
                linewidth=1,
            )
        )
        ax.text(box.x, box.y, words, ha="center", va="center", size=_LABEL)
        return
    colour = _COLOURS.get(box.stage.name.split()[0], "C0")
    ax.add_patch(Rectangle(corner, box.width, box.height, facecolor=colour, linewidth=0))
    ax.annotate(
        words,
        box.top,
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        va="bottom",
        size=_LABEL,
    )


def _draw_arrow(ax: "Axes", before: _Box, box: _Box, flow: _Flow) -> None:
    """Draw the way from one box to the next: straight, or round a corner between levels."""
    if before.y == box.y:
        _arrow(ax, before.right, box.left, flow)
    elif not _is_map(box.stage):
        _arrow(ax, before.bottom, box.top, flow)
    elif box.y < before.y:
        _arrow(ax, before.bottom, box.left, flow, "angle,angleA=-90,angleB=0,rad=4")
    else:
        _arrow(ax, before.right, box.bottom, flow, "angle,angleA=0,angleB=90,rad=4")


def _arrow(
    ax: "Axes",
    start: tuple[float, float],
    end: tuple[float, float],
    flow: _Flow,
    bend: str = "arc3",
) -> None:
    from matplotlib.patches import FancyArrowPatch

    _, colour, dash = flow
    ax.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            connectionstyle=bend,
            mutation_scale=10,
            shrinkA=2,
            shrinkB=2,
            color=colour,
            linestyle=dash,
            linewidth=1.4,
        )
    )


def _draw_legend(ax: "Axes", flows: list[_Flow], place: _Place) -> None:
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], color=c, linestyle=dash, label=words) for words, c, dash in flows]
    if handles:
        ax.legend(
            handles=handles,
            loc=place,
            fontsize=_LABEL,
            handlelength=2.6,
            borderaxespad=0.2,
        )
