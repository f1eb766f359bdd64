"""Curvature of a small SimpleCNN on real GTZAN: what the book's chapter reads.

``MGC_THREADS=1 python -m mgc.train.curvature`` writes ``data/curvature`` part by part, in about
fifteen minutes on one core.  A part that lies there is not made again; delete its file to do so.
With another number of threads sums differ in their last digits, and at the edge of stability such
differences grow: the tables then tell the same story with other numbers.

Book: Curvature and stability of our networks.
"""

import argparse
import sys
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
import pandas as pd

from mgc import paths
from mgc.backend import keras
from mgc.data.datasets import open_dataset
from mgc.data.pipeline import epoch_order
from mgc.errors import RunError
from mgc.files import atomic_file
from mgc.models.registry import build_model
from mgc.optim.curvature.hessian import BatchLoss, flatten
from mgc.optim.curvature.lanczos import Vector, top_eigenvalues
from mgc.optim.curvature.noise import effective_rates, gradient_noise, successive_cosines
from mgc.optim.curvature.scales import preconditioner
from mgc.optim.curvature.slices import filter_normalised, line_slice, plane_slice
from mgc.optim.curvature.subsets import balanced_subset
from mgc.optim.curvature.trajectory import descend, sharpness_at
from mgc.optim.factories import OPTIMIZERS, build_optimizer
from mgc.optim.theory.stability import stability_threshold
from mgc.train.config import RunConfig
from mgc.train.run import prepare_data

#: Full-batch arms: rule, learning rate.
_ARMS = (
    ("gd", 0.05), ("gd", 0.1), ("gd", 0.2),
    ("heavy_ball", 0.01), ("heavy_ball", 0.02), ("heavy_ball", 0.05),
    ("adam", 0.001), ("adam", 0.003), ("rmsprop", 0.0003), ("rmsprop", 0.001),
)  # fmt: skip
_MOMENTUM = 0.9
#: Rule of stability of each of the seed's optimizers.
_RULES = {"adam": "adam", "sgd_momentum": "heavy_ball", "rmsprop": "rmsprop"}
#: Batch of training, how many batches tell the noise, how many steps back the cosines look.
_BATCH, _NOISE_BATCHES, _STEPS_BACK = 32, 24, 20
#: Draws of a subset of each size; the last one is the second opinion.
_DRAWS = 9


@dataclass(frozen=True)
class Bench:
    """The training segments in memory, and the network that is looked at.

    Attributes
    ----------
    x : ndarray of float32, shape (n, rows, frames, 1)
        Normalised features of all training segments.
    labels, clips : ndarray of shape (n,)
        Genre and clip of each.
    width : int
        Of SimpleCNN.
    probe : ndarray of int
        The balanced subset on which curvature is measured.
    """

    x: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64]
    clips: npt.NDArray[Any]
    width: int
    probe: npt.NDArray[np.int64]

    def network(self) -> Any:
        """Return the network with its initial weights, the same each time."""
        shape, n_classes = self.x.shape[1:], int(self.labels.max()) + 1
        return build_model("simple_cnn", shape, n_classes, width=self.width, spec_augment=True)

    @cached_property
    def loss(self) -> BatchLoss:
        """The loss on the probe."""
        return BatchLoss(self.network(), self.x[self.probe], self.labels[self.probe])


def prepare(dataset: str, store: str | None, width: int, per_genre: int) -> Bench:
    """Read the training part of ``fault_filtered`` as the comparison of optimizers does."""
    config = RunConfig(dataset=dataset, features="log_mel_pooled", width=width, batch_size=_BATCH)
    data = prepare_data(config, open_dataset(dataset, store))
    train = data.parts["train"]
    x = data.normaliser(train.read(np.arange(len(train))))[..., None]
    clips = train.table["clip"].to_numpy()
    rng = np.random.default_rng(0)
    probe = balanced_subset(train.labels, clips, per_genre, rng, whole=False)
    return Bench(x, train.labels, clips, width, probe)


def full_batch(bench: Bench, steps: int, every: int) -> pd.DataFrame:
    """Descend with each rule and rate on the probe, all from the same weights."""
    loss, tables = bench.loss, []
    start = loss.weights_of(bench.network())
    makers: dict[str, Callable[[float], Any]] = {
        "gd": lambda rate: keras.optimizers.SGD(rate),
        "heavy_ball": lambda rate: keras.optimizers.SGD(rate, momentum=_MOMENTUM),
        "adam": lambda rate: keras.optimizers.Adam(rate),
        "rmsprop": lambda rate: keras.optimizers.RMSprop(rate),
    }
    for rule, rate in _ARMS:
        path = descend(loss, makers[rule](rate), start, steps, every)
        path.insert(0, "rule", rule)
        path.insert(1, "learning_rate", rate)
        tables.append(path.assign(threshold=stability_threshold(rule, _MOMENTUM) / rate))
        print(f"full batch {rule} {rate:g}: loss {path['loss'].iloc[-1]:.3f}", flush=True)
    return pd.concat(tables, ignore_index=True)


