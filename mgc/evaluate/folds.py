"""Comparisons over folds, whose training parts overlap: Student's t as corrected for that."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import ConfigError, RunError


@dataclass(frozen=True)
class FoldTest:
    """A mean difference over folds with its interval and test.

    Attributes
    ----------
    mean, low, high : float
        Mean difference and its 95 % interval.
    p : float
        Two-sided.
    folds : int
        Differences, repetitions counted.

    Examples
    --------
    >>> print(FoldTest(0.02, -0.01, 0.05, 0.15, 5))
    +0.020 [-0.010, +0.050], p = 0.150 (5 folds)
    """

    mean: float
    low: float
    high: float
    p: float
    folds: int

    def __str__(self) -> str:
        ends = f"[{self.low:+.3f}, {self.high:+.3f}]"
        return f"{self.mean:+.3f} {ends}, p = {self.p:.3f} ({self.folds} folds)"


def error_ratio(folds: int, n_test: float, n_train: float) -> float:
    """Return by how much the usual standard error over folds is too small.

    Parameters
    ----------
    folds : int
        Scores averaged, repetitions counted.
    n_test, n_train : float
        Clips that a fold tests and learns from.

    Returns
    -------
    float
        Corrected over usual standard error, above 1.

    Raises
    ------
    ConfigError
        If a number is not positive.

    Examples
    --------
    >>> [round(error_ratio(j, 1, k - 1), 2) for j, k in ((10, 10), (100, 10), (50, 5))]
    [1.45, 3.48, 3.67]

    Book: The protocol
    """
    if folds < 1 or not (n_test > 0 and n_train > 0):
        raise ConfigError(
            f"folds is {folds}, n_test {n_test} and n_train {n_train}: all must be above 0"
        )
    return math.sqrt(1.0 + folds * n_test / n_train)


def fold_test(
    differences: ArrayLike, n_test: float, n_train: float, corrected: bool = True
) -> FoldTest:
    """Test a mean difference over the folds of a cross-validation, once or repeated.

    Parameters
    ----------
    differences : array_like of shape (folds,)
        Score of one method minus that of another on each fold, repetitions one after the other.
    n_test, n_train : float
        Clips that a fold tests and learns from (means, where folds differ).
    corrected : bool
        False gives the usual t test, as if folds were independent: for comparison alone.

    Returns
    -------
    FoldTest
        By Student's t with ``folds - 1`` degrees of freedom.

    Raises
    ------
    RunError
        If there are fewer than two differences, or one is no number.
    ConfigError
        If a size is not positive.

    Notes
    -----
    Training parts of folds overlap, so their scores are correlated; from one cross-validation the
    correlation cannot be estimated without bias (Bengio & Grandvalet 2004).  The correction assumes
    that any two scores have correlation ``n_test / (n_test + n_train)``, the same between
    repetitions as within one, and puts ``1 / folds + n_test / n_train`` in the place of
    ``1 / folds``.  More repetitions then hardly shorten the interval: they bring no new clips.

    References
    ----------
    Nadeau & Bengio (2003), Inference for the generalization error, Machine Learning 52, 239-281,
    doi:10.1023/A:1024068626366.

    Examples
    --------
    >>> print(fold_test([0.03, 0.05, 0.01, 0.04, 0.02], 1, 4))
    +0.030 [+0.001, +0.059], p = 0.047 (5 folds)

    Book: The protocol
    """
    d = np.asarray(differences, dtype=np.float64)
    if d.ndim != 1 or len(d) < 2 or not np.isfinite(d).all():
        raise RunError(
            f"{np.isfinite(d).sum()} of {d.size} differences are numbers: a comparison over folds "
            "needs two or more folds, each with both scores"
        )
    mean, low, high, p = (v.item() for v in _t_tests(d, n_test, n_train, corrected))
    return FoldTest(mean, low, high, p, len(d))


def false_alarms(
    n: int, folds: int, repeats: int, n_datasets: int, seed: int = 0, alpha: float = 0.05
) -> dict[str, float]:
    """Count how often two equally good learners are called different over folds.

    Points of two classes have ten features; one learner sees the first five, the other the last
    five, and both compare with the two class means.  As the halves are alike, no learner is better.

    Parameters
    ----------
    n : int
        Points of a data set, at least 4 for each fold.
    folds, repeats : int
        Of the cross-validation; each repetition shuffles anew.
    n_datasets : int
        Data sets drawn.
    seed : int
        Of everything random.
    alpha : float
        Level of the tests.

    Returns
    -------
    dict of str to float
        ``usual`` and ``corrected``: share of data sets whose p value is at most `alpha`;
        ``correlation``: mean correlation of two folds of one repetition, over data sets;
        ``assumed``: what the correction takes it to be.

    Raises
    ------
    ConfigError
        If a number is too small.

    Examples
    --------
    >>> found = false_alarms(60, 5, 2, 100)
    >>> found["usual"] > found["corrected"]
    True

    Book: The protocol
    """
    if folds < 2 or repeats < 1 or n_datasets < 3 or n < 4 * folds:
        raise ConfigError(
            f"n is {n}, folds {folds}, repeats {repeats} and n_datasets {n_datasets}: give two or "
            "more folds of four or more points, and three or more data sets"
        )
    rng = np.random.default_rng(seed)
    d = np.array([_fold_differences(rng, n, folds, repeats) for _ in range(n_datasets)])
    size = n / folds
    shares = {
        name: float((_t_tests(d, size, n - size, corrected)[3] <= alpha).mean())
        for name, corrected in (("usual", False), ("corrected", True))
    }
    between = np.corrcoef(d[:, :folds], rowvar=False)[np.triu_indices(folds, 1)]
    return {**shares, "correlation": float(between.mean()), "assumed": 1 / folds}


def _t_tests(
    d: NDArray[np.float64], n_test: float, n_train: float, corrected: bool
) -> tuple[NDArray[np.float64], ...]:
    """Mean, ends of the interval and p value over the last axis."""
    from scipy.stats import t

    folds = d.shape[-1]
    ratio = error_ratio(folds, n_test, n_train) if corrected else 1.0
    error = ratio * d.std(axis=-1, ddof=1) / math.sqrt(folds)
    mean = d.mean(axis=-1)
    # Equal scores on all folds: no spread, and no evidence unless they differ.
    with np.errstate(divide="ignore", invalid="ignore"):
        p: Any = np.where(mean == 0, 1.0, 2 * t.sf(np.abs(mean) / error, folds - 1))
    half = float(t.isf(0.025, folds - 1)) * error
    return mean, mean - half, mean + half, p


def _fold_differences(
    rng: np.random.Generator, n: int, folds: int, repeats: int
) -> NDArray[np.float64]:
    """Accuracy on the first half of the features minus that on the second, fold by fold."""
    y = np.arange(n) % 2
    x = rng.normal(size=(n, 2, 5)) + 0.35 * (2 * y - 1)[:, None, None]
    label, found = np.eye(2)[y], []
    for _ in range(repeats):
        fold = rng.permutation(n) % folds
        # Sums of each class over everything but one fold: (folds, classes, halves, features).
        member = np.eye(folds)[fold][:, :, None] * label[:, None, :]
        inside = np.einsum("nfc,nhd->fchd", member, x)
        counts = label.sum(axis=0) - member.sum(axis=0)
        means = (inside.sum(axis=0) - inside) / counts[:, :, None, None]
        direction, middle = means[:, 1] - means[:, 0], means.mean(axis=1)
        side = np.einsum("nhd,nhd->nh", x - middle[fold], direction[fold]) > 0
        right = (side == (y == 1)[:, None]).astype(np.float64)
        found.append(np.bincount(fold, right[:, 0] - right[:, 1]) / np.bincount(fold))
    return np.concatenate(found)
