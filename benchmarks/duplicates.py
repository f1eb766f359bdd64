"""Time and memory of the search for repetitions, for ever more clips of synthetic music.

    python benchmarks/duplicates.py --out data/benchmarks/duplicates.json

Each number of clips runs in a process of its own, on one core.  Making ten thousand clips takes a
few minutes; with `--stores FOLDER` they are kept for the next time.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from measure import cpu_seconds, describe_machine, load_average, positive, significant, write_result
from memory import watch
from threadpoolctl import threadpool_limits

from mgc.audit.duplicates import examine
from mgc.audit.fingerprint import candidates
from mgc.data.compute import compute_store
from mgc.data.store import FeatureStore
from mgc.data.synthetic import SyntheticCorpus
from mgc.threads import cores

SECONDS, SEED = 30.0, 11


def search(store: Path) -> None:
    """Search one store and print what it took; this is what the child process does."""
    opened = FeatureStore.open(store)
    with threadpool_limits(1):
        start, clock = time.perf_counter(), cpu_seconds()
        pairs = candidates(opened)
        middle = cpu_seconds()
        found = examine(opened, pairs[["first", "second"]].itertuples(index=False, name=None))
        end = cpu_seconds()
    claimed = found.claimed
    result = {
        "clips": len(opened),
        "wall_s": significant(time.perf_counter() - start),
        "candidates_cpu_s": significant(middle - clock),
        "examine_cpu_s": significant(end - middle),
        "candidates": len(pairs),
        "claimed": len(claimed),
        "identical": int((claimed["kind"] == "identical").sum()),
    }
    store.with_suffix(".json").write_text(json.dumps(result))


def measure(sizes: list[int], stores: Path, jobs: int) -> dict[str, Any]:
    """Make the stores that are missing and search each."""
    rows = []
    for clips in sizes:
        store = stores / f"clips-{clips}"
        if not store.is_dir():
            corpus = SyntheticCorpus(clips // 10, SECONDS, SEED)
            compute_store(corpus.sources(), corpus.front_end, store, jobs=jobs)
        load = load_average()
        memory = watch([sys.executable, __file__, "--child", str(store)])
        row = json.loads(store.with_suffix(".json").read_text())
        features = (store / "features.npy").stat().st_size
        row |= {"peak_mb": memory["peak_mb"], "store_mb": round(features / 1e6, 1)}
        rows.append({**row, "load_before": load})
        print(
            f"{clips:6d} clips: candidates {row['candidates_cpu_s']:.1f} s, examine "
            f"{row['examine_cpu_s']:.1f} s of processor time; {row['candidates']} candidates, "
            f"{row['claimed']} claimed ({row['identical']} identical); peak {row['peak_mb']:.0f} "
            f"MB, of which the mapped store takes up to {row['store_mb']:.0f}",
            flush=True,
        )
    return {
        "benchmark": "duplicates",
        "machine": describe_machine(),
        "settings": {"clip_seconds": SECONDS, "seed": SEED, "threads": 1},
        "rows": rows,
    }


def main() -> None:
    """Read the options, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=positive, nargs="+", default=[1000, 3000, 10000])
    parser.add_argument("--stores", type=Path, help="folder in which the stores are kept")
    parser.add_argument("--jobs", type=positive, default=cores(), help="processes that make stores")
    parser.add_argument("--out", type=Path, help="JSON file for the result")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        search(arguments.child)
        return
    with tempfile.TemporaryDirectory() as temporary:
        stores = arguments.stores or Path(temporary)
        write_result(arguments.out, measure(arguments.sizes, stores, arguments.jobs))


if __name__ == "__main__":
    main()
