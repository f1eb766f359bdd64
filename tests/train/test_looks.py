"""The inventory of looks counts what the grid files declare."""

import pytest

from mgc.errors import ConfigError
from mgc.train.looks import declared_looks

GRID = """# First sentence, over
# two lines.  Declared before any of it was scored: the pair.
#   mgc sweep data/grids/mine.yaml
dataset: gtzan
any_of:
  - {split: fault_filtered, blind: [true, false], seed: [0, 1]}
  - {split: artist_cv, fold: [0, 1, 2, 3, 4]}
"""


def test_looks_are_counted(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "mine.yaml").write_text(GRID)
    (tmp_path / "other.yaml").write_text("dataset: synthetic\n")
    mine, other = declared_looks(tmp_path).to_dict("records")
    assert (mine["grid"], mine["runs"], mine["arms"]) == ("inner/mine", 9, 3)
    assert (mine["looks"], mine["folds"], mine["blind"]) == (2, 5, 2)
    assert mine["declared"] and mine["about"] == "First sentence, over two lines."
    assert (other["declared"], other["about"], other["looks"]) == (False, "", 1)


def test_only_a_sentence_that_declares_counts(tmp_path):
    for name, words in {
        "a": "Three declared readings, and what before was declared: nothing.",
        "b": "What is run.  Declared, together with other.yaml, before any of it was scored.",
        "c": "Frozen.  Declared: the mean of five seeds.",
    }.items():
        (tmp_path / f"{name}.yaml").write_text(f"# {words}\ndataset: synthetic\n")
    assert declared_looks(tmp_path)["declared"].tolist() == [False, True, True]


def test_a_folder_without_grids_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="holds no grid file"):
        declared_looks(tmp_path)


def test_trials_of_the_optimizers_were_blind():
    looks = declared_looks().set_index("grid")
    assert (looks["looks"] + looks["folds"] + looks["blind"] == looks["runs"]).all()
    assert looks.loc["optimizer_trials", "blind"] == looks.loc["optimizer_trials", "runs"]
