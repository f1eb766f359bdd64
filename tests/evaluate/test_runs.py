"""Run folders as the report reads them."""

import dataclasses

import pandas as pd
import pytest

from mgc.errors import RunError
from mgc.evaluate.results import results_table
from mgc.evaluate.runs import YOUNGER, best_epoch, find_runs, load_run, run_folders
from mgc.train.config import RunConfig


def test_a_run_is_read_lazily_once_and_cannot_be_changed(make_run):
    folder = make_run("a", seed=3)
    run = load_run(folder)
    (folder / "environment.json").write_text("{")
    assert (run.uid, run.seed, run.config["model"]) == ("a", 3, "simple_cnn")
    assert len(run.history) == 6 and run.history is run.history
    assert len(run.tracks) == 72 and run.metrics["test"]["track"]["n"] == 36
    with pytest.raises(dataclasses.FrozenInstanceError):
        run.folder = folder.parent
    with pytest.raises(RunError, match=r"environment.json is not JSON"):
        _ = run.environment


def test_best_epoch_is_the_first_best_of_what_was_monitored(make_run):
    assert load_run(make_run("a", monitor="val_loss")).best_epoch == 4
    assert load_run(make_run("b", monitor="val_accuracy")).best_epoch == 5
    tie = pd.DataFrame({"epoch": [1, 2, 3], "val_accuracy": [0.1, 0.5, 0.5]})
    assert best_epoch(tie, "val_accuracy") == 2


def test_an_incomplete_folder_is_refused(make_run, tmp_path):
    folder = make_run()
    (folder / "history.csv").unlink()
    with pytest.raises(RunError, match="lacks history.csv: it is no finished run"):
        load_run(folder)
    with pytest.raises(RunError, match="is no folder"):
        load_run(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [("", "is no table"), ("epoch,loss\n1,2\n", "lacks accuracy, val_loss"), ("\xff", "lacks")],
)
def test_a_damaged_history_is_refused(make_run, content, complaint):
    folder = make_run()
    (folder / "history.csv").write_text(content, encoding="utf8")
    with pytest.raises(RunError, match=complaint):
        _ = load_run(folder).history


def test_a_configuration_that_says_too_little_is_refused(make_run):
    folder = make_run()
    (folder / "config.json").write_text('{"model": "simple_cnn"}')
    with pytest.raises(RunError, match="config.json lacks dataset, split, fold, optimizer, seed"):
        find_runs(folder.parent)


def test_fields_that_an_older_run_lacks_stand_at_their_default(make_run):
    defaults = {field.name: field.default for field in dataclasses.fields(RunConfig)}
    assert {name: defaults[name] for name in YOUNGER} == YOUNGER
    make_run("old")
    home = make_run("new", seed=1, features="log_mel", tune=False).parent
    make_run("other", features="mfcc")
    assert [run.uid for run in find_runs(home, features="log_mel")] == ["old", "new"]
    # Averaged over their seeds: they differ in nothing else.
    assert results_table(find_runs(home, features="log_mel"))["seeds"].tolist() == [(0, 1)]


def test_runs_are_found_by_configuration_and_sorted(make_run):
    for name, optimizer, seed in (("x", "rmsprop", 0), ("y", "adam", 10), ("z", "adam", 2)):
        home = make_run(name, optimizer=optimizer, seed=seed).parent
    (home / ".unfinished").mkdir()
    (home / "notes.txt").write_text("not a run")
    assert [run.uid for run in find_runs(home)] == ["z", "y", "x"]
    assert [run.uid for run in find_runs(home, optimizer="adam", seed=10)] == ["y"]
    assert find_runs(home, model="unet_lite") == []
    with pytest.raises(RunError, match="no run is configured by optimzer: filter by .*, dataset"):
        find_runs(home, optimzer="adam")


def test_the_standard_place_is_used(make_run, monkeypatch, tmp_path):
    folder = make_run()
    monkeypatch.setenv("MGC_RUNS", str(folder.parent))
    assert run_folders() == [folder]
    assert find_runs()[0].folder == folder
    monkeypatch.setenv("MGC_RUNS", str(tmp_path / "nowhere"))
    with pytest.raises(RunError, match="holds no run: set MGC_RUNS"):
        find_runs()
