"""The whole audit of a data set as tables, and their writing.

Book: GTZAN and its faults.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mgc.audit.catalogue import Comparison, compare
from mgc.audit.duplicates import find_duplicates
from mgc.audit.findings import judge
from mgc.audit.labels import label_confidence, suspects_of
from mgc.audit.levels import level_rules, measure_levels
from mgc.audit.samples import judge_samples, measure_samples
from mgc.data.store import FeatureStore
from mgc.errors import DataError
from mgc.files import atomic_file

#: Digits that a table keeps; curves are thousands of numbers and need fewer.
_DIGITS, _CURVE_DIGITS = "%.6g", "%.3f"


@dataclass(frozen=True)
class Audit:
    """Everything that was found.

    Attributes
    ----------
    comparison : Comparison
        Repetitions, and how they agree with the catalogue.
    tables : mapping of str to DataFrame
        What :func:`write_tables` writes, by the name of the file.
    unchecked : mapping of str to str
        What could not be checked, with the reason.
    """

    comparison: Comparison
    tables: Mapping[str, pd.DataFrame]
    unchecked: Mapping[str, str]


def audit(
    store: FeatureStore,
    manifest: pd.DataFrame,
    audio_folder: str | Path | None = None,
    jobs: int = 0,
) -> Audit:
    """Look for repetitions, faults of level and sample, and doubtful labels.

    Parameters
    ----------
    store : FeatureStore
        What is audited.
    manifest : DataFrame
        Genres and artist groups, and the known faults, which are read after the search only.
    audio_folder : str or Path, optional
        Sound of the same clips, or of some; without it samples are not looked at.
    jobs : int
        Processes that read the sound; see :func:`mgc.audit.samples.measure_samples`.

    Returns
    -------
    Audit
        Tables ``duplicates``, ``curves``, ``misses``, ``level_values``, ``levels``,
        ``label_confidence``, ``labels`` and, from sound, ``sample_values``, ``samples``.

    Raises
    ------
    DataError
        If the audio folder holds no audio in genre folders.

    Examples
    --------
    >>> from mgc.data.datasets import open_dataset
    >>> data = open_dataset("synthetic")
    >>> found = audit(data.store, data.manifest)
    >>> found.tables["duplicates"].query("kind == 'identical'")["in_catalogue"].tolist()
    ['exact_repetition']

    Notes
    -----
    Book: GTZAN and its faults.
    """
    # First, because a wrong folder is refused here.
    sound = None if audio_folder is None else measure_samples(audio_folder, jobs)
    comparison = compare(find_duplicates(store), store, manifest)
    values = measure_levels(store)
    tables = {
        "duplicates": comparison.pairs,
        "curves": comparison.curves.reset_index(),
        "misses": comparison.misses,
        "level_values": values,
        "levels": judge(values, level_rules(values, store.front_end)),
    }
    unchecked = {}
    try:
        confidence = label_confidence(store, manifest)
    except DataError as error:  # too few artists or genres is no reason to withhold the rest
        unchecked["labels"] = str(error)
    else:
        tables |= {"label_confidence": confidence, "labels": suspects_of(confidence)}
    if sound is None:
        unchecked["samples"] = "clipping, offset and depth show in the sound only: give --audio"
    else:
        tables |= {"sample_values": sound, "samples": judge_samples(sound)}
    return Audit(comparison, tables, unchecked)


def write_tables(tables: Mapping[str, pd.DataFrame], folder: str | Path) -> None:
    r"""Write each table as CSV into a folder, each whole or not at all.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_tables({"levels": pd.DataFrame({"clip": ["a"], "value": [0.1]})}, folder)
    ...     Path(folder, "levels.csv").read_text()
    'clip,value\na,0.1\n'
    """
    for name, table in tables.items():
        digits = _CURVE_DIGITS if name == "curves" else _DIGITS
        with atomic_file(Path(folder, f"{name}.csv")) as temporary:
            table.to_csv(temporary, index=False, lineterminator="\n", float_format=digits)
