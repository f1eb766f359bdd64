"""Pairs of arms: their differences with intervals, and how often one is ahead of the other."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mgc.plots.style import axes_or_new
from mgc.plots.tables import draw_differences, require_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PAIRS = ("first", "second", "difference", "low", "high", "ahead", "ahead_low", "ahead_high")


def plot_pairs(
    pairs: pd.DataFrame, margin: float | None = None, ax: "Axes | None" = None
) -> "Axes":
    """Draw the difference of every pair of arms with its intervals.

    Parameters
    ----------
    pairs : DataFrame
        :func:`mgc.evaluate.comparison.compare_arms` or
        :func:`mgc.evaluate.paired_seeds.compare_seeds`; the first pair comes on top.
    margin : float, optional
        Difference of practical interest, in [0, 1]: a grey band up to it on both sides of 0.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        In percentage points.  Thick lines are intervals over seeds; thin ones, where the table
        has them, over seeds and artists.

    Raises
    ------
    DataError
        If the table has no row or lacks a column.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> pairs = pd.DataFrame({"first": ["adam"], "second": ["sgd"], "difference": 0.02,
    ...     "low": 0.01, "high": 0.03, "ahead": 0.9, "ahead_low": 0.7, "ahead_high": 1.0})
    >>> plot_pairs(pairs, ax=Figure().add_subplot()).get_xlabel()
    'first minus second (points, track level)'

    Book: Three optimizers under equal budgets
    """
    _require(pairs)
    ax = axes_or_new(ax)
    thick = ("low", "high", "95 %, seeds")
    thin = ("both_low", "both_high", "95 %, seeds and artists") if "both_low" in pairs else None
    draw_differences(ax, pairs, _names(pairs), thick, thin, margin=margin)
    ax.set_xlabel("first minus second (points, track level)")
    return ax


def describe_pairs(pairs: pd.DataFrame) -> str:
    """Say in words what :func:`plot_pairs` draws.

    Examples
    --------
    >>> pairs = pd.DataFrame({"first": ["adam"], "second": ["sgd"], "difference": 0.02,
    ...     "low": 0.01, "high": 0.03, "ahead": 0.9, "ahead_low": 0.7, "ahead_high": 1.0})
    >>> describe_pairs(pairs)
    'Differences in points with 95 % intervals over seeds. adam − sgd: +2.0 (+1.0 to +3.0).'

    Book: Three optimizers under equal budgets
    """
    _require(pairs)
    wide = "both_low" in pairs
    sentences = []
    for name, row in zip(_names(pairs), pairs.to_dict("records"), strict=True):
        points = [100 * row[key] for key in ("difference", "low", "high")]
        said = "{:+.1f} ({:+.1f} to {:+.1f})".format(*points)
        if wide:
            ends = 100 * row["both_low"], 100 * row["both_high"]
            said += "; with artists {:+.1f} to {:+.1f}".format(*ends)
        sentences.append(f"{name}: {said}.")
    over = "over seeds, and over seeds and artists" if wide else "over seeds"
    return f"Differences in points with 95 % intervals {over}. {' '.join(sentences)}"


def plot_ahead(pairs: pd.DataFrame, ax: "Axes | None" = None) -> "Axes":
    """Draw how often the arm of a row is ahead of the arm of a column, over common seeds.

    Parameters
    ----------
    pairs : DataFrame
        As in :func:`plot_pairs`.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        A square for each ordered pair, with its probability; bold where the 95 % interval does
        not hold 1/2.

    Raises
    ------
    DataError
        If the table has no row or lacks a column.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> pairs = pd.DataFrame({"first": ["adam"], "second": ["sgd"], "difference": 0.02,
    ...     "low": 0.01, "high": 0.03, "ahead": 0.9, "ahead_low": 0.7, "ahead_high": 1.0})
    >>> ax = plot_ahead(pairs, Figure().add_subplot())
    >>> [text.get_text() for text in ax.texts]
    ['0.90', '0.10']

    Book: Three optimizers under equal budgets
    """
    _require(pairs)
    ax = axes_or_new(ax)
    names = list(dict.fromkeys([*pairs["first"], *pairs["second"]]))
    shares = np.full((len(names), len(names)), np.nan)
    for row in pairs.to_dict("records"):
        a, b = names.index(row["first"]), names.index(row["second"])
        weight = "normal" if row["ahead_low"] <= 0.5 <= row["ahead_high"] else "bold"
        for i, j, share in ((a, b, row["ahead"]), (b, a, 1 - row["ahead"])):
            shares[i, j] = share
            ink = "white" if abs(share - 0.5) > 0.35 else "black"
            ax.text(j, i, f"{share:.2f}", color=ink, weight=weight, ha="center", va="center")
    ax.imshow(shares, cmap="PuOr_r", vmin=0, vmax=1, origin="upper")
    ax.set_xticks(range(len(names)), labels=names, rotation=30, ha="right")
    ax.set_yticks(range(len(names)), labels=names)
    ax.set(xlabel="... of this one", ylabel="this one is ahead ...")
    ax.grid(False)
    return ax


def describe_ahead(pairs: pd.DataFrame) -> str:
    """Say in words what :func:`plot_ahead` draws.

    Examples
    --------
    >>> pairs = pd.DataFrame({"first": ["adam"], "second": ["sgd"], "difference": 0.02,
    ...     "low": 0.01, "high": 0.03, "ahead": 0.9, "ahead_low": 0.7, "ahead_high": 1.0})
    >>> describe_ahead(pairs)
    'Share of common seeds on which one arm is ahead of another, with 95 % intervals. adam of sgd: \
0.90 (0.70 to 1.00).'

    Book: Three optimizers under equal budgets
    """
    _require(pairs)
    said = [
        f"{row['first']} of {row['second']}: {row['ahead']:.2f} "
        f"({row['ahead_low']:.2f} to {row['ahead_high']:.2f})"
        for row in pairs.to_dict("records")
    ]
    return (
        "Share of common seeds on which one arm is ahead of another, with 95 % intervals. "
        f"{'; '.join(said)}."
    )


def _names(pairs: pd.DataFrame) -> list[str]:
    return [f"{a} − {b}" for a, b in zip(pairs["first"], pairs["second"], strict=True)]


def _require(pairs: pd.DataFrame) -> None:
    remedy = "pass what compare_arms or compare_seeds returns"
    require_columns(pairs, _PAIRS, remedy, "table of pairs")
