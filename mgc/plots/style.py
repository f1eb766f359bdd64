"""One style for every figure, and the axes that a plot function draws on.

Plot functions take ``ax=None`` and return the axes; each has a sibling ``describe_*`` that says in
words what the picture shows, for readers who do not see it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: The style sheet: paper, ink, colour-blind safe colours.
STYLE_FILE = Path(__file__).with_name("mgc.mplstyle")

#: Colour of each part of a split, the same in every figure.
PART_COLOURS = {"train": "C0", "valid": "C1", "test": "C2"}


def use_style() -> None:
    """Make the style the default of all figures; :func:`mgc.book.session.setup` does it.

    Examples
    --------
    >>> import matplotlib
    >>> with matplotlib.rc_context():
    ...     use_style()
    ...     matplotlib.rcParams["image.cmap"]
    'cividis'
    """
    import matplotlib.style

    matplotlib.style.use(STYLE_FILE)


def axes_or_new(ax: "Axes | None", scale: float = 1.0) -> "Axes":
    """Return `ax`, or axes of a new figure (which pyplot then shows) if there is none.

    A new figure is `scale` times as wide and high as usual.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().add_subplot()
    >>> axes_or_new(ax) is ax
    True
    """
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    width, height = plt.rcParams["figure.figsize"]
    return plt.subplots(figsize=(scale * width, scale * height))[1]


def labels_of(names: Sequence[str]) -> list[str]:
    r"""Return labels that the font of the figures can draw, for names in any writing.

    Where it lacks a sign, the label is the place of the name in the list, which tables keep; a
    dollar sign is no formula.

    Parameters
    ----------
    names : sequence of str
        For example genres, which are folders of the reader's own.

    Examples
    --------
    >>> labels_of(["Tīntāl", "दादरा", "Ca$h"])
    ['Tīntāl', 'no. 2', 'Ca\\$h']
    """
    from matplotlib.font_manager import FontProperties, findfont, get_font

    font = get_font(findfont(FontProperties()))
    return [
        name.replace("$", r"\$") if all(map(font.get_char_index, map(ord, name))) else f"no. {k}"
        for k, name in enumerate(names, start=1)
    ]


def epoch_axis(ax: "Axes") -> None:
    """Label the x axis as epochs, with whole numbers at the ticks.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().add_subplot()
    >>> epoch_axis(ax)
    >>> ax.get_xlabel()
    'epoch'
    """
    from matplotlib.ticker import MaxNLocator

    ax.set_xlabel("epoch")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
