"""``metrics.json`` of a run folder: written from ``predictions.csv``, and checked against it."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from mgc.data.manifest import PARTS
from mgc.errors import RunError
from mgc.evaluate.bootstrap import artist_bootstrap
from mgc.evaluate.metrics import accuracy, confusion_matrix, macro_recall, per_genre_table
from mgc.evaluate.predictions import genres_of, read_predictions
from mgc.evaluate.tracks import segment_decisions, track_decisions
from mgc.files import atomic_file

#: Decimals of ``metrics.json``: finer than any interval, coarser than rounding differences.
DECIMALS = 6


def compute_metrics(predictions: pd.DataFrame, seed: int = 0) -> dict[str, Any]:
    """Compute every metric of every part that the predictions hold.

    Parameters
    ----------
    predictions : DataFrame
        See :func:`mgc.evaluate.predictions.read_predictions`.
    seed : int
        Seed of the resamples of the intervals.

    Returns
    -------
    dict
        For each part present a dict ``{"track": ..., "segment": ...}``, ready for JSON.  ``track``
        holds ``n, accuracy, accuracy_interval, macro_recall, macro_recall_interval, per_genre,
        confusion`` (rows true) and ``genres``; ``segment`` holds ``n, accuracy, macro_recall``.
        An interval is None where a part has a single artist group.

    Examples
    --------
    >>> import numpy as np
    >>> from mgc.evaluate.predictions import predictions_frame
    >>> half = np.log([[0.6, 0.4], [0.6, 0.4]])
    >>> frame = predictions_frame(["a", "b"], ["test", "test"], [0, 0], ["Abba", "Muse"],
    ...     ["pop", "rock"], half, ["pop", "rock"])
    >>> compute_metrics(frame)["test"]["track"]["confusion"]
    [[1, 0], [1, 0]]

    Book: Main results
    """
    genres = genres_of(predictions)
    tracks, segments = track_decisions(predictions), segment_decisions(predictions)
    return {
        part: {
            "track": _track_metrics(tracks[tracks["part"] == part], genres, seed),
            "segment": _scores(segments[segments["part"] == part]),
        }
        for part in PARTS
        if (predictions["part"] == part).any()
    }


def recompute_run(folder: str | Path) -> dict[str, Any]:
    """Compute the metrics of a run folder from its predictions and write nothing.

    Parameters
    ----------
    folder : str or Path
        Run folder; only ``predictions.csv`` is read.

    Returns
    -------
    dict
        :func:`compute_metrics`, floats rounded to `DECIMALS`.

    Raises
    ------
    RunError
        If the predictions are missing or damaged.

    Examples
    --------
    >>> recompute_run("nowhere")
    Traceback (most recent call last):
        ...
    mgc.errors.RunError: nowhere/predictions.csv does not exist: make the run again with 'mgc run'

    Book: Main results
    """
    metrics: dict[str, Any] = _rounded(
        compute_metrics(read_predictions(Path(folder) / "predictions.csv"))
    )
    return metrics


def evaluate_run(folder: str | Path) -> dict[str, Any]:
    """Compute the metrics of a run folder from its predictions and write ``metrics.json``.

    Parameters
    ----------
    folder : str or Path
        Run folder; only ``predictions.csv`` is read.

    Returns
    -------
    dict
        What was written: :func:`compute_metrics`, floats rounded to `DECIMALS`.

    Raises
    ------
    RunError
        If the predictions are missing or damaged.
    MGCError
        If the system refuses to write; an older ``metrics.json`` stays intact.

    Examples
    --------
    >>> evaluate_run("nowhere")
    Traceback (most recent call last):
        ...
    mgc.errors.RunError: nowhere/predictions.csv does not exist: make the run again with 'mgc run'

    Book: Main results
    """
    metrics = recompute_run(folder)
    with atomic_file(Path(folder) / "metrics.json") as temporary:
        temporary.write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf8")
    return metrics


def check_run(folder: str | Path) -> dict[str, Any]:
    """Compare ``metrics.json`` with what the predictions give.

    Parameters
    ----------
    folder : str or Path
        Run folder; only ``predictions.csv`` and ``metrics.json`` are read.

    Returns
    -------
    dict
        The recomputed metrics, as :func:`evaluate_run` would write them.

    Raises
    ------
    RunError
        If a file is missing or damaged, or an entry differs; the message names the first that
        does, with both values.

    Examples
    --------
    >>> check_run("nowhere")
    Traceback (most recent call last):
        ...
    mgc.errors.RunError: nowhere/predictions.csv does not exist: make the run again with 'mgc run'

    Book: Main results
    """
    metrics = recompute_run(folder)
    path = Path(folder) / "metrics.json"
    difference = _first_difference(read_json(path), metrics)
    if difference:
        raise RunError(
            f"{path} does not follow from predictions.csv: {difference}; restore the file that was "
            "changed, or accept the predictions with 'mgc evaluate --write'"
        )
    return metrics


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object of a run folder; `RunError` names the file if it is none.

    Examples
    --------
    >>> read_json(Path("nowhere/metrics.json"))
    Traceback (most recent call last):
        ...
    mgc.errors.RunError: nowhere/metrics.json does not exist: make the run again with 'mgc run'
    """
    if not path.is_file():
        raise RunError(f"{path} does not exist: make the run again with 'mgc run'")
    try:
        values = json.loads(path.read_text(encoding="utf8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise RunError(
            f"{path} is not JSON ({error}): make the run again with 'mgc run'"
        ) from error
    if not isinstance(values, dict):
        raise RunError(f"{path} holds no JSON object: make the run again with 'mgc run'")
    return values


def interval_text(interval: Mapping[str, Any] | None) -> str:
    """Write an interval of the metrics with three decimals.

    Parameters
    ----------
    interval : mapping or None
        An entry ``accuracy_interval`` or ``macro_recall_interval`` of :func:`compute_metrics`:
        ``low`` and ``high`` in [0, 1], or None where a part has a single artist group.

    Returns
    -------
    str
        ``"low-high"``, or ``"one artist"`` for None.

    Examples
    --------
    >>> interval_text({"low": 0.41237, "high": 0.6})
    '0.412-0.600'
    >>> interval_text(None)
    'one artist'

    Book: Main results
    """
    return f"{interval['low']:.3f}-{interval['high']:.3f}" if interval else "one artist"


def _track_metrics(tracks: pd.DataFrame, genres: tuple[str, ...], seed: int) -> dict[str, Any]:
    true, predicted = tracks["true"], tracks["predicted"]
    scores = _scores(tracks)
    resampled: dict[str, Any] = {"accuracy": None, "macro_recall": None}
    if tracks["group"].nunique() > 1:
        for statistic in resampled:
            interval = asdict(artist_bootstrap(tracks, statistic, seed=seed))
            resampled[statistic] = {k: v for k, v in interval.items() if k != "estimate"}
    return {
        "n": scores["n"],
        "accuracy": scores["accuracy"],
        "accuracy_interval": resampled["accuracy"],
        "macro_recall": scores["macro_recall"],
        "macro_recall_interval": resampled["macro_recall"],
        "genres": list(genres),
        "per_genre": per_genre_table(true, predicted, genres).to_dict(orient="index"),
        "confusion": confusion_matrix(true, predicted, genres).tolist(),
    }


def _scores(decisions: pd.DataFrame) -> dict[str, Any]:
    true, predicted = decisions["true"], decisions["predicted"]
    return {
        "n": len(decisions),
        "accuracy": accuracy(true, predicted),
        "macro_recall": macro_recall(true, predicted),
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return round(value, DECIMALS) if isinstance(value, float) else value


def _first_difference(stored: Any, computed: Any, name: str = "") -> str | None:
    """Say where two JSON values differ by more than one unit of the last decimal."""
    if isinstance(stored, dict) and isinstance(computed, dict):
        for key in [*computed, *(set(stored) - set(computed))]:
            place = f"{name}.{key}" if name else str(key)
            if (key in stored) != (key in computed):
                return f"{place} is only {'stored' if key in stored else 'recomputed'}"
            if inner := _first_difference(stored[key], computed[key], place):
                return inner
        return None
    if isinstance(stored, float | int) and isinstance(computed, float):
        same = abs(stored - computed) < 1.5 * 10**-DECIMALS
    else:
        same = stored == computed
    return None if same else f"{name} is stored as {stored}, but recomputed as {computed}"
