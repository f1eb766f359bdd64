"""Finished runs, differing in their seed at most, as a folder that songs are classified with.

Book: Model cards.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mgc.data.datasets import open_dataset
from mgc.data.normalise import Normaliser
from mgc.data.representation import representation
from mgc.data.segments import segment_columns
from mgc.errors import WeightsError
from mgc.evaluate.bootstrap import artist_bootstrap_runs
from mgc.evaluate.fusion import fuse
from mgc.evaluate.predictions import genres_of
from mgc.evaluate.report import DECIMALS
from mgc.evaluate.resampling import Interval
from mgc.evaluate.runs import WEIGHTS, Run, load_run
from mgc.files import atomic_folder
from mgc.models.registry import MODELS
from mgc.songs.classifier import MODEL_FILE, MODEL_VERSION
from mgc.songs.convert import to_onnx
from mgc.train.config import RunConfig
from mgc.train.trained import trained_network

# ONNX Runtime and Keras add in different orders; probabilities further apart mean another network.
_TOLERANCE = 1e-4


def export_runs(
    runs: Sequence[str | Path],
    out: str | Path,
    *,
    name: str = "",
    temperature: float = 1.0,
    store: str | Path | None = None,
    overwrite: bool = False,
) -> Path:
    """Write the networks of some runs, and all that a song needs to reach them.

    Parameters
    ----------
    runs : sequence of str or Path
        Run folders with weights; several are an ensemble.
    out : str or Path
        Folder to make: ``<uid>.onnx`` for each run, and ``model.json``.
    name : str
        What to call the networks; model and number of seeds if not given.
    temperature : float > 0
        What log-probabilities are to be divided by.
    store : str or Path, optional
        Feature store that the runs learnt from, if not at its standard place.
    overwrite : bool
        Whether `out` may be replaced.

    Returns
    -------
    Path
        `out`, which appears when it is whole.

    Raises
    ------
    WeightsError
        If a run has no weights, the runs differ in more than the seed, or a network does not say
        in ONNX Runtime what it says in Keras.
    MGCError
        If a run folder, its weights or the store is damaged, or `out` exists.

    Notes
    -----
    Book: Model cards.

    Examples
    --------
    >>> export_runs(["nowhere"], "out")
    Traceback (most recent call last):
        ...
    mgc.errors.RunError: nowhere is no folder: name a run folder, or make one with 'mgc run'
    """
    if not runs or temperature <= 0:
        raise WeightsError(
            f"{len(runs)} runs and temperature {temperature:g} were given: expected are one run or "
            "more and a temperature above 0"
        )
    loaded = [load_run(folder) for folder in runs]
    config = _common_configuration(loaded)
    data = open_dataset(config.dataset, store).store
    columns = segment_columns(data, config.segment_seconds)
    features = representation(config.features)
    shape = (features.rows(data.front_end.n_mels), features.frames(columns), 1)
    facts: dict[str, Any] = {
        "version": MODEL_VERSION,
        "name": name or f"{config.model}, {len(runs)} seed(s)",
        "genres": genres_of(loaded[0].predictions),
        "front_end": data.front_end.to_spec(),
        "features": config.features,
        "segment_seconds": config.segment_seconds,
        "segment_columns": columns,
        "hop_columns": columns,
        "temperature": temperature,
        "trained": _training(loaded, config),
        "scores": scores(loaded),
    }
    with atomic_folder(out, replace=overwrite) as folder:
        facts["networks"] = [_write(folder, run, shape, len(facts["genres"])) for run in loaded]
        text = json.dumps(facts, indent=1) + "\n"
        (folder / MODEL_FILE).write_text(text, encoding="utf8")
    return Path(out)


def _common_configuration(runs: Sequence[Run]) -> RunConfig:
    configs = [RunConfig.from_dict(run.config) for run in runs]
    for run, config in zip(runs, configs, strict=True):
        if config.model not in MODELS or not (run.folder / WEIGHTS).is_file():
            raise WeightsError(
                f"{run.folder} has no {WEIGHTS}: export runs of networks that are small "
                "enough to keep their weights"
            )
    alike = {json.dumps(asdict(config) | {"seed": 0}, sort_keys=True) for config in configs}
    if len(alike) > 1 or len({config.seed for config in configs}) < len(configs):
        raise WeightsError(
            f"the {len(runs)} runs differ in more than their seed, or not even in that: export "
            "runs of one configuration, each seed once"
        )
    return configs[0]


def _training(runs: Sequence[Run], config: RunConfig) -> dict[str, Any]:
    """Say what the networks learnt from, and how: fields that are not at their default."""
    chosen = {
        item.name: getattr(config, item.name)
        for item in fields(RunConfig)
        if item.name != "seed" and getattr(config, item.name) != item.default
    }
    parts = ["train", "valid"] if config.train_on_valid else ["train"]
    return {
        "configuration": chosen,
        "parts": parts,
        "data_sha256": runs[0].environment.get("data_sha256", {}),
        "git_commits": sorted({str(run.environment.get("git_commit")) for run in runs}),
    }


def scores(runs: Sequence[Run]) -> dict[str, Any]:
    """Score some runs on the test part, one by one and together, at track level.

    Parameters
    ----------
    runs : sequence of Run
        Of one configuration.

    Returns
    -------
    dict
        ``clips``, ``accuracy_by_seed``, and ``single`` (mean over seeds) and ``ensemble``, each
        with ``accuracy, low, high``: 95 % intervals by bootstrap over artists.  Empty if the runs
        left the test part alone.

    Notes
    -----
    Book: Model cards.
    """
    tracks = [run.tracks[run.tracks["part"] == "test"] for run in runs]
    if any(table.empty for table in tracks):
        return {}
    together = ensemble_tracks(tracks)
    return {
        "part": "test",
        "split": runs[0].config["split"],
        "clips": len(together),
        "accuracy_by_seed": {
            str(run.seed): round(float(table["correct"].mean()), DECIMALS)
            for run, table in zip(runs, tracks, strict=True)
        },
        "single": _numbers(artist_bootstrap_runs(tracks)),
        "ensemble": _numbers(artist_bootstrap_runs([together])),
    }


def ensemble_tracks(members: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the track decisions of an ensemble; a single network is its own.

    Notes
    -----
    Book: Model cards.
    """
    return fuse(members) if len(members) > 1 else members[0]


