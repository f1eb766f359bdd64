"""A folder of networks is written whole, from runs that belong together, or not at all."""

import json

import numpy as np
import pytest

from mgc.errors import MGCError, RunError, WeightsError
from mgc.evaluate.report import read_json
from mgc.files import sha256_of
from mgc.songs import export
from mgc.songs.classifier import Classifier
from mgc.songs.export import export_runs


def test_the_folder_says_what_it_holds(networks):
    facts = read_json(networks / "model.json")
    assert [entry["seed"] for entry in facts["networks"]] == [0, 1]
    for entry in facts["networks"]:
        path = networks / entry["file"]
        assert entry["sha256"] == sha256_of(path) and entry["bytes"] == path.stat().st_size
    assert facts["genres"] == ["blues", "jazz", "rock"]
    assert facts["trained"]["configuration"] == {"width": 2, "learning_rate": 0.001}
    assert facts["trained"]["parts"] == ["train"]
    assert (facts["segment_columns"], facts["features"]) == (77, "log_mel")
    assert len(list(networks.iterdir())) == 3
    opened = Classifier.open(networks)
    p = np.exp(opened.log_probabilities(np.full((4, 128, 77), -40.0, dtype=np.float32)))
    np.testing.assert_allclose(p.sum(axis=1), 1)


def test_scores_are_those_of_the_runs(make_network_run, networks):
    found = read_json(networks / "model.json")["scores"]
    runs = networks.parent / "runs"
    single = [read_json(runs / n / "metrics.json")["test"]["track"]["accuracy"] for n in "ab"]
    assert list(found["accuracy_by_seed"].values()) == single
    assert found["single"]["accuracy"] == pytest.approx(np.mean(single), abs=1e-6)
    for which in ("single", "ensemble"):
        assert found[which]["low"] <= found[which]["accuracy"] <= found[which]["high"]
    assert found["clips"] == 36


def test_an_export_repeats_to_the_bit(make_network_run, tmp_path):
    run = make_network_run("a")
    one, two = (export_runs([run], tmp_path / name) for name in ("one", "two"))
    for path in one.iterdir():
        assert path.read_bytes() == (two / path.name).read_bytes()


def test_blind_runs_have_no_scores(make_network_run, tmp_path):
    run = make_network_run("a")
    lines = (run / "predictions.csv").read_text().splitlines()
    kept = [line for line in lines if ",test," not in line]
    (run / "predictions.csv").write_text("\n".join(kept) + "\n")
    assert read_json(export_runs([run], tmp_path / "out") / "model.json")["scores"] == {}


def test_runs_that_do_not_belong_together_are_refused(make_network_run, tmp_path):
    a, b = make_network_run("a"), make_network_run("b", batch_size=32)
    for runs in ([a, b], [a, a]):
        with pytest.raises(WeightsError, match="differ in more than their seed"):
            export_runs(runs, tmp_path / "out")
    with pytest.raises(WeightsError, match="0 runs and temperature 1"):
        export_runs([], tmp_path / "out")
    with pytest.raises(RunError, match="is no folder"):
        export_runs([tmp_path / "none"], tmp_path / "out")
    (a / "model.weights.h5").unlink()
    with pytest.raises(WeightsError, match="has no model.weights.h5"):
        export_runs([a], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_weights_of_another_network_are_refused(make_network_run, tmp_path):
    run = make_network_run("a")
    config = read_json(run / "config.json")
    (run / "config.json").write_text(json.dumps(config | {"width": 3}))
    with pytest.raises(RunError, match="does not fit simple_cnn"):
        export_runs([run], tmp_path / "out")
    (run / "model.weights.h5").write_bytes(b"no weights")
    with pytest.raises(RunError, match="does not fit simple_cnn"):
        export_runs([run], tmp_path / "out")


def test_what_is_there_is_replaced_only_if_asked(make_network_run, networks, monkeypatch):
    before = (networks / "model.json").read_bytes()
    with pytest.raises(MGCError, match="exists already"):
        export_runs([make_network_run("c", seed=2)], networks)
    run = networks.parent / "runs" / "c"
    monkeypatch.setattr(export, "to_onnx", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export_runs([run], networks, overwrite=True)
    assert (networks / "model.json").read_bytes() == before
    monkeypatch.undo()
    export_runs([run], networks, overwrite=True)
    assert [entry["seed"] for entry in read_json(networks / "model.json")["networks"]] == [2]


def test_a_network_that_was_drawn_wrongly_is_not_shipped(make_network_run, tmp_path, monkeypatch):
    from mgc.songs.layers import DRAWINGS

    monkeypatch.setitem(DRAWINGS, "Activation", lambda graph, layer, inputs: inputs[0])
    run = make_network_run("a")
    with pytest.raises(WeightsError, match="apart in ONNX Runtime and in Keras"):
        export_runs([run], tmp_path / "out")
