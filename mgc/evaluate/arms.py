"""Arms of an experiment, scored clip by clip: accuracy and paired difference over artist groups.

An arm is what :func:`mgc.evaluate.counts.count_runs` counts together: the same configuration on
every fold and every round.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mgc.errors import RunError
from mgc.evaluate.counts import ARM
from mgc.evaluate.resampling import Interval, resample_groups

#: Unit -> the columns that count its decisions and the right ones.
UNITS = {"track": ("rounds", "correct"), "segment": ("segments", "segments_correct")}


def pick_arm(clips: pd.DataFrame, **facts: Any) -> pd.DataFrame:
    """Return the rows of one arm, indexed by clip.

    Parameters
    ----------
    clips : DataFrame
        Of :func:`mgc.evaluate.counts.count_runs`.
    **facts
        Columns of `ARM` and their values; those that leave one arm.

    Raises
    ------
    RunError
        If there is no such arm, or several.

    Book: Front ends compared
    """
    chosen = clips[(clips[list(facts)] == list(facts.values())).all(axis=1)]
    found = chosen[list(ARM)].drop_duplicates()
    if len(found) != 1:
        varied = [name for name in ARM if found[name].nunique() > 1]
        raise RunError(
            f"{facts} is the description of {len(found)} arms"
            + (f", of different {', '.join(varied)}" if varied else "")
            + ", but exactly one is needed: say more, or make runs with 'mgc sweep' and "
            "'mgc collect'"
        )
    return chosen.set_index("clip").sort_index()


def arm_accuracy(arm: pd.DataFrame, unit: str = "track") -> Interval:
    """Return the mean accuracy over rounds with its 95 % interval over artist groups.

    Parameters
    ----------
    arm : DataFrame
        As :func:`pick_arm` returns it.
    unit : {'track', 'segment'}
        What is decided.
    """
    sums = _sums(arm, sorted(arm["group"].unique()), unit)
    return resample_groups(lambda counts: _ratio(counts, sums), arm["group"])


def arm_difference(a: pd.DataFrame, b: pd.DataFrame, unit: str = "track") -> Interval:
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
    >>> print(arm_difference(a, a))
    0.000 [0.000, 0.000]
    """
    groups = pd.concat([a["group"], b["group"][b.index.difference(a.index)]])
    names = sorted(groups.unique())
    of_a, of_b = _sums(a, names, unit), _sums(b, names, unit)
    return resample_groups(lambda counts: _ratio(counts, of_a) - _ratio(counts, of_b), groups)


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
