"""Stated probabilities beside how often they come true: bins, and the distance between the two."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from mgc.errors import ConfigError, DataError


def reliability(
    confidence: ArrayLike, right: ArrayLike, n_bins: int = 10, equal_mass: bool = False
) -> pd.DataFrame:
    """Compare stated probabilities with how often they come true, bin by bin.

    Parameters
    ----------
    confidence : array_like of shape (n,)
        Probabilities in [0, 1].
    right : array_like of bool, shape (n,)
        What came true.
    n_bins : int
        At least 1.
    equal_mass : bool
        Bins with (nearly) the same number of clips; else bins of equal width over [0, 1].

    Returns
    -------
    DataFrame
        One row a bin that holds clips, by increasing probability: ``low, high`` (its edges),
        ``clips, confidence, accuracy`` (means).

    Raises
    ------
    DataError
        If there is nothing to score, lengths differ, or a probability is none.

    Examples
    --------
    >>> reliability([0.3, 0.9, 0.8], [False, True, False], n_bins=2)["accuracy"].tolist()
    [0.0, 0.5]

    Book: Where and why it errs
    """
    p, hit = _paired(confidence, right)
    edges, which = bin_numbers(p, n_bins, equal_mass)
    table = pd.DataFrame({"bin": which, "confidence": p, "accuracy": hit})
    found = table.groupby("bin").agg(
        clips=("accuracy", "size"), confidence=("confidence", "mean"), accuracy=("accuracy", "mean")
    )
    found.insert(0, "low", edges[found.index])
    found.insert(1, "high", edges[found.index + 1])
    return found.reset_index(drop=True)


def calibration_error(
    confidence: ArrayLike, right: ArrayLike, n_bins: int = 10, equal_mass: bool = False
) -> float:
    """Return the expected calibration error: mean distance from the diagonal, weighted by clips.

    Parameters
    ----------
    confidence, right, n_bins, equal_mass
        As in :func:`reliability`.

    Returns
    -------
    float
        In [0, 1].  Above 0 by chance even where every probability is true, and the more so the
        fewer clips a bin has: see :func:`chance_error`.

    References
    ----------
    Naeini, Cooper & Hauskrecht (2015), Obtaining well calibrated probabilities using Bayesian
    binning, AAAI, 2901-2907.

    Examples
    --------
    >>> round(calibration_error([0.3, 0.9, 0.8], [False, True, False], n_bins=2), 3)
    0.333

    Book: Where and why it errs
    """
    bins = reliability(confidence, right, n_bins, equal_mass)
    gap = (bins["confidence"] - bins["accuracy"]).abs()
    return float((gap * bins["clips"]).sum() / bins["clips"].sum())


def chance_error(
    confidence: ArrayLike, n_bins: int = 10, equal_mass: bool = False, n_draws: int = 500
) -> float:
    """Return the calibration error that true probabilities would show by chance, on average.

    Parameters
    ----------
    confidence : array_like of shape (n,)
        Probabilities in [0, 1]; clips are drawn right with them, each by itself.
    n_bins, equal_mass
        As in :func:`reliability`.
    n_draws : int
        Draws to average over.

    Returns
    -------
    float
        In [0, 1].

    Examples
    --------
    >>> round(chance_error([0.5] * 100, n_bins=1), 2)
    0.04

    Book: Where and why it errs
    """
    p, _ = _paired(confidence, np.zeros(np.shape(confidence), dtype=bool))
    drawn = np.random.default_rng(0).random((n_draws, len(p))) < p
    member = np.eye(n_bins)[bin_numbers(p, n_bins, equal_mass)[1]]
    return float(np.abs((p - drawn) @ member).sum(axis=1).mean() / len(p))


def bin_numbers(
    p: NDArray[np.float64], n_bins: int, equal_mass: bool
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the edges, and the bin of each probability; the last bin holds 1.

    Book: Where and why it errs
    """
    if n_bins < 1:
        raise ConfigError(f"n_bins is {n_bins}, but must be at least 1")
    edges = np.quantile(p, np.linspace(0, 1, n_bins + 1)) if equal_mass else None
    edges = np.linspace(0, 1, n_bins + 1) if edges is None else edges
    return edges, np.searchsorted(edges[1:-1], p, side="right")


def _paired(
    confidence: ArrayLike, right: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    p, hit = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if p.ndim != 1 or p.shape != hit.shape or not p.size or not ((p >= 0) & (p <= 1)).all():
        raise DataError(
            f"probabilities of shape {p.shape} and outcomes of shape {hit.shape}: pass as many of "
            "both, at least one, and probabilities between 0 and 1"
        )
    return p, hit
