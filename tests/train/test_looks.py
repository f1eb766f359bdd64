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


@pytest.mark.parametrize(
    ("words", "declared"),
    [
        ("Three declared readings, and what before was declared: nothing.", False),
        ("Part two, declared before any of it was scored.", False),
        ("A column that is called Declared: none.", False),
        ("What is run.  Declared, together with other.yaml, before any of it was scored.", True),
        ("Frozen.  Declared: the mean of five seeds.", True),
        ("Is it worth it?  Declared with the first part.", True),
        (f"Declared, of {'many things ' * 20}and all of them, before they were scored.", True),
    ],
)
def test_only_a_sentence_that_begins_so_declares(tmp_path, words, declared):
    (tmp_path / "a.yaml").write_text(f"# {words}\ndataset: synthetic\n")
    assert declared_looks(tmp_path)["declared"].tolist() == [declared]


def test_the_first_sentence_does_not_end_at_an_abbreviation(tmp_path):
    words = "# Fig. 1 of Patil et al. (2023),\n# see a.yaml.  Then more.\n"
    (tmp_path / "a.yaml").write_text(f"{words}dataset: synthetic\n")
    assert declared_looks(tmp_path)["about"].tolist() == [
        "Fig. 1 of Patil et al. (2023), see a.yaml."
    ]


def test_a_folder_without_grids_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="holds no grid file"):
        declared_looks(tmp_path)


def test_trials_of_the_optimizers_were_blind():
    looks = declared_looks().set_index("grid")
    assert (looks["looks"] + looks["folds"] + looks["blind"] == looks["runs"]).all()
    assert looks.loc["optimizer_trials", "blind"] == looks.loc["optimizer_trials", "runs"]
