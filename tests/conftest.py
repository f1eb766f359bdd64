"""Fixtures that every room of the tests shares."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# Pinned before any backend or BLAS wakes up: two cores, the same bits each time.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MGC_THREADS", "2")

from mgc import paths  # noqa: E402


@pytest.fixture(scope="session")
def gtzan_store() -> Path:
    """Folder of the real GTZAN log-mel store; skips where it is absent."""
    folder = paths.gtzan_store()
    if not (folder / "features.npy").is_file():
        pytest.skip("the real GTZAN log-mel store is not on this machine (set MGC_STORE)")
    return folder


@pytest.fixture(scope="session")
def gtzan_audio() -> Path:
    """Folder of real GTZAN audio by genre; skips where it is absent."""
    folder = paths.gtzan_audio()
    if not folder.is_dir():
        pytest.skip("no real GTZAN audio on this machine (set MGC_GTZAN)")
    return folder


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., Path]:
    """Make a small run folder as training leaves it: ``make_run("name", seed=1, ...)``."""
    # Imported here, so that BLAS wakes up after its threads were pinned above.
    import numpy as np
    import pandas as pd

    from mgc.evaluate.predictions import predictions_frame, write_predictions
    from mgc.evaluate.report import evaluate_run

    def make(name: str = "run", n_epochs: int = 6, **config: Any) -> Path:
        folder = tmp_path / "runs" / name
        folder.mkdir(parents=True)
        config = {
            "dataset": "synthetic",
            "split": "fault_filtered",
            "fold": 0,
            "model": "simple_cnn",
            "optimizer": "adam",
            "learning_rate": 0.001,
            "monitor": "val_loss",
            "seed": 0,
        } | config
        (folder / "config.json").write_text(json.dumps(config))
        (folder / "environment.json").write_text(json.dumps({"device": "cpu"}))
        rng = np.random.default_rng(config["seed"])
        genres, epochs = ("blues", "jazz", "rock"), np.arange(1, n_epochs + 1)
        history = {
            "epoch": epochs,
            "loss": 2.0 / epochs,
            "accuracy": 1 - 0.8 / epochs,
            "val_loss": 1.0 + 0.1 * np.abs(epochs - 4) + 0.01 * rng.random(n_epochs),
            "val_accuracy": 0.6 - 0.05 * np.abs(epochs - 5),
            "learning_rate": np.where(epochs > 4, 0.5e-3, 1e-3),
            "gradient_norm": 3.0 / epochs,
            "seconds": np.where(epochs == 1, 9.0, 2.0),
        }
        pd.DataFrame(history).to_csv(folder / "history.csv", index=False)
        clips = [(p, g, i) for p in ("valid", "test") for g in genres for i in range(12)]
        rows = [
            (f"{g}.{i:05d}", p, s, f"{g} artist {i // 3}", g) for p, g, i in clips for s in (0, 1)
        ]
        true = np.array([genres.index(row[4]) for row in rows])
        logits = rng.normal(size=(len(rows), len(genres))) + 1.5 * np.eye(len(genres))[true]
        logp = logits - np.logaddexp.reduce(logits, axis=1)[:, None]
        frame = predictions_frame(*zip(*rows, strict=True), logp=logp, genres=genres)
        write_predictions(folder / "predictions.csv", frame)
        evaluate_run(folder)
        return folder

    return make
