"""The leakage ladder: the same model and as many training clips on splits that leak less and less.

Rungs test the same clips, so a difference is a matter of the training part alone, of what it shares
with the test and of how varied it is: a rung's *inflation* is what it shows above the next, on the
clips that both test, with whole artist groups resampled for both at once.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mgc.data.manifest import N_FOLDS
from mgc.data.splits import make_split
from mgc.errors import RunError
from mgc.evaluate.resampling import Interval, resample_groups

#: From the leakiest split to the strictest.
RUNGS = ("segment_random", "track_random", "duplicate_free", "artist_cv", "fault_filtered")

#: Training clips of each genre on every rung.
PER_GENRE = 40

#: Unit -> the columns that count its decisions and the right ones.
UNITS = {"track": ("rounds", "correct"), "segment": ("segments", "segments_correct")}


def select_arm(
    clips: pd.DataFrame,
    split: str,
    train_per_genre: int = PER_GENRE,
    train_on_valid: bool = False,
) -> pd.DataFrame:
    """Return the rows of one arm, indexed by clip.

    Parameters
    ----------
    clips : DataFrame
        Of one model, as :func:`mgc.evaluate.counts.count_runs` returns it.
    split, train_per_genre, train_on_valid
        What tells the arm.

    Raises
    ------
    RunError
        If there is no such arm, or one of several models.
    """
    arm: dict[str, Any] = {
        "split": split,
        "train_per_genre": train_per_genre,
        "train_on_valid": train_on_valid,
    }
    chosen = clips[(clips[list(arm)] == list(arm.values())).all(axis=1)]
    models = sorted(chosen["model"].unique())
    if len(models) != 1:
        raise RunError(
            f"{arm} was made with {', '.join(models) or 'no model'}: the ladder needs runs of "
            "exactly one; select them, or make them with 'mgc sweep' and 'mgc collect'"
        )
    return chosen.set_index("clip").sort_index()


def rung_accuracy(arm: pd.DataFrame, unit: str = "track") -> Interval:
    """Return the mean accuracy over rounds with its 95 % interval over artist groups.

    Parameters
    ----------
    arm : DataFrame
        As :func:`select_arm` returns it.
    unit : {'track', 'segment'}
        What is decided.
    """
    sums = _sums(arm, sorted(arm["group"].unique()), unit)
    return resample_groups(lambda counts: _ratio(counts, sums), arm["group"])


def rung_difference(a: pd.DataFrame, b: pd.DataFrame, unit: str = "track") -> Interval:
    """Return the accuracy of `a` minus that of `b`, artist groups resampled for both at once.

    Parameters
    ----------
    a, b : DataFrame
        Two arms; they may hold different clips, which count in their own mean alone.
    unit : {'track', 'segment'}
        What is decided.

    Examples
    --------
    >>> a = pd.DataFrame({"group": ["x", "y"], "rounds": 2, "correct": [2, 1]}, index=["p", "q"])
    >>> print(rung_difference(a, a))
    0.000 [0.000, 0.000]
    """
    groups = pd.concat([a["group"], b["group"][b.index.difference(a.index)]])
    names = sorted(groups.unique())
    of_a, of_b = _sums(a, names, unit), _sums(b, names, unit)
    return resample_groups(lambda counts: _ratio(counts, of_a) - _ratio(counts, of_b), groups)


def ladder_table(clips: pd.DataFrame, rungs: tuple[str, ...] = RUNGS) -> pd.DataFrame:
    """Summarise the rungs of one model.

    Parameters
    ----------
    clips : DataFrame
        Of one model, with `PER_GENRE` training clips a genre.
    rungs : tuple of str
        Splits to show, in this order.

    Returns
    -------
    DataFrame
        One row a rung and unit: ``rung, unit, clips, groups, rounds, accuracy, low, high`` (95 %
        interval over artist groups).

    Raises
    ------
    RunError
        If a rung is missing.

    Book: Splits and the leakage ladder
    """
    rows = []
    for rung in rungs:
        arm = select_arm(clips, rung)
        for unit in UNITS:
            found = rung_accuracy(arm, unit)
            facts = (rung, unit, len(arm), found.n_groups, int(arm["rounds"].max()))
            rows.append((*facts, found.estimate, found.low, found.high))
    columns = ["rung", "unit", "clips", "groups", "rounds", "accuracy", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def inflation_table(clips: pd.DataFrame, rungs: tuple[str, ...] = RUNGS) -> pd.DataFrame:
    """Compare each rung with the next on the clips that both test.

    Returns
    -------
    DataFrame
        ``rung, next, unit, clips`` (common ones), ``difference, low, high``: accuracy of the rung
        minus that of the next, in [-1, 1], with its 95 % interval over artist groups.

    Raises
    ------
    RunError
        If a rung is missing.

    Book: Splits and the leakage ladder
    """
    rows = []
    for rung, following in zip(rungs, rungs[1:], strict=False):
        a, b = select_arm(clips, rung), select_arm(clips, following)
        common = a.index.intersection(b.index)
        for unit in UNITS:
            found = rung_difference(a.loc[common], b.loc[common], unit)
            rows.append((rung, following, unit, len(common), *_numbers(found)))
    columns = ["rung", "next", "unit", "clips", "difference", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def gap_table(clips: pd.DataFrame) -> pd.DataFrame:
    """Explain the fall from the usual protocol to the published lists, one change at a time.

    It begins with ``track_random`` where everything untested is learnt from, and ends with
    ``fault_filtered`` and its whole training list.  Each step changes one thing, so that the
    differences add up to the gap.

    Parameters
    ----------
    clips : DataFrame
        Of one model, with the arms that the steps name.

    Returns
    -------
    DataFrame
        One row a step: ``step`` (what changes), ``rounds`` (of what comes after), ``before, after``
        (accuracies at track level), ``difference, low, high`` (after minus before, 95 % interval
        over artist groups).

    Raises
    ------
    RunError
        If an arm is missing.

    Book: Splits and the leakage ladder
    """
    usual = select_arm(clips, "track_random", 0, True)
    rung = {name: select_arm(clips, name) for name in RUNGS[1:]}
    kept, listed = rung["duplicate_free"].index, rung["fault_filtered"].index
    stages = [
        ("", usual),
        ("fewer training clips", rung["track_random"]),
        ("repetitions not tested", rung["track_random"].loc[kept]),
        ("repetitions not learnt", rung["duplicate_free"]),
        ("artists kept apart", rung["artist_cv"]),
        ("only the test list tested", rung["artist_cv"].loc[listed]),
        ("only the training list learnt", rung["fault_filtered"]),
        ("all of that list learnt", select_arm(clips, "fault_filtered", 0)),
    ]
    rows = []
    for (_, before), (step, after) in zip(stages, stages[1:], strict=False):
        found = rung_difference(after, before)
        levels = (rung_accuracy(before).estimate, rung_accuracy(after).estimate)
        rows.append((step, int(after["rounds"].max()), *levels, *_numbers(found)))
    columns = ["step", "rounds", "before", "after", "difference", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def size_table(
    clips: pd.DataFrame,
    manifest: pd.DataFrame,
    splits: tuple[str, ...] = ("track_random", "artist_cv"),
) -> pd.DataFrame:
    """Show accuracy against the number of training clips, all else equal.

    Parameters
    ----------
    clips : DataFrame
        Of one model, with arms of several training sizes.
    manifest : DataFrame
        Tells how many clips the parts of a split have (mean over folds, draw of seed 0).
    splits : tuple of str
        Splits with folds.

    Returns
    -------
    DataFrame
        ``rung, training_clips, accuracy, low, high`` (track level, 95 % interval over artist
        groups), sorted by size within each rung.

    Raises
    ------
    RunError
        If an arm is missing.

    Book: Splits and the leakage ladder
    """
    n_genres = manifest["genre"].nunique()
    rows = []
    for split in splits:
        parts = [make_split(manifest, split, fold=fold).parts for fold in range(N_FOLDS)]
        whole = sum(len(part["train"]) for part in parts) / N_FOLDS
        more = whole + sum(len(part["valid"]) for part in parts) / N_FOLDS
        sizes = clips[clips["split"] == split][["train_per_genre", "train_on_valid"]]
        for per_genre, on_valid in sizes.drop_duplicates().itertuples(index=False):
            found = rung_accuracy(select_arm(clips, split, per_genre, on_valid))
            n = n_genres * per_genre if per_genre else (more if on_valid else whole)
            rows.append((split, round(n), *_numbers(found)))
    table = pd.DataFrame(rows, columns=["rung", "training_clips", "accuracy", "low", "high"])
    return table.sort_values(["rung", "training_clips"], ignore_index=True)


def _numbers(found: Interval) -> tuple[float, float, float]:
    return found.estimate, found.low, found.high


def _sums(arm: pd.DataFrame, groups: list[str], unit: str) -> NDArray[np.float64]:
    """Share of right decisions summed over the clips of each group, and clips: (groups, 2)."""
    total, right = UNITS[unit]
    share = arm[right] / arm[total]
    by_group = share.groupby(arm["group"]).agg(["sum", "size"]).reindex(groups, fill_value=0)
    return by_group.to_numpy(dtype=np.float64)


def _ratio(counts: NDArray[np.int64], sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over the clips that each resample draws; counts (resamples, groups)."""
    right, drawn = (counts @ sums).T
    ratio: NDArray[np.float64] = np.divide(right, drawn, out=np.zeros_like(right), where=drawn > 0)
    return ratio
