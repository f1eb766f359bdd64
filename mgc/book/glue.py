"""Numbers, tables and figures on their way from a cell into the prose.

A number in prose is never typed: a cell glues it, the text pastes it with ``{glue:text}``.  Each
helper returns None, so a cell needs no trailing semicolon, and shows text that nbval compares
strictly: pixels may differ between machines, captions and digits may not.
"""

import html
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mgc.errors import NotebookError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

#: Dots per figure unit that are drawn, against those that are shown: sharp on dense screens.
_OVERSAMPLING = 2

_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


@dataclass(frozen=True)
class Bundle:
    """A display bundle in the form that IPython and myst_nb ask for."""

    data: dict[str, Any]
    metadata: dict[str, Any]

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.data, self.metadata


def glue_number(name: str, value: float, format: str) -> None:
    r"""Glue one number, formatted, for the prose: ``{glue:text}`name```.

    Parameters
    ----------
    name : str
        Lower-case words joined by ``-`` or ``_``.
    value : float
        A finite number.
    format : str
        Format specification; ``.1%`` gives ``57.3 %`` with a thin space that does not break.

    Raises
    ------
    NotebookError
        If the name is unusual or the value is not a finite number.

    Examples
    --------
    >>> number_text("accuracy", 0.5734, ".1%")
    '57.3\u202f%'
    """
    # A plain str on purpose: its repr keeps the quotes, without which MyST would read '0.570'
    # as a number and print 0.57.
    glue_value(name, number_text(name, value, format), display=False)


def glue_interval(name: str, ends: Sequence[float], format: str) -> None:
    """Glue an estimate and its interval: ``name``, ``name-low`` and ``name-high``.

    Parameters
    ----------
    name, format
        As for :func:`glue_number`.
    ends : sequence of float
        Estimate, lower and upper end.

    Raises
    ------
    NotebookError
        As :func:`glue_number`, or if there are not three numbers.
    """
    if len(ends) != 3:
        raise NotebookError(
            f"{name} came with {len(ends)} numbers, but an interval is three: estimate, low, high"
        )
    for end, value in zip(("", "-low", "-high"), ends, strict=True):
        glue_number(name + end, value, format)


def glue_text(name: str, text: str) -> None:
    """Glue words that a cell knows and the prose needs: ``{glue:text}`name```.

    Parameters
    ----------
    name : str
        Lower-case words joined by ``-`` or ``_``.
    text : str
        Not empty.

    Raises
    ------
    NotebookError
        If the name is unusual or the text is empty.
    """
    require_words(name, text=text)
    glue_value(name, text, display=False)


def number_text(name: str, value: float, format: str) -> str:
    """Return the text that :func:`glue_number` glues.

    Examples
    --------
    >>> number_text("loss", 0.57, ".3f")
    '0.570'
    """
    try:
        finite = math.isfinite(value)
    except TypeError:
        finite = False
    if not finite:
        raise NotebookError(f"glue_number('{name}') got {value!r}; it takes a finite number")
    return f"{value:{format}}".replace("%", "\u202f%")


def glue_table(
    name: str,
    frame: "pd.DataFrame",
    caption: str,
    formats: Mapping[str, str] | None = None,
) -> None:
    """Show a table with number and caption under the cell; refer to it by ``{numref}`name```.

    Parameters
    ----------
    name : str
        Label of the table.
    frame : DataFrame
        The index is shown if it has a name.
    caption : str
        MyST text, one paragraph.
    formats : mapping from column to format specification, optional
        For example ``{"accuracy": ".1%"}``; floats of the other columns get four digits.

    Raises
    ------
    NotebookError
        If the name is unusual, the caption is empty or `formats` names an unknown column.

    Examples
    --------
    >>> import pandas as pd
    >>> print(table_markdown("sizes", pd.DataFrame({"model": ["a"], "size": [10]}), "Two sizes."))
    :::{table} Two sizes.
    :name: sizes
    <BLANKLINE>
    | model | size |
    | :--- | ---: |
    | a | 10 |
    :::
    """
    require_words(name, caption=caption)
    text = table_markdown(name, frame, caption, formats)
    shown = _cells(frame, formats)
    page = shown.map(html.escape).to_html(index=False, border=0, escape=False)
    # The book takes the Markdown (numbered, themed), Jupyter the HTML, nbval compares both.
    glue_value(name, Bundle({"text/markdown": text, "text/html": page, "text/plain": caption}, {}))


