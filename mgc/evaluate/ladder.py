"""The leakage ladder: the same model and as many training clips on splits that leak less and less.

Rungs test the same clips, so a difference is a matter of the training part alone, of what it shares
with the test and of how varied it is: a rung's *inflation* is what it shows above the next, on the
clips that both test, with whole artist groups resampled for both at once.
"""

import pandas as pd

from mgc.data.manifest import N_FOLDS
from mgc.data.splits import make_split
from mgc.evaluate.arms import UNITS, arm_accuracy, arm_difference, pick_arm
from mgc.evaluate.resampling import Interval

#: From the leakiest split to the strictest.
RUNGS = ("segment_random", "track_random", "duplicate_free", "artist_cv", "fault_filtered")

#: Training clips of each genre on every rung.
PER_GENRE = 40


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
    return pick_arm(
        clips, split=split, train_per_genre=train_per_genre, train_on_valid=train_on_valid
    )


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
            found = arm_accuracy(arm, unit)
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
            found = arm_difference(a.loc[common], b.loc[common], unit)
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
        found = arm_difference(after, before)
        levels = (arm_accuracy(before).estimate, arm_accuracy(after).estimate)
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
            found = arm_accuracy(select_arm(clips, split, per_genre, on_valid))
            n = n_genres * per_genre if per_genre else (more if on_valid else whole)
            rows.append((split, round(n), *_numbers(found)))
    table = pd.DataFrame(rows, columns=["rung", "training_clips", "accuracy", "low", "high"])
    return table.sort_values(["rung", "training_clips"], ignore_index=True)


def _numbers(found: Interval) -> tuple[float, float, float]:
    return found.estimate, found.low, found.high
