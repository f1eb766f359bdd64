"""``mgc data index``: make a folder of genre folders a data set."""

from pathlib import Path

import click
import pandas as pd

from mgc.data.compute import count_skipped, find_clips
from mgc.data.grouping import artists_from_pattern, artists_from_table, few
from mgc.data.index import Index, index_clips, require_free_name, write_set
from mgc.errors import DataError

# Longer clips are cut to this unless asked otherwise: the length that GTZAN's have.
_USUAL_SECONDS = 30


@click.command(short_help="Make any folder of genre folders a data set.")
@click.argument("audio_folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", required=True, help="What to call it: small letters, digits, _ and -.")
@click.option(
    "--groups",
    type=click.Path(path_type=Path, dir_okay=False),
    help="CSV file that says who plays each clip; a fair split keeps artists apart.",
)
@click.option(
    "--clip-column", default="clip", show_default=True, help="Column of --groups: clip or file."
)
@click.option(
    "--group-column", default="artist", show_default=True, help="Column of --groups: the artist."
)
@click.option(
    "--group-pattern",
    metavar="REGEX",
    help="Instead of --groups: where the artist stands in <genre>/<file name>, "
    r"for example '/(?P<group>.+)-[0-9]+\.'.",
)
@click.option(
    "--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes at work."
)
@click.option("--overwrite", is_flag=True, help="Replace the data set of that name.")
def index(
    audio_folder: Path,
    name: str,
    groups: Path | None,
    clip_column: str,
    group_column: str,
    group_pattern: str | None,
    jobs: int,
    overwrite: bool,
) -> None:
    """Make AUDIO_FOLDER, which has one folder per genre, the data set NAME.

    Every clip is hashed and decoded. The manifest goes to data/sets/NAME (or where MGC_SETS says);
    no audio is copied or changed. A file that cannot be used is listed with its reason, the
    manifest holds the others, and the exit code is 1.

    Example: mgc data index my_music --name mine --groups artists.csv --jobs 4
    """
    if groups and group_pattern:
        raise click.UsageError("give --groups or --group-pattern, not both")
    require_free_name(name, overwrite=overwrite)
    sources = find_clips(audio_folder)
    if skipped := count_skipped(audio_folder):
        kinds = ", ".join(f"{count} {kind}" for kind, count in skipped.items())
        click.echo(f"skipped, no audio in a genre folder: {kinds}")
    artists = None
    if groups:
        artists = artists_from_table(sources, groups, clip_column, group_column)
    elif group_pattern:
        artists = artists_from_pattern(sources, group_pattern)
    found = index_clips(sources, artists, jobs=jobs, progress=True)
    folder = write_set(name, found.manifest, overwrite=overwrite)
    _tell(found)
    click.echo(f"{folder / 'manifest.csv'}: {len(found.manifest)} clips")
    click.echo(
        f"next: mgc data features AUDIO_FOLDER --dataset {name} --seconds "
        f"{_usable_seconds(found.manifest)}"
    )
    if found.failed:
        raise DataError(
            f"{len(found.failed)} of {len(sources)} clips could not be used and are listed above: "
            f"the data set {name} holds the other {len(found.manifest)}; repair the files and "
            "start again with --overwrite, or go on without them"
        )


def _tell(found: Index) -> None:
    """Say what was found, and what a fair evaluation needs to know about it."""
    manifest = found.manifest
    for clip, reason in found.failed:
        click.echo(f"left out {clip}: {reason}", err=True)
    counts = manifest.groupby("genre").agg(clips=("clip", "size"), groups=("group", "nunique"))
    for genre, row in counts.iterrows():
        click.echo(f"genre       {genre}: {row['clips']} clips of {row['groups']} groups")
    seconds = manifest["seconds"].astype(float)
    click.echo(
        f"length      {seconds.min():.1f} to {seconds.max():.1f} s, median {seconds.median():.1f} s"
    )
    genre_of = dict(zip(manifest["clip"], manifest["genre"], strict=True))
    for clips in found.repetitions:
        genres = {genre_of[clip] for clip in clips}
        note = ", under different genres: one label is wrong" if len(genres) > 1 else ""
        click.echo(f"repeated    {len(clips)} clips hold the same samples: {few(clips)}{note}")
    unknown = int((manifest["artist"] == "").sum())
    if unknown:
        click.echo(
            f"warning: {unknown} of {len(manifest)} clips have no artist, so each is a group of "
            "its own: splits that keep artists apart then only keep files apart, and may flatter "
            "(name artists with --groups or --group-pattern)",
            err=True,
        )


def _usable_seconds(manifest: pd.DataFrame) -> int:
    """Whole seconds that nineteen clips in twenty have, and 30 at most."""
    seconds = float(manifest["seconds"].astype(float).quantile(0.05))
    return int(max(1, min(_USUAL_SECONDS, seconds)))
