"""A classical model leaves the run folder that networks leave, without starting a backend."""

import subprocess
import sys

import numpy as np
import pytest

from mgc.data.datasets import open_dataset
from mgc.data.normalise import Normaliser
from mgc.data.pooled import pooled_statistics
from mgc.data.representation import REPRESENTATIONS
from mgc.evaluate.report import check_run
from mgc.evaluate.results import results_table
from mgc.evaluate.runs import load_run
from mgc.models.random_cnn import random_features
from mgc.models.rbf_svm import PENALTY, SHARPNESS, TRIALS, RbfSvm
from mgc.signal.bank_response import pooled_response
from mgc.signal.gabor_bank import DEFAULT_BANK
from mgc.train.config import RunConfig
from mgc.train.run import prepare_data, run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return run(RunConfig(model="rbf_svm", split="artist_cv"), runs=tmp_path_factory.mktemp("runs"))


def test_the_folder_is_whole_and_scored(folder):
    check_run(folder)
    done = load_run(folder)
    assert done.config["optimizer"] == "none" and done.config["learning_rate"] is None
    assert done.history["epoch"].tolist() == [1] and done.best_epoch == 1
    assert set(done.predictions["part"]) == {"valid", "test"}
    assert results_table([done])["optimizer"].tolist() == ["none"]
    assert not list(folder.glob("*.h5"))


def test_predictions_are_those_of_the_model_on_the_parts(folder):
    config = RunConfig(model="rbf_svm", split="artist_cv")
    data = prepare_data(config, open_dataset("synthetic"))
    parts = {
        name: (pooled_statistics(part.read(np.arange(len(part)))), part.labels)
        for name, part in data.parts.items()
    }
    svm = RbfSvm().fit(*parts["train"]).calibrate(*parts["valid"])
    stored = load_run(folder).predictions
    stored = stored[stored["part"] == "test"].filter(like="logp_").to_numpy()
    np.testing.assert_array_equal(svm.log_probabilities(parts["test"][0]), stored)


def test_equal_training_sizes_and_the_valid_part(tmp_path):
    small = RunConfig(model="rbf_svm", split="track_random", train_per_genre=3)
    data = prepare_data(small, open_dataset("synthetic"))
    assert data.parts["train"].table["genre"].value_counts().unique().tolist() == [6]
    more = RunConfig(model="rbf_svm", split="track_random", train_on_valid=True)
    usual = RunConfig(model="rbf_svm", split="track_random")
    accuracies = [
        load_run(run(config, runs=tmp_path)).history["val_accuracy"][0] for config in (usual, more)
    ]
    assert accuracies[1] == 1.0 > accuracies[0]  # what was learnt from is known by heart


def test_tuning_tries_every_setting_and_selects_by_the_valid_part(tmp_path):
    done = load_run(run(RunConfig(model="rbf_svm", tune=True, features="mfcc"), runs=tmp_path))
    tried = done.history[["penalty", "sharpness"]].itertuples(index=False, name=None)
    assert tuple(tried) == TRIALS
    losses = done.history["val_loss"]
    assert done.best_epoch == losses.argmin() + 1 and losses.nunique() > 6
    # That trial made the predictions, not the one that knows the training part best.
    assert done.best_epoch != done.history["loss"].argmin() + 1
    assert done.environment["best_epoch"] == done.best_epoch
    valid = done.predictions[done.predictions["part"] == "valid"]
    truth = [row[f"logp_{row['true']}"] for row in valid.to_dict("records")]
    assert -np.mean(truth) == pytest.approx(losses.min(), rel=1e-5)
    fixed = load_run(run(RunConfig(model="rbf_svm", features="mfcc"), runs=tmp_path))
    default = (done.history["penalty"] == PENALTY) & (done.history["sharpness"] == SHARPNESS)
    assert losses[default].tolist() == fixed.history["val_loss"].tolist()


