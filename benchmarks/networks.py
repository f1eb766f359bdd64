"""Latency and peak memory of the networks, each measurement in a process of its own.

    python benchmarks/networks.py --out data/benchmarks/networks.json

Latency: one call of `predict_on_batch` for one segment and for the five of a clip, all networks in
turns.  Memory: how far a process grows beyond what it holds with Keras imported, up to the end of
one prediction or of one training step with Adam; weights and compilation are in it, so one segment
and many are measured.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from measure import (
    describe_machine,
    interleaved,
    load_average,
    positive,
    significant,
    write_result,
)

#: Networks and widths: both at the seed's, and the reduced U.
NETWORKS = (("simple_cnn", 32), ("unet_lite", 4), ("unet_lite", 32))

#: A segment of six seconds as the store has it.
SHAPE = (128, 77, 1)

CALLS = 5  # calls of one contender in a round, which is one timing


def latency(networks: list[tuple[str, int]], repeats: int) -> list[dict[str, Any]]:
    """Time predictions with the threads of this process; a child does it."""
    from mgc.backend import threads
    from mgc.models.registry import build_model

    contenders: dict[str, Callable[[], object]] = {}
    for name, width in networks:
        model: Any = build_model(name, SHAPE, width=width)
        for batch in (1, 5):
            x = np.zeros((batch, *SHAPE), dtype=np.float32)
            contenders[f"{name} {width} {batch}"] = partial(_predict, model, x)
    rows = []
    for key, rounds in interleaved(contenders, repeats).items():
        name, width_text, batch_text = key.split()
        q25, median, q75 = np.percentile(rounds.per(CALLS).wall, [25, 50, 75])
        row = {"model": name, "width": int(width_text), "threads": threads()}
        times = {"q25_ms": q25, "median_ms": median, "q75_ms": q75}
        found = {key: significant(1000 * float(value)) for key, value in times.items()}
        rows.append(row | {"batch": int(batch_text), **found})
    return rows


def _predict(model: Any, x: Any) -> None:
    for _ in range(CALLS):
        model.predict_on_batch(x)


def memory(name: str, width: int, batch: int, training: bool) -> dict[str, Any]:
    """Measure how far this process grows in its first pass; a child does it."""
    import mgc.backend  # noqa: F401  (what Keras itself takes is not counted)
    from mgc.models.costs import activation_memory
    from mgc.models.registry import build_model

    held = _status("VmRSS")
    model: Any = build_model(name, SHAPE, width=width, spec_augment=True)
    x = np.zeros((batch, *SHAPE), dtype=np.float32)
    if training:
        model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
        model.train_on_batch(x, np.zeros(batch, dtype=np.int64))
    else:
        model.predict_on_batch(x)
    counted = activation_memory(model, batch, training)
    return {
        "model": name,
        "width": width,
        "batch": batch,
        "training": training,
        "held_mb": round(held / 1e6, 1),
        "peak_mb": round(_status("VmHWM") / 1e6, 1),
        "counted_mb": round(counted / 1e6, 1),
    }


def _status(field: str) -> int:
    """Return a size of this process in bytes; the kernel counts it since the program began."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    [line] = [line for line in lines if line.startswith(f"{field}:")]
    return 1024 * int(line.split()[1])


def child(task: dict[str, Any], threads: int) -> Any:
    """Run one task in a fresh process and return what it found."""
    command = [sys.executable, __file__, "--child", json.dumps(task)]
    env = os.environ | {"MGC_THREADS": str(threads)}
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    if done.returncode:
        raise SystemExit(f"the measurement {task} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def measure(networks: list[tuple[str, int]], arguments: argparse.Namespace) -> dict[str, Any]:
    """Run every measurement, one after the other."""
    load, times, sizes = load_average(), [], []
    for threads in arguments.threads:
        times += child({"latency": [networks, arguments.repeats]}, threads)
    for name, width in networks:
        for training in (False, True):
            for batch in (1, arguments.batch_size):
                sizes.append(child({"memory": [name, width, batch, training]}, 1))
    return {
        "benchmark": "networks",
        "machine": describe_machine(),
        "settings": {
            "shape": SHAPE,
            "repeats": arguments.repeats,
            "calls": CALLS,
            "load_before": load,
        },
        "latency": times,
        "memory": sizes,
    }


def show(result: dict[str, Any]) -> None:
    """Print both tables."""
    for row in result["latency"]:
        print(
            f"{row['model']:10} width {row['width']:2d}, {row['threads']} threads, "
            f"{row['batch']} segments: {row['median_ms']:7.2f} ms "
            f"({row['q25_ms']:.2f} to {row['q75_ms']:.2f})"
        )
    for row in result["memory"]:
        grown = row["peak_mb"] - row["held_mb"]
        print(
            f"{row['model']:10} width {row['width']:2d}, "
            f"{'training' if row['training'] else 'prediction'} of {row['batch']} segments: "
            f"{grown:6.0f} MB more than before, counted {row['counted_mb']:.0f} MB"
        )


def main() -> None:
    """Read the options, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=positive, nargs="+", default=[1, 2])
    parser.add_argument("--batch-size", type=positive, default=64, help="of the larger pass")
    parser.add_argument("--repeats", type=positive, default=30, help="rounds that are counted")
    parser.add_argument("--narrow", action="store_true", help="both networks at width 1, to try")
    parser.add_argument("--out", type=Path, help="JSON file for the result")
    parser.add_argument("--child", type=json.loads, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        [(name, options)] = arguments.child.items()
        print(json.dumps({"latency": latency, "memory": memory}[name](*options)))
        return
    narrow = [("simple_cnn", 1), ("unet_lite", 1)]
    result = measure(narrow if arguments.narrow else list(NETWORKS), arguments)
    show(result)
    write_result(arguments.out, result)


if __name__ == "__main__":
    main()
