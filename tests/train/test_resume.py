"""Killed at any moment and started again, a run ends with the bits of one that never was."""

import os
import random
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

from mgc.backend import keras
from mgc.errors import RunError
from mgc.train.run import run


def history(folder):
    return pd.read_csv(folder / "history.csv", dtype=str).drop(columns="seconds")


class Killed(BaseException):
    """Stands for a process that ends between two epochs."""


def test_every_stop_between_epochs_continues_exactly(tiny, tmp_path, monkeypatch):
    """Plateau and early stopping act within these epochs, so their memory must be restored too."""
    config = tiny(
        epochs=7, learning_rate=0.1, plateau_patience=1, early_stopping_patience=3, batch_size=32
    )
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
    monkeypatch.setenv("MGC_THREADS", "7")
    with pytest.raises(RunError, match="made with .* threads .* set MGC_THREADS"):
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
    killed = 0
    while killed < 3:
        process = subprocess.Popen([*ask, tmp_path / "killed"], stdout=subprocess.DEVNULL)
        time.sleep(random.uniform(3.0, 9.0))
        os.kill(process.pid, signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        if process.returncode == 0:
            break
    done = subprocess.run([*ask, tmp_path / "killed"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    [a] = [p for p in (tmp_path / "straight").iterdir() if p.is_dir()]
    [b] = [p for p in (tmp_path / "killed").iterdir() if p.is_dir()]
    assert (a / "predictions.csv").read_bytes() == (b / "predictions.csv").read_bytes()
    pd.testing.assert_frame_equal(history(a), history(b))
