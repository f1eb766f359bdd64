"""``mgc data``: make, verify and describe corpora and feature stores."""

from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pandas as pd

from mgc.cli.data_audit import audit_command
from mgc.cli.data_fetch import fetch, validate
from mgc.cli.data_index import index
from mgc.data.compute import ComputeReport, Source, compute_store, count_skipped, find_clips
from mgc.data.datasets import (
    DATASETS,
    dataset_names,
    manifest_of,
    open_dataset,
    require_dataset,
    store_of,
)
from mgc.data.frontend import FrontEnd
from mgc.data.grouping import few
from mgc.data.index import pick_clips
from mgc.data.manifest import GENRES, PARTS
from mgc.data.segments import absent_genres
from mgc.data.splits import SPLITS, make_split
from mgc.data.store import FeatureStore
from mgc.data.synthetic import SyntheticCorpus
from mgc.errors import DataError

_FOLDER = click.Path(path_type=Path, file_okay=False)
_overwrite = click.option(
    "--overwrite", is_flag=True, help="Replace what is there, once the new one is complete."
)
_jobs = click.option(
    "--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes at work."
)


@click.group()
def command() -> None:
    """Make, verify and describe corpora and feature stores.

    A feature store is a folder with features.npy, clips.csv and spec.json. The GTZAN store is
    found beside the project or where MGC_STORE says.
    """


@command.command(short_help="Play the synthetic ten-genre corpus into a folder.")
@click.argument("out", type=_FOLDER)
@click.option(
    "--as",
    "kind",
    type=click.Choice(["audio", "store"]),
    default="audio",
    show_default=True,
    help="Write WAV files with manifest.csv, or a feature store.",
)
@click.option(
    "--clips-per-genre", type=int, default=10, show_default=True, help="Clips of each genre."
)
@click.option("--seconds", type=float, default=12.0, show_default=True, help="Length of a clip.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the whole corpus.")
@_jobs
@_overwrite
def synthesize(out: Path, kind: str, jobs: int, overwrite: bool, **corpus: Any) -> None:
    """Play the synthetic ten-genre corpus into the folder OUT.

    The corpus has artists, exact repetitions and wrong labels like GTZAN's; manifest.csv tells
    the truth about them. Equal options give equal files.

    Example: mgc data synthesize corpus --clips-per-genre 3
    """
    made = SyntheticCorpus(**corpus)
    _check_replaceable(out, overwrite)
    if kind == "audio":
        made.write_audio(out, overwrite=overwrite)
        click.echo(f"{out}: {len(made.clips)} WAV files and manifest.csv")
        return
    report = compute_store(
        made.sources(), made.front_end, out, jobs=jobs, overwrite=overwrite, progress=True
    )
    click.echo(f"{out}: feature store of {report.written} clips")


@command.command(short_help="Compute a feature store from audio files.")
@click.argument("audio_folder", type=_FOLDER)
@click.argument("store", type=_FOLDER, required=False)
@click.option(
    "--dataset",
    default="gtzan",
    show_default=True,
    help="gtzan: only its ten genre folders. any: whatever there is. Else a data set that 'mgc "
    "data index' made: the clips of its manifest.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=1),
    default=30.0,
    show_default=True,
    help="Usual length of a clip; sets how many columns are kept (12.9 per second).",
)
@_jobs
@_overwrite
def features(
    audio_folder: Path, store: Path | None, dataset: str, seconds: float, jobs: int, overwrite: bool
) -> None:
    """Compute the feature store STORE from AUDIO_FOLDER, which has one folder per genre.

    A file that cannot be used is listed with its reason; the others are computed all the same,
    and the exit code is 1. Stereo, other sample formats and other rates are converted and said,
    clips over 10 % too long (whole songs, say) are cut to their first --seconds, over 10 % too
    short left out. What is no audio is counted. STORE is the data set's own if not given.

    \b
    Examples:
      mgc data features data/gtzan/genres_original data/gtzan/logmel --jobs 4
      mgc data features my_music --dataset mine --seconds 20
    """  # noqa: D301 (click reads the escaped b)
    if store is None:
        if dataset in ("any", *DATASETS):
            raise click.UsageError("name the folder STORE, or a --dataset of your own to hold it")
        require_dataset(dataset)
        store = store_of(dataset)
    _check_replaceable(store, overwrite)
    sources, refused = _choose(audio_folder, dataset, jobs)
    if skipped := count_skipped(audio_folder):
        kinds = ", ".join(f"{count} {kind}" for kind, count in skipped.items())
        click.echo(f"skipped, no audio in a genre folder: {kinds}")
    front_end = FrontEnd.for_seconds(seconds)
    report = compute_store(sources, front_end, store, jobs=jobs, overwrite=overwrite, progress=True)
    report = replace(report, failed=(*refused, *report.failed))
    _tell(report)
    click.echo(f"{store}: feature store of {report.written} clips")
    if report.failed:
        raise DataError(
            f"{len(report.failed)} of {report.written + len(report.failed)} clips could not be "
            "used and are listed above: "
            f"{store} holds the other {report.written}; repair the files and start again with "
            "--overwrite, or go on without them"
        )


@command.command(short_help="Check that a store is complete and unaltered.")
@click.argument("store", type=_FOLDER)
def verify(store: Path) -> None:
    """Check that STORE is complete and unaltered; exit with 1 and the reason if not.

    Checked are the tables, the specification, the shape, the SHA-256 and, in stores of floats,
    that no value is NaN or infinite.
    """
    opened = FeatureStore.open(store)
    click.echo(f"{store}: whole, {len(opened)} clips, SHA-256 {opened.sha256[:12]}…")


