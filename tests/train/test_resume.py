"""Killed at any moment and started again, a run ends with the bits of one that never was."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from mgc.backend import keras
from mgc.data.frontend import ClipFeatures
from mgc.data.store import FeatureStore, StoreWriter
from mgc.data.synthetic import SyntheticCorpus, synthetic_store
from mgc.errors import RunError
from mgc.train.run import run


def history(folder):
    return pd.read_csv(folder / "history.csv", dtype=str).drop(columns="seconds")


def epochs_saved(home, more_than):
    """Tell whether the checkpoint of an unfinished run holds more epochs than that."""
    for path in home.glob(".*.partial/checkpoint.npz"):
        with np.load(path) as file:
            return len(json.loads(str(file["state"]))["history"]) > more_than
    return False


class Killed(BaseException):
    """Stands for a process that ends between two epochs."""


ALL_DATA = {"keep": "last", "train_on_valid": True, "schedule": "cosine"}


@pytest.mark.parametrize(
    "changes",
    [
        {"plateau_patience": 1},
        {"schedule": "cosine", "optimizer": "nesterov"},
        ALL_DATA | {"mixup": 0.4, "label_smoothing": 0.1, "crops": "random"},
    ],
)
def test_every_stop_between_epochs_continues_exactly(tiny, tmp_path, changes):
    """Schedule and early stopping act within these epochs, so their memory must be restored too."""
    config = tiny(epochs=7, learning_rate=0.1, early_stopping_patience=3, batch_size=32, **changes)
    straight = run(config, runs=tmp_path / "straight")

    def stop(*_):
        raise Killed

    for _ in range(8):
        try:
            folder = run(config, runs=tmp_path / "stopped", report=stop)
            break
        except Killed:
            keras.utils.set_random_seed(random.randrange(1000))
    assert (folder / "predictions.csv").read_bytes() == (straight / "predictions.csv").read_bytes()
    pd.testing.assert_frame_equal(history(folder), history(straight))
    assert history(straight)["learning_rate"].nunique() > 1


def test_another_thread_count_is_refused(tiny, tmp_path, monkeypatch):
    config = tiny(epochs=3)

    def stop(*_):
        raise Killed

    with pytest.raises(Killed):
        run(config, runs=tmp_path, report=stop)
    monkeypatch.setattr("mgc.train.checkpoint.threads", lambda: 7)
    with pytest.raises(RunError, match="made with threads .*, but now it is 7.*MGC_THREADS"):
        run(config, runs=tmp_path)


def test_other_data_are_refused(tiny, tmp_path):
    """An interrupted run must not continue on another store."""
    config = tiny(epochs=3)

    def stop(*_):
        raise Killed

    with pytest.raises(Killed):
        run(config, runs=tmp_path, report=stop)
    whole = FeatureStore.open(synthetic_store(SyntheticCorpus()))
    with StoreWriter(tmp_path / "other", whole.front_end, len(whole)) as writer:
        for row, facts in enumerate(whole.clips.itertuples()):
            values = whole.values[row] if row else 255 - whole.values[row]
            features = ClipFeatures(
                values, facts.n_samples, facts.n_frames, facts.range_db, facts.ref_db
            )
            writer.append(facts.clip, facts.genre, features)
    with pytest.raises(RunError, match="made with features .*--fresh"):
        run(config, runs=tmp_path, store=tmp_path / "other")
    folder = run(config, runs=tmp_path, store=tmp_path / "other", fresh=True)
    assert len(history(folder)) == 3


@pytest.mark.parametrize(
    ("drop", "named"),
    [("made_with", "is damaged .'made_with'.: remove it"), ("now_0003", "--fresh")],
)
def test_the_checkpoint_of_another_version_is_refused(tiny, tmp_path, drop, named):
    config = tiny(epochs=3)

    def stop(*_):
        raise Killed

    with pytest.raises(Killed):
        run(config, runs=tmp_path, report=stop)
    [path] = tmp_path.glob(".*.partial/checkpoint.npz")
    with np.load(path) as file:
        held = {name: file[name] for name in file.files if name != drop}
    state = json.loads(str(held["state"]))
    held["state"] = np.array(json.dumps({k: v for k, v in state.items() if k != drop}))
    np.savez(path, **held)
    with pytest.raises(RunError, match=named):
        run(config, runs=tmp_path)


@pytest.mark.slow
def test_sigkill_three_times_at_random_moments(tmp_path):
    """The issue's kill test, through the command line in processes of their own."""
    ask = [
        sys.executable, "-m", "mgc", "run", "--epochs", "6", "--width", "4", "--batch-size", "32",
        "--early-stopping-patience", "6", "--runs",
    ]  # fmt: skip
    done = subprocess.run([*ask, tmp_path / "straight"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for seen in range(3):
        process = subprocess.Popen([*ask, tmp_path / "killed"], stdout=subprocess.DEVNULL)
        # Somewhere within the next epoch, and once before the first.
        while seen and not epochs_saved(tmp_path / "killed", more_than=seen - 1):
            assert process.poll() is None, "the run ended before it could be killed"
            time.sleep(0.01)
        time.sleep(random.uniform(0.0, 0.1) if seen else random.uniform(2.0, 5.0))
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    done = subprocess.run([*ask, tmp_path / "killed"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    [a] = [p for p in (tmp_path / "straight").iterdir() if p.is_dir()]
    [b] = [p for p in (tmp_path / "killed").iterdir() if p.is_dir()]
    assert (a / "predictions.csv").read_bytes() == (b / "predictions.csv").read_bytes()
    pd.testing.assert_frame_equal(history(a), history(b))
