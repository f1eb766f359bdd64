"""Whether a probability means what it says: reliability, its summaries, and a temperature.

The probability of a clip is made as its decision is: the mean log-probability of its segments,
divided by a temperature and normalised.  No temperature changes a decision.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from mgc.errors import ConfigError, DataError
from mgc.evaluate.predictions import genres_of, log_probabilities
from mgc.evaluate.resampling import Interval, resample_groups

#: Range in which a temperature is looked for.
_TEMPERATURES = (0.02, 50.0)


def track_log_probabilities(tracks: pd.DataFrame, temperature: float = 1.0) -> NDArray[np.float64]:
    """Return the normalised log-probabilities of clips.

    Parameters
    ----------
    tracks : DataFrame
        Of :func:`mgc.evaluate.tracks.track_decisions`.
    temperature : float
        Above 0; large ones make probabilities alike, small ones sure.

    Returns
    -------
    ndarray of float64, shape (clips, genres)
        Natural logarithms; columns in the order of the frame.

    Raises
    ------
    ConfigError
        If the temperature is not positive.

    Examples
    --------
    >>> tracks = pd.DataFrame({"logp_pop": np.log([0.8]), "logp_rock": np.log([0.2])})
    >>> np.exp(track_log_probabilities(tracks, 2.0)).round(3).tolist()
    [[0.667, 0.333]]

    Book: Where and why it errs
    """
    if not temperature > 0:
        raise ConfigError(f"temperature is {temperature}, but must be above 0")
    scaled = log_probabilities(tracks) / temperature
    return np.asarray(scaled - np.logaddexp.reduce(scaled, axis=1, keepdims=True))


def fit_temperature(tracks: pd.DataFrame) -> float:
    """Return the temperature with the least mean negative log-probability of the true genre.

    Parameters
    ----------
    tracks : DataFrame
        Clips that are not scored with it afterwards: those of the valid part.

    Returns
    -------
    float
        In [0.02, 50]; the loss is convex in its inverse, so there is one minimum.

    References
    ----------
    Guo, Pleiss, Sun & Weinberger (2017), On calibration of modern neural networks, ICML, PMLR 70,
    1321-1330.

    Examples
    --------
    >>> logp = np.log([[0.9, 0.1]] * 4)
    >>> tracks = pd.DataFrame(logp, columns=["logp_pop", "logp_rock"])
    >>> tracks["true"] = ["pop", "pop", "pop", "rock"]  # nine of ten is too sure of three of four
    >>> round(fit_temperature(tracks), 3)
    2.0

    Book: Where and why it errs
    """
    from scipy.optimize import minimize_scalar

    ends = np.log(_TEMPERATURES)
    found = minimize_scalar(
        lambda x: scores(tracks, float(np.exp(x)))["nll"],
        bounds=ends,
        method="bounded",
        options={"xatol": 1e-6},
    )
    return float(np.exp(found.x))


def scores(tracks: pd.DataFrame, temperature: float = 1.0) -> dict[str, float]:
    """Score the probabilities of clips.

    Parameters
    ----------
    tracks : DataFrame
        One part of :func:`mgc.evaluate.tracks.track_decisions`.
    temperature : float
        Above 0.

    Returns
    -------
    dict of str to float
        ``accuracy``; ``confidence``, the mean probability of the decided genre; ``nll``, the mean
        negative log-probability of the true genre (nats); ``brier``, the mean over clips of the
        squared differences to the truth, summed over genres (0 to 2); ``ece``, see
        :func:`calibration_error`.

    Raises
    ------
    DataError
        If there is no clip.

    References
    ----------
    Brier (1950), Verification of forecasts expressed in terms of probability, Monthly Weather
    Review 78(1), 1-3.

    Examples
    --------
    >>> tracks = pd.DataFrame({"true": ["pop"], "logp_pop": np.log([0.8]),
    ...     "logp_rock": np.log([0.2])})
    >>> {name: round(value, 3) for name, value in scores(tracks).items()}
    {'accuracy': 1.0, 'confidence': 0.8, 'nll': 0.223, 'brier': 0.08, 'ece': 0.2}

    Book: Where and why it errs
    """
    logp, truth = track_log_probabilities(tracks, temperature), _truth(tracks)
    p = np.exp(logp)
    confidence, right = p.max(axis=1), truth[np.arange(len(p)), p.argmax(axis=1)]
    return {
        "accuracy": float(right.mean()),
        "confidence": float(confidence.mean()),
        "nll": float(-logp[truth].mean()),
        "brier": float(((p - truth) ** 2).sum(axis=1).mean()),
        "ece": calibration_error(confidence, right),
    }


def sure_and_right(
    tracks: pd.DataFrame, temperature: float = 1.0
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the probability of each decided genre, and whether the decision is right.

    Book: Where and why it errs
    """
    p = np.exp(track_log_probabilities(tracks, temperature))
    return p.max(axis=1), _truth(tracks)[np.arange(len(p)), p.argmax(axis=1)]


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
    edges, which = _bins(p, n_bins, equal_mass)
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


def error_interval(
    runs: Sequence[pd.DataFrame],
    temperatures: Sequence[float],
    n_bins: int = 10,
    equal_mass: bool = False,
    n_resamples: int = 2000,
    seed: int = 0,
) -> Interval:
    """Return the mean calibration error over runs with its 95 % interval over artist groups.

    Parameters
    ----------
    runs : sequence of DataFrame
        Track decisions of each run on the same clips.
    temperatures : sequence of float
        One for each run.
    n_bins, equal_mass
        As in :func:`reliability`; the bins stay those of all clips.
    n_resamples, seed
        As in :func:`mgc.evaluate.bootstrap.artist_bootstrap`.

    Returns
    -------
    Interval
        A resample repeats clips, which makes bins noisier than those of so many different clips:
        the interval leans upwards and need not hold the estimate.

    Raises
    ------
    DataError
        If there is no run, or fewer than two groups.

    Book: Where and why it errs
    """
    if not runs:
        raise DataError("no run to resample: pass at least one frame of track decisions")
    runs = [run.sort_values("clip") for run in runs]
    groups = runs[0]["group"]
    code = pd.factorize(groups, sort=True)[0]
    sums = []
    for run, temperature in zip(runs, temperatures, strict=True):
        p, hit = sure_and_right(run, temperature)
        table = np.zeros((code.max() + 1, n_bins))
        np.add.at(table, (code, _bins(p, n_bins, equal_mass)[1]), p - hit)
        sums.append(table)
    size = np.bincount(code)

    def distribution(counts: NDArray[np.int64]) -> NDArray[np.float64]:
        gaps = np.mean([np.abs(counts @ table).sum(axis=1) for table in sums], axis=0)
        return np.asarray(gaps / (counts @ size), dtype=np.float64)

    return resample_groups(distribution, groups, n_resamples, seed)


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
    member = np.eye(n_bins)[_bins(p, n_bins, equal_mass)[1]]
    return float(np.abs((p - drawn) @ member).sum(axis=1).mean() / len(p))


def _bins(
    p: NDArray[np.float64], n_bins: int, equal_mass: bool
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Edges, and the bin of each probability; the last bin holds 1."""
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


def _truth(tracks: pd.DataFrame) -> NDArray[np.bool_]:
    """Whether each genre is the true one of each clip."""
    if tracks.empty:
        raise DataError("no clip to score: select a part that was predicted")
    return np.asarray(tracks["true"].to_numpy()[:, None] == np.asarray(genres_of(tracks)))
