"""``mgc sweep``: train a grid of configurations over processes."""

import sys
from typing import Any

import click
from tqdm import tqdm

from mgc.errors import ConfigError
from mgc.evaluate.runs import load_run
from mgc.train.parameters import parse_value, read_yaml
from mgc.train.sweep import Outcome, change_grid, sweep


@click.command(name="sweep")
@click.argument("grid", type=click.Path(dir_okay=False), required=False)
@click.option(
    "-p",
    "--parameter",
    "changes",
    multiple=True,
    metavar="NAME=VALUE[,VALUE]",
    help="Set or replace one axis of the grid (within any_of: choose); may be repeated.",
)
@click.option("--jobs", default=1, show_default=True, help="Processes at a time.")
@click.option(
    "--threads",
    type=int,
    help="Threads in each  [default: MGC_THREADS, else cores divided by jobs].",
)
@click.option("--store", type=click.Path(), help="Feature store  [default: the data set's own].")
@click.option("--runs", type=click.Path(), help="Folder of run folders  [default: data/runs].")
@click.option("--dry-run", is_flag=True, help="Only list what would run.")
def command(
    grid: str | None,
    changes: tuple[str, ...],
    jobs: int,
    threads: int | None,
    store: str | None,
    runs: str | None,
    dry_run: bool,
) -> None:
    """Train every combination of a GRID, a YAML file of 'name: value' and 'name: [values]'.

    Finished runs are skipped, interrupted ones continue, one failure does not stop the others
    (it is listed at the end, and the exit code is 1).

    \b
    Examples:
      mgc sweep data/grids/simple_cnn.yaml --jobs 2
      mgc sweep -p optimizer=adam,rmsprop -p seed=0,1 -p epochs=2
    """  # noqa: D301 (click reads the escaped b)
    configs = change_grid(read_yaml(grid) if grid else {}, dict(map(_axis, changes)))
    if dry_run:
        for config in configs:
            click.echo(f"{config.uid}  {config.dataset} {config.split}  {config.label}")
        return
    with tqdm(total=len(configs), unit="run", disable=not sys.stderr.isatty()) as bar:

        def report(outcome: Outcome) -> None:
            bar.update()
            click.echo(f"{outcome.config.label}: {outcome.error or outcome.folder}")

        outcomes = sweep(configs, jobs=jobs, threads=threads, store=store, runs=runs, report=report)
    missing = sorted({clip for outcome in outcomes for clip in _missing(outcome)})
    if missing:
        click.echo(f"{len(missing)} clip(s) of the splits are not in the store: {missing[:5]}")
    failed = [outcome for outcome in outcomes if outcome.error]
    if failed:
        raise click.ClickException(f"{len(failed)} of {len(outcomes)} runs failed, see above")


def _missing(outcome: Outcome) -> list[str]:
    """Clips that the store of a run lacked."""
    if outcome.folder is None:
        return []
    missing: list[str] = load_run(outcome.folder).environment["missing_clips"]
    return missing


def _axis(change: str) -> tuple[str, list[Any]]:
    name, equals, values = change.partition("=")
    if not equals:
        raise ConfigError(f"-p got {change!r}, but expects NAME=VALUE or NAME=VALUE,VALUE")
    return name.strip(), [parse_value(value.strip()) for value in values.split(",")]
