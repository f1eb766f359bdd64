"""Accuracy and its relatives, from true and predicted genres alone (tracks or segments)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from mgc.errors import DataError


def accuracy(true: ArrayLike, predicted: ArrayLike) -> float:
    """Return the share of right decisions.

    Parameters
    ----------
    true, predicted : array_like of str, shape (n,)
        Genres, n >= 1.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    DataError
        If there is nothing to score or the lengths differ.

    Examples
    --------
    >>> accuracy(["pop", "pop", "rock"], ["pop", "rock", "rock"]).__round__(3)
    0.667

    Book: Main results
    """
    right, guess = _pair(true, predicted)
    return float(np.mean(right == guess))


def confusion_matrix(
    true: ArrayLike, predicted: ArrayLike, genres: Sequence[str]
) -> NDArray[np.int64]:
    """Count decisions by true genre (rows) and predicted genre (columns).

    Parameters
    ----------
    true, predicted : array_like of str, shape (n,)
        Genres, n >= 1.
    genres : sequence of str
        Order of rows and columns.

    Returns
    -------
    ndarray of int64, shape (len(genres), len(genres))
        Counts; they add up to n.

    Raises
    ------
    DataError
        If there is nothing to score, the lengths differ, or a genre is not among `genres`.

    Examples
    --------
    >>> confusion_matrix(["pop", "pop", "rock"], ["pop", "rock", "rock"], ["pop", "rock"])
    array([[1, 1],
           [0, 1]])

    Book: Main results
    """
    right, guess = _pair(true, predicted)
    index = pd.Index(list(genres))
    rows, columns = index.get_indexer(pd.Index(right)), index.get_indexer(pd.Index(guess))
    unknown = sorted({*right[rows < 0], *guess[columns < 0]})
    if unknown:
        raise DataError(
            f"decisions name {', '.join(map(str, unknown))}, but the genres are "
            f"{', '.join(genres)}: pass the genres that the network was trained on"
        )
    matrix = np.zeros((len(index), len(index)), dtype=np.int64)
    np.add.at(matrix, (rows, columns), 1)
    return matrix


def macro_recall(true: ArrayLike, predicted: ArrayLike) -> float:
    """Return the mean over genres of the share found, also called balanced accuracy.

    Parameters
    ----------
    true, predicted : array_like of str, shape (n,)
        Genres, n >= 1.

    Returns
    -------
    float
        In [0, 1].  The mean runs over the genres that occur in `true`; the others have no recall.

    Raises
    ------
    DataError
        If there is nothing to score or the lengths differ.

    Examples
    --------
    >>> macro_recall(["pop", "pop", "rock"], ["pop", "rock", "rock"])
    0.75

    References
    ----------
    Brodersen et al. (2010), "The balanced accuracy and its posterior distribution",
    doi:10.1109/ICPR.2010.764.

    Book: Main results
    """
    right, guess = _pair(true, predicted)
    _, genre = np.unique(right, return_inverse=True)
    found = np.bincount(genre, weights=right == guess)
    return float(np.mean(found / np.bincount(genre)))


def per_genre_table(true: ArrayLike, predicted: ArrayLike, genres: Sequence[str]) -> pd.DataFrame:
    """Return precision, recall, F1 and support of each genre.

    Parameters
    ----------
    true, predicted : array_like of str, shape (n,)
        Genres, n >= 1.
    genres : sequence of str
        Rows of the table.

    Returns
    -------
    DataFrame
        Index `genre`; columns ``precision, recall, f1`` in [0, 1] and ``support`` (number of true
        ones).  As in scikit-learn with ``zero_division=0``, a genre that was never predicted has
        precision 0 and one that never occurs has recall 0: read them beside the support.

    Raises
    ------
    DataError
        If there is nothing to score, the lengths differ, or a genre is not among `genres`.

    Examples
    --------
    >>> table = per_genre_table(["pop", "pop", "rock"], ["pop", "rock", "rock"], ["pop", "rock"])
    >>> table.round(2).loc["pop"].tolist()
    [1.0, 0.5, 0.67, 2.0]

    Book: Main results
    """
    return scores_of_matrix(confusion_matrix(true, predicted, genres), genres)


def scores_of_matrix(matrix: ArrayLike, genres: Sequence[str]) -> pd.DataFrame:
    """Return what :func:`per_genre_table` does, from the counts of a confusion matrix.

    Parameters
    ----------
    matrix : array_like of int, shape (len(genres), len(genres))
        Rows true, columns predicted.
    genres : sequence of str
        Names of rows and columns.

    Returns
    -------
    DataFrame
        Index `genre`; columns ``precision, recall, f1`` in [0, 1] and ``support``.

    Examples
    --------
    >>> scores_of_matrix([[3, 1], [0, 4]], ["pop", "rock"])["recall"].tolist()
    [0.75, 1.0]

    Book: Main results
    """
    counts = np.asarray(matrix)
    found = np.diag(counts).astype(np.float64)
    support, predictions = counts.sum(axis=1), counts.sum(axis=0)
    return pd.DataFrame(
        {
            "precision": found / np.maximum(predictions, 1),
            "recall": found / np.maximum(support, 1),
            "f1": 2 * found / np.maximum(support + predictions, 1),
            "support": support,
        },
        index=pd.Index(list(genres), name="genre"),
    )


def _pair(true: ArrayLike, predicted: ArrayLike) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    right, guess = np.asarray(true, dtype=object), np.asarray(predicted, dtype=object)
    if right.ndim != 1 or right.shape != guess.shape or right.size == 0:
        raise DataError(
            f"true and predicted genres have shapes {right.shape} and {guess.shape}: "
            "pass two one-dimensional sequences of one length, at least 1"
        )
    return right, guess
