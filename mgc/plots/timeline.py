"""Genres along a song: the probability of each, segment by segment."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import DataError
from mgc.plots.style import axes_or_new, labels_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_GREY = "#bdbdbd"


def plot_timeline(
    starts: ArrayLike,
    ends: ArrayLike,
    probabilities: ArrayLike,
    genres: Sequence[str],
    most: int = 5,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the probabilities of the genres over time as areas on top of each other.

    Parameters
    ----------
    starts, ends : array_like, shape (segments,)
        Where the segments lie, in seconds; sorted.  What lies between two stays white.
    probabilities : array_like, shape (segments, genres)
        Each row adds up to 1.
    genres : sequence of str
        Meaning of the columns.
    most : int
        Genres with an area of their own, the most probable on average; the others share a grey one.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        The most probable genre lies at the bottom.

    Raises
    ------
    DataError
        If there is no segment, or the shapes do not fit.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_timeline([0, 6], [6, 12], [[0.7, 0.3], [0.6, 0.4]], ["pop", "rock"],
    ...     ax=Figure().add_subplot())
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['rock', 'pop']

    Book: Model cards
    """
    begin, end, p = _checked(starts, ends, probabilities, genres)
    ax = axes_or_new(ax)
    order = np.argsort(-p.mean(axis=0), kind="stable")
    shown, rest = order[:most], order[most:]
    layers = [(labels_of(genres)[k], f"C{i % 7}", p[:, k]) for i, k in enumerate(shown)]
    if len(rest):
        label = f"{len(rest)} others" if len(rest) > 1 else labels_of(genres)[rest[0]]
        layers.append((label, _GREY, p[:, rest].sum(axis=1)))
    floor = np.zeros(len(p))
    width = np.maximum(np.minimum(end, np.append(begin[1:], np.inf)) - begin, 0)
    for label, colour, height in layers:
        ax.bar(begin, height, width, floor, align="edge", color=colour, label=label, linewidth=0)
        floor = floor + height
    ax.set(xlim=(begin[0], end[-1]), ylim=(0, 1), xlabel="time in s", ylabel="probability")
    handles, labels = ax.get_legend_handles_labels()
    ax.legend(handles[::-1], labels[::-1], loc="center left", bbox_to_anchor=(1, 0.5))
    return ax


def describe_timeline(
    starts: ArrayLike, ends: ArrayLike, probabilities: ArrayLike, genres: Sequence[str]
) -> str:
    """Say in words what :func:`plot_timeline` draws.

    Parameters
    ----------
    starts, ends, probabilities, genres
        As in :func:`plot_timeline`.

    Returns
    -------
    str
        Alternative text: which genre leads when.

    Raises
    ------
    DataError
        If there is no segment, or the shapes do not fit.

    Examples
    --------
    >>> describe_timeline([0, 6, 12], [6, 12, 18], [[0.7, 0.3], [0.4, 0.6], [0.2, 0.8]],
    ...     ["pop", "rock"])
    'Probability of 2 genres over 18 s in 3 segments: pop leads from 0 to 6 s, rock from 6 to 18 s.'

    Book: Model cards
    """
    begin, end, p = _checked(starts, ends, probabilities, genres)
    leader = p.argmax(axis=1)
    changes = [0, *(np.flatnonzero(np.diff(leader)) + 1).tolist(), len(leader)]
    stretches = [
        f"{genres[leader[a]]}{' leads' if a == 0 else ''} from {begin[a]:.0f} to {end[b - 1]:.0f} s"
        for a, b in zip(changes[:-1], changes[1:], strict=True)
    ]
    if len(stretches) > 12:
        stretches = [*stretches[:12], f"and {len(stretches) - 12} more changes"]
    return (
        f"Probability of {len(genres)} genres over {end[-1]:.0f} s in {len(p)} segments: "
        f"{', '.join(stretches)}."
    )


def _checked(
    starts: ArrayLike, ends: ArrayLike, probabilities: ArrayLike, genres: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    begin, end, p = (np.asarray(v, dtype=np.float64) for v in (starts, ends, probabilities))
    if not len(begin) or begin.shape != end.shape or p.shape != (len(begin), len(genres)):
        raise DataError(
            f"a timeline needs one start, end and row of {len(genres)} probabilities for each "
            f"segment, but starts, ends and probabilities have the shapes {begin.shape}, "
            f"{end.shape} and {p.shape}"
        )
    return begin, end, p
