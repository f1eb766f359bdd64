"""What printed decimals give away: sample sizes, numbers of errors, and whole tables of counts.

An accuracy of n decisions is one of n + 1 fractions.  Two digits after the point of a percentage
tell these apart up to n = 10 000, so that several percentages of one sample leave few n.
"""

from collections.abc import Sequence

import pandas as pd

from mgc.errors import DataError

#: How digits may have been cut.  A tie rounded to the even digit instead does not occur below.
ROUNDINGS = ("half_up", "truncated")


def error_count(printed: float, n: int, decimals: int = 2, rounding: str = "half_up") -> int | None:
    """Return the number of errors among `n` decisions that a printed accuracy allows.

    Parameters
    ----------
    printed : float
        Accuracy in percent.
    n : int
        Decisions, from 1 to ``100 * 10**decimals``: beyond, several numbers would fit.
    decimals : int >= 0
        Digits after the point.
    rounding : {'half_up', 'truncated'}
        How they came about.

    Returns
    -------
    int or None
        None if no whole number of errors gives these digits.

    Raises
    ------
    DataError
        If `n` or `printed` is out of range, or `rounding` is unknown.

    Examples
    --------
    >>> error_count(92.35, 183), error_count(92.35, 60)
    (14, None)

    Book: Patil et al. (2023), re-read
    """
    units = 100 * 10**decimals
    if not 1 <= n <= units or not 0 <= printed <= 100:
        raise DataError(
            f"printed accuracy {printed} of {n} decisions with {decimals} decimals: expected are "
            f"0 to 100 percent and 1 to {units} decisions"
        )
    right = _least_count(round(printed * 10**decimals), n, units, rounding)
    return None if right is None else n - right


def sample_sizes(
    printed: Sequence[float], n_max: int = 10_000, decimals: int = 2, rounding: str = "half_up"
) -> pd.DataFrame:
    """List the sample sizes that printed one-vs-rest accuracies of all classes allow.

    Parameters
    ----------
    printed : sequence of float
        Percentages, one of each class, all of the same decisions.
    n_max : int
        Largest sample to try.
    decimals, rounding
        As for :func:`error_count`.

    Returns
    -------
    DataFrame
        One row a size: ``n``, ``errors`` (tuple, one of each class) and ``wrong``, the wrong
        decisions: each is an error of two classes.  A size with an odd sum of errors is left out.

    Raises
    ------
    DataError
        As :func:`error_count`.

    Examples
    --------
    >>> sample_sizes([92.35, 94.54, 93.44, 93.44], 300).values.tolist()
    [[183, (14, 10, 12, 12), 24]]

    Book: Patil et al. (2023), re-read
    """
    rows = []
    for n in range(1, n_max + 1):
        errors = []
        for value in printed:
            count = error_count(value, n, decimals, rounding)
            if count is None:
                break
            errors.append(count)
        if len(errors) == len(printed) and sum(errors) % 2 == 0:
            rows.append((n, tuple(errors), sum(errors) // 2))
    return pd.DataFrame(rows, columns=["n", "errors", "wrong"])


def class_counts(
    errors: int,
    supports: Sequence[int],
    precision: float,
    recall: float,
    f1: float,
    rounding: str = "half_up",
) -> pd.DataFrame:
    """List the counts of one class that its printed scores allow.

    Parameters
    ----------
    errors : int
        One-vs-rest errors of the class.
    supports : sequence of int
        Sizes of the class to try.
    precision, recall, f1 : float
        In whole percent, as printed.
    rounding : {'half_up', 'truncated'}
        How the percentages came about.

    Returns
    -------
    DataFrame
        ``support``, ``missed`` and ``wrongly`` (called this class, but of another), which add up to
        `errors`; empty if nothing fits.

    Examples
    --------
    >>> class_counts(5, [78], 96, 97, 97).values.tolist()
    [[78, 2, 3]]

    Book: Patil et al. (2023), re-read
    """
    rows = [
        (support, missed, errors - missed)
        for support in supports
        for missed in range(min(errors, support) + 1)
        if (right := support - missed)
        and _prints(precision, right, support + errors - 2 * missed, rounding)
        and _prints(recall, right, support, rounding)
        and _prints(f1, 2 * right, 2 * support + errors - 2 * missed, rounding)
    ]
    return pd.DataFrame(rows, columns=["support", "missed", "wrongly"])


def whole_table(candidates: Sequence[pd.DataFrame], n: int, wrong: int) -> pd.DataFrame | None:
    """Choose one row for each class so that the rows make up one sample, if that is possible.

    Parameters
    ----------
    candidates : sequence of DataFrame
        Of :func:`class_counts`, one for each class.
    n, wrong : int
        Decisions and wrong ones.  Supports have to add up to `n`, and ``missed`` and ``wrongly``
        each to `wrong`.

    Returns
    -------
    DataFrame or None
        One choice (of possibly many), one row a class; None if there is none.

    Examples
    --------
    >>> pop, rock = class_counts(1, [4], 100, 75, 86), class_counts(1, [4], 80, 100, 89)
    >>> whole_table([pop, rock], 8, 1).values.tolist()
    [[4, 1, 0], [4, 0, 1]]

    Book: Patil et al. (2023), re-read
    """
    reached: dict[tuple[int, int, int], tuple[tuple[int, int, int], ...]] = {(0, 0, 0): ()}
    for rows in candidates:
        further = {}
        options = [(int(s), int(m), int(w)) for s, m, w in rows.to_numpy()]
        for state, chosen in reached.items():
            for option in options:
                support, missed, wrongly = (a + b for a, b in zip(state, option, strict=True))
                if support <= n and max(missed, wrongly) <= wrong:
                    further[support, missed, wrongly] = (*chosen, option)
        reached = further
    found = reached.get((n, wrong, wrong))
    return None if not found else pd.DataFrame(found, columns=["support", "missed", "wrongly"])


def _prints(percent: float, part: int, whole: int, rounding: str) -> bool:
    """Whether a share of whole numbers is printed as this whole percentage."""
    if rounding == "truncated":
        return 100 * part // whole == round(percent)
    return (200 * part + whole) // (2 * whole) == round(percent)


def _least_count(digits: int, n: int, units: int, rounding: str) -> int | None:
    """Return the least count of `n` that is printed as `digits` of `units`."""
    if rounding not in ROUNDINGS:
        raise DataError(f"rounding is {rounding!r}, but must be {' or '.join(ROUNDINGS)}")
    low, high = 2 * digits, 2 * digits + 2  # in halves of the last digit
    if rounding == "half_up":
        low, high = low - 1, high - 1
    count = max(-(-low * n // (2 * units)), 0)
    return count if 2 * units * count < high * n and count <= n else None
