"""What was tried and what was chosen: one row a run, from the valid part alone."""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mgc.errors import RunError
from mgc.evaluate.runs import Run
from mgc.optim.factories import SETTINGS

#: File that ``mgc collect`` writes beside the counts.
TRIALS = "trials.csv"

#: Fields that tell runs apart.
_FACTS = (
    "features", "model", "split", "fold", "split_seed", "seed", "optimizer", "schedule",
    "learning_rate",
)  # fmt: skip

#: Numbers of an optimizer, besides its learning rate.
_NUMBERS = tuple({name: None for numbers in SETTINGS.values() for name in numbers})

#: Share of a uniform guess's loss below which training has learnt something.
LEARNT = 0.99

#: Fields that trials of one choice have in common.
_COMMON = ("features", "model", "split", "fold", "split_seed", "seed", "schedule")

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
        One row per run: ``uid``, its ``features, model, split, fold, split_seed, seed, optimizer,
        schedule, learning_rate`` and the other numbers of its optimizer (NaN where another has
        them); ``rows`` of its history (epochs, or settings tried), the one selected
        (``best_epoch``) with its ``val_loss`` (nats) and ``val_accuracy`` (segment level);
        ``last_loss`` (training, nats, in the last epoch), ``diverged`` (see :func:`has_diverged`)
        and ``seconds_per_epoch`` (median);
        ``penalty, sharpness`` and ``on_edge`` (whether one of them is the least or greatest
        tried) where these were tuned.

    Book: Front ends compared
    """
    rows = []
    for run in runs:
        best = run.history[run.history["epoch"] == run.best_epoch].iloc[0]
        row = {name: run.config[name] for name in _FACTS} | _numbers(run)
        row |= {"rows": len(run.history), "best_epoch": run.best_epoch}
        row |= {name: best[name] for name in ("val_loss", "val_accuracy")}
        row |= {"last_loss": run.history["loss"].iloc[-1], "diverged": has_diverged(run)}
        row["seconds_per_epoch"] = run.history["seconds"].median()
        tuned = [name for name in _SETTINGS if name in run.history]
        row |= {name: best[name] for name in tuned}
        if tuned:
            ends = run.history[tuned].agg(["min", "max"])
            row["on_edge"] = any(best[name] in set(ends[name]) for name in tuned)
        rows.append({"uid": run.uid, **row})
    return pd.DataFrame(rows)


def has_diverged(run: Run) -> bool:
    """Tell whether training ended no better than a uniform guess, or without a number.

    Parameters
    ----------
    run : Run
        Its last training loss is compared with `LEARNT` ln(genres): a network that has fallen back
        to one answer for every segment can end a hair below ln(genres).  Its last validation loss
        has to be finite.

    Book: Three optimizers under equal budgets
    """
    last = run.history.iloc[-1]
    guess = math.log(len(run.metrics["valid"]["track"]["genres"]))
    # A loss that is no number is not below anything.
    return bool(not np.isfinite(last["val_loss"]) or not last["loss"] < LEARNT * guess)


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
    words = {name: str for name in ("uid", "features", "model", "split", "optimizer", "schedule")}
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


def chosen_settings(trials: pd.DataFrame) -> pd.DataFrame:
    """Choose the setting of each optimizer: the least loss on the valid part.

    Parameters
    ----------
    trials : DataFrame
        Of :func:`trials_table`: as many different settings of every optimizer, all else equal;
        what the table does not hold (batches, epochs, width, number format) cannot be checked.

    Returns
    -------
    DataFrame
        `trials` with the column ``chosen``, true once for each optimizer.

    Raises
    ------
    RunError
        If an optimizer had fewer settings than another or one of them twice, if the trials differ
        in features, model, split, fold, seeds or schedule, or if no trial of an optimizer has a
        finite loss.

    Examples
    --------
    >>> trials = pd.DataFrame({"optimizer": ["adam", "adam"], "learning_rate": [0.1, 0.01],
    ...     "val_loss": [math.nan, 1.5]})
    >>> chosen_settings(trials)["chosen"].tolist()
    [False, True]

    Book: Three optimizers under equal budgets
    """
    settings = trials[[n for n in ("learning_rate", *_NUMBERS) if n in trials]]
    repeated = settings.assign(optimizer=trials["optimizer"]).duplicated().any()
    budgets = trials.groupby("optimizer").size()
    if budgets.nunique() != 1 or repeated:
        raise RunError(
            f"settings were tried as {budgets.to_dict()}: every optimizer needs as many different "
            "ones, or the budgets are not equal"
        )
    if unlike := [name for name in _COMMON if name in trials and trials[name].nunique() > 1]:
        raise RunError(
            f"the trials differ in {', '.join(unlike)}: choose among runs that differ in the "
            "numbers of their optimizer alone"
        )
    losses = trials["val_loss"].replace([np.inf, -np.inf], np.nan)
    least = losses.groupby(trials["optimizer"]).transform("min")
    chosen = (losses == least) & ~trials["optimizer"].where(losses == least).duplicated()
    if missing := sorted(set(trials["optimizer"]) - set(trials.loc[chosen, "optimizer"])):
        raise RunError(
            f"no trial of {', '.join(missing)} has a finite validation loss: try lower rates"
        )
    return trials.assign(chosen=chosen)


def _numbers(run: Run) -> dict[str, Any]:
    """Return what the optimizer of a run was given, its defaults filled in."""
    defaults = SETTINGS.get(str(run.config["optimizer"]), {})
    given = {name: run.config.get(name) for name in defaults}
    return {n: defaults[n] if value is None else value for n, value in given.items()}