def mini_batch(bench: Bench, epochs: int) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Vector]]:
    """Train with the seed's settings; return the checkpoints, the kernels, and the last weights."""
    rows, kernels, ends = [], [], {}
    for name, rate in OPTIMIZERS.items():
        if name not in _RULES:
            continue
        threshold = stability_threshold(_RULES[name], _MOMENTUM) / rate
        for step, facts, w, loss in _training(bench, name, epochs):
            rows.append({"optimizer": name, "step": step, **facts, "threshold": threshold})
            convolutions = [part for part in loss.parts(w) if part.ndim == 4]
            for number, kernel in enumerate(convolutions, start=1):
                found = {"optimizer": name, "step": step, "kernel": number}
                found["norm"] = float(np.linalg.norm(kernel))
                [found["effective_rate"]] = effective_rates(
                    [kernel.ravel()], rate, adaptive=name != "sgd_momentum"
                )
                kernels.append(found)
            ends[name] = w
        print(f"mini-batch {name}: loss {rows[-1]['loss']:.3f}", flush=True)
    return pd.DataFrame(rows), pd.DataFrame(kernels), ends


def _training(
    bench: Bench, name: str, epochs: int
) -> Iterator[tuple[int, dict[str, float], Vector, BatchLoss]]:
    """Train one network; yield step, measurements and weights at a dozen of checkpoints."""
    model, optimizer, loss = bench.network(), build_optimizer(name), bench.loss
    model.compile(optimizer, loss="sparse_categorical_crossentropy", jit_compile=False)
    batches = [
        order[start : start + _BATCH]  # a smaller last batch is left out
        for order in (epoch_order(len(bench.x), 0, epoch) for epoch in range(epochs))
        for start in range(0, len(order) - _BATCH + 1, _BATCH)
    ]
    due = set(np.geomspace(1, len(batches), 12).round().astype(int).tolist())
    path: deque[Vector] = deque([flatten(model.trainable_variables)], maxlen=_STEPS_BACK + 1)
    guess: Vector | None = None
    for step, which in enumerate(batches, start=1):
        model.train_on_batch(bench.x[which], bench.labels[which])
        path.append(flatten(model.trainable_variables))
        if step not in due:
            continue
        w, scale = path[-2], preconditioner(optimizer)  # where the step began, and its divisor
        facts, guess = sharpness_at(loss, w, scale, rate=OPTIMIZERS[name], guess=guess)
        cosine = float(successive_cosines(path).mean()) if len(path) > 2 else float("nan")
        yield step, {"loss": loss.value(w), **facts, **_noise(bench, loss, w), "cosine": cosine}, \
            w, loss  # fmt: skip


