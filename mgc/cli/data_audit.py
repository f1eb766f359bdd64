"""``mgc data audit``: repetitions, faults of level and doubtful labels of a data set."""

import math
from pathlib import Path

import click
import pandas as pd

from mgc.audit.catalogue import Comparison
from mgc.audit.report import audit, write_tables
from mgc.data.datasets import dataset_names, manifest_of, open_dataset
from mgc.data.grouping import few
from mgc.data.store import FeatureStore
from mgc.errors import ConfigError

_FOLDER = click.Path(path_type=Path, file_okay=False)
_SHOWN = 12


@click.command(name="audit", short_help="Find repetitions, faults of level, doubtful labels.")
@click.option("--store", type=_FOLDER, help="Feature store. [default: that of the data set]")
@click.option(
    "--manifest",
    help="A data set (gtzan, synthetic, your own) or a CSV file. "
    "[default: gtzan for a --store, else synthetic]",
)
@click.option("--audio", type=_FOLDER, help="Sound of the clips: shows clipping and the like.")
@click.option("--out", type=_FOLDER, help="Folder for the tables, one CSV file each.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Processes that read the sound.",
)
def audit_command(
    store: Path | None, manifest: str | None, audio: Path | None, out: Path | None, jobs: int
) -> None:
    """Find what is wrong with a data set, from its features and its sound alone.

    Repetitions are found by fingerprint and confirmed by correlation; then, and only then, they
    are held against the faults that the manifest knows. Labels are doubted where a classifier that
    never heard the artist is sure of another genre: a list for listening, no verdict. Clipping and
    the depth of the samples do not show in a store, only in the sound.

    Example: mgc data audit --store data/gtzan/logmel --manifest gtzan --out audited
    """
    name = manifest or ("gtzan" if store else "synthetic")
    facts = manifest_of(name)
    if not store and name not in dataset_names():
        raise ConfigError(
            f"{name} is a manifest, which has no feature store of its own: name its feature store "
            "with --store"
        )
    opened = FeatureStore.open(store) if store else open_dataset(name).store
    found = audit(opened, facts, audio, jobs)
    click.echo(f"{opened.folder}: {len(opened)} clips, manifest {name}")
    _tell_repetitions(found.comparison)
    for table, title in (("levels", "levels"), ("samples", "samples"), ("labels", "labels")):
        if table in found.tables:
            _tell_findings(title, found.tables[table])
        else:
            click.echo(f"\n{title}: not checked: {found.unchecked[table]}")
    if out:
        write_tables(found.tables, out)
        click.echo(f"\n{out}: {', '.join(f'{table}.csv' for table in found.tables)}")


def _tell_repetitions(comparison: Comparison) -> None:
    """Say what repeats, what the catalogue says about it, and what was missed."""
    pairs = comparison.pairs
    counts = pairs["kind"].value_counts()
    kinds = ", ".join(f"{kind} {count}" for kind, count in counts.items())
    click.echo(f"\nrepetitions: {len(pairs)} pairs examined{': ' + kinds if kinds else ''}")
    told = pairs[pairs["kind"] != "none"]
    for row in told.to_dict("records"):
        known = f"  [catalogue: {row['in_catalogue']}]" if row["in_catalogue"] else ""
        click.echo(
            f"  {row['first']} = {row['second']}  similarity {row['similarity']:.3f}, "
            f"z {row['z']:.0f}: {row['verdict']}{known}"
        )
    for kind, score in comparison.scores.iterrows():
        found, pairs_known = int(score["found"]), int(score["pairs"])
        click.echo(f"{kind}: {found} of {pairs_known} pairs claimed ({score['recall']:.1%})")
    missed = comparison.misses
    exact = missed[missed["in_catalogue"] == "exact_repetition"]
    for row in exact.to_dict("records"):
        click.echo(
            f"  missed {row['first']} = {row['second']}: similarity {row['similarity']:.3f} at "
            f"{row['offset_s']:.1f} s, z {row['z']:.0f}"
        )
    if len(comparison.scores) and not math.isnan(comparison.precision):
        click.echo(
            f"of the claims {comparison.precision:.1%} are catalogued as exact or recording "
            "repetitions"
        )


def _tell_findings(title: str, findings: pd.DataFrame) -> None:
    """Show the first findings of each kind, and how many there are."""
    click.echo(f"\n{title}: {len(findings)} findings")
    if title == "labels":
        for row in findings.head(_SHOWN).to_dict("records"):
            click.echo(
                f"  {row['clip']}: label believed to {row['confidence']:.3f}, rather "
                f"{row['suspected']} ({row['agree']:.0%} of the repeats)"
            )
        if len(findings) > _SHOWN:
            click.echo(f"  and {len(findings) - _SHOWN} more, less doubtful; suspected, not wrong")
        return
    for kind, group in findings.groupby("kind", sort=False):
        click.echo(f"  {kind}: {len(group)} ({few(list(group['clip']))})")
