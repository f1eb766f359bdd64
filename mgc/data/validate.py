"""Are these the clips that the manifest is about?  Asked of every file, answered by its hash.

Book: The pipeline and its cost.
"""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import soundfile
from tqdm import tqdm

from mgc.data.audio import load_audio
from mgc.data.compute import find_clips
from mgc.errors import AudioError
from mgc.files import sha256_of

#: What can be said of a clip, the good first.
VERDICTS = (
    "equal",
    "same samples",
    "other samples",
    "no hash to compare",
    "undecodable",
    "missing",
    "not in the manifest",
)


@dataclass(frozen=True)
class Validation:
    """What became of the comparison.

    Attributes
    ----------
    verdicts : mapping of str to str
        Clip, in the order of the names, to one of `VERDICTS`.
    reasons : mapping of str to str
        Undecodable clip to the reason.
    """

    verdicts: Mapping[str, str]
    reasons: Mapping[str, str]

    def clips(self, verdict: str) -> list[str]:
        """List the clips of one verdict."""
        return [clip for clip, given in self.verdicts.items() if given == verdict]

    @property
    def whole(self) -> bool:
        """Whether every clip of the manifest is there with its own samples."""
        return set(self.verdicts.values()) <= {"equal", "same samples", "not in the manifest"}


def validate_clips(
    folder: str | Path, manifest: pd.DataFrame, *, progress: bool = False
) -> Validation:
    """Compare the audio files of a folder with the hashes of a manifest.

    A file with another hash may hold the same samples in another wrapping, for example FLAC made
    from the WAV file.  Its samples are then wrapped as a plain 16-bit WAV file, in memory, which
    reproduces the file that was hashed if nothing was lost.

    Parameters
    ----------
    folder : str or Path
        Holds ``<genre>/<clip>.wav`` (or .au, .flac, ...).
    manifest : DataFrame
        Columns ``clip`` and ``sha256``: of the WAV file, or of the float32 samples as the
        synthetic corpus has it.
    progress : bool
        Whether to show a bar (on a terminal only).

    Returns
    -------
    Validation
        One verdict for each clip of the manifest and for each further one in the folder.

    Raises
    ------
    DataError
        If the folder has no audio in genre folders, or two files are the same clip.

    Notes
    -----
    Book: The pipeline and its cost.

    Examples
    --------
    >>> import tempfile
    >>> from mgc.data.synthetic import SyntheticCorpus
    >>> corpus = SyntheticCorpus(clips_per_genre=3, seconds=2.0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     corpus.write_audio(folder, overwrite=True)
    ...     Path(folder, "jazz", "jazz.00000.wav").write_bytes(b"")
    ...     found = validate_clips(folder, corpus.manifest())
    0
    >>> len(found.clips("same samples")), found.clips("undecodable")
    (29, ['jazz.00000'])
    """
    expected = dict(zip(manifest["clip"], manifest["sha256"], strict=True))
    verdicts = dict.fromkeys(expected, "missing")
    reasons: dict[str, str] = {}
    found = find_clips(folder)
    for clip, _, path in tqdm(found, unit="clip", disable=None if progress else True):
        if clip not in expected:
            verdicts[clip] = "not in the manifest"
            continue
        try:
            verdicts[clip] = _verdict(Path(str(path)), expected[clip])
        except AudioError as error:
            verdicts[clip], reasons[clip] = "undecodable", str(error)
        except OSError as error:
            verdicts[clip], reasons[clip] = "undecodable", f"{path} cannot be read ({error})"
    return Validation(dict(sorted(verdicts.items())), reasons)


def _verdict(path: Path, sha256: str) -> str:
    # A pipe, say, is not opened, or it would be waited for.
    if sha256 and path.is_file() and sha256_of(path) == sha256:
        return "equal"
    samples = hashlib.sha256(load_audio(path).y.tobytes()).hexdigest()  # refuses what is no audio
    if not sha256:
        return "no hash to compare"
    return "same samples" if sha256 in (samples, _sha256_as_wav(path)) else "other samples"


def _sha256_as_wav(path: Path) -> str:
    """Hash the WAV file with the 44-byte header that the 16-bit samples would make."""
    samples, sr = soundfile.read(path, dtype="int16")
    wav = io.BytesIO()
    soundfile.write(wav, samples, sr, format="WAV", subtype="PCM_16")
    return hashlib.sha256(wav.getvalue()).hexdigest()
