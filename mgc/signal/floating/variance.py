"""The variance in one pass or two.

Values lie along the first axis, so that many variances are taken at once; every operation is
rounded to the format that is asked for.

Book: Floating point: formats, sums and softmax.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import ConfigError
from mgc.signal.floating.formats import number_format, silent, to_format


@silent
def one_pass_variance(
    x: ArrayLike, format: str = "float64", *, ddof: int = 0
) -> NDArray[np.float64]:
    r"""Return the variance as mean of squares less square of the mean: cancels, may be negative.

    Parameters
    ----------
    x : array_like of shape (n, ...)
        More than `ddof` values.
    format : {"float16", "bfloat16", "float32", "float64"}
        Format of the values and of every operation.
    ddof : int
        The sum of squares is divided by ``n - ddof``; 0 as in :func:`numpy.var`.

    Returns
    -------
    ndarray of float64, shape ``x.shape[1:]``
        :math:`(\sum x_i^2 - (\sum x_i)^2 / n) / (n - \mathrm{ddof})`, as it comes out.

    Raises
    ------
    ConfigError
        If there is no such format, or there are too few values.

    Notes
    -----
    Source: Chan, Golub and LeVeque (1983), doi:10.2307/2683386.
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    The true variance is 30.

    >>> round(float(one_pass_variance(1e9 + np.array([4.0, 7, 13, 16]), ddof=1)), 2)
    -170.67
    """
    values = _values(x, format, ddof)
    total = np.add.accumulate(values, axis=0)[-1]
    squares = np.add.accumulate(values * values, axis=0)[-1]
    n = _number(len(values), values)
    return _plain((squares - total * total / n) / _number(len(values) - ddof, values))


@silent
def two_pass_variance(
    x: ArrayLike, format: str = "float64", *, ddof: int = 0
) -> NDArray[np.float64]:
    """Return the mean square of the deviations from the mean, which a first pass has found.

    Parameters, errors and source are those of :func:`one_pass_variance`.

    Notes
    -----
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> float(two_pass_variance(1e9 + np.array([4.0, 7, 13, 16]), ddof=1))
    30.0
    """
    values = _values(x, format, ddof)
    mean = np.add.accumulate(values, axis=0)[-1] / _number(len(values), values)
    squares = np.add.accumulate((values - mean) ** 2, axis=0)[-1]
    return _plain(squares / _number(len(values) - ddof, values))


@silent
def welford_variance(
    x: ArrayLike, format: str = "float64", *, ddof: int = 0
) -> NDArray[np.float64]:
    """Return the variance from a mean and a sum of squares that each value updates.

    Parameters and errors are those of :func:`one_pass_variance`.

    Notes
    -----
    Source: Welford (1962), doi:10.1080/00401706.1962.10490022.
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> float(welford_variance(1e9 + np.array([4.0, 7, 13, 16]), ddof=1))
    30.0
    """
    # All that one step touches lies together.
    values = np.ascontiguousarray(_values(x, format, ddof))
    mean, squares = values[0], np.zeros_like(values[0])
    for k, value in enumerate(values[1:], start=2):
        delta = value - mean
        mean = mean + delta / _number(k, values)
        squares = squares + delta * (value - mean)
    return _plain(squares / _number(len(values) - ddof, values))


#: The three by name.
VARIANCES: dict[str, Callable[..., NDArray[np.float64]]] = {
    "one pass": one_pass_variance,
    "Welford": welford_variance,
    "two passes": two_pass_variance,
}


def variance_condition(x: ArrayLike) -> float:
    r"""Return how much the deviation magnifies a relative error of the values; the variance twice.

    Parameters
    ----------
    x : array_like
        Values that are not all equal.

    Returns
    -------
    float
        :math:`\kappa = \sqrt{1 + \bar{x}^2 / \sigma^2}`, at least 1: a change of the values by
        :math:`\delta` in the Euclidean norm, relative to it, changes :math:`\sigma` by at most
        :math:`\kappa\delta`, relative to it.

    Notes
    -----
    Source: Chan, Golub and LeVeque (1983), doi:10.2307/2683386.
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> variance_condition([-1.0, 1.0]), round(variance_condition([999.0, 1001.0]), 2)
    (1.0, 1000.0)
    """
    values = np.asarray(x, dtype=np.float64)
    return float(np.sqrt(1 + values.mean() ** 2 / values.var()))


def variance_bound(method: str, n: int, condition: float, format: str = "float64") -> float:
    r"""Return the size of the relative error that a variance can have, to first order.

    Parameters
    ----------
    method : {"one pass", "Welford", "two passes"}
        Key of `VARIANCES`.
    n : int
        Number of values.
    condition : float
        What :func:`variance_condition` returns.
    format : {"float16", "bfloat16", "float32", "float64"}
        Format of the operations, with unit roundoff `u`.

    Returns
    -------
    float
        :math:`n\kappa^2u`, :math:`n\kappa u` and :math:`nu + n^2\kappa^2u^2`, up to a small
        factor.

    Raises
    ------
    ConfigError
        If there is no such method or format.

    Notes
    -----
    Source: Chan, Golub and LeVeque (1983), doi:10.2307/2683386.
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> f"{variance_bound('two passes', 1000, 1e5, 'float32'):.2g}"
    '36'
    """
    u = number_format(format).unit_roundoff
    bounds: dict[str, float] = {
        "one pass": n * condition**2 * u,
        "Welford": n * condition * u,
        "two passes": n * u + (n * condition * u) ** 2,
    }
    if method not in bounds:
        raise ConfigError(f"the variance is {method!r}: expected is one of {', '.join(bounds)}")
    return bounds[method]


def variance_errors(
    method: str,
    conditions: Iterable[float],
    format: str = "float32",
    *,
    n: int = 1000,
    draws: int = 8,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Measure the relative error of a variance for values whose mean is moved away from zero.

    Parameters
    ----------
    method : {"one pass", "Welford", "two passes"}
        Key of `VARIANCES`.
    conditions : iterable of float
        Condition numbers, at least 1.
    format : {"float16", "bfloat16", "float32"}
        Format of the values and of every operation.
    n, draws : int
        Values of a variance, and variances of each condition number.
    seed : int
        Seed of the values: normal, with deviation 1.

    Returns
    -------
    ndarray of float64, shape (number of conditions,)
        Root mean square over the draws, against two passes in float64.

    Raises
    ------
    ConfigError
        If there is no such method or format.

    Notes
    -----
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> small, large = variance_errors("one pass", [1.0, 1000.0])
    >>> bool(small < 1e-6 < 1e-3 < large)
    True
    """
    if method not in VARIANCES:
        raise ConfigError(f"the variance is {method!r}: expected is one of {', '.join(VARIANCES)}")
    deviations = np.random.default_rng(seed).standard_normal((n, draws))
    found = []
    for condition in conditions:
        values = to_format(deviations + np.sqrt(condition**2 - 1), format)
        exact = two_pass_variance(values)
        error = VARIANCES[method](values, format) / exact - 1
        found.append(np.sqrt(np.mean(error**2)))
    return np.array(found)


def _values(x: ArrayLike, format: str, ddof: int) -> NDArray[Any]:
    values = to_format(x, format)
    if not values.ndim or len(values) <= ddof:
        raise ConfigError(
            f"values have shape {values.shape} and ddof is {ddof}: expected is (n, ...) with "
            "n > ddof; give more values"
        )
    return values


def _number(n: int, values: NDArray[Any]) -> Any:
    """Return a count in the format of the values, so that no operation leaves it."""
    return values.dtype.type(n)


def _plain(variance: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(variance, dtype=np.float64)
