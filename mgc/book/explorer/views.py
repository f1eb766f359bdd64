"""What the interactive figure shows for each window length: picture, box, bounds.

Book: Gabor atoms and uncertainty.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mgc.errors import SignalError
from mgc.signal.atoms import chirp, clicks, two_tones
from mgc.signal.frames.system import GaborSystem
from mgc.signal.resolution import Resolution, predicted_resolution
from mgc.signal.windows import Spread, sampled_window, window_moments

#: Sampling rate in Hz and hop in samples, those of the GTZAN front end.
SR, HOP = 22050, 512
#: Window lengths in samples: powers of two and, between them, the even numbers next to
#: their geometric means.
LENGTHS = tuple(2 * round(2 ** (6 + k / 2)) for k in range(13))

#: Frequencies of the two tones in Hz and places of the two clicks in s: too close for any Hann
#: window to separate both pairs.
TONES, CLICKS = (600.0, 640.0), (0.94, 0.96)
#: Frequencies in Hz between which the chirp glides.
GLIDE = (800.0, 1400.0)

#: Size of the picture, samples between its columns, and frequency bins between its rows.
ROWS, COLUMNS, STEP, BINS = 144, 192, 138, 3
#: First bin of the picture and channels of the transform behind it.
FIRST_BIN, CHANNELS = 112, 8192
#: Depth of the picture in dB below its loudest point, in so many levels.
DEPTH_DB, LEVELS = 60.0, 64

_FADE = 0.02


@dataclass(frozen=True, eq=False)
class WindowView:
    """One position of the slider.

    Attributes
    ----------
    n : int
        Length of the Hann window in samples.
    moments : Spread
        Spreads of the window in s and Hz.
    resolution : Resolution
        Distances in Hz and s at which it separates tones and clicks.
    bounds : (float, float)
        Frame bounds A and B of the window of norm 1 at the given hop, with `n` channels.
    coverage : ndarray of float64, shape (hop_length,)
        Diagonal of the frame operator over one hop, starting where a window has its middle; its
        extremes are A and B.
    levels : ndarray of uint8, shape (ROWS, COLUMNS)
        Spectrogram from 0 (``-DEPTH_DB`` and less) to ``LEVELS - 1`` (loudest), low frequencies
        first.

    Notes
    -----
    Book: Gabor atoms and uncertainty.
    """

    n: int
    moments: Spread
    resolution: Resolution
    bounds: tuple[float, float]
    coverage: NDArray[np.float64]
    levels: NDArray[np.uint8]


def probe_signal() -> NDArray[np.float64]:
    """Return two close tones, a chirp and two close clicks: what no one window shows well.

    Returns
    -------
    ndarray of float64, shape (COLUMNS * STEP,)
        At the rate `SR`.

    Notes
    -----
    Book: Gabor atoms and uncertainty.

    Examples
    --------
    >>> y = probe_signal()
    >>> round(len(y) / SR, 3), bool(abs(y).max() < 1.2)
    (1.202, True)
    """
    seconds = COLUMNS * STEP / SR
    t = np.arange(COLUMNS * STEP) / SR
    # The tones sound in the first half, with soft ends.
    ramp = np.clip(np.minimum(t - 0.05, 0.7 - t) / _FADE, 0, 1)
    tones = np.sin(np.pi / 2 * ramp) ** 2 * two_tones(
        sum(TONES) / 2, TONES[1] - TONES[0], seconds, sr=SR
    )
    glide = chirp(*GLIDE, seconds, sr=SR)
    return 0.1 * tones + 0.05 * glide + clicks(list(CLICKS), seconds, sr=SR)


@lru_cache(maxsize=32)
def window_view(n: int, hop_length: int = HOP) -> WindowView:
    """Compute what the figure shows for the periodic Hann window of `n` samples.

    Parameters
    ----------
    n : int
        Length of the window in samples, even, 16 to `CHANNELS`.
    hop_length : int
        Distance of the windows in samples for the frame bounds; the picture has its own.

    Raises
    ------
    SignalError
        If the length is odd or out of range, or the hop not positive.

    Notes
    -----
    Book: Gabor atoms and uncertainty.

    Examples
    --------
    A window that is four times as long as the hop is tight: A = B, the redundancy.

    >>> [round(bound, 12) for bound in window_view(2048).bounds]
    [4.0, 4.0]
    """
    if n % 2 or not 16 <= n <= CHANNELS:
        raise SignalError(
            f"the window has {n} samples; expected is an even number, 16 to {CHANNELS}"
        )
    g = sampled_window("hann", n)
    g /= np.linalg.norm(g)
    system = GaborSystem(g, a=hop_length, M=n, L=hop_length * (1 + n // hop_length))
    return WindowView(
        n=n,
        moments=window_moments(g, SR),
        resolution=predicted_resolution(g, SR),
        bounds=system.bounds(),
        coverage=np.roll(system.diagonal, -n // 2)[:hop_length],
        levels=_levels(g),
    )


def _levels(g: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return the spectrogram of the test signal, a column every `STEP` samples."""
    n = len(g)
    # Zeros behind the signal let the windows at its ends look into silence; turned so that
    # window c, which begins at c * STEP, has its middle in the middle of column c.
    circle = np.append(probe_signal(), np.zeros(CHANNELS))
    turned = np.roll(circle, n // 2 - STEP // 2)
    c = GaborSystem(g, a=STEP, M=CHANNELS, L=len(circle)).analysis(turned)
    power = np.abs(c[FIRST_BIN : FIRST_BIN + ROWS * BINS : BINS, :COLUMNS]) ** 2
    depth = 10 * np.log10(np.maximum(power / power.max(), 10 ** (-DEPTH_DB / 10)))
    levels: NDArray[np.uint8] = np.round((LEVELS - 1) * (1 + depth / DEPTH_DB)).astype(np.uint8)
    return levels


def frequency_range() -> tuple[float, float]:
    """Return the lower and upper edge of the picture in Hz.

    Examples
    --------
    >>> [round(edge) for edge in frequency_range()]
    [297, 1460]
    """
    width = SR / CHANNELS
    return (FIRST_BIN - BINS / 2) * width, (FIRST_BIN + (ROWS - 0.5) * BINS) * width


def verdict(view: WindowView) -> str:
    """Say in words what the window separates.

    Examples
    --------
    >>> verdict(window_view(2048))
    'The tones are separate, the clicks have merged.'
    """
    found = view.resolution
    tones = "are separate" if found.hertz <= TONES[1] - TONES[0] else "have merged"
    heard = "are separate" if found.seconds <= CLICKS[1] - CLICKS[0] else "have merged"
    if tones == heard:
        return f"Tones and clicks {heard}."
    return f"The tones {tones}, the clicks {heard}."


def frame_words(view: WindowView, hop_length: int = HOP) -> str:
    """Say in words what kind of system the translates are.

    Examples
    --------
    >>> frame_words(window_view(2048)), frame_words(window_view(128))
    ('a tight frame', 'no frame: samples between the windows are lost')
    """
    low, high = view.bounds
    if low == 0:
        touch = view.n == hop_length
        return (
            "no frame: the windows only touch, with their zeros"
            if touch
            else "no frame: samples between the windows are lost"
        )
    return "a tight frame" if high / low < 1 + 1e-9 else "a frame"


def describe_view(view: WindowView) -> str:
    """Say in words what the picture shows, for readers who do not see it.

    Examples
    --------
    >>> describe_view(window_view(2048))[:53]
    'Spectrogram of 1.2 s with a Hann window of 2048 sampl'
    """
    share = view.bounds[0] / view.bounds[1]
    return (
        f"Spectrogram of {COLUMNS * STEP / SR:.1f} s with a Hann window of {view.n} samples: "
        f"tones at {TONES[0]:g} and {TONES[1]:g} Hz, a chirp from {GLIDE[0]:g} to {GLIDE[1]:g} Hz, "
        f"clicks at {CLICKS[0]:g} and {CLICKS[1]:g} s. {verdict(view)} "
        f"A box shows the spread of the window: {1000 * view.moments.sigma_t:.3g} ms by "
        f"{view.moments.sigma_f:.3g} Hz. Below, the sum of the squared windows falls to "
        f"{share:.3g} of its maximum."
    )


def all_views(lengths: Sequence[int] = LENGTHS, hop_length: int = HOP) -> tuple[WindowView, ...]:
    """Return the views of several window lengths."""
    return tuple(window_view(n, hop_length) for n in lengths)
