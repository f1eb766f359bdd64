"""What narrow number formats do to the features of a data set: range, spacing, statistics.

``python benchmarks/precision.py`` writes these tables for GTZAN into ``data/precision``.

Book: Floating point: formats, sums and softmax.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from mgc.data.store import FeatureStore
from mgc.errors import DataError
from mgc.signal.floating.formats import number_format, spacing, to_format
from mgc.signal.floating.sums import pairwise_sum, recursive_sum
from mgc.signal.floating.variance import VARIANCES
from mgc.signal.stft import power_spectrogram

#: The formats that are looked at; the features themselves are float32, statistics float64.
NARROW = ("float16", "bfloat16", "float32")

#: What is kept, as a function of the power.
_QUANTITIES: dict[str, Callable[[NDArray[Any]], NDArray[Any]]] = {
    "power": lambda S: S,
    "power, full-scale tone 1": lambda S: (4 / 2048) ** 2 * S,
    "magnitude": np.sqrt,
}


def range_counts(x: ArrayLike, format: str) -> dict[str, int]:
    """Count the values that a format cannot hold, or not with full precision.

    Parameters
    ----------
    x : array_like
        Numbers that are not negative.
    format : {"float16", "bfloat16", "float32", "float64"}
        Where they would be kept.

    Returns
    -------
    dict of str to int
        How many become infinite (``overflow``), lose bits (``subnormal``), or become 0 without
        being 0 (``zero``).

    Raises
    ------
    ConfigError
        If there is no such format.

    Notes
    -----
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> range_counts([1.0, 1e5, 1e-6, 1e-10, 0.0], "float16")
    {'overflow': 1, 'subnormal': 1, 'zero': 1}
    """
    values, fmt = np.asarray(x), number_format(format)
    # What rounds to zero, and what rounds to the smallest normal number.
    least, full = fmt.min_subnormal / 2, fmt.min_normal - fmt.min_subnormal / 2
    return {
        "overflow": int(np.count_nonzero(values >= fmt.overflow)),
        "subnormal": int(np.count_nonzero((values > least) & (values < full))),
        "zero": int(np.count_nonzero((values > 0) & (values <= least))),
    }


def spectrum_ranges(signals: Iterable[NDArray[Any]]) -> pd.DataFrame:
    """Count what narrow formats lose of the power spectrograms of some signals.

    Parameters
    ----------
    signals : iterable of ndarray of shape (n_samples,)
        Samples within [-1, 1].

    Returns
    -------
    DataFrame
        One row for each scaling and format: ``quantity``, ``format``, ``clips`` and ``values``, how
        many there are, the shares of values that :func:`range_counts` counts, and
        ``clips_overflow``, the number of clips that have at least one infinity.

    Notes
    -----
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> tone = np.cos(np.pi / 4 * np.arange(22050))
    >>> float(spectrum_ranges([tone]).set_index("format").loc["float16", "overflow"].iloc[0]) > 0
    True
    """
    return _ranges(power_spectrogram(y).astype(np.float64) for y in signals)


def mel_ranges(store: FeatureStore) -> pd.DataFrame:
    """Count what narrow formats would lose of the mel powers that a store's levels stand for.

    Parameters
    ----------
    store : FeatureStore
        Log-mel features; absolute levels come from the reference level of each clip.

    Returns
    -------
    DataFrame
        As :func:`spectrum_ranges` returns.  Values at the floor of a clip count as the floor, so
        that ``subnormal`` and ``zero`` are lower bounds.

    Notes
    -----
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> from mgc.data.datasets import open_dataset
    >>> table = mel_ranges(open_dataset("synthetic").store)
    >>> table.loc[table["format"] == "float32", "overflow"].tolist()
    [0.0, 0.0, 0.0]
    """
    levels = (store.decode(row).astype(np.float64) for row in range(len(store)))
    references = store.clips["ref_db"]
    return _ranges(10 ** ((dB + ref) / 10) for dB, ref in zip(levels, references, strict=True))


def level_errors(store: FeatureStore) -> pd.DataFrame:
    """Say how finely narrow formats hold the levels of a store.

    Parameters
    ----------
    store : FeatureStore
        Log-mel features.

    Returns
    -------
    DataFrame
        One row a format: ``spacing``, the largest distance between neighbouring numbers at these
        levels; ``max`` and ``rms``, the error of rounding the decoded levels; all in dB.

    Notes
    -----
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> from mgc.data.datasets import open_dataset
    >>> level_errors(open_dataset("synthetic").store).set_index("format")["spacing"].to_dict()
    {'float16': 0.0625, 'bfloat16': 0.5, 'float32': 7.62939453125e-06}
    """
    rows = []
    for name in NARROW:
        widest, largest, squares = 0.0, 0.0, 0.0
        for row in range(len(store)):
            level = store.decode(row)
            error = np.abs(to_format(level, name).astype(np.float64) - level)
            widest = max(widest, float(spacing(level, name).max()))
            largest, squares = max(largest, float(error.max())), squares + (error**2).sum()
        rms = float(np.sqrt(squares / store.values.size))
        rows.append({"format": name, "spacing": widest, "max": largest, "rms": rms})
    return pd.DataFrame(rows)


def statistics_errors(store: FeatureStore, every: int = 4) -> pd.DataFrame:
    """Measure means and deviations of the bands, accumulated in narrow formats.

    Parameters
    ----------
    store : FeatureStore
        Log-mel features.
    every : int
        One band in so many is looked at.

    Returns
    -------
    DataFrame
        One row for each ``over`` (``"clip"``: the columns of one clip; ``"data set"``: those of
        all clips in a row), ``statistic`` (mean, deviation), ``method`` and ``format``: ``rms``
        and ``max``, the error against float64 in dB where a number came out, and ``lost``, the
        share of statistics where none did (infinite, or the root of a negative variance).

    Notes
    -----
    Every value and every operation is rounded to the format, but for the method "float32 total",
    which rounds the values alone, and for what turns a sum into a mean or a variance into a
    deviation.
    Book: Floating point: formats, sums and softmax.

    Examples
    --------
    >>> from mgc.data.datasets import open_dataset
    >>> found = statistics_errors(open_dataset("synthetic").store)
    >>> found = found.set_index(["over", "statistic", "method", "format"])["max"]
    >>> bool(found["data set", "mean", "recursive", "bfloat16"] > 10)
    True
    """
    clips = np.stack([store.decode(row)[::every] for row in range(len(store))])
    rows = _errors("clip", clips.transpose(2, 0, 1), tuple(VARIANCES))
    whole = clips.transpose(1, 0, 2).reshape(clips.shape[1], -1)  # bands, columns of all clips
    # Welford's loop would take a step for each of the columns of all clips.
    rows += _errors("data set", whole.T, ("one pass", "two passes"))
    return pd.DataFrame(rows)


def _ranges(powers: Iterable[NDArray[Any]]) -> pd.DataFrame:
    rows = []
    for clip, S in enumerate(powers):
        for quantity, scaled in _QUANTITIES.items():
            x = scaled(S)
            for name in NARROW:
                counts = range_counts(x, name)
                row = {"quantity": quantity, "format": name, "clips": clip, "values": x.size}
                rows.append(row | counts | {"clips_overflow": counts["overflow"] > 0})
    if not rows:
        raise DataError("there are no clips to look at: give at least one")
    table = pd.DataFrame(rows).groupby(["quantity", "format"], sort=False, as_index=False)
    found = table.agg({"clips": "nunique"} | dict.fromkeys(list(rows[0])[3:], "sum"))
    shares = ["overflow", "subnormal", "zero"]
    found[shares] = found[shares].div(found["values"], axis=0)
    return found


def _errors(
    over: str, values: NDArray[np.float32], variances: Sequence[str]
) -> list[dict[str, object]]:
    """Return the rows of one table for values whose first axis is summarised."""
    exact = values.astype(np.float64)
    truth = {"mean": exact.mean(axis=0), "deviation": exact.std(axis=0)}
    sums = {
        "recursive": recursive_sum,
        "pairwise": pairwise_sum,
        "float32 total": lambda x, name: recursive_sum(to_format(x, name), "float32"),
    }
    rows = []
    for name in NARROW:
        found: dict[tuple[str, str], NDArray[np.float64]] = {}
        for method, add in sums.items():
            found["mean", method] = _each_column(add, values, name) / len(values)
        for method in variances:
            variance = _each_column(VARIANCES[method], values, name)
            with np.errstate(invalid="ignore"):
                found["deviation", method] = np.sqrt(variance)
        for (statistic, method), value in found.items():
            error = np.abs(value - truth[statistic])
            there = np.isfinite(error)
            rows.append(
                {
                    "over": over,
                    "statistic": statistic,
                    "method": method,
                    "format": name,
                    "rms": np.sqrt(np.mean(error[there] ** 2)) if there.any() else np.nan,
                    "max": error[there].max() if there.any() else np.nan,
                    "lost": 1 - there.mean(),
                }
            )
    return rows


def _each_column(function: Any, values: NDArray[Any], format: str) -> NDArray[np.float64]:
    """Apply a function of (values, format) to pieces that fit into memory."""
    pieces = max(1, values.size // 2**24)
    axis = values.ndim - 1
    parts = [function(part, format) for part in np.array_split(values, pieces, axis=axis)]
    return np.concatenate(parts, axis=-1)
