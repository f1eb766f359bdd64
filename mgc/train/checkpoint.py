"""Exact resume: after each epoch everything that the next one depends on is on disk.

Keras' `BackupAndRestore` forgets random states, the order of the data and what the callbacks have
seen, so a resumed run drifts away from a straight one.  Here one atomic file holds all variables
(weights, moments, random states), the callbacks' memory, the best weights and the history.
"""

import json
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mgc.backend import keras, threads
from mgc.errors import RunError
from mgc.files import atomic_file

_STOPPER = ("wait", "stopped_epoch", "best", "best_epoch")
#: Attributes of the schedule that change; one that depends on the epoch alone has none.
_SCHEDULE = ("wait", "best", "cooldown_counter")
#: What the file holds beside arrays.
_STATE = ("history", "stopper", "schedule", "made_with")


class Checkpoint(keras.callbacks.Callback):  # type: ignore[misc]
    """Callback that saves the state of training after each epoch and can put it back.

    Parameters
    ----------
    path : Path
        The one file that holds the state.
    stopper : keras.callbacks.EarlyStopping
        Must run before this callback; its memory and best weights are part of the state.
    schedule : keras.callbacks.ReduceLROnPlateau or keras.callbacks.LearningRateScheduler
        Likewise.
    optimizer : keras.optimizers.Optimizer
        From `mgc.optim.factories`: measures gradient norms.
    made_with : dict of str to str
        What the state depends on besides the configuration (identity of the data); a state made
        with something else is refused, as is one of another backend or thread count.

    Attributes
    ----------
    history : list of dict
        One entry an epoch, also those of earlier processes.
    """

    def __init__(
        self, path: Path, stopper: Any, schedule: Any, optimizer: Any, made_with: dict[str, str]
    ) -> None:
        super().__init__()
        self.path = path
        self.stopper = stopper
        self.schedule = schedule
        self.measured = optimizer
        self.made_with = {
            **made_with,
            "backend": f"{keras.backend.backend()} with Keras {keras.__version__}",
            "threads": str(threads()),
        }
        self.history: list[dict[str, float]] = []
        self._memory: dict[str, Any] | None = None

    def restore(self, model: Any) -> None:
        """Load what an earlier process has saved, if anything."""
        if not self.path.exists():
            return
        state, arrays = _load(self.path)
        self._require_same_origin(state["made_with"])
        variables = _variables(model)
        if [tuple(v.shape) for v in variables] != [value.shape for value in arrays["now"]]:
            raise RunError(
                f"{self.path} holds another network or optimizer than this version of mgc builds: "
                "start anew with --fresh"
            )
        for variable, value in zip(variables, arrays["now"], strict=True):
            variable.assign(value)
        self.history = state["history"]
        self._memory = {**state, "best_weights": arrays["best"]}

    def _require_same_origin(self, then: dict[str, str]) -> None:
        for name, now in self.made_with.items():
            if then.get(name) != now:
                raise RunError(
                    f"{self.path} was made with {name} {then.get(name)}, but now it is {now}, so "
                    "the run would not end with the same bits: go back to the former (MGC_THREADS, "
                    "KERAS_BACKEND, --store), or start anew with --fresh"
                )

    @property
    def epochs_done(self) -> int:
        """How many epochs the history holds."""
        return len(self.history)

    @property
    def stopped(self) -> bool:
        """Whether early stopping has ended the run already."""
        return bool(self._memory and self._memory["stopper"]["stopped_epoch"])

    @property
    def best_weights(self) -> list[npt.NDArray[Any]]:
        """Weights of the best epoch so far; none if the last one's are kept."""
        if self._memory and self.stopper.best_weights is None:
            return list(self._memory["best_weights"])
        return list(self.stopper.best_weights)

    def on_train_begin(self, logs: Any = None) -> None:
        """Give the other callbacks their memory back (they have just cleared it)."""
        if self._memory is None:
            return
        for callback, name in ((self.stopper, "stopper"), (self.schedule, "schedule")):
            for attribute, value in self._memory[name].items():
                setattr(callback, attribute, value)
        self.stopper.best_weights = self._memory["best_weights"]

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the clock and the mean of the gradient norms."""
        self._started = time.perf_counter()
        self.measured.reset_gradient_norm()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Append to the history and save everything, atomically."""
        values = {name: float(value) for name, value in (logs or {}).items()}
        values["gradient_norm"] = self.measured.mean_gradient_norm()
        values["seconds"] = round(time.perf_counter() - self._started, 3)
        self.history.append({"epoch": epoch + 1, **values})
        state = {
            "history": self.history,
            "stopper": {name: getattr(self.stopper, name) for name in _STOPPER},
            "schedule": {k: v for k, v in vars(self.schedule).items() if k in _SCHEDULE},
            "made_with": self.made_with,
        }
        arrays = {
            **{f"now_{k:04d}": _numpy(v) for k, v in enumerate(_variables(self.model))},
            **{
                f"best_{k:04d}": np.asarray(v)
                for k, v in enumerate(self.stopper.best_weights or ())
            },
        }
        with atomic_file(self.path) as temporary:
            np.savez(temporary, state=np.array(json.dumps(state)), **arrays)  # type: ignore[arg-type]


def _variables(model: Any) -> list[Any]:
    """All variables that training changes: weights, random states, optimizer; not the metrics."""
    metrics = {id(v) for metric in model.metrics for v in metric.variables}
    own = [v for v in model.variables if id(v) not in metrics]
    return own + list(model.optimizer.variables)


def _numpy(variable: Any) -> npt.NDArray[Any]:
    return np.asarray(keras.ops.convert_to_numpy(variable.value))


def _load(path: Path) -> tuple[dict[str, Any], dict[str, list[npt.NDArray[Any]]]]:
    try:
        with open(path, "rb") as opened, np.load(opened, allow_pickle=False) as file:
            state = json.loads(str(file["state"]))
            state = {name: state[name] for name in _STATE}
            names = sorted(file.files)
            arrays = {
                kind: [file[name] for name in names if name.startswith(f"{kind}_")]
                for kind in ("now", "best")
            }
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise RunError(
            f"{path} is damaged ({error}): remove it, and the run starts from its first epoch"
        ) from error
    return state, arrays
