"""Time of a cold answer of ``mgc predict`` on a song of 30 s, on two cores.

    python benchmarks/predict.py --out data/benchmarks/predict.json

Each contender is a process of its own, started anew in every round: the interpreter alone, the
imports, the whole command, and importing TensorFlow, which an answer by the training code would
have to wait for.  Files are in the page cache.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import soundfile
from measure import (
    SAMPLE_RATE,
    describe_machine,
    interleaved,
    load_average,
    positive,
    ratio,
    significant,
    summary,
    write_result,
    write_sounds,
)

from mgc.songs.classifier import Classifier
from mgc.songs.predict import predict
from mgc.threads import cores

CORES = 2
# Packages whose share of the imports is told.
PACKAGES = ("numpy", "scipy", "soundfile", "soxr", "onnxruntime", "click", "tqdm", "mgc")
_ROOT = Path(__file__).resolve().parents[1]
_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")


def start(*words: str) -> None:
    """Run the interpreter with some words; what it says is thrown away, a failure ends us."""
    command = [sys.executable, *words]
    done = subprocess.run(command, capture_output=True, text=True, cwd=_ROOT)
    if done.returncode:
        raise SystemExit(done.stderr)


def import_milliseconds(song: Path) -> dict[str, float]:
    """Return what the imports of one cold answer took, by package."""
    command = [sys.executable, "-X", "importtime", "-m", "mgc", "predict", str(song)]
    lines = subprocess.run(command, capture_output=True, text=True, cwd=_ROOT).stderr.splitlines()
    spent: dict[str, float] = dict.fromkeys((*PACKAGES, "other"), 0.0)
    for found in filter(None, map(_LINE.match, lines)):
        top = found[2].split(".")[0]
        name = top if top in PACKAGES else "other"
        spent[name] += int(found[1]) / 1000
    return {name: significant(value) for name, value in spent.items()}


def warm(song: Path, repeats: int) -> dict[str, float]:
    """Return the time of an answer once everything is loaded, in milliseconds."""
    model = Classifier.open()
    predict(song, model)
    taken = []
    for _ in range(10 * repeats):
        begin = time.perf_counter()
        predict(song, model)
        taken.append(1000 * (time.perf_counter() - begin))
    taken.sort()
    quarter = len(taken) // 4
    found = {"median": taken[2 * quarter], "q1": taken[quarter], "q3": taken[3 * quarter]}
    return {name: significant(value) for name, value in found.items()}


def measure(repeats: int) -> dict[str, Any]:
    """Measure everything on two cores."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    load = load_average()
    with tempfile.TemporaryDirectory() as folder:
        [wave] = write_sounds(Path(folder), 1)
        song = Path(folder, "song.flac")
        soundfile.write(song, soundfile.read(wave)[0], SAMPLE_RATE)
        contenders = {
            "interpreter": lambda: start("-c", "pass"),
            "imports": lambda: start("-c", "import mgc.cli.predict, mgc.songs.predict"),
            "mgc predict": lambda: start("-m", "mgc", "predict", str(song)),
            "import tensorflow": lambda: start("-c", "import tensorflow"),
        }
        rounds = interleaved(contenders, repeats)
        imports, loaded = import_milliseconds(song), warm(song, repeats)
    times = ratio(rounds["import tensorflow"].wall, rounds["mgc predict"].wall)
    cold = {name: summary(found) for name, found in rounds.items()}
    for name, found in cold.items():
        print(f"{name:18s} {found['median'] / 1000:6.2f} s ({found['fastest'] / 1000:.2f} to "
              f"{found['slowest'] / 1000:.2f})")  # fmt: skip
    print(f"import tensorflow / mgc predict: {times['median']:.1f}")
    print(f"a further song in the same process: {loaded['median']:.0f} ms")
    return {
        "benchmark": "predict",
        "machine": describe_machine(),
        "settings": {
            "cores_used": cores(),
            "song_seconds": 30.0,
            "repeats": repeats,
            "model": Classifier.open().name,
            "networks": len(Classifier.open().networks),
            "load_before": load,
        },
        "cold_ms": cold,
        "tensorflow_over_predict": times,
        "import_ms": imports,
        "warm_ms": loaded,
    }


def main() -> None:
    """Read the options, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=positive, default=7)
    parser.add_argument("--out", type=Path, help="JSON file for the result")
    arguments = parser.parse_args()
    write_result(arguments.out, measure(arguments.repeats))


if __name__ == "__main__":
    main()
