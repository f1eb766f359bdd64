"""Fitting a classical model: at once, on pooled statistics, with the networks' run folder."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mgc.data.pooled import pooled_statistics
from mgc.data.segments import Segments
from mgc.models.rbf_svm import RbfSvm
from mgc.train.config import RunConfig


@dataclass(frozen=True)
class FittedClassifier:
    """A fitted classical model; what `mgc.train.fit.Fitted` is for networks.

    Attributes
    ----------
    model : RbfSvm
        Fitted.
    history : list of dict
        One entry, in the columns of a network's: there is one step, no rate and no gradient (0).
    best_epoch : int
        1.
    """

    model: RbfSvm
    history: list[dict[str, float]]
    best_epoch: int = 1

    @property
    def n_parameters(self) -> int:
        """Numbers that the fitted model keeps."""
        return self.model.n_parameters

    def predict(self, segments: Segments) -> npt.NDArray[np.float32]:
        """Return log-probabilities (natural logarithm), float32 (segments, genres)."""
        return self.model.log_probabilities(_features(segments))

    def save_weights(self, path: Path, limit: int) -> None:
        """Keep nothing: fitting again takes seconds and gives the same numbers."""


def fit_classifier(config: RunConfig, parts: dict[str, Segments]) -> FittedClassifier:
    """Fit on ``parts['train']``; the valid part sets the temperature, or is learnt from, too.

    Parameters
    ----------
    config : RunConfig
        With a classical model; `train_on_valid` decides what the valid part is for.
    parts : dict of str to Segments
        At least ``train`` and ``valid``.

    Book: Splits and the leakage ladder
    """
    begin = time.perf_counter()
    X, y = _features(parts["train"]), parts["train"].labels
    X_valid, y_valid = _features(parts["valid"]), parts["valid"].labels
    if config.train_on_valid:
        model = RbfSvm().fit(np.concatenate([X, X_valid]), np.concatenate([y, y_valid]))
    else:
        model = RbfSvm().fit(X, y).calibrate(X_valid, y_valid)
    row: dict[str, float] = (
        {"epoch": 1} | _score(model, X, y, "") | _score(model, X_valid, y_valid, "val_")
    )
    row |= {"learning_rate": 0.0, "gradient_norm": 0.0, "seconds": time.perf_counter() - begin}
    return FittedClassifier(model, [row])


def _features(segments: Segments) -> npt.NDArray[np.float64]:
    # Standardised by the model itself, so the normaliser of the bands would change nothing.
    return pooled_statistics(segments.read(np.arange(len(segments))))


def _score(
    model: RbfSvm, X: npt.NDArray[np.float64], y: npt.NDArray[np.int64], prefix: str
) -> dict[str, float]:
    logp = model.log_probabilities(X)
    return {
        f"{prefix}loss": -float(logp[np.arange(len(y)), y].mean()),
        f"{prefix}accuracy": float((logp.argmax(axis=1) == y).mean()),
    }
