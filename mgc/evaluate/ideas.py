"""The log of ideas: each one's cross-validated accuracy, and its paired difference to a reference.

An idea is a configuration run on every fold of one split.  All ideas are scored on the same clips,
so they are compared clip by clip, with whole artist groups resampled.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.integrate import quad
from scipy.stats import norm

from mgc.errors import ConfigError, DataError, RunError
from mgc.evaluate.held_out import fold_accuracy, held_out
from mgc.evaluate.look import score_arms
from mgc.evaluate.runs import Run

#: Characters of a commit's name that tables show.
_COMMIT = 7


def ideas_table(ideas: Mapping[str, Sequence[Run]], reference: str | None = None) -> pd.DataFrame:
    """Score every idea over all folds, and against one of them.

    Parameters
    ----------
    ideas : mapping of str to sequence of Run
        What an idea is about, and its runs: see :func:`mgc.train.sweep.described_runs`.
    reference : str, optional
        The idea that the others are compared with; the first if not given.

    Returns
    -------
    DataFrame
        Index ``idea``, in the order given; the columns of :func:`mgc.evaluate.look.score_arms`,
        and ``model``; ``minutes``: to train all runs, as measured; ``commit``: of the first run;
        ``folds_ahead``: on how many folds it is above the reference.

    Raises
    ------
    RunError
        If there is no such reference, or as :func:`mgc.evaluate.held_out.held_out`.
    DataError
        If ideas were not scored on the same clips.

    Examples
    --------
    >>> ideas_table({}, "better")
    Traceback (most recent call last):
        ...
    mgc.errors.RunError: reference is 'better', but the arms are none

    Book: The best honest model
    """
    arms = {name: held_out(runs) for name, runs in ideas.items()}
    table = score_arms(arms, reference).rename_axis("idea")
    against = fold_accuracy(arms[next(iter(arms)) if reference is None else reference])
    facts = [_facts(runs) for runs in ideas.values()]
    ahead = [int((fold_accuracy(seeds) > against).sum()) for seeds in arms.values()]
    return table.join(pd.DataFrame(facts, index=table.index)).assign(folds_ahead=ahead)


def _facts(runs: Sequence[Run]) -> dict[str, Any]:
    return {
        "model": str(runs[0].config["model"]),
        "minutes": sum(float(run.environment["seconds_total"]) for run in runs) / 60,
        "commit": str(runs[0].environment["git_commit"] or "")[:_COMMIT],
    }


def expected_maximum(k: int, correlation: float = 0.0) -> float:
    """Return the mean of the largest of `k` standard normal errors: what the best of k flatters by.

    Parameters
    ----------
    k : int
        At least 1.
    correlation : float, 0 to 1
        Between any two errors.  What all share moves every score alike and flatters none.

    Returns
    -------
    float
        In standard deviations of one error; at most ``sqrt(2 ln k)``.

    Raises
    ------
    ConfigError
        If `k` or `correlation` is out of range.

    Examples
    --------
    >>> [round(expected_maximum(k), 3) for k in (1, 2, 33)]
    [0.0, 0.564, 2.082]
    >>> round(expected_maximum(33, correlation=0.75), 3)
    1.041

    Book: The best honest model
    """
    if k < 1 or not 0 <= correlation <= 1:
        raise ConfigError(
            f"k is {k} and correlation {correlation}: give at least 1 score and 0 to 1"
        )
    # The density of the largest of k, times its place.
    found, _ = quad(lambda x: k * x * norm.pdf(x) * norm.cdf(x) ** (k - 1), -12, 12)
    return float(np.sqrt(1 - correlation) * found)


def selection_bias(
    ideas: Mapping[str, Sequence[Run]], n_resamples: int = 1000, seed: int = 0
) -> float:
    """Estimate how much the best of these ideas flatters itself by having been chosen.

    In each resample artist groups are drawn with replacement; the idea that is best on the drawn
    ones is chosen, and scored on those that were not drawn.  What it loses is the optimism of
    choosing, on about 63 % of the artists.

    Parameters
    ----------
    ideas : mapping of str to sequence of Run
        Two or more ideas, as in :func:`ideas_table`.
    n_resamples : int
        At least 1.
    seed : int
        Seed of the resamples.

    Returns
    -------
    float
        Mean difference of the accuracies of the chosen idea, drawn minus left out, in [-1, 1],
        less the same difference averaged over all ideas (which nobody chose).

    Raises
    ------
    RunError
        If there are fewer than two ideas, or as :func:`mgc.evaluate.held_out.held_out`.
    DataError
        If ideas were not scored on the same clips.

    References
    ----------
    Efron & Tibshirani (1997), doi:10.1080/01621459.1997.10474007 (clips left out of a resample);
    Cawley & Talbot (2010), JMLR 11, 2079-2107 (choosing as fitting).

    Examples
    --------
    >>> selection_bias({})
    Traceback (most recent call last):
        ...
    mgc.errors.RunError: choosing needs two ideas, but got 0

    Book: The best honest model
    """
    if len(ideas) < 2:
        raise RunError(f"choosing needs two ideas, but got {len(ideas)}")
    right, sizes = _right_by_group(ideas)
    n_groups = len(sizes)
    counts = np.random.default_rng(seed).multinomial(
        n_groups, np.full(n_groups, 1 / n_groups), size=n_resamples
    )
    left_out = counts == 0
    drawn = (counts @ right.T) / (counts @ sizes)[:, None]
    others = (left_out @ right.T) / (left_out @ sizes)[:, None]
    loss = drawn - others
    chosen = np.take_along_axis(loss, drawn.argmax(axis=1)[:, None], axis=1)[:, 0]
    return float((chosen - loss.mean(axis=1)).mean())


def _right_by_group(ideas: Mapping[str, Sequence[Run]]) -> tuple[Any, Any]:
    """Right decisions of each idea in each artist group (ideas, groups), and clips in each."""
    rows, clips = [], None
    for name, runs in ideas.items():
        seeds = held_out(runs)
        own = seeds[0].set_index("clip")["group"].sort_index()
        clips = own if clips is None else clips
        if not own.equals(clips):
            raise DataError(f"{name} was not scored on the same clips as {next(iter(ideas))}")
        sums = pd.concat(seeds).groupby("group")["correct"].sum() / len(seeds)
        rows.append(sums.to_numpy(dtype=np.float64))
    sizes = pd.Series(clips).value_counts().sort_index().to_numpy()
    return np.array(rows), sizes