def _noise(bench: Bench, loss: BatchLoss, w: Vector) -> dict[str, float]:
    order = np.random.default_rng(1).permutation(len(bench.x))
    count = min(_NOISE_BATCHES, len(order) // _BATCH)
    drawn = order[: count * _BATCH].reshape(count, _BATCH)
    gradients = [loss.on(bench.x[b], bench.labels[b]).gradient(w) for b in drawn]
    noise = gradient_noise(gradients, _BATCH)
    return {
        "batch_gradient_norm": float(np.linalg.norm(gradients, axis=1).mean()),
        "squared_norm": noise.squared_norm,
        "trace": noise.trace,
        "noise_scale": noise.scale,
    }


def subset_sharpness(bench: Bench, w: Vector, per_genre: list[int]) -> pd.DataFrame:
    """Measure the sharpness of the same weights on many subsets."""
    loss, rows = bench.loss, []
    guess: Vector | None = None
    for whole in (False, True):
        for number in per_genre:
            for draw in range(_DRAWS):
                rng = np.random.default_rng([number, draw])
                chosen = balanced_subset(bench.labels, bench.clips, number, rng, whole=whole)
                there = loss.on(bench.x[chosen], bench.labels[chosen])
                found, guess = sharpness_at(there, w, rate=OPTIMIZERS["adam"], guess=guess)
                facts = {"whole_clips": whole, "segments": len(chosen), "draw": draw}
                clips = len(np.unique(bench.clips[chosen]))
                rows.append(facts | {"clips": clips} | found)
    return pd.DataFrame(rows).drop(columns=["preconditioned", "preconditioned_bound"])


def slices(bench: Bench, ends: dict[str, Vector], points: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Slice the loss through the last weights of SGD and Adam, and along the line between them."""
    loss = bench.loss
    rng = np.random.default_rng(0)
    raw = rng.standard_normal((2, loss.size))
    at, lines, planes = np.linspace(-1, 1, points), [], []
    for name in ("sgd_momentum", "adam"):
        first, second = (filter_normalised(d, ends[name], loss.shapes) for d in raw)
        lines.append(line_slice(loss.value, ends[name], first, at).assign(slice=name))
        planes.append(plane_slice(loss.value, ends[name], (first, second), at).assign(slice=name))
    between = ends["adam"] - ends["sgd_momentum"]
    across = line_slice(loss.value, ends["sgd_momentum"], between, (at + 1) * 0.75 - 0.25)
    lines.append(across.assign(slice="sgd_momentum to adam"))
    return pd.concat(lines, ignore_index=True), pd.concat(planes, ignore_index=True)


def spectrum(bench: Bench, ends: dict[str, Vector], count: int) -> pd.DataFrame:
    """Return the largest eigenvalues of the Hessian at the last weights of each optimizer.

    ``moments`` says whose derivatives of batch normalisation: exact, or as the library has them.
    """
    x, labels, tables = bench.x[bench.probe], bench.labels[bench.probe], []
    libraries = BatchLoss(bench.network(), x, labels, exact=False)
    for moments, loss in (("exact", bench.loss), ("library", libraries)):
        for name, w in ends.items():
            found = top_eigenvalues(loss.product(w), loss.size, count, tolerance=1e-3, steps=80)
            rank = np.arange(1, len(found.values) + 1)
            values = {"rank": rank, "value": found.values, "bound": found.bounds}
            tables.append(pd.DataFrame(values).assign(optimizer=name, moments=moments))
    return pd.concat(tables, ignore_index=True)


def main(arguments: list[str] | None = None) -> int:
    """Make the parts that are missing; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m mgc.train.curvature", description=__doc__)
    parser.add_argument("--out", type=Path, default=paths.PROJECT / "data" / "curvature")
    parser.add_argument("--dataset", default="gtzan")
    parser.add_argument("--store", help="feature store, if not at its standard place")
    parser.add_argument("--width", type=int, default=8)
    parser.add_argument("--per-genre", type=int, default=20, help="segments of the probe")
    parser.add_argument("--steps", type=int, default=300, help="of full-batch descent")
    parser.add_argument("--every", type=int, default=10, help="full-batch steps a measurement")
    parser.add_argument("--epochs", type=int, default=12, help="of mini-batch training")
    parser.add_argument("--subsets", type=int, nargs="+", default=[5, 10, 20, 40])
    parser.add_argument("--points", type=int, default=25, help="of a slice")
    options = parser.parse_args(arguments)
    bench = prepare(options.dataset, options.store, options.width, options.per_genre)
    out: Path = options.out
    if not (out / "full_batch.csv").exists():
        _write(out / "full_batch.csv", full_batch(bench, options.steps, options.every))
    if not (out / "weights.npz").exists():
        checkpoints, kernels, ends = mini_batch(bench, options.epochs)
        _write(out / "mini_batch.csv", checkpoints)
        _write(out / "kernels.csv", kernels)
        with atomic_file(out / "weights.npz") as temporary:
            arrays: dict[str, Any] = {name: w.astype(np.float32) for name, w in ends.items()}
            np.savez(temporary, **arrays)
    ends = read_weights(out / "weights.npz")
    if not (out / "subsets.csv").exists():
        _write(out / "subsets.csv", subset_sharpness(bench, ends["adam"], options.subsets))
    if not (out / "spectrum.csv").exists():
        _write(out / "spectrum.csv", spectrum(bench, ends, 10))
    if not (out / "planes.csv").exists():
        lines, planes = slices(bench, ends, options.points)
        _write(out / "lines.csv", lines)
        _write(out / "planes.csv", planes)
    print(f"all parts are in {out}")
    return 0


def read_weights(path: Path) -> dict[str, Vector]:
    """Read the last weights of each optimizer.

    Raises
    ------
    RunError
        If the file is missing or damaged.
    """
    try:
        with open(path, "rb") as raw, np.load(raw) as file:
            return {name: file[name].astype(np.float64) for name in file.files}
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise RunError(f"{path} cannot be read ({error}): delete it and make it again") from error


def _write(path: Path, table: pd.DataFrame) -> None:
    with atomic_file(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n", float_format="%.7g")
    print(f"{path.name}: {len(table)} rows", flush=True)


if __name__ == "__main__":
    sys.exit(main())
