"""The claims of the paper in one table, with verdicts that its own printed numbers decide.

A verdict is one of four.  *reproduced*: the printed data give the printed number.  *explained*:
they give it, but it means something else than is said.  *contradicted*: they, or arithmetic,
exclude it.  *not testable*: what a test needs is not printed.
"""

from collections.abc import Callable

import pandas as pd

from mgc.errors import DataError
from mgc.evaluate.forensics.columns import f1_excess, rank_assignments, rank_by_f1
from mgc.evaluate.forensics.cost import K80_PEAK
from mgc.evaluate.forensics.decimals import class_counts, sample_sizes
from mgc.evaluate.forensics.one_vs_rest import one_vs_rest_table
from mgc.evaluate.forensics.printed import printed, printed_confusion
from mgc.evaluate.forensics.recomputed import SCORES, class_scores, numbers, tabla_counts

VERDICTS = ("reproduced", "explained", "contradicted", "not testable")


def computed_verdicts() -> dict[str, str]:
    """Decide the verdicts that printed numbers decide.

    Returns
    -------
    dict of str to str
        Name of a claim to its verdict; claims whose test would need what is not printed are absent.

    Examples
    --------
    >>> computed_verdicts()["headline"]
    'explained'

    Book: Patil et al. (2023), re-read
    """
    return {name: decide() for name, decide in _DECISIONS.items()}


def claim_table() -> pd.DataFrame:
    """Return every claim with its verdict, the reason and where the book shows it.

    Returns
    -------
    DataFrame
        ``claim`` (name), ``where`` (in the paper), ``says``, ``verdict``, ``why`` (numbers filled
        in) and ``shown`` (MyST text that refers to a table, figure or section).

    Raises
    ------
    DataError
        If a verdict is none of `VERDICTS`, a reason asks for an unknown number, or a verdict that
        can be computed is written otherwise.

    Examples
    --------
    >>> sorted(set(claim_table()["verdict"]))
    ['contradicted', 'explained', 'not testable', 'reproduced']

    Book: Patil et al. (2023), re-read
    """
    table, decided = printed("claims"), computed_verdicts()
    for name, verdict in zip(table["claim"], table["verdict"], strict=True):
        if verdict not in VERDICTS or decided.get(name, verdict) != verdict:
            raise DataError(
                f"claim {name} is written down as {verdict!r}, but computed is "
                f"{decided.get(name, 'none of ' + ', '.join(VERDICTS))!r}: mend claims.csv"
            )
    try:
        table["why"] = [why.format_map(numbers()) for why in table["why"]]
    except KeyError as error:
        raise DataError(f"claims.csv asks for the number {error}, which is not computed") from error
    return table


def _explained(holds: bool, otherwise: str = "contradicted") -> str:
    return "explained" if holds else otherwise


def _excluded(excluded: bool) -> str:
    return "contradicted" if excluded else "reproduced"


def _two_digits(share: float) -> float:
    return round(100 * share, 2)


def _headline() -> str:
    return _explained(_two_digits(numbers()["gtzan_mean"]) == _proposed("GTZAN"))


def _proposed(data_set: str) -> float:
    table = printed("accuracies")
    rows = table[(table["method"] == "proposed") & (table["row"] == "this paper")]
    return float(rows[rows["data_set"] == data_set]["accuracy"].iloc[0])


def _per_cent() -> pd.DataFrame:
    """Per-class precision, recall and F1 of the printed matrix, in whole percent."""
    table = one_vs_rest_table(*printed_confusion())
    return (100 * table[SCORES]).round()


def _summary_exchanged() -> bool:
    table, cents = printed("summary").set_index("method"), _per_cent()
    means = {name: [float(cents[name].mean())] for name in SCORES}
    best = rank_assignments({name: [float(table[name]["proposed"])] for name in SCORES}, means)
    return bool((best[best["total"] < best["total"].min() + 1e-9]["precision"] == "recall").all())


