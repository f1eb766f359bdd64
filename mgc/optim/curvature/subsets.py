"""On which examples the sharpness is measured, and how much that matters."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from mgc.errors import DataError


def balanced_subset(
    labels: ArrayLike, clips: ArrayLike, per_class: int, rng: np.random.Generator, *, whole: bool
) -> NDArray[np.int64]:
    """Draw as many segments of each genre, of different clips or of whole clips.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
        Genre of each segment.
    clips : array_like of shape (n,)
        Clip of each segment.
    per_class : int > 0
        Segments of each genre.
    rng : numpy.random.Generator
        Decides.
    whole : bool
        Take clips with all their segments (the last one may be cut short) instead of one segment
        of each clip.

    Returns
    -------
    ndarray of int64, shape (genres * per_class,)
        Sorted indices.

    Raises
    ------
    DataError
        If a genre has too few segments or clips.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> clips = [0, 0, 1, 1, 2, 2, 3, 3]
    >>> balanced_subset([0, 0, 0, 0, 1, 1, 1, 1], clips, 2, rng, whole=True).tolist()
    [2, 3, 6, 7]

    Book: Curvature and stability of our networks
    """
    table = pd.DataFrame({"label": np.asarray(labels), "clip": np.asarray(clips)})
    table = table.sample(frac=1, random_state=rng)
    if whole:
        # Clips come in the order in which their first segment was drawn.
        first = table.groupby("label")["clip"].transform(lambda c: pd.factorize(c)[0])
        table = table.assign(order=first).sort_values("order", kind="stable")
    else:
        table = table.drop_duplicates("clip")
    chosen = table.groupby("label").head(per_class)
    counts = chosen["label"].value_counts()
    if per_class < 1 or counts.min() < per_class:
        raise DataError(
            f"{per_class} segments of each genre were asked for, but genre {counts.idxmin()} has "
            f"{counts.min()} to choose from: ask for at least 1 and at most that"
        )
    return np.sort(chosen.index.to_numpy(dtype=np.int64))


def prediction_band(values: ArrayLike, level: float = 0.95) -> tuple[float, float]:
    r"""Return where one more positive value of the same kind is expected.

    Parameters
    ----------
    values : array_like of shape (n,)
        At least two positive numbers, such as the sharpness on subsets.
    level : float in (0, 1)
        Probability with which the next value falls into the band.

    Returns
    -------
    low, high : float
        :math:`\exp(m \pm t\, s \sqrt{1 + 1/n})` with mean m and deviation s of the logarithms and t
        the quantile of Student's distribution with n - 1 degrees of freedom.

    Raises
    ------
    DataError
        If there are fewer than two values, or one is not positive.

    Notes
    -----
    The level holds for independent values with normal logarithms; subsets that share examples are
    neither independent nor as different as fresh ones.

    Examples
    --------
    >>> [round(end, 3) for end in prediction_band([9.0, 10.0, 11.0])]
    [6.053, 16.411]

    Book: Curvature and stability of our networks
    """
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 1 or x.size < 2 or not (x > 0).all() or not 0 < level < 1:
        raise DataError(
            f"a band of level {level:g} was asked for {x.size} values, the smallest "
            f"{x.min(initial=np.inf):g}: it takes at least two positive values and a level "
            "between 0 and 1"
        )
    logs = np.log(x)
    quantile = student.ppf((1 + level) / 2, x.size - 1)
    half = quantile * logs.std(ddof=1) * np.sqrt(1 + 1 / x.size)
    return float(np.exp(logs.mean() - half)), float(np.exp(logs.mean() + half))


def subset_bands(table: pd.DataFrame) -> pd.DataFrame:
    """Return the band of each kind and size of subset, and where its last draw lies.

    Parameters
    ----------
    table : DataFrame
        ``data/curvature/subsets.csv``: ``whole_clips``, ``segments``, ``draw``, ``clips``,
        ``sharpness``.

    Returns
    -------
    DataFrame
        One row a kind and size: ``whole_clips``, ``segments``, ``clips``, ``draws``, ``mean``
        (geometric), ``low`` and ``high`` of :func:`prediction_band`
        from all draws but the last, ``second``, the value of the last one, and ``inside``.

    Raises
    ------
    DataError
        If columns are missing or there are fewer than three draws.

    Examples
    --------
    >>> table = pd.DataFrame({"whole_clips": False, "segments": 50, "clips": 50,
    ...     "draw": [0, 1, 2], "sharpness": [9.0, 11.0, 10.0]})
    >>> bool(subset_bands(table)["inside"].iloc[0])
    True

    Book: Curvature and stability of our networks
    """
    absent = {"whole_clips", "segments", "clips", "draw", "sharpness"} - set(table.columns)
    if absent:
        raise DataError(
            f"the table lacks {', '.join(sorted(absent))}: make data/curvature/subsets.csv again "
            "with 'python -m mgc.train.curvature'"
        )
    rows = []
    for (whole, segments), group in table.groupby(["whole_clips", "segments"]):
        values = group.sort_values("draw")["sharpness"].to_numpy(dtype=np.float64)
        low, high = prediction_band(values[:-1])
        rows.append(
            {
                "whole_clips": whole,
                "segments": segments,
                "clips": round(group["clips"].mean()),
                "draws": len(values) - 1,
                "mean": float(np.exp(np.log(values[:-1]).mean())),
                "low": low,
                "high": high,
                "second": values[-1],
                "inside": bool(low <= values[-1] <= high),
            }
        )
    return pd.DataFrame(rows)
