"""Sweeps: the grid, processes that agree with a single run, failures that do not stop the rest."""

import os
import signal
from pathlib import Path

import pytest

from mgc.backend import threads
from mgc.errors import ConfigError
from mgc.train.run import run
from mgc.train.sweep import Outcome, expand_grid, reported_runs, sweep


def test_grid_is_every_combination():
    configs = expand_grid({"optimizer": ["adam", "rmsprop"], "seed": [0, 1, 2], "epochs": 2})
    assert len({c.uid for c in configs}) == 6
    assert [c.seed for c in configs] == [0, 1, 2] * 2


def test_alternatives_are_expanded_in_turn():
    folds = {"split": "artist_cv", "fold": [0, 4]}
    configs = expand_grid({"seed": [3, 5], "any_of": [folds, {"split": "fault_filtered"}]})
    assert [(c.seed, c.split, c.fold) for c in configs] == [
        *((seed, "artist_cv", fold) for seed in (3, 5) for fold in (0, 4)),
        *((seed, "fault_filtered", 0) for seed in (3, 5)),
    ]
    inner = {"any_of": [{"width": 2}, {"width": 3}]}
    nested = expand_grid({"any_of": [{"seed": 1, **inner}, {"seed": 2, **inner}]})
    assert [(c.seed, c.width) for c in nested] == [(1, 2), (1, 3), (2, 2), (2, 3)]


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"seed": []}, "empty list"),
        ({"sed": [1]}, "did you mean seed"),
        ({"seed": [-1]}, "-1"),
        ({"any_of": {"seed": 1}}, "any_of is {'seed': 1}, but must be a list"),
        ({"any_of": [{"seed": 1}, {}]}, "must be a list of 'name: value' mappings"),
        ({"seed": 2, "any_of": [{"seed": 1}]}, "seed stands within any_of and beside it"),
    ],
)
def test_grid_refuses(values, named):
    with pytest.raises(ConfigError, match=named):
        expand_grid(values)


def test_processes_give_the_bits_of_a_single_run(tiny, tmp_path):
    configs = [tiny(seed=0, epochs=1), tiny(seed=1, epochs=1), tiny(seed=2, epochs=1)]
    seen = []
    outcomes = sweep(configs, jobs=2, threads=2, runs=tmp_path / "sweep", report=seen.append)
    assert [o.error for o in outcomes] == [None] * 3
    assert [o.folder.name for o in outcomes] == [c.uid for c in configs]
    assert len(seen) == 3
    assert threads() == 2
    for outcome in outcomes[-2:]:
        alone = run(outcome.config, runs=tmp_path / "alone")
        name = "predictions.csv"
        assert (outcome.folder / name).read_bytes() == (alone / name).read_bytes()


def test_one_failure_is_reported_and_the_others_go_on(tiny, tmp_path):
    configs = [tiny(epochs=1, segment_seconds=100.0), tiny(epochs=1)]
    bad, good = sweep(configs, runs=tmp_path)
    assert bad.folder is None
    assert "100.0 s" in bad.error
    assert good.error is None


def test_a_killed_process_is_tried_again_and_then_reported(tiny, tmp_path, monkeypatch):
    """Loky sends functions by name, so the stand-in has to live in a module."""
    monkeypatch.setattr("mgc.train.sweep._run_one", kill_own_process)
    [outcome] = sweep([tiny()], runs=tmp_path)
    assert outcome.folder is None
    assert "killed 3 times" in outcome.error
    monkeypatch.setattr("mgc.train.sweep._run_one", kill_own_process_once)
    first, second = sweep([tiny(seed=1), tiny(seed=2)], jobs=2, runs=tmp_path)
    assert (first.error, second.error) == (None, None)


def kill_own_process(config, store, runs):
    os.kill(os.getpid(), signal.SIGKILL)


def kill_own_process_once(config, store, runs):
    try:
        (Path(runs) / "killed").touch(exist_ok=False)
    except FileExistsError:
        return Outcome(config, Path(runs), None)
    kill_own_process(config, store, runs)


def test_reported_runs_are_those_of_the_grids():
    runs = reported_runs("simple_cnn", "unet_lite")
    assert [run.config["model"] for run in runs] == ["simple_cnn"] * 9 + ["unet_lite"]
    with pytest.raises(ConfigError, match="nothing.yaml does not exist"):
        reported_runs("nothing")


def test_refusals(tiny):
    with pytest.raises(ConfigError, match="jobs is 0"):
        sweep([tiny()], jobs=0)
