"""Many runs of one experiment as small tables: per clip how often it was right, per round how well.

A *round* is everything that tests each clip once: the folds of a cross-validation, or one run of
a split without folds.  An *arm* is what rounds are repeated of.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from mgc.data.manifest import N_FOLDS
from mgc.errors import RunError
from mgc.evaluate.runs import YOUNGER, Run
from mgc.evaluate.tracks import segment_decisions, track_decisions
from mgc.files import atomic_file

#: What tells arms apart.
ARM = ("model", "split", "train_per_genre", "train_on_valid", "features")

#: The two tables of :func:`count_runs`.
TABLES = ("clips.csv", "rounds.csv")

_NAMES = dict.fromkeys(("model", "split", "features", "clip", "group", "true"), str)


def count_runs(runs: Iterable[Run]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score the test parts of many runs clip by clip and round by round.

    Parameters
    ----------
    runs : iterable of Run
        Of one data set; each arm and round with all its folds.  Each is read once.

    Returns
    -------
    clips : DataFrame
        One row per arm and clip: the columns of `ARM`, ``clip, group, true``, ``rounds`` and
        ``correct`` (how often it was tested and how often the track decision was right),
        ``segments`` and ``segments_correct``.
    rounds : DataFrame
        One row per arm and ``split_seed``: ``clips``, ``accuracy`` (track level) and
        ``segment_accuracy``, in [0, 1].

    Raises
    ------
    RunError
        If there is no run, a round lacks folds or has one twice, or the runs of an arm differ in
        anything but their draws.

    Notes
    -----
    Where segments of one clip are tested in several folds (``segment_random``), the decision is
    made from all of them, each predicted by the model that has not seen it.

    Book: Splits and the leakage ladder

    Examples
    --------
    >>> count_runs([])
    Traceback (most recent call last):
        ...
    mgc.errors.RunError: no run to count: make runs with 'mgc sweep'
    """
    found: dict[tuple[Any, ...], dict[int, Run]] = {}
    first: dict[tuple[Any, ...], Run] = {}
    for run in runs:
        arm = tuple(run.config[name] for name in ARM)
        _require_alike(first.setdefault(arm, run), run)
        round_ = found.setdefault((*arm, run.config["split_seed"]), {})
        fold = int(run.config["fold"])
        if fold in round_:
            raise RunError(f"{run.folder} and {round_[fold].folder} are the same fold of one round")
        round_[fold] = run
    if not found:
        raise RunError("no run to count: make runs with 'mgc sweep'")
    clips, rounds = [], []
    for key, folds in found.items():
        _require_whole(folds)
        names, split_seed = dict(zip(ARM, key[:-1], strict=True)), key[-1]
        scored = _score_round(list(folds.values()))
        clips.append(scored.assign(**names))
        segments = scored["segments_correct"].sum() / scored["segments"].sum()
        result = {"clips": len(scored), "accuracy": scored["correct"].mean()}
        rounds.append(names | {"split_seed": split_seed, **result, "segment_accuracy": segments})
    facts = [*ARM, "clip", "group", "true"]
    counted = pd.concat(clips).groupby(facts, as_index=False).sum()
    return counted, pd.DataFrame(rounds)


def write_counts(clips: pd.DataFrame, rounds: pd.DataFrame, folder: str | Path) -> None:
    """Write both tables of :func:`count_runs` as CSV, each whole or not at all."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for table, name in zip((clips, rounds), TABLES, strict=True):
        with atomic_file(Path(folder, name)) as temporary:
            table.to_csv(temporary, index=False, lineterminator="\n", float_format="%.6f")


def read_counts(*folders: str | Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read what :func:`write_counts` wrote, from one folder or from several together.

    Raises
    ------
    RunError
        If a table is missing.
    """
    tables = []
    for name in TABLES:
        paths = [Path(folder, name) for folder in folders]
        missing = [str(path) for path in paths if not path.is_file()]
        if missing or not paths:
            raise RunError(
                f"{', '.join(missing) or 'no folder'} is not there: make it with 'mgc collect'"
            )
        # Only numbers are guessed: a genre may be called None, an artist 1.50.
        read = [pd.read_csv(path, dtype=_NAMES, keep_default_na=False) for path in paths]
        # Each by itself: an older table beside a younger one would get gaps, not defaults.
        whole = [table.assign(**{k: YOUNGER[k] for k in ARM if k not in table}) for table in read]
        table = pd.concat(whole, ignore_index=True)
        tables.append(table[[*ARM, *table.columns.difference(list(ARM), sort=False)]])
    return tables[0], tables[1]


def _require_alike(one: Run, other: Run) -> None:
    a, b = one.config, other.config
    fields = (a.keys() | b.keys()) - {"fold", "split_seed", "seed"}
    if unlike := sorted(name for name in fields if a.get(name) != b.get(name)):
        raise RunError(
            f"{one.folder} and {other.folder} differ in {', '.join(unlike)}: collect runs of one "
            "configuration at a time, each into a folder of its own"
        )


def _require_whole(folds: dict[int, Run]) -> None:
    run = next(iter(folds.values()))
    wanted = 1 if run.config["split"] == "fault_filtered" else N_FOLDS
    if len(folds) != wanted:
        raise RunError(
            f"{run.config['split']} has {wanted} folds, but of a round (with {run.folder}) only "
            f"{sorted(folds)} are there: make the others with 'mgc sweep'"
        )


def _score_round(runs: Sequence[Run]) -> pd.DataFrame:
    """Return one row per clip: tested once at track level, and how many segments were right."""
    parts = [run.predictions for run in runs]
    tested = pd.concat([part[part["part"] == "test"] for part in parts], ignore_index=True)
    if tested.empty:
        raise RunError(
            f"{runs[0].folder} has no predictions of the test part: leave blind runs out"
        )
    tracks = track_decisions(tested).set_index("clip")[["group", "true", "correct"]]
    segments = segment_decisions(tested).groupby("clip")["correct"].agg(["size", "sum"])
    scored = tracks.assign(
        rounds=1,
        correct=tracks["correct"].astype(int),
        segments=segments["size"],
        segments_correct=segments["sum"],
    )
    return scored.reset_index()
