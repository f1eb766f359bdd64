"""What the benchmarks share: fair timing, the machine in words, sounds, whole JSON files."""

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import psutil
import soundfile
from threadpoolctl import threadpool_info

from mgc.files import atomic_file
from mgc.threads import cores

try:
    import resource
except ImportError:  # Windows: workers that have ended are then not counted
    resource = None  # type: ignore[assignment]

SAMPLE_RATE = 22050

_PACKAGES = ("mgc", "numpy", "scipy", "librosa", "soundfile", "joblib", "keras", "tensorflow-cpu")


class Rounds(NamedTuple):
    """What each round of one contender took, in seconds."""

    wall: list[float]
    cpu: list[float]

    def per(self, count: int) -> "Rounds":
        """Return the same for one of `count` things."""
        return Rounds([value / count for value in self.wall], [value / count for value in self.cpu])

    def less(self, other: "Rounds") -> "Rounds":
        """Return what is left without the least that the other took, and never under 1/1000."""
        # Taken away round by round, a start in a busy moment would make what is left too small.
        pairs = ((mine, min(others)) for mine, others in zip(self, other, strict=True))
        return Rounds(*([max(a - least, a / 1000) for a in mine] for mine, least in pairs))


def interleaved(contenders: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, Rounds]:
    """Return the seconds of each contender in each round.

    All contenders run once in a round, each round in another order: what else the machine does
    then hits all of them alike, and ratios are taken within a round.  A round before the first
    warms imports, caches and worker processes up and is not counted.
    """
    names = list(contenders)
    rounds = {name: Rounds([], []) for name in names}
    for name in names:
        contenders[name]()
    for round_ in range(repeats):
        for name in map(str, np.random.default_rng(round_).permutation(names)):
            start, spent = time.perf_counter(), cpu_seconds()
            contenders[name]()
            rounds[name].wall.append(time.perf_counter() - start)
            rounds[name].cpu.append(cpu_seconds() - spent)
    return rounds


def cpu_seconds() -> float:
    """Return the processor time of this process, of its workers and of those that have ended."""
    spent = time.process_time()
    if resource is not None:
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent += ended.ru_utime + ended.ru_stime
    for worker in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            times = worker.cpu_times()
            spent += times.user + times.system
    return spent


def summary(rounds: Rounds) -> dict[str, float]:
    """Return median, fastest and slowest round and the processor time, in milliseconds."""
    found = {
        "median": statistics.median(rounds.wall),
        "fastest": min(rounds.wall),
        "slowest": max(rounds.wall),
        "cpu": statistics.median(rounds.cpu),
    }
    return {name: significant(1000 * value) for name, value in found.items()}


def ratio(slow: Sequence[float], fast: Sequence[float]) -> dict[str, float]:
    """Return how many times more one is, round by round: median, least and most."""
    times = [a / b for a, b in zip(slow, fast, strict=True)]
    found = {"median": statistics.median(times), "least": min(times), "most": max(times)}
    return {name: significant(value) for name, value in found.items()}


def significant(value: float, digits: int = 4) -> float:
    """Round to as many digits as a timing deserves."""
    return float(f"{value:.{digits}g}")


def describe_machine() -> dict[str, Any]:
    """Name processor, cores, memory, system, versions and BLAS; no name of host or user."""
    blas = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    versions = {}
    for name in _PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return {
        "processor": _processor(),
        "cores": cores(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": versions,
        "blas": sorted({f"{pool['internal_api']} {pool['version']}" for pool in blas}),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = {line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")}
    return " / ".join(sorted(names)) or platform.machine()


def load_average() -> float:
    """Return how many processes wanted a core in the last minute, before we add our own."""
    return round(os.getloadavg()[0], 2)


def positive(text: str) -> int:
    """Read a whole number above 0 from the command line."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} came, but expected is a whole number above 0")
    return int(text)


def write_sounds(folder: Path, clips: int, seconds: float = 30.0) -> list[Path]:
    """Write clips of chords in noise, 16-bit WAV; the same ones each time."""
    paths = []
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    for clip in range(clips):
        rng = np.random.default_rng(clip)
        y = 0.02 * rng.standard_normal(len(t))
        for f in rng.uniform(60, 4000, size=6):
            y += 0.1 * np.sin(2 * np.pi * f * t) * (0.5 + 0.5 * np.sin(rng.uniform(1, 9) * t))
        path = folder / "noise" / f"noise.{clip:05d}.wav"
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, y.clip(-1, 1), SAMPLE_RATE, subtype="PCM_16")
        paths.append(path)
    return paths


def write_result(path: Path | None, result: Mapping[str, Any]) -> None:
    """Write the JSON file whole or not at all, if one was asked for."""
    if path is None:
        return
    with atomic_file(path) as temporary:
        temporary.write_text(json.dumps(result, indent=1) + "\n", encoding="utf8")
    print(f"written: {path}")
