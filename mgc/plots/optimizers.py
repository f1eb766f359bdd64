"""Optimizers beside each other: learning rates, the best of k trials, schedules."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from mgc.errors import DataError
from mgc.optim.factories import OPTIMIZERS
from mgc.plots.optimizer_look import DASHES, look_of
from mgc.plots.style import axes_or_new, epoch_axis
from mgc.plots.tables import require_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_RATES = ("optimizer", "learning_rate", "val_loss", "val_accuracy", "diverged")
_CURVES = ("optimizer", "trials", "expected", "low", "high")


def plot_rate_sensitivity(
    table: pd.DataFrame,
    quantity: str = "val_loss",
    guess: float = math.log(10),
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw what each optimizer reached over its learning rates.

    Parameters
    ----------
    table : DataFrame
        :func:`mgc.evaluate.sensitivity.rate_table`.
    quantity : {'val_loss', 'val_accuracy'}
        Of the best epoch.
    guess : float
        What a uniform guess has of it, a dotted line; losses above are drawn there.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Logarithmic in the rate.  A ring marks the default rate, a cross a run that diverged.

    Raises
    ------
    DataError
        If the table has no row or lacks a column, or `quantity` is none of these.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"optimizer": "adam", "learning_rate": [0.001, 1.0],
    ...     "val_loss": [1.3, 9.0], "val_accuracy": [0.5, 0.1], "diverged": [False, True]})
    >>> ax = plot_rate_sensitivity(table, ax=Figure().add_subplot())
    >>> ax.get_lines()[0].get_ydata().round(3).tolist()
    [1.3, 2.303]

    Book: Three optimizers under equal budgets
    """
    label = _quantity_label(table, quantity)
    ax = axes_or_new(ax)
    marked: dict[str, list[tuple[float, float]]] = {"default rate": [], "diverged": []}
    for name, rows in table.groupby("optimizer", sort=False):
        look, rate = look_of(str(name)), rows["learning_rate"].to_numpy(dtype=np.float64)
        y = rows[quantity].to_numpy(dtype=np.float64)
        y = np.fmin(y, guess) if quantity == "val_loss" else y
        ax.plot(rate, y, look.marker, color=look.colour, ls=look.dash, ms=5, label=name)
        default = np.isclose(rate, OPTIMIZERS.get(str(name), math.nan))
        for words, which in (("default rate", default), ("diverged", rows["diverged"])):
            marked[words] += zip(rate[which], y[which], strict=True)
    for (words, points), marker in zip(marked.items(), "ox", strict=True):
        style: dict[str, Any] = {"color": "0.2", "mfc": "none", "mew": 1.4, "ls": "", "ms": 12}
        if points:
            ax.plot(*zip(*points, strict=True), marker, label=words, **style)
    ax.axhline(guess, color="0.5", lw=1, ls=":", label="uniform guess")
    ax.set(xscale="log", xlabel="learning rate", ylabel=label)
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return ax


def describe_rate_sensitivity(table: pd.DataFrame, quantity: str = "val_loss") -> str:
    """Say in words what :func:`plot_rate_sensitivity` draws.

    Examples
    --------
    >>> table = pd.DataFrame({"optimizer": "adam", "learning_rate": [0.001, 1.0],
    ...     "val_loss": [1.3, 9.0], "val_accuracy": [0.5, 0.1], "diverged": [False, True]})
    >>> describe_rate_sensitivity(table)
    'Validation loss of the best epoch over the learning rate, logarithmic. adam: best 1.300 at \
0.001, of 2 rates from 0.001 to 1; diverged at 1.'

    Book: Three optimizers under equal budgets
    """
    label = _quantity_label(table, quantity)
    sentences = []
    for name, rows in table.groupby("optimizer", sort=False):
        best = rows.sort_values(quantity, ascending=quantity == "val_loss").iloc[0]
        lost = ", ".join(f"{rate:g}" for rate in rows.loc[rows["diverged"], "learning_rate"])
        sentences.append(
            f"{name}: best {best[quantity]:.3f} at {best['learning_rate']:g}, of {len(rows)} rates "
            f"from {rows['learning_rate'].min():g} to {rows['learning_rate'].max():g}; "
            + (f"diverged at {lost}." if lost else "none diverged.")
        )
    words = label.split(" (")[0].capitalize()
    return f"{words} of the best epoch over the learning rate, logarithmic. {' '.join(sentences)}"


