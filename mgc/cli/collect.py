"""``mgc collect``: turn the runs of grids into small tables that can be kept."""

from pathlib import Path

import click

from mgc import paths
from mgc.evaluate.counts import TABLES, count_runs, write_counts
from mgc.evaluate.runs import load_run
from mgc.evaluate.trials import TRIALS, trials_table
from mgc.files import atomic_file
from mgc.train.sweep import read_grid


@click.command(name="collect")
@click.argument("grids", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Their folder."
)
@click.option(
    "--runs",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of run folders  [default: data/runs].",
)
def command(grids: tuple[Path, ...], out: Path, runs: Path | None) -> None:
    """Count, over all runs of GRIDS, how often each clip was classified rightly.

    Writes clips.csv (one row per arm and clip), rounds.csv (accuracy of each round) and trials.csv
    (what each run chose on its valid part) into the folder OUT: what statistics over artists need
    of hundreds of runs, in place of their folders.

    Example: mgc collect data/grids/ladder_simple_cnn.yaml --out counted
    """
    home = runs or paths.runs_folder()
    configs = {config.uid: config for grid in grids for config in read_grid(grid)}
    clips, rounds = count_runs(load_run(home / uid) for uid in configs)
    write_counts(clips, rounds, out)
    with atomic_file(out / TRIALS) as temporary:
        trials = trials_table(load_run(home / uid) for uid in configs)
        trials.to_csv(temporary, index=False, lineterminator="\n")
    names = ", ".join((*TABLES, TRIALS))
    click.echo(f"{len(configs)} runs, {len(rounds)} rounds: {names} in {out}")
