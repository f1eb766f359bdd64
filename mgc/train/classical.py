"""Fitting a classical model: at once, on vectors, with the networks' run folder."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mgc.data.normalise import Normaliser
from mgc.data.pooled import pooled_statistics
from mgc.data.segments import Segments
from mgc.models.majority import Majority
from mgc.models.rbf_svm import PENALTY, SHARPNESS, TRIALS, RbfSvm
from mgc.signal.bank_response import pooled_response
from mgc.signal.gabor_bank import DEFAULT_BANK, random_bank
from mgc.train.config import RunConfig


@dataclass(frozen=True)
class FittedClassifier:
    """A fitted classical model; what `mgc.train.fit.Fitted` is for networks.

    Attributes
    ----------
    config : RunConfig
        What was asked for.
    model : Majority or RbfSvm
        Fitted.
    normaliser : Normaliser
        What pictures pass through before filters or a network.
    history : list of dict
        One entry a trial (``epoch``), in the columns of a network's and with the settings tried:
        there is no rate and no gradient (0).  The selected trial has the least ``val_loss``.
    best_epoch : int
        Number of that trial, from 1.
    """

    config: RunConfig
    model: Majority | RbfSvm
    normaliser: Normaliser
    history: list[dict[str, float]]
    best_epoch: int

    @property
    def n_parameters(self) -> int:
        """Numbers that the fitted model keeps."""
        return self.model.n_parameters

    def predict(self, segments: Segments) -> npt.NDArray[np.float32]:
        """Return log-probabilities (natural logarithm), float32 (segments, genres)."""
        return self.model.log_probabilities(_features(self.config, segments, self.normaliser))

    def save_weights(self, path: Path, limit: int) -> None:
        """Keep nothing: fitting again takes seconds and gives the same numbers."""


def fit_classifier(
    config: RunConfig, parts: dict[str, Segments], normaliser: Normaliser
) -> FittedClassifier:
    """Fit on ``parts['train']``; the valid part sets the temperature, or is learnt from, too.

    With `tune` it also chooses among `mgc.models.rbf_svm.TRIALS`, by the least loss, as it chooses
    the epoch of a network.

    Parameters
    ----------
    config : RunConfig
        With a classical model; `train_on_valid` and `tune` decide what the valid part is for.
    parts : dict of str to Segments
        At least ``train`` and ``valid``.
    normaliser : Normaliser
        Fitted on the training part.

    Book: Splits and the leakage ladder
    """
    train, valid = (
        (_features(config, parts[name], normaliser), parts[name].labels)
        for name in ("train", "valid")
    )
    models: list[Majority | RbfSvm] = []
    history = []
    given = (config.penalty or PENALTY, config.sharpness or SHARPNESS)
    for number, settings in enumerate(TRIALS if config.tune else [given], start=1):
        begin = time.perf_counter()
        model = Majority() if config.model == "majority" else RbfSvm(*settings)
        if config.train_on_valid:
            model.fit(np.concatenate([train[0], valid[0]]), np.concatenate([train[1], valid[1]]))
        else:
            model.fit(*train).calibrate(*valid)
        row = {"epoch": number} | _score(model, *train, "") | _score(model, *valid, "val_")
        row |= {"learning_rate": 0.0, "gradient_norm": 0.0}
        if isinstance(model, RbfSvm) and config.tune:
            row |= {"penalty": model.penalty, "sharpness": model.sharpness}
        history.append(row | {"seconds": time.perf_counter() - begin})
        models.append(model)
    best = int(np.argmin([row["val_loss"] for row in history]))
    return FittedClassifier(config, models[best], normaliser, history, best + 1)


def _features(
    config: RunConfig, segments: Segments, normaliser: Normaliser
) -> npt.NDArray[np.float64]:
    bank, which = segments.features.first_layer, np.arange(len(segments))
    if config.model == "majority":
        return np.empty((len(segments), 0))
    if config.model == "random_cnn_svm":
        from mgc.models.random_cnn import random_features  # starts the backend

        pictures = normaliser(segments.read(which))
        return random_features(pictures, config.width, config.seed, bank)
    if segments.features.kind == "texture":
        return segments.read(which)[..., 0].astype(np.float64)
    if bank == "none":
        # Standardised by the model itself, so the normaliser of the bands would change nothing.
        return pooled_statistics(segments.read(which))
    kernels = DEFAULT_BANK.kernels() if bank == "gabor_fixed" else random_bank(0)
    return pooled_response(normaliser(segments.read(which)), kernels)


def _score(
    model: Majority | RbfSvm, X: npt.NDArray[np.float64], y: npt.NDArray[np.int64], prefix: str
) -> dict[str, float]:
    logp = model.log_probabilities(X)
    return {
        f"{prefix}loss": -float(logp[np.arange(len(y)), y].mean()),
        f"{prefix}accuracy": float((logp.argmax(axis=1) == y).mean()),
    }
