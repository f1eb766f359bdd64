"""The runs that the book reports are committed whole, and every metric follows from predictions."""

import json

import numpy as np
import pandas as pd
import pytest

from mgc.data.representation import FRONT_ENDS
from mgc.evaluate.counts import ARM, count_runs, read_counts
from mgc.evaluate.report import check_run
from mgc.evaluate.runs import load_run
from mgc.evaluate.seals import SEALS, check_seal, read_seals
from mgc.evaluate.trials import chosen_rates, trials_table
from mgc.paths import PROJECT
from mgc.train.config import RunConfig
from mgc.train.parameters import read_yaml
from mgc.train.sweep import expand_grid, read_grid, reported_runs

GRIDS = sorted((PROJECT / "data" / "grids").glob("*.yaml"))
FOLDERS = sorted(p for p in (PROJECT / "data" / "runs").glob("[!.]*") if p.is_dir())


@pytest.mark.parametrize("grid", GRIDS, ids=lambda path: path.stem)
def test_every_run_of_a_grid_is_there(grid):
    for config in expand_grid(read_yaml(grid)):
        run = load_run(PROJECT / "data" / "runs" / config.uid)
        assert RunConfig.from_dict(run.config) == config
        assert run.environment["data_sha256"]["features"].startswith("c6359c8d90bc")
        assert run.environment["missing_clips"] == ["jazz.00054"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_folder_is_named_by_its_configuration_and_scored_by_its_predictions(folder):
    config = json.loads((folder / "config.json").read_text(encoding="utf8"))
    assert RunConfig.from_dict(config).uid == folder.name
    check_run(folder)
    check_seal(folder)


@pytest.mark.parametrize("grid", GRIDS, ids=lambda path: path.stem)
def test_the_predictions_of_a_grid_are_sealed(grid):
    """Digits that decide nothing are held by a checksum: 'mgc evaluate --seal' writes them."""
    seals = read_seals(PROJECT / "data" / SEALS)
    assert {config.uid for config in expand_grid(read_yaml(grid))} <= seals.keys()


def test_counted_rounds_are_those_of_the_folders_where_these_are_kept():
    """The repeats of the RBF-SVM are kept as counts; their first round is kept whole, too."""
    grids = ("ladder_rbf_svm", "ladder_rbf_svm_fault_filtered")
    clips, rounds = count_runs(reported_runs(*grids))
    counted, table = read_counts(PROJECT / "data" / "ladder" / "rbf_svm")
    kept = rounds.merge(table, on=[*ARM, "split_seed", "clips"], suffixes=("", "_counted"))
    assert len(kept) == len(rounds) == 6
    for name in ("accuracy", "segment_accuracy"):
        np.testing.assert_allclose(kept[name], kept[f"{name}_counted"], atol=1e-6)
    # Of the whole training list there is this one run, so that its counts must agree by clip.
    whole = [
        frame.query("split == 'fault_filtered' and train_per_genre == 0")
        for frame in (clips, counted)
    ]
    pd.testing.assert_frame_equal(
        *(frame.sort_values("clip").reset_index(drop=True) for frame in whole), check_dtype=False
    )


def test_networks_run_at_the_rates_that_the_trials_chose():
    trials = chosen_rates(trials_table(reported_runs("front_ends_rates")))
    chosen = trials[trials["chosen"]].set_index("features")["learning_rate"].to_dict()
    home = PROJECT / "data" / "grids"
    declared = read_grid(home / "front_ends_simple_cnn.yaml")
    assert {(c.features, c.learning_rate) for c in declared} == set(chosen.items())
    # What is compared with log_mel or with the bank runs at their rates.
    for config in read_grid(home / "repeats" / "longer_simple_cnn.yaml"):
        assert config.learning_rate == chosen[config.features]
    for config in read_grid(home / "repeats" / "choices_simple_cnn.yaml"):
        assert config.learning_rate == chosen["log_mel"]


@pytest.mark.parametrize("model", ["rbf_svm", "simple_cnn"])
def test_counted_front_ends_are_those_of_their_folders(model):
    clips, _ = count_runs(reported_runs(f"front_ends_{model}"))
    counted, _ = read_counts(PROJECT / "data" / "front_ends" / model)
    counted = counted[counted["features"].isin(FRONT_ENDS)]
    key = ["split", "features", "clip"]
    pd.testing.assert_frame_equal(
        *(frame.sort_values(key).reset_index(drop=True) for frame in (clips, counted)),
        check_dtype=False,
    )
