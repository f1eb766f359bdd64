"""What trained networks lean on: their pictures changed, bands hidden, activation maps.

``python -m mgc.train.interventions`` loads the weights of the runs of a grid, changes what they see
of one part as ``data/interventions.yaml`` declares, and writes the tables of the chapter into
a folder of ``data/errors``; activation maps only of networks that have maps.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mgc import paths
from mgc.data.interventions import KINDS, Intervention, cut_frequency
from mgc.data.manifest import PARTS
from mgc.errors import ConfigError
from mgc.evaluate.bootstrap import paired_difference
from mgc.files import atomic_folder
from mgc.train.activation_tables import occlusion_table, profile_table, synthetic_maps
from mgc.train.class_activation import has_map
from mgc.train.environment import describe_environment
from mgc.train.parameters import parse_value, read_yaml
from mgc.train.sweep import read_grid
from mgc.train.trained import Bench, open_bench

#: Where the tables of the chapter lie, and what is declared.
FOLDER = paths.PROJECT / "data" / "errors"
DECLARED = paths.PROJECT / "data" / "interventions.yaml"


def declared_interventions(path: str | Path = DECLARED) -> list[Intervention]:
    """Read the declared interventions, kind by kind.

    Raises
    ------
    ConfigError
        If the file is no mapping of kinds to lists of strengths.

    Examples
    --------
    >>> declared_interventions()[0]
    Intervention(kind='gain', strength=-20)

    Book: Where and why it errs
    """
    values = read_yaml(path)
    if not values or not all(isinstance(v, list) for v in values.values()):
        raise ConfigError(f"{path} must be lines 'kind: [strengths]'")
    return [Intervention(kind, value) for kind, listed in values.items() for value in listed]


def intervention_table(bench: Bench, interventions: Sequence[Intervention]) -> pd.DataFrame:
    """Score each intervention against the pictures as they are.

    Parameters
    ----------
    bench : Bench
        Networks and clips.
    interventions : sequence of Intervention
        Done one at a time.

    Returns
    -------
    DataFrame
        First row ``none``.  ``kind, strength, unit``; ``accuracy`` (track level, mean over runs);
        ``difference, low, high`` (to the pictures as they are, 95 % interval over artists);
        ``flips``, the share of decisions that change, of which ``lost`` were right before and
        ``gained`` are right now; ``hz``: of cuts, the centre of the outermost band that is left.
        Shares in [-1, 1].

    Book: Where and why it errs
    """
    plain = bench.plain
    rows: list[dict[str, Any]] = [_row("none", 0.0, "", plain, plain)]
    for change in interventions:
        changed = bench.tracks(change)
        row = _row(change.kind, change.strength, KINDS[change.kind][0], changed, plain)
        if change.kind in ("low_cut", "high_cut"):
            front_end = bench.segments.store.front_end
            row["hz"] = cut_frequency(front_end, change.kind, int(change.strength))
        rows.append(row)
        print(f"{change.kind} {change.strength:g}: {rows[-1]['accuracy']:.3f}", flush=True)
    return pd.DataFrame(rows)


def _row(
    kind: str, strength: float, unit: str, now: list[pd.DataFrame], then: list[pd.DataFrame]
) -> dict[str, Any]:
    gap = paired_difference(now, then)
    pairs = list(zip(now, then, strict=True))
    flips = [a["predicted"] != b["predicted"] for a, b in pairs]
    return {
        "kind": kind,
        "strength": strength,
        "unit": unit,
        "accuracy": float(np.mean([a["correct"].mean() for a in now])),
        "difference": gap.estimate,
        "low": gap.low,
        "high": gap.high,
        "flips": float(np.mean(flips)),
        "lost": float(np.mean([b["correct"] & ~a["correct"] for a, b in pairs])),
        "gained": float(np.mean([a["correct"] & ~b["correct"] for a, b in pairs])),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options, load the networks, write all tables or none."""
    parser = argparse.ArgumentParser(
        prog="python -m mgc.train.interventions", description=(__doc__ or "").splitlines()[0]
    )
    best = paths.PROJECT / "data" / "grids" / "best_model.yaml"
    parser.add_argument("--grid", type=Path, default=best, help="YAML file of the runs")
    parser.add_argument(
        "-p", action="append", default=[], metavar="FIELD=VALUE", help="runs of the grid with this"
    )
    parser.add_argument("--part", choices=PARTS, default="test", help="clips that are scored")
    parser.add_argument("--declared", type=Path, default=DECLARED, help="YAML of interventions")
    parser.add_argument("--store", help="feature store, if not at its standard place")
    parser.add_argument("--runs", type=Path, default=paths.runs_folder(), help="run folders")
    parser.add_argument("--out", type=Path, help="folder of the tables; by the grid if not given")
    asked = parser.parse_args(arguments)
    wanted = {name: parse_value(value) for name, _, value in (p.partition("=") for p in asked.p)}
    configs = [c for c in read_grid(asked.grid) if wanted.items() <= c.to_dict().items()]
    bench = open_bench(configs, asked.part, asked.runs, asked.store)
    tables = {
        "interventions": intervention_table(bench, declared_interventions(asked.declared)),
        "occlusion": occlusion_table(bench),
    }
    if has_map(bench.nets[0].model):
        tables |= {"profiles": profile_table(bench), "synthetic_maps": synthetic_maps(bench)}
    facts = describe_environment() | {
        "grid": asked.grid.stem,
        "part": asked.part,
        "runs": [run.uid for run in bench.runs],
        "clips": int(bench.segments.table["clip"].nunique()),
        "features_sha256": bench.segments.store.sha256,
    }
    with atomic_folder(asked.out or FOLDER / asked.grid.stem, replace=True) as folder:
        for name, table in tables.items():
            table.to_csv(
                folder / f"{name}.csv", index=False, lineterminator="\n", float_format="%.6g"
            )
        text = json.dumps(facts, indent=1, sort_keys=True) + "\n"
        (folder / "environment.json").write_text(text, encoding="utf8")


if __name__ == "__main__":
    main()
