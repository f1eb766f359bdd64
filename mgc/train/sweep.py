"""Many runs: a grid of configurations mapped over processes, one backend in each."""

import itertools
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed

from mgc.errors import ConfigError
from mgc.train.config import RunConfig


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


def expand_grid(values: Mapping[str, Any]) -> list[RunConfig]:
    """Turn ``name: value`` and ``name: [values]`` into every combination.

    Parameters
    ----------
    values : mapping
        Field of `RunConfig` to one value or to a list of values.

    Returns
    -------
    list of RunConfig
        In the order of the lists, the last one varying fastest.

    Raises
    ------
    ConfigError
        If a field is unknown, a value is refused, or a list is empty.

    Examples
    --------
    >>> [c.label for c in expand_grid({"optimizer": ["adam", "rmsprop"], "seed": [0, 1]})]
    ... # doctest: +NORMALIZE_WHITESPACE
    ['simple_cnn adam seed 0', 'simple_cnn adam seed 1',
     'simple_cnn rmsprop seed 0', 'simple_cnn rmsprop seed 1']

    Book: Reproduce it
    """
    axes = {name: v if isinstance(v, list) else [v] for name, v in values.items()}
    empty = [name for name, choices in axes.items() if not choices]
    if empty:
        raise ConfigError(f"{empty[0]} is an empty list, but needs at least one value")
    combinations = itertools.product(*axes.values())
    return [RunConfig.from_dict(dict(zip(axes, point, strict=True))) for point in combinations]


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
        Threads in each; the cores divided by `jobs` if not given.  Fixes the last bits of a run.
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
    each = threads or max(1, len(os.sched_getaffinity(0)) // jobs)
    tasks = [delayed(_run_one)(k, config, each, store, runs) for k, config in enumerate(configs)]
    outcomes: dict[int, Outcome] = {}
    # A process is warmed up once and then trains run after run; the parent never starts a backend.
    arriving: Iterable[tuple[int, Outcome]] = Parallel(
        n_jobs=jobs, backend="loky" if jobs > 1 else "sequential", return_as="generator_unordered"
    )(tasks)
    for k, outcome in arriving:
        outcomes[k] = outcome
        if report:
            report(outcome)
    return [outcomes[k] for k in range(len(configs))]


def _run_one(
    k: int,
    config: RunConfig,
    threads: int,
    store: str | Path | None,
    runs: str | Path | None,
) -> tuple[int, Outcome]:
    os.environ["MGC_THREADS"] = str(threads)  # read when the backend is first imported
    from mgc.train.run import run

    try:
        return k, Outcome(config, run(config, store=store, runs=runs), None)
    except Exception as error:  # reported with its configuration; the other runs go on
        return k, Outcome(config, None, f"{type(error).__name__}: {error}")
