"""``mgc evaluate``: recompute every metric of run folders from ``predictions.csv`` alone."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mgc import paths
from mgc.errors import RunError

if TYPE_CHECKING:
    import pandas as pd

_EPILOG = """\b
Examples:
  mgc evaluate                       every run folder, test part, track level
  mgc evaluate --check               fail if a metrics.json does not follow from its predictions,
                                     or these are not those that were sealed
  mgc evaluate --seal                keep the checksums of the predictions of all grids
  mgc evaluate --summary             one row per model and optimizer, mean over seeds
  mgc evaluate 0f3a9c1b2d4e --json   one run, every number of every part
"""


#: What the listing says of each run.
_NAMES = ("dataset", "split", "features", "model", "optimizer", "seed")


@click.command(epilog=_EPILOG)
@click.argument("runs", nargs=-1, metavar="[RUNS]...")
@click.option("--check", is_flag=True, help="Compare with metrics.json; exit with 1 if it differs.")
@click.option("--write", is_flag=True, help="Write metrics.json anew.")
@click.option("--seal", is_flag=True, help="Write checksums of the reported predictions.")
@click.option("--summary", is_flag=True, help="Average over seeds, per model and optimizer.")
@click.option(
    "--part",
    type=click.Choice(["test", "valid", "train"]),
    default="test",
    show_default=True,
    help="Part that the table shows.",
)
@click.option("--json", "as_json", is_flag=True, help="Print every metric of every part as JSON.")
def command(
    runs: tuple[str, ...],
    check: bool,
    write: bool,
    seal: bool,
    summary: bool,
    part: str,
    as_json: bool,
) -> None:
    """Recompute every metric of run folders from their predictions.csv alone.

    RUNS are run folders or their names (default: all under MGC_RUNS or data/runs). One decision
    per clip (mean log-probability over its segments); intervals are 95 % by bootstrap over
    artists; segment-level accuracy stands beside them.
    """
    if check + write + seal + summary > 1:
        raise click.UsageError("--check, --write, --seal and --summary exclude each other")
    if seal:
        _seal(runs)
        return
    folders = _folders(runs)
    if summary:
        _print_summary(folders, part, as_json)
        return
    metrics = _metrics(folders, check, write)
    if as_json:
        click.echo(json.dumps({folder.name: metrics[folder] for folder in folders}, indent=1))
    else:
        table = _table(metrics, part)
        _print(table, f"{part} part; accuracy and macro recall at track level")
        if len(table) < len(metrics):
            blind = len(metrics) - len(table)
            click.echo(
                f"\n{blind} run(s) left the {part} part alone: list them with another --part"
            )
        if check or write:
            done = "follow from their predictions" if check else "were written"
            click.echo(f"\nmetrics.json of {len(folders)} run(s) {done}")


def _seal(runs: Sequence[str]) -> None:
    """Seal the finished runs of all grids of the project; a choice would unseal the others."""
    from mgc.evaluate.seals import SEALS, write_seals
    from mgc.train.sweep import read_grid

    if runs:
        raise click.UsageError("--seal takes no RUNS: it writes the checksums of all grids")
    data = paths.PROJECT / "data"
    uids = {c.uid for grid in sorted((data / "grids").glob("*.yaml")) for c in read_grid(grid)}
    done = write_seals(
        [data / "runs" / uid for uid in uids if (data / "runs" / uid).is_dir()], data / SEALS
    )
    click.echo(f"sealed the predictions of {done} of {len(uids)} declared runs in {data / SEALS}")


def _folders(runs: Sequence[str]) -> list[Path]:
    """Find the run folders that are meant: paths, names under the runs folder, or all of them."""
    home = paths.runs_folder()
    if not runs:
        from mgc.evaluate.runs import run_folders

        return run_folders(home)
    folders = []
    for name in runs:
        found = next((path for path in (Path(name), home / name) if path.is_dir()), None)
        if found is None:
            raise RunError(
                f"there is no run folder {name}, neither here nor in {home}: name a folder that "
                "holds predictions.csv"
            )
        folders.append(found)
    return folders


def _metrics(folders: Sequence[Path], check: bool, write: bool) -> dict[Path, dict[str, Any]]:
    from mgc.evaluate.report import check_run, evaluate_run, recompute_run
    from mgc.evaluate.seals import check_seal

    if not check:
        return {folder: (evaluate_run if write else recompute_run)(folder) for folder in folders}
    metrics, failures = {}, []
    for folder in folders:
        try:
            metrics[folder] = check_run(folder)
            check_seal(folder)
        except RunError as error:
            failures.append(str(error))
    if failures:
        listed = "\n  ".join(failures)
        raise RunError(f"{len(failures)} of {len(folders)} runs do not pass:\n  {listed}")
    return metrics


def _table(metrics: dict[Path, dict[str, Any]], part: str) -> "pd.DataFrame":
    import pandas as pd

    from mgc.evaluate.report import interval_text

    rows = []
    for folder, parts in metrics.items():
        if part not in parts:
            continue
        track, segment = parts[part]["track"], parts[part]["segment"]
        rows.append(
            {
                "run": folder.name,
                **_label(folder),
                "clips": track["n"],
                "accuracy": f"{track['accuracy']:.3f}",
                "95 % interval": interval_text(track["accuracy_interval"]),
                "macro recall": f"{track['macro_recall']:.3f}",
                "segments": segment["n"],
                "segment accuracy": f"{segment['accuracy']:.3f}",
            }
        )
    if not rows:
        there = sorted({name for parts in metrics.values() for name in parts}, reverse=True)
        raise RunError(
            f"none of {len(metrics)} run(s) has predictions for part '{part}': choose "
            f"{' or '.join(there)}"
        )
    return pd.DataFrame(rows).sort_values([*_NAMES, "run"], key=lambda c: c.astype(str))


def _label(folder: Path) -> dict[str, Any]:
    """Say what was run; a folder of predictions alone is scored just the same."""
    from mgc.evaluate.report import read_json

    path = folder / "config.json"
    config = {"features": "log_mel"} | read_json(path) if path.exists() else {}
    return {name: config.get(name, "-") for name in _NAMES}


def _print_summary(folders: Sequence[Path], part: str, as_json: bool) -> None:
    from mgc.evaluate.comparison import compare_optimizers
    from mgc.evaluate.results import results_table
    from mgc.evaluate.runs import load_run

    runs = [load_run(folder) for folder in folders]
    table = results_table(runs, part)
    if as_json:
        click.echo(json.dumps({**table.attrs, "rows": table.to_dict("records")}, indent=1))
        return
    table["seeds"] = [",".join(map(str, seeds)) for seeds in table["seeds"]]
    table = table.drop(columns=["fold", "accuracy_by_seed"]).round(3)
    _print(table, f"{part} part; track level, mean over seeds, interval by bootstrap over artists")
    for key, rows in table.groupby(["dataset", "split", "model"]):
        if rows["optimizer"].nunique() > 1:
            group = [
                r
                for r in runs
                if key == (r.config["dataset"], r.config["split"], r.config["model"])
            ]
            pairs = compare_optimizers(group, part).round(1)
            _print(pairs, f"\n{' '.join(map(str, key))}: first minus second, points, 95 % interval")


def _print(table: "pd.DataFrame", title: str) -> None:
    click.echo(title)
    click.echo(table.to_string(index=False))
