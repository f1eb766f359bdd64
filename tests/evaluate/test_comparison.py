import pandas as pd
import pytest

from mgc.errors import RunError
from mgc.evaluate.bootstrap import paired_difference
from mgc.evaluate.comparison import compare_optimizers


class FakeRun:
    """Just what a comparison reads of a run."""

    def __init__(self, optimizer, right, model="simple_cnn"):
        self.config = {"optimizer": optimizer, "model": model}
        clips = [f"c{k}" for k in range(8)]
        self.tracks = pd.DataFrame(
            {
                "clip": clips * 2,
                "part": ["test"] * 8 + ["valid"] * 8,
                "group": list("aabbccdd") * 2,
                "true": "pop",
                "predicted": ["pop" if k < right else "rock" for k in range(8)] * 2,
                "correct": [k < right for k in range(8)] * 2,
            }
        )


def test_every_pair_once_in_points():
    runs = [FakeRun("adam", 6), FakeRun("rmsprop", 4), FakeRun("adam", 8), FakeRun("sgd", 7)]
    table = compare_optimizers(runs)
    pairs = list(zip(table["first"], table["second"], strict=True))
    assert pairs == [("adam", "rmsprop"), ("adam", "sgd"), ("rmsprop", "sgd")]
    assert table["difference"].tolist() == pytest.approx([37.5, 0.0, -37.5])
    test = [run.tracks[run.tracks["part"] == "test"] for run in runs]
    direct = paired_difference([test[0], test[2]], [test[1]])
    assert table.loc[0, ["low", "high"]].tolist() == [100 * direct.low, 100 * direct.high]


@pytest.mark.parametrize(
    "runs", [[], [FakeRun("adam", 1)], [FakeRun("adam", 1), FakeRun("sgd", 1, model="other")]]
)
def test_refusals(runs):
    with pytest.raises(RunError, match="one model with two optimizers"):
        compare_optimizers(runs)
