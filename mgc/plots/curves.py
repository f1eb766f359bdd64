"""Curves of one run over its epochs: loss, accuracy and gradient norm."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mgc.errors import DataError
from mgc.evaluate.runs import best_epoch
from mgc.plots.style import PART_COLOURS, axes_or_new, epoch_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_history(
    history: pd.DataFrame,
    quantity: str = "loss",
    monitor: str = "val_loss",
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw loss or accuracy of training and validation over the epochs of one run.

    Parameters
    ----------
    history : DataFrame
        ``history.csv`` of a run: ``epoch`` (from 1), the quantity, ``val_<quantity>``, the
        `monitor` and ``learning_rate``.
    quantity : {"loss", "accuracy"}
        Keras' loss in nats (cross-entropy, and the L2 penalty of a model that has one), or share
        of right segments.
    monitor : str
        Column that selected the weights; its best epoch is marked.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        With a dotted line at each epoch that began with a lower learning rate.

    Raises
    ------
    DataError
        If `quantity` is neither.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> history = pd.DataFrame({"epoch": [1, 2], "loss": [2.0, 1.0], "val_loss": [2.1, 1.9],
    ...     "learning_rate": [1e-3, 1e-3]})
    >>> plot_history(history, ax=Figure().add_subplot()).get_ylabel()
    'loss (nats, with any L2 penalty)'

    Book: Training with papermill
    """
    label = _history_label(quantity)
    ax = axes_or_new(ax)
    epochs = history["epoch"].to_numpy()
    for name, part, dash in ((quantity, "train", "-"), (f"val_{quantity}", "valid", "--")):
        words = "training" if part == "train" else "validation"
        ax.plot(epochs, history[name].to_numpy(), dash, color=PART_COLOURS[part], label=words)
    best = best_epoch(history, monitor)
    value = history.loc[history["epoch"] == best, f"val_{quantity}"].iloc[0]
    ax.plot([best], [value], "o", color=PART_COLOURS["valid"], label=f"kept weights: epoch {best}")
    for number, epoch in enumerate(learning_rate_drops(history)):
        ax.axvline(
            epoch, color="0.5", ls=":", lw=1, label=None if number else "lower learning rate"
        )
    ax.set(ylabel=label)
    epoch_axis(ax)
    ax.legend()
    return ax


def describe_history(
    history: pd.DataFrame, quantity: str = "loss", monitor: str = "val_loss"
) -> str:
    """Say in words what :func:`plot_history` draws.

    Parameters
    ----------
    history, quantity, monitor
        As in :func:`plot_history`.

    Returns
    -------
    str
        Alternative text.

    Raises
    ------
    DataError
        If `quantity` is neither loss nor accuracy.

    Examples
    --------
    >>> history = pd.DataFrame({"epoch": [1, 2], "loss": [2.0, 1.0], "val_loss": [2.1, 1.9],
    ...     "learning_rate": [1e-3, 1e-3]})
    >>> describe_history(history)[:70]
    'Line chart of loss (nats, with any L2 penalty) over 2 epochs: training'

    Book: Training with papermill
    """
    label = _history_label(quantity)
    first, last = history.iloc[0], history.iloc[-1]
    best = best_epoch(history, monitor)
    at_best = history.loc[history["epoch"] == best, f"val_{quantity}"].iloc[0]
    drops = [str(epoch) for epoch in learning_rate_drops(history)]
    rates = f"was lowered at epoch {', '.join(drops)}" if drops else "stayed the same"
    return (
        f"Line chart of {label} over {len(history)} epochs: training goes from "
        f"{first[quantity]:.3f} to {last[quantity]:.3f}, validation from "
        f"{first[f'val_{quantity}']:.3f} to {last[f'val_{quantity}']:.3f}. The kept weights are "
        f"of epoch {best}, with validation {at_best:.3f}. The learning rate {rates}."
    )


def learning_rate_drops(history: pd.DataFrame) -> list[int]:
    """List the epochs whose learning rate is below that of the epoch before.

    Parameters
    ----------
    history : DataFrame
        With ``epoch`` and ``learning_rate``.

    Returns
    -------
    list of int
        Epochs, from 2.

    Examples
    --------
    >>> learning_rate_drops(pd.DataFrame({"epoch": [1, 2, 3], "learning_rate": [1, 1, 0.5]}))
    [3]
    """
    return [int(epoch) for epoch in history["epoch"][history["learning_rate"].diff() < 0]]


def plot_gradient_norm(history: pd.DataFrame, ax: "Axes | None" = None) -> "Axes":
    """Draw the norm of the gradient over the epochs of one run, on a logarithmic axis.

    Parameters
    ----------
    history : DataFrame
        With ``epoch`` (from 1) and ``gradient_norm`` (> 0).
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        With one line.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> history = pd.DataFrame({"epoch": [1, 2], "gradient_norm": [3.0, 0.5]})
    >>> plot_gradient_norm(history, Figure().add_subplot()).get_yscale()
    'log'

    Book: Training with papermill
    """
    ax = axes_or_new(ax)
    ax.plot(history["epoch"].to_numpy(), history["gradient_norm"].to_numpy(), color="C0")
    ax.set(ylabel="2-norm of the gradient", yscale="log")
    epoch_axis(ax)
    return ax


def describe_gradient_norm(history: pd.DataFrame) -> str:
    """Say in words what :func:`plot_gradient_norm` draws.

    Parameters
    ----------
    history : DataFrame
        As in :func:`plot_gradient_norm`.

    Returns
    -------
    str
        Alternative text.

    Examples
    --------
    >>> history = pd.DataFrame({"epoch": [1, 2], "gradient_norm": [3.0, 0.5]})
    >>> describe_gradient_norm(history)
    'Line chart, logarithmic: the gradient norm goes from 3 at epoch 1 to 0.5 at epoch 2; its \
largest value is 3 at epoch 1.'

    Book: Training with papermill
    """
    norm, epoch = history["gradient_norm"].to_numpy(), history["epoch"].to_numpy()
    top = int(np.nanargmax(norm))
    return (
        f"Line chart, logarithmic: the gradient norm goes from {norm[0]:.3g} at epoch {epoch[0]} "
        f"to {norm[-1]:.3g} at epoch {epoch[-1]}; its largest value is {norm[top]:.3g} at epoch "
        f"{epoch[top]}."
    )


def _history_label(quantity: str) -> str:
    labels = {"loss": "loss (nats, with any L2 penalty)", "accuracy": "accuracy (segment level)"}
    if quantity not in labels:
        raise DataError(f"quantity is '{quantity}': choose {' or '.join(labels)}")
    return labels[quantity]
