"""The leakage ladder, and the steps from the usual protocol down to the published lists."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mgc.plots.style import axes_or_new
from mgc.plots.tables import name_rows, require_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LADDER = ("model", "rung", "unit", "accuracy", "low", "high")
_SIZES = ("rung", "training_clips", "accuracy", "low", "high")
_STEPS = ("step", "before", "after", "difference", "low", "high")

# Distance between the marks of one rung, as a share of the distance between rungs.
_OFFSET = 0.16


def plot_ladder(table: pd.DataFrame, ax: "Axes | None" = None) -> "Axes":
    """Draw the accuracy of each model on each rung, with its interval over artists.

    Parameters
    ----------
    table : DataFrame
        :func:`mgc.evaluate.ladder.ladder_table` of one or more models, with the column ``model``;
        the first rung comes on top.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Accuracies in percent; filled marks at track level, hollow ones at segment level.

    Raises
    ------
    DataError
        If the table has no row or lacks a column.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"model": "svm", "rung": ["artist_cv"], "unit": "track",
    ...     "accuracy": 0.5, "low": 0.4, "high": 0.6})
    >>> plot_ladder(table, Figure().add_subplot()).get_xlabel()
    'test accuracy (%)'

    Book: Splits and the leakage ladder
    """
    _require(table, _LADDER)
    ax = axes_or_new(ax)
    rungs = list(dict.fromkeys(table["rung"]))
    lines = list(table.groupby(["model", "unit"], sort=False))
    for number, ((model, unit), rows) in enumerate(lines):
        y = np.array([rungs.index(rung) for rung in rows["rung"]], dtype=np.float64)
        y += _OFFSET * (number - (len(lines) - 1) / 2)
        colour = f"C{list(dict.fromkeys(table['model'])).index(model)}"
        face = colour if unit == "track" else "white"
        ax.hlines(y, 100 * rows["low"], 100 * rows["high"], color=colour, lw=1.5)
        form, label = "Do"[unit != "track"], f"{model}, {unit} level"
        ax.plot(100 * rows["accuracy"], y, form, ms=6, color=colour, mfc=face, label=label)
    name_rows(ax, rungs)
    ax.set_xlabel("test accuracy (%)")
    ax.legend(loc="lower right")
    return ax


def describe_ladder(table: pd.DataFrame) -> str:
    """Say in words what :func:`plot_ladder` draws.

    Examples
    --------
    >>> table = pd.DataFrame({"model": "svm", "rung": ["artist_cv"], "unit": "track",
    ...     "accuracy": 0.5, "low": 0.4, "high": 0.6})
    >>> describe_ladder(table)
    'Test accuracy by rung with 95 % intervals. svm, track level: artist_cv 50.0 % (40.0 to 60.0).'

    Book: Splits and the leakage ladder
    """
    _require(table, _LADDER)
    lines = []
    for (model, unit), rows in table.groupby(["model", "unit"], sort=False):
        values = [
            f"{rung} {100 * mean:.1f} % ({100 * low:.1f} to {100 * high:.1f})"
            for rung, mean, low, high in zip(
                rows["rung"], rows["accuracy"], rows["low"], rows["high"], strict=True
            )
        ]
        lines.append(f"{model}, {unit} level: {', '.join(values)}.")
    return f"Test accuracy by rung with 95 % intervals. {' '.join(lines)}"


def plot_steps(steps: pd.DataFrame, ax: "Axes | None" = None) -> "Axes":
    """Draw how accuracy falls step by step: a bar from before to after, with the interval.

    Parameters
    ----------
    steps : DataFrame
        :func:`mgc.evaluate.ladder.gap_table`; the first step comes on top.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Accuracies in percent; the whisker is the interval of the change, set at its end.

    Raises
    ------
    DataError
        If the table has no row or lacks a column.

    Book: Splits and the leakage ladder
    """
    _require(steps, _STEPS)
    ax = axes_or_new(ax)
    y = np.arange(len(steps))
    before, change = 100 * steps["before"], 100 * steps["difference"]
    colours = np.where(change < 0, "C1", "C2")
    ax.barh(y, change, left=before, color=colours, height=0.6)
    ax.hlines(y, before + 100 * steps["low"], before + 100 * steps["high"], color="0.2", lw=1.2)
    inner = list(zip(y[1:], before[1:], strict=True))
    for row, level in inner:
        ax.vlines(level, row - 1 - 0.3, row + 0.3, color="0.6", lw=0.8, zorder=0)
    ends = 100 * (steps["before"] + steps["high"].clip(lower=0))
    for row, value, end in zip(y, change, ends, strict=True):
        ax.annotate(f"{value:+.1f}", (end, row), (6, 0), textcoords="offset points", va="center")
    name_rows(ax, list(steps["step"]))
    ax.margins(x=0.12)
    ax.set_xlabel("test accuracy (%, track level)")
    return ax


def describe_steps(steps: pd.DataFrame) -> str:
    """Say in words what :func:`plot_steps` draws.

    Examples
    --------
    >>> steps = pd.DataFrame({"step": ["fewer clips"], "before": 0.8, "after": 0.7,
    ...     "difference": -0.1, "low": -0.15, "high": -0.05})
    >>> describe_steps(steps)
    'Accuracy falls from 80.0 % to 70.0 %: fewer clips -10.0 points (-15.0 to -5.0).'

    Book: Splits and the leakage ladder
    """
    _require(steps, _STEPS)
    parts = [
        f"{step} {100 * change:+.1f} points ({100 * low:+.1f} to {100 * high:+.1f})"
        for step, change, low, high in zip(
            steps["step"], steps["difference"], steps["low"], steps["high"], strict=True
        )
    ]
    ends = f"from {100 * steps['before'].iloc[0]:.1f} % to {100 * steps['after'].iloc[-1]:.1f} %"
    return f"Accuracy falls {ends}: {', '.join(parts)}."


def plot_sizes(table: pd.DataFrame, ax: "Axes | None" = None) -> "Axes":
    """Draw accuracy against the number of training clips, one line a rung.

    Parameters
    ----------
    table : DataFrame
        :func:`mgc.evaluate.ladder.size_table`.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Accuracies in percent with bands for the interval, over a logarithmic axis.

    Raises
    ------
    DataError
        If the table has no row or lacks a column.

    Book: Splits and the leakage ladder
    """
    _require(table, _SIZES)
    ax = axes_or_new(ax)
    for number, (rung, rows) in enumerate(table.groupby("rung", sort=False)):
        x, form = rows["training_clips"], "so^Dv"[number % 5]
        ax.plot(x, 100 * rows["accuracy"], f"{form}-", color=f"C{number}", label=rung)
        ax.fill_between(x, 100 * rows["low"], 100 * rows["high"], color=f"C{number}", alpha=0.2)
    sizes = sorted(set(table["training_clips"]))
    ax.set_xscale("log")
    ax.set_xticks(sizes, labels=[str(size) for size in sizes], rotation=45)
    ax.minorticks_off()
    ax.set(xlabel="training clips", ylabel="test accuracy (%, track level)")
    ax.legend()
    return ax


def describe_sizes(table: pd.DataFrame) -> str:
    """Say in words what :func:`plot_sizes` draws.

    Examples
    --------
    >>> table = pd.DataFrame({"rung": "artist_cv", "training_clips": [100, 400],
    ...     "accuracy": [0.4, 0.5], "low": 0.3, "high": 0.6})
    >>> describe_sizes(table)
    'Test accuracy against training clips. artist_cv: 40.0 % with 100, 50.0 % with 400.'

    Book: Splits and the leakage ladder
    """
    _require(table, _SIZES)
    lines = []
    for rung, rows in table.groupby("rung", sort=False):
        pairs = zip(rows["accuracy"], rows["training_clips"], strict=True)
        lines.append(f"{rung}: {', '.join(f'{100 * a:.1f} % with {n}' for a, n in pairs)}.")
    return f"Test accuracy against training clips. {' '.join(lines)}"


def _require(table: pd.DataFrame, needed: tuple[str, ...]) -> None:
    require_columns(table, needed, "pass what mgc.evaluate.ladder returns")
