"""Tables that are drawn: what they have to hold, and a row of them on each line of a figure."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mgc.errors import DataError

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def require_columns(
    table: pd.DataFrame, columns: Iterable[str], remedy: str, name: str = "table"
) -> None:
    """Refuse a table that lacks a column or has no row.

    Parameters
    ----------
    table : DataFrame
        What somebody wants drawn.
    columns : iterable of str
        Columns that it needs.
    remedy : str
        End of the sentence: what to do.
    name : str
        What the sentence calls the table.

    Raises
    ------
    DataError
        If a column or every row is missing.

    Examples
    --------
    >>> require_columns(pd.DataFrame({"low": [0]}), ("low", "high"), "pass what scores returns")
    Traceback (most recent call last):
        ...
    mgc.errors.DataError: the table lacks high: pass what scores returns
    """
    missing = [column for column in columns if column not in table.columns]
    if missing or table.empty:
        raise DataError(f"the {name} lacks {', '.join(missing) or 'rows'}: {remedy}")


def name_rows(ax: "Axes", names: Sequence[str]) -> None:
    """Give each line of a figure its name, the first on top; line k is at height k.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().add_subplot()
    >>> name_rows(ax, ["first", "second"])
    >>> [float(end) for end in ax.get_ylim()]
    [1.5, -0.5]
    """
    ax.set_yticks(range(len(names)), labels=list(names))
    ax.set_ylim(len(names) - 0.5, -0.5)


def draw_differences(
    ax: "Axes",
    table: pd.DataFrame,
    names: Sequence[str],
    thick: tuple[str, str, str],
    thin: tuple[str, str, str] | None = None,
    mark: str = "mean",
    margin: float | None = None,
) -> None:
    """Draw a difference a row, in points, with its intervals and a line at 0.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    table : DataFrame
        ``difference`` and the ends of the intervals, as shares.
    names : sequence of str
        Name of each row; the first comes on top.
    thick, thin : tuple of str
        Columns of the lower and of the upper ends, and what the legend says of these lines.
    mark : str
        What the legend says of the differences themselves.
    margin : float, optional
        Difference worth having, in [0, 1]: a grey band up to it on both sides of 0.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"difference": [0.02], "low": [0.01], "high": [0.03]})
    >>> ax = Figure().add_subplot()
    >>> draw_differences(ax, table, ["a − b"], ("low", "high", "95 %"))
    >>> [line.get_label() for line in ax.get_lines()][:1]
    ['mean']
    """
    rows = np.arange(len(table))
    if margin is not None:
        ax.axvspan(-100 * margin, 100 * margin, color="0.92", zorder=0)
    for ends, colour, width in ((thin, "C1", 1.2), (thick, "C0", 4.0)):
        if ends is not None:
            low, high, label = ends
            ax.hlines(
                rows, 100 * table[low], 100 * table[high], color=colour, lw=width, label=label
            )
    ax.plot(100 * table["difference"], rows, "D", color="black", ms=5, ls="", label=mark)
    ax.axvline(0, color="0.4", lw=1, ls="--")
    name_rows(ax, names)
    ax.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=3)