def _range_exchanged() -> bool:
    table = printed("range").set_index("heading")
    cents = _per_cent()
    ends = {name: [float(cents[name].min()), float(cents[name].max())] for name in SCORES}
    best = rank_assignments({h: table.loc[h].tolist() for h in table.index}, ends).iloc[0]
    return bool((best["accuracy"], best["recall"]) == ("recall", "precision"))


def _taal_shifted() -> bool:
    rows = printed("per_class")
    best = rank_by_f1(rows[rows["data_set"] == "HMR"]).iloc[0]
    return bool(best["excess"] == 0 and best["accuracy"] == "precision")


def _no_test_fifth() -> bool:
    """Whether no fifth of the 561 tabla files, however cut, can have the printed accuracies."""
    scores = class_scores("Tabla")["accuracy"].tolist()
    fifths = {561 // 5, 561 // 5 + 1}
    allowed = [sample_sizes(scores, 200, rounding=r)["n"] for r in ("half_up", "truncated")]
    return not any(fifths & set(sizes) for sizes in allowed)


def _taal_mean() -> str:
    scores = class_scores("HMR")["accuracy"]
    return _explained(abs(float(scores.mean()) - _proposed("HMR")) < 0.005)


def _far_better() -> str:
    table = printed("accuracies")
    rows = table[table["table"] == 4]
    return _excluded(bool((rows["accuracy"] > _proposed("HMR")).any()))


def _counts_fit(data_set: str) -> bool:
    """Whether each class has counts that give its scores, its accuracy being one-vs-rest."""
    scores = class_scores(data_set)
    sizes = sample_sizes(scores["accuracy"].tolist(), 3000)
    n, errors = int(sizes["n"].iloc[0]), sizes["errors"].iloc[0]
    return not any(
        class_counts(count, range(1, n), *three).empty
        for count, three in zip(errors, scores[SCORES].to_numpy(), strict=True)
    )


def _memory() -> dict[str, float]:
    """Return the printed megabytes of each network."""
    table = printed("costs")
    rows = table[table["unit"] == "megabytes"]
    return dict(zip(rows["item"], rows["value"].astype(float), strict=True))


_DECISIONS: dict[str, Callable[[], str]] = {
    "headline": _headline,
    "matrix": lambda: _excluded(len(set(printed_confusion()[0].sum(axis=1))) > 1),
    "test-set": lambda: _excluded(numbers()["gtzan_row"] > 100),
    "per-genre": lambda: _explained(
        (_two_digits(numbers()["gtzan_least"]), _two_digits(numbers()["gtzan_greatest"]))
        == (99.0, 99.85)
    ),
    "summary": lambda: _explained(_summary_exchanged()),
    "extremes": lambda: _explained(_range_exchanged()),
    "taal": _taal_mean,
    "taal-per-class": lambda: _explained(_taal_shifted()),
    "taal-order": lambda: _explained(_taal_shifted()),
    "table-4": _far_better,
    "img": lambda: _explained(_counts_fit("IMG")),
    "img-per-class": lambda: _explained(
        f1_excess(*(class_scores("IMG")[n] for n in SCORES)) == 0 and numbers()["IMG_n"] > 500
    ),
    "tabla-per-class": lambda: _explained(tabla_counts() is not None),
    "split": lambda: _excluded(_no_test_fifth()),
    "time": lambda: _excluded(numbers()["rate_small"] * 1e12 > K80_PEAK),
    "memory": lambda: _excluded(numbers()["joint_mb"] > _memory()["proposed"]),
    "four-times": lambda: _excluded(round(max(_memory().values()) / _memory()["proposed"]) != 4),
    "mean-f1": lambda: _excluded(round(100 * numbers()["gtzan_f1"], 1) != 96.9),
    "prelu": lambda: _excluded(numbers()["vanishing"] < 1e-5),
}
