"""Softmax and what belongs to it, by the textbook and without overflow, in any format.

The naive forms are here to be measured; everything else in the package calls SciPy or Keras.

Book: Floating point: formats, sums and softmax.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import ConfigError
from mgc.signal.floating.formats import silent, to_format


@silent
def log_sum_exp(
    z: ArrayLike, format: str = "float64", *, shifted: bool = True
) -> NDArray[np.float64]:
    r"""Return :math:`\log \sum_i e^{z_i}` over the last axis.

    Parameters
    ----------
    z : array_like of shape (..., n)
        Logits; at least one.
    format : {"float16", "bfloat16", "float32", "float64"}
        Format of the logits and of every operation.
    shifted : bool
        Whether the largest logit is taken out first, so that no exponential exceeds 1.

    Returns
    -------
    ndarray of float64, shape (...)
        Without the shift infinite as soon as one exponential overflows.

    Raises
    ------
    ConfigError
        If there is no such format, or no logit.

    Notes
    -----
    Source: Blanchard, Higham and Higham (2021), doi:10.1093/imanum/draa038.
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> float(log_sum_exp([1000.0, 1000.0])), float(log_sum_exp([1000.0, 1000.0], shifted=False))
    (1000.6931471805599, inf)
    """
    logits = _logits(z, format)
    shift = _shift(logits, shifted)
    total = np.add.accumulate(np.exp(logits - shift), axis=-1)[..., -1]
    return np.asarray(shift[..., 0] + np.log(total), dtype=np.float64)


@silent
def softmax(z: ArrayLike, format: str = "float64", *, shifted: bool = True) -> NDArray[np.float64]:
    r"""Return the probabilities :math:`e^{z_i} / \sum_j e^{z_j}` along the last axis.

    Parameters and errors are those of :func:`log_sum_exp`.

    Returns
    -------
    ndarray of float64, shape of `z`
        Without the shift NaN where infinity is divided by infinity.

    Notes
    -----
    Source: Blanchard, Higham and Higham (2021), doi:10.1093/imanum/draa038.
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> softmax([1000.0, 1000.0]).tolist(), softmax([1000.0, 0.0], shifted=False).tolist()
    ([0.5, 0.5], [nan, 0.0])
    """
    logits = _logits(z, format)
    powers = np.exp(logits - _shift(logits, shifted))
    total = np.add.accumulate(powers, axis=-1)[..., -1:]
    return np.asarray(powers / total, dtype=np.float64)


@silent
def cross_entropy(
    z: ArrayLike, label: int, format: str = "float64", *, shifted: bool = True
) -> NDArray[np.float64]:
    r"""Return the loss of logits whose true class is `label`, over the last axis.

    Parameters
    ----------
    z : array_like of shape (..., n)
        Logits.
    label : int
        True class, from 0 to ``n - 1``.
    format : {"float16", "bfloat16", "float32", "float64"}
        Format of the logits and of every operation.
    shifted : bool
        Whether the loss is :math:`\mathrm{LSE}(z) - z_y` with the shift, or :math:`-\log` of the
        naive probability.

    Returns
    -------
    ndarray of float64, shape (...)
        Not negative, but for rounding; without the shift infinite where the probability
        underflows.

    Raises
    ------
    ConfigError
        If there is no such format, or no such class.

    Notes
    -----
    Source: Blanchard, Higham and Higham (2021), doi:10.1093/imanum/draa038.
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> round(float(cross_entropy([0.0] * 10, label=3)), 7)
    2.3025851
    >>> float(cross_entropy([0.0, 200.0], 0, "float32", shifted=False))
    inf
    """
    logits = _logits(z, format)
    if not 0 <= label < logits.shape[-1]:
        raise ConfigError(
            f"label is {label!r}: expected is a class from 0 to {logits.shape[-1] - 1}"
        )
    if shifted:
        shift = _shift(logits, True)
        total = np.add.accumulate(np.exp(logits - shift), axis=-1)[..., -1]
        # The shifted logit, not the logit: its difference from the maximum is exact more often.
        loss = np.log(total) - (logits - shift)[..., label]
    else:
        loss = -np.log(to_format(softmax(z, format, shifted=False)[..., label], format))
    return np.asarray(loss, dtype=np.float64)


def log_sum_exp_condition(z: ArrayLike) -> float:
    r"""Return how much log-sum-exp magnifies a relative error of the logits.

    Parameters
    ----------
    z : array_like of shape (n,)
        Logits.

    Returns
    -------
    float
        :math:`\max_i |z_i| / |\mathrm{LSE}(z)|`; large only where the result is near 0.

    Notes
    -----
    Source: Blanchard, Higham and Higham (2021), doi:10.1093/imanum/draa038.
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> round(log_sum_exp_condition([1000.0, 1000.0]), 3)
    0.999
    """
    logits = np.asarray(z, dtype=np.float64)
    return float(np.abs(logits).max() / np.abs(log_sum_exp(logits)))


def dense_gradient(inputs: ArrayLike, logits: ArrayLike, labels: ArrayLike) -> NDArray[np.float64]:
    r"""Return the gradient of the mean cross-entropy for the weights of a dense softmax layer.

    Parameters
    ----------
    inputs : array_like of shape (batch, units)
        What the layer reads.
    logits : array_like of shape (batch, classes)
        What it computes from them.
    labels : array_like of int, shape (batch,)
        True classes.

    Returns
    -------
    ndarray of float64, shape (units, classes)
        :math:`X^\top (s - e_y) / \mathrm{batch}`, where :math:`s` is the softmax of the logits.

    Notes
    -----
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> dense_gradient([[1.0, 2.0]], [[0.0, 0.0]], [1]).tolist()
    [[0.5, -0.5], [1.0, -1.0]]
    """
    X = np.asarray(inputs, dtype=np.float64)
    s = softmax(logits)
    # Not s - 1 for the true class: there 1 - s is a sum of small numbers, and loses none of them.
    true = np.arange(s.shape[-1]) == np.asarray(labels)[:, np.newaxis]
    others = np.where(true, 0.0, s).sum(axis=-1, keepdims=True)
    gradient: NDArray[np.float64] = X.T @ np.where(true, -others, s) / len(X)
    return gradient


def _logits(z: ArrayLike, format: str) -> NDArray[Any]:
    logits = to_format(z, format)
    if not logits.ndim or not logits.shape[-1]:
        raise ConfigError(
            f"logits have shape {logits.shape}: expected is (..., n) with n > 0; give at least one"
        )
    return logits


def _shift(logits: NDArray[Any], shifted: bool) -> NDArray[Any]:
    largest = logits.max(axis=-1, keepdims=True)
    return largest if shifted else np.zeros_like(largest)
