"""What was tried and what was chosen: one row a run, from the valid part alone."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from mgc.errors import RunError
from mgc.evaluate.runs import Run

#: File that :func:`mgc.cli.collect.command` writes beside the counts.
TRIALS = "trials.csv"

#: Fields that tell runs apart.
_FACTS = ("features", "model", "split", "fold", "split_seed", "seed", "learning_rate")

#: What a tuned classical model chose.
_SETTINGS = ("penalty", "sharpness")


def trials_table(runs: Iterable[Run]) -> pd.DataFrame:
    """Say of each run what it was and what it chose on its valid part.

    Parameters
    ----------
    runs : iterable of Run
        Each is read once.

    Returns
    -------
    DataFrame
        One row per run: ``uid``, its ``features, model, split, fold, split_seed, seed,
        learning_rate``; ``rows`` of its history (epochs, or settings tried), the one selected
        (``best_epoch``) with its ``val_loss`` and ``val_accuracy`` (segment level); ``penalty,
        sharpness`` and ``on_edge`` (whether one of them is the least or greatest tried) where
        these were tuned.

    Book: Front ends compared
    """
    rows = []
    for run in runs:
        best = run.history[run.history["epoch"] == run.best_epoch].iloc[0]
        row = {name: run.config[name] for name in _FACTS}
        row |= {"rows": len(run.history), "best_epoch": run.best_epoch}
        row |= {name: best[name] for name in ("val_loss", "val_accuracy")}
        tuned = [name for name in _SETTINGS if name in run.history]
        row |= {name: best[name] for name in tuned}
        if tuned:
            ends = run.history[tuned].agg(["min", "max"])
            row["on_edge"] = any(best[name] in set(ends[name]) for name in tuned)
        rows.append({"uid": run.uid, **row})
    return pd.DataFrame(rows)


def read_trials(folder: str | Path) -> pd.DataFrame:
    """Read the table of trials of a folder that ``mgc collect`` wrote.

    Raises
    ------
    RunError
        If it is missing.
    """
    path = Path(folder, TRIALS)
    if not path.is_file():
        raise RunError(f"{path} is not there: make it with 'mgc collect'")
    words = {name: str for name in ("uid", "features", "model", "split")}
    return pd.read_csv(path, dtype=words, keep_default_na=True)


def chosen_rates(trials: pd.DataFrame) -> pd.DataFrame:
    """Choose the learning rate of each features: the least loss on the valid part.

    Parameters
    ----------
    trials : DataFrame
        Of :func:`trials_table`, one split and seed, every features with the same rates.

    Returns
    -------
    DataFrame
        `trials` with the column ``chosen``.

    Raises
    ------
    RunError
        If the features were not given the same rates, each once.

    Book: Front ends compared
    """
    rates = trials.groupby("features")["learning_rate"].apply(lambda r: tuple(sorted(r)))
    if rates.nunique() != 1 or trials.duplicated(["features", "learning_rate"]).any():
        raise RunError(
            f"rates were tried as {rates.to_dict()}: every features needs the same ones, each "
            "once, or the budgets are not equal"
        )
    least = trials.groupby("features")["val_loss"].transform("min")
    return trials.assign(chosen=trials["val_loss"] == least)