def table_markdown(
    name: str,
    frame: "pd.DataFrame",
    caption: str,
    formats: Mapping[str, str] | None = None,
) -> str:
    """Return the MyST text of a table, as :func:`glue_table` shows it."""
    import pandas as pd

    plain = frame.reset_index() if frame.index.name else frame
    cells = _cells(frame, formats)
    numeric = [pd.api.types.is_numeric_dtype(dtype) for dtype in plain.dtypes]
    rows = [list(cells.columns), ["---:" if right else ":---" for right in numeric]]
    rows += cells.to_numpy().tolist()
    lines = [
        "| " + " | ".join(str(cell).replace("|", r"\|") for cell in row) + " |" for row in rows
    ]
    return "\n".join([f":::{{table}} {caption}", f":name: {name}", "", *lines, ":::"])


def _cells(frame: "pd.DataFrame", formats: Mapping[str, str] | None) -> "pd.DataFrame":
    """Return the frame as text, the named index first."""
    frame = frame.reset_index() if frame.index.name else frame
    formats = dict(formats or {})
    unknown = sorted(set(formats) - set(map(str, frame.columns)))
    if unknown:
        columns = ", ".join(map(str, frame.columns))
        raise NotebookError(f"glue_table: no column {', '.join(unknown)} (columns: {columns})")

    def text(column: str, value: Any) -> str:
        if isinstance(value, float) and math.isnan(value):
            return "–"
        specification = formats.get(column, ".4g" if isinstance(value, float) else "")
        return f"{value:{specification}}".replace("%", "\u202f%")

    shown = frame.astype(object).copy()
    for column in shown.columns:
        shown[column] = [text(str(column), value) for value in shown[column]]
    return shown.rename(columns=str)


def glue_figure(name: str, figure: "Figure | Axes", alt: str, caption: str) -> None:
    """Show a figure with number, caption and alternative text; refer by ``{numref}`name```.

    The driver moves `alt` and `caption` into the metadata of the cell, where MyST-NB looks for
    them; so a cell shows one figure.  The figure is closed: it will not appear a second time.

    Parameters
    ----------
    name : str
        Label of the figure.
    figure : Figure or Axes
        What was drawn.
    alt : str
        What a listener needs to know who cannot see it; plain text.
    caption : str
        MyST text, one paragraph.

    Raises
    ------
    NotebookError
        If the name is unusual, or `alt` or `caption` is empty.
    """
    import matplotlib.pyplot as plt

    require_words(name, alt=alt, caption=caption)
    whole = _root_figure(figure)
    buffer = io.BytesIO()
    # The software version would otherwise be part of the bytes.
    whole.savefig(buffer, format="png", dpi=_OVERSAMPLING * whole.dpi, metadata={"Software": None})
    width = round(whole.get_size_inches()[0] * whole.dpi)
    plt.close(whole)
    data = {"image/png": buffer.getvalue(), "text/plain": f"{caption}\n[{alt}]"}
    metadata = {"image/png": {"width": width}, "mgc": {"alt": alt, "caption": caption}}
    glue_value(name, Bundle(data, metadata))


def _root_figure(figure: "Figure | SubFigure | Axes") -> "Figure":
    from matplotlib.axes import Axes

    if isinstance(figure, Axes):
        figure = figure.figure
    root = figure.get_figure(root=True)
    if root is None:
        raise NotebookError("glue_figure got an artist without a figure; pass a Figure or an Axes")
    return root


def require_words(name: str, **texts: str) -> None:
    """Refuse empty texts, which are what a reader gets who cannot see or hear.

    Raises
    ------
    NotebookError
        If a text is empty; the message names it.
    """
    for field, text in texts.items():
        if not text.strip():
            raise NotebookError(f"'{name}' needs the argument {field}: one sentence for the reader")


def glue_value(name: str, value: Any, display: bool = True) -> None:
    """Hand a value to MyST-NB, under a name that prose can type.

    Raises
    ------
    NotebookError
        If the name is unusual.
    """
    if not _NAME.fullmatch(name):
        raise NotebookError(
            f"'{name}' is no name to glue: use lower-case words joined by '-' or '_'"
        )
    from myst_nb import glue

    glue(name, value, display=display)
