"""Front ends compared: how far each is from log-mel levels, under each classifier."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from mgc.errors import DataError
from mgc.plots.style import axes_or_new
from mgc.plots.tables import name_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NEEDED = ("model", "features", "difference", "difference_low", "difference_high")

# Distance between the marks of one row, as a share of the distance between rows.
_OFFSET = 0.22


def plot_differences(
    table: pd.DataFrame, reference: str = "log_mel", ax: "Axes | None" = None
) -> "Axes":
    """Draw the paired difference of each features to the reference, with its interval.

    Parameters
    ----------
    table : DataFrame
        :func:`mgc.evaluate.front_ends.features_table` of one split; the first features come on
        top, the reference itself is the line at 0.
    reference : str
        What the differences are to.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Differences in percentage points, a colour and a mark for each model.

    Raises
    ------
    DataError
        If the table has no row but the reference, or lacks a column.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"model": "svm", "features": ["mel"], "difference": [-0.1],
    ...     "difference_low": [-0.15], "difference_high": [-0.05]})
    >>> plot_differences(table, ax=Figure().add_subplot()).get_xlabel()
    'difference to log_mel (points, track level)'

    Book: Front ends compared
    """
    shown = _shown(table, reference)
    features = list(dict.fromkeys(shown["features"]))
    ax = axes_or_new(ax, scale=1.0 + len(features) / 40)
    models = list(shown.groupby("model"))
    for number, (model, rows) in enumerate(models):
        y = np.array([features.index(name) for name in rows["features"]], dtype=np.float64)
        y += _OFFSET * (number - (len(models) - 1) / 2)
        ends = (100 * rows["difference_low"], 100 * rows["difference_high"])
        ax.hlines(y, *ends, color=f"C{number}", lw=2)
        ax.plot(100 * rows["difference"], y, "oD^s"[number % 4], color=f"C{number}", label=model)
    ax.axvline(0, color="0.4", lw=1, ls="--")
    name_rows(ax, features)
    ax.set_xlabel(f"difference to {reference} (points, track level)")
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return ax


def describe_differences(table: pd.DataFrame, reference: str = "log_mel") -> str:
    """Say in words what :func:`plot_differences` draws.

    Examples
    --------
    >>> table = pd.DataFrame({"model": "svm", "features": ["mel"], "difference": [-0.1],
    ...     "difference_low": [-0.15], "difference_high": [-0.05]})
    >>> describe_differences(table)
    'Difference to log_mel in points with 95 % intervals. svm: mel -10.0 (-15.0 to -5.0).'

    Book: Front ends compared
    """
    lines = []
    for model, rows in _shown(table, reference).groupby("model"):
        ends = rows[["features", *_NEEDED[2:]]].itertuples(index=False, name=None)
        values = [
            f"{name} {100 * mean:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"
            for name, mean, low, high in ends
        ]
        lines.append(f"{model}: {', '.join(values)}.")
    return f"Difference to {reference} in points with 95 % intervals. {' '.join(lines)}"


def plot_pictures(
    pictures: Mapping[str, ArrayLike], seconds: float, axes: "Sequence[Axes] | None" = None
) -> "Axes":
    """Draw what each front end makes of one segment, one picture beside the other.

    Parameters
    ----------
    pictures : mapping of str to array_like of shape (rows, columns)
        Title to features; the first row is drawn lowest.
    seconds : float
        Length of the segment.
    axes : sequence of Axes, optional
        One for each picture; a row of new axes if not given.

    Returns
    -------
    Axes
        The first.

    Book: Front ends compared
    """
    if axes is None:
        import matplotlib.pyplot as plt

        axes = plt.subplots(1, len(pictures), figsize=(2.6 * len(pictures), 3.0))[1]
    for ax, (title, picture) in zip(axes, pictures.items(), strict=True):
        values = np.asarray(picture)
        extent = (0.0, seconds, 0.0, float(len(values)))
        ax.imshow(values, origin="lower", aspect="auto", extent=extent, interpolation="nearest")
        ax.set(title=title, xlabel="time (s)")
        ax.grid(False)
    axes[0].set_ylabel("row")
    return axes[0]


def describe_pictures(pictures: Mapping[str, ArrayLike], seconds: float) -> str:
    """Say in words what :func:`plot_pictures` draws.

    Examples
    --------
    >>> describe_pictures({"mfcc": np.zeros((20, 77))}, 6.0)
    'Pictures of one segment of 6.0 s, each with its own scale of brightness: mfcc, 20 rows.'

    Book: Front ends compared
    """
    rows = [f"{title}, {len(np.asarray(picture))} rows" for title, picture in pictures.items()]
    return (
        f"Pictures of one segment of {seconds:.1f} s, each with its own scale of brightness: "
        f"{'; '.join(rows)}."
    )


def _shown(table: pd.DataFrame, reference: str) -> pd.DataFrame:
    missing = [name for name in _NEEDED if name not in table.columns]
    shown = table if missing else table[table["features"] != reference]
    if missing or shown.empty:
        raise DataError(
            f"the table of features lacks {', '.join(missing) or f'rows beside {reference}'}: "
            "pass what features_table returns, of one split"
        )
    return shown
