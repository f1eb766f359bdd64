"""Front ends compared: one classifier, one split, and only the features differ.

Each is compared with log-mel levels on the same clips, whole artist groups resampled for both at
once.  An interval holds the choice of clips and artists, not that of seeds.
"""

from collections.abc import Sequence

import pandas as pd

from mgc.errors import RunError
from mgc.evaluate.arms import arm_accuracy, arm_difference, pick_arm

#: What the others are compared with.
REFERENCE = "log_mel"


#: Columns of :func:`features_table` that hold an estimate and the ends of its interval.
LEVEL = ["accuracy", "low", "high"]
APART = ["difference", "difference_low", "difference_high"]


def features_table(
    clips: pd.DataFrame, features: Sequence[str], reference: str = REFERENCE
) -> pd.DataFrame:
    """Compare features under each model and split that they were counted for.

    Parameters
    ----------
    clips : DataFrame
        Of :func:`mgc.evaluate.counts.count_runs`, every arm with the same number of training clips.
    features : sequence of str
        Names to show, in this order; what was not run for a model is left out there.
    reference : str
        What they are compared with, under the same model and split.

    Returns
    -------
    DataFrame
        One row per model, split and features: ``model, split, features, clips, groups``;
        ``accuracy, low, high`` (track level, 95 % interval over artist groups); ``difference,
        difference_low, difference_high`` (to the reference, paired).  Shares in [0, 1].

    Raises
    ------
    RunError
        If no arm has one of the features, or the reference is missing or tested other clips.

    Book: Front ends compared
    """
    rows = []
    for (model, split), part in clips.groupby(["model", "split"]):
        base = pick_arm(part, features=reference)
        for name in features:
            if name not in set(part["features"]):
                continue
            arm = pick_arm(part, features=name)
            if not arm.index.equals(base.index):
                raise RunError(
                    f"{name} and {reference} were tested on {len(arm)} and {len(base)} clips of "
                    f"{split} with {model}: compare runs of the same store"
                )
            level, found = arm_accuracy(arm), arm_difference(arm, base)
            ends = (level.estimate, level.low, level.high, found.estimate, found.low, found.high)
            rows.append((model, split, name, len(arm), level.n_groups, *ends))
    if not rows:
        raise RunError(f"no arm has features {', '.join(features)}: make the runs with 'mgc sweep'")
    facts = ["model", "split", "features", "clips", "groups"]
    return pd.DataFrame(rows, columns=[*facts, *LEVEL, *APART])


def readable(table: pd.DataFrame, reference: str = REFERENCE) -> pd.DataFrame:
    """Write :func:`features_table` for readers.

    Parameters
    ----------
    table : DataFrame
        Of :func:`features_table`.
    reference : str
        Whose difference to itself is left out.

    Returns
    -------
    DataFrame
        Indexed by ``features``: ``model, split``, and as text with the interval in brackets
        ``accuracy (%)`` and ``difference (points)``.

    Examples
    --------
    >>> row = ("svm", "artist_cv", "mel", 9, 3, 0.5, 0.4, 0.6, -0.1, -0.2, 0.01)
    >>> facts = ["model", "split", "features", "clips", "groups"]
    >>> readable(pd.DataFrame([row], columns=[*facts, *LEVEL, *APART])).iloc[0].tolist()
    ['svm', 'artist_cv', '50.0 (40.0 to 60.0)', '-10.0 (-20.0 to +1.0)']

    Book: Front ends compared
    """
    texts = {
        "accuracy (%)": ("{:.1f} ({:.1f} to {:.1f})", LEVEL),
        "difference (points)": ("{:+.1f} ({:+.1f} to {:+.1f})", APART),
    }
    shown = table[["features", "model", "split"]].copy()
    for title, (form, columns) in texts.items():
        shown[title] = [form.format(*row) for row in 100 * table[columns].to_numpy()]
    shown.loc[shown["features"] == reference, "difference (points)"] = ""
    return shown.set_index("features")
