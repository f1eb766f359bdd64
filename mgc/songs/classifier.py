"""The networks that songs are classified with: a folder of ONNX files and what they need to know.

``model.json`` says how a song becomes the input of the networks, what they were trained on, how
well they did, and the SHA-256 of each file; it is checked on every opening.

Book: Model cards.
"""

import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mgc.data.frontend import FrontEnd
from mgc.data.representation import REPRESENTATIONS, Representation
from mgc.errors import MGCError, WeightsError
from mgc.threads import wanted_threads

#: The networks that come with the package.
SHIPPED = Path(__file__).with_name("weights")

#: What says everything but the weights, and its version.
MODEL_FILE, MODEL_VERSION = "model.json", 1

_REMEDY = "install mgc again, or make the folder anew with 'mgc export'"


@dataclass(frozen=True)
class Classifier:
    """Networks that were trained alike, and how to ask them.

    Attributes
    ----------
    name : str
        For people, and in every answer.
    genres : tuple of str
        In the order of the networks' outputs.
    front_end : FrontEnd
        How sound becomes levels.
    features : Representation
        What is made of the levels.
    columns, hop : int
        Width of a segment, and steps between two, in columns of the front end.
    temperature : float
        Log-probabilities are divided by it; 1 leaves them as the networks gave them.
    networks : tuple
        ONNX Runtime sessions; several are an ensemble.
    facts : dict
        All of ``model.json``: runs, scores, hashes.

    Book: Model cards
    """

    name: str
    genres: tuple[str, ...]
    front_end: FrontEnd
    features: Representation
    columns: int
    hop: int
    temperature: float
    networks: tuple[Any, ...]
    facts: Mapping[str, Any]

    @classmethod
    def open(cls, folder: str | Path | None = None) -> Self:
        """Open a folder of networks; the shipped one if none is named.

        Parameters
        ----------
        folder : str or Path, optional
            As :func:`mgc.songs.export.export_runs` writes it.

        Raises
        ------
        WeightsError
            If a file is missing or altered, or the format is unknown.

        Examples
        --------
        >>> Classifier.open("nowhere")
        Traceback (most recent call last):
            ...
        mgc.errors.WeightsError: nowhere/model.json is not there: name a folder from 'mgc export'
        """
        folder = Path(folder) if folder else SHIPPED
        facts = _read(folder / MODEL_FILE)
        try:
            return cls(
                name=facts["name"],
                genres=tuple(facts["genres"]),
                front_end=FrontEnd.from_spec(facts["front_end"]),
                features=REPRESENTATIONS[facts["features"]],
                columns=int(facts["segment_columns"]),
                hop=int(facts["hop_columns"]),
                temperature=float(facts["temperature"]),
                networks=tuple(_session(folder, entry) for entry in facts["networks"]),
                facts=facts,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise WeightsError(
                f"{folder / MODEL_FILE} lacks or garbles {error}: {_REMEDY}"
            ) from error

    def log_probabilities(self, pictures: NDArray[np.float32]) -> NDArray[np.float64]:
        """Ask every network about each segment.

        Parameters
        ----------
        pictures : ndarray of float32, shape (segments, rows, frames)
            Features, not normalised: the networks do that.

        Returns
        -------
        ndarray of float64, shape (segments, genres)
            Natural logarithms, the mean over the networks, then divided by the temperature;
            normalised.
        """
        total = np.zeros((len(pictures), len(self.genres)))
        for network in self.networks:
            [p] = network.run(None, {network.get_inputs()[0].name: pictures})
            total += np.log(np.maximum(p, np.finfo(np.float32).tiny).astype(np.float64))
        return normalised(total / (len(self.networks) * self.temperature))


def normalised(logp: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shift log-probabilities so that the probabilities of the last axis add up to 1.

    Examples
    --------
    >>> np.exp(normalised(np.array([0.0, 0.0]))).tolist()
    [0.5, 0.5]

    Book: Model cards
    """
    shifted = logp - logp.max(axis=-1, keepdims=True)
    found: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return found


@functools.cache
def opened(folder: str | Path | None = None) -> Classifier:
    """Open a folder once and keep it for the next song."""
    return Classifier.open(folder)


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise WeightsError(f"{path} is not there: name a folder from 'mgc export'")
    try:
        facts = json.loads(path.read_text(encoding="utf8"))
        version = facts["version"]
    except (ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"{path} is damaged ({error}): {_REMEDY}") from error
    if version != MODEL_VERSION:
        raise WeightsError(
            f"{path} has version {version!r}, this mgc reads version {MODEL_VERSION}: update mgc, "
            "or export the runs again"
        )
    return dict(facts)


def _session(folder: Path, entry: Mapping[str, Any]) -> Any:
    """Open one network whose bytes are those that were exported."""
    import onnxruntime

    path = folder / str(entry["file"])
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"{path} cannot be read ({error.strerror}): {_REMEDY}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != entry["sha256"]:
        raise WeightsError(
            f"{path} has SHA-256 {found[:12]}…, but {MODEL_FILE} promises "
            f"{str(entry['sha256'])[:12]}…: {_REMEDY}"
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = wanted_threads()
    options.inter_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own classes share no other root
        if isinstance(error, MGCError):
            raise
        raise WeightsError(f"{path} is no network that can be run ({error}): {_REMEDY}") from error