def test_a_bank_of_filters_sees_the_normalised_picture(tmp_path):
    logp = [
        load_run(run(RunConfig(model="rbf_svm", features=name), runs=tmp_path))
        for name in ("log_mel", "gabor_fixed", "random_fixed")
    ]
    scores = [done.history["val_loss"][0] for done in logp]
    assert len(set(scores)) == 3
    data = prepare_data(RunConfig(features="gabor_fixed"), open_dataset("synthetic"))
    part = data.parts["valid"]
    x = data.normaliser(part.read(np.arange(len(part))))
    X = pooled_response(x, DEFAULT_BANK.kernels())
    train = data.parts["train"]
    X_train = pooled_response(
        data.normaliser(train.read(np.arange(len(train)))), DEFAULT_BANK.kernels()
    )
    svm = RbfSvm().fit(X_train, train.labels).calibrate(X, part.labels)
    assert -svm.log_probabilities(X)[np.arange(len(X)), part.labels].mean() == pytest.approx(
        scores[1], rel=1e-6
    )


@pytest.mark.parametrize("name", ["log_mel", "mel", "pixel_scaler", "global_scaler"])
def test_the_normaliser_knows_the_training_part_alone(name):
    data = prepare_data(RunConfig(features=name), open_dataset("synthetic"))
    train = data.parts["train"]
    expected = Normaliser.fit([train.read(np.arange(len(train)))], REPRESENTATIONS[name].scaler)
    np.testing.assert_allclose(data.normaliser.mean, expected.mean, rtol=1e-9)
    np.testing.assert_allclose(data.normaliser.std, expected.std, rtol=1e-9)


def test_another_draw_is_another_split():
    data = open_dataset("synthetic")
    parts = [
        prepare_data(RunConfig(model="rbf_svm", split="duplicate_free", split_seed=s), data).sha256
        for s in (0, 1)
    ]
    assert parts[0]["split"] != parts[1]["split"]
    assert parts[0]["features"] == parts[1]["features"]


def test_fitting_needs_no_backend():
    code = "import mgc.train.classical, sys; print('keras' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "False\n"), done.stderr


def test_texture_reaches_the_machine_as_it_is(tmp_path):
    config = RunConfig(model="rbf_svm", features="texture", split="artist_cv")
    done = load_run(run(config, runs=tmp_path))
    data = prepare_data(config, open_dataset("synthetic"))
    train, valid = (data.parts[name] for name in ("train", "valid"))
    X, V = (part.read(np.arange(len(part)))[..., 0].astype(np.float64) for part in (train, valid))
    svm = RbfSvm().fit(X, train.labels).calibrate(V, valid.labels)
    found = done.predictions.query("part == 'valid'").filter(like="logp").to_numpy()
    np.testing.assert_allclose(found, svm.log_probabilities(V), atol=1e-5)


def test_the_majority_is_that_of_the_training_part(tmp_path):
    config = RunConfig(model="majority", split="artist_cv", train_per_genre=0)
    done = load_run(run(config, runs=tmp_path))
    shares = prepare_data(config, open_dataset("synthetic")).parts["train"].table["genre"]
    shares = shares.value_counts(normalize=True)
    logp = done.predictions.filter(like="logp_")
    for genre, share in shares.items():
        np.testing.assert_allclose(logp[f"logp_{genre}"], np.log(share), atol=1e-6)
    assert shares[done.tracks["predicted"].unique()].tolist() == [shares.max()]
    assert done.environment["n_parameters"] == len(shares)


def test_an_untrained_network_and_a_machine_on_what_it_sees(tmp_path):
    runs = [
        load_run(run(RunConfig(model="random_cnn_svm", width=4, seed=seed), runs=tmp_path))
        for seed in (0, 1)
    ]
    logp = [done.predictions.filter(like="logp_").to_numpy() for done in runs]
    assert not np.array_equal(*logp)  # another seed, other filters
    parts = prepare_data(RunConfig(), open_dataset("synthetic"))
    seen = {}
    for name in ("train", "valid"):
        part = parts.parts[name]
        x = parts.normaliser(part.read(np.arange(len(part))))
        seen[name] = (random_features(x, width=4, seed=1), part.labels)
    svm = RbfSvm().fit(*seen["train"]).calibrate(*seen["valid"])
    valid = runs[1].predictions["part"].to_numpy() == "valid"
    np.testing.assert_allclose(svm.log_probabilities(seen["valid"][0]), logp[1][valid], atol=1e-5)
