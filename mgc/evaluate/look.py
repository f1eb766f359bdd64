"""Arms on the same clips, scored side by side: accuracy, spread over seeds, paired difference."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mgc.errors import RunError
from mgc.evaluate.bootstrap import artist_bootstrap_runs, paired_difference
from mgc.evaluate.metrics import macro_recall

#: Columns that readers get as percentages, and as points with a sign.
_SHARES, _POINTS = ("accuracy", "low", "high"), ("difference", "difference_low", "difference_high")


def score_arms(
    arms: Mapping[str, Sequence[pd.DataFrame]], reference: str | None = None
) -> pd.DataFrame:
    """Score arms clip by clip, and each against one of them.

    Parameters
    ----------
    arms : mapping of str to sequence of DataFrame
        Name to the track decisions of its seeds; all on the same clips of one part.
    reference : str, optional
        The arm that the others are compared with; the first if not given.

    Returns
    -------
    DataFrame
        Index ``arm``, in the order given.  ``accuracy, low, high``: mean over seeds with its 95 %
        interval over artists; ``seeds``; ``accuracy_by_seed`` (tuple); ``macro_recall``;
        ``difference, difference_low, difference_high``: of the means, arm minus reference, on the
        same resampled artists.  Shares in [-1, 1].

    Raises
    ------
    RunError
        If there is no such reference.
    DataError
        If the arms were not scored on the same clips.

    Examples
    --------
    >>> tracks = pd.DataFrame({"clip": list("abcd"), "part": "test", "group": list("xxyz"),
    ...     "true": "pop", "predicted": "pop", "correct": [True, True, False, True]})
    >>> table = score_arms({"one": [tracks], "all right": [tracks.assign(correct=True)]})
    >>> table["difference"].tolist()
    [0.0, 0.25]

    Book: The best honest model
    """
    reference = next(iter(arms), "") if reference is None else reference
    if reference not in arms:
        raise RunError(f"reference is {reference!r}, but the arms are {', '.join(arms) or 'none'}")
    against = arms[reference]
    rows = [{"arm": name, **_scores(seeds, against)} for name, seeds in arms.items()]
    return pd.DataFrame(rows).set_index("arm")


def _scores(seeds: Sequence[pd.DataFrame], against: Sequence[pd.DataFrame]) -> dict[str, Any]:
    score, gain = artist_bootstrap_runs(seeds), paired_difference(seeds, against)
    return {
        "accuracy": score.estimate,
        "low": score.low,
        "high": score.high,
        "seeds": len(seeds),
        "accuracy_by_seed": tuple(float(frame["correct"].mean()) for frame in seeds),
        "macro_recall": float(np.mean([macro_recall(t["true"], t["predicted"]) for t in seeds])),
        "difference": gain.estimate,
        "difference_low": gain.low,
        "difference_high": gain.high,
    }


def readable_scores(table: pd.DataFrame) -> pd.DataFrame:
    """Write :func:`score_arms`, or :func:`mgc.evaluate.ideas.ideas_table`, for readers.

    Returns
    -------
    DataFrame
        As text: ``accuracy, %`` and ``difference, points``, each with its 95 % interval, and
        ``single seeds, %`` where there are several; the index stays.

    Examples
    --------
    >>> table = pd.DataFrame({"accuracy": [0.7], "low": 0.65, "high": 0.75, "difference": 0.1,
    ...     "difference_low": 0.04, "difference_high": 0.16}, index=["best"])
    >>> readable_scores(table).loc["best"].tolist()
    ['70.0 (65.0 to 75.0)', '+10.0 (+4.0 to +16.0)']

    Book: The best honest model
    """
    shares, points = 100 * table[list(_SHARES)], 100 * table[list(_POINTS)]
    text = pd.DataFrame(index=table.index)
    text["accuracy, %"] = ["{:.1f} ({:.1f} to {:.1f})".format(*row) for row in shares.to_numpy()]
    text["difference, points"] = [
        "{:+.1f} ({:+.1f} to {:+.1f})".format(*row) for row in points.to_numpy()
    ]
    if "accuracy_by_seed" in table.columns and (table["seeds"] > 1).any():
        text["single seeds, %"] = [
            ", ".join(f"{100 * a:.1f}" for a in row) for row in table["accuracy_by_seed"]
        ]
    return text
