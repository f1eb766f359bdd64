"""What a bank of two-dimensional filters answers to log-mel pictures.

Book: Front ends compared.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import SignalError
from mgc.signal.gabor_bank import checked_kernels

# Patches of this many pictures are laid out at once; they stay in the processor's cache.
_PICTURES_PER_BLOCK = 8


def bank_response(images: ArrayLike, kernels: ArrayLike, stride: int = 2) -> NDArray[np.float32]:
    """Return the cross-correlation of pictures with each kernel of a bank.

    Parameters
    ----------
    images : array_like, shape (n, rows, columns)
        Normalised log-mel values: beyond its edge a picture counts as 0, which has to be the mean.
    kernels : array_like, shape (size, size, n_filters)
        A bank.
    stride : int
        Step in rows and columns.

    Returns
    -------
    ndarray of float32, shape (n, n_filters, ceil(rows / stride), ceil(columns / stride))
        Signed; nothing is rectified.

    Raises
    ------
    SignalError
        If a shape or the stride is none that this can work with.

    Notes
    -----
    Equal to Keras' ``Conv2D(padding="same", strides=stride)`` without bias (tested).
    Book: Front ends compared.

    Examples
    --------
    >>> from mgc.signal.gabor_bank import DEFAULT_BANK
    >>> bank_response(np.ones((2, 128, 77)), DEFAULT_BANK.kernels()).shape
    (2, 16, 64, 39)
    """
    blocks = list(_response_blocks(images, kernels, stride))
    return np.ascontiguousarray(np.moveaxis(np.concatenate(blocks), 3, 1))


def pooled_response(
    images: ArrayLike, kernels: ArrayLike, n_band_groups: int = 16, stride: int = 2
) -> NDArray[np.float64]:
    """Summarise what a bank answers to each picture, as classical classifiers take it.

    The modulus of each response is averaged over groups of neighbouring rows; of that, mean and
    standard deviation over time are kept.

    Parameters
    ----------
    images, kernels, stride
        As in :func:`bank_response`.
    n_band_groups : int
        Groups of rows, as equal as possible, from the lowest bands on.

    Returns
    -------
    ndarray of float64, shape (n, n_filters * n_band_groups * 2)
        All means, then all standard deviations; filters change slowest within each.

    Raises
    ------
    SignalError
        If a shape or the stride is none that this can work with, or a group would be empty.

    Notes
    -----
    Works in blocks: memory does not grow with the number of pictures, except for the result.
    Book: Front ends compared.

    Examples
    --------
    >>> from mgc.signal.gabor_bank import DEFAULT_BANK
    >>> pooled_response(np.ones((2, 128, 77)), DEFAULT_BANK.kernels()).shape
    (2, 512)
    """
    pooled = []
    for response in _response_blocks(images, kernels, stride):
        rows = response.shape[1]
        if not 1 <= n_band_groups <= rows:
            raise SignalError(
                f"n_band_groups is {n_band_groups}, but responses of {rows} rows were given: "
                f"expected are 1 to {rows} groups"
            )
        edges = np.arange(n_band_groups + 1) * rows // n_band_groups
        size = np.diff(edges)[:, np.newaxis, np.newaxis]
        groups = np.add.reduceat(np.abs(response).astype(np.float64), edges[:-1], axis=1) / size
        statistics = (groups.mean(axis=2), groups.std(axis=2))
        pooled.append(
            np.concatenate([np.swapaxes(s, 1, 2).reshape(len(s), -1) for s in statistics], axis=1)
        )
    return np.concatenate(pooled)


def _response_blocks(
    images: ArrayLike, kernels: ArrayLike, stride: int
) -> Iterator[NDArray[np.float32]]:
    """Yield responses of a few pictures at a time, (pictures, rows, columns, n_filters)."""
    x, k = np.asarray(images), checked_kernels(kernels)
    if x.ndim != 3 or 0 in x.shape or stride < 1:
        raise SignalError(
            f"images have shape {x.shape} and stride is {stride}: expected are (n, rows, columns), "
            "none of them 0, and a stride of at least 1"
        )
    size = k.shape[0]
    margins = [(0, 0), *(_same_margin(length, size, stride) for length in x.shape[1:])]
    matrix = k.reshape(size * size, -1)
    for start in range(0, len(x), _PICTURES_PER_BLOCK):
        block = np.pad(x[start : start + _PICTURES_PER_BLOCK].astype(np.float32), margins)
        windows = np.lib.stride_tricks.sliding_window_view(block, (size, size), axis=(1, 2))
        patches = windows[:, ::stride, ::stride]
        yield (patches.reshape(-1, size * size) @ matrix).reshape(*patches.shape[:3], -1)


def _same_margin(length: int, size: int, stride: int) -> tuple[int, int]:
    """Return the zeros before and after an axis that make "same" padding; the odd one is last."""
    total = max((-(-length // stride) - 1) * stride + size - length, 0)
    return total // 2, total - total // 2
