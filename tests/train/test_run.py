"""One run: what it writes, that it is idempotent, and what it refuses."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from mgc.backend import keras
from mgc.data.datasets import open_dataset
from mgc.data.frontend import ClipFeatures
from mgc.data.store import FeatureStore, StoreWriter
from mgc.data.synthetic import SyntheticCorpus, synthetic_store
from mgc.errors import MGCError, RunError, StoreError
from mgc.evaluate.predictions import read_predictions
from mgc.evaluate.runs import load_run
from mgc.models.registry import build_model
from mgc.optim.factories import OPTIMIZERS
from mgc.signal.gabor_bank import DEFAULT_BANK
from mgc.train.config import RunConfig
from mgc.train.run import is_finished, prepare_data, run


@pytest.fixture(scope="module")
def finished(tiny, tmp_path_factory):
    config = tiny()
    return config, run(config, runs=tmp_path_factory.mktemp("runs"))


def read_json(path):
    return json.loads(path.read_text())


def test_the_folder_holds_what_the_design_says(finished):
    config, folder = finished
    assert folder.name == config.uid
    assert {p.name for p in folder.iterdir()} == {
        "config.json", "history.csv", "predictions.csv", "metrics.json", "environment.json",
        "normaliser.json", "model.weights.h5",
    }  # fmt: skip
    assert read_json(folder / "config.json") == config.to_dict()
    history = pd.read_csv(folder / "history.csv")
    assert history["epoch"].tolist() == [1, 2]
    assert (history["gradient_norm"] > 0).all()
    assert history["learning_rate"].tolist() == pytest.approx([1e-3, 1e-3])
    environment = read_json(folder / "environment.json")
    assert environment["backend"] == keras.backend.backend()
    assert environment["versions"]["keras"] == keras.__version__
    assert environment["threads"] >= 1
    assert environment["missing_clips"] == []


def test_predictions_are_those_of_the_best_weights(finished):
    """Weights and normaliser of the folder give the predictions of the folder."""
    config, folder = finished
    data = prepare_data(config, open_dataset("synthetic"))
    test = data.parts["test"]
    model = build_model("simple_cnn", (128, test.columns, 1), 10, width=2, spec_augment=True)
    model.load_weights(folder / "model.weights.h5")
    norm = read_json(folder / "normaliser.json")
    x = (test.read(range(len(test))) - np.array(norm["mean"])[:, None]) / np.array(norm["std"])[
        :, None
    ]
    p = keras.ops.convert_to_numpy(model(x[..., None].astype("float32")))
    table = read_predictions(folder / "predictions.csv").query("part == 'test'")
    logp = table.filter(like="logp_").to_numpy()
    np.testing.assert_allclose(np.exp(logp), p, atol=2e-6)
    assert set(table["clip"]) == set(test.table["clip"])


def test_a_finished_run_is_not_repeated(finished, monkeypatch):
    config, folder = finished
    monkeypatch.setattr("mgc.train.run._train_into", None)
    before = {p.name: p.stat().st_mtime_ns for p in folder.iterdir()}
    assert run(config, runs=folder.parent) == folder
    assert is_finished(config, folder.parent)
    assert before == {p.name: p.stat().st_mtime_ns for p in folder.iterdir()}


def test_two_runs_are_equal_to_the_bit(finished, tmp_path):
    config, folder = finished
    again = run(config, runs=tmp_path)
    for name in ("predictions.csv", "metrics.json", "normaliser.json"):
        assert (again / name).read_bytes() == (folder / name).read_bytes()


def test_fresh_replaces_only_when_the_new_run_is_whole(finished, tmp_path):
    config, folder = finished
    with pytest.raises(StoreError):
        run(config, runs=folder.parent, store=tmp_path / "nothing", fresh=True)
    assert (folder / "metrics.json").exists()
    before = (folder / "metrics.json").stat().st_mtime_ns
    assert run(config, runs=folder.parent, fresh=True) == folder
    assert (folder / "metrics.json").stat().st_mtime_ns > before
    assert [p.name for p in folder.parent.iterdir() if p.is_dir()] == [config.uid]


def test_a_run_that_diverges_says_so(tiny, tmp_path):
    config = tiny(optimizer="sgd_momentum", learning_rate=1000.0, model="unet_lite", batch_size=8)
    for _ in range(2):
        with pytest.raises(RunError, match="diverged: val_loss was nan.*learning_rate below 1000"):
            run(config, runs=tmp_path)
    assert not (tmp_path / config.uid).exists()


@pytest.mark.parametrize(
    ("model", "optimizer"),
    [*(("simple_cnn", name) for name in OPTIMIZERS), ("unet_lite", "rmsprop")],
)
def test_networks_and_optimizers_train_one_after_the_other(model, optimizer, tiny, tmp_path):
    """The seed's second network never trained, because it was given a used optimizer."""
    reported = []
    config = tiny(model=model, optimizer=optimizer, epochs=1, spec_augment=False, batch_size=32)
    folder = run(config, runs=tmp_path, report=lambda *what: reported.append(what))
    [(epoch, epochs, values)] = reported
    assert (epoch, epochs) == (1, 1)
    assert np.isfinite(list(values.values())).all()
    assert read_json(folder / "metrics.json")["test"]["track"]["n"] > 0


