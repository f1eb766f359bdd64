"""From segments to tracks: one decision per clip, which is what the report scores."""

import numpy as np
import pandas as pd

from mgc.evaluate.predictions import PREFIX, genres_of, log_probabilities


def track_decisions(predictions: pd.DataFrame) -> pd.DataFrame:
    """Decide once per clip: mean log-probability over its segments, then the largest.

    The mean of logarithms is the normalised product of the segments' probabilities (up to a
    constant), so one segment that is sure that a genre is wrong can veto it.

    Parameters
    ----------
    predictions : DataFrame
        One row per segment, see :func:`mgc.evaluate.predictions.read_predictions`.

    Returns
    -------
    DataFrame
        One row per (part, clip), sorted by them: ``clip, part, group, true, predicted`` (str),
        ``correct`` (bool) and ``logp_<genre>`` (float64, mean natural logarithm; not normalised).
        A tie goes to the genre that comes first in the alphabet.

    Examples
    --------
    >>> from mgc.evaluate.predictions import predictions_frame
    >>> logp = np.log([[0.6, 0.4], [0.1, 0.9]])
    >>> segments = predictions_frame(
    ...     ["a", "a"], ["test", "test"], [0, 1], ["Abba", "Abba"], ["pop", "pop"], logp,
    ...     ["pop", "rock"])
    >>> track_decisions(segments)[["clip", "true", "predicted", "correct"]].values.tolist()
    [['a', 'pop', 'rock', False]]

    Book: Main results
    """
    scores = [PREFIX + genre for genre in genres_of(predictions)]
    # In float64, for which the order of the rows does not matter.
    clips = predictions.astype(dict.fromkeys(scores, np.float64)).groupby(["part", "clip"])
    means = clips[scores].mean()
    facts = clips[["group", "true"]].first()
    tracks = facts.join(means).reset_index()
    tracks.insert(4, "predicted", _best(tracks))
    tracks.insert(5, "correct", (tracks["predicted"] == tracks["true"]).to_numpy(dtype=bool))
    return tracks[["clip", "part", "group", "true", "predicted", "correct", *scores]]


def segment_decisions(predictions: pd.DataFrame) -> pd.DataFrame:
    """Decide for each segment alone; reported beside the track level, never instead of it.

    Parameters
    ----------
    predictions : DataFrame
        One row per segment, see :func:`mgc.evaluate.predictions.read_predictions`.

    Returns
    -------
    DataFrame
        The columns of :func:`track_decisions` and ``segment``, one row per segment.

    Examples
    --------
    >>> from mgc.evaluate.predictions import predictions_frame
    >>> logp = np.log([[0.6, 0.4], [0.1, 0.9]])
    >>> segments = predictions_frame(
    ...     ["a", "a"], ["test", "test"], [0, 1], ["Abba", "Abba"], ["pop", "pop"], logp,
    ...     ["pop", "rock"])
    >>> segment_decisions(segments)["predicted"].tolist()
    ['pop', 'rock']

    Book: Main results
    """
    predicted = _best(predictions)
    correct = (predicted == predictions["true"]).to_numpy(dtype=bool)
    return predictions.assign(predicted=predicted, correct=correct)


def _best(frame: pd.DataFrame) -> "pd.Series[str]":
    genres = np.asarray(genres_of(frame))
    return pd.Series(genres[log_probabilities(frame).argmax(axis=1)], index=frame.index, dtype=str)
