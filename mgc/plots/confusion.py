"""Confusion matrices: which genre is taken for which."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import DataError
from mgc.plots.style import axes_or_new, labels_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_confusion(
    matrix: ArrayLike, genres: Sequence[str], unit: str = "clips", ax: "Axes | None" = None
) -> "Axes":
    """Draw a confusion matrix: colour is the share of the row, the number is the count.

    Parameters
    ----------
    matrix : array_like of int, shape (genres, genres)
        Counts, rows true and columns predicted
        (:func:`mgc.evaluate.metrics.confusion_matrix`); several runs may be added up.
    genres : sequence of str
        Names of rows and columns.
    unit : str
        What is counted, for the label of the colour bar.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        A row of a genre that never occurs is drawn with share 0.

    Raises
    ------
    DataError
        If the matrix is not square, does not fit the genres, or holds negative counts.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_confusion([[3, 1], [0, 4]], ["pop", "rock"], ax=Figure().add_subplot())
    >>> ax.get_ylabel()
    'true genre'

    Book: Main results
    """
    import seaborn

    counts = _counts(matrix, genres)
    # Ten rows fill a figure; more take more room, so that every count can be read.
    ax = axes_or_new(ax, scale=max(1.0, len(genres) / 10))
    seaborn.heatmap(
        shares(counts),
        annot=counts,
        fmt="d",
        vmin=0.0,
        vmax=1.0,
        cmap="cividis",
        square=True,
        linewidths=0.5,
        xticklabels=labels_of(genres),
        yticklabels=labels_of(genres),
        cbar_kws={"label": f"share of the true genre's {unit}"},
        ax=ax,
    )
    ax.set(xlabel="predicted genre", ylabel="true genre")
    ax.tick_params(axis="x", rotation=45)
    ax.tick_params(axis="y", rotation=0)
    return ax


def describe_confusion(matrix: ArrayLike, genres: Sequence[str], unit: str = "clips") -> str:
    """Say in words what :func:`plot_confusion` draws.

    Parameters
    ----------
    matrix, genres, unit
        As in :func:`plot_confusion`.

    Returns
    -------
    str
        Alternative text: total, best and worst genre, and the three commonest confusions.

    Raises
    ------
    DataError
        If the matrix is not square, does not fit the genres, or holds negative counts.

    Examples
    --------
    >>> describe_confusion([[3, 1], [0, 4]], ["pop", "rock"])
    'Confusion matrix of 2 genres: 7 of 8 clips lie on the diagonal. Best found is rock (4 of 4), \
worst pop (3 of 4). Commonest confusions: pop taken for rock (1).'

    Book: Main results
    """
    counts = _counts(matrix, genres)
    found, support = np.diag(counts), counts.sum(axis=1)
    present = np.flatnonzero(support)
    recall = found[present] / support[present]
    best, worst = present[recall.argmax()], present[recall.argmin()]
    wrong = counts - np.diag(found)
    order = np.argsort(-wrong, axis=None, kind="stable")[:3]
    pairs = [np.unravel_index(index, wrong.shape) for index in order]
    listed = [f"{genres[t]} taken for {genres[p]} ({wrong[t, p]})" for t, p in pairs if wrong[t, p]]
    return (
        f"Confusion matrix of {len(genres)} genres: {found.sum()} of {counts.sum()} {unit} lie on "
        f"the diagonal. Best found is {genres[best]} ({found[best]} of {support[best]}), worst "
        f"{genres[worst]} ({found[worst]} of {support[worst]}). "
        f"Commonest confusions: {', '.join(listed) or 'none'}."
    )


def shares(matrix: ArrayLike) -> NDArray[np.float64]:
    """Divide each row of counts by its sum; a row of zeros stays one.

    Parameters
    ----------
    matrix : array_like of int, shape (n, n)
        Counts.

    Returns
    -------
    ndarray of float64, shape (n, n)
        In [0, 1].

    Examples
    --------
    >>> shares([[3, 1], [0, 0]]).tolist()
    [[0.75, 0.25], [0.0, 0.0]]
    """
    counts: NDArray[np.float64] = np.asarray(matrix, dtype=np.float64)
    share: NDArray[np.float64] = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    return share


def _counts(matrix: ArrayLike, genres: Sequence[str]) -> NDArray[np.int64]:
    counts = np.asarray(matrix)
    whole = np.issubdtype(counts.dtype, np.integer) and counts.size > 0
    if not whole or counts.shape != (len(genres), len(genres)) or (counts < 0).any():
        raise DataError(
            f"a confusion matrix of {len(genres)} genres needs that many rows and columns of "
            f"counts, but shape is {counts.shape} and dtype {counts.dtype}: pass the result of "
            "confusion_matrix"
        )
    if not counts.any():
        raise DataError("a confusion matrix without any count shows nothing: score some clips")
    return counts.astype(np.int64)