def test_training_reduces_the_loss(tiny, tmp_path):
    config = tiny(width=8, epochs=8, batch_size=16, spec_augment=False, learning_rate=0.003)
    history = pd.read_csv(run(config, runs=tmp_path) / "history.csv")
    assert history["loss"].iloc[-1] < 0.8 * history["loss"].iloc[0]


def test_early_stopping_and_plateau_follow_one_rule(tiny, tmp_path):
    config = tiny(
        epochs=40, learning_rate=1e-12, plateau_patience=2, early_stopping_patience=5,
        monitor="val_accuracy", batch_size=82,
    )  # fmt: skip
    folder = run(config, runs=tmp_path)
    history = pd.read_csv(folder / "history.csv")
    best = int(history["val_accuracy"].to_numpy().argmax()) + 1
    assert read_json(folder / "environment.json")["best_epoch"] == best
    assert len(history) == best + 5
    assert history["learning_rate"].iloc[-1] < history["learning_rate"].iloc[0]


def test_a_cosine_and_a_constant_rate(tiny, tmp_path):
    for schedule, rates in (("cosine", [0.001, 0.00075, 0.00025]), ("constant", [0.001] * 3)):
        folder = run(tiny(epochs=3, schedule=schedule), runs=tmp_path)
        history = pd.read_csv(folder / "history.csv")
        assert history["learning_rate"].tolist() == pytest.approx(rates, rel=1e-6)


def test_settings_of_the_optimizer_and_pooled_features_reach_the_network(tiny, tmp_path):
    same = {"optimizer": "sgd_momentum", "batch_size": 16, "features": "log_mel_pooled"}
    plain, other = tiny(epochs=1, **same), tiny(epochs=1, momentum=0.5, **same)
    losses = [load_run(run(c, runs=tmp_path)).history["loss"][0] for c in (plain, other)]
    assert losses[0] != losses[1]


def test_a_blind_run_leaves_the_test_part_alone(tiny, tmp_path, finished):
    folder = run(tiny(blind=True), runs=tmp_path)
    assert set(read_predictions(folder / "predictions.csv")["part"]) == {"valid"}
    assert list(read_json(folder / "metrics.json")) == ["valid"]
    history = [
        pd.read_csv(f / "history.csv").drop(columns="seconds") for f in (folder, finished[1])
    ]
    pd.testing.assert_frame_equal(*history)


def test_mixed_precision_is_a_factor_and_leaves_no_trace(tiny, tmp_path):
    run(tiny(dtype="mixed_bfloat16", epochs=1), runs=tmp_path)
    assert keras.config.dtype_policy().name == "float32"


def test_a_finished_run_of_other_data_is_refused(finished, tmp_path):
    config, folder = finished
    environment = read_json(folder / "environment.json")
    copy = tmp_path / config.uid
    shutil.copytree(folder, copy)
    for name in ("features", "split"):
        other = {**environment["data_sha256"], name: "0" * 64}
        text = json.dumps({**environment, "data_sha256": other})
        (copy / "environment.json").write_text(text)
        with pytest.raises(RunError, match=f"was made on {name} 000000000000…"):
            run(config, runs=tmp_path, store=synthetic_store(SyntheticCorpus()))
    # The standard synthetic corpus changes with the package: its run is made again.
    assert run(config, runs=tmp_path) == copy
    assert read_json(copy / "environment.json")["data_sha256"] == environment["data_sha256"]


