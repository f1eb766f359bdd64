"""The mel filters as a matrix: rank, empty bands, condition number, and what theory says of them.

Book: Mel, log compression and conditioning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import SignalError
from mgc.signal.mel import hz_to_mel, mel_filterbank, mel_to_hz


@dataclass(frozen=True)
class FilterbankCondition:
    """What the singular values of a filter bank say.

    Attributes
    ----------
    n_mels, n_bins : int
        Shape of the matrix.
    rank : int
        Number of singular values that are not zero in double precision.
    empty : tuple of int
        Bands without a bin, counted from 0; they are silent whatever is played.
    largest, smallest : float
        Extreme singular values; the largest is the norm of the matrix.

    Notes
    -----
    Book: Mel, log compression and conditioning.
    """

    n_mels: int
    n_bins: int
    rank: int
    empty: tuple[int, ...]
    largest: float
    smallest: float

    @property
    def number(self) -> float:
        """Condition number in the 2-norm; infinite without full row rank."""
        return self.largest / self.smallest if self.rank == self.n_mels else float("inf")


def filterbank_condition(weights: ArrayLike) -> FilterbankCondition:
    """Return rank, empty bands and extreme singular values of a filter bank.

    Parameters
    ----------
    weights : array_like, shape (n_mels, n_bins)
        As :func:`mgc.signal.mel.mel_filterbank` returns them.

    Raises
    ------
    SignalError
        If `weights` is no matrix, holds NaN or infinity, or is zero.

    Notes
    -----
    The singular values are computed in double precision, whatever the weights are stored in.
    Book: Mel, log compression and conditioning.

    Examples
    --------
    >>> found = filterbank_condition(mel_filterbank())
    >>> round(found.number, 3), found.rank, found.empty
    (5.386, 128, ())
    >>> filterbank_condition(mel_filterbank(n_fft=512)).rank
    109
    """
    F = _matrix(weights)
    values = np.linalg.svd(F, compute_uv=False)
    if not values[0] > 0:
        raise SignalError("every weight of the filter bank is zero: take a longer n_fft")
    rank = int(np.sum(values > values[0] * max(F.shape) * np.finfo(np.float64).eps))
    smallest = float(values[-1]) if len(values) == len(F) else 0.0
    empty = tuple(empty_bands(F).tolist())
    return FilterbankCondition(len(F), F.shape[1], rank, empty, float(values[0]), smallest)


def empty_bands(weights: ArrayLike) -> NDArray[np.int64]:
    """Return the bands, counted from 0, whose weights are all zero: no bin lies under them.

    Examples
    --------
    >>> empty_bands(mel_filterbank(n_fft=512, htk=True)).tolist()
    [0, 3, 8]
    """
    return np.flatnonzero(~np.any(_matrix(weights), axis=1))


def structural_rank(weights: ArrayLike) -> int:
    """Return how many bands can each be given a bin of their own.

    For triangles over common edges it *is* the rank in exact arithmetic: a minor of such a matrix
    is positive exactly if its diagonal is.  The rank that singular values show may be one less
    where one of them is as small as rounding.

    Notes
    -----
    Source: Schoenberg and Whitney (1953), Transactions of the AMS 74, pages 246 to 259.
    Book: Mel, log compression and conditioning.

    Examples
    --------
    >>> structural_rank(mel_filterbank(n_fft=512)), structural_rank(mel_filterbank(n_fft=2048))
    (109, 128)
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import structural_rank as largest_matching

    return int(largest_matching(csr_array(_matrix(weights))))


def band_edges(
    *,
    sr: float = 22050,
    n_mels: int = 128,
    fmin: float = 0.0,
    fmax: float | None = None,
    htk: bool = False,
) -> NDArray[np.float64]:
    """Return the corners of the triangles in Hz: band m spans edges m to m + 2.

    Returns
    -------
    ndarray of float64, shape (n_mels + 2,)
        Increasing, from `fmin` to `fmax` (``sr / 2`` if not given).

    Examples
    --------
    >>> band_edges(n_mels=3, fmax=1000.0).round(6).tolist()
    [0.0, 250.0, 500.0, 750.0, 1000.0]
    """
    low, high = hz_to_mel([fmin, sr / 2 if fmax is None else fmax], htk=htk)
    return mel_to_hz(np.linspace(low, high, n_mels + 2), htk=htk)


