"""Intervals that respect artists: whole artist groups are drawn with replacement, not clips.

Clips of one artist are alike, so they count as less than as many independent clips; resampling
them one by one gives intervals that are too narrow.  Runs (seeds) of one network are scored on the
same clips, so they are nested inside: each resample draws artists once, for all runs together.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mgc.errors import ConfigError, DataError
from mgc.evaluate.resampling import Interval, resample_groups

#: A named statistic, or any function of a frame of track decisions.
Statistic = str | Callable[[pd.DataFrame], float]

#: Names that `statistic` may have.
STATISTICS = ("accuracy", "macro_recall")


def artist_bootstrap(
    tracks: pd.DataFrame,
    statistic: Statistic = "accuracy",
    n_resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> Interval:
    """Return a statistic of one run with its interval by bootstrap over artist groups.

    Parameters
    ----------
    tracks : DataFrame
        One part of :func:`mgc.evaluate.tracks.track_decisions`.
    statistic : {"accuracy", "macro_recall"} or callable
        A callable takes a frame like `tracks` and returns a float; it is slower (one call per
        resample).  Macro recall is the mean over the genres that a resample holds.
    n_resamples : int
        At least 1; 2000 settles the ends of a 95 % interval to about a tenth of its width.
    seed : int
        Seed of the resamples; the same for all runs, so that their intervals are comparable.
    level : float
        Coverage aimed at, in (0, 1).

    Returns
    -------
    Interval
        Percentile interval.

    Raises
    ------
    DataError
        If the frame holds several parts or fewer than two artist groups.
    ConfigError
        If `statistic`, `n_resamples` or `level` is out of range.

    Examples
    --------
    >>> tracks = pd.DataFrame({"clip": list("abcd"), "part": "test", "group": list("xxyz"),
    ...     "true": "pop", "predicted": "pop", "correct": [True, True, False, True]})
    >>> print(artist_bootstrap(tracks))
    0.750 [0.000, 1.000]

    References
    ----------
    Davison & Hinkley (1997), Bootstrap Methods and their Application, sections 3.8 and 5.3,
    doi:10.1017/CBO9780511802843.

    Book: Main results
    """
    return artist_bootstrap_runs([tracks], statistic, n_resamples, seed, level)


def artist_bootstrap_runs(
    runs: Sequence[pd.DataFrame],
    statistic: Statistic = "accuracy",
    n_resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> Interval:
    """Return the mean of a statistic over runs (seeds), with its interval over artist groups.

    Parameters
    ----------
    runs : sequence of DataFrame
        Track decisions of each run on the same clips.
    statistic, n_resamples, seed, level
        As in :func:`artist_bootstrap`.

    Returns
    -------
    Interval
        Of the mean over runs.  It answers "how would these networks, on average, do on other
        artists", not "how would other seeds do": the spread over seeds is reported beside it.

    Raises
    ------
    DataError
        If the runs were scored on different clips, hold several parts or fewer than two groups.
    ConfigError
        If `statistic`, `n_resamples` or `level` is out of range.

    Examples
    --------
    >>> tracks = pd.DataFrame({"clip": list("abcd"), "part": "test", "group": list("xxyz"),
    ...     "true": "pop", "predicted": "pop", "correct": [True, True, False, True]})
    >>> artist_bootstrap_runs([tracks, tracks.assign(correct=True)]).estimate
    0.875

    Book: Main results
    """
    tables = aligned(runs)
    return resample_groups(
        lambda counts: _distribution(tables, statistic, counts),
        tables[0]["group"],
        n_resamples,
        seed,
        level,
    )


def paired_difference(
    runs_a: Sequence[pd.DataFrame],
    runs_b: Sequence[pd.DataFrame],
    statistic: Statistic = "accuracy",
    n_resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> Interval:
    """Return the difference a - b of the means over runs, both on the same resampled artists.

    Parameters
    ----------
    runs_a, runs_b : sequence of DataFrame
        Track decisions of the runs of two methods, all on the same clips.
    statistic, n_resamples, seed, level
        As in :func:`artist_bootstrap`.

    Returns
    -------
    Interval
        Of the difference, in [-1, 1]; artists that are hard for both cancel out.

    Raises
    ------
    DataError
        If the runs were scored on different clips, hold several parts or fewer than two groups.
    ConfigError
        If `statistic`, `n_resamples` or `level` is out of range.

    Examples
    --------
    >>> tracks = pd.DataFrame({"clip": list("abcd"), "part": "test", "group": list("xxyz"),
    ...     "true": "pop", "predicted": "pop", "correct": [True, True, False, True]})
    >>> print(paired_difference([tracks], [tracks]))
    0.000 [0.000, 0.000]

    Book: Main results
    """
    tables = aligned([*runs_a, *runs_b]) if runs_a and runs_b else aligned([])
    a, b = tables[: len(runs_a)], tables[len(runs_a) :]

    def difference(counts: NDArray[np.int64]) -> NDArray[np.float64]:
        return _distribution(a, statistic, counts) - _distribution(b, statistic, counts)

    return resample_groups(difference, tables[0]["group"], n_resamples, seed, level)


def crossed_difference(
    runs_a: Sequence[pd.DataFrame],
    runs_b: Sequence[pd.DataFrame],
    n_resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> Interval:
    """Return the difference of mean accuracies a - b, over other seeds and other artists at once.

    Each resample draws seeds and, apart from them, artist groups (the pigeonhole bootstrap).

    Parameters
    ----------
    runs_a, runs_b : sequence of DataFrame
        As in :func:`paired_difference`, as many of both, in the same order of seeds.
    n_resamples, seed, level
        As in :func:`artist_bootstrap`.

    Returns
    -------
    Interval
        Of the difference, in [-1, 1].  :func:`paired_difference` asks about the average of these
        seeds.  What is peculiar to one seed and one artist is counted in both draws, which makes
        it a little too wide; n resampled seeds show only (n - 1) / n of their variance, which
        makes it too short where seeds are few: with 3 it can lie within an interval over seeds
        alone by Student's t.

    Raises
    ------
    DataError
        As :func:`paired_difference`, and if there are fewer than two pairs of runs.

    References
    ----------
    Owen (2007), The pigeonhole bootstrap, Annals of Applied Statistics 1(2), 386-411,
    doi:10.1214/07-AOAS122.

    Examples
    --------
    >>> tracks = pd.DataFrame({"clip": list("abcd"), "part": "test", "group": list("xxyz"),
    ...     "true": "pop", "predicted": "pop", "correct": [True, True, False, True]})
    >>> print(crossed_difference([tracks] * 2, [tracks] * 2))
    0.000 [0.000, 0.000]

    Book: Three optimizers under equal budgets
    """
    n_seeds = len(runs_a)
    if n_seeds < 2 or len(runs_b) != n_seeds:
        raise DataError(
            f"{n_seeds} and {len(runs_b)} runs are no pairs over seeds: pass two or more runs of "
            "each method, with the same seeds in the same order"
        )
    tables = aligned([*runs_a, *runs_b])
    group = pd.factorize(tables[0]["group"], sort=True)[0]
    right = np.array([np.bincount(group, table["correct"]) for table in tables])
    gain, sizes = right[:n_seeds] - right[n_seeds:], np.bincount(group)
    rng = np.random.default_rng([seed, n_seeds])

    def difference(counts: NDArray[np.int64]) -> NDArray[np.float64]:
        drawn = rng.multinomial(n_seeds, np.full(n_seeds, 1 / n_seeds), size=len(counts))
        sums: NDArray[np.float64] = ((drawn @ gain) * counts).sum(axis=1)
        return sums / (n_seeds * (counts @ sizes))

    found = resample_groups(difference, tables[0]["group"], n_resamples, seed, level)
    return replace(found, estimate=float(gain.sum() / (n_seeds * sizes.sum())))


def aligned(runs: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    """Sort each run by clip; `DataError` unless all hold the same clips of one part."""
    if not runs:
        raise DataError("no run to resample: pass at least one frame of track decisions")
    tables = [run.sort_values("clip", ignore_index=True) for run in runs]
    facts = ["clip", "part", "group", "true"]
    for table in tables:
        parts = ", ".join(sorted(table["part"].unique()))
        if table["part"].nunique() != 1 or table["clip"].duplicated().any():
            raise DataError(
                f"track decisions of part '{parts}' need one row per clip of one part: select it "
                "first, as in tracks[tracks['part'] == 'test']"
            )
        if not table[facts].equals(tables[0][facts]):
            raise DataError(
                "the runs were not scored on the same clips with the same groups and genres: "
                "compare runs of one data set, split, fold and part"
            )
    return tables


def _distribution(
    tables: Sequence[pd.DataFrame], statistic: Statistic, counts: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Mean over runs of the statistic in each resample; counts (resamples, groups) -> (resamples,).

    Accuracy and macro recall are ratios of sums over clips, so sums per group and genre are all
    that is needed: a resample is one row of a matrix product.
    """
    group = pd.factorize(tables[0]["group"], sort=True)[0]
    if callable(statistic):
        repeats = counts[:, group]
        clips = np.arange(len(group))
        values = [
            [statistic(table.iloc[np.repeat(clips, times)]) for times in repeats]
            for table in tables
        ]
        by_run: NDArray[np.float64] = np.asarray(values, dtype=np.float64)
        return np.asarray(by_run.mean(axis=0), dtype=np.float64)
    if statistic not in STATISTICS:
        raise ConfigError(
            f"statistic is '{statistic}': choose {' or '.join(STATISTICS)}, or pass a function"
        )
    genre = pd.factorize(tables[0]["true"], sort=True)[0]
    correct = np.mean([table["correct"].to_numpy(dtype=np.float64) for table in tables], axis=0)
    if statistic == "accuracy":
        genre = np.zeros_like(genre)
    shape = (counts.shape[1], int(genre.max()) + 1)
    found, support = np.zeros(shape), np.zeros(shape)
    np.add.at(found, (group, genre), correct)
    np.add.at(support, (group, genre), 1.0)
    drawn_support = counts @ support
    recall = np.divide(
        counts @ found, drawn_support, out=np.zeros_like(drawn_support), where=drawn_support > 0
    )
    distribution: NDArray[np.float64] = recall.sum(axis=1) / (drawn_support > 0).sum(axis=1)
    return distribution
