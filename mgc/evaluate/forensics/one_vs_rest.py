"""One-vs-rest accuracy: what its mean over classes says about the accuracy, and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from mgc.errors import DataError
from mgc.evaluate.metrics import scores_of_matrix


@dataclass(frozen=True)
class Inverted:
    """An accuracy worked out from printed numbers.

    Attributes
    ----------
    mean : float
        Mean of the one-vs-rest accuracies, in [0, 1].
    accuracy, low, high : float
        Accuracy that belongs to it, and the least and greatest that the printed digits allow.
    """

    mean: float
    accuracy: float
    low: float
    high: float


def one_vs_rest_table(matrix: ArrayLike, names: Sequence[str]) -> pd.DataFrame:
    """Score each class as a problem of its own: this class or any other.

    Parameters
    ----------
    matrix : array_like of int, shape (K, K)
        Counts, rows true and columns predicted.
    names : sequence of str
        The K classes.

    Returns
    -------
    DataFrame
        Index ``class``; ``accuracy`` (one-vs-rest), ``precision, recall, f1`` in [0, 1], ``missed``
        (of this class, called another), ``wrongly`` (of another class, called this) and
        ``support``.

    Raises
    ------
    DataError
        If the matrix is not square, does not fit the names, or holds no or negative counts.

    Examples
    --------
    >>> one_vs_rest_table([[3, 1], [0, 4]], ["pop", "rock"])["accuracy"].tolist()
    [0.875, 0.875]

    Book: Patil et al. (2023), re-read
    """
    counts = np.asarray(matrix)
    if counts.shape != (len(names),) * 2 or counts.sum() < 1 or (counts < 0).any():
        raise DataError(
            f"a confusion matrix of {len(names)} classes needs as many rows and columns of counts, "
            f"not all 0, but came with shape {counts.shape} and sum {counts.sum()}"
        )
    right = np.diag(counts)
    table = scores_of_matrix(counts, names).rename_axis("class")
    table["missed"], table["wrongly"] = counts.sum(axis=1) - right, counts.sum(axis=0) - right
    table.insert(0, "accuracy", 1 - (table["missed"] + table["wrongly"]) / counts.sum())
    return table


def mean_one_vs_rest(accuracy: float, n_classes: int) -> float:
    """Return the mean one-vs-rest accuracy that belongs to an accuracy.

    Each wrong decision is an error in two of the `n_classes` problems, that of the true and that of
    the predicted class, so that the mean is ``1 - 2 (1 - accuracy) / n_classes`` for any matrix.

    Parameters
    ----------
    accuracy : float
        Share of right decisions, in [0, 1].
    n_classes : int >= 2
        Number of classes.

    Raises
    ------
    DataError
        If a value is out of range.

    Examples
    --------
    >>> round(mean_one_vs_rest(0.1, 10), 12)
    0.82

    Book: Patil et al. (2023), re-read
    """
    _require(accuracy, n_classes, "accuracy")
    return 1 - 2 * (1 - accuracy) / n_classes


def accuracy_from_mean(mean: float, n_classes: int) -> float:
    """Return the accuracy that belongs to a mean one-vs-rest accuracy; below 0 there is none.

    Parameters
    ----------
    mean : float
        In [0, 1].
    n_classes : int >= 2
        Number of classes.

    Raises
    ------
    DataError
        If a value is out of range, or the mean is lower than any matrix can have.

    Examples
    --------
    >>> round(accuracy_from_mean(0.9941, 10), 4)
    0.9705

    Book: Patil et al. (2023), re-read
    """
    _require(mean, n_classes, "mean one-vs-rest accuracy")
    accuracy = 1 - n_classes * (1 - mean) / 2
    if accuracy < -1e-12:
        raise DataError(
            f"mean one-vs-rest accuracy {mean} of {n_classes} classes is below "
            f"{1 - 2 / n_classes:.4f}, which all decisions wrong would have: it is another measure"
        )
    return max(accuracy, 0.0)


def chance_score(n_classes: int) -> float:
    """Return what guessing among equally frequent classes scores on the one-vs-rest scale.

    Examples
    --------
    >>> [round(chance_score(k), 5) for k in (4, 5, 8, 10)]
    [0.625, 0.68, 0.78125, 0.82]

    Book: Patil et al. (2023), re-read
    """
    return mean_one_vs_rest(1 / n_classes, n_classes)


def invert_printed(percentages: ArrayLike, decimals: int = 2) -> Inverted:
    """Return the accuracy behind printed one-vs-rest accuracies, one of each class.

    Parameters
    ----------
    percentages : array_like of float, shape (K,)
        In percent, rounded to `decimals`.
    decimals : int >= 0
        Digits that are printed.

    Returns
    -------
    Inverted
        ``accuracy`` from the mean as printed.  Each value may be off by half a unit of its last
        digit, so that the accuracy may be off by K / 2 times as much.

    Raises
    ------
    DataError
        If values are no percentages or their mean is lower than any matrix can have.

    Examples
    --------
    >>> found = invert_printed([92.35, 94.54, 93.44, 93.44])
    >>> f"{found.accuracy:.4f} [{found.low:.4f}, {found.high:.4f}]"
    '0.8688 [0.8687, 0.8689]'

    Book: Patil et al. (2023), re-read
    """
    values = np.asarray(percentages, dtype=np.float64)
    if values.ndim != 1 or values.size < 2:
        raise DataError(f"percentages have shape {values.shape}: pass one for each class")
    half = 0.5 * 10.0**-decimals / 100
    mean, least = float(values.mean()) / 100, 1 - 2 / values.size
    # Rounded down, a matrix without a right decision would seem to have fewer than none.
    accuracy = accuracy_from_mean(max(mean, least) if mean > least - half else mean, values.size)
    slack = values.size / 2 * half
    return Inverted(mean, accuracy, max(accuracy - slack, 0.0), min(accuracy + slack, 1.0))


def _require(share: float, n_classes: int, name: str) -> None:
    if not 0 <= share <= 1 or n_classes < 2:
        raise DataError(
            f"{name} {share} of {n_classes} classes: expected are a share from 0 to 1 (divide "
            "percentages by 100) and at least two classes"
        )
