"""The table of results."""

import numpy as np
import pytest

from mgc.errors import RunError
from mgc.evaluate.bootstrap import artist_bootstrap_runs
from mgc.evaluate.results import results_table
from mgc.evaluate.runs import find_runs


@pytest.fixture
def runs(make_run):
    for seed in (0, 1, 2):
        home = make_run(f"adam{seed}", seed=seed, n_epochs=5 + seed).parent
    make_run("sgd0", seed=0, optimizer="sgd_momentum")
    return find_runs(home)


def test_a_row_per_model_and_optimizer(runs):
    table = results_table(runs)
    assert table[["model", "optimizer"]].to_numpy().tolist() == [
        ["simple_cnn", "adam"],
        ["simple_cnn", "sgd_momentum"],
    ]
    adam = table.iloc[0]
    by_seed = [run.metrics["test"]["track"]["accuracy"] for run in runs[:3]]
    assert adam["seeds"] == (0, 1, 2)
    np.testing.assert_allclose(adam["accuracy_by_seed"], by_seed, atol=1e-6)
    assert adam["accuracy"] == pytest.approx(np.mean(by_seed), abs=1e-6)
    assert (adam["accuracy_min"], adam["accuracy_max"]) == pytest.approx(
        (min(by_seed), max(by_seed)), abs=1e-6
    )
    interval = artist_bootstrap_runs([run.tracks.query("part == 'test'") for run in runs[:3]])
    assert (adam["low"], adam["high"]) == (interval.low, interval.high)
    for column, part, level, key in (
        ("macro_recall", "test", "track", "macro_recall"),
        ("segment_accuracy", "test", "segment", "accuracy"),
        ("valid_accuracy", "valid", "track", "accuracy"),
    ):
        expected = np.mean([run.metrics[part][level][key] for run in runs[:3]])
        assert adam[column] == pytest.approx(expected, abs=1e-6)
    assert (adam["epochs"], adam["best_epoch"], adam["seconds_per_epoch"]) == (6, 4, 2)


def test_a_caption_finds_what_it_must_say(runs):
    table = results_table(runs)
    attrs = table.attrs
    assert (attrs["part"], attrs["unit"], attrs["level"]) == ("test", "track", 0.95)
    assert attrs["dataset"] == ["synthetic"] and attrs["split"] == ["fault_filtered"]
    assert attrs["seeds"] == [0, 1, 2]
    assert attrs["n_clips"] == [36] and attrs["n_groups"] == [12]
    assert set(table["dataset"]) == {"synthetic"}


def test_another_part(runs):
    table = results_table(runs, "valid")
    np.testing.assert_allclose(table["accuracy"], table["valid_accuracy"])
    with pytest.raises(RunError, match="no predictions for part 'train': it has test, valid"):
        results_table(runs, "train")


def test_what_was_learnt_from_is_no_validation(make_run):
    home = make_run("a", train_on_valid=True).parent
    make_run("b", optimizer="sgd_momentum")
    table = results_table(find_runs(home)).set_index("optimizer")
    assert np.isnan(table.loc["adam", "valid_accuracy"])
    assert 0 <= table.loc["sgd_momentum", "valid_accuracy"] <= 1
    with pytest.raises(RunError, match="learnt from the valid part"):
        results_table(find_runs(home), "valid")


def test_the_order_of_the_runs_does_not_matter(runs):
    assert results_table(runs[::-1]).equals(results_table(runs))


def test_only_seeds_are_averaged(make_run, runs):
    make_run("other", seed=7, learning_rate=0.01)
    everything = find_runs(runs[0].folder.parent)
    with pytest.raises(RunError, match=r"differ in learning_rate .* choose one with find_runs"):
        results_table(everything)
    with pytest.raises(RunError, match="share a seed"):
        results_table([runs[0], runs[0]])


def test_folds_are_rows_of_their_own(make_run):
    home = make_run("a", split="artist_cv", fold=0).parent
    make_run("b", split="artist_cv", fold=1)
    assert results_table(find_runs(home))["fold"].tolist() == [0, 1]
