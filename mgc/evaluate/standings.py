"""Arms of the whole study side by side: scored on the same clips, and compared pair by pair.

An arm is one configuration with all its seeds and, under cross-validation, all its folds: the test
parts of the folds are put together, so that every clip is decided once for each seed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mgc.errors import RunError
from mgc.evaluate.bootstrap import crossed_difference
from mgc.evaluate.held_out import held_out
from mgc.evaluate.look import score_arms
from mgc.evaluate.paired_clips import compare_clips
from mgc.evaluate.resampling import Interval
from mgc.evaluate.runs import Run

#: Standard errors between zero and a difference that a two-sided test at 0.05 finds with power 0.8:
#: the normal quantiles of 0.975 and of 0.8.
_QUANTILES = (1.959964, 0.841621)

Arms = Mapping[str, Sequence[Run]]


def standings(arms: Arms) -> pd.DataFrame:
    """Score every arm on all its test clips.

    Parameters
    ----------
    arms : mapping of str to sequence of Run
        Name to runs that differ in seed and fold alone, each seed with the same folds.

    Returns
    -------
    DataFrame
        :func:`mgc.evaluate.look.score_arms` (differences are to the first arm) after the columns
        ``model, optimizer, seeds, folds, clips, groups, both_low, both_high``: the last two are the
        95 % interval of the accuracy over artist groups and seeds at once, NaN for a single seed.

    Raises
    ------
    RunError
        If there is no arm, or as :func:`mgc.evaluate.held_out.held_out`.

    Examples
    --------
    >>> standings({})
    Traceback (most recent call last):
        ...
    mgc.errors.RunError: no arm to score: make runs with 'mgc sweep'

    Book: Main results
    """
    if not arms:
        raise RunError("no arm to score: make runs with 'mgc sweep'")
    tracks = {name: held_out(runs) for name, runs in arms.items()}
    facts = {name: _facts(arms[name], tracks[name]) for name in arms}
    table = pd.DataFrame.from_dict(facts, orient="index").rename_axis("arm")
    return table.join(score_arms(tracks).drop(columns="seeds"))


def _facts(runs: Sequence[Run], tracks: list[pd.DataFrame]) -> dict[str, Any]:
    over_both = _over_seeds_too(tracks)
    return {
        "model": runs[0].config["model"],
        "optimizer": runs[0].config["optimizer"],
        "seeds": len(tracks),
        "folds": len(runs) // len(tracks),
        "clips": len(tracks[0]),
        "groups": tracks[0]["group"].nunique(),
        "both_low": over_both.low if over_both else np.nan,
        "both_high": over_both.high if over_both else np.nan,
    }


def _over_seeds_too(tracks: list[pd.DataFrame]) -> Interval | None:
    """Resample seeds beside artists: the difference to one that is never right is the accuracy."""
    if len(tracks) < 2:
        return None
    return crossed_difference(tracks, [frame.assign(correct=False) for frame in tracks])


def compare_standings(arms: Arms) -> pd.DataFrame:
    """Compare all pairs of arms on the clips that they share.

    Parameters
    ----------
    arms : mapping of str to sequence of Run
        As for :func:`standings`, scored on the same clips.

    Returns
    -------
    DataFrame
        :func:`mgc.evaluate.paired_clips.compare_clips` (difference of the means over seeds, its
        interval over artist groups, permutation of artists, Holm over these pairs, McNemar), and
        ``both_low, both_high`` (95 % interval over artist groups and seeds; NaN where the arms
        have not the same number of seeds, at least two) and ``detectable_artists``: the least true
        difference that a z test of one pair, two-sided at level 0.05, would find with power 0.8,
        were its standard error that of the widest interval of the row.  Shares in [-1, 1].

    Raises
    ------
    DataError
        If there are fewer than two arms, or they were scored on different clips.

    Notes
    -----
    Three columns speak of chance, and of different things.  ``p`` swaps the arms artist by artist
    and asks about other artists with these very seeds; ``p_holm`` pays for all pairs of the table.
    ``detectable_artists`` is not the power of that test but a normal approximation beside it: it
    counts seeds, too, where their interval is the widest, and it pays for one pair alone.  Among
    15 pairs the least p value has to be below 0.05 / 15, for which a difference has to be a third
    greater.  ``detectable`` of `compare_clips` takes clips as independent, which those of one
    artist are not.

    Book: Main results
    """
    frames = {name: held_out(runs) for name, runs in arms.items()}
    pairs = compare_clips(frames)
    ends = [
        _crossed(frames[first], frames[second])
        for first, second in zip(pairs["first"], pairs["second"], strict=True)
    ]
    pairs[["both_low", "both_high"]] = np.array(ends, dtype=np.float64).reshape(-1, 2)
    widths = pairs[["high", "both_high"]].to_numpy() - pairs[["low", "both_low"]].to_numpy()
    errors = np.nanmax(widths, axis=1) / (2 * _QUANTILES[0])
    return pairs.assign(detectable_artists=sum(_QUANTILES) * errors)


def _crossed(a: list[pd.DataFrame], b: list[pd.DataFrame]) -> tuple[float, float]:
    if len(a) != len(b) or len(a) < 2:
        return np.nan, np.nan
    found = crossed_difference(a, b)
    return found.low, found.high


def readable_standings(table: pd.DataFrame) -> pd.DataFrame:
    """Write :func:`standings` for readers.

    Parameters
    ----------
    table : DataFrame
        Of :func:`standings`, with or without a column ``group``.

    Returns
    -------
    DataFrame
        As text: ``seeds``, ``accuracy (%)`` with its interval over artists, ``single seeds`` from
        least to most, ``macro recall``.

    Examples
    --------
    >>> row = {"seeds": 2, "accuracy": 0.5, "low": 0.4, "high": 0.6, "macro_recall": 0.45,
    ...     "accuracy_by_seed": (0.47, 0.53)}
    >>> readable_standings(pd.DataFrame({"a": row}).T).iloc[0].tolist()
    ['2', '50.0 (40.0 to 60.0)', '47.0 to 53.0', '45.0']

    Book: Main results
    """
    shown = table[[name for name in ("group",) if name in table]].copy()
    shown["seeds"] = [str(n) for n in table["seeds"]]
    percent = 100 * table[["accuracy", "low", "high", "macro_recall"]].astype(float)
    shown["accuracy (%)"] = [
        f"{mean:.1f} ({low:.1f} to {high:.1f})"
        for mean, low, high in percent[["accuracy", "low", "high"]].to_numpy()
    ]
    shown["single seeds"] = [
        f"{100 * min(s):.1f} to {100 * max(s):.1f}" if len(s) > 1 else ""
        for s in table["accuracy_by_seed"]
    ]
    shown["macro recall"] = percent["macro_recall"].map("{:.1f}".format)
    return shown


def readable_differences(pairs: pd.DataFrame) -> pd.DataFrame:
    """Write :func:`compare_standings` for readers, with the power beside every pair.

    Parameters
    ----------
    pairs : DataFrame
        Of :func:`compare_standings`, with or without ``network`` and ``group``.

    Returns
    -------
    DataFrame
        Indexed by ``pair``, as text: ``network`` and ``group`` where they are known; ``difference``
        in points with its 95 % intervals ``over artists`` and ``and seeds``; ``p (Holm)``;
        ``found with power 0.8`` (``detectable_artists``, in points, of one pair by itself); and the
        verdict: ``differ``; ``these runs differ``, where other seeds need not or were not asked;
        or ``not told apart`` (``p_holm`` above 0.05).

    Examples
    --------
    >>> row = {"first": "a", "second": "b", "difference": 0.01, "low": -0.02, "high": 0.04,
    ...     "both_low": np.nan, "both_high": np.nan, "p_holm": 0.4, "detectable_artists": 0.043}
    >>> readable_differences(pd.DataFrame([row])).iloc[0].tolist()
    ['+1.0', '-2.0 to +4.0', '', '0.400', '4.3', 'not told apart']

    Book: Main results
    """
    told = [name for name in ("network", "group") if name in pairs]
    rows = [
        {
            "pair": f"{row['first']} − {row['second']}",
            **{name: row[name] for name in told},
            "difference": f"{100 * row['difference']:+.1f}",
            "over artists": f"{100 * row['low']:+.1f} to {100 * row['high']:+.1f}",
            "and seeds": ""
            if np.isnan(row["both_low"])
            else f"{100 * row['both_low']:+.1f} to {100 * row['both_high']:+.1f}",
            "p (Holm)": f"{row['p_holm']:.3f}",
            "found with power 0.8": f"{100 * row['detectable_artists']:.1f}",
            "verdict": _verdict(row),
        }
        for row in pairs.to_dict("records")
    ]
    return pd.DataFrame(rows).set_index("pair")


def _verdict(row: Mapping[Any, Any]) -> str:
    if row["p_holm"] > 0.05:
        return "not told apart"
    return "differ" if row["both_low"] > 0 or row["both_high"] < 0 else "these runs differ"
