"""Evaluation: from ``predictions.csv`` to track-level metrics with intervals over artists.

Nothing here trains or needs a deep-learning backend: it reads the files of run folders.  Import
from the files (``from mgc.evaluate.runs import find_runs``), so that a chapter reaches, and grows
stale by, nothing but what it uses.
"""
