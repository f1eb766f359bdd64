"""How alike two clips are at each offset, whether all the time, and at which speed.

Book: GTZAN and its faults.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.fft import irfft, next_fast_len, rfft
from scipy.ndimage import map_coordinates
from scipy.stats import theilslopes

from mgc.audit.fingerprint import Picture
from mgc.data.frontend import FrontEnd
from mgc.signal.mel import hz_to_mel, mel_to_hz

#: Columns that must overlap at least: six seconds of the usual front end.
MIN_OVERLAP = 78
#: Columns of a piece that is looked at by itself: about a second.
PIECE = 13
#: Columns of a piece whose own offset is looked for, and how far from the common one.
STRETCH, REACH = 52, 8


@dataclass(frozen=True)
class Curve:
    """Similarity of two clips over the offset.

    Attributes
    ----------
    lags : ndarray of int, shape (n,)
        Columns by which the second clip starts later in the music than the first.
    similarity : ndarray of float, shape (n,)
        From -1 to 1; 0 where nothing sounds in the overlap.
    """

    lags: npt.NDArray[np.int64]
    similarity: npt.NDArray[np.float64]

    @property
    def peak(self) -> int:
        """Position of the largest value, the offset nearest to 0 if there are several."""
        best = np.flatnonzero(self.similarity == self.similarity.max())
        return int(best[np.argmin(np.abs(self.lags[best]))])

    @property
    def second(self) -> float:
        """Largest value at least half a second away from the peak."""
        away = np.abs(self.lags - self.lags[self.peak]) > PIECE // 2
        return float(self.similarity[away].max(initial=-1.0))

    @property
    def z(self) -> float:
        """Height of the peak above the median, in robust standard deviations of the curve."""
        middle = np.median(self.similarity)
        spread = 1.4826 * np.median(np.abs(self.similarity - middle))
        return float((self.similarity[self.peak] - middle) / max(float(spread), 1e-6))


def similarity_curve(x: Picture, y: Picture) -> Curve:
    r"""Correlate two comparable pictures at every offset that leaves enough overlap.

    Parameters
    ----------
    x, y : ndarray of float32, shape (n_mels, columns)
        As :func:`mgc.audit.fingerprint.comparable_picture` returns them.

    Returns
    -------
    Curve
        .. math:: r(l) = \frac{\sum x_{m,t+l}\, y_{m,t}}
                 {\sqrt{\sum x_{m,t+l}^2 \sum y_{m,t}^2}},

        all sums over the bands and the columns where both sound.

    Notes
    -----
    The numerator of all offsets is one product of Fourier transforms, the norms are differences
    of cumulative sums: O(n_mels columns log(columns)) for a pair.

    Examples
    --------
    >>> music = np.random.default_rng(0).standard_normal((128, 500)).astype("float32")
    >>> curve = similarity_curve(music[:, :387], music[:, 100:487])
    >>> int(curve.lags[curve.peak]), round(float(curve.similarity[curve.peak]), 3)
    (100, 1.0)

    Book: GTZAN and its faults.
    """
    columns = x.shape[1]
    n = next_fast_len(2 * columns, real=True)
    product = (rfft(x, n, axis=1) * rfft(y, n, axis=1).conj()).sum(axis=0)
    reach = columns - min(MIN_OVERLAP, columns // 2)
    lags = np.arange(-reach, reach + 1)
    both = irfft(product, n)[lags].astype(np.float64)
    first, last = np.maximum(0, -lags), np.minimum(columns, columns - lags)  # of y
    norm = np.sqrt(_energy(x, first + lags, last + lags) * _energy(y, first, last))
    quiet = norm < 1e-3 * columns
    return Curve(lags, np.where(quiet, 0.0, both / np.where(quiet, 1.0, norm)).clip(-1, 1))


def steadiness(x: Picture, y: Picture, lag: int) -> float:
    """Return how alike two pictures are in the tenth of their seconds where they are least so.

    Two takes of one loop have the loop in common and not what is sung over it; a copy is a copy
    all the time.

    Parameters
    ----------
    x, y : ndarray of float32, shape (n_mels, columns)
        Comparable pictures.
    lag : int
        Columns by which `y` starts later.

    Returns
    -------
    float
        The 10 % quantile of the similarity of pieces of a second, from -1 to 1.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal((128, 130)).astype("float32")
    >>> round(steadiness(x, 0.5 * x, 0), 3)
    1.0

    Notes
    -----
    Book: GTZAN and its faults.
    """
    columns = x.shape[1]
    first, last = max(0, -lag), min(columns, columns - lag)
    count = (last - first) // PIECE
    last = first + count * PIECE
    a, b = (
        z.reshape(len(z), count, PIECE) for z in (x[:, first + lag : last + lag], y[:, first:last])
    )
    norm = np.sqrt((a * a).sum(axis=(0, 2)) * (b * b).sum(axis=(0, 2)))
    sounding = norm > 1e-3 * PIECE
    local = (a * b).sum(axis=(0, 2))[sounding] / norm[sounding]
    return float(np.quantile(local, 0.1)) if len(local) else 0.0


def relative_speed(x: Picture, y: Picture, lag: int) -> float:
    """Estimate how much faster the music runs in `y` than in `x`.

    A turntable or a tape that runs 1 % off moves the end of a clip by 0.3 s: no single offset then
    fits the whole of it.  Each piece of 4 s has an offset of its own, and the slope of these
    offsets over time, the median of the slopes of all pairs of pieces, is the difference in speed.

    Parameters
    ----------
    x, y : ndarray of float32, shape (n_mels, columns)
        Comparable pictures.
    lag : int
        Columns by which `y` starts later, roughly.

    Returns
    -------
    float
        Speed of `y` over that of `x`; 1 if fewer than three pieces overlap.

    Notes
    -----
    The median slope is that of Theil and Sen (Sen 1968, doi:10.1080/01621459.1968.10480934).

    Examples
    --------
    >>> from scipy.ndimage import convolve1d
    >>> rng = np.random.default_rng(0)
    >>> x = convolve1d(rng.standard_normal((128, 400)), np.ones(9)).astype("float32")
    >>> y = np.stack([np.interp(1.02 * np.arange(380), np.arange(400), band) for band in x])
    >>> round(relative_speed(x[:, :380], y.astype("float32"), 4), 2)
    1.02

    Book: GTZAN and its faults.
    """
    places, offsets = [], []
    for start in range(0, y.shape[1] - STRETCH + 1, STRETCH // 2):
        first, last = start + lag - REACH, start + lag + REACH + STRETCH
        if first < 0 or last > x.shape[1]:
            continue
        pieces = np.lib.stride_tricks.sliding_window_view(x[:, first:last], STRETCH, axis=1)
        both = np.einsum("bst,bt->s", pieces, y[:, start : start + STRETCH])
        norm = np.sqrt(np.einsum("bst,bst->s", pieces, pieces))
        places.append(start)
        offsets.append(_vertex(both / np.maximum(norm, 1e-6)))
    return 1.0 + float(theilslopes(offsets, places).slope) if len(places) > 2 else 1.0


def at_speed(picture: Picture, front_end: FrontEnd, speed: float) -> Picture:
    """Return a comparable picture as if the music ran `speed` times slower, and so lower.

    Parameters
    ----------
    picture : ndarray of float32, shape (n_mels, columns)
        As :func:`mgc.audit.fingerprint.comparable_picture` returns it.
    front_end : FrontEnd
        Knows the frequency of each band.
    speed : float
        Above 0; 1 changes nothing.

    Returns
    -------
    ndarray of float32, shape (n_mels, columns)
        Linear interpolation; 0 where the picture has nothing to show.

    Examples
    --------
    >>> picture = np.random.default_rng(0).standard_normal((128, 387)).astype("float32")
    >>> bool(np.allclose(at_speed(picture, FrontEnd(), 1.0), picture, atol=1e-3))
    True

    Notes
    -----
    Book: GTZAN and its faults.
    """
    n_mels, columns = picture.shape
    htk = front_end.mel_scale == "htk"
    low, high = (float(hz_to_mel(f, htk=htk)) for f in (front_end.fmin, front_end.fmax))
    mels = np.linspace(low, high, n_mels + 2)
    wanted = hz_to_mel(mel_to_hz(mels[1:-1], htk=htk) * speed, htk=htk)
    band = np.interp(wanted, mels, np.arange(-1, n_mels + 1))
    where = np.meshgrid(band, np.arange(columns) / speed, indexing="ij")
    moved: Picture = map_coordinates(picture, where, order=1, prefilter=False)
    return moved


def _vertex(values: npt.NDArray[np.float32]) -> float:
    """Return where the largest value lies, between the places, by the parabola through three."""
    k = int(np.argmax(values))
    if not 0 < k < len(values) - 1:
        return float(k)
    before, top, after = values[k - 1 : k + 2].tolist()
    bend = before - 2 * top + after
    return k + 0.5 * (before - after) / bend if bend < 0 else float(k)


def _energy(
    z: Picture, first: npt.NDArray[np.int64], last: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return the sum of squares of the columns from `first` up to `last`."""
    total = np.concatenate([[0.0], np.cumsum((z.astype(np.float64) ** 2).sum(axis=0))])
    energy: npt.NDArray[np.float64] = total[last] - total[first]
    return energy
