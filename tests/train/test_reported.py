"""The arms of the main tables are those that were declared."""

import pytest

from mgc.errors import RunError
from mgc.evaluate.standings import compare_standings
from mgc.paths import PROJECT
from mgc.train.reported import (
    ENTRIES,
    main_arms,
    main_table,
    optimizer_pairs,
    unfinished,
)
from mgc.train.sweep import read_grid


@pytest.mark.parametrize("split", ENTRIES)
def test_every_declared_run_of_a_named_grid_is_in_one_arm(split):
    for grid in {entry.grid for entry in ENTRIES[split]}:
        declared = [
            config
            for config in read_grid(PROJECT / "data" / "grids" / f"{grid}.yaml")
            if config.split == split
        ]
        claimed = [
            config.uid
            for entry in ENTRIES[split]
            if entry.grid == grid
            for config in declared
            if config.to_dict().items() >= entry.facts.items()
        ]
        assert len(claimed) == len(set(claimed)) > 0
        if grid != "best_model":  # which has contrasts that its own chapter reports
            others = {c.uid for c in declared if c.optimizer in ("adamw", "nesterov")}  # controls
            assert set(claimed) == {config.uid for config in declared} - others


def test_a_name_stands_for_one_arm():
    arms = main_arms("fault_filtered")
    assert "SimpleCNN, Adam (course settings)" in arms and "SVM on MFCC" in arms
    assert set(main_arms("fault_filtered", "course settings")) == {
        "SimpleCNN, Adam",
        "SimpleCNN, SGD",
        "SimpleCNN, RMSprop",
        "UNet_Lite, Adam",
    }
    for name, runs in arms.items():
        assert len({run.uid for run in runs}) == len(runs), name
    assert not set(arms) & set(unfinished("fault_filtered"))


def test_the_table_has_the_groups_of_its_arms():
    table = main_table("artist_cv")
    assert set(table["clips"]) == {929} and set(table["folds"]) == {5}
    assert table.loc["commonest genre", "group"] == "baselines"
    assert table.loc["commonest genre", "accuracy"] < 0.15 < table.loc["SVM on MFCC", "accuracy"]


def test_no_other_table():
    with pytest.raises(RunError, match="no table has split 'track_random'.*there are"):
        main_arms("track_random")
    with pytest.raises(RunError, match="group 'best'"):
        main_arms("artist_cv", "best")


def test_optimizers_are_compared_within_one_network_and_group():
    pairs = optimizer_pairs("fault_filtered")
    assert "baselines" not in set(pairs["group"])
    assert set(pairs.groupby(["network", "group"]).size()) == {3}
    course = main_arms("fault_filtered", "course settings")
    arms = {name.split(", ")[1]: runs for name, runs in course.items() if "Simple" in name}
    alone = compare_standings(arms)
    found = pairs.query("network == 'SimpleCNN' and group == 'course settings'")
    assert found["p_holm"].tolist() == alone["p_holm"].tolist()
    assert found["both_low"].tolist() == alone["both_low"].tolist()
