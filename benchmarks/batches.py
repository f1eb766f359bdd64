"""Input against training: segments a second that arrive, and that SimpleCNN consumes.

    python benchmarks/batches.py --out data/benchmarks/batches.json

The store is made up: as many clips, columns and segments as the fault-filtered training part of
GTZAN has, of random bytes.  Neither reading nor training is faster for it.
"""

import argparse
import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from measure import (
    describe_machine,
    interleaved,
    load_average,
    positive,
    ratio,
    significant,
    write_result,
)

from mgc.threads import cores

GENRES = 10


def make_segments(folder: Path, clips: int) -> Any:
    """Return the training segments of a store of random bytes."""
    from mgc.data.frontend import ClipFeatures, FrontEnd
    from mgc.data.segments import Segments, segment_columns
    from mgc.data.store import FeatureStore, StoreWriter

    front_end, rng = FrontEnd(), np.random.default_rng(0)
    shape = (front_end.n_mels, front_end.columns)
    with StoreWriter(folder / "store", front_end, clips) as writer:
        for i in range(clips):
            values = rng.integers(0, 256, size=shape, dtype=np.uint8)
            writer.append(f"c{i}", f"g{i % GENRES}", ClipFeatures(values, 661794, 1293, 80.0, 0.0))
    store = FeatureStore.open(folder / "store")
    columns = segment_columns(store, 6.0)
    rows = [
        (f"c{i}", k, f"g{i % GENRES}", i % GENRES, i, k * columns)
        for i in range(clips)
        for k in range(front_end.columns // columns)
    ]
    names = ["clip", "segment", "genre", "label", "row", "start"]
    genres = tuple(f"g{i}" for i in range(GENRES))
    return Segments(store, "train", genres, pd.DataFrame(rows, columns=names), columns)


def make_contenders(batches: Any, steps: int, model: str) -> dict[str, Callable[[], object]]:
    """Read, stream, train from memory, train from the stream."""
    import tensorflow as tf

    from mgc.backend import keras
    from mgc.data.pipeline import tf_dataset
    from mgc.models.registry import build_model
    from mgc.optim.factories import build_optimizer

    shape = (batches.segments.store.front_end.n_mels, batches.segments.columns, 1)
    network: Any = build_model(model, shape, GENRES, spec_augment=True)
    loss = keras.losses.SparseCategoricalCrossentropy()
    network.compile(optimizer=build_optimizer("adam"), loss=loss)
    fit = partial(network.fit, steps_per_epoch=steps, epochs=1, shuffle=False, verbose=0)
    same = tf.data.Dataset.from_tensors(batches[0]).repeat()

    def read() -> None:
        for index in range(len(batches)):
            batches[index]

    def stream() -> None:
        for _ in tf_dataset(batches):
            pass

    return {
        "read": read,
        "stream": stream,
        "train from memory": lambda: fit(same),
        "train from stream": lambda: fit(tf_dataset(batches)),
    }


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run the contenders and put the result together."""
    from mgc.backend import threads
    from mgc.data.normalise import Normaliser
    from mgc.data.pipeline import SegmentBatches

    segments = make_segments(folder, arguments.clips)
    normaliser = Normaliser(np.full(128, -40.0), np.full(128, 23.0))
    batches = SegmentBatches(segments, normaliser, arguments.batch_size, shuffle_seed=0)
    steps = min(arguments.steps, len(batches))
    load = load_average()
    contenders = make_contenders(batches, steps, arguments.model)
    rounds = interleaved(contenders, arguments.repeats)
    trained = min(steps * arguments.batch_size, len(segments))
    counts = {"read": len(segments), "stream": len(segments)}
    rates = {
        name: [counts.get(name, trained) / value for value in found.wall]
        for name, found in rounds.items()
    }
    return {
        "benchmark": "batches",
        "machine": describe_machine(),
        "settings": {
            "model": arguments.model,
            "threads": threads(),
            "batch_size": arguments.batch_size,
            "segments": len(segments),
            "steps": steps,
            "repeats": arguments.repeats,
            "load_before": load,
        },
        "segments_per_second": [
            {
                "key": name,
                "median": significant(float(np.median(values))),
                "slowest": significant(min(values)),
                "fastest": significant(max(values)),
            }
            for name, values in rates.items()
        ],
        "ratios": {
            "arriving / consumed": ratio(rates["stream"], rates["train from memory"]),
            "time with input / without": ratio(
                rounds["train from stream"].wall, rounds["train from memory"].wall
            ),
        },
    }


def show(result: dict[str, Any]) -> None:
    """Print rates and ratios."""
    settings = result["settings"]
    print(
        f"{settings['model']}, {settings['threads']} threads, batches of {settings['batch_size']}, "
        f"{settings['segments']} segments, load before: {settings['load_before']}"
    )
    for row in result["segments_per_second"]:
        print(
            f"{row['key']:18} {row['median']:8.0f} segments/s "
            f"({row['slowest']:.0f} to {row['fastest']:.0f})"
        )
    for name, times in result["ratios"].items():
        print(f"{name}: {times['median']:.3g} ({times['least']:.3g} to {times['most']:.3g})")


def main() -> None:
    """Read the options, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=positive, default=443, help="clips of the made-up store")
    parser.add_argument("--model", default="simple_cnn", help="network that trains")
    parser.add_argument("--batch-size", type=positive, default=64)
    parser.add_argument("--steps", type=positive, default=12, help="training steps a round")
    parser.add_argument("--threads", type=positive, default=cores(), help="threads of TensorFlow")
    parser.add_argument("--repeats", type=positive, default=7, help="rounds that are counted")
    parser.add_argument("--out", type=Path, help="JSON file for the result")
    arguments = parser.parse_args()
    # Before TensorFlow is imported, which is why nothing above imports it.
    os.environ["MGC_THREADS"] = str(arguments.threads)
    with tempfile.TemporaryDirectory() as folder:
        result = measure(arguments, Path(folder))
    show(result)
    write_result(arguments.out, result)


if __name__ == "__main__":
    main()