def plot_best_of_k(
    curves: pd.DataFrame, ylabel: str = "validation loss (nats)", ax: "Axes | None" = None
) -> "Axes":
    """Draw what the best of k trials is expected to reach, for each optimizer.

    Parameters
    ----------
    curves : DataFrame
        :func:`mgc.evaluate.budgets.best_of_k_table`.
    ylabel : str
        What the scores are, with unit.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Lines are expectations, bands their intervals by bootstrap over trials.

    Raises
    ------
    DataError
        If the table has no row or lacks a column.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> curves = pd.DataFrame({"optimizer": "adam", "trials": [1, 2], "expected": [2.0, 1.5],
    ...     "low": [1.5, 1.4], "high": [2.5, 1.8]})
    >>> plot_best_of_k(curves, ax=Figure().add_subplot()).get_xlabel()
    'trials k'

    Book: Three optimizers under equal budgets
    """
    from matplotlib.ticker import MaxNLocator

    _require(curves, _CURVES, "best_of_k_table")
    ax = axes_or_new(ax)
    for name, rows in curves.groupby("optimizer", sort=False):
        look = look_of(str(name))
        ax.fill_between(rows["trials"], rows["low"], rows["high"], color=look.colour, alpha=0.1)
        style: dict[str, Any] = {
            "color": look.colour,
            "ls": look.dash,
            "marker": look.marker,
            "ms": 4,
        }
        ax.plot(rows["trials"], rows["expected"], label=name, **style)
    ax.set(xlabel="trials k", ylabel=f"{ylabel}, best of k")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend()
    return ax


def describe_best_of_k(curves: pd.DataFrame, ylabel: str = "validation loss (nats)") -> str:
    """Say in words what :func:`plot_best_of_k` draws.

    Examples
    --------
    >>> curves = pd.DataFrame({"optimizer": "adam", "trials": [1, 2], "expected": [2.0, 1.5],
    ...     "low": [1.5, 1.4], "high": [2.5, 1.8]})
    >>> describe_best_of_k(curves)
    'Expected validation loss (nats) of the best of k trials, with bands. adam: from 2.000 (1.500 \
to 2.500) at k = 1 to 1.500 (1.400 to 1.800) at k = 2.'

    Book: Three optimizers under equal budgets
    """
    _require(curves, _CURVES, "best_of_k_table")
    sentences = []
    for name, rows in curves.groupby("optimizer", sort=False):
        ends = rows.iloc[[0, -1]][["expected", "low", "high", "trials"]].to_numpy()
        said = [f"{e:.3f} ({low:.3f} to {high:.3f}) at k = {k:.0f}" for e, low, high, k in ends]
        sentences.append(f"{name}: from {said[0]} to {said[1]}.")
    return f"Expected {ylabel} of the best of k trials, with bands. {' '.join(sentences)}"


def plot_schedules(rates: Mapping[str, ArrayLike], ax: "Axes | None" = None) -> "Axes":
    """Draw the learning rate of each epoch under several schedules.

    Parameters
    ----------
    rates : mapping of str to array_like of shape (epochs,)
        Schedule to its rates, for example the column ``learning_rate`` of a history.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Linear in the rate, a step for each epoch.

    Raises
    ------
    DataError
        If there is no schedule, or one has no epoch.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_schedules({"constant": [0.1, 0.1]}, Figure().add_subplot())
    >>> ax.get_ylabel()
    'learning rate'

    Book: Three optimizers under equal budgets
    """
    lines = _lines(rates)
    ax = axes_or_new(ax)
    for k, (name, values) in enumerate(lines.items()):
        epochs = np.arange(1, len(values) + 1)
        ax.step(epochs, values, where="mid", ls=DASHES[k % len(DASHES)], label=name)
    ax.set(ylabel="learning rate")
    epoch_axis(ax)
    ax.legend()
    return ax


def describe_schedules(rates: Mapping[str, ArrayLike]) -> str:
    """Say in words what :func:`plot_schedules` draws.

    Examples
    --------
    >>> describe_schedules({"constant": [0.1, 0.1]})
    'Learning rate over epochs: constant from 0.1 to 0.1 over 2 epochs.'

    Book: Three optimizers under equal budgets
    """
    said = [
        f"{name} from {values[0]:.3g} to {values[-1]:.3g} over {len(values)} epochs"
        for name, values in _lines(rates).items()
    ]
    return f"Learning rate over epochs: {'; '.join(said)}."


def _lines(rates: Mapping[str, ArrayLike]) -> dict[str, NDArray[np.float64]]:
    lines = {name: np.asarray(values, dtype=np.float64) for name, values in rates.items()}
    if not lines or any(not line.size for line in lines.values()):
        raise DataError("no rate to draw: pass at least one schedule, each with its epochs")
    return lines


def _quantity_label(table: pd.DataFrame, quantity: str) -> str:
    labels = {
        "val_loss": "validation loss (nats)",
        "val_accuracy": "validation accuracy (segment level)",
    }
    if quantity not in labels:
        raise DataError(f"quantity is '{quantity}': choose {' or '.join(labels)}")
    _require(table, _RATES, "rate_table")
    return labels[quantity]


def _require(table: pd.DataFrame, needed: tuple[str, ...], maker: str) -> None:
    require_columns(table, needed, f"pass what {maker} returns")
