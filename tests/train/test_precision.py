"""The experiment, small: its tables are whole, and its summaries count what they say."""

import json

import pandas as pd
import pytest

from mgc.data.datasets import open_dataset
from mgc.errors import DataError, MGCError
from mgc.train.lockstep import ARMS
from mgc.train.precision import (
    convolution_table,
    experiment_config,
    main,
    precision_tables,
    speed_table,
    time_policies,
)
from mgc.train.run import prepare_data


@pytest.fixture(scope="module")
def config():
    return experiment_config("synthetic", optimizer="sgd_momentum", seed=1, epochs=1, width=2)


def test_tables_of_one_configuration(config, capsys):
    data = prepare_data(config, open_dataset("synthetic"))
    arms = {"float32": ARMS["float32"]}
    tables = precision_tables([config], data, arms)
    assert set(tables) == {"drift", "scale", "gradients", "epochs", "speed"}
    assert set(tables["drift"]["arm"]) == set(arms)
    gradients = tables["gradients"]
    assert not gradients.duplicated(["optimizer", "step", "probe", "scale", "variable"]).any()
    assert gradients.loc[gradients["probe"] == "another batch", "error"].min() > 0.01
    assert "sgd_momentum seed 1" in capsys.readouterr().out


def test_nothing_to_do(config):
    with pytest.raises(DataError, match="at least one optimizer and seed"):
        precision_tables([], None)


def test_ratios_are_taken_within_a_round():
    """The median of ratios, not the ratio of medians: a slow minute hits both."""
    times = pd.DataFrame({"float32": [1.0, 10.0, 1.0], "half": [2.0, 30.0, 4.0]})
    found = speed_table(times.assign(network="n", optimizer="adam")).set_index("arm")
    assert found.loc["half", ["median", "ratio"]].tolist() == [4.0, 3.0]
    assert found.loc["float32", ["ratio_q25", "ratio", "ratio_q75"]].tolist() == [1.0, 1.0, 1.0]


def test_policies_are_timed_in_turn(config):
    data = prepare_data(config, open_dataset("synthetic"))
    times = time_policies(config, data, rounds=2)
    assert times.shape == (2, 5)
    assert (times[["float32", "mixed_bfloat16", "mixed_float16"]] > 0).all(axis=None)


def test_convolutions_shrink_as_in_the_network():
    found = convolution_table((2, 8, 6, 1), 2)
    assert found.groupby("format").size().to_dict() == {"bfloat16": 6, "float16": 6}
    forward = found[found["result"] == "forward"]
    assert (forward["found"] / forward["once"]).between(0.95, 1.05).all()


def test_the_command_writes_all_or_nothing(config, tmp_path, monkeypatch):
    small = pd.DataFrame({"arm": ["float32"], "value": [1 / 3]})
    tables = dict.fromkeys(("drift", "scale", "gradients", "epochs", "speed"), small)
    monkeypatch.setattr("mgc.train.precision.precision_tables", lambda *_: dict(tables))
    sweep = pd.DataFrame({"variable": ["dense 1 kernel", "dense 1 bias"], "error": 1.0})
    monkeypatch.setattr("mgc.train.precision.scale_sweep", lambda *_: sweep)
    monkeypatch.setattr("mgc.train.precision.convolution_table", lambda *_: small)
    monkeypatch.setattr("mgc.train.precision.time_policies", lambda *_: small)
    monkeypatch.setattr("mgc.train.precision.speed_table", lambda table: table)
    out = tmp_path / "tables"
    main(["--dataset", "synthetic", "--out", str(out)])
    assert {path.name for path in out.iterdir()} == {
        *(f"{name}.csv" for name in [*tables, "sweep", "convolutions"]),
        "environment.json",
    }
    assert (out / "sweep.csv").read_text() == "variable,error\ndense 1 kernel,1\n"
    assert (out / "drift.csv").read_text() == "arm,value\nfloat32,0.333333\n"
    assert len((out / "speed.csv").read_text().splitlines()) == 3
    assert json.loads((out / "environment.json").read_text())["backend"]
    before = (out / "drift.csv").read_bytes()

    def full(*_):
        raise MGCError("no more")

    monkeypatch.setattr("mgc.train.precision.describe_environment", full)
    with pytest.raises(MGCError, match="no more"):
        main(["--dataset", "synthetic", "--out", str(out)])
    assert (out / "drift.csv").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["tables"]
