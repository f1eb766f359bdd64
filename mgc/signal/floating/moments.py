"""Mean and squared deviations of a set, put together from those of its parts.

Book: Floating point: formats, sums and softmax.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


class SampleMoments(NamedTuple):
    """What a set of values leaves behind: how many, their mean, their squared deviations."""

    n: float
    mean: NDArray[np.float64]
    squares: NDArray[np.float64]


def moments(x: ArrayLike, axis: int | tuple[int, ...] = 0) -> SampleMoments:
    """Return count, mean and sum of squared deviations along `axis`, in float64.

    Notes
    -----
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> n, mean, squares = moments([1.0, 2.0, 6.0])
    >>> n, float(mean), float(squares)
    (3.0, 3.0, 14.0)
    """
    values = np.asarray(x, dtype=np.float64)
    mean = values.mean(axis=axis, keepdims=True)
    squares = ((values - mean) ** 2).sum(axis=axis)
    mean = mean.reshape(squares.shape)
    return SampleMoments(values.size / max(mean.size, 1), mean, squares)


def merge_moments(a: SampleMoments, b: SampleMoments) -> SampleMoments:
    """Return the moments of two sets of values together, from the moments of each.

    Notes
    -----
    Source: Chan, Golub and LeVeque (1983), doi:10.2307/2683386.
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> both = merge_moments(moments([1.0, 2.0]), moments([6.0]))
    >>> float(both.mean), float(both.squares)
    (3.0, 14.0)
    """
    n = a.n + b.n
    delta = b.mean - a.mean
    squares = a.squares + b.squares + delta**2 * (a.n * b.n / n)
    return SampleMoments(n, a.mean + delta * (b.n / n), squares)
