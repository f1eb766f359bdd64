"""Pictures of a printed result read again: two scales, the line between them, sample sizes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mgc.errors import DataError
from mgc.evaluate.forensics.one_vs_rest import Inverted, chance_score, mean_one_vs_rest
from mgc.plots.style import axes_or_new, labels_of
from mgc.plots.tables import name_rows, require_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MARKS = "osD^vP"


def plot_two_scales(table: pd.DataFrame, ax: "Axes | None" = None) -> "Axes":
    """Draw the one-vs-rest accuracy of each class beside its recall.

    Parameters
    ----------
    table : DataFrame
        Of :func:`mgc.evaluate.forensics.one_vs_rest.one_vs_rest_table`.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        One row a class in percent; vertical lines are the means.

    Raises
    ------
    DataError
        If the table lacks a column or has no row.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"accuracy": [0.9, 0.9], "recall": [0.8, 1.0]}, index=["a", "b"])
    >>> plot_two_scales(table, Figure().add_subplot()).get_xlabel()
    'percent'

    Book: Patil et al. (2023), re-read
    """
    _require(table)
    ax = axes_or_new(ax)
    rows = np.arange(len(table))
    pairs = (("accuracy", "one against the rest", "D"), ("recall", "recall", "o"))
    values = {name: 100 * table[name].to_numpy(dtype=np.float64) for name, _, _ in pairs}
    ax.hlines(rows, values["recall"], values["accuracy"], color="0.7", lw=1.5)
    for colour, (name, words, mark) in zip(("C1", "C0"), pairs, strict=True):
        mean = values[name].mean()
        ax.plot(values[name], rows, mark, ls="", color=colour, label=words)
        ax.axvline(mean, color=colour, ls="--", lw=1.2, label=f"mean {mean:.2f}")
    name_rows(ax, labels_of([str(name) for name in table.index]))
    ax.set_xlabel("percent")
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return ax


def describe_two_scales(table: pd.DataFrame) -> str:
    """Say in words what :func:`plot_two_scales` draws.

    Examples
    --------
    >>> table = pd.DataFrame({"accuracy": [0.9, 0.9], "recall": [0.8, 1.0]}, index=["a", "b"])
    >>> describe_two_scales(table)
    'Dots for 2 classes on two scales, in percent. One against the rest: 90.00 to 90.00, mean \
90.00. Recall: 80.00 (a) to 100.00 (b), mean 90.00.'

    Book: Patil et al. (2023), re-read
    """
    _require(table)
    accuracy, recall = 100 * table["accuracy"], 100 * table["recall"]
    return (
        f"Dots for {len(table)} classes on two scales, in percent. One against the rest: "
        f"{accuracy.min():.2f} to {accuracy.max():.2f}, mean {accuracy.mean():.2f}. Recall: "
        f"{recall.min():.2f} ({recall.idxmin()}) to {recall.max():.2f} ({recall.idxmax()}), mean "
        f"{recall.mean():.2f}."
    )


def plot_identity(found: Mapping[str, tuple[int, Inverted]], ax: "Axes | None" = None) -> "Axes":
    """Draw the mean one-vs-rest accuracy as a function of the accuracy, one line for each K.

    Parameters
    ----------
    found : mapping of str to (int, Inverted)
        Data set to its number of classes and
        :func:`mgc.evaluate.forensics.one_vs_rest.invert_printed`.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Both scales in percent.  A mark on the line is a printed result, a cross guessing.

    Raises
    ------
    DataError
        If there is nothing to draw.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> found = {"two": (2, Inverted(0.9, 0.9, 0.9, 0.9))}
    >>> plot_identity(found, Figure().add_subplot()).get_ylabel()
    'mean one-vs-rest accuracy (%)'

    Book: Patil et al. (2023), re-read
    """
    _require_found(found)
    ax = axes_or_new(ax)
    for number, (name, (n_classes, result)) in enumerate(found.items()):
        colour = f"C{number}"
        ends = [100 * mean_one_vs_rest(accuracy, n_classes) for accuracy in (0.0, 1.0)]
        ax.plot([0, 100], ends, color=colour, lw=1.5)
        guess = (100 / n_classes, 100 * chance_score(n_classes))
        ax.plot(*guess, "x", color=colour, ms=8, mew=2)
        ax.plot(
            *(100 * result.accuracy, 100 * result.mean),
            _MARKS[number % len(_MARKS)],
            color=colour,
            ls="",
            label=f"{name}, {n_classes} classes",
        )
    ax.plot([0, 100], [0, 100], color="0.6", lw=1, ls=":")
    ax.plot([], [], "x", color="0.35", ms=8, mew=2, ls="", label="guessing")
    ax.set(xlabel="accuracy (%)", ylabel="mean one-vs-rest accuracy (%)", xlim=(0, 101))
    ax.set_ylim(45, 101)
    ax.legend(loc="lower right")
    return ax


def describe_identity(found: Mapping[str, tuple[int, Inverted]]) -> str:
    """Say in words what :func:`plot_identity` draws.

    Examples
    --------
    >>> describe_identity({"two": (2, Inverted(0.9, 0.9, 0.9, 0.9))})
    'Straight lines from accuracy to mean one-vs-rest accuracy, in percent: two, 2 classes, from \
0.0 at none right to 100 at all right; guessing 50.0, printed 90.00, which is an accuracy of 90.00.'

    Book: Patil et al. (2023), re-read
    """
    _require_found(found)
    parts = [
        f"{name}, {k} classes, from {100 * mean_one_vs_rest(0, k):.1f} at none right to 100 at all "
        f"right; guessing {100 * chance_score(k):.1f}, printed {100 * result.mean:.2f}, which is "
        f"an accuracy of {100 * result.accuracy:.2f}"
        for name, (k, result) in found.items()
    ]
    return (
        "Straight lines from accuracy to mean one-vs-rest accuracy, in percent: "
        f"{'; '.join(parts)}."
    )


def plot_sample_sizes(
    sizes: Mapping[str, Sequence[int]],
    stated: Mapping[str, Mapping[str, int]],
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw which sample sizes printed decimals allow, and which are stated.

    Parameters
    ----------
    sizes : mapping of str to sequence of int
        Data set to the sizes that are allowed
        (:func:`mgc.evaluate.forensics.decimals.sample_sizes`).
    stated : mapping of str to mapping of str to int
        Name of a kind of size (for example ``'a fifth of it'``) to the size in each data set.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        One row a data set, sizes on a logarithmic axis; a bar is an allowed size.

    Raises
    ------
    DataError
        If there is nothing to draw.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_sample_sizes({"one": [183]}, {"all": {"one": 300}}, Figure().add_subplot())
    >>> ax.get_xscale()
    'log'

    Book: Patil et al. (2023), re-read
    """
    _require_found(sizes)
    ax = axes_or_new(ax)
    names = list(sizes)
    for row, name in enumerate(names):
        allowed = np.asarray(sizes[name], dtype=np.float64)
        label = "" if row else "decimals allow"  # an empty one is not listed
        ax.vlines(allowed, row - 0.3, row + 0.3, color="C0", lw=1.5, label=label)
    for number, (words, values) in enumerate(stated.items(), start=1):
        places = [(values[name], row) for row, name in enumerate(names) if name in values]
        ax.plot(
            *zip(*places, strict=True), _MARKS[number], color=f"C{number}", ms=8, ls="", label=words
        )
    ax.set_xscale("log")
    ax.set_xlim(20, 4000)
    ticks = [20, 50, 100, 200, 500, 1000, 2000, 4000]
    ax.set_xticks(ticks, labels=[str(tick) for tick in ticks])
    ax.minorticks_off()
    name_rows(ax, names)
    ax.set_xlabel("number of decisions")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2)
    return ax


def describe_sample_sizes(
    sizes: Mapping[str, Sequence[int]], stated: Mapping[str, Mapping[str, int]]
) -> str:
    """Say in words what :func:`plot_sample_sizes` draws.

    Examples
    --------
    >>> describe_sample_sizes({"one": [183, 366]}, {"all": {"one": 300}})
    'Sample sizes that printed decimals allow: one 2 sizes from 183 to 366 (stated all 300).'

    Book: Patil et al. (2023), re-read
    """
    _require_found(sizes)
    parts = []
    for name, allowed in sizes.items():
        ends = f"{len(allowed)} sizes from {min(allowed)} to {max(allowed)}" if allowed else "none"
        words = ", ".join(f"{kind} {of[name]}" for kind, of in stated.items() if name in of)
        parts.append(f"{name} {ends} (stated {words})")
    return f"Sample sizes that printed decimals allow: {'; '.join(parts)}."


def _require(table: pd.DataFrame) -> None:
    remedy = "pass what one_vs_rest_table returns"
    require_columns(table, ("accuracy", "recall"), remedy, "table of classes")


def _require_found(found: Mapping[str, object]) -> None:
    if not found:
        raise DataError("nothing to draw: pass at least one data set")
