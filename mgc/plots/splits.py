"""How many clips of each genre a split puts into each part."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mgc.errors import DataError
from mgc.plots.style import PART_COLOURS, axes_or_new, labels_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


#: White paper around a number, in points.
_PAD = 1.0


def plot_split_counts(counts: pd.DataFrame, ax: "Axes | None" = None) -> "Axes":
    """Draw clips per genre as bars stacked by part.

    Parameters
    ----------
    counts : DataFrame
        Number of clips; index genres, columns parts (``train``, ``valid``, ``test``, any other).
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        One bar per genre; parts in the order of the columns, from the left.  A number that is
        wider than its bar is left out.

    Raises
    ------
    DataError
        If there is nothing to count or a count is negative.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> counts = pd.DataFrame({"train": [46, 48], "test": [31, 31]}, index=["blues", "classical"])
    >>> plot_split_counts(counts, Figure().add_subplot()).get_xlabel()
    'number of clips'

    Book: Splits and the leakage ladder
    """
    _require(counts)
    ax = axes_or_new(ax)
    genres = labels_of([str(genre) for genre in counts.index])
    left = np.zeros(len(counts))
    hatches = ("", "//", "..", "xx")
    for number, part in enumerate(counts.columns):
        width = counts[part].to_numpy(dtype=np.float64)
        bars = ax.barh(
            genres,
            width,
            left=left,
            color=PART_COLOURS.get(str(part), "0.75"),
            hatch=hatches[number % len(hatches)],
            edgecolor="white",
            label=str(part),
        )
        paper = {"facecolor": "white", "edgecolor": "none", "pad": _PAD}
        ax.bar_label(bars, fmt="%.0f", label_type="center", fontsize=8, bbox=paper)
        left += width
    ax.set(xlabel="number of clips", ylabel="genre")
    ax.invert_yaxis()
    ax.grid(visible=False, axis="y")
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    _drop_wide_labels(ax)
    return ax


def describe_split_counts(counts: pd.DataFrame) -> str:
    """Say in words what :func:`plot_split_counts` draws.

    Parameters
    ----------
    counts : DataFrame
        As in :func:`plot_split_counts`.

    Returns
    -------
    str
        Alternative text: totals by part, and the least and most of a genre.

    Raises
    ------
    DataError
        If there is nothing to count or a count is negative.

    Examples
    --------
    >>> counts = pd.DataFrame({"train": [46, 48], "test": [31, 31]}, index=["blues", "classical"])
    >>> describe_split_counts(counts)
    'Stacked bars of clips for 2 genres: train 94 (46 to 48 a genre), test 62 (31 to 31 a genre).'

    Book: Splits and the leakage ladder
    """
    _require(counts)
    parts = [
        f"{part} {counts[part].sum():.0f} ({counts[part].min():.0f} to "
        f"{counts[part].max():.0f} a genre)"
        for part in counts.columns
    ]
    return f"Stacked bars of clips for {len(counts)} genres: {', '.join(parts)}."


def _drop_wide_labels(ax: "Axes") -> None:
    """Take away each number that is wider than its bar, once the layout is settled."""
    root = ax.figure.figure  # of a figure itself, of a subfigure the figure that holds it
    root.draw_without_rendering()
    pad = 2 * _PAD * root.dpi / 72
    bars = [bar for container in ax.containers for bar in container]
    for bar, text in zip(bars, list(ax.texts), strict=True):
        if text.get_window_extent().width + pad > bar.get_window_extent().width:
            text.remove()


def _require(counts: pd.DataFrame) -> None:
    if counts.size == 0 or (counts < 0).any(axis=None):
        raise DataError(
            f"counts of shape {counts.shape} are empty or negative: pass a table of clips with "
            "genres as index and parts as columns, as pandas.crosstab makes it"
        )
