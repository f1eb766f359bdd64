"""A data set by name: its manifest beside its feature store."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mgc import paths
from mgc.data.manifest import load_manifest
from mgc.data.store import FeatureStore
from mgc.errors import ConfigError

#: Names that every command and chapter takes.
DATASETS = ("synthetic", "gtzan")


@dataclass(frozen=True)
class Dataset:
    """Facts and features of the same clips.

    Attributes
    ----------
    name : str
        One of `DATASETS`.
    manifest : DataFrame
        One row a clip: genre, artist group, faults, split columns.
    store : FeatureStore
        The log-mel features.
    """

    name: str
    manifest: pd.DataFrame
    store: FeatureStore


def open_dataset(name: str, store: str | Path | None = None) -> Dataset:
    """Open a data set by name.

    Parameters
    ----------
    name : {'synthetic', 'gtzan'}
        ``synthetic`` is generated on first use (seconds, no download); ``gtzan`` needs its feature
        store.
    store : str or Path, optional
        Another place for the store than the standard one (for GTZAN also ``MGC_STORE``).

    Raises
    ------
    ConfigError
        If the name is unknown.
    StoreError
        If the store is missing or damaged.

    Book: The data pipeline
    """
    if name == "synthetic":
        # Here, so that training from a store needs no audio library.
        from mgc.data.synthetic import SyntheticCorpus, synthetic_store

        corpus = SyntheticCorpus()
        folder = Path(store) if store else synthetic_store(corpus)
        return Dataset(name, corpus.manifest(), FeatureStore.open(folder))
    if name == "gtzan":
        folder = Path(store) if store else paths.gtzan_store()
        return Dataset(name, load_manifest("gtzan"), FeatureStore.open(folder))
    raise ConfigError(f"dataset is {name!r}, but must be one of {', '.join(DATASETS)}")
