"""Time and memory of `compute_store` for ever more clips: memory has to stay flat.

    python benchmarks/memory.py --out data/benchmarks/memory.json

Each number of clips runs in a process of its own.  The clips are a few WAV files of 30 s that come
again and again under other names, so the disk need not hold twenty thousand.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from measure import (
    describe_machine,
    load_average,
    positive,
    significant,
    write_result,
    write_sounds,
)

from mgc.data.compute import compute_store
from mgc.data.frontend import FrontEnd
from mgc.threads import cores

EVERY = 0.1  # seconds between two looks at the memory


def compute(clips: int, jobs: int, folder: Path) -> None:
    """Run one size; this is what the child process does."""
    files = sorted(folder.glob("noise/*.wav"))
    sources = [(f"noise.{i:05d}", "noise", files[i % len(files)]) for i in range(clips)]
    start = time.perf_counter()
    report = compute_store(sources, FrontEnd(), folder / "store", jobs=jobs)
    (folder / "seconds").write_text(str(time.perf_counter() - start))
    if report.written != clips:
        raise SystemExit(f"only {report.written} of {clips} clips: {report.failed[:3]}")


def memory_of(process: psutil.Process) -> int:
    """Return the memory of one process in bytes; pages that several share count in parts."""
    info = process.memory_full_info()
    return int(getattr(info, "pss", 0) or info.uss)


def watch(command: list[str]) -> dict[str, float]:
    """Run a command; return the peak memory of it and all its workers together."""
    child = psutil.Popen(command)
    family = peak = own = workers = 0
    while child.poll() is None:
        sizes = []
        for process in [child, *_children(child)]:
            try:
                sizes.append(memory_of(process))
            except psutil.Error:
                sizes.append(0)  # it ended while we looked
        if sum(sizes) > peak:
            peak = sum(sizes)
        own, workers = max(own, sizes[0]), max(workers, *sizes[1:], 0)
        family = max(family, len(sizes))
        time.sleep(EVERY)
    if child.returncode:
        raise SystemExit(f"the run ended with code {child.returncode}")
    return {
        "peak_mb": round(peak / 1e6, 1),
        "parent_mb": round(own / 1e6, 1),
        "largest_worker_mb": round(workers / 1e6, 1),
        "processes": family,
    }


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return list(process.children(recursive=True))
    except psutil.Error:
        return []


def measure(sizes: list[int], jobs: int, pool: int) -> dict[str, Any]:
    """Run every size, the smallest first."""
    rows = []
    for clips in sizes:
        with tempfile.TemporaryDirectory() as folder:
            write_sounds(Path(folder), pool)
            load = load_average()
            command = [sys.executable, __file__, "--child", folder]
            found = watch([*command, "--sizes", str(clips), "--jobs", str(jobs)])
            seconds = float(Path(folder, "seconds").read_text())
            store = sum(path.stat().st_size for path in Path(folder, "store").iterdir())
        row = {"clips": clips, "seconds": significant(seconds), **found}
        rows.append({**row, "store_mb": round(store / 1e6, 1), "load_before": load})
        print(
            f"{clips:6d} clips: {seconds:8.1f} s ({1000 * seconds / clips:.2f} ms a clip), "
            f"peak {found['peak_mb']:.0f} MB in {found['processes']} processes (largest worker "
            f"{found['largest_worker_mb']:.0f} MB), store {store / 1e6:.0f} MB",
            flush=True,
        )
    growth = rows[-1]["peak_mb"] / rows[0]["peak_mb"]
    print(f"peak memory at {sizes[-1]} clips: {growth:.2f} times that at {sizes[0]}")
    return {
        "benchmark": "memory",
        "machine": describe_machine(),
        "settings": {"jobs": jobs, "pool": pool, "clip_seconds": 30.0, "sampled_every_s": EVERY},
        "rows": rows,
        "growth": significant(growth),
    }


def main() -> None:
    """Read the options, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=positive, nargs="+", default=[1000, 5000, 20000])
    parser.add_argument("--jobs", type=positive, default=cores())
    parser.add_argument("--pool", type=positive, default=24, help="how many WAV files are re-used")
    parser.add_argument("--out", type=Path, help="JSON file for the result")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        compute(arguments.sizes[0], arguments.jobs, arguments.child)
        return
    result = measure(arguments.sizes, arguments.jobs, arguments.pool)
    write_result(arguments.out, result)


if __name__ == "__main__":
    main()