def condition_bound(edges: ArrayLike) -> float:
    """Return ``sqrt(3 * widest / narrowest band)``, above the condition number for fine bins.

    Parameters
    ----------
    edges : array_like, shape (n_mels + 2,)
        Increasing, in Hz, see :func:`band_edges`.

    Notes
    -----
    Holds for filters of area 1 and for filters of peak 1; see the book for the proof.
    Book: Mel, log compression and conditioning.

    Examples
    --------
    >>> round(condition_bound(band_edges()), 3)
    5.764
    """
    widths = _edges(edges)[2:] - _edges(edges)[:-2]
    return float(np.sqrt(3 * widths.max() / widths.min()))


def condition_limit(edges: ArrayLike, *, norm: str | None = "slaney") -> float:
    """Return the condition number that the filters approach as the FFT gets longer.

    Parameters
    ----------
    edges : array_like, shape (n_mels + 2,)
        Increasing, in Hz, see :func:`band_edges`.
    norm : {"slaney", None, "l2"}
        Area 1, peak 1, or energy 1 of each filter.

    Raises
    ------
    SignalError
        If `norm` is none of the three, or the edges do not increase.

    Notes
    -----
    It is the root of the condition number of the Gram matrix, whose entries are integrals of two
    triangles: ``(h[m] + h[m+1]) / 3`` on the diagonal and ``h[m+1] / 6`` beside it, for peak 1 and
    with ``h = diff(edges)``.
    Book: Mel, log compression and conditioning.

    Examples
    --------
    >>> [round(condition_limit(band_edges(), norm=norm), 3) for norm in ("slaney", None, "l2")]
    [5.384, 5.507, 1.732]
    """
    h = np.diff(_edges(edges))
    width = h[:-1] + h[1:]
    scales = {"slaney": 2 / width, None: np.ones_like(width), "l2": np.sqrt(3 / width)}
    if norm not in scales:
        raise SignalError(f"norm is {norm!r}: expected is 'slaney', None or 'l2'")
    gram = np.diag(width / 3) + np.diag(h[1:-1] / 6, 1) + np.diag(h[1:-1] / 6, -1)
    scaled = scales[norm][:, np.newaxis] * gram * scales[norm]
    values = np.linalg.eigvalsh(scaled)
    return float(np.sqrt(values[-1] / values[0]))


def condition_table(
    n_fft: Sequence[int],
    n_mels: Sequence[int],
    *,
    sr: float = 22050,
    htk: bool = False,
    norm: str | None = "slaney",
) -> list[dict[str, Any]]:
    """Return one row for each length of the FFT and number of bands.

    Parameters
    ----------
    n_fft, n_mels : sequence of int
        What is crossed.
    sr, htk, norm
        As in :func:`mgc.signal.mel.mel_filterbank`.

    Returns
    -------
    list of dict
        With ``scale``, ``n_fft``, ``n_mels``, ``rank``, ``empty`` (how many bands),
        ``structural rank``, ``condition`` and ``bound``.

    Notes
    -----
    Book: Mel, log compression and conditioning.

    Examples
    --------
    >>> [row] = condition_table([1024], [128], htk=True)
    >>> row["rank"], row["empty"], row["condition"]
    (126, 0, inf)
    """
    rows = []
    for length, bands in product(n_fft, n_mels):
        F = mel_filterbank(sr=sr, n_fft=length, n_mels=bands, htk=htk, norm=norm)
        found = filterbank_condition(F)
        rows.append(
            {
                "scale": "HTK" if htk else "Slaney",
                "n_fft": length,
                "n_mels": bands,
                "rank": found.rank,
                "structural rank": structural_rank(F),
                "empty": len(found.empty),
                "condition": found.number,
                "bound": condition_bound(band_edges(sr=sr, n_mels=bands, htk=htk)),
            }
        )
    return rows


def _matrix(weights: ArrayLike) -> NDArray[np.float64]:
    F = np.asarray(weights, dtype=np.float64)
    if F.ndim != 2 or not F.size or not np.isfinite(F).all():
        raise SignalError(
            f"a filter bank is a finite matrix of shape (n_mels, 1 + n_fft // 2), but this has "
            f"shape {F.shape} or holds NaN: pass what mel_filterbank returns"
        )
    return F


def _edges(edges: ArrayLike) -> NDArray[np.float64]:
    e = np.asarray(edges, dtype=np.float64)
    if e.ndim != 1 or len(e) < 3 or not (np.diff(e) > 0).all():
        raise SignalError(
            f"edges are at least three increasing frequencies, but these have shape {e.shape}: "
            "pass what band_edges returns"
        )
    return e
