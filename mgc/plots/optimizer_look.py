"""Colour, dash and mark of each optimizer, the same in every figure."""

from typing import NamedTuple

from mgc.optim.factories import OPTIMIZERS

#: Dash patterns beside the colours, so that lines differ in print as well.
DASHES: tuple[str | tuple[int, tuple[int, ...]], ...] = (
    "-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)),
)  # fmt: skip

_MARKERS = "osD^v"


class Look(NamedTuple):
    """How the lines and marks of an optimizer look in every figure."""

    colour: str
    dash: str | tuple[int, tuple[int, ...]]
    marker: str


def look_of(name: str) -> Look:
    """Return the look of an optimizer, the same in every figure; others share a grey one.

    Examples
    --------
    >>> look_of("sgd_momentum")
    Look(colour='C1', dash='--', marker='s')

    Book: Three optimizers under equal budgets
    """
    names = list(OPTIMIZERS)
    if name not in names:
        return Look("0.4", "-", "*")
    k = names.index(name)
    return Look(f"C{k}", DASHES[k % len(DASHES)], _MARKERS[k % len(_MARKERS)])
