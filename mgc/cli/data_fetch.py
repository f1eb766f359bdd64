"""``mgc data fetch`` and ``mgc data validate``: the audio, from afar or from a folder."""

from pathlib import Path

import click
import pandas as pd

from mgc import paths
from mgc.data.datasets import manifest_of
from mgc.data.fetch import ARCHIVE_SHA256, MIRRORS, fetch_clips
from mgc.data.validate import VERDICTS, validate_clips
from mgc.errors import DataError

_FOLDER = click.Path(path_type=Path, file_okay=False)
_manifest = click.option(
    "--manifest", default="gtzan", show_default=True, help="A data set or a CSV file."
)
_SHOWN = 10


@click.command(short_help="Download GTZAN's audio, unpack it safely, validate it.")
@click.argument("folder", type=_FOLDER, required=False)
@click.option(
    "--url", "urls", multiple=True, help="A mirror to ask instead; give it again for more."
)
@click.option(
    "--archive",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A genres.tar.gz that you have: nothing is downloaded.",
)
@click.option(
    "--sha256", default=ARCHIVE_SHA256, help="SHA-256 of the archive, if it is another one."
)
@_manifest
def fetch(
    folder: Path | None, urls: tuple[str, ...], archive: Path | None, sha256: str, manifest: str
) -> None:
    """Download the archive of GTZAN's audio and unpack it into FOLDER.

    FOLDER is data/gtzan/genres_original (or MGC_GTZAN) unless you name another. The archive is
    1.2 GB, stays beside FOLDER as genres.tar.gz and may be removed afterwards. An interrupted
    download goes on where it stopped when the command is given again. Nothing is believed without
    its SHA-256, and nothing is unpacked that leads out of FOLDER or is larger than clips can be.
    At the end the clips are compared with the manifest as by 'mgc data validate'. Whether the known
    mirrors still answer could not be tried where this was written: --url names others.

    Example: mgc data fetch --archive ~/Downloads/genres.tar.gz
    """
    facts = manifest_of(manifest)
    done = fetch_clips(
        folder or paths.gtzan_fetched(),
        urls or MIRRORS,
        sha256=sha256,
        archive=archive,
        genres=sorted(set(facts["genre"])),
        progress=True,
    )
    click.echo(f"{done.folder}: {done.clips} clips unpacked")
    if done.passed_over:
        click.echo(f"passed over, being no clips: {_listed(done.passed_over)}")
    _validate(done.folder, facts)


@click.command(short_help="Compare a folder of clips with the hashes of a manifest.")
@click.argument("folder", type=_FOLDER, required=False)
@_manifest
def validate(folder: Path | None, manifest: str) -> None:
    """Compare the clips in FOLDER with the manifest; exit with 0 if all are there and equal.

    FOLDER has one folder per genre; without it the GTZAN audio that is at hand is taken. A file
    with another hash but the same samples (FLAC or AU made from the WAV file, or the reverse)
    counts as equal and is said.

    Example: mgc data validate data/gtzan/genres_original
    """
    _validate(folder or paths.gtzan_audio(), manifest_of(manifest))


def _validate(folder: Path, manifest: pd.DataFrame) -> None:
    found = validate_clips(folder, manifest, progress=True)
    for verdict in VERDICTS:
        clips = found.clips(verdict)
        quiet = not clips or verdict in ("equal", "same samples")
        click.echo(f"{verdict:<20}{len(clips):>5}" + ("" if quiet else f"   {_listed(clips)}"))
    for reason in list(found.reasons.values())[:_SHOWN]:
        click.echo(f"undecodable: {reason}", err=True)
    broken = manifest.loc[manifest["faults"].str.contains("unreadable_copy"), "clip"]
    if alike := sorted(set(broken) & set(found.clips("equal"))):
        click.echo(f"equal, but known to be unreadable in this copy: {_listed(alike)}")
    if not found.whole:
        raise DataError(_sentence(folder, {v: len(found.clips(v)) for v in VERDICTS}))


def _sentence(folder: Path, counts: dict[str, int]) -> str:
    """Say in words what is wrong with the folder and what to do."""
    good = counts["equal"] + counts["same samples"]
    total = sum(counts.values()) - counts["not in the manifest"]
    amiss = ("other samples", "no hash to compare", "undecodable", "missing")
    faults = ", ".join(f"{counts[verdict]} {verdict}" for verdict in amiss if counts[verdict])
    remedy = "add or replace those clips, or go on and say which clips were used"
    if counts["other samples"] > good:
        remedy = (
            "this is another copy of the data set (for example the .au originals, or one that was "
            "encoded with loss); take the common copy, or go on and say which one was used"
        )
    return (
        f"{folder} is not what the manifest describes, since {good} of {total} clips are there and "
        f"equal ({faults}): {remedy}"
    )


def _listed(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
