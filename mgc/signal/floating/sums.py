"""Four ways to add many numbers, and how wrong each can be.

Terms lie along the first axis, so that many sums are taken at once; every addition is rounded to
the format that is asked for.

Book: Floating point: formats, sums and softmax.
"""

import math
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import ConfigError
from mgc.signal.floating.formats import number_format, silent, to_format


@silent
def recursive_sum(x: ArrayLike, format: str = "float64") -> NDArray[np.float64]:
    """Add one term after the other to a running total.

    Parameters
    ----------
    x : array_like of shape (n, ...)
        At least one term.
    format : {"float16", "bfloat16", "float32", "float64"}
        Format of the terms, of the total and of every addition.

    Returns
    -------
    ndarray of float64, shape ``x.shape[1:]``
        A number of the format; infinite where the total left its range.

    Raises
    ------
    ConfigError
        If there is no such format, or no term.

    Notes
    -----
    Source: Higham, Accuracy and Stability of Numerical Algorithms (2002), chapter 4,
    doi:10.1137/1.9780898718027.
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    The total stops where one is less than half the spacing.

    >>> float(recursive_sum(np.ones(5000), "float16"))
    2048.0
    """
    # accumulate, not sum: NumPy's sum is pairwise along a contiguous axis.
    return _plain(np.add.accumulate(_terms(x, format), axis=0)[-1])


@silent
def pairwise_sum(x: ArrayLike, format: str = "float64") -> NDArray[np.float64]:
    """Add neighbours, then the sums of neighbours, and so on.

    Parameters, result and errors are those of :func:`recursive_sum`.

    Notes
    -----
    Source: Higham (2002), section 4.1, doi:10.1137/1.9780898718027.
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> float(pairwise_sum(np.ones(5000), "float16"))
    5000.0
    """
    totals = _terms(x, format)
    while len(totals) > 1:
        if len(totals) % 2:
            totals = np.concatenate([totals, np.zeros_like(totals[:1])])
        totals = totals[::2] + totals[1::2]
    return _plain(totals[0])


@silent
def kahan_sum(x: ArrayLike, format: str = "float64") -> NDArray[np.float64]:
    """Carry what each addition lost into the next one.

    Parameters, result and errors are those of :func:`recursive_sum`.

    Notes
    -----
    Source: Kahan (1965), doi:10.1145/363707.363723.
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> float(kahan_sum(np.ones(5000), "float16"))
    5000.0
    >>> float(kahan_sum([1.0, 1e100, 1.0, -1e100]))
    0.0
    """
    terms = _terms(x, format)
    total, lost = terms[0], np.zeros_like(terms[0])
    for term in terms[1:]:
        corrected = term - lost
        new = total + corrected
        lost = (new - total) - corrected
        total = new
    return _plain(total)


@silent
def neumaier_sum(x: ArrayLike, format: str = "float64") -> NDArray[np.float64]:
    """Collect what each addition lost, from whichever summand was smaller, and add it at the end.

    Parameters, result and errors are those of :func:`recursive_sum`.

    Notes
    -----
    Source: Neumaier (1974), doi:10.1002/zamm.19740540106.
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> float(neumaier_sum([1.0, 1e100, 1.0, -1e100]))
    2.0
    """
    terms = _terms(x, format)
    total, lost = terms[0], np.zeros_like(terms[0])
    for term in terms[1:]:
        new = total + term
        larger = np.abs(total) >= np.abs(term)
        lost = lost + np.where(larger, (total - new) + term, (term - new) + total)
        total = new
    return _plain(total + lost)


#: The four by name, from the least to the most accurate.
SUMS: dict[str, Callable[..., NDArray[np.float64]]] = {
    "recursive": recursive_sum,
    "pairwise": pairwise_sum,
    "Kahan": kahan_sum,
    "Neumaier": neumaier_sum,
}


def sum_bound(method: str, n: int, format: str = "float64") -> float:
    """Return the largest possible error of a sum, relative to the sum of absolute values.

    Parameters
    ----------
    method : {"recursive", "pairwise", "Kahan", "Neumaier"}
        Key of `SUMS`.
    n : int
        Number of terms.
    format : {"float16", "bfloat16", "float32", "float64"}
        Format of the additions, with unit roundoff `u`.

    Returns
    -------
    float
        ``k u / (1 - k u)`` with ``k = n - 1`` additions in a row, or the ``ceil(log2(n))`` that a
        term of the pairwise sum goes through; ``2 u + n u**2`` for Kahan and ``u + n**2 u**2`` for
        Neumaier, whose second terms hold up to a small factor.  Infinite where ``k u >= 1``.

    Raises
    ------
    ConfigError
        If there is no such method or format.

    Notes
    -----
    Source: Higham (2002), chapter 4, doi:10.1137/1.9780898718027.
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> round(sum_bound("recursive", 10_000_000, "float32"), 2)
    1.48
    >>> sum_bound("recursive", 10_000_000, "float16")
    inf
    """
    u = number_format(format).unit_roundoff
    _known(method)
    if method == "Kahan":
        return 2 * u + n * u**2
    if method == "Neumaier":
        return u + n**2 * u**2
    k = n - 1 if method == "recursive" else math.ceil(math.log2(max(n, 1)))
    return k * u / (1 - k * u) if k * u < 1 else math.inf


def sum_errors(
    method: str,
    sizes: Iterable[int],
    format: str = "float32",
    *,
    equal: bool = False,
    draws: int = 8,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Measure the error of a sum for growing numbers of terms between 0 and 1.

    Parameters
    ----------
    method : {"recursive", "pairwise", "Kahan", "Neumaier"}
        Key of `SUMS`.
    sizes : iterable of int
        Numbers of terms.
    format : {"float16", "bfloat16", "float32", "float64"}
        Format of terms and additions.
    equal : bool
        Whether the terms of a draw are all the same number.
    draws : int
        Sums of each size.
    seed : int
        Seed of the terms.

    Returns
    -------
    ndarray of float64, shape (number of sizes,)
        Root mean square over the draws of ``|sum - exact| / sum|x|``; the exact sum of the terms,
        as the format holds them, is that of ``math.fsum``.

    Raises
    ------
    ConfigError
        If there is no such method or format.

    Notes
    -----
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> few, many = sum_errors("recursive", [100, 10_000])
    >>> bool(1e-8 < few < many < 1e-5)
    True
    """
    _known(method)
    found = []
    for n in sizes:
        rng = np.random.default_rng((seed, n))
        drawn = rng.uniform(size=(1 if equal else n, draws))
        terms = to_format(np.broadcast_to(drawn, (n, draws)), format)
        exact = np.array([math.fsum(column) for column in terms.T.tolist()])
        errors = (SUMS[method](terms, format) - exact) / exact
        found.append(np.sqrt(np.mean(errors**2)))
    return np.array(found)


def _known(method: str) -> None:
    if method not in SUMS:
        raise ConfigError(f"the summation is {method!r}: expected is one of {', '.join(SUMS)}")


def _terms(x: ArrayLike, format: str) -> NDArray[np.float64]:
    terms = to_format(x, format)
    if not terms.ndim or not len(terms):
        raise ConfigError(
            f"terms have shape {terms.shape}: expected is (n, ...) with n > 0; give at least one"
        )
    return terms


def _plain(total: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(total, dtype=np.float64)
