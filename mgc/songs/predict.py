"""One song, one answer: genres with probabilities, for the song and along it.

Book: Model cards.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mgc.data.audio import load_audio
from mgc.songs.classifier import Classifier, normalised, opened
from mgc.songs.listen import hear


@dataclass(frozen=True)
class Prediction:
    """What the networks say of a song.

    Attributes
    ----------
    file : str
        The song, as it was named.
    genres : tuple of str
        In the order of the columns below.
    logp : ndarray of float64, shape (genres,)
        Natural logarithms of the probabilities of the song: the mean over its segments,
        normalised.
    segment_logp : ndarray of float64, shape (segments, genres)
        Of each segment.
    starts, ends : ndarray of float64, shape (segments,)
        Where the segments lie, in seconds.
    seconds : float
        Length of the song.
    notes : tuple of str
        What was converted, left out or made up.
    model : str
        Who says so.

    Book: Model cards
    """

    file: str
    genres: tuple[str, ...]
    logp: NDArray[np.float64]
    segment_logp: NDArray[np.float64]
    starts: NDArray[np.float64]
    ends: NDArray[np.float64]
    seconds: float
    notes: tuple[str, ...]
    model: str

    @property
    def genre(self) -> str:
        """The most probable genre; a tie goes to the first in the alphabet."""
        return self.genres[int(self.logp.argmax())]

    @property
    def probability(self) -> float:
        """Probability of that genre."""
        return float(np.exp(self.logp.max()))

    def top(self, n: int | None = None) -> list[tuple[str, float]]:
        """Return the `n` most probable genres (all if not given) with probabilities, falling."""
        order = np.argsort(-self.logp, kind="stable")[:n]
        return [(self.genres[k], float(np.exp(self.logp[k]))) for k in order]

    def to_dict(self, n: int | None = None) -> dict[str, Any]:
        """Return the answer as JSON can hold it; the keys are fixed.

        Parameters
        ----------
        n : int, optional
            Genres in ``probabilities``; all if not given.

        Returns
        -------
        dict
            ``file, genre, probability, probabilities`` (genre to probability, falling),
            ``seconds, segments`` (each with ``start, end, genre, probabilities``), ``notes,
            model``.  Probabilities have six decimals, seconds three.
        """
        segments = zip(self.starts, self.ends, np.exp(self.segment_logp), strict=True)
        return {
            "file": self.file,
            "genre": self.genre,
            "probability": round(self.probability, 6),
            "probabilities": {genre: round(p, 6) for genre, p in self.top(n)},
            "seconds": round(self.seconds, 3),
            "segments": [
                {
                    "start": round(float(start), 3),
                    "end": round(float(end), 3),
                    "genre": self.genres[int(p.argmax())],
                    "probabilities": dict(zip(self.genres, p.round(6).tolist(), strict=True)),
                }
                for start, end, p in segments
            ],
            "notes": list(self.notes),
            "model": self.model,
        }


def predict(song: str | Path, model: Classifier | str | Path | None = None) -> Prediction:
    """Say what genre a song is.

    Parameters
    ----------
    song : str or Path
        A file that libsndfile reads (WAV, FLAC, MP3, Ogg, AIFF, AU), of any rate, mono or not,
        from 1 s to an hour.
    model : Classifier, str or Path, optional
        Networks, or the folder of them; the shipped ones if not given.

    Returns
    -------
    Prediction
        One decision by the mean log-probability of all segments, as the report scores clips.

    Raises
    ------
    AudioError
        If the song cannot be decoded or holds nothing to hear.
    WeightsError
        If the networks are missing or damaged.

    Notes
    -----
    Book: Model cards.

    Examples
    --------
    >>> import tempfile
    >>> import soundfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "tone.flac")
    ...     soundfile.write(path, 0.5 * np.sin(np.arange(198_450) / 9), 22050)
    ...     answer = predict(path)
    >>> len(answer.genres), len(answer.segment_logp), answer.seconds
    (10, 1, 9.0)
    """
    asked = model if isinstance(model, Classifier) else opened(model)
    audio = load_audio(song, asked.front_end.sample_rate)
    heard = hear(audio.y, asked.front_end, asked.features, asked.columns, asked.hop)
    segment_logp = asked.log_probabilities(heard.pictures)
    return Prediction(
        file=str(song),
        genres=asked.genres,
        logp=normalised(segment_logp.mean(axis=0)),
        segment_logp=segment_logp,
        starts=heard.starts,
        ends=heard.ends,
        seconds=len(audio.y) / audio.sr,
        notes=audio.notes + heard.notes,
        model=asked.name,
    )
