"""How far suspected labels can be trusted: precision and recall where wrong labels are planted."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from mgc import paths
from mgc.audit.labels import label_confidence, suspects_of
from mgc.data.store import FeatureStore
from mgc.errors import DataError
from mgc.files import atomic_file


def score_suspects(suspects: pd.DataFrame, manifest: pd.DataFrame) -> dict[str, float]:
    """Compare suspects with the truth, where there is one.

    Parameters
    ----------
    suspects : DataFrame
        From :func:`mgc.audit.labels.suspect_labels`.
    manifest : DataFrame
        With the column ``true_genre``, as the synthetic corpus has it.

    Returns
    -------
    dict
        Counts ``wrong`` (labels), ``suspects``, ``hits`` (suspects with a wrong label), ``named``
        (hits whose suspected genre is the true one), ``first`` (hits among as many first
        suspects as labels are wrong); ``base_rate``, ``precision`` and ``recall``, 0 to 1, NaN
        where nothing is counted.

    Raises
    ------
    DataError
        If the manifest has no column ``true_genre``.

    Examples
    --------
    >>> manifest = pd.DataFrame({"clip": ["a", "b"], "genre": "pop", "true_genre": ["pop", "jazz"]})
    >>> score_suspects(pd.DataFrame({"clip": ["b"], "suspected": ["jazz"]}), manifest)["precision"]
    1.0

    Notes
    -----
    Book: GTZAN and its faults.
    """
    if "true_genre" not in manifest:
        raise DataError(
            "the manifest has no column true_genre, so that suspects cannot be scored: use a "
            "synthetic corpus, or add the genres that you heard"
        )
    wrong = manifest[manifest["genre"] != manifest["true_genre"]].set_index("clip")["true_genre"]
    hit = suspects["clip"].isin(wrong.index)
    named = suspects["clip"].map(wrong) == suspects["suspected"]
    hits, n = int(hit.sum()), len(suspects)
    return {
        "wrong": len(wrong),
        "suspects": n,
        "hits": hits,
        "named": int(named.sum()),
        "first": int(hit.head(len(wrong)).sum()),
        "base_rate": len(wrong) / len(manifest),
        "precision": hits / n if n else float("nan"),
        "recall": hits / len(wrong) if len(wrong) else float("nan"),
    }


def synthetic_scores(
    sizes: Iterable[int],
    seeds: Iterable[int],
    repeats: int = 5,
    folder: str | Path | None = None,
) -> pd.DataFrame:
    """Score :func:`mgc.audit.labels.suspect_labels` on synthetic corpora.

    Parameters
    ----------
    sizes, seeds : iterable of int
        Clips per genre, and seeds of the corpora; each size is played with each seed.
    repeats : int > 0
        As for :func:`mgc.audit.labels.suspect_labels`.
    folder : str or Path, optional
        Where the stores are kept; the cache folder, if not given.

    Returns
    -------
    DataFrame
        One row a corpus: clips_per_genre, seed, accuracy (out of fold, against the labels) and
        what :func:`score_suspects` returns.

    Notes
    -----
    Book: GTZAN and its faults.
    """
    # Here, because the audit of a store needs no audio library.
    from mgc.data.synthetic import SyntheticCorpus, synthetic_store

    seeds, rows = tuple(seeds), []
    for size, seed in ((size, seed) for size in sizes for seed in seeds):
        corpus = SyntheticCorpus(clips_per_genre=size, seed=seed)
        store, manifest = FeatureStore.open(synthetic_store(corpus, folder)), corpus.manifest()
        table = label_confidence(store, manifest, repeats)
        accuracy = float((table["predicted"] == table["genre"]).mean())
        rows.append(
            {"clips_per_genre": size, "seed": seed, "accuracy": accuracy}
            | score_suspects(suspects_of(table), manifest)
        )
    return pd.DataFrame(rows).round(4)


def main(arguments: list[str] | None = None) -> int:
    """Score ten corpora of each of three sizes and write the counts; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m mgc.audit.label_scores", description=__doc__)
    out = paths.PROJECT / "data" / "audit" / "label_scores.csv"
    parser.add_argument("--out", type=Path, default=out)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 20, 40])
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(10)))
    options = parser.parse_args(arguments)
    table = synthetic_scores(options.sizes, options.seeds)
    with atomic_file(options.out) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")
    print(f"{len(table)} corpora scored in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
