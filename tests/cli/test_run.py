"""``mgc run`` and ``mgc sweep``: one clear sentence for bad input, and what a good run prints."""

import os
import resource
import subprocess
import sys

import pytest
from click.testing import CliRunner

from mgc.cli import main


@pytest.fixture
def mgc(tmp_path, monkeypatch):
    monkeypatch.setenv("MGC_RUNS", str(tmp_path / "runs"))

    def call(*words):
        return CliRunner().invoke(main, [str(word) for word in words])

    return call


TINY = ("--width", 2, "--epochs", 1)


def test_a_run_says_what_it_scored_and_where_it_lies(mgc, tmp_path):
    done = mgc("run", *TINY, "--no-spec-augment")
    assert done.exit_code == 0, done.output
    assert "synthetic, split fault_filtered, test part, track level: accuracy" in done.stdout
    folder = tmp_path / "runs" / done.stdout.split()[-1].rsplit("/", 1)[-1]
    assert (folder / "metrics.json").exists()
    again = mgc("run", *TINY, "--no-spec-augment")
    assert "is finished already" in again.stderr
    stamp = (folder / "metrics.json").stat().st_mtime_ns
    assert mgc("run", *TINY, "--no-spec-augment", "--fresh").exit_code == 0
    assert (folder / "metrics.json").stat().st_mtime_ns != stamp


def test_options_win_over_the_file(mgc, tmp_path):
    (tmp_path / "run.yaml").write_text("width: 2\nepochs: 7\nseed: 3\n")
    done = mgc("run", "--config", tmp_path / "run.yaml", "--epochs", 1)
    assert done.exit_code == 0, done.output
    [folder] = [p for p in (tmp_path / "runs").iterdir() if p.is_dir()]
    config = (folder / "config.json").read_text()
    assert '"epochs": 1,' in config
    assert '"seed": 3,' in config


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--model", "resnet"), 2, "'resnet' is not one of 'simple_cnn', 'unet_lite'"),
        (("--epochs", "three"), 2, "'three' is not a valid integer"),
        (("--epochs", -1), 1, "epochs is -1, but must lie between 1 and"),
        (("--optimzer", "adam"), 2, "--optimizer"),
        (("--segment-seconds", 100), 1, "choose segment_seconds within that"),
        (("--store", "nowhere"), 1, "spec.json does not exist, so nowhere is no feature store"),
        (("--config", "none.yaml"), 1, "none.yaml does not exist"),
    ],
)
def test_bad_input_is_one_sentence_and_an_exit_code(mgc, tmp_path, words, code, message):
    done = mgc("run", *TINY, *words)
    assert done.exit_code == code
    assert message in " ".join(done.output.split())
    assert "Traceback" not in done.output
    home = tmp_path / "runs"
    assert not home.exists() or not [p for p in home.iterdir() if not p.name.startswith(".")]


def test_a_disk_that_fills_up_is_one_sentence(tmp_path):
    """No file of this process may grow beyond 8 kB: the system refuses as a full disk does."""
    done = subprocess.run(
        [sys.executable, "-m", "mgc", "run", "--width", "2", "--epochs", "1"],
        env={**os.environ, "MGC_RUNS": str(tmp_path)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192)),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "was not written, because the disk is full: free some space" in done.stderr
    assert "Traceback" not in done.stderr
    assert not [p for p in tmp_path.iterdir() if not p.name.startswith(".")]


def test_a_sweep_lists_then_runs_then_skips(mgc):
    axes = ("-p", "width=2", "-p", "epochs=1", "-p", "seed=0,1")
    listed = mgc("sweep", *axes, "--dry-run")
    assert listed.exit_code == 0
    assert listed.stdout.count("simple_cnn adam seed") == 2
    for _ in range(2):
        done = mgc("sweep", *axes)
        assert done.exit_code == 0, done.output
        assert done.stdout.count("simple_cnn adam seed") == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("-p", "optimzer=adam"), "did you mean optimizer"),
        (("-p", "seed"), "expects NAME=VALUE"),
        (("-p", "epochs=1", "-p", "segment_seconds=99"), "1 of 1 runs failed, see above"),
    ],
)
def test_a_bad_sweep_fails(mgc, words, message):
    done = mgc("sweep", *words)
    assert done.exit_code == 1
    assert message in done.output
