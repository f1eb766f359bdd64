"""Suspected labels: how probable a clip's own genre is, against the genre it is suspected of."""

from collections.abc import Collection
from typing import TYPE_CHECKING

import pandas as pd

from mgc.plots.style import axes_or_new
from mgc.plots.tables import require_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NEEDED = ("clip", "confidence", "margin")


def plot_suspects(
    suspects: pd.DataFrame, named: Collection[str] = (), ax: "Axes | None" = None
) -> "Axes":
    """Draw one dot a suspect; those in the upper left corner are the most doubtful.

    Parameters
    ----------
    suspects : DataFrame
        From :func:`mgc.audit.labels.suspect_labels`.
    named : collection of str
        Clips to mark and name.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Both axes are probabilities; above the diagonal the suspected genre is the more probable.

    Raises
    ------
    DataError
        If the table has no row or lacks a column.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> suspects = pd.DataFrame({"clip": ["a"], "confidence": [0.1], "margin": [0.6]})
    >>> plot_suspects(suspects, ["a"], Figure().add_subplot()).get_xlabel()
    'probability of the given genre'

    Book: GTZAN and its faults
    """
    _require(suspects)
    ax = axes_or_new(ax)
    given, rival = suspects["confidence"], suspects["confidence"] + suspects["margin"]
    ax.plot(given, rival, "o", color="C0", ms=4, ls="", alpha=0.6, label="suspected clip")
    marked = suspects["clip"].isin(list(named))
    if marked.any():
        ax.plot(given[marked], rival[marked], "D", color="C1", ms=8, ls="", label="named clip")
    paper = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.0}
    for clip, x, y in zip(suspects["clip"][marked], given[marked], rival[marked], strict=True):
        ax.annotate(clip, (x, y), (9, -4), textcoords="offset points", color="C1", bbox=paper)
    ax.axline((0, 0), slope=1, color="0.4", lw=1.0, ls="--")
    ax.set(xlim=(-0.02, max(0.5, given.max() + 0.02)), ylim=(0, 1))
    ax.set(xlabel="probability of the given genre", ylabel="probability of the suspected genre")
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return ax


def describe_suspects(suspects: pd.DataFrame, named: Collection[str] = ()) -> str:
    """Say in words what :func:`plot_suspects` draws.

    Parameters
    ----------
    suspects, named
        As in :func:`plot_suspects`.

    Returns
    -------
    str
        Alternative text: how many suspects, how probable their genres, where the named ones lie.

    Raises
    ------
    DataError
        If the table has no row or lacks a column.

    Examples
    --------
    >>> suspects = pd.DataFrame({"clip": ["a"], "confidence": [0.1], "margin": [0.6]})
    >>> describe_suspects(suspects, ["a"])
    'Scatter of 1 suspected clips: median probability 0.10 of the given genre, 0.70 of the \
suspected one; a at 0.10 and 0.70.'

    Book: GTZAN and its faults
    """
    _require(suspects)
    rival = suspects["confidence"] + suspects["margin"]
    places = [
        f"; {clip} at {given:.2f} and {other:.2f}"
        for clip, given, other in zip(suspects["clip"], suspects["confidence"], rival, strict=True)
        if clip in named
    ]
    return (
        f"Scatter of {len(suspects)} suspected clips: median probability "
        f"{suspects['confidence'].median():.2f} of the given genre, {rival.median():.2f} of the "
        f"suspected one{''.join(places)}."
    )


def _require(suspects: pd.DataFrame) -> None:
    require_columns(suspects, _NEEDED, "pass what suspect_labels returns", "table of suspects")
