"""Runs with the same seeds at several settings: a line for each seed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mgc.errors import DataError
from mgc.plots.style import axes_or_new
from mgc.plots.tables import require_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Room that the marks of one arm take of the distance between arms.
_ROOM = 0.5


def plot_paired_seeds(
    table: pd.DataFrame,
    within: str = "setting",
    levels: Sequence[str] | None = None,
    score: str = "accuracy",
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the score of every seed at each level, a thin line for each seed of an optimizer.

    Parameters
    ----------
    table : DataFrame
        :func:`mgc.evaluate.comparison.compared_runs`, one run per optimizer, level and seed.
    within : str
        Column whose levels stand side by side: ``"setting"`` or ``"schedule"``.
    levels : sequence of str, optional
        In this order; as they come in the table if not given.
    score : str
        Column of shares; drawn in percent.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Optimizers along the axis; small marks are seeds, large ones their mean.

    Raises
    ------
    DataError
        If the table lacks rows or a column, or an optimizer has a seed twice at a level.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"optimizer": "adam", "setting": ["default", "chosen"], "seed": 1,
    ...     "accuracy": [0.5, 0.6]})
    >>> ax = plot_paired_seeds(table, ax=Figure().add_subplot())
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['default', 'chosen']

    Book: Three optimizers under equal budgets
    """
    shown = _by_seed(table, within, levels, score)
    names = list(next(iter(shown.values())).columns)
    ax = axes_or_new(ax)
    offsets = _ROOM * (np.arange(len(names)) / max(1, len(names) - 1) - 0.5)
    for k, scores in enumerate(shown.values()):
        x = k + offsets
        ax.plot(x, 100 * scores.to_numpy().T, color="0.75", lw=0.8, zorder=1)
        for number, name in enumerate(names):
            y, colour, marker = 100 * scores[name], f"C{number}", "oDs^v"[number % 5]
            style: dict[str, Any] = {"marker": marker, "color": colour, "ls": ""}
            ax.plot(np.full(len(y), x[number]), y, ms=4, alpha=0.6, **style)
            label = None if k else name
            ax.plot(x[number], y.mean(), ms=11, mec="white", label=label, **style)
    ax.set_xticks(range(len(shown)), labels=list(shown))
    ax.set_xlim(-0.6, len(shown) - 0.4)
    ax.set_ylabel("test accuracy (%, track level)" if score == "accuracy" else f"{score} (%)")
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return ax


def describe_paired_seeds(
    table: pd.DataFrame,
    within: str = "setting",
    levels: Sequence[str] | None = None,
    score: str = "accuracy",
) -> str:
    """Say in words what :func:`plot_paired_seeds` draws.

    Examples
    --------
    >>> table = pd.DataFrame({"optimizer": "adam", "setting": ["default", "chosen"], "seed": 1,
    ...     "accuracy": [0.5, 0.6]})
    >>> describe_paired_seeds(table)
    'Dots for seeds, percent, mean (least to most). adam: default 50.0 (50.0 to 50.0), chosen 60.0 \
(60.0 to 60.0).'

    Book: Three optimizers under equal budgets
    """
    sentences = []
    for optimizer, scores in _by_seed(table, within, levels, score).items():
        said = [
            f"{name} {y.mean():.1f} ({y.min():.1f} to {y.max():.1f})"
            for name, y in (100 * scores).items()
        ]
        sentences.append(f"{optimizer}: {', '.join(said)}.")
    return f"Dots for seeds, percent, mean (least to most). {' '.join(sentences)}"


def _by_seed(
    table: pd.DataFrame, within: str, levels: Sequence[str] | None, score: str
) -> dict[str, pd.DataFrame]:
    """Scores of each optimizer: seeds by levels, NaN where a level lacks a seed."""
    needed = ("optimizer", "seed", within, score)
    require_columns(table, needed, "pass what compared_runs returns")
    if table.duplicated(["optimizer", "seed", within]).any():
        raise DataError(
            f"an optimizer has a seed twice at one {within}: choose one run for each optimizer, "
            f"{within} and seed"
        )
    names = list(dict.fromkeys(table[within])) if levels is None else list(levels)
    return {
        str(optimizer): rows.pivot(index="seed", columns=within, values=score).reindex(
            columns=names
        )
        for optimizer, rows in table.groupby("optimizer", sort=False)
    }
