"""``mgc export``: the networks of finished runs as a folder that ``mgc predict`` reads."""

from pathlib import Path

import click

from mgc import paths

_EPILOG = """\b
Examples:
  mgc export 0f3a9c1b2d4e --out my_model
  mgc export data/runs/0f3a9c1b2d4e data/runs/7b1e55a0c9d2 --out pair    an ensemble
  mgc predict --model my_model song.mp3
"""


@click.command(epilog=_EPILOG)
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to make.")
@click.option("--name", default="", help="What to call it  [default: model and number of seeds].")
@click.option(
    "--temperature",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="What log-probabilities are divided by.",
)
@click.option("--store", type=click.Path(), help="Feature store  [default: the data set's own].")
@click.option("--overwrite", is_flag=True, help="Replace the folder if it is there.")
def command(
    runs: tuple[str, ...],
    out: Path,
    name: str,
    temperature: float,
    store: str | None,
    overwrite: bool,
) -> None:
    """Write the networks of finished runs as ONNX files, with all that a song needs.

    RUN is a run folder, or its name under MGC_RUNS or data/runs. Several runs that differ in their
    seed alone become an ensemble: the mean of their log-probabilities.
    """
    from mgc.songs.export import export_runs

    home = paths.runs_folder()
    folders = [Path(run) if Path(run).is_dir() else home / run for run in runs]
    export_runs(folders, out, name=name, temperature=temperature, store=store, overwrite=overwrite)
    click.echo(str(out))
