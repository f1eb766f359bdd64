"""Precision as a factor: drift from float32, loss scales, time of a step."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mgc.errors import DataError
from mgc.plots.style import axes_or_new
from mgc.plots.tables import name_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Colour, line and name in figures of each arm of the experiment, the same in every figure.
_ARMS = {
    "float32": ("C6", "-", "float32"),
    "float32, last bit": ("C2", ":", "float32, last bit changed"),
    "float32, other order": ("C6", "-", "float32, other order of the data"),
    "mixed_bfloat16": ("C1", "--", "mixed_bfloat16"),
    "mixed_float16": ("C0", "-", "mixed_float16"),
    "mixed_float16, no scaling": ("C5", "-.", "mixed_float16, no loss scaling"),
    "mixed_float16, eager scaling": ("C3", "-", "mixed_float16, eager loss scaling"),
}

_MARKERS = {"float32": "D", "mixed_bfloat16": "s", "mixed_float16": "o"}


def plot_drift(shares: pd.DataFrame, ax: "Axes | None" = None) -> "Axes":
    """Draw how far each arm is from the reference over the steps.

    Parameters
    ----------
    shares : DataFrame
        One optimizer of :func:`mgc.evaluate.precision_factor.relative_drift`, indexed by ``step``.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Logarithmic on both axes; at 1 the arm is as far away as the reference has moved.

    Raises
    ------
    DataError
        If the table is empty or has an unknown arm.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> shares = pd.DataFrame({"mixed_bfloat16": [0.1, 0.2]}, index=pd.Index([1, 2], name="step"))
    >>> plot_drift(shares, Figure().add_subplot()).get_xlabel()
    'step'

    Book: Precision as a factor
    """
    _require_arms(shares, list(shares.columns))
    ax = axes_or_new(ax)
    for arm, values in shares.items():
        colour, line, name = _ARMS[str(arm)]
        ax.plot(shares.index, values, line, color=colour, label=name)
    ax.set(xscale="log", yscale="log", xlabel="step", ylabel="distance / way of float32")
    return ax


def describe_drift(shares: pd.DataFrame) -> str:
    """Say in words what :func:`plot_drift` draws.

    Examples
    --------
    >>> shares = pd.DataFrame({"mixed_bfloat16": [0.1, 0.2]}, index=pd.Index([1, 2], name="step"))
    >>> describe_drift(shares)
    'Distance from float32 as a share of the way, from step 1 to step 2: mixed_bfloat16 from 0.1 \
to 0.2.'

    Book: Precision as a factor
    """
    _require_arms(shares, list(shares.columns))
    ends = [
        f"{_ARMS[str(arm)][2]} from {values.iloc[0]:.2g} to {values.iloc[-1]:.2g}"
        for arm, values in shares.items()
    ]
    return (
        f"Distance from float32 as a share of the way, from step {shares.index[0]} to step "
        f"{shares.index[-1]}: {'; '.join(ends)}."
    )


def plot_loss_scale(scale: pd.DataFrame, steps: int, ax: "Axes | None" = None) -> "Axes":
    """Draw the loss scale of one optimizer and seed over the steps, for each arm that has one.

    Parameters
    ----------
    scale : DataFrame
        ``step, arm, scale``: the start and every change.
    steps : int
        Length of the run.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Logarithmic to base 2; every fall is a skipped step.

    Raises
    ------
    DataError
        If the table is empty or has an unknown arm.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"step": [0, 9], "arm": "mixed_float16", "scale": [8.0, 4.0]})
    >>> plot_loss_scale(table, 20, Figure().add_subplot()).get_ylabel()
    'loss scale'

    Book: Precision as a factor
    """
    _require_arms(scale, list(scale["arm"].unique()))
    ax = axes_or_new(ax)
    for arm, run in scale.groupby("arm", sort=False):
        colour, line, name = _ARMS[str(arm)]
        places, values = [*run["step"], steps], [*run["scale"], run["scale"].iloc[-1]]
        ax.step(places, values, line, where="post", color=colour, label=name)
    ax.set_yscale("log", base=2)
    ax.set(xlabel="step", ylabel="loss scale")
    return ax


def describe_loss_scale(scale: pd.DataFrame, steps: int) -> str:
    """Say in words what :func:`plot_loss_scale` draws.

    Examples
    --------
    >>> table = pd.DataFrame({"step": [0, 9], "arm": "mixed_float16", "scale": [8.0, 4.0]})
    >>> describe_loss_scale(table, 20)
    'Loss scale over 20 steps: mixed_float16 starts at 2^3, is raised 0 times and halved 1 times, \
and ends at 2^2.'

    Book: Precision as a factor
    """
    _require_arms(scale, list(scale["arm"].unique()))
    parts = []
    for arm, run in scale.groupby("arm", sort=False):
        logs = np.log2(run["scale"].to_numpy(dtype=np.float64))
        up, down = (int((sign * np.diff(logs) > 0).sum()) for sign in (1, -1))
        parts.append(
            f"{_ARMS[str(arm)][2]} starts at 2^{logs[0]:.0f}, is raised {up} times and halved "
            f"{down} times, and ends at 2^{logs[-1]:.0f}"
        )
    return f"Loss scale over {steps} steps: {'; '.join(parts)}."


def plot_step_time(speed: pd.DataFrame, ax: "Axes | None" = None) -> "Axes":
    """Draw the time of a step relative to float32: quartiles over the rounds.

    Parameters
    ----------
    speed : DataFrame
        Rows of :func:`mgc.train.precision.speed_table`; indexed by what names a group of marks.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Logarithmic, float32 at 1; to the right is slower.

    Raises
    ------
    DataError
        If the table is empty or has an arm that is no policy.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"arm": ["mixed_float16"], "ratio_q25": [2.0], "ratio": [3.0],
    ...     "ratio_q75": [4.0]}, index=["narrow"])
    >>> plot_step_time(table, Figure().add_subplot()).get_xscale()
    'log'

    Book: Precision as a factor
    """
    _require_policies(speed)
    ax = axes_or_new(ax)
    groups = list(dict.fromkeys(speed.index))
    for arm, rows in speed.groupby("arm", sort=False):
        colour, _, name = _ARMS[str(arm)]
        places = [groups.index(group) for group in rows.index]
        ax.hlines(places, rows["ratio_q25"], rows["ratio_q75"], color=colour, lw=4, alpha=0.5)
        ax.plot(rows["ratio"], places, _MARKERS[str(arm)], color=colour, ls="", label=name)
    ax.axvline(1, color="0.4", lw=1, ls=":")
    name_rows(ax, groups)
    ax.set_xscale("log", base=2)
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set_xlabel("time of a step / float32")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
    return ax


def describe_step_time(speed: pd.DataFrame) -> str:
    """Say in words what :func:`plot_step_time` draws.

    Examples
    --------
    >>> table = pd.DataFrame({"arm": ["mixed_float16"], "ratio_q25": [2.0], "ratio": [3.0],
    ...     "ratio_q75": [4.0]}, index=["narrow"])
    >>> describe_step_time(table)
    'Time of a step relative to float32, median and quartiles: narrow, mixed_float16 3.00 (2.00 to \
4.00).'

    Book: Precision as a factor
    """
    _require_policies(speed)
    parts = [
        f"{group}, {row['arm']} {row['ratio']:.2f} ({row['ratio_q25']:.2f} to "
        f"{row['ratio_q75']:.2f})"
        for group, row in speed.iterrows()
    ]
    return f"Time of a step relative to float32, median and quartiles: {'; '.join(parts)}."


def _require_arms(table: pd.DataFrame, arms: list[str]) -> None:
    unknown = [arm for arm in arms if arm not in _ARMS]
    if table.empty or unknown:
        raise DataError(
            f"the table has {', '.join(unknown) or 'no row'}, but arms that can be drawn are "
            f"{'; '.join(_ARMS)}: make it with 'python -m mgc.train.precision'"
        )


def _require_policies(speed: pd.DataFrame) -> None:
    unknown = set(speed["arm"]) - _MARKERS.keys()
    if speed.empty or unknown:
        raise DataError(
            f"the table has {', '.join(sorted(unknown)) or 'no row'}, but is drawn for the "
            f"policies {', '.join(_MARKERS)}: choose their rows"
        )
