"""Time and memory of frame bounds by structure, beside the dense eigenvalue problem.

    python benchmarks/frames.py --out data/benchmarks/frames.json

Large systems have no dense contender: its matrix alone would take 16 L**2 bytes.
"""

import argparse
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from measure import (
    describe_machine,
    interleaved,
    load_average,
    positive,
    ratio,
    significant,
    summary,
    write_result,
)
from threadpoolctl import threadpool_limits

from mgc.signal.frames.gaussian import gaussian_std, periodised_gaussian
from mgc.signal.frames.system import GaborSystem
from mgc.signal.windows import gaussian_window


def large_systems() -> dict[str, GaborSystem]:
    """Return the systems of 10**5 samples: short windows, and Gaussians as long as the signal."""
    short = gaussian_window(2048, gaussian_std(256, 2048))
    systems = {"window of 2048, nothing divides L": GaborSystem(short, 256, 2048, 100_000)}
    for a, M, L in ((256, 2048, 102_400), (600, 2048, 153_600), (441, 512, 225_792)):
        g = periodised_gaussian(L, a, M)
        systems[f"full Gaussian, redundancy {M / a:.3g}"] = GaborSystem(g, a, M, L)
    return systems


def renewed(system: GaborSystem) -> tuple[float, float]:
    """Return the bounds of a system that has computed nothing yet."""
    return GaborSystem(system.g, system.a, system.M, system.L).bounds()


def dense_bounds(system: GaborSystem) -> tuple[float, float]:
    """Return the bounds from all eigenvalues of the frame operator as an L x L matrix."""
    matrix = np.stack([system.frame_operator(unit) for unit in np.eye(system.L)], axis=1)
    eigenvalues = np.linalg.eigvalsh(matrix)
    return float(eigenvalues[0]), float(eigenvalues[-1])


def peak_mb(work: Callable[[], object]) -> float:
    """Return the largest memory that Python and NumPy held at once, in MB."""
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return round(peak / 1e6, 1)


def measure_large(repeats: int) -> list[dict[str, Any]]:
    """Time the bounds of the large systems and look at their memory."""
    systems = large_systems()
    contenders = {name: (lambda s=system: renewed(s)) for name, system in systems.items()}
    rounds = interleaved(contenders, repeats)
    rows = []
    for name, system in systems.items():
        lower, upper = system.bounds()
        row = {"name": name, "a": system.a, "M": system.M, "L": system.L}
        row |= summary(rounds[name])
        row |= {"peak_mb": peak_mb(contenders[name]), "dense_gb": round(16 * system.L**2 / 1e9)}
        rows.append(row | {"ratio": significant(upper / lower, 8)})
        print(
            f"{name} (a {system.a}, M {system.M}, L {system.L}): {row['median']:.1f} ms, "
            f"slowest {row['slowest']:.1f} ms, peak {row['peak_mb']} MB; B/A = {upper / lower:.7f}"
        )
    return rows


def measure_dense(lengths: list[int], repeats: int) -> list[dict[str, Any]]:
    """Time both ways on short signals, where the dense one is possible."""
    rows = []
    for L in lengths:
        g = periodised_gaussian(L, 12, 20)
        system = GaborSystem(g, 12, 20, L)
        found = {
            "structure": (lambda s=system: renewed(s)),
            "dense": (lambda s=system: dense_bounds(s)),
        }
        rounds = interleaved(found, repeats)
        times = ratio(rounds["dense"].wall, rounds["structure"].wall)
        ends = np.array([system.bounds(), dense_bounds(system)])
        apart = float(np.abs(np.diff(ends, axis=0)).max() / ends[0, 1])
        row = {"L": L, "times": times, "agreement": significant(apart, 2)}
        rows.append(row | {name: summary(spent) for name, spent in rounds.items()})
        print(f"L = {L}: dense / structure {times['median']:.0f}, bounds agree to {apart:.1e}")
    return rows


def main() -> None:
    """Read the options, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lengths", type=positive, nargs="+", default=[240, 480, 960])
    parser.add_argument("--repeats", type=positive, default=9)
    parser.add_argument("--out", type=Path, help="JSON file for the result")
    arguments = parser.parse_args()
    if odd := [L for L in arguments.lengths if L % 60]:
        parser.error(f"--lengths must be multiples of 60, but {odd[0]} came")
    load = load_average()
    with threadpool_limits(limits=1):
        result = {
            "benchmark": "frames",
            "machine": describe_machine(),
            "settings": {"repeats": arguments.repeats, "threads": 1, "load_before": load},
            "large": measure_large(arguments.repeats),
            "dense": measure_dense(arguments.lengths, max(1, arguments.repeats // 3)),
        }
    write_result(arguments.out, result)


if __name__ == "__main__":
    main()
