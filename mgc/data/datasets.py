"""A data set by name: its manifest beside its feature store.

Two are built in.  Any other is a folder ``data/sets/<name>`` with ``manifest.csv``, which
``mgc data index`` writes, and ``logmel``, the feature store that ``mgc data features`` computes.
"""

import difflib
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mgc import paths
from mgc.data.manifest import load_manifest
from mgc.data.store import FeatureStore
from mgc.errors import ConfigError, StoreError

#: Names that are built in.
DATASETS = ("synthetic", "gtzan")
# A name becomes part of run folders' identity and of paths, on any system.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@dataclass(frozen=True)
class Dataset:
    """Facts and features of the same clips.

    Attributes
    ----------
    name : str
        One of `dataset_names`.
    manifest : DataFrame
        One row a clip: genre, artist group, faults, split columns.
    store : FeatureStore
        The log-mel features.
    """

    name: str
    manifest: pd.DataFrame
    store: FeatureStore


def dataset_names() -> tuple[str, ...]:
    """Return the names that `open_dataset` takes: those built in, then one's own, sorted.

    Book: Reproduce it
    """
    own = (path.parent.name for path in paths.sets_folder().glob("*/manifest.csv"))
    return (*DATASETS, *sorted(name for name in own if _NAME.fullmatch(name)))


def check_name(name: str) -> None:
    """Refuse what cannot be the name of a data set, whether that exists or not.

    Raises
    ------
    ConfigError
        If the name is not of small letters, digits, ``_`` and ``-``.

    Examples
    --------
    >>> check_name("tabla_taals")
    >>> check_name("Tabla Taals")
    Traceback (most recent call last):
    ...
    mgc.errors.ConfigError: dataset is 'Tabla Taals', but a name has at most 64 small letters a-z, \
digits, _ and -, and begins with a letter or digit: for example tabla_taals

    Book: Reproduce it
    """
    if not _NAME.fullmatch(name):
        plain = re.sub("[^a-z0-9]+", "_", name.lower()).strip("_")
        raise ConfigError(
            f"dataset is {name!r}, but a name has at most 64 small letters a-z, digits, _ and -, "
            f"and begins with a letter or digit: for example {plain[:64] or 'my_set'}"
        )


def require_dataset(name: str) -> None:
    """Refuse the name of a data set that does not exist; the nearest that does is proposed.

    Raises
    ------
    ConfigError
        If there is none of that name.

    Examples
    --------
    >>> require_dataset("gtzan")

    Book: Reproduce it
    """
    known = dataset_names()
    if name in known:
        return
    check_name(name)
    near = difflib.get_close_matches(name, known, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    raise ConfigError(
        f"dataset is {name!r}, but must be one of {', '.join(known)}{hint}: correct it, or make "
        f"it with 'mgc data index AUDIO_FOLDER --name {name}'"
    )


def manifest_of(name: str) -> pd.DataFrame:
    """Return the manifest of a data set, which one's own has before it has features.

    Parameters
    ----------
    name : str
        One of `dataset_names`, or the path of a CSV file (with its ending).

    Raises
    ------
    ConfigError
        If the name is unknown.
    DataError
        If the manifest is damaged.

    Examples
    --------
    >>> len(manifest_of("gtzan"))
    1000

    Book: Reproduce it
    """
    if Path(name).suffix:  # no name of a data set has a full stop
        return load_manifest(name, genres=None)
    require_dataset(name)
    if name == "synthetic":
        # Here, so that training from a store needs no audio library.
        from mgc.data.synthetic import SyntheticCorpus

        return SyntheticCorpus().manifest()
    if name == "gtzan":
        return load_manifest("gtzan")
    return load_manifest(paths.sets_folder() / name / "manifest.csv", genres=None)


def store_of(name: str) -> Path:
    """Return where the feature store of a data set lies, or has to lie; the synthetic one is made.

    Book: Reproduce it
    """
    if name == "synthetic":
        from mgc.data.synthetic import SyntheticCorpus, synthetic_store

        return synthetic_store(SyntheticCorpus())
    return paths.gtzan_store() if name == "gtzan" else paths.sets_folder() / name / "logmel"


def open_dataset(name: str, store: str | Path | None = None) -> Dataset:
    """Open a data set by name.

    Parameters
    ----------
    name : str
        ``synthetic`` is generated on first use (seconds, no download); ``gtzan`` needs its feature
        store; any other is one that ``mgc data index`` made.
    store : str or Path, optional
        Another place for the store than the standard one (for GTZAN also ``MGC_STORE``).

    Raises
    ------
    ConfigError
        If the name is unknown.
    StoreError
        If the store is missing or damaged.

    Book: The pipeline and its cost
    """
    manifest = manifest_of(name)
    folder = Path(store) if store else store_of(name)
    if not store and name not in DATASETS and not folder.exists():
        raise StoreError(
            f"data set {name} has no features yet: compute them with 'mgc data features "
            f"AUDIO_FOLDER --dataset {name}'"
        )
    return Dataset(name, manifest, FeatureStore.open(folder))
