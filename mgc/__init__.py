"""Music genre classification, examined numerically: the package behind the book.

The floors of the house, from the cellar up: :mod:`mgc.signal`, :mod:`mgc.data`, :mod:`mgc.models`,
:mod:`mgc.optim`, :mod:`mgc.train`, :mod:`mgc.evaluate`, :mod:`mgc.songs`, :mod:`mgc.plots`,
:mod:`mgc.book`, :mod:`mgc.cli`.  A module imports only from floors below its own.  Importing
:mod:`mgc` itself imports none of them, so it costs next to nothing and never starts a
deep-learning backend; ``mgc.predict("song.flac")`` fetches what it needs when it is called.
"""

import importlib
from typing import Any

__version__ = "0.1.0"


def predict(song: Any, model: Any = None) -> Any:
    """Say what genre a song is: :func:`mgc.songs.predict.predict` in one line.

    Parameters
    ----------
    song : str or Path
        A WAV, FLAC, MP3, Ogg, AIFF or AU file.
    model : str or Path, optional
        Folder made by ``mgc export``; the shipped networks if not given.

    Returns
    -------
    mgc.songs.predict.Prediction
        With ``genre``, ``probability`` and ``top(n)``.

    Raises
    ------
    mgc.errors.AudioError
        If the song cannot be decoded or holds nothing to hear.

    Book: Model cards

    Examples
    --------
    >>> import mgc
    >>> mgc.predict("none.mp3")
    Traceback (most recent call last):
        ...
    mgc.errors.AudioError: none.mp3 is not there or is no file: correct the path
    """
    # By name, for the cellar imports nothing from the floors above, and no page depends on this
    # room unless it names it.
    return importlib.import_module(f"{__name__}.songs.predict").predict(song, model)
