"""Curvature along training: sharpness beside its threshold, noise, angles, subsets."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mgc.errors import DataError
from mgc.optim.curvature.subsets import subset_bands
from mgc.plots.style import axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MARKERS = "osD^"
_DASHES = ("-", "--", "-.", ":")


def plot_edge(path: pd.DataFrame, ax: "Axes | None" = None) -> "Axes":
    """Draw the sharpness of one rule as a share of its threshold, over the steps.

    Parameters
    ----------
    path : DataFrame
        Rows of one rule of ``data/curvature/full_batch.csv``: ``learning_rate``, ``step``,
        ``preconditioned``, ``threshold``.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        One line for each learning rate, and a dashed line at 1, the edge of stability.

    Raises
    ------
    DataError
        If there are no rows or columns are missing.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> path = pd.DataFrame({"learning_rate": 0.1, "step": [0, 9], "preconditioned": [5.0, 19.0],
    ...     "threshold": 20.0})
    >>> plot_edge(path, Figure().add_subplot()).get_lines()[0].get_ydata().tolist()
    [0.25, 0.95]

    Book: Curvature and stability of our networks
    """
    shares = _shares(path)
    ax = axes_or_new(ax)
    for number, (rate, line) in enumerate(shares.groupby("learning_rate")):
        style = _MARKERS[number % 4] + _DASHES[number % 4]
        ax.plot(line["step"], line["share"], style, ms=3.5, lw=1.2, label=f"rate {rate:g}")
    ax.axhline(1, color="0.3", lw=1, ls="--")
    ax.set(yscale="log", xlabel="step", ylabel="sharpness / threshold")
    ax.legend()
    return ax


def describe_edge(path: pd.DataFrame) -> str:
    """Say in words what :func:`plot_edge` draws.

    Raises
    ------
    DataError
        As :func:`plot_edge`.

    Examples
    --------
    >>> path = pd.DataFrame({"learning_rate": 0.1, "step": [0, 9], "preconditioned": [5.0, 19.0],
    ...     "threshold": 20.0})
    >>> describe_edge(path)
    'Sharpness as a share of the threshold over 9 steps: rate 0.1 from 0.25 to 0.95 (median of \
the second half), largest 0.95.'

    Book: Curvature and stability of our networks
    """
    shares, parts = _shares(path), []
    for rate, line in shares.groupby("learning_rate"):
        late = line.loc[line["step"] > line["step"].max() / 2, "share"].median()
        first, most = line["share"].iloc[0], line["share"].max()
        parts.append(
            f"rate {rate:g} from {first:.2g} to {late:.2f} (median of the second half), "
            f"largest {most:.2f}"
        )
    steps = int(shares["step"].max())
    return f"Sharpness as a share of the threshold over {steps} steps: {'; '.join(parts)}."


def plot_checkpoints(
    table: pd.DataFrame,
    column: str,
    ylabel: str,
    ax: "Axes | None" = None,
    *,
    by: str = "optimizer",
    log: bool = True,
) -> "Axes":
    """Draw what was measured at checkpoints of training: a line for each optimizer.

    Parameters
    ----------
    table : DataFrame
        ``step``, the column `by`, and `column`; values that are infinite or missing are left out.
    column : str
        What to draw.
    ylabel : str
        What that is, with unit.
    ax : Axes, optional
        Where to draw; new axes if not given.
    by : str
        Column that tells the lines apart.
    log : bool
        Whether the vertical axis is logarithmic, too.

    Returns
    -------
    Axes
        With a logarithmic axis of steps.

    Raises
    ------
    DataError
        If there are no rows or columns are missing.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"optimizer": "adam", "step": [1, 9], "cosine": [0.5, -0.1]})
    >>> ax = plot_checkpoints(table, "cosine", "cosine", Figure().add_subplot(), log=False)
    >>> [line.get_label() for line in ax.get_lines()]
    ['adam']

    Book: Curvature and stability of our networks
    """
    _require(table, [by, "step", column])
    ax = axes_or_new(ax)
    for number, (name, line) in enumerate(table.groupby(by, sort=False)):
        y = line[column].replace([np.inf, -np.inf], np.nan)
        ax.plot(line["step"], y, _MARKERS[number % 4] + _DASHES[number % 4], ms=4, label=str(name))
    ax.set(xscale="log", xlabel="step", ylabel=ylabel, yscale="log" if log else "linear")
    ax.legend()
    return ax


def describe_checkpoints(
    table: pd.DataFrame, column: str, ylabel: str, *, by: str = "optimizer"
) -> str:
    """Say in words what :func:`plot_checkpoints` draws.

    Raises
    ------
    DataError
        As :func:`plot_checkpoints`.

    Examples
    --------
    >>> table = pd.DataFrame({"optimizer": "adam", "step": [1, 9], "cosine": [0.5, -0.1]})
    >>> describe_checkpoints(table, "cosine", "cosine")
    'Line chart of cosine over steps 1 to 9: adam from 0.5 to -0.1.'

    Book: Curvature and stability of our networks
    """
    _require(table, [by, "step", column])
    parts = []
    for name, line in table.groupby(by, sort=False):
        y = line[column].replace([np.inf, -np.inf], np.nan).dropna()
        ends = f"from {y.iloc[0]:.3g} to {y.iloc[-1]:.3g}" if len(y) else "without a finite value"
        parts.append(f"{name} {ends}")
    low, high = table["step"].min(), table["step"].max()
    return f"Line chart of {ylabel} over steps {low} to {high}: {'; '.join(parts)}."


def plot_subsets(table: pd.DataFrame, ax: "Axes | None" = None) -> "Axes":
    """Draw the sharpness on many subsets, the band of each size, and the second opinion.

    Parameters
    ----------
    table : DataFrame
        As for :func:`mgc.optim.curvature.subsets.subset_bands`.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Logarithmic on both; points are the draws of a band, stars the draws that did not make it.

    Raises
    ------
    DataError
        As :func:`mgc.optim.curvature.subsets.subset_bands`.

    Book: Curvature and stability of our networks
    """
    bands = subset_bands(table)
    ax = axes_or_new(ax)
    for whole, colour, shift, name in (
        (False, "C0", 0.95, "segments of different clips"),
        (True, "C1", 1.05, "whole clips"),
    ):
        some, band = table[table["whole_clips"] == whole], bands[bands["whole_clips"] == whole]
        if some.empty:
            continue
        made = some[some["draw"] < some["draw"].max()]
        x = shift * band["segments"]
        ends = [band["mean"] - band["low"], band["high"] - band["mean"]]
        ax.errorbar(x, band["mean"], ends, fmt="none", ecolor=colour, capsize=4, lw=1.2)
        ax.plot(shift * made["segments"], made["sharpness"], "o", color=colour, ms=3.5, label=name)
        ax.plot(x, band["second"], "*", color=colour, ms=9, mec="0.2", mew=0.6)
    ax.set(xscale="log", yscale="log", xlabel="segments in the subset", ylabel="sharpness")
    sizes = sorted(table["segments"].unique())
    ax.set_xticks(sizes, [str(size) for size in sizes], minor=False)
    ax.set_xticks([], minor=True)
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter("{x:g}")
    ax.legend()
    return ax


def describe_subsets(table: pd.DataFrame) -> str:
    """Say in words what :func:`plot_subsets` draws.

    Raises
    ------
    DataError
        As :func:`mgc.optim.curvature.subsets.subset_bands`.

    Book: Curvature and stability of our networks
    """
    parts = [
        f"{row.segments} segments of {row.clips} clips: {row.mean:.3g}, band {row.low:.3g} to "
        f"{row.high:.3g}, one more draw {row.second:.3g}"
        for row in subset_bands(table).itertuples()
    ]
    return f"Sharpness of the same weights on subsets of the training part: {'; '.join(parts)}."


def _shares(path: pd.DataFrame) -> pd.DataFrame:
    _require(path, ["learning_rate", "step", "preconditioned", "threshold"])
    return path.assign(share=path["preconditioned"] / path["threshold"])


def _require(table: pd.DataFrame, columns: list[str]) -> None:
    absent = [name for name in columns if name not in table.columns]
    if absent or table.empty:
        raise DataError(
            f"the table has {len(table)} rows and no column {', '.join(absent) or '(all there)'}: "
            f"expected are rows with {', '.join(columns)}; make data/curvature again with "
            "'python -m mgc.train.curvature'"
        )