def test_a_clip_that_the_store_lacks_is_left_out_and_counted(tiny, tmp_path):
    whole = FeatureStore.open(synthetic_store(SyntheticCorpus()))
    with StoreWriter(tmp_path / "store", whole.front_end, len(whole)) as writer:
        for row, facts in enumerate(whole.clips.itertuples()):
            if row != 7:
                features = ClipFeatures(
                    whole.values[row], facts.n_samples, facts.n_frames, facts.range_db, facts.ref_db
                )
                writer.append(facts.clip, facts.genre, features)
    config = tiny(split="track_random")
    full = prepare_data(config, open_dataset("synthetic"))
    data = prepare_data(config, open_dataset("synthetic", tmp_path / "store"))
    lost = whole.clips["clip"].iloc[7]
    assert data.missing == (lost,)
    for part, segments in full.parts.items():
        kept = set(segments.table["clip"]) - {lost}
        assert set(data.parts[part].table["clip"]) == kept


def test_a_damaged_checkpoint_is_named(tiny, tmp_path):
    config = tiny(epochs=1)
    partial = tmp_path / f".{config.uid}.partial"
    partial.mkdir()
    (partial / "checkpoint.npz").write_bytes(b"PK\x03\x04 nothing else")
    with pytest.raises(RunError, match="checkpoint.npz is damaged.*remove it"):
        run(config, runs=tmp_path)
    assert not (tmp_path / config.uid).exists()


def test_what_a_killed_process_left_half_written_is_swept_away(tiny, tmp_path):
    config = tiny(epochs=1)
    left = tmp_path / f".{config.uid}.partial" / ".checkpoint.npz.x1y2"
    left.mkdir(parents=True)
    (left / "checkpoint.npz").write_bytes(b"half")
    folder = run(config, runs=tmp_path)
    assert not list(folder.glob(".*"))


def test_a_full_disk_leaves_no_half_run(tiny, tmp_path, monkeypatch):
    import errno

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("numpy.savez", full)
    with pytest.raises(MGCError, match="checkpoint.npz was not written, because the disk is full"):
        run(tiny(epochs=1), runs=tmp_path)
    assert not list(tmp_path.glob("[!.]*"))


def test_a_learnt_bank_leaves_its_parameters(tmp_path):
    config = RunConfig(features="gabor_learnable", width=4, epochs=2)
    done = load_run(run(config, runs=tmp_path))
    start = DEFAULT_BANK.parameters()
    assert list(done.filters) == list(start) and len(done.filters) == len(DEFAULT_BANK)
    for name, values in start.items():  # two epochs move it, but not far
        moved = np.abs(done.filters[name] - values)
        assert 0 < moved.max() < 0.5, name
    plain = load_run(run(RunConfig(features="gabor_fixed", width=4, epochs=1), runs=tmp_path))
    with pytest.raises(RunError, match="has no filters.csv: only runs with features gabor_"):
        plain.filters  # noqa: B018


def test_a_network_that_learns_from_the_valid_part_keeps_its_last_weights(tiny, tmp_path):
    changes = {"keep": "last", "schedule": "constant", "epochs": 3, "learning_rate": 0.1}
    config = tiny(**changes, train_on_valid=True, early_stopping_patience=1)
    dataset = open_dataset("synthetic")
    both, alone = (prepare_data(c, dataset) for c in (config, tiny(**changes)))
    clips = {part: set(alone.parts[part].table["clip"]) for part in ("train", "valid")}
    assert set(both.parts["train"].table["clip"]) == clips["train"] | clips["valid"]
    assert both.parts["train"].table.index.is_unique
    assert set(both.parts["valid"].table["clip"]) == clips["valid"]
    assert both.normaliser.to_dict() != alone.normaliser.to_dict()
    kept = load_run(run(config, runs=tmp_path))
    assert (len(kept.history), kept.best_epoch, kept.environment["best_epoch"]) == (3, 3, 3)
    # At this rate the last epoch is not the best one, so the two rules differ.
    chosen = load_run(run(tiny(**changes | {"keep": "best"}), runs=tmp_path))
    assert chosen.best_epoch < 3


def test_soft_targets_change_the_loss_but_not_what_is_scored(tiny, tmp_path):
    plain, soft = (
        load_run(run(tiny(label_smoothing=share, seed=3), runs=tmp_path)) for share in (0.0, 0.3)
    )
    assert soft.history["loss"].iloc[-1] > plain.history["loss"].iloc[-1]
    assert not plain.predictions.equals(soft.predictions)
    again = load_run(run(tiny(label_smoothing=0.3, seed=3), runs=tmp_path / "again"))
    assert again.predictions.equals(soft.predictions)
