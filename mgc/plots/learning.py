"""Learning curves of several runs side by side: one colour per optimizer, a band over seeds."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mgc.errors import DataError
from mgc.evaluate.runs import Run
from mgc.plots.optimizer_look import look_of
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

#: What curves can be drawn over.
OVER = ("epochs", "steps", "seconds")


class _Curve(NamedTuple):
    """One run: where its epochs end, and its values there."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]


def plot_learning_curves(
    runs: Sequence[Run],
    quantity: str = "val_accuracy",
    ax: "Axes | None" = None,
    over: str = "epochs",
    steps_per_epoch: int | None = None,
) -> "Axes":
    """Draw a quantity of each optimizer as it learns: mean over seeds, band from least to most.

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
    over : {"epochs", "steps", "seconds"}
        What time is counted in.  Seconds are those of the machine, compilation included; mean and
        band stand where the runs are at the end of an epoch on average.
    steps_per_epoch : int, optional
        Batches of an epoch; needed for steps.

    Returns
    -------
    Axes
        With one colour and dash pattern per optimizer.

    Raises
    ------
    DataError
        If `quantity` or `over` is none of these, or there is no run.

    Examples
    --------
    >>> plot_learning_curves([])
    Traceback (most recent call last):
        ...
    mgc.errors.DataError: no run to draw: pass runs found with find_runs

    Book: Main results
    """
    curves = _curves(runs, quantity, over, steps_per_epoch)
    ax = axes_or_new(ax)
    for optimizer, lines in curves.items():
        look = look_of(optimizer)
        x, y = _common(lines)
        for line in lines:
            ax.plot(line.x, line.y, color=look.colour, lw=0.6, alpha=0.6)
        ax.fill_between(x, y.min(axis=0), y.max(axis=0), color=look.colour, alpha=0.2, lw=0)
        label = f"{optimizer} ({len(lines)} seed{'s' if len(lines) > 1 else ''})"
        ax.plot(x, y.mean(axis=0), color=look.colour, ls=look.dash, label=label)
    ax.set(xlabel=over, ylabel=LABELS[quantity])
    if over == "epochs":
        epoch_axis(ax)
    ax.legend()
    return ax


def describe_learning_curves(
    runs: Sequence[Run],
    quantity: str = "val_accuracy",
    over: str = "epochs",
    steps_per_epoch: int | None = None,
) -> str:
    """Say in words what :func:`plot_learning_curves` draws.

    Parameters
    ----------
    runs, quantity, over, steps_per_epoch
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
    for optimizer, lines in _curves(runs, quantity, over, steps_per_epoch).items():
        x, y = _common(lines)
        mean, ends = y.mean(axis=0), "" if over == "epochs" else f" after {x[-1]:.0f} {over}"
        sentences.append(
            f"{optimizer} ({len(lines)} seed{'s' if len(lines) > 1 else ''}) goes on average from "
            f"{mean[0]:.3f} at epoch 1 to {mean[-1]:.3f} at epoch {len(mean)}{ends}, where its "
            "first run ends"
        )
    return f"Line chart of {LABELS[quantity]} over {over}: {'; '.join(sentences)}."


def _curves(
    runs: Sequence[Run], quantity: str, over: str = "epochs", steps_per_epoch: int | None = None
) -> dict[str, list[_Curve]]:
    """Curves of each run by optimizer, both sorted."""
    if quantity not in LABELS:
        raise DataError(f"quantity is '{quantity}': choose {', '.join(LABELS)}")
    if over not in OVER or (over == "steps" and steps_per_epoch is None):
        raise DataError(
            f"over is '{over}' and steps_per_epoch {steps_per_epoch}: choose {', '.join(OVER)}, "
            "and say for steps how many an epoch has"
        )
    if not runs:
        raise DataError("no run to draw: pass runs found with find_runs")
    curves: dict[str, list[_Curve]] = {}
    for run in sorted(runs, key=lambda run: (str(run.config["optimizer"]), run.seed)):
        epochs: Any = run.history["epoch"] * ((steps_per_epoch or 1) if over == "steps" else 1)
        ends = run.history["seconds"].cumsum() if over == "seconds" else epochs
        x, y = (values.to_numpy(dtype=np.float64) for values in (ends, run.history[quantity]))
        curves.setdefault(str(run.config["optimizer"]), []).append(_Curve(x, y))
    return curves


def _common(lines: Sequence[_Curve]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Stack the epochs that all runs have: mean places (epochs,) and values (runs, epochs)."""
    shortest = min(len(line.y) for line in lines)
    places = np.mean([line.x[:shortest] for line in lines], axis=0)
    return places, np.stack([line.y[:shortest] for line in lines])
