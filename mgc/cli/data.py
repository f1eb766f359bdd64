"""``mgc data``: make, verify and describe corpora and feature stores."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import click
import pandas as pd

from mgc.data.compute import ComputeReport, compute_store, count_skipped, find_clips
from mgc.data.frontend import FrontEnd
from mgc.data.manifest import GENRES, load_manifest
from mgc.data.splits import SPLITS, make_split
from mgc.data.store import FeatureStore
from mgc.data.synthetic import SyntheticCorpus, synthetic_store
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
@click.argument("store", type=_FOLDER)
@click.option(
    "--dataset",
    type=click.Choice(["gtzan", "any"]),
    default="gtzan",
    show_default=True,
    help="Which genre folders are allowed: GTZAN's ten, or any.",
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
    audio_folder: Path, store: Path, dataset: str, seconds: float, jobs: int, overwrite: bool
) -> None:
    """Compute the feature store STORE from AUDIO_FOLDER, which has one folder per genre.

    A file that cannot be used is listed with its reason; the others are computed all the same,
    and the exit code is 1. Stereo, other sample formats and other rates are converted and said,
    clips over 10 % too long are cut, over 10 % too short left out. What is no audio is counted.

    Example: mgc data features data/gtzan/genres_original data/gtzan/logmel --jobs 4
    """
    _check_replaceable(store, overwrite)
    sources = find_clips(audio_folder, GENRES if dataset == "gtzan" else None)
    if skipped := count_skipped(audio_folder):
        kinds = ", ".join(f"{count} {kind}" for kind, count in skipped.items())
        click.echo(f"skipped, no audio in a genre folder: {kinds}")
    front_end = FrontEnd.for_seconds(seconds)
    report = compute_store(sources, front_end, store, jobs=jobs, overwrite=overwrite, progress=True)
    _tell(report)
    click.echo(f"{store}: feature store of {report.written} clips")
    if report.failed:
        raise DataError(
            f"{len(report.failed)} of {len(sources)} clips could not be used and are listed above: "
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
    help="'gtzan', 'synthetic' or a CSV file: decides the splits. "
    "[default: gtzan for a STORE, else synthetic]",
)
def describe(store: Path | None, manifest: str | None) -> None:
    """Say what is in STORE (or in the synthetic data set) and how many clips of each split.

    Clips that the manifest names and the store lacks are listed (GTZAN: jazz.00054, which no
    decoder reads); every command leaves them out.
    """
    opened = FeatureStore.open(store or synthetic_store(SyntheticCorpus()))
    facts = _manifest(manifest or ("gtzan" if store else "synthetic"))
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


def _manifest(name: str) -> pd.DataFrame:
    return SyntheticCorpus().manifest() if name == "synthetic" else load_manifest(name)


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
        sizes = "".join(f"{len(split.parts[part]):>7}" for part in ("train", "valid", "test"))
        click.echo(f"{name:<16}{sizes}   {len(lacking)}")
