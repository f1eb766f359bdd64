"""Evidence for repetitions: similarity over the offset, and what tells a copy from a loop."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mgc.errors import DataError
from mgc.plots.style import axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Marker of each kind of pair, the same in every figure.
_MARKERS = {
    "identical": "s",
    "near": "o",
    "shifted": "^",
    "speed": "D",
    "version": "*",
    "loop": "P",
    "none": "x",
}


def plot_curves(curves: pd.DataFrame, ax: "Axes | None" = None) -> "Axes":
    """Draw the similarity of some pairs over the offset.

    Parameters
    ----------
    curves : DataFrame
        Index ``offset_s`` in seconds, one column of similarities (-1 to 1) for each pair; see
        :class:`mgc.audit.duplicates.Duplicates`.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        One line a pair, with a dot at its peak.

    Raises
    ------
    DataError
        If there is no curve.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> curves = pd.DataFrame({"a+b": [0.1, 0.9, 0.0]}, index=[-1.0, 0.0, 1.0])
    >>> plot_curves(curves, Figure().add_subplot()).get_ylabel()
    'similarity'

    Book: GTZAN and its faults
    """
    _require(curves)
    ax = axes_or_new(ax)
    for number, (pair, curve) in enumerate(curves.items()):
        offset, similarity, peak = _arrays(curve)
        names = str(pair).replace("+", ", ")
        ax.plot(offset, similarity, f"C{number}", linewidth=1, label=names)
        ax.plot(offset[peak], similarity[peak], f"C{number}o", markersize=5)
    ax.set(xlabel="second clip starts later by (s)", ylabel="similarity", ylim=(-0.35, 1.05))
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2)
    return ax


def describe_curves(curves: pd.DataFrame) -> str:
    """Say in words what :func:`plot_curves` draws.

    Parameters
    ----------
    curves : DataFrame
        As in :func:`plot_curves`.

    Returns
    -------
    str
        Alternative text: where each pair has its peak, and how high the rest of its curve gets.

    Raises
    ------
    DataError
        If there is no curve.

    Examples
    --------
    >>> curves = pd.DataFrame({"a+b": [0.1, 0.9, 0.0]}, index=[-1.0, 0.0, 1.0])
    >>> describe_curves(curves)
    'Similarity over the offset: a and b peak with 0.90 at 0.0 s, elsewhere at most 0.10.'

    Book: GTZAN and its faults
    """
    _require(curves)
    parts = []
    for pair, curve in curves.items():
        offset, similarity, peak = _arrays(curve)
        away = similarity[np.abs(offset - offset[peak]) > 0.5]
        rest = f", elsewhere at most {away.max():.2f}" if len(away) else ""
        names = str(pair).replace("+", " and ")
        parts.append(f"{names} peak with {similarity[peak]:.2f} at {offset[peak]:.1f} s{rest}")
    return f"Similarity over the offset: {'; '.join(parts)}."


def plot_verdicts(pairs: pd.DataFrame, least: float, ax: "Axes | None" = None) -> "Axes":
    """Draw similarity against steadiness, one mark a pair.

    Parameters
    ----------
    pairs : DataFrame
        Columns ``kind``, ``similarity`` and ``steadiness``; see
        :class:`mgc.audit.duplicates.Duplicates`.
    least : float
        Steadiness from which a pair counts as one recording: a dashed line.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Copies lie in the upper right corner.

    Raises
    ------
    DataError
        If there is no pair or a column is missing.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> pairs = pd.DataFrame({"kind": ["near"], "similarity": [0.9], "steadiness": [0.8]})
    >>> plot_verdicts(pairs, 0.66, Figure().add_subplot()).get_xlabel()
    'similarity at the best offset'

    Book: GTZAN and its faults
    """
    _require(pairs, "kind", "similarity", "steadiness")
    ax = axes_or_new(ax)
    for number, (kind, marker) in enumerate(_MARKERS.items()):
        own = pairs[pairs["kind"] == kind]
        if len(own):
            ax.scatter(
                own["similarity"],
                own["steadiness"],
                s=28,
                color=f"C{number}",
                marker=marker,
                label=f"{kind} ({len(own)})",
            )
    ax.axhline(least, color="0.4", linestyle="--", linewidth=1)
    ax.set(xlabel="similarity at the best offset", ylabel="similarity of the worst tenth")
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return ax


def describe_verdicts(pairs: pd.DataFrame, least: float) -> str:
    """Say in words what :func:`plot_verdicts` draws.

    Parameters
    ----------
    pairs, least
        As in :func:`plot_verdicts`.

    Returns
    -------
    str
        Alternative text: how many pairs lie on either side of the line, and how near to it.

    Raises
    ------
    DataError
        If there is no pair or a column is missing.

    Examples
    --------
    >>> pairs = pd.DataFrame({"kind": ["near"], "similarity": [0.9], "steadiness": [0.8]})
    >>> describe_verdicts(pairs, 0.66)
    'Scatter of 1 pairs: 1 above the line at 0.66 (lowest 0.80), 0 below it.'

    Book: GTZAN and its faults
    """
    _require(pairs, "kind", "similarity", "steadiness")
    above = pairs["steadiness"] >= least
    high, low = pairs.loc[above, "steadiness"], pairs.loc[~above, "steadiness"]
    lowest = f" (lowest {high.min():.2f})" if len(high) else ""
    highest = f" (highest {low.max():.2f})" if len(low) else ""
    return (
        f"Scatter of {len(pairs)} pairs: {len(high)} above the line at {least:g}{lowest}, "
        f"{len(low)} below it{highest}."
    )


def _arrays(curve: "pd.Series[float]") -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """Return offsets, similarities and the position of the peak of one curve."""
    known = curve.dropna()
    similarity: NDArray[np.float64] = np.asarray(known, dtype=np.float64)
    offset: NDArray[np.float64] = np.asarray(known.index, dtype=np.float64)
    return offset, similarity, int(similarity.argmax())


def _require(table: pd.DataFrame, *columns: str) -> None:
    missing = [name for name in columns if name not in table.columns]
    if missing or table.empty:
        raise DataError(
            f"the table lacks {', '.join(missing) or 'rows or columns'}: pass what "
            "find_duplicates returns"
        )
