"""Precision as a factor, the experiment: loss scales, lost gradients, drift and time.

``python -m mgc.train.precision`` trains SimpleCNN, eight channels wide, on GTZAN with three
optimizers and three seeds, all arms of :mod:`mgc.train.lockstep` beside each other, and writes
the tables of the chapter into ``data/precision_factor`` (a quarter of an hour on one core).
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mgc import paths
from mgc.data.datasets import open_dataset
from mgc.data.pipeline import SegmentBatches
from mgc.errors import DataError
from mgc.files import atomic_folder
from mgc.optim.narrow_convolution import convolution_errors
from mgc.train.config import RunConfig
from mgc.train.environment import describe_environment
from mgc.train.lockstep import ARMS, Arm, Lane, Lockstep
from mgc.train.loss_scale import scale_sweep
from mgc.train.run import RunData, prepare_data

#: Optimizers that the seed notebook compares.
OPTIMIZERS = ("adam", "sgd_momentum", "rmsprop")

#: Where the tables of the chapter lie.
FOLDER = paths.PROJECT / "data" / "precision_factor"

#: The book's own network and segments, on which a step is timed as well.
_FULL: dict[str, Any] = {"width": 32, "features": "log_mel", "batch_size": 64}

#: Binary logarithms of the loss scales at which the first gradient is looked at.
_EXPONENTS = range(-20, 25)

#: First rounds, in which functions are compiled, are not timed.
_WARM_UP = 3


def experiment_config(dataset: str = "gtzan", **changes: Any) -> RunConfig:
    """Return the configuration of the experiment: a narrow network on pooled levels.

    Examples
    --------
    >>> experiment_config(optimizer="rmsprop").width
    8

    Book: Precision as a factor
    """
    fixed = {"features": "log_mel_pooled", "width": 8, "batch_size": 32, "epochs": 5}
    return RunConfig(**{"dataset": dataset, "schedule": "constant", **fixed, **changes})


def precision_tables(
    configs: Sequence[RunConfig], data: RunData, arms: dict[str, Arm] = ARMS
) -> dict[str, pd.DataFrame]:
    """Train every configuration with all arms in lockstep, and gather the tables.

    Parameters
    ----------
    configs : sequence of RunConfig
        One for each optimizer and seed.
    data : RunData
        What they learn from.
    arms : dict of str to Arm
        The first is the reference.

    Returns
    -------
    dict of str to DataFrame
        ``drift``: distance of each arm's weights from the reference's (``distance``; that of the
        biases that have no effect, ``idle``, is apart), how far the reference is from its start
        (``moved``) and from zero (``norm``).  ``scale``: the loss scale at the start and after each
        step that changed it.  ``gradients``: what
        :func:`mgc.optim.gradient_probe.narrow_losses` finds at the reference's weights, mean
        over seeds.  ``epochs``: training loss, and loss and accuracy (segment level) of the valid
        part.  ``speed``: see :func:`speed_table`.

    Raises
    ------
    DataError
        If there is no configuration.

    Book: Precision as a factor
    """
    if not configs:
        raise DataError("no configuration was given: name at least one optimizer and seed")
    rows: dict[str, list[dict[str, Any]]] = {}
    seconds: list[pd.DataFrame] = []
    for config in configs:
        race = Lockstep(config, data, arms)
        race.run()
        for name, found in race.rows.items():
            rows.setdefault(name, []).extend(found)
        seconds.append(_seconds(race.lanes, network="proxy", optimizer=config.optimizer))
        print(f"{config.label}: {race.steps} steps in {len(arms)} arms", flush=True)
    tables = {name: pd.DataFrame(found) for name, found in rows.items()}
    by = ["optimizer", "step", "probe", "scale", "variable"]
    mean = tables["gradients"].drop(columns="seed").groupby(by, sort=False, as_index=False).mean()
    return tables | {"gradients": mean, "speed": speed_table(pd.concat(seconds))}


def _seconds(lanes: dict[str, Lane], **facts: str) -> pd.DataFrame:
    times = pd.DataFrame({name: lane.seconds[_WARM_UP:] for name, lane in lanes.items()})
    return times.assign(**facts)


def speed_table(seconds: pd.DataFrame) -> pd.DataFrame:
    """Summarise the time of a step; ratios are taken within a round, which shares the noise.

    Parameters
    ----------
    seconds : DataFrame
        One row a round: ``network``, ``optimizer``, and a column for each arm; the first of them is
        the reference.

    Returns
    -------
    DataFrame
        For each network, optimizer and arm: ``rounds``; quartiles ``q25``, ``median``, ``q75`` of
        the seconds of a step; ``ratio_q25``, ``ratio``, ``ratio_q75``: quartiles of its ratio to
        the reference's.

    Examples
    --------
    >>> times = pd.DataFrame({"float32": [1.0, 3.0], "half": [2.0, 6.0]})
    >>> speed_table(times.assign(network="n", optimizer="adam"))["ratio"].tolist()
    [1.0, 2.0]

    Book: Precision as a factor
    """
    rows = []
    for (network, optimizer), times in seconds.groupby(["network", "optimizer"], sort=False):
        arms = times.drop(columns=["network", "optimizer"])
        for arm, own in arms.items():
            level = np.percentile(own, [25, 50, 75])
            ratio = np.percentile(own / arms.iloc[:, 0], [25, 50, 75])
            row: dict[str, Any] = {"network": network, "optimizer": optimizer, "arm": arm}
            row |= {"rounds": len(own), **dict(zip(("q25", "median", "q75"), level, strict=True))}
            names = ("ratio_q25", "ratio", "ratio_q75")
            rows.append(row | dict(zip(names, ratio, strict=True)))
    return pd.DataFrame(rows)


def time_policies(config: RunConfig, data: RunData, rounds: int = 12) -> pd.DataFrame:
    """Time single steps of the three policies in turn; rows as :func:`speed_table` takes them.

    Book: Precision as a factor
    """
    train = data.parts["train"]
    shape = (train.rows, train.frames, 1)
    policies = ("float32", "mixed_bfloat16", "mixed_float16")
    lanes = {dtype: Lane(config, shape, len(train.genres), Arm(dtype)) for dtype in policies}
    batch = SegmentBatches(train, data.normaliser, config.batch_size, config.seed)[0]
    for _ in range(_WARM_UP + rounds):
        for lane in lanes.values():
            lane.step(*batch)
    return _seconds(lanes, network="full", optimizer=config.optimizer)


def convolution_table(shape: tuple[int, int, int, int], width: int) -> pd.DataFrame:
    """Measure the rounding of the three convolutions of SimpleCNN in both narrow formats.

    Parameters
    ----------
    shape : tuple of int
        Batch, rows, columns and channels of the input.
    width : int
        Channels of the first convolution.

    Returns
    -------
    DataFrame
        ``layer, format, result`` (``'forward'`` or ``'kernel gradient'``), ``once`` and ``found``,
        see :func:`mgc.optim.narrow_convolution.convolution_errors`.

    Book: Precision as a factor
    """
    rows = []
    batch, height, breadth, channels = shape
    for k in range(3):
        filters = width * 2**k
        for format in ("float16", "bfloat16"):
            found = convolution_errors(format, (batch, height, breadth, channels), filters)
            rows += [(f"convolution {k + 1}", format, name, *pair) for name, pair in found.items()]
        height, breadth, channels = height // 2, breadth // 2, filters
    return pd.DataFrame(rows, columns=["layer", "format", "result", "once", "found"])


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options, train, write all tables or none."""
    parser = argparse.ArgumentParser(
        prog="python -m mgc.train.precision", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--dataset", default="gtzan", help="gtzan or synthetic")
    parser.add_argument("--seeds", type=int, default=3, help="seeds of each optimizer")
    parser.add_argument("--epochs", type=int, default=5, help="epochs of each arm")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the tables")
    asked = parser.parse_args(arguments)
    dataset = open_dataset(asked.dataset)
    configs = [
        experiment_config(asked.dataset, optimizer=optimizer, seed=seed, epochs=asked.epochs)
        for optimizer in OPTIMIZERS
        for seed in range(1, asked.seeds + 1)
    ]
    first, data = configs[0], prepare_data(configs[0], dataset)
    tables = precision_tables(configs, data)
    batch = SegmentBatches(data.parts["train"], data.normaliser, first.batch_size, first.seed)[0]
    sweep = scale_sweep(first, batch, _EXPONENTS)
    tables["sweep"] = sweep[sweep["variable"].str.endswith("kernel")]
    tables["convolutions"] = convolution_table(batch[0].shape, first.width)
    full = replace(first, **_FULL)
    times = time_policies(full, prepare_data(full, dataset))
    tables["speed"] = pd.concat([tables["speed"], speed_table(times)])
    with atomic_folder(asked.out, replace=True) as folder:
        for name, table in tables.items():
            table.to_csv(
                folder / f"{name}.csv", index=False, lineterminator="\n", float_format="%.6g"
            )
        facts = json.dumps(describe_environment(), indent=1, sort_keys=True)
        (folder / "environment.json").write_text(facts + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
