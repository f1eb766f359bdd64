"""Folds that join to whole seeds, and arms that are not whole."""

from types import SimpleNamespace

import pandas as pd
import pytest

from mgc.errors import RunError
from mgc.evaluate.held_out import fold_accuracy, held_out


def run(fold, seed=0, split="inner_cv", right=True):
    clips = [f"c{fold}{k}" for k in range(10)]
    test = pd.DataFrame({"clip": clips, "part": "test", "correct": right})
    return SimpleNamespace(
        config={"split": split, "split_seed": 0, "fold": fold},
        seed=seed,
        tracks=pd.concat([test.assign(part="valid", correct=not right), test]),
    )


def arm(seeds=(0,), **facts):
    return [run(fold, seed, **facts) for seed in seeds for fold in range(5)]


def test_folds_join_to_one_frame_a_seed():
    frames = held_out([*arm([2], right=False), *arm([1])][::-1])
    assert [len(frame) for frame in frames] == [50, 50]
    assert frames[0]["clip"].is_unique and set(frames[0]["part"]) == {"test"}
    assert frames[0]["correct"].all() and not frames[1]["correct"].any()
    assert frames[0].groupby("fold").size().tolist() == [10] * 5
    assert fold_accuracy(frames).tolist() == [0.5] * 5


def test_a_split_without_folds_has_one_run_a_seed():
    frames = held_out([run(0, seed, "fault_filtered") for seed in (3, 1)])
    assert [len(frame) for frame in frames] == [10, 10]
    with pytest.raises(RunError, match="seed 1 was run on folds 0, 0, but each of 0 is needed"):
        held_out([run(0, 1, "fault_filtered")] * 2)


@pytest.mark.parametrize(
    ("runs", "named"),
    [
        ([], "pass those of all seeds and folds"),
        (arm()[:4], "seed 0 was run on folds 0, 1, 2, 3, but each of 0, 1, 2, 3, 4 is"),
        ([*arm(), run(0, 7)], "seed 7 was run on folds 0, but"),
        ([*arm(), run(0)], "folds 0, 0, 1"),
        ([*arm()[:4], run(4, split="artist_cv")], "artist_cv .draw 0., inner_cv"),
    ],
)
def test_half_an_arm_is_refused(runs, named):
    with pytest.raises(RunError, match=named):
        held_out(runs)
