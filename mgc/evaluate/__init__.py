"""Evaluation: from ``predictions.csv`` to track-level metrics with intervals over artists.

Nothing here trains or needs a deep-learning backend: it reads the files of run folders.
"""

from mgc.evaluate.bootstrap import (
    Interval,
    artist_bootstrap,
    artist_bootstrap_runs,
    paired_difference,
)
from mgc.evaluate.metrics import accuracy, confusion_matrix, macro_recall, per_genre_table
from mgc.evaluate.predictions import predictions_frame, read_predictions, write_predictions
from mgc.evaluate.report import check_run, compute_metrics, evaluate_run, recompute_run
from mgc.evaluate.results import results_table
from mgc.evaluate.runs import Run, find_runs, load_run
from mgc.evaluate.tracks import segment_decisions, track_decisions

__all__ = [
    "Interval",
    "Run",
    "accuracy",
    "artist_bootstrap",
    "artist_bootstrap_runs",
    "check_run",
    "compute_metrics",
    "confusion_matrix",
    "evaluate_run",
    "find_runs",
    "load_run",
    "macro_recall",
    "paired_difference",
    "per_genre_table",
    "predictions_frame",
    "read_predictions",
    "recompute_run",
    "results_table",
    "segment_decisions",
    "track_decisions",
    "write_predictions",
]
