"""The committed tables of the precision chapter bear out what theory says of them."""

import json

import numpy as np
import pandas as pd
import pytest

from mgc.evaluate.precision_factor import relative_drift, scale_events
from mgc.paths import PROJECT

FOLDER = PROJECT / "data" / "precision_factor"


def table(name):
    return pd.read_csv(FOLDER / f"{name}.csv")


def test_nine_runs_of_seven_arms_and_no_gap():
    drift = table("drift")
    assert drift.groupby(["optimizer", "seed"])["arm"].nunique().tolist() == [7] * 9
    assert not drift.isna().any(axis=None)
    assert (relative_drift(drift) > 0).all(axis=None)
    assert json.loads((FOLDER / "environment.json").read_text())["threads"] == 1


@pytest.mark.parametrize(
    ("arm", "growth"), [("mixed_float16", 2000), ("mixed_float16, eager scaling", 20)]
)
def test_skipped_steps_keep_the_bound(arm, growth):
    steps = int(table("drift")["step"].max())
    found = scale_events(table("scale"), arm, steps, growth)
    assert (found["skipped"] <= found["bound"] + 1e-12).all()
    assert (found["raised"] > 0).all() == (growth == 20)


def test_the_first_step_of_sgd_is_the_gradient():
    drift, gradients = table("drift"), table("gradients")
    step = drift[(drift["optimizer"] == "sgd_momentum") & (drift["step"] == 1)]
    measured = (step["distance"] / step["moved"]).groupby(step["arm"]).mean()
    start = gradients[(gradients["variable"] == "all") & (gradients["step"] == 0)]
    start = start[start["optimizer"] == "sgd_momentum"].set_index(["probe", "scale"])["error"]
    for arm, scale in (("mixed_bfloat16", 1.0), ("mixed_float16", 2.0**15)):
        assert measured[arm] == pytest.approx(start[arm, scale], rel=0.01)


def test_the_window_lies_where_it_was_predicted():
    sweep = table("sweep").set_index(["variable", "exponent"])
    for variable in ("dense 1 kernel", "convolution 3 kernel", "convolution 1 kernel"):
        rows = sweep.loc[variable]
        first = rows.index[rows["infinite"] > 0][0]
        assert abs(first - np.ceil(np.log2(65520 / rows["largest"].iloc[0]))) <= 1
    assert (sweep.loc["dense 1 kernel"].loc[6:18, "changed"] == 0).all()


def test_float16_and_bfloat16_are_rounded_as_the_chapter_says():
    found = table("convolutions")
    ratio = (found["found"] / found["once"]).groupby([found["result"], found["format"]]).mean()
    assert ratio["kernel gradient", "float16"] > 10
    assert ratio.drop(("kernel gradient", "float16")).to_list() == pytest.approx([1] * 3, abs=0.01)
