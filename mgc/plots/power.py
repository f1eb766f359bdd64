"""How often a true gap is found, and how often a gap is found where none is."""

from typing import TYPE_CHECKING

import pandas as pd

from mgc.plots.style import axes_or_new
from mgc.plots.tables import require_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POWER = ("n", "discordant", "gap", "power")
_ALARMS = ("folds", "repeats", "usual", "corrected")


def plot_power(curves: pd.DataFrame, target: float = 0.8, ax: "Axes | None" = None) -> "Axes":
    """Draw the power of McNemar's test over the true gap.

    Parameters
    ----------
    curves : DataFrame
        ``n`` (clips), ``discordant`` (share), ``gap`` (share) and ``power``; one line for each
        pair of the first two.
    target : float
        Power to mark.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Gap in points, power in percent.

    Raises
    ------
    DataError
        If the table has no row or lacks a column.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> curves = pd.DataFrame({"n": 290, "discordant": 0.15, "gap": [0.0, 0.1], "power": [0, 0.99]})
    >>> [t.get_text() for t in plot_power(curves, ax=Figure().add_subplot()).get_legend().texts]
    ['290 clips, 15 %', '80 %']

    Book: The protocol
    """
    _require(curves, _POWER)
    ax = axes_or_new(ax)
    shares = list(dict.fromkeys(curves["discordant"]))
    sizes = list(dict.fromkeys(curves["n"]))
    for (n, share), line in curves.groupby(["n", "discordant"], sort=False):
        colour, dash = f"C{sizes.index(n)}", ("-", "--", ":")[shares.index(share) % 3]
        x, y, label = 100 * line["gap"], 100 * line["power"], f"{n} clips, {share:.0%}"
        ax.plot(x, y, color=colour, ls=dash, label=label.replace("%", " %"))
    ax.axhline(100 * target, color="0.4", lw=1.0, label=f"{100 * target:.0f} %")
    ax.set(xlabel="true gap (points)", ylabel="found (%)", ylim=(0, 101))
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), title="clips, discordant")
    return ax


def describe_power(curves: pd.DataFrame) -> str:
    """Say in words what :func:`plot_power` draws.

    Examples
    --------
    >>> curves = pd.DataFrame({"n": 290, "discordant": 0.15, "gap": [0.0, 0.1], "power": [0, 0.99]})
    >>> describe_power(curves)
    "Lines of the power of McNemar's test over the true gap. 290 clips, 15 % discordant: 99 % at \
10 points."

    Book: The protocol
    """
    _require(curves, _POWER)
    said = []
    for (n, share), line in curves.groupby(["n", "discordant"], sort=False):
        middle = line.iloc[[len(line) // 2, -1]].drop_duplicates()
        values = " and ".join(
            f"{100 * power:.0f} % at {100 * gap:.0f} points"
            for gap, power in zip(middle["gap"], middle["power"], strict=True)
        )
        said.append(f"{n} clips, {share:.0%} discordant: {values}".replace("%", " %", 1))
    return f"Lines of the power of McNemar's test over the true gap. {'; '.join(said)}."


def plot_false_alarms(table: pd.DataFrame, alpha: float = 0.05, ax: "Axes | None" = None) -> "Axes":
    """Draw how often equal learners are called different, by how often folds were repeated.

    Parameters
    ----------
    table : DataFrame
        ``folds, repeats, usual, corrected``: one row a design, of
        :func:`mgc.evaluate.folds.false_alarms`.
    alpha : float
        Level that was promised.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Repetitions on a logarithmic axis, false alarms in percent.

    Raises
    ------
    DataError
        If the table has no row or lacks a column.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"folds": 5, "repeats": [1, 10], "usual": [0.05, 0.5],
    ...     "corrected": [0.02, 0.04]})
    >>> plot_false_alarms(table, ax=Figure().add_subplot()).get_ylabel()
    'false alarms (%)'

    Book: The protocol
    """
    _require(table, _ALARMS)
    ax = axes_or_new(ax)
    for k, (folds, rows) in enumerate(table.groupby("folds")):
        for number, (name, style) in enumerate((("usual", "-"), ("corrected", "--"))):
            label = f"{name} t, {folds} folds"
            marker, colour = "os^D"[k % 4], f"C{number}"
            share = 100 * rows[name]
            ax.plot(rows["repeats"], share, style, marker=marker, color=colour, label=label)
    ax.axhline(100 * alpha, color="0.4", lw=1.0, label="promised")
    ax.set(xscale="log", xlabel="repetitions of the cross-validation", ylabel="false alarms (%)")
    ticks = sorted(set(table["repeats"]))
    ax.set_xticks(ticks, labels=[str(tick) for tick in ticks])
    ax.minorticks_off()
    ax.set_ylim(bottom=0)
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return ax


def describe_false_alarms(table: pd.DataFrame) -> str:
    """Say in words what :func:`plot_false_alarms` draws.

    Examples
    --------
    >>> table = pd.DataFrame({"folds": 5, "repeats": [1, 10], "usual": [0.05, 0.5],
    ...     "corrected": [0.02, 0.04]})
    >>> describe_false_alarms(table)
    'False alarms over repetitions. 5 folds: usual t 5 % at 1, 50 % at 10; corrected t 2 % at 1, \
4 % at 10.'

    Book: The protocol
    """
    _require(table, _ALARMS)
    said = []
    for folds, rows in table.groupby("folds"):
        parts = []
        for name in ("usual", "corrected"):
            pairs = zip(rows["repeats"], rows[name], strict=True)
            parts.append(f"{name} t " + ", ".join(f"{100 * p:.0f} % at {r}" for r, p in pairs))
        said.append(f"{folds} folds: {'; '.join(parts)}.")
    return f"False alarms over repetitions. {' '.join(said)}"


def _require(table: pd.DataFrame, needed: tuple[str, ...]) -> None:
    require_columns(table, needed, "it cannot be drawn")
