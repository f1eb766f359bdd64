"""One network trained side by side in several number formats: same start, same batches, same masks.

What then differs is the rounding alone; how far apart the weights get is set beside what one
last bit, or another order of the data, does in float32.
"""

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mgc.backend import keras
from mgc.data.pipeline import SegmentBatches
from mgc.models.registry import build_model
from mgc.optim.factories import build_optimizer
from mgc.optim.gradient_probe import is_idle, narrow_losses, probe_gradients, variable_names
from mgc.train.config import RunConfig

if TYPE_CHECKING:
    from mgc.train.run import RunData

#: Loss scale that Keras starts with.
INITIAL_SCALE = 2.0**15


@dataclass(frozen=True)
class Arm:
    """One way to train the same network.

    Attributes
    ----------
    dtype : str
        Precision policy.
    scaled : bool
        Whether float16 gets Keras' loss scaling.
    growth_steps : int or None
        After so many finite steps the loss scale is doubled; Keras' 2000 if none.
    nudged : bool
        Whether the first weight starts one unit in the last place higher.
    reordered : bool
        Whether the data come in the order of another seed.
    """

    dtype: str = "float32"
    scaled: bool = True
    growth_steps: int | None = None
    nudged: bool = False
    reordered: bool = False


#: The arms of the experiment; the first is what the others are compared with.
ARMS = {
    "float32": Arm(),
    "float32, last bit": Arm(nudged=True),
    "float32, other order": Arm(reordered=True),
    "mixed_bfloat16": Arm("mixed_bfloat16"),
    "mixed_float16": Arm("mixed_float16"),
    "mixed_float16, no scaling": Arm("mixed_float16", scaled=False),
    "mixed_float16, eager scaling": Arm("mixed_float16", growth_steps=20),
}

_PROBES = (("mixed_float16", 1.0), ("mixed_float16", INITIAL_SCALE), ("mixed_bfloat16", 1.0))


