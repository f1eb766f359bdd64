"""Slices of a loss along lines and planes, in directions that respect the size of each filter."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from mgc.errors import DataError
from mgc.optim.curvature.lanczos import Vector


def filter_normalised(
    direction: ArrayLike, weights: ArrayLike, shapes: Sequence[tuple[int, ...]]
) -> Vector:
    """Scale a direction so that it changes each filter by its own size.

    Parameters
    ----------
    direction, weights : array_like of shape (n,)
        A random direction, and the point that the slice goes through.
    shapes : sequence of tuple of int
        Of the variables that the vectors hold one after the other; the last axis counts filters.

    Returns
    -------
    ndarray of float64, shape (n,)
        Each filter as long as that of `weights`; 0 for biases and batch normalisation (variables
        with one axis).

    Raises
    ------
    DataError
        If a vector does not have the length that the shapes ask for.

    Notes
    -----
    A network with ReLU or batch normalisation computes the same with large weights as with small
    ones, so a step of given length means little by itself.
    Source: Li et al. (2018), arXiv 1712.09913.
    Book: Curvature and stability of our networks.

    Examples
    --------
    >>> d = filter_normalised([1.0, 3.0, 0.0, 4.0, 9.0], [0, 1, 2, 0, 5], [(2, 2), (1,)])
    >>> d.round(9).tolist()
    [2.0, 0.6, 0.0, 0.8, 0.0]
    """
    d, w = (np.array(v, dtype=np.float64) for v in (direction, weights))
    sizes = [int(np.prod(shape)) for shape in shapes]
    if d.shape != w.shape or d.shape != (sum(sizes),):
        raise DataError(
            f"direction and weights have shapes {d.shape} and {w.shape}, but the variables hold "
            f"{sum(sizes)} numbers"
        )
    ends = np.cumsum(sizes)[:-1]
    for part, own, shape in zip(np.split(d, ends), np.split(w, ends), shapes, strict=True):
        if len(shape) < 2:
            part[:] = 0
            continue
        filters, sizes_of = part.reshape(-1, shape[-1]), own.reshape(-1, shape[-1])
        length = np.linalg.norm(filters, axis=0)
        factor = np.linalg.norm(sizes_of, axis=0) / np.where(length > 0, length, 1.0)
        filters *= factor
    return d


def line_slice(
    loss: Callable[[Vector], float], start: ArrayLike, direction: ArrayLike, at: ArrayLike
) -> pd.DataFrame:
    """Return the loss at places along a line, as columns ``t`` and ``loss``.

    Examples
    --------
    >>> line_slice(lambda w: float(w @ w), [1.0, 0.0], [0.0, 2.0], [0, 1])["loss"].tolist()
    [1.0, 5.0]

    Book: Curvature and stability of our networks
    """
    w, d = (np.asarray(v, dtype=np.float64) for v in (start, direction))
    rows = [(float(t), loss(w + t * d)) for t in np.asarray(at, dtype=np.float64)]
    return pd.DataFrame(rows, columns=["t", "loss"])


def plane_slice(
    loss: Callable[[Vector], float],
    start: ArrayLike,
    directions: tuple[NDArray[np.float64], NDArray[np.float64]],
    at: ArrayLike,
) -> pd.DataFrame:
    """Return the loss on a square grid in a plane, as columns ``a``, ``b`` and ``loss``.

    Examples
    --------
    >>> plane = plane_slice(lambda w: float(w @ w), [0.0, 0.0], tuple(np.eye(2)), [-1, 1])
    >>> plane["loss"].tolist()
    [2.0, 2.0, 2.0, 2.0]

    Book: Curvature and stability of our networks
    """
    w, places = np.asarray(start, dtype=np.float64), np.asarray(at, dtype=np.float64)
    first, second = directions
    rows = [(a, b, loss(w + a * first + b * second)) for a in places for b in places]
    return pd.DataFrame(rows, columns=["a", "b", "loss"])
