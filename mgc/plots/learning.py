"""Learning curves of several runs side by side: one colour per optimizer, a band over seeds."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mgc.errors import DataError
from mgc.evaluate.runs import Run
from mgc.plots.style import axes_or_new, epoch_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Axis label, with unit, of each column of ``history.csv`` that can be drawn.  A loss is Keras':
#: cross-entropy, and the L2 penalty of a model that has one.
LABELS = {
    "loss": "training loss (nats, with any L2 penalty)",
    "val_loss": "validation loss (nats, with any L2 penalty)",
    "accuracy": "training accuracy (segment level)",
    "val_accuracy": "validation accuracy (segment level)",
}

#: Dash patterns beside the colours, so that lines differ in print as well.
_DASHES = ("-", "--", "-.", ":")


def plot_learning_curves(
    runs: Sequence[Run], quantity: str = "val_accuracy", ax: "Axes | None" = None
) -> "Axes":
    """Draw a quantity over epochs for each optimizer: mean over seeds, band from least to most.

    Mean and band end with the shortest run of an optimizer, for a mean over the runs that happen
    to last longest would favour them; thin lines show each seed to its end.

    Parameters
    ----------
    runs : sequence of Run
        Runs of one model, data set and split.
    quantity : {"loss", "val_loss", "accuracy", "val_accuracy"}
        Column of the histories.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        With one colour and dash pattern per optimizer.

    Raises
    ------
    DataError
        If `quantity` is none of these, or there is no run.

    Examples
    --------
    >>> plot_learning_curves([])
    Traceback (most recent call last):
        ...
    mgc.errors.DataError: no run to draw: pass runs found with find_runs

    Book: Main results
    """
    curves = _curves(runs, quantity)
    ax = axes_or_new(ax)
    for number, (optimizer, lines) in enumerate(curves.items()):
        colour, dash = f"C{number}", _DASHES[number % len(_DASHES)]
        common = _common(lines)
        epochs = np.arange(1, common.shape[1] + 1)
        for line in lines:
            ax.plot(np.arange(1, len(line) + 1), line, color=colour, lw=0.6, alpha=0.6)
        ax.fill_between(
            epochs, common.min(axis=0), common.max(axis=0), color=colour, alpha=0.2, lw=0
        )
        label = f"{optimizer} ({len(lines)} seed{'s' if len(lines) > 1 else ''})"
        ax.plot(epochs, common.mean(axis=0), dash, color=colour, label=label)
    ax.set(ylabel=LABELS[quantity])
    epoch_axis(ax)
    ax.legend()
    return ax


def describe_learning_curves(runs: Sequence[Run], quantity: str = "val_accuracy") -> str:
    """Say in words what :func:`plot_learning_curves` draws.

    Parameters
    ----------
    runs, quantity
        As in :func:`plot_learning_curves`.

    Returns
    -------
    str
        Alternative text.

    Raises
    ------
    DataError
        If `quantity` cannot be drawn, or there is no run.

    Examples
    --------
    >>> describe_learning_curves([])
    Traceback (most recent call last):
        ...
    mgc.errors.DataError: no run to draw: pass runs found with find_runs

    Book: Main results
    """
    sentences = []
    for optimizer, lines in _curves(runs, quantity).items():
        mean = _common(lines).mean(axis=0)
        sentences.append(
            f"{optimizer} ({len(lines)} seed{'s' if len(lines) > 1 else ''}) goes on average from "
            f"{mean[0]:.3f} at epoch 1 to {mean[-1]:.3f} at epoch {len(mean)}, where its first "
            "run ends"
        )
    return f"Line chart of {LABELS[quantity]} over epochs: {'; '.join(sentences)}."


def _curves(runs: Sequence[Run], quantity: str) -> dict[str, list[NDArray[np.float64]]]:
    """Values of each run by optimizer, both sorted."""
    if quantity not in LABELS:
        raise DataError(f"quantity is '{quantity}': choose {', '.join(LABELS)}")
    if not runs:
        raise DataError("no run to draw: pass runs found with find_runs")
    curves: dict[str, list[NDArray[np.float64]]] = {}
    for run in sorted(runs, key=lambda run: (str(run.config["optimizer"]), run.seed)):
        values = run.history[quantity].to_numpy(dtype=np.float64)
        curves.setdefault(str(run.config["optimizer"]), []).append(values)
    return curves


def _common(lines: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Stack the epochs that all lines have, shape (lines, epochs)."""
    shortest = min(len(line) for line in lines)
    return np.stack([line[:shortest] for line in lines])
