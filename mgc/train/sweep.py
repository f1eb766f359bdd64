"""Many runs: a grid of configurations mapped over processes, one backend in each."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joblib.externals.loky import ProcessPoolExecutor, as_completed

from mgc import paths
from mgc.errors import ConfigError
from mgc.evaluate.runs import Run, load_run
from mgc.threads import cores, wanted_threads
from mgc.train.config import RunConfig
from mgc.train.parameters import read_yaml

#: How often a configuration is tried again after its process was killed (out of memory, say).
_RETRIES = 2


@dataclass(frozen=True)
class Outcome:
    """What became of one configuration: a run folder, or the reason why there is none.

    Attributes
    ----------
    config : RunConfig
        What was asked for.
    folder : Path or None
        Its run folder.
    error : str or None
        One sentence if it failed.
    """

    config: RunConfig
    folder: Path | None
    error: str | None


def read_grid(path: str | Path) -> list[RunConfig]:
    """Read the configurations of a grid file: what :func:`expand_grid` takes, in YAML."""
    return expand_grid(read_yaml(path))


def reported_runs(*grids: str) -> list[Run]:
    """Open the runs that the book reports: every one of the named grids in ``data/grids``.

    Other folders in ``data/runs`` do not count, so a reader may try things.

    Parameters
    ----------
    *grids : str
        Names of files in ``data/grids``, without ``.yaml``.

    Returns
    -------
    list of Run
        In the order of the grids.

    Raises
    ------
    ConfigError
        If there is no such grid.
    RunError
        If a run is missing.

    Examples
    --------
    >>> len(reported_runs("simple_cnn"))
    9

    Book: Main results
    """
    home = paths.PROJECT / "data"
    configs = [config for name in grids for config in read_grid(home / "grids" / f"{name}.yaml")]
    return [load_run(home / "runs" / config.uid) for config in configs]


def expand_grid(values: Mapping[str, Any]) -> list[RunConfig]:
    """Turn ``name: value`` and ``name: [values]`` into every combination.

    Parameters
    ----------
    values : mapping
        Field of `RunConfig` to one value or to a list of values.  Under ``any_of`` there may be a
        list of such mappings (again with ``any_of``, if need be): the grid is then expanded with
        each of them in turn.  ``about`` is a remark.

    Returns
    -------
    list of RunConfig
        In the order of the lists, the last one varying fastest.

    Raises
    ------
    ConfigError
        If a field is unknown, a value is refused, or a list is empty; if ``any_of`` is no list of
        mappings, or one of them has a field that stands outside, too.

    Examples
    --------
    >>> [c.label for c in expand_grid({"optimizer": ["adam", "rmsprop"], "seed": [0, 1]})]
    ... # doctest: +NORMALIZE_WHITESPACE
    ['simple_cnn adam seed 0', 'simple_cnn adam seed 1',
     'simple_cnn rmsprop seed 0', 'simple_cnn rmsprop seed 1']

    Book: Reproduce it
    """
    if "any_of" in values:
        common = {name: value for name, value in values.items() if name != "any_of"}
        return [c for part in _alternatives(values) for c in expand_grid({**common, **part})]
    axes = {
        name: v if isinstance(v, list) else [v] for name, v in values.items() if name != "about"
    }
    empty = [name for name, choices in axes.items() if not choices]
    if empty:
        raise ConfigError(f"{empty[0]} is an empty list, but needs at least one value")
    combinations = itertools.product(*axes.values())
    return [RunConfig.from_dict(dict(zip(axes, point, strict=True))) for point in combinations]


def described_runs(name: str) -> dict[str, list[Run]]:
    """Open the runs of a grid in ``data/grids`` by the remark of the part that they belong to.

    Parameters
    ----------
    name : str
        A file in ``data/grids``, without ``.yaml``, whose every part under ``any_of`` has a remark
        (``about``) of its own.

    Returns
    -------
    dict of str to list of Run
        In the order of the file.

    Raises
    ------
    ConfigError
        If there is no such grid, or a part has no remark or that of another.
    RunError
        If a run is missing.

    Book: The best honest model
    """
    home = paths.PROJECT / "data"
    values = read_yaml(home / "grids" / f"{name}.yaml")
    common = {key: value for key, value in values.items() if key not in ("any_of", "about")}
    parts = _alternatives(values)
    remarks = [str(part.get("about", "")) for part in parts]
    if "" in remarks or len(set(remarks)) < len(remarks):
        raise ConfigError(f"the parts of grid {name} need a remark each: 'about: one line'")
    return {
        remark: [load_run(home / "runs" / c.uid) for c in expand_grid({**common, **part})]
        for remark, part in zip(remarks, parts, strict=True)
    }


def change_grid(values: Mapping[str, Any], changes: Mapping[str, list[Any]]) -> list[RunConfig]:
    """Expand a grid of which some axes are set anew, as a command line does.

    Parameters
    ----------
    values : mapping
        As for :func:`expand_grid`.
    changes : mapping
        Field to its values.  They replace those of the grid; where the field stands within
        ``any_of``, they choose among the runs that are there.

    Raises
    ------
    ConfigError
        As :func:`expand_grid`, or if nothing is left to choose.

    Examples
    --------
    >>> folds = {"split": "artist_cv", "fold": [0, 1]}
    >>> grid = {"seed": 7, "any_of": [folds, {"split": "fault_filtered"}]}
    >>> [(c.seed, c.fold) for c in change_grid(grid, {"seed": [8], "split": ["artist_cv"]})]
    [(8, 0), (8, 1)]

    Book: Reproduce it
    """
    within = _names_within(values)
    replaced = {name: choices for name, choices in changes.items() if name not in within}
    configs = expand_grid({**values, **replaced})
    for name in within & changes.keys():
        configs = [config for config in configs if getattr(config, name) in changes[name]]
        if not configs:
            raise ConfigError(
                f"{name} is {changes[name]}, which no run of the grid has: it stands within "
                "any_of, where values can only be chosen; write another grid for others"
            )
    return configs


def _names_within(values: Mapping[str, Any]) -> set[str]:
    """Fields that stand within ``any_of``, at any depth."""
    parts = _alternatives(values) if "any_of" in values else []
    names = {name for part in parts for name in (*part, *_names_within(part))}
    return names - {"any_of", "about"}


def _alternatives(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    parts = values["any_of"]
    if not (isinstance(parts, list) and parts and all(p and isinstance(p, dict) for p in parts)):
        raise ConfigError(
            f"any_of is {parts!r}, but must be a list of 'name: value' mappings, each a grid of "
            "its own"
        )
    twice = [
        name
        for part in parts
        for name in part
        if name not in ("any_of", "about") and name in values
    ]
    if twice:
        raise ConfigError(f"{twice[0]} stands within any_of and beside it: name it in one place")
    return parts


def sweep(
    configs: Sequence[RunConfig],
    *,
    jobs: int = 1,
    threads: int | None = None,
    store: str | Path | None = None,
    runs: str | Path | None = None,
    report: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Run every configuration; finished ones are skipped, one failure does not stop the rest.

    Parameters
    ----------
    configs : sequence of RunConfig
        What to do.
    jobs : int > 0
        Processes at a time.
    threads : int > 0, optional
        Threads in each; ``MGC_THREADS``, else the cores divided by `jobs`, if not given.  Fixes
        the last bits of a run.
    store, runs : str or Path, optional
        As for `mgc.train.run.run`.
    report : callable, optional
        Called with each `Outcome` as it arrives.

    Returns
    -------
    list of Outcome
        In the order of `configs`.

    Book: Reproduce it
    """
    if jobs < 1 or (threads is not None and threads < 1):
        raise ConfigError(f"jobs is {jobs} and threads is {threads}: both must be at least 1")
    each = threads or wanted_threads(default=max(1, cores() // jobs))
    outcomes: dict[int, Outcome] = {}

    def arrive(number: int, outcome: Outcome) -> None:
        outcomes[number] = outcome
        if report:
            report(outcome)

    for _ in range(1 + _RETRIES):
        pending = [k for k in range(len(configs)) if k not in outcomes]
        with ProcessPoolExecutor(jobs, env={"MGC_THREADS": str(each)}) as pool:
            asked = {pool.submit(_run_one, configs[k], store, runs): k for k in pending}
            for future in as_completed(asked):
                # A killed process takes the pool with it; its run resumes exactly, so the
                # next attempt costs it one epoch at most.
                with suppress(BrokenProcessPool):
                    arrive(asked[future], future.result())
    for k in range(len(configs)):
        if k not in outcomes:
            reason = f"its process was killed {1 + _RETRIES} times: is there enough memory?"
            arrive(k, Outcome(configs[k], None, reason))
    return [outcomes[k] for k in range(len(configs))]


def _run_one(config: RunConfig, store: str | Path | None, runs: str | Path | None) -> Outcome:
    from mgc.train.run import run

    try:
        return Outcome(config, run(config, store=store, runs=runs), None)
    except Exception as error:  # reported with its configuration; the other runs go on
        return Outcome(config, None, f"{type(error).__name__}: {error}")
