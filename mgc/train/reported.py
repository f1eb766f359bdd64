"""Which runs the tables of the main results hold, and how their arms are called there."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mgc import paths
from mgc.errors import RunError
from mgc.evaluate.ablation import contrasts_table, split_arms
from mgc.evaluate.runs import Run, load_run
from mgc.evaluate.standings import compare_standings, standings
from mgc.train.config import RunConfig
from mgc.train.sweep import read_grid

#: Columns of tables in which no arm is finished.
_SHOWN = ("network", "group", "difference", "p_holm", "detectable_artists")
_FOLDS = (
    "network", "pair", "difference", "artists_low", "artists_high", "low", "high", "p", "p_holm",
    "detectable",
)  # fmt: skip

_OPTIMIZERS = {"adam": "Adam", "sgd_momentum": "SGD", "rmsprop": "RMSprop"}


@dataclass(frozen=True, eq=False)
class Entry:
    """One arm of a table: where it was declared, and which of those runs it is."""

    group: str
    name: str
    grid: str
    facts: Mapping[str, Any]


def _baselines(split: str) -> list[Entry]:
    machine = {"split": split, "model": "rbf_svm"}
    named = [("MFCC", "mfcc", False), ("log-mel", "log_mel", False)]
    named += [("MFCC, tuned", "mfcc", True), ("log-mel, tuned", "log_mel", True)]
    entries: list[tuple[str, dict[str, Any]]]
    entries = [("commonest genre", {"split": split, "model": "majority"})]
    entries += [
        (f"SVM on {words}", machine | {"features": features, "tune": tuned})
        for words, features, tuned in named
    ]
    entries += [("SVM on an untrained CNN", {"split": split, "model": "random_cnn_svm"})]
    return [Entry("baselines", name, "baselines", facts) for name, facts in entries]


def _networks(group: str, name: str, grid: str) -> list[Entry]:
    return [
        Entry(group, f"{name}, {word}", grid, {"optimizer": optimizer})
        for optimizer, word in _OPTIMIZERS.items()
    ]


def _best() -> list[Entry]:
    """Models frozen without the test clips: their fits to the train part and to train + valid."""
    models = {"SVM on texture": "rbf_svm", "TextureMLP": "texture_mlp"}
    return [
        Entry(
            "best model",
            f"{name}, {'train + valid' if both else 'train'}",
            "best_model",
            {"model": model, "features": "texture", "train_on_valid": both},
        )
        for name, model in models.items()
        for both in (False, True)
    ]


#: Split -> arms in the order of the table.
ENTRIES = {
    "fault_filtered": [
        *_baselines("fault_filtered"),
        *_networks("course settings", "SimpleCNN", "simple_cnn"),
        Entry("course settings", "UNet_Lite, Adam", "unet_lite", {}),
        *_networks("chosen settings", "SimpleCNN", "optimizer_full"),
        *_networks("chosen settings", "UNet_Lite", "unet_lite_chosen"),
        *_networks("chosen, small", "small SimpleCNN", "optimizer_chosen"),
        *_networks("chosen, small", "small UNet_Lite", "unet_lite_reduced"),
        *_best(),
    ],
    "artist_cv": [
        *_baselines("artist_cv"),
        *_networks("chosen, coarse pictures", "UNet_Lite", "unet_lite_artist_cv_wide"),
        *_networks("chosen, small", "small SimpleCNN", "simple_cnn_artist_cv"),
        *_networks("chosen, small", "small UNet_Lite", "unet_lite_artist_cv"),
    ],
}


def main_arms(split: str, group: str | None = None) -> dict[str, list[Run]]:
    """Open the runs of the arms that the main results report.

    Parameters
    ----------
    split : {'fault_filtered', 'artist_cv'}
        Of the test clips.
    group : str, optional
        Arms of this group alone.

    Returns
    -------
    dict of str to list of Run
        Name of the arm to its runs; the name is followed by the group where, without `group`, it
        stands for several.  An arm that is not finished is left out: :func:`unfinished` names it.

    Raises
    ------
    RunError
        If there is no such table or group.

    Examples
    --------
    >>> len(main_arms("fault_filtered", "course settings"))
    4

    Book: Main results
    """
    found = {e: _runs(e) for e in _entries(split, group)}
    arms: dict[str, list[Run]] = {}
    for e, (runs, missing) in found.items():
        if runs and not missing:
            arms |= split_arms(runs, e.name if group else _name(e, split))
    return arms


def unfinished(split: str) -> dict[str, int]:
    """Name the arms that were declared but lack runs.

    Returns
    -------
    dict of str to int
        Name of the arm to how many of its runs are missing.

    Examples
    --------
    >>> "SimpleCNN, Adam (course settings)" in unfinished("fault_filtered")
    False

    Book: Main results
    """
    missing = {_name(e, split): _runs(e)[1] for e in _entries(split)}
    return {name: count for name, count in missing.items() if count}


def main_table(split: str) -> pd.DataFrame:
    """Score all finished arms of a split.

    Parameters
    ----------
    split : {'fault_filtered', 'artist_cv'}
        Of the test clips.

    Returns
    -------
    DataFrame
        :func:`mgc.evaluate.standings.standings` with ``group``, the group of each arm, before the
        other columns.

    Raises
    ------
    RunError
        As :func:`main_arms`.

    Book: Main results
    """
    table = standings(main_arms(split))
    groups = {_name(e, split): e.group for e in _entries(split)}
    table.insert(0, "group", [groups[name] for name in table.index])
    return table


def optimizer_pairs(split: str) -> pd.DataFrame:
    """Compare the optimizers of every network, group by group.

    Parameters
    ----------
    split : {'fault_filtered', 'artist_cv'}
        Of the test clips.

    Returns
    -------
    DataFrame
        :func:`mgc.evaluate.standings.compare_standings` of each network of each group that has two
        or more finished optimizers, one below the other; Holm's correction is over the pairs of one
        network and group.  ``network`` and ``group`` say which.

    Raises
    ------
    RunError
        As :func:`main_arms`.

    Book: Main results
    """
    tables = []
    for group, network, arms in _families(split):
        pairs = compare_standings({name.split(", ")[1]: runs for name, runs in arms.items()})
        pairs.insert(0, "network", network)
        pairs.insert(1, "group", group)
        tables.append(pairs)
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=_SHOWN)


def fold_pairs() -> pd.DataFrame:
    """Compare the same optimizers over the five artist folds, corrected for their overlap.

    Returns
    -------
    DataFrame
        :func:`mgc.evaluate.ablation.contrasts_table` of each network that has two or more finished
        optimizers; Holm's correction is over the pairs of one network, ``network`` says which.

    Book: Main results
    """
    tables = []
    for _, network, arms in _families("artist_cv"):
        contrasts = {
            f"{first.split(', ')[1]} − {second.split(', ')[1]}": (first, second)
            for first, second in itertools.combinations(arms, 2)
        }
        pairs = contrasts_table(arms, contrasts).rename_axis("pair").reset_index()
        pairs.insert(0, "network", network)
        tables.append(pairs)
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=_FOLDS)


def readable_folds(pairs: pd.DataFrame) -> pd.DataFrame:
    """Write :func:`fold_pairs` for readers.

    Parameters
    ----------
    pairs : DataFrame
        Of :func:`fold_pairs`.

    Returns
    -------
    DataFrame
        Indexed by ``pair``, as text: ``network``, ``difference`` in points, its 95 % intervals
        ``over artists`` and ``over folds``, ``p (Holm)`` and ``found with power 0.8``.

    Examples
    --------
    >>> row = ["CNN", "a − b", 0.01, -0.02, 0.04, -0.03, 0.05, 0.2, 0.4, 0.06]
    >>> readable_folds(pd.DataFrame([row], columns=_FOLDS)).iloc[0].tolist()
    ['CNN', '+1.0', '-2.0 to +4.0', '-3.0 to +5.0', '0.400', '6.0']

    Book: Main results
    """
    shown = pairs[["pair", "network"]].copy()
    for title, form, columns in (
        ("difference", "{:+.1f}", ["difference"]),
        ("over artists", "{:+.1f} to {:+.1f}", ["artists_low", "artists_high"]),
        ("over folds", "{:+.1f} to {:+.1f}", ["low", "high"]),
    ):
        shown[title] = [form.format(*row) for row in 100 * pairs[columns].to_numpy(dtype=float)]
    shown["p (Holm)"] = pairs["p_holm"].map("{:.3f}".format)
    shown["found with power 0.8"] = (100 * pairs["detectable"]).map("{:.1f}".format)
    return shown.set_index("pair")


def _families(split: str) -> list[tuple[str, str, dict[str, list[Run]]]]:
    """Finished optimizers by group and network, where there are at least two."""
    families: dict[tuple[str, str], dict[str, list[Run]]] = {}
    for group in dict.fromkeys(e.group for e in _entries(split) if e.facts.get("optimizer")):
        for name, runs in main_arms(split, group).items():
            families.setdefault((group, name.split(", ")[0]), {})[name] = runs
    return [(*which, arms) for which, arms in families.items() if len(arms) > 1]


def _entries(split: str, group: str | None = None) -> list[Entry]:
    entries = [e for e in ENTRIES.get(split, ()) if group in (None, e.group)]
    if not entries:
        groups = {s: list(dict.fromkeys(e.group for e in found)) for s, found in ENTRIES.items()}
        raise RunError(f"no table has split {split!r} with group {group!r}: there are {groups}")
    return entries


def _name(entry: Entry, split: str) -> str:
    again = [e.name for e in ENTRIES[split]].count(entry.name) > 1
    return f"{entry.name} ({entry.group})" if again else entry.name


def _runs(entry: Entry) -> tuple[list[Run], int]:
    """Return the finished runs of an arm, and how many of its declared ones are missing."""
    home = paths.PROJECT / "data"
    declared = [c for c in _configs(entry.grid) if c.to_dict().items() >= entry.facts.items()]
    folders = [home / "runs" / config.uid for config in declared]
    found = [load_run(folder) for folder in folders if folder.is_dir()]
    return found, len(declared) - len(found)


def _configs(grid: str) -> list[RunConfig]:
    """Read a grid; one that was not declared yet has no run."""
    path = paths.PROJECT / "data" / "grids" / f"{grid}.yaml"
    return read_grid(path) if path.is_file() else []