def _numbers(found: Interval) -> dict[str, float]:
    values = {"accuracy": found.estimate, "low": found.low, "high": found.high}
    return {name: round(value, DECIMALS) for name, value in values.items()}


def _write(folder: Path, run: Run, shape: tuple[int, int, int], n_genres: int) -> Mapping[str, Any]:
    """Write one network and return its facts."""
    network = trained_network(run, shape, n_genres)
    model, normaliser = network.model, network.normaliser
    content = to_onnx(model, normaliser)
    _require_same(model, normaliser, content, run)
    path = folder / f"{run.uid}.onnx"
    path.write_bytes(content)
    return {
        "file": path.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "run": run.uid,
        "seed": run.seed,
        "parameters": int(model.count_params()),
    }


def _require_same(model: Any, normaliser: Normaliser, content: bytes, run: Run) -> None:
    """Ask both about pictures like those of the training part, and some unlike."""
    import onnxruntime

    from mgc.backend import keras

    rng = np.random.default_rng(0)
    rows, frames = model.inputs[0].shape[1:3]
    noise = np.linspace(0.1, 3, 8)[:, None, None] * rng.standard_normal((8, rows, frames))
    mean, std = (np.asarray(v) for v in (normaliser.mean, normaliser.std))
    if mean.ndim == 1:
        mean, std = mean[:, None], std[:, None]
    x = (mean + std * noise).astype(np.float32)
    expected = keras.ops.convert_to_numpy(model(normaliser(x)[..., None], training=False))
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    [found] = session.run(None, {session.get_inputs()[0].name: x})
    apart = float(np.abs(found - expected).max())
    if not apart < _TOLERANCE:
        raise WeightsError(
            f"the network of {run.folder} gives probabilities {apart:.1e} apart in ONNX Runtime "
            "and in Keras: mgc.songs.layers draws one of its layers wrongly"
        )
