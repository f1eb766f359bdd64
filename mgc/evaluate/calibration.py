"""Probabilities of clips: their scores, and a temperature that makes them mean what they say.

The probability of a clip is made as its decision is: the mean log-probability of its segments,
divided by a temperature and normalised.  No temperature changes a decision.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mgc.errors import ConfigError, DataError
from mgc.evaluate.bootstrap import aligned
from mgc.evaluate.predictions import genres_of, log_probabilities
from mgc.evaluate.reliability import bin_numbers, calibration_error
from mgc.evaluate.resampling import Interval, resample_groups
from mgc.evaluate.runs import Run

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
        :func:`mgc.evaluate.reliability.calibration_error`.

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


def temperature_table(runs: Sequence[Run], part: str = "test") -> pd.DataFrame:
    """Score the probabilities of runs as they are and at a temperature fitted on the valid part.

    Parameters
    ----------
    runs : sequence of Run
        Runs that did not learn from the valid part.
    part : {"test", "valid"}
        Part that is scored.

    Returns
    -------
    DataFrame
        Two rows a run, ``temperature`` 1 and fitted: ``seed, temperature, fitted`` (bool) and what
        :func:`scores` returns.

    Raises
    ------
    DataError
        If there is no run, or one learnt from the valid part.

    Book: Where and why it errs
    """
    if not runs or any(run.config.get("train_on_valid") for run in runs):
        raise DataError(
            f"{len(runs)} runs, some of which may have learnt from the valid part: a temperature "
            "is fitted on clips that were not learnt from"
        )
    rows = []
    for run in runs:
        tracks = run.tracks[run.tracks["part"] == part]
        found = fit_temperature(run.tracks[run.tracks["part"] == "valid"])
        for fitted, temperature in ((False, 1.0), (True, found)):
            row = {"seed": run.seed, "temperature": temperature, "fitted": fitted}
            rows.append(row | scores(tracks, temperature))
    return pd.DataFrame(rows)


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
        As in :func:`mgc.evaluate.reliability.reliability`; the bins stay those of all clips.
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
        If there is no run, they were scored on different clips, or there are fewer than two groups.

    Book: Where and why it errs
    """
    tables = aligned(runs)
    groups = tables[0]["group"]
    code = pd.factorize(groups, sort=True)[0]
    sums = []
    for run, temperature in zip(tables, temperatures, strict=True):
        p, hit = sure_and_right(run, temperature)
        table = np.zeros((code.max() + 1, n_bins))
        np.add.at(table, (code, bin_numbers(p, n_bins, equal_mass)[1]), p - hit)
        sums.append(table)
    size = np.bincount(code)

    def distribution(counts: NDArray[np.int64]) -> NDArray[np.float64]:
        gaps = np.mean([np.abs(counts @ table).sum(axis=1) for table in sums], axis=0)
        return np.asarray(gaps / (counts @ size), dtype=np.float64)

    return resample_groups(distribution, groups, n_resamples, seed)


def _truth(tracks: pd.DataFrame) -> NDArray[np.bool_]:
    """Whether each genre is the true one of each clip."""
    if tracks.empty:
        raise DataError("no clip to score: select a part that was predicted")
    return np.asarray(tracks["true"].to_numpy()[:, None] == np.asarray(genres_of(tracks)))
