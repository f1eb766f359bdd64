"""Errors: how few artists make how many of them, and whether probabilities mean what they say."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from mgc.plots.style import axes_or_new
from mgc.plots.tables import require_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_CURVES = ("observed", "mean", "low", "high")
_BINS = ("clips", "confidence", "accuracy")


def plot_concentration(curves: pd.DataFrame, ax: "Axes | None" = None) -> "Axes":
    """Draw the share of all errors that the worst artist groups make.

    Parameters
    ----------
    curves : DataFrame
        :func:`mgc.evaluate.errors.shuffled_curves`.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Number of groups, and cumulative share in percent; the band is what shuffles give.

    Raises
    ------
    DataError
        If the table has no row or lacks a column.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> curves = pd.DataFrame({name: [0.6, 1.0] for name in _CURVES}, index=[1, 2])
    >>> plot_concentration(curves, Figure().add_subplot()).get_xlabel()
    'artist groups, those with most errors first'

    Book: Where and why it errs
    """
    _require([curves], _CURVES)
    ax = axes_or_new(ax)
    x = curves.index
    band = "errors shuffled within genres, 95 %"
    ax.fill_between(x, 100 * curves["low"], 100 * curves["high"], color="0.85", label=band)
    ax.plot(x, 100 * curves["mean"], color="0.5", ls="--", label="their mean")
    ax.plot(x, 100 * curves["observed"], color="C0", label="as they are")
    ax.set(xlabel="artist groups, those with most errors first", ylabel="share of all errors (%)")
    ax.set(xlim=(1, len(curves)), ylim=(0, 101))
    ax.legend(loc="lower right")
    return ax


def describe_concentration(curves: pd.DataFrame) -> str:
    """Say in words what :func:`plot_concentration` draws.

    Examples
    --------
    >>> curves = pd.DataFrame({name: [0.6, 1.0] for name in _CURVES}, index=[1, 2])
    >>> describe_concentration(curves)
    'Rising curve over 2 artist groups: 60 % of the errors from 1 (shuffled 60 to 60 %).'

    Book: Where and why it errs
    """
    _require([curves], _CURVES)
    shown = [number for number in (1, 5, 10, 20) if number < len(curves)]
    values = ", ".join(
        f"{100 * row['observed']:.0f} % of the errors from {number} (shuffled "
        f"{100 * row['low']:.0f} to {100 * row['high']:.0f} %)"
        for number, row in curves.loc[shown].iterrows()
    )
    return f"Rising curve over {len(curves)} artist groups: {values}."


def plot_reliability(tables: Mapping[str, pd.DataFrame], ax: "Axes | None" = None) -> "Axes":
    """Draw stated probabilities against how often they come true.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Name to :func:`mgc.evaluate.reliability.reliability`.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Both axes in percent; the area of a mark grows with its clips; on the diagonal a
        probability means what it says.

    Raises
    ------
    DataError
        If there is no table, or one has no row or lacks a column.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> bins = pd.DataFrame({"clips": [9], "confidence": [0.8], "accuracy": [0.6]})
    >>> plot_reliability({"before": bins}, Figure().add_subplot()).get_ylabel()
    'decided rightly (%)'

    Book: Where and why it errs
    """
    _require(list(tables.values()), _BINS)
    ax = axes_or_new(ax)
    ax.plot([0, 100], [0, 100], color="0.4", lw=1.0, ls="--", label="means what it says")
    for number, (name, bins) in enumerate(tables.items()):
        x, y, colour = 100 * bins["confidence"], 100 * bins["accuracy"], f"C{number}"
        ax.plot(x, y, color=colour, lw=1.2, marker="os^"[number % 3], ms=3, label=name)
        size = 1200 * bins["clips"] / bins["clips"].sum()
        ax.scatter(x, y, s=size, color=colour, alpha=0.35, lw=0)
    ax.set(xlabel="stated probability (%)", ylabel="decided rightly (%)")
    ax.set(xlim=(0, 102), ylim=(-2, 102), aspect="equal")
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return ax


def describe_reliability(tables: Mapping[str, pd.DataFrame]) -> str:
    """Say in words what :func:`plot_reliability` draws.

    Examples
    --------
    >>> bins = pd.DataFrame({"clips": [9], "confidence": [0.8], "accuracy": [0.6]})
    >>> describe_reliability({"before": bins})
    'Stated probability and share that came true, in percent. before: 80 and 60 (9 clips).'

    Book: Where and why it errs
    """
    _require(list(tables.values()), _BINS)
    said = []
    for name, bins in tables.items():
        pairs = ", ".join(
            f"{100 * p:.0f} and {100 * hit:.0f} ({clips:.0f} clips)"
            for p, hit, clips in zip(
                bins["confidence"], bins["accuracy"], bins["clips"], strict=True
            )
        )
        said.append(f"{name}: {pairs}.")
    return f"Stated probability and share that came true, in percent. {' '.join(said)}"


def _require(tables: list[pd.DataFrame], needed: tuple[str, ...]) -> None:
    for table in tables or [pd.DataFrame(columns=needed)]:
        require_columns(table, needed, "it cannot be drawn")
