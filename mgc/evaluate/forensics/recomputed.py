"""What the printed numbers of the paper give when they are computed again."""

from functools import cache

import pandas as pd

from mgc.errors import DataError
from mgc.evaluate.forensics.cost import FLOAT32, chain_gradient, drawn_cost, time_claims
from mgc.evaluate.forensics.decimals import (
    class_counts,
    error_count,
    sample_sizes,
    whole_table,
)
from mgc.evaluate.forensics.one_vs_rest import chance_score, invert_printed, one_vs_rest_table
from mgc.evaluate.forensics.printed import printed, printed_confusion

#: Columns of whole percentages.
SCORES = ["precision", "recall", "f1"]


def class_scores(data_set: str) -> pd.DataFrame:
    """Return Table 6 for one data set, each column under its right heading, in percent.

    Fig. 5 of the paper shows how the columns of HMR are shifted, and the harmonic mean confirms it.

    Examples
    --------
    >>> class_scores("HMR").loc["ektaal"].tolist()
    [84.0, 91.0, 88.0, 92.35]

    Book: Patil et al. (2023), re-read
    """
    rows = printed("per_class")
    found = rows[rows["data_set"] == data_set].set_index("class")
    if found.empty:
        raise DataError(f"Table 6 has no data set {data_set!r}; it has IMG, HMR and Tabla")
    if data_set == "HMR":
        right = {"precision": "accuracy", "recall": "precision", "f1": "recall", "accuracy": "f1"}
        found = found.rename(columns=right)
    found = found[[*SCORES, "accuracy"]].astype(float)
    if data_set == "Tabla":  # all but the accuracies are printed as shares
        found[SCORES] = (100 * found[SCORES]).round()
    return found


@cache
def numbers() -> dict[str, float]:
    """Return every number that the verdicts and their reasons rest on, computed from print.

    Examples
    --------
    >>> round(100 * numbers()["gtzan"], 2)
    97.05

    Book: Patil et al. (2023), re-read
    """
    matrix, names = printed_confusion()
    table, cost, small = one_vs_rest_table(matrix, names), drawn_cost(), drawn_cost(1)
    machine, rates = "K80 GPU", time_claims()
    found = {
        "gtzan": float(matrix.trace() / matrix.sum()),
        "gtzan_mean": float(table["accuracy"].mean()),
        "gtzan_least": float(table["accuracy"].min()),
        "gtzan_greatest": float(table["accuracy"].max()),
        "gtzan_f1": float(table["f1"].mean()),
        "gtzan_row": float(table["support"].max()),
        "gtzan_decisions": float(matrix.sum()),
        "chance": chance_score(10),
        "flops": cost.flops / 1e9,
        "flops_small": small.flops / 1e9,
        "weights_mb": FLOAT32 * cost.weights / 1e6,
        "maps_mb": cost.map_bytes / 1e6,
        "joint_mb": cost.joint_bytes / 1e6,
        "rate": float(rates["rate_3"][machine]),
        "rate_small": float(rates["rate_1"][machine]),
        "vanishing": chain_gradient(0.5, 0.25, 20),
    }
    for name in ("HMR", "Tabla", "IMG"):
        scores = class_scores(name)["accuracy"]
        sizes = sample_sizes(scores.tolist(), 3000)
        found[f"{name}_accuracy"] = invert_printed(scores).accuracy
        found[f"{name}_n"] = float(sizes["n"].iloc[0])
        found[f"{name}_wrong"] = float(sizes["wrong"].iloc[0])
    rivals = printed("img").set_index("class")
    return found | {f"IMG_{name}": invert_printed(rivals[name]).accuracy for name in rivals}


def tabla_counts(n: int = 561) -> pd.DataFrame | None:
    """Find whole counts behind Tabla's rows of Table 6, as near to the stated classes as possible.

    Returns
    -------
    DataFrame or None
        Index ``class``; ``files`` (stated), ``support``, ``missed`` and ``wrongly``, with `n` files
        in all; None if there are none.  Where the stated size fits, it is taken.

    Examples
    --------
    >>> found = tabla_counts()
    >>> found[found["files"] != found["support"]][["files", "support"]].values.tolist()
    [[72, 69], [60, 63]]

    Book: Patil et al. (2023), re-read
    """
    scores = class_scores("Tabla")
    files = printed("classes").set_index("class")["files"]
    errors = [error_count(accuracy, n) for accuracy in scores["accuracy"]]
    choices = []
    for count, name, three in zip(errors, scores.index, scores[SCORES].to_numpy(), strict=True):
        if count is None:
            return None
        stated = class_counts(count, [int(files[name])], *three)
        fitting = class_counts(count, range(1, n), *three) if stated.empty else stated
        choices.append(fitting)
    found = whole_table(choices, n, sum(filter(None, errors)) // 2)
    if found is None:
        return None
    found.insert(0, "files", files[scores.index].to_numpy())
    return found.set_index(scores.index)