def build_network(config: RunConfig, shape: tuple[int, int, int], n_classes: int) -> Any:
    """Build the network of a configuration under its precision policy, uncompiled.

    Examples
    --------
    >>> net = build_network(RunConfig(width=2, dtype="mixed_float16"), (16, 16, 1), 10)
    >>> net.layers[2].compute_dtype, net.trainable_variables[0].dtype
    ('float16', 'float32')

    Book: Precision as a factor
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(config.dtype)
    try:
        return build_model(
            config.model,
            shape,
            n_classes,
            width=config.width,
            spec_augment=config.spec_augment,
            seed=config.seed,
        )
    finally:
        keras.config.set_dtype_policy(before)


class Lane:
    """One arm in training.

    Parameters
    ----------
    config : RunConfig
        Architecture, optimizer and seed; the arm decides about the dtype.
    shape, n_classes
        Of the input and the output.
    arm : Arm
        What is special here.

    Attributes
    ----------
    model : keras.Model
        The network.
    losses, seconds : list of float
        One a step: the batch's mean loss before it, and wall time.
    """

    def __init__(
        self, config: RunConfig, shape: tuple[int, int, int], n_classes: int, arm: Arm
    ) -> None:
        self.arm = arm
        self.model = build_network(replace(config, dtype=arm.dtype), shape, n_classes)
        optimizer = build_optimizer(config.optimizer, config.learning_rate, **config.settings)
        if arm.growth_steps:
            optimizer = keras.optimizers.LossScaleOptimizer(
                optimizer, initial_scale=INITIAL_SCALE, dynamic_growth_steps=arm.growth_steps
            )
        self.model.compile(
            optimizer=optimizer,
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
            auto_scale_loss=arm.scaled,
        )
        self.model.optimizer.build(self.model.trainable_variables)
        if arm.nudged:
            first = self.model.trainable_variables[0]
            value = keras.ops.convert_to_numpy(first).copy()
            value.flat[0] = np.nextafter(value.flat[0], np.float32(np.inf))
            first.assign(value)
        self.losses: list[float] = []
        self.seconds: list[float] = []

    def step(self, x: NDArray[Any], y: NDArray[Any]) -> None:
        """Take one optimizer step."""
        self.model.reset_metrics()
        started = time.perf_counter()
        loss = self.model.train_on_batch(x, y)[0]
        self.seconds.append(time.perf_counter() - started)
        self.losses.append(float(loss))

    def weights(self, idle: bool = False) -> NDArray[np.float64]:
        """Return the trainable weights as one vector: those that act, or those that do not.

        Batch normalisation takes the mean away, and with it the bias of the convolution before it:
        the bias gets rounding errors for a gradient and drifts as they please, to no effect.
        """
        values = [
            keras.ops.convert_to_numpy(variable).ravel()
            for name, variable in zip(
                variable_names(self.model), self.model.trainable_variables, strict=True
            )
            if is_idle(name) == idle
        ]
        return np.concatenate(values).astype(np.float64)

    @property
    def loss_scale(self) -> float:
        """Factor that the loss is multiplied by at present; 1 where nothing scales."""
        scale = getattr(self.model.optimizer, "dynamic_scale", 1.0)
        return float(keras.ops.convert_to_numpy(scale))


class Lockstep:
    """Train all arms of one configuration step by step beside each other, and write down.

    Parameters
    ----------
    config : RunConfig
        Network, optimizer, seed, number of epochs.
    data : RunData
        From :func:`mgc.train.run.prepare_data`.
    arms : dict of str to Arm
        By name; the first is the reference.

    Attributes
    ----------
    rows : dict of str to list of dict
        Rows of the tables ``drift``, ``scale``, ``gradients`` and ``epochs``.

    Book: Precision as a factor
    """

    def __init__(self, config: RunConfig, data: "RunData", arms: dict[str, Arm] = ARMS) -> None:
        train = data.parts["train"]
        shape, n_classes = (train.rows, train.frames, 1), len(train.genres)
        self.config = config
        self.lanes = {name: Lane(config, shape, n_classes, arm) for name, arm in arms.items()}
        self.reference = next(iter(self.lanes.values()))
        self.batches, self.reordered = (
            SegmentBatches(train, data.normaliser, config.batch_size, seed)
            for seed in (config.seed, config.seed + 1000)
        )
        valid = SegmentBatches(data.parts["valid"], data.normaliser, len(data.parts["valid"]))
        self.valid = valid[0]
        self.twins = {
            dtype: build_network(replace(config, dtype=dtype), shape, n_classes)
            for dtype in ("float32", "mixed_float16", "mixed_bfloat16")
        }
        # Whole batches only: another shape would be another compilation.
        self.steps_per_epoch = len(train) // config.batch_size
        self.steps = 0
        self.start = self.reference.weights()
        self._scales: dict[str, float] = {}
        self.rows: dict[str, list[dict[str, Any]]] = {
            name: [] for name in ("drift", "scale", "gradients", "epochs")
        }

    def run(self) -> None:
        """Train all lanes to the end of the configuration's epochs."""
        last = self.config.epochs * self.steps_per_epoch
        watched = {round(2 ** (k / 2)) for k in range(2 * last.bit_length() + 1)} | {last}
        self._note_scales(first=True)
        for epoch in range(self.config.epochs):
            self._note_gradients()
            for k in range(self.steps_per_epoch):
                self._step(k)
                if self.steps in watched:
                    self._note_drift()
            self.batches.on_epoch_end()
            self.reordered.on_epoch_end()
            self._note_epoch(epoch + 1)
        self._note_gradients()

    def _step(self, k: int) -> None:
        usual, other = self.batches[k], self.reordered[k]
        lanes = list(self.lanes.values())
        turn = self.steps % len(lanes)  # nobody is always first
        for lane in lanes[turn:] + lanes[:turn]:
            lane.step(*(other if lane.arm.reordered else usual))
        self.steps += 1
        self._note_scales()

    def _note(self, table: str, **facts: Any) -> None:
        about = {"optimizer": self.config.optimizer, "seed": self.config.seed, "step": self.steps}
        self.rows[table].append(about | facts)

    def _note_scales(self, first: bool = False) -> None:
        """Write down each loss scale that has changed since the last step."""
        for name, lane in self.lanes.items():
            if lane.arm.dtype == "mixed_float16":
                now = lane.loss_scale
                if first or now != self._scales[name]:
                    self._note("scale", arm=name, scale=now)
                self._scales[name] = now

    def _note_drift(self) -> None:
        reference, idle = self.reference.weights(), self.reference.weights(idle=True)
        path = {"moved": np.linalg.norm(reference - self.start), "norm": np.linalg.norm(reference)}
        for name, lane in self.lanes.items():
            distance = np.linalg.norm(lane.weights() - reference)
            idly = np.linalg.norm(lane.weights(idle=True) - idle)
            self._note("drift", arm=name, distance=distance, idle=idly, **path)

    def _note_epoch(self, epoch: int) -> None:
        for name, lane in self.lanes.items():
            val_loss, val_accuracy = lane.model.evaluate(*self.valid, batch_size=256, verbose=0)
            found = {"val_loss": val_loss, "val_accuracy": val_accuracy}
            loss = float(np.mean(lane.losses[-self.steps_per_epoch :]))
            self._note("epochs", epoch=epoch, arm=name, loss=loss, **found)

    def _note_gradients(self) -> None:
        """Probe the gradient of one batch at the reference's weights, in each format.

        "all" is the whole gradient, without the biases that have no effect.
        """
        batch, exact = self.batches[0], self._probe("float32", self.batches[0])
        others = {(dtype, scale): self._probe(dtype, batch, scale) for dtype, scale in _PROBES} | {
            ("another batch", 1.0): self._probe("float32", self.batches[1])
        }
        for (dtype, scale), found in others.items():
            format = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}.get(
                dtype, "float32"
            )
            for variable, gradient in exact.items():
                losses = narrow_losses(gradient, found[variable], scale, format)
                self._note("gradients", probe=dtype, scale=scale, variable=variable, **losses)

    def _probe(
        self, dtype: str, batch: tuple[Any, Any], scale: float = 1.0
    ) -> dict[str, NDArray[Any]]:
        twin = self.twins[dtype]
        for source, target in zip(_state(self.reference.model), _state(twin), strict=True):
            target.assign(source)
        found = probe_gradients(twin, *batch, scale)
        acting = [values.ravel() for name, values in found.items() if not is_idle(name)]
        return found | {"all": np.concatenate(acting)}


def _state(model: Any) -> list[Any]:
    """Weights, running averages and random states; not the metrics."""
    metrics = {id(v) for metric in model.metrics for v in metric.variables}
    return [v for v in model.variables if id(v) not in metrics]
