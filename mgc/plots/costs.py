"""What networks cost: work by stages, accuracy beside cost, contrasts between them."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mgc.plots.style import axes_or_new
from mgc.plots.tables import draw_differences, name_rows, require_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ARMS = ("accuracy", "low", "high", "family")
_CONTRASTS = ("difference", "artists_low", "artists_high", "low", "high", "detectable")
_SHARES = ("stage", "parameters", "flops")


def plot_stage_shares(table: pd.DataFrame, ax: "Axes | None" = None) -> "Axes":
    """Draw which share of parameters and of work each stage of a network has.

    Parameters
    ----------
    table : DataFrame
        One row a stage: ``stage`` (text), ``parameters`` and ``flops``.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Two bars a stage, in percent; the first stage on top.

    Raises
    ------
    DataError
        If the table has no row or lacks a column.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"stage": ["a", "b"], "parameters": [1, 3], "flops": [3, 1]})
    >>> plot_stage_shares(table, Figure().add_subplot()).get_xlabel()
    'share of the network (%)'

    Book: UNet_Lite
    """
    _require(table, _SHARES)
    ax = axes_or_new(ax)
    rows = np.arange(len(table))
    for shift, name, colour in ((-0.2, "parameters", "C0"), (0.2, "flops", "C1")):
        share = 100 * table[name] / table[name].sum()
        label = {"parameters": "parameters", "flops": "operations"}[name]
        ax.barh(rows + shift, share, height=0.38, color=colour, label=label)
    name_rows(ax, list(table["stage"]))
    ax.grid(visible=False, axis="y")
    ax.set_xlabel("share of the network (%)")
    ax.legend(loc="best")
    return ax


def describe_stage_shares(table: pd.DataFrame) -> str:
    """Say in words what :func:`plot_stage_shares` draws.

    Examples
    --------
    >>> table = pd.DataFrame({"stage": ["a", "b"], "parameters": [1, 3], "flops": [3, 1]})
    >>> describe_stage_shares(table)
    'Bars of the share of parameters and of operations: a 25 % and 75 %; b 75 % and 25 %.'

    Book: UNet_Lite
    """
    _require(table, _SHARES)
    shares = 100 * table[["parameters", "flops"]] / table[["parameters", "flops"]].sum()
    parts = [
        f"{stage} {a:.0f} % and {b:.0f} %"
        for stage, a, b in zip(table["stage"], shares["parameters"], shares["flops"], strict=True)
    ]
    return f"Bars of the share of parameters and of operations: {'; '.join(parts)}."


def plot_accuracy_cost(
    table: pd.DataFrame, cost: str, label: str, ax: "Axes | None" = None
) -> "Axes":
    """Draw accuracy over a cost, with intervals.

    Parameters
    ----------
    table : DataFrame
        One row a network, indexed by its name: ``accuracy, low, high`` in [0, 1], ``family``
        (text: decides colour and mark), and the cost.
    cost : str
        Column of the cost, above 0.
    label : str
        What the axis says.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Costs on a logarithmic axis; each point has its row's place in the table beside it.

    Raises
    ------
    DataError
        If the table has no row or lacks a column.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"accuracy": [0.5], "low": [0.4], "high": [0.6], "family": ["cnn"],
    ...     "flops": [1e6]}, index=["small"])
    >>> ax = plot_accuracy_cost(table, "flops", "operations", Figure().add_subplot())
    >>> ax.texts[0].get_text()
    '1'

    Book: What they cost
    """
    _require(table, (*_ARMS, cost))
    ax = axes_or_new(ax)
    for k, (family, rows) in enumerate(table.groupby("family", sort=False)):
        ax.vlines(rows[cost], 100 * rows["low"], 100 * rows["high"], color=f"C{k}", lw=1.5)
        mark = "osD^v"[k % 5]
        ax.plot(rows[cost], 100 * rows["accuracy"], mark, color=f"C{k}", ms=7, label=family)
    for place, (x, y) in enumerate(zip(table[cost], table["accuracy"], strict=True), start=1):
        ax.annotate(str(place), (x, 100 * y), (6, 4), textcoords="offset points", size=9)
    ax.set(xscale="log", xlabel=label, ylabel="accuracy (%, track level)")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
    return ax


def describe_accuracy_cost(table: pd.DataFrame, cost: str, label: str) -> str:
    """Say in words what :func:`plot_accuracy_cost` draws.

    Examples
    --------
    >>> table = pd.DataFrame({"accuracy": [0.5], "low": [0.4], "high": [0.6], "family": ["cnn"],
    ...     "flops": [1e6]}, index=["small"])
    >>> describe_accuracy_cost(table, "flops", "operations")
    'Accuracy over operations, with 95 % intervals: 1 small 50.0 % (40.0 to 60.0) at 1,000,000.'

    Book: What they cost
    """
    _require(table, (*_ARMS, cost))
    parts = [
        f"{place} {name} {100 * row['accuracy']:.1f} % ({100 * row['low']:.1f} to "
        f"{100 * row['high']:.1f}) at {row[cost]:,.0f}"
        for place, (name, row) in enumerate(table.iterrows(), start=1)
    ]
    return f"Accuracy over {label}, with 95 % intervals: {'; '.join(parts)}."


def plot_contrasts(
    table: pd.DataFrame, margin: float | None = None, ax: "Axes | None" = None
) -> "Axes":
    """Draw contrasts with their intervals over artists and over folds.

    Parameters
    ----------
    table : DataFrame
        :func:`mgc.evaluate.ablation.contrasts_table`; the first row comes on top.
    margin : float, optional
        Difference worth having, in [0, 1]: a grey band up to it on both sides of 0.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        In percentage points.  Thick lines are intervals over artists, thin ones over folds.

    Raises
    ------
    DataError
        If the table has no row or lacks a column.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> row = {"difference": 0.01, "artists_low": -0.02, "artists_high": 0.04, "low": -0.05,
    ...     "high": 0.07, "detectable": 0.06}
    >>> ax = plot_contrasts(pd.DataFrame([row], index=["skips"]), ax=Figure().add_subplot())
    >>> ax.get_yticklabels()[0].get_text()
    'skips'

    Book: What they cost
    """
    _require(table, _CONTRASTS)
    ax = axes_or_new(ax)
    thick = ("artists_low", "artists_high", "95 %, artists")
    thin = ("low", "high", "95 %, folds")
    draw_differences(ax, table, list(table.index), thick, thin, "difference", margin)
    ax.set_xlabel("difference (points, track level)")
    return ax


def describe_contrasts(table: pd.DataFrame) -> str:
    """Say in words what :func:`plot_contrasts` draws.

    Examples
    --------
    >>> row = {"difference": 0.01, "artists_low": -0.02, "artists_high": 0.04, "low": -0.05,
    ...     "high": 0.07, "detectable": 0.06}
    >>> describe_contrasts(pd.DataFrame([row], index=["skips"]))
    'Differences in points with 95 % intervals. skips: +1.0; artists -2.0 to +4.0; folds -5.0 to \
+7.0.'

    Book: What they cost
    """
    _require(table, _CONTRASTS)
    sentences = []
    for name, row in (100 * table[list(_CONTRASTS)]).iterrows():
        artists = "{artists_low:+.1f} to {artists_high:+.1f}".format(**row)
        folds = "{low:+.1f} to {high:+.1f}".format(**row)
        said = f"{name}: {row['difference']:+.1f}; artists {artists}; folds {folds}."
        sentences.append(said)
    return f"Differences in points with 95 % intervals. {' '.join(sentences)}"


def _require(table: pd.DataFrame, needed: tuple[str, ...]) -> None:
    require_columns(table, needed, "pass all that is drawn")
