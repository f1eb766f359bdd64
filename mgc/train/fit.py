"""Fitting one network under one declared selection rule.

The same monitored quantity of the validation part lowers the learning rate (plateau), ends the run
(early stopping) and selects the weights (best epoch).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mgc.backend import keras
from mgc.data.augment import Augmentation
from mgc.data.normalise import Normaliser
from mgc.data.pipeline import SegmentBatches, network_input
from mgc.data.segments import Segments
from mgc.errors import RunError
from mgc.evaluate.runs import FILTERS, best_epoch
from mgc.models.filter_bank import GaborConv2D
from mgc.models.registry import build_model
from mgc.optim.factories import build_optimizer
from mgc.optim.schedules import scheduled_rate
from mgc.train.checkpoint import Checkpoint
from mgc.train.config import RunConfig


@dataclass(frozen=True)
class Fitted:
    """A trained network with its best weights.

    Attributes
    ----------
    model : keras.Model
        Carries the weights of the best epoch.
    normaliser : Normaliser
        What its input must pass through.
    batch_size : int
        Segments at once in prediction.
    history : list of dict
        One entry an epoch: loss, accuracy, val_loss, val_accuracy, learning_rate, gradient_norm,
        seconds.
    best_epoch : int
        1-based.
    """

    model: Any
    normaliser: Normaliser
    batch_size: int
    history: list[dict[str, float]]
    best_epoch: int

    @property
    def n_parameters(self) -> int:
        """Number of weights, trained or not."""
        return int(self.model.count_params())

    def predict(self, segments: Segments) -> npt.NDArray[np.float32]:
        """Return log-probabilities (natural logarithm), float32 (segments, genres)."""
        batches = SegmentBatches(segments, self.normaliser, self.batch_size)
        p = np.asarray(self.model.predict(network_input(batches), verbose=0), dtype=np.float64)
        p = np.maximum(p, np.finfo(np.float32).tiny)
        logp: npt.NDArray[np.float32] = np.log(p / p.sum(axis=1, keepdims=True)).astype(np.float32)
        return logp

    def save_weights(self, path: Path, limit: int) -> None:
        """Write the weights if they take at most `limit` bytes in float32.

        Of a learnt Gabor bank the parameters are written in any case, as ``filters.csv``.
        """
        if 4 * self.n_parameters <= limit:
            self.model.save_weights(path)
        for layer in self.model.layers:
            if isinstance(layer, GaborConv2D):
                layer.parameters().to_csv(path.with_name(FILTERS), index=False, lineterminator="\n")


class _Report(keras.callbacks.Callback):  # type: ignore[misc]
    """Tell the caller about each epoch."""

    def __init__(self, report: Callable[..., None], checkpoint: Checkpoint, epochs: int) -> None:
        super().__init__()
        self.report, self.checkpoint, self.epochs = report, checkpoint, epochs

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.report(epoch + 1, self.epochs, self.checkpoint.history[-1])


def fit(
    config: RunConfig,
    parts: dict[str, Segments],
    normaliser: Normaliser,
    checkpoint_path: Path,
    made_with: dict[str, str],
    report: Callable[..., None] | None = None,
) -> Fitted:
    """Train on ``parts['train']``, select on ``parts['valid']``; never looks at the test part.

    Parameters
    ----------
    config : RunConfig
        What to do.
    parts : dict of str to Segments
        At least ``train`` and ``valid``.
    normaliser : Normaliser
        Fitted on the training part.
    checkpoint_path : Path
        Where the state of each epoch is saved, and taken up again.
    made_with : dict of str to str
        Identity of the data; a checkpoint of other data is refused.
    report : callable, optional
        Called after each epoch.

    Returns
    -------
    Fitted
        With the weights of the best epoch, or of the last one where the valid part may not choose.

    Raises
    ------
    RunError
        If a checkpoint is damaged or was made with something else, or if the run diverged.

    Book: Training with papermill
    """
    keras.utils.clear_session(free_memory=False)
    keras.config.set_dtype_policy(config.dtype)
    train, valid = _batches(config, parts, normaliser)
    try:
        model, optimizer = _compiled(config, train)
    finally:
        keras.config.set_dtype_policy("float32")
    schedule, stopper = _schedule(config), _stopper(config)
    checkpoint = Checkpoint(checkpoint_path, stopper, schedule, optimizer, made_with)
    checkpoint.restore(model)
    done = checkpoint.epochs_done
    if done < config.epochs and not checkpoint.stopped:
        train.epoch = done
        stream = network_input(train, config.epochs - done)
        model.fit(
            stream,
            initial_epoch=done,
            epochs=config.epochs,
            steps_per_epoch=None if stream is train else len(train),
            shuffle=False,  # the stream has its own order for each epoch
            validation_data=network_input(valid),
            callbacks=[schedule, stopper, checkpoint]
            + ([_Report(report, checkpoint, config.epochs)] if report else []),
            verbose=0,
        )
    _require_finite(checkpoint.history, config)
    kept = len(checkpoint.history)
    if config.keep == "best":
        kept = best_epoch(pd.DataFrame(checkpoint.history), config.monitor)
        model.set_weights(checkpoint.best_weights)
    return Fitted(model, normaliser, config.batch_size, checkpoint.history, kept)


def _batches(
    config: RunConfig, parts: dict[str, Segments], normaliser: Normaliser
) -> tuple[SegmentBatches, SegmentBatches]:
    """Return the batches of train and valid; both have the targets that the loss expects."""
    changes = Augmentation(
        mixup=config.mixup, label_smoothing=config.label_smoothing, crops=config.crops
    )
    size = config.batch_size
    train = SegmentBatches(parts["train"], normaliser, size, config.seed, augmentation=changes)
    return train, SegmentBatches(parts["valid"], normaliser, size, augmentation=changes)


def _require_finite(history: list[dict[str, float]], config: RunConfig) -> None:
    if not np.isfinite(history[0][config.monitor]):
        raise RunError(
            f"{config.label} diverged: {config.monitor} was {history[0][config.monitor]} after its "
            f"first epoch; choose a learning_rate below {config.learning_rate:g}, or another dtype "
            f"than {config.dtype}"
        )


def _rule(config: RunConfig) -> dict[str, str]:
    """Say what is watched, the same for a lower rate, the end and the weights that are kept."""
    return {"monitor": config.monitor, "mode": "min" if config.monitor == "val_loss" else "max"}


def _schedule(config: RunConfig) -> Any:
    """Return the callback that sets the learning rate."""
    if config.schedule == "plateau":
        return keras.callbacks.ReduceLROnPlateau(
            factor=config.plateau_factor,
            patience=config.plateau_patience,
            min_delta=0.0,
            **_rule(config),
        )
    rate = config.learning_rate or 0.0  # never None in a network's configuration
    return keras.callbacks.LearningRateScheduler(
        lambda epoch, _: scheduled_rate(config.schedule, rate, epoch, config.epochs)
    )


def _stopper(config: RunConfig) -> Any:
    """Return the callback that ends the run and keeps the best weights."""
    best = config.keep == "best"
    return keras.callbacks.EarlyStopping(
        patience=config.early_stopping_patience if best else config.epochs + 1,
        restore_best_weights=best,
        **_rule(config),
    )


def _compiled(config: RunConfig, train: SegmentBatches) -> tuple[Any, Any]:
    """Build network and optimizer with all their variables, so that a checkpoint can fill them."""
    segments = train.segments
    model = build_model(
        config.model,
        (segments.rows, segments.frames, 1),
        len(segments.genres),
        width=config.width,
        spec_augment=config.spec_augment,
        first_layer=segments.features.first_layer,
        seed=config.seed,
    )
    optimizer = build_optimizer(config.optimizer, config.learning_rate, **config.settings)
    loss = (
        "categorical_crossentropy" if train.augmentation.soft else "sparse_categorical_crossentropy"
    )
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
    model.optimizer.build(model.trainable_variables)
    return model, optimizer
