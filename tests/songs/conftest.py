"""Synthesised songs, and a small set of networks made from runs that were never trained."""

import json

import numpy as np
import pytest
import soundfile

from mgc.backend import keras
from mgc.data.normalise import Normaliser
from mgc.models.registry import build_model
from mgc.songs.export import export_runs
from mgc.train.config import RunConfig

SR = 22050


@pytest.fixture(scope="session")
def sound():
    """Make `seconds` of noise under a changing tone; channels get louder one by one."""

    def make(seconds, sr=SR, channels=1, seed=0):
        t = np.arange(round(seconds * sr)) / sr
        y = 0.1 * np.random.default_rng(seed).standard_normal(len(t))
        y += 0.4 * np.sin(2 * np.pi * 440 * t) * (0.6 + 0.4 * np.sin(2 * np.pi * t / 7))
        y = y.clip(-0.9, 0.9).astype("float32")
        return y if channels == 1 else np.stack([y * (k + 1) / channels for k in range(channels)]).T

    return make


@pytest.fixture(scope="session")
def song(sound, tmp_path_factory):
    """A FLAC file of 13 s."""
    path = tmp_path_factory.mktemp("song") / "song.flac"
    soundfile.write(path, sound(13), SR)
    return path


@pytest.fixture
def make_network_run(make_run):
    """Make a run folder with the weights of a fresh network: ``make_network_run("name", seed=1)``.

    Its predictions are drawn, not those of the network, and know three genres.
    """

    def make(name, **changes):
        config = RunConfig(width=2, **changes)
        folder = make_run(name, **config.to_dict())
        model = build_model(config.model, (128, 77, 1), 3, width=2, seed=config.seed)
        model.save_weights(folder / "model.weights.h5")
        normaliser = Normaliser(np.full(128, -40.0), np.full(128, 15.0))
        (folder / "normaliser.json").write_text(json.dumps(normaliser.to_dict()))
        return folder

    yield make
    keras.utils.clear_session(free_memory=False)


@pytest.fixture
def networks(make_network_run, tmp_path):
    """Folder of an ensemble of two networks."""
    return export_runs(
        [make_network_run("a"), make_network_run("b", seed=1)], tmp_path / "networks"
    )
