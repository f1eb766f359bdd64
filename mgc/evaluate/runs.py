"""Run folders as the report reads them."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mgc import paths
from mgc.errors import RunError
from mgc.evaluate.predictions import read_predictions
from mgc.evaluate.report import read_json
from mgc.evaluate.tracks import track_decisions

#: What a run folder must hold to be read here.
FILES = ("config.json", "history.csv", "predictions.csv", "metrics.json", "environment.json")

#: Parameters of a learnt Gabor bank, in the folders of runs that have one.
FILTERS = "filters.csv"

#: Weights of a network, where they are small enough to keep.
WEIGHTS = "model.weights.h5"

#: Columns of ``history.csv``, one row per epoch.
HISTORY = (
    "epoch",
    "loss",
    "accuracy",
    "val_loss",
    "val_accuracy",
    "learning_rate",
    "gradient_norm",
    "seconds",
)

#: Fields of a configuration that older runs lack, at the values that those runs stand for.
YOUNGER: dict[str, Any] = {
    "split_seed": 0,
    "train_per_genre": 0,
    "train_on_valid": False,
    "features": "log_mel",
    "tune": False,
    "momentum": None,
    "beta_1": None,
    "beta_2": None,
    "rho": None,
    "epsilon": None,
    "weight_decay": None,
    "schedule": "plateau",
    "blind": False,
    "keep": "best",
    "mixup": 0.0,
    "label_smoothing": 0.0,
    "crops": "fixed",
    "penalty": None,
    "sharpness": None,
}

#: Fields that sort runs and that tell the rows of a table of results apart.
KEY = ("dataset", "split", "fold", "model", "optimizer")


@dataclass(frozen=True)
class Run:
    """One finished run folder; each file is read when it is first asked for.

    Attributes
    ----------
    folder : Path
        Where it lies.

    Raises
    ------
    RunError
        When a file is asked for that is damaged.

    Book: Main results
    """

    folder: Path

    @property
    def uid(self) -> str:
        """Name of the folder."""
        return self.folder.name

    @cached_property
    def config(self) -> dict[str, Any]:
        """Configuration of the run, a flat dict; fields that are younger stand at their default."""
        path = self.folder / "config.json"
        config = read_json(path)
        missing = [name for name in (*KEY, "seed", "monitor") if name not in config]
        if missing:
            raise RunError(f"{path} lacks {', '.join(missing)}: make the run again with 'mgc run'")
        return YOUNGER | config

    @cached_property
    def history(self) -> pd.DataFrame:
        """One row per epoch: columns `HISTORY` (epochs from 1, losses in nats, seconds)."""
        path = self.folder / "history.csv"
        try:
            history = pd.read_csv(path)
        except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
            raise RunError(f"{path} is no table ({error}): make the run again") from error
        missing = [name for name in HISTORY if name not in history.columns]
        if missing or history.empty:
            raise RunError(
                f"{path} lacks {', '.join(missing) or 'rows'}: make the run again with 'mgc run'"
            )
        return history

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """One row per segment, see :func:`mgc.evaluate.predictions.read_predictions`."""
        return read_predictions(self.folder / "predictions.csv")

    @cached_property
    def tracks(self) -> pd.DataFrame:
        """One row per (part, clip), see :func:`mgc.evaluate.tracks.track_decisions`."""
        return track_decisions(self.predictions)

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """Stored metrics, see :func:`mgc.evaluate.report.compute_metrics`."""
        return read_json(self.folder / "metrics.json")

    @cached_property
    def environment(self) -> dict[str, Any]:
        """Versions, device, threads, commit and data hashes."""
        return read_json(self.folder / "environment.json")

    @cached_property
    def filters(self) -> pd.DataFrame:
        """Parameters of each filter of the learnt Gabor bank; `RunError` if the run has none."""
        path = self.folder / FILTERS
        if not path.is_file():
            raise RunError(
                f"{self.folder} has no {FILTERS}: only runs with features gabor_learnable have it"
            )
        return pd.read_csv(path)

    @property
    def seed(self) -> int:
        """Seed of initial weights, order, dropout and masks."""
        return int(self.config["seed"])

    @property
    def best_epoch(self) -> int:
        """Epoch (from 1) whose weights were kept: the first best of the monitored quantity."""
        if self.config["keep"] == "last":
            return len(self.history)
        return best_epoch(self.history, str(self.config["monitor"]))


def best_epoch(history: pd.DataFrame, monitor: str) -> int:
    """Return the first epoch with the best value: largest accuracy, or smallest loss.

    Parameters
    ----------
    history : DataFrame
        With columns ``epoch`` and `monitor`.
    monitor : str
        ``val_loss`` or ``val_accuracy``.

    Returns
    -------
    int
        Epoch, from 1.

    Examples
    --------
    >>> best_epoch(pd.DataFrame({"epoch": [1, 2, 3], "val_loss": [2.0, 1.0, 1.0]}), "val_loss")
    2
    """
    values = history[monitor].to_numpy(dtype=np.float64)
    best = np.nanargmax(values) if monitor.endswith("accuracy") else np.nanargmin(values)
    return int(history["epoch"].iloc[best])


def load_run(folder: str | Path) -> Run:
    """Open a run folder.

    Parameters
    ----------
    folder : str or Path
        A finished run folder.

    Returns
    -------
    Run
        Its files, read lazily.

    Raises
    ------
    RunError
        If the folder or one of its files is missing.

    Examples
    --------
    >>> load_run("nowhere")
    Traceback (most recent call last):
        ...
    mgc.errors.RunError: nowhere is no folder: name a run folder, or make one with 'mgc run'

    Book: Main results
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise RunError(f"{folder} is no folder: name a run folder, or make one with 'mgc run'")
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise RunError(
            f"{folder} lacks {', '.join(missing)}: it is no finished run; remove it and make it "
            "again with 'mgc run'"
        )
    return Run(folder)


