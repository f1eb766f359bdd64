"""The one file from which every number of the report can be computed again: ``predictions.csv``.

One row per segment: ``clip, part, segment, group, true`` and ``logp_<genre>`` for each genre in
sorted order (natural logarithm).  Log-probabilities are float32 written with nine significant
digits, which is what it takes for each value to come back with the same bits.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from mgc.data.manifest import PARTS
from mgc.errors import DataError, RunError
from mgc.files import atomic_file

#: Leading columns of the file; the log-probabilities follow.
LEADING = ("clip", "part", "segment", "group", "true")

#: Prefix of a log-probability column.
PREFIX = "logp_"

#: How far the log of the summed probabilities may lie from 0 (float32 log-softmax: about 1e-6).
NORMALISATION_TOLERANCE = 1e-4


def genres_of(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the genres that a frame of predictions or of track decisions scores.

    Parameters
    ----------
    frame : DataFrame
        With columns ``logp_<genre>``.

    Returns
    -------
    tuple of str
        Genres in the order of the columns.

    Examples
    --------
    >>> genres_of(pd.DataFrame(columns=["clip", "logp_blues", "logp_rock"]))
    ('blues', 'rock')
    """
    names = [str(name) for name in frame.columns]
    return tuple(name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX))


def log_probabilities(frame: pd.DataFrame) -> NDArray[np.float64]:
    """Return the log-probabilities of a frame as a float64 array.

    Parameters
    ----------
    frame : DataFrame
        With columns ``logp_<genre>``.

    Returns
    -------
    ndarray of float64, shape (rows, genres)
        Natural logarithms, columns in the order of :func:`genres_of`.

    Examples
    --------
    >>> log_probabilities(pd.DataFrame({"logp_blues": [0.0], "logp_rock": [-9.0]}))
    array([[ 0., -9.]])
    """
    columns = [PREFIX + genre for genre in genres_of(frame)]
    return frame[columns].to_numpy(dtype=np.float64)


def predictions_frame(
    clips: Sequence[str],
    parts: Sequence[str],
    segments: Sequence[int],
    groups: Sequence[str],
    true: Sequence[str],
    logp: ArrayLike,
    genres: Sequence[str],
) -> pd.DataFrame:
    """Build and check a frame of predictions, one row per segment.

    Parameters
    ----------
    clips, parts, segments, groups, true : sequence, length n
        Clip id, part (train, valid or test), number of the segment in its clip (0, 1, ...),
        artist group and true genre.
    logp : array_like, shape (n, len(genres))
        Natural logarithms of the predicted probabilities, each row normalised.
    genres : sequence of str
        Meaning of the columns of `logp`, in any order; the frame holds them sorted.

    Returns
    -------
    DataFrame
        As :func:`read_predictions` returns it.

    Raises
    ------
    DataError
        If the lengths differ or a row breaks a rule of the format.

    Examples
    --------
    >>> half = np.log([[0.5, 0.5]])
    >>> frame = predictions_frame(["a"], ["test"], [0], ["Abba"], ["pop"], half, ["rock", "pop"])
    >>> list(frame.columns)
    ['clip', 'part', 'segment', 'group', 'true', 'logp_pop', 'logp_rock']

    Book: Main results
    """
    values = np.asarray(logp, dtype=np.float32)
    leading = dict(zip(LEADING, (clips, parts, segments, groups, true), strict=True))
    lengths = {name: len(column) for name, column in leading.items()}
    if values.shape != (len(clips), len(genres)) or len(set(lengths.values())) != 1:
        raise DataError(
            f"predictions need one row per segment and one column per genre, but log-probabilities "
            f"have shape {values.shape} for {len(genres)} genres and columns of {lengths}: "
            "pass sequences of one length"
        )
    frame = pd.DataFrame({name: np.asarray(column) for name, column in leading.items()})
    for column in np.argsort(np.asarray(genres)):
        frame[PREFIX + str(genres[column])] = values[:, column]
    _require_valid(frame, DataError, "these predictions", first_row=0, row_word="row")
    return frame


def write_predictions(path: str | Path, frame: pd.DataFrame) -> None:
    """Write predictions as CSV, all or nothing, so that every float32 comes back bit for bit.

    Parameters
    ----------
    path : str or Path
        Place of the file, by convention ``<run folder>/predictions.csv``.
    frame : DataFrame
        As built by :func:`predictions_frame`.

    Raises
    ------
    DataError
        If the frame breaks a rule of the format; nothing is written then.
    MGCError
        If the system refuses to write.

    Examples
    --------
    >>> import tempfile
    >>> half = np.log([[0.5, 0.5]])
    >>> frame = predictions_frame(["a"], ["test"], [0], ["Abba"], ["pop"], half, ["pop", "rock"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_predictions(f"{folder}/predictions.csv", frame)
    ...     read_predictions(f"{folder}/predictions.csv").equals(frame)
    True

    Book: Main results
    """
    _require_valid(frame, DataError, "these predictions", first_row=0, row_word="row")
    with atomic_file(path) as temporary:
        frame.to_csv(temporary, index=False, float_format="%.9g", lineterminator="\n")


