"""Which clips may hold the same sound: short fingerprints, hashed into an inverted index.

A fingerprint is what 4 s of a clip look like once level, equaliser and moment are taken out of the
picture, sketched in bits.  Two clips are candidates if they share sketches at one offset.
Book: GTZAN and its faults.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.ndimage import convolve1d, uniform_filter1d

from mgc.data.store import FeatureStore
from mgc.errors import DataError

Picture = npt.NDArray[np.float32]

#: Columns of a fingerprint (4 s of the usual front end); a clip of few columns gets half of them.
WIDTH = 52
#: Steps between fingerprints, in columns: of those that are kept and of those that are asked for.
#: Without a common divisor, so that every offset between two clips is met exactly now and then.
STEPS = (8, 9)
#: Neighbouring bands and columns that a fingerprint adds up.
FOLD = 4
#: A sketch is `WORDS` words of `WORD_BITS` signs; one seed, so that it is the same each time.
WORDS, WORD_BITS, SEED = 16, 24, 0
#: Largest share of differing bits of two sketches that are called alike: 54 degrees.
BIT_ERRORS = 0.3
#: Fingerprints that must be alike at one offset, give or take `SLACK` columns.
VOTES, SLACK = 2, 3
# Collisions that are looked at together.
_BLOCK = 1_000_000


def comparable_picture(store: FeatureStore, row: int) -> Picture:
    """Return the picture of a clip without what a copy may change.

    Columns are put where they belong in time (clips differ in length by a few per cent, pictures
    do not), smoothed over three, so that a copy that starts between two columns still looks alike;
    from each band its neighbourhood of an eighth of all bands is taken away (drums, hiss, slopes
    of an equaliser), and then its mean over time (gain, band limits).

    Parameters
    ----------
    store : FeatureStore
        Where the clip lies.
    row : int
        Which clip.

    Returns
    -------
    ndarray of float32, shape (n_mels, columns)
        Levels in dB about their surroundings; 0 where the clip has ended.

    Examples
    --------
    >>> from mgc.data.synthetic import SyntheticCorpus, synthetic_store
    >>> store = FeatureStore.open(synthetic_store(SyntheticCorpus()))
    >>> comparable_picture(store, 0).shape
    (128, 154)

    Notes
    -----
    Book: GTZAN and its faults.
    """
    frames = store.clips["n_frames"]
    n_mels, columns = store.values.shape[1:]
    # Column x lies at (x + 1/2) / (columns + 1/2) of the clip, whatever its length.
    x = (np.arange(columns) + 0.5) * float(frames.median()) / float(frames.iloc[row]) - 0.5
    there = np.rint(x).astype(np.int64)
    inside = there < columns
    S = store.decode(row)[:, there[inside]]
    S = convolve1d(S, [0.25, 0.5, 0.25], axis=1)
    S -= uniform_filter1d(S, n_mels // 8 + 1, axis=0)
    S -= S.mean(axis=1, keepdims=True)
    return np.pad(S, ((0, 0), (0, columns - S.shape[1])))


def fingerprints(picture: Picture, step: int) -> tuple[npt.NDArray[np.int64], Picture]:
    """Cut fingerprints from a comparable picture.

    Parameters
    ----------
    picture : ndarray, shape (n_mels, columns)
        As :func:`comparable_picture` returns it.
    step : int
        Columns from one fingerprint to the next.

    Returns
    -------
    starts : ndarray of int, shape (n,)
        First column of each; silent stretches have none.
    vectors : ndarray of float32, shape (n, features)
        Of length one each.

    Examples
    --------
    >>> starts, vectors = fingerprints(np.eye(128, 387, dtype="float32"), 100)
    >>> starts.tolist(), vectors.shape
    ([0, 100], (2, 416))

    Notes
    -----
    Book: GTZAN and its faults.
    """
    n_mels, columns = picture.shape
    width = min(WIDTH, columns // 2) // FOLD * FOLD
    if width == 0:
        raise DataError(
            f"the clips have {columns} columns, but fingerprints need at least {2 * FOLD}: "
            "compute the store of longer clips"
        )
    bands = np.add.reduceat(picture, np.arange(0, n_mels, FOLD), axis=0)
    starts = np.arange(0, columns - width + 1, step)
    pieces = np.lib.stride_tricks.sliding_window_view(bands, width, axis=1)[:, starts]
    folded = pieces.reshape(len(bands), len(starts), -1, FOLD).sum(axis=3).transpose(1, 0, 2)
    vectors = folded.reshape(len(starts), -1)
    length = np.linalg.norm(vectors, axis=1)
    sounding = length > 1e-3
    return starts[sounding], vectors[sounding] / length[sounding, None]


def candidates(store: FeatureStore) -> pd.DataFrame:
    """Find pairs of clips that may hold the same sound.

    Parameters
    ----------
    store : FeatureStore
        Any number of clips.

    Returns
    -------
    DataFrame
        ``first, second`` (rows of the store, first < second), ``votes`` (pairs of sketches that
        are alike at the best supported offset), sorted.

    Notes
    -----
    A sketch holds the signs of projections to random directions: of two vectors at the angle
    theta, the share theta / pi of the bits differs (Charikar 2002, doi:10.1145/509907.509965).  As
    in the fingerprints of Haitsma and Kalker (2002, ISMIR), what agrees in one whole word is looked
    up, and kept if few enough of all the bits differ.  For n clips of m fingerprints a word is
    log2(n m) bits long, so a question meets about one stranger by chance in each of the `WORDS`
    tables, however large n is: the time is n m log(n m), the memory n m sketches of 48 bytes.  No
    clip is compared with every other.

    Examples
    --------
    >>> from mgc.data.synthetic import SyntheticCorpus, synthetic_store
    >>> store = FeatureStore.open(synthetic_store(SyntheticCorpus()))
    >>> pairs = candidates(store)
    >>> bool((pairs["first"] < pairs["second"]).all())
    True

    Book: GTZAN and its faults.
    """
    kept, asked = _sketches(store)
    votes = [
        _votes(asked, kept, question, answer)
        for word in range(WORDS)
        for question, answer in _collisions(asked.words[:, word], kept.words[:, word])
    ]
    alike = pd.concat(votes).drop_duplicates()
    counts = alike.groupby(["first", "second", "offset"]).size().rename("votes")
    best = counts.groupby(["first", "second"]).max()
    return best[best >= VOTES].reset_index()


class _Sketches(NamedTuple):
    """Of many fingerprints: row of the store, first column, words (n, WORDS) of the sketch."""

    rows: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    words: npt.NDArray[np.uint32]


def _sketches(store: FeatureStore) -> list[_Sketches]:
    """Sketch the fingerprints of the store, for each of `STEPS`."""
    directions = None
    parts: list[list[_Sketches]] = [[] for _ in STEPS]
    for row in range(len(store)):
        picture = comparable_picture(store, row)
        for part, step in zip(parts, STEPS, strict=True):
            starts, vectors = fingerprints(picture, step)
            if directions is None:
                rng = np.random.default_rng(SEED)
                shape = (vectors.shape[1], WORDS * WORD_BITS)
                directions = rng.standard_normal(shape, dtype=np.float32)
            signs = (vectors @ directions > 0).reshape(len(vectors), WORDS, WORD_BITS)
            words = signs @ (1 << np.arange(WORD_BITS, dtype=np.uint32))
            rows = np.full(len(starts), row, dtype=np.int32)
            part.append(_Sketches(rows, starts.astype(np.int32), words.astype(np.uint32)))
    return [_Sketches(*map(np.concatenate, zip(*part, strict=True))) for part in parts]


def _collisions(
    asked: npt.NDArray[np.uint32], kept: npt.NDArray[np.uint32]
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Yield, in blocks, which of the `asked` words stands where among the `kept`."""
    bits = min(WORD_BITS, max(8, len(kept).bit_length()))
    asked, kept = asked % (1 << bits), kept % (1 << bits)
    order = np.argsort(kept, kind="stable")
    low = np.searchsorted(kept, asked, "left", sorter=order)
    many = np.searchsorted(kept, asked, "right", sorter=order) - low
    # Blocks bound the memory, whatever the number of collisions.
    borders = np.flatnonzero(np.diff(np.cumsum(many) // _BLOCK)) + 1
    for block in np.split(np.arange(len(asked)), borders):
        count = many[block]
        question = np.repeat(block, count)
        within = np.arange(len(question)) - np.repeat(np.cumsum(count) - count, count)
        yield question, order[low[question] + within]


def _votes(
    asked: _Sketches,
    kept: _Sketches,
    question: npt.NDArray[np.int64],
    answer: npt.NDArray[np.int64],
) -> pd.DataFrame:
    """Return the pairs of sketches that are alike in all their words, the lower row first."""
    other = asked.rows[question] != kept.rows[answer]
    question, answer = question[other], answer[other]
    differ = np.bitwise_count(asked.words[question] ^ kept.words[answer]).sum(axis=1)
    alike = differ <= BIT_ERRORS * WORDS * WORD_BITS
    question, answer = question[alike], answer[alike]
    a, b = asked.rows[question], kept.rows[answer]
    lag = kept.starts[answer] - asked.starts[question]
    swap = a > b
    return pd.DataFrame(
        {
            "first": np.where(swap, b, a),
            "second": np.where(swap, a, b),
            "offset": np.rint(np.where(swap, -lag, lag) / SLACK).astype(np.int32),
            "question": question,
            "answer": answer,
        }
    )