@command.command(short_help="Say what a store holds, by genre and by split.")
@click.argument("store", type=_FOLDER, required=False)
@click.option(
    "--manifest",
    help="A data set (gtzan, synthetic, your own) or a CSV file: decides the splits. "
    "[default: gtzan for a STORE, else synthetic]",
)
def describe(store: Path | None, manifest: str | None) -> None:
    """Say what is in STORE and how many clips of each split; by default those of the data set.

    Clips that the manifest names and the store lacks are listed (GTZAN: jazz.00054, which no
    decoder reads); every command leaves them out.
    """
    name = manifest or ("gtzan" if store else "synthetic")
    facts = manifest_of(name)
    if store is None and name not in dataset_names():
        raise click.UsageError(f"name the folder STORE that {name} is about")
    opened = FeatureStore.open(store) if store else open_dataset(name).store
    _describe_store(opened)
    _describe_splits(opened, facts)


def _check_replaceable(folder: Path, overwrite: bool) -> None:
    """Refuse to replace a folder of the user's that we did not make, whatever was asked."""
    ours = any((folder / name).is_file() for name in ("spec.json", "manifest.csv"))
    if overwrite and folder.is_dir() and any(folder.iterdir()) and not ours:
        raise DataError(
            f"{folder} is neither a feature store nor a synthetic corpus, so --overwrite does not "
            "replace it: name another folder"
        )


def _choose(
    audio_folder: Path, dataset: str, jobs: int
) -> tuple[list[Source], list[tuple[str, str]]]:
    """Find the clips of a data set, and those that are missing or altered, with the reason."""
    sources = find_clips(audio_folder, GENRES if dataset in DATASETS else None)
    if dataset in ("any", *DATASETS):
        return sources, []
    manifest = manifest_of(dataset)
    known = set(manifest["clip"])
    if foreign := [clip for clip, _, _ in sources if clip not in known]:
        click.echo(f"not in the manifest of {dataset}: {len(foreign)} ({few(foreign)})")
    return pick_clips(sources, manifest, jobs=jobs)


def _tell(report: ComputeReport) -> None:
    """List conversions by kind, and every failure with its reason."""
    converted: defaultdict[str, list[str]] = defaultdict(list)
    for clip, note in report.notes:
        converted[note].append(clip)
    for note, clips in sorted(converted.items()):
        more = f" and {len(clips) - 5} more" if len(clips) > 5 else ""
        click.echo(f"{note}: {', '.join(clips[:5])}{more}")
    for clip, reason in report.failed:
        click.echo(f"left out {clip}: {reason}", err=True)


def _describe_store(store: FeatureStore) -> None:
    front_end, megabytes = store.front_end, store.values.nbytes / 1e6
    n_frames = int(store.clips["n_frames"].median())
    seconds = float(store.clips["n_samples"].median()) / front_end.sample_rate
    click.echo(f"store       {store.folder}")
    click.echo(f"features    {store.values.dtype} {store.values.shape}, {megabytes:.1f} MB")
    click.echo(f"SHA-256     {store.sha256}")
    click.echo(
        f"front end   {front_end.kind}, {front_end.sample_rate} Hz, n_fft {front_end.n_fft}, "
        f"hop_length {front_end.hop_length}, {front_end.window} window, {front_end.n_mels} mels "
        f"({front_end.mel_scale}) {front_end.fmin:g}-{front_end.fmax:g} Hz, "
        f"{front_end.top_db:g} dB deep"
    )
    click.echo(
        f"columns     {front_end.columns} per clip of {seconds:.1f} s, "
        f"{front_end.columns_per_second(n_frames):.1f} per second"
    )
    counts = store.clips["genre"].value_counts().sort_index()
    click.echo("clips       " + ", ".join(f"{genre} {count}" for genre, count in counts.items()))


def _describe_splits(store: FeatureStore, manifest: pd.DataFrame) -> None:
    there, known = set(store.clips["clip"]), set(manifest["clip"])
    missing, foreign = sorted(known - there), sorted(there - known)
    if not known & there:
        raise DataError(
            f"no clip of {store.folder} is in the manifest: name the one that belongs to it with "
            "--manifest"
        )
    for clips, what in ((missing, "missing in the store"), (foreign, "not in the manifest")):
        shown = ", ".join(clips[:10]) + (", …" if len(clips) > 10 else "")
        click.echo(f"{what}: {len(clips)}" + (f" ({shown})" if clips else ""))
    click.echo(f"{'split':<16}{'train':>7}{'valid':>7}{'test':>7}   left out")
    for name in SPLITS:
        try:
            split, lacking = make_split(manifest, name).restrict(there)
        except DataError as error:
            click.echo(f"{name:<16}{'cannot be made: ' + str(error)}")
            continue
        sizes = "".join(f"{len(split.parts[part]):>7}" for part in PARTS)
        absent = "".join(
            f"; {part} has no {', '.join(genres)}"
            for part, genres in absent_genres(split, manifest).items()
        )
        click.echo(f"{name:<16}{sizes}   {len(lacking)}{absent}")


command.add_command(index)
command.add_command(fetch)
command.add_command(validate)
command.add_command(audit_command)