def read_predictions(path: str | Path) -> pd.DataFrame:
    """Read and check ``predictions.csv``.

    Parameters
    ----------
    path : str or Path
        Place of the file.

    Returns
    -------
    DataFrame
        Columns ``clip, part, segment, group, true`` (str, except `segment`: int64) and
        ``logp_<genre>`` (float32, natural logarithm, <= 0 up to rounding) in sorted order.

    Raises
    ------
    RunError
        If the file is missing, is no such table, or a line breaks a rule of the format: finite
        normalised log-probabilities, known genres and parts, one genre and group per clip, no
        segment twice.  The message names file, line and remedy.

    Examples
    --------
    >>> read_predictions("nowhere/predictions.csv")
    Traceback (most recent call last):
        ...
    mgc.errors.RunError: nowhere/predictions.csv does not exist: make the run again with 'mgc run'

    Book: Main results
    """
    path = Path(path)
    if not path.is_file():
        raise RunError(f"{path} does not exist: make the run again with 'mgc run'")
    try:
        # Text first: an artist may be called "NA" or "1975", and a bad number must keep its line.
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, skip_blank_lines=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise RunError(
            f"{path} is not a table of predictions ({str(error).strip()}): "
            "make the run again with 'mgc run'"
        ) from error
    for name in frame.columns:
        if str(name).startswith(PREFIX):
            frame[name] = pd.to_numeric(frame[name], errors="coerce").astype(np.float32)
    if "segment" in frame.columns:
        number = pd.to_numeric(frame["segment"], errors="coerce")
        whole = number.notna() & (number == number.round()) & (number >= 0)
        frame["segment"] = number.where(whole, -1).astype(np.int64)
    _require_valid(frame, RunError, str(path), first_row=2, row_word="line")
    return frame


def _require_valid(
    frame: pd.DataFrame,
    error: type[DataError] | type[RunError],
    where: str,
    first_row: int,
    row_word: str,
) -> None:
    """Raise `error` for the first rule that the frame breaks, naming the first row that does."""
    remedy = "make the run again" if error is RunError else "correct what produced them"
    genres = genres_of(frame)
    expected = [*LEADING, *(PREFIX + genre for genre in sorted(genres))]
    if len(genres) < 2 or [str(name) for name in frame.columns] != expected:
        raise error(
            f"{where}: columns are {', '.join(map(str, frame.columns))}; expected "
            f"{', '.join(LEADING)} and logp_<genre> for two or more sorted genres: {remedy}"
        )
    if frame.empty:
        raise error(f"{where}: no row; expected at least one segment: {remedy}")
    for broken, complaint in _rules(frame, genres):
        if broken.any():
            row = int(np.flatnonzero(broken)[0])
            raise error(f"{where}, {row_word} {row + first_row}: {complaint}: {remedy}")


def _rules(frame: pd.DataFrame, genres: tuple[str, ...]) -> list[tuple[NDArray[np.bool_], str]]:
    """List (rows that break the rule, what is wrong there), most basic rule first."""
    logp = log_probabilities(frame)
    finite: NDArray[np.bool_] = np.asarray(np.isfinite(logp).all(axis=1))
    total = np.logaddexp.reduce(np.where(finite[:, None], logp, 0.0), axis=1)
    unnormalised = finite & (np.abs(total) > NORMALISATION_TOLERANCE)
    segment = frame["segment"]
    whole = segment.to_numpy() >= 0 if pd.api.types.is_integer_dtype(segment) else False
    clip = frame.groupby(["part", "clip"], sort=False)
    rules: list[tuple[ArrayLike, str]] = [
        (frame[name].isna() | (frame[name].astype(str) == ""), f"'{name}' is empty")
        for name in LEADING
    ]
    rules += [
        (~frame["part"].isin(PARTS), f"'part' is not one of {', '.join(PARTS)}"),
        (~np.broadcast_to(whole, len(frame)), "'segment' is not a whole number from 0"),
        (~frame["true"].isin(genres), f"'true' is not one of {', '.join(genres)}"),
        (~finite, "a log-probability is not a finite number"),
        (unnormalised, "the probabilities do not add up to 1 (are these logits?)"),
        (frame.duplicated(["part", "clip", "segment"]), "this segment was there already"),
        (frame["true"] != clip["true"].transform("first"), "this clip had another true genre"),
        (frame["group"] != clip["group"].transform("first"), "this clip had another group"),
    ]
    return [(np.asarray(broken, dtype=bool), complaint) for broken, complaint in rules]