def run_folders(folder: str | Path | None = None) -> list[Path]:
    """List the run folders in a folder, sorted by name; hidden ones are runs in the making.

    Parameters
    ----------
    folder : str or Path, optional
        Folder of the run folders; ``MGC_RUNS`` or ``data/runs`` if not given.

    Returns
    -------
    list of Path
        At least one.

    Raises
    ------
    RunError
        If the folder is missing or empty.

    Examples
    --------
    >>> run_folders("nowhere")
    Traceback (most recent call last):
        ...
    mgc.errors.RunError: nowhere holds no run: set MGC_RUNS, or make runs with 'mgc run'
    """
    home = paths.runs_folder() if folder is None else Path(folder)
    entries = sorted(home.iterdir()) if home.is_dir() else []
    folders = [path for path in entries if path.is_dir() and not path.name.startswith(".")]
    if not folders:
        raise RunError(f"{home} holds no run: set MGC_RUNS, or make runs with 'mgc run'")
    return folders


def find_runs(folder: str | Path | None = None, **filters: Any) -> list[Run]:
    """Open every run folder whose configuration has the given values.

    Parameters
    ----------
    folder : str or Path, optional
        Folder of the run folders; ``MGC_RUNS`` or ``data/runs`` if not given.
    **filters
        Configuration fields and the values that they must have, as ``model="simple_cnn"``.

    Returns
    -------
    list of Run
        Sorted by data set, split, fold, model, optimizer, seed and uid;
        empty if none matches.

    Raises
    ------
    RunError
        If there is no run, a run folder is incomplete, or no configuration knows a field.

    Examples
    --------
    >>> find_runs("nowhere")
    Traceback (most recent call last):
        ...
    mgc.errors.RunError: nowhere holds no run: set MGC_RUNS, or make runs with 'mgc run'

    Book: Main results
    """
    runs = [load_run(path) for path in run_folders(folder)]
    known = sorted({name for run in runs for name in run.config})
    unknown = [name for name in filters if name not in known]
    if unknown:
        raise RunError(
            f"no run is configured by {', '.join(unknown)}: filter by {', '.join(known)}"
        )
    chosen = [r for r in runs if all(r.config.get(k) == v for k, v in filters.items())]
    return sorted(chosen, key=lambda r: (*(str(r.config[k]) for k in KEY), r.seed, r.uid))
