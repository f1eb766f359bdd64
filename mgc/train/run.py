"""One run: a configuration in, a run folder out; idempotent, atomic, resumable to the bit."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from filelock import FileLock

from mgc import paths
from mgc.data.datasets import Dataset, open_dataset
from mgc.data.normalise import Normaliser
from mgc.data.representation import representation
from mgc.data.segments import Segments, cut, limit_clips
from mgc.data.splits import Split, make_split
from mgc.errors import RunError
from mgc.evaluate.predictions import predictions_frame, write_predictions
from mgc.evaluate.report import evaluate_run
from mgc.evaluate.runs import WEIGHTS
from mgc.files import install_folder, named_refusals
from mgc.models.registry import CLASSIFIERS, MODELS
from mgc.train.classical import fit_classifier
from mgc.train.config import RunConfig

#: Weights are kept in the run folder up to this size in bytes.
_SMALL = 2_000_000
#: Parts whose predictions are written, unless a run is blind.
_SCORED = ("valid", "test")
#: Segments read at once while the normaliser is fitted.
_BLOCK = 256

Report = Callable[[int, int, dict[str, float]], None]


@dataclass(frozen=True)
class RunData:
    """What a run reads: the segments of each part and the normaliser of the training part.

    Attributes
    ----------
    parts : dict of str to Segments
        ``train``, ``valid``, ``test``.
    normaliser : Normaliser
        Fitted on ``train`` alone.
    missing : tuple of str
        Clips of the split that the store lacks; they are left out.
    sha256 : dict of str to str
        Identity of the features and of the split.
    """

    parts: dict[str, Segments]
    normaliser: Normaliser
    missing: tuple[str, ...]
    sha256: dict[str, str]


def prepare_data(config: RunConfig, dataset: Dataset) -> RunData:
    """Split clips, then cut segments, then fit the normaliser on the training part.

    Book: The pipeline and its cost
    """
    split, missing = _available_split(config, dataset)
    features = representation(config.features)
    parts = {
        part: cut(dataset.store, dataset.manifest, split, part, config.segment_seconds, features)
        for part in ("train", "valid", "test")
    }
    if config.train_per_genre:
        parts["train"] = limit_clips(parts["train"], split, config.train_per_genre)
    if config.train_on_valid and config.model in MODELS:
        both = [parts["train"].table, parts["valid"].table]
        parts["train"] = replace(parts["train"], table=pd.concat(both, ignore_index=True))
    train = parts["train"]
    blocks = np.split(np.arange(len(train)), range(_BLOCK, len(train), _BLOCK))
    normaliser = Normaliser.fit((train.read(block) for block in blocks), features.scaler)
    sha256 = {"features": dataset.store.sha256, "split": split.sha256}
    return RunData(parts, normaliser, missing, sha256)


def _available_split(config: RunConfig, dataset: Dataset) -> tuple[Split, tuple[str, ...]]:
    """Return the split without the clips that the store lacks, and those clips."""
    split = make_split(dataset.manifest, config.split, fold=config.fold, seed=config.split_seed)
    return split.restrict(dataset.store.clips["clip"])


def run(
    config: RunConfig,
    *,
    store: str | Path | None = None,
    runs: str | Path | None = None,
    report: Report | None = None,
    fresh: bool = False,
) -> Path:
    """Train one network and write its run folder.

    A finished run is returned at once, unless it is of the synthetic corpus and the package makes
    another corpus by now; an interrupted one continues after its last whole epoch and ends, on the
    same machine with the same number of threads, with the same bits as if it had never been
    interrupted.

    Parameters
    ----------
    config : RunConfig
        What to do.
    store : str or Path, optional
        Feature store, if not at its standard place.
    runs : str or Path, optional
        Where run folders live; ``MGC_RUNS`` or ``data/runs`` of the project if not given.
    report : callable, optional
        Called as ``report(epoch, epochs, values)`` after each epoch.
    fresh : bool
        Train from the first epoch even if the run is finished or was interrupted; the old folder
        stays until the new one is whole.

    Returns
    -------
    Path
        ``runs/<uid>`` with config.json, history.csv, predictions.csv, metrics.json,
        environment.json, normaliser.json and, where small, the weights.

    Raises
    ------
    RunError
        If the folder or the checkpoint is of other data, threads or backend, or the run diverged.
    MGCError
        For unusable data or a full disk; nothing half-written stays under the final name.

    Book: Training with papermill
    """
    home = Path(runs) if runs else paths.runs_folder()
    folder, partial = home / config.uid, home / f".{config.uid}.partial"
    with named_refusals(home):
        home.mkdir(parents=True, exist_ok=True)
    with FileLock(home / f".{config.uid}.lock"), named_refusals(folder):
        if folder.exists() and not fresh:
            difference = _other_data(folder, config, store)
            if not difference:
                return folder
            # The synthetic corpus is made by the package and changes with it: its runs do, too.
            if config.dataset != "synthetic" or store:
                raise RunError(difference)
            fresh = True
        dataset = open_dataset(config.dataset, store)
        if fresh:
            shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(exist_ok=True)
        for half_written in partial.glob(".*"):  # by a process that was killed while writing
            shutil.rmtree(half_written)
        _train_into(partial, config, dataset, report)
        install_folder(partial, folder)
    return folder


def is_finished(config: RunConfig, runs: str | Path | None = None) -> bool:
    """Tell whether the run folder of a configuration exists."""
    return ((Path(runs) if runs else paths.runs_folder()) / config.uid).exists()


def _other_data(folder: Path, config: RunConfig, store: str | Path | None) -> str:
    """Say how the data of a finished run differ from those asked for; nothing if they are the same.

    GTZAN's own store may be absent, for example where the book is only replayed; then the committed
    run stands for itself.
    """
    if config.dataset == "gtzan" and not store and not paths.gtzan_store().exists():
        return ""
    dataset = open_dataset(config.dataset, store)
    split, _ = _available_split(config, dataset)
    now = {"features": dataset.store.sha256, "split": split.sha256}
    then = json.loads((folder / "environment.json").read_text(encoding="utf8"))["data_sha256"]
    for name in now:
        if then[name] != now[name]:
            return (
                f"{folder} was made on {name} {then[name][:12]}…, but {dataset.store.folder} and "
                f"the manifest give {now[name][:12]}…: use the former store, start anew with "
                "--fresh (or remove the folder), or name another --runs folder"
            )
    return ""


def _train_into(folder: Path, config: RunConfig, dataset: Dataset, report: Report | None) -> None:
    from mgc.train.environment import describe_environment

    environment = describe_environment()
    data = prepare_data(config, dataset)
    checkpoint = folder / "checkpoint.npz"
    fitted: Any
    if config.model in CLASSIFIERS:
        fitted = fit_classifier(config, data.parts, data.normaliser)
    else:
        from mgc.train.fit import fit  # starts the backend

        fitted = fit(config, data.parts, data.normaliser, checkpoint, data.sha256, report)
    _write_json(folder / "config.json", config.to_dict())
    _write_json(folder / "normaliser.json", data.normaliser.to_dict())
    pd.DataFrame(fitted.history).to_csv(folder / "history.csv", index=False, lineterminator="\n")
    scored = _SCORED[:1] if config.blind else _SCORED
    write_predictions(
        folder / "predictions.csv",
        pd.concat([predict_part(fitted.predict, data.parts[part]) for part in scored]),
    )
    environment |= {
        "data_sha256": data.sha256,
        "missing_clips": list(data.missing),
        "n_parameters": fitted.n_parameters,
        "best_epoch": fitted.best_epoch,
        "seconds_total": round(sum(row["seconds"] for row in fitted.history), 1),
    }
    _write_json(folder / "environment.json", environment)
    fitted.save_weights(folder / WEIGHTS, _SMALL)
    evaluate_run(folder)
    checkpoint.unlink(missing_ok=True)


def predict_part(
    predict: Callable[[Segments], npt.NDArray[np.float32]], segments: Segments
) -> pd.DataFrame:
    """Put log-probabilities beside the facts of their segments, as ``predictions.csv`` has them.

    Book: Training with papermill
    """
    table = segments.table
    return predictions_frame(
        clips=table["clip"].tolist(),
        parts=[segments.part] * len(table),
        segments=table["segment"].tolist(),
        groups=table["group"].tolist(),
        true=table["genre"].tolist(),
        logp=predict(segments),
        genres=segments.genres,
    )


def _write_json(path: Path, values: dict[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=1, sort_keys=True) + "\n", encoding="utf8")
