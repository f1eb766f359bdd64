"""Short-time Fourier transform by the definition: frames, window, real FFT.

Book: The pipeline and its cost.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, cast

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

# 48 frames of 2048 samples are 0.4 MB: the block and its transform stay in the processor's cache.
_FRAMES_PER_BLOCK = 48


@lru_cache(maxsize=16)
def padded_window(window: str, win_length: int, n_fft: int) -> NDArray[np.float32]:
    """Return the periodic window of `win_length` samples in the middle of `n_fft`.

    Parameters
    ----------
    window : str
        Name that :func:`scipy.signal.get_window` knows, such as ``"hann"``.
    win_length, n_fft : int
        Lengths in samples, ``win_length <= n_fft``.

    Returns
    -------
    ndarray of float32, shape (n_fft,)
        Kept for the next call, and therefore read-only.

    Examples
    --------
    >>> padded_window("hann", 4, 6).tolist()
    [0.0, 0.0, 0.5, 1.0, 0.5, 0.0]
    """
    w = _periodic(window, win_length)
    left = (n_fft - win_length) // 2
    padded = np.pad(w, (left, n_fft - win_length - left)).astype(np.float32)
    padded.flags.writeable = False
    return padded


def _periodic(window: str, win_length: int) -> NDArray[np.float64]:
    if window == "hann" and win_length > 1:
        # Equal to SciPy's to the bit (tested); scipy.signal takes longer to import than a worker
        # process takes for a hundred clips.
        turn = np.linspace(-np.pi, np.pi, win_length + 1)[:-1]
        return 0.5 + 0.5 * np.cos(turn)
    from scipy.signal import get_window

    return cast(NDArray[np.float64], get_window(window, win_length, fftbins=True))


def power_blocks(
    y: ArrayLike,
    *,
    n_fft: int = 2048,
    hop_length: int = 512,
    win_length: int | None = None,
    window: str = "hann",
    center: bool = True,
    pad_mode: str = "constant",
    power: float = 2.0,
) -> Iterator[NDArray[np.float32]]:
    """Yield the power spectrogram block by block, so that memory does not grow with the clip.

    Parameters are those of :func:`power_spectrogram`.

    Yields
    ------
    ndarray of float32, shape (1 + n_fft // 2, frames of this block)
        Contiguous along time.

    Examples
    --------
    >>> [block.shape for block in power_blocks(np.ones(70000))]
    [(1025, 48), (1025, 48), (1025, 41)]
    """
    samples = np.asarray(y, dtype=np.float32)
    if center:
        samples = cast(Any, np.pad)(samples, n_fft // 2, mode=pad_mode)
    if len(samples) < n_fft:
        raise ValueError(f"{len(samples)} samples are less than one frame of n_fft = {n_fft}")
    frames = np.lib.stride_tricks.sliding_window_view(samples, n_fft)[::hop_length]
    w = padded_window(window, win_length or n_fft, n_fft)
    # One array for all blocks: fresh pages from the system would cost more than the product.
    windowed = np.empty((min(_FRAMES_PER_BLOCK, len(frames)), n_fft), dtype=np.float32)
    for start in range(0, len(frames), _FRAMES_PER_BLOCK):
        block = frames[start : start + _FRAMES_PER_BLOCK]
        np.multiply(block, w, out=windowed[: len(block)])
        # The frames lie one after the other, the spectra beside each other: the transform turns
        # them on its way, and a product with mel filters need not.
        X = scipy.fft.rfft(windowed[: len(block)].T, axis=0, workers=1)
        S = np.square(X.real)
        S += np.square(X.imag, out=X.imag)
        yield S if power == 2 else S ** np.float32(power / 2)


def power_spectrogram(
    y: ArrayLike,
    *,
    n_fft: int = 2048,
    hop_length: int = 512,
    win_length: int | None = None,
    window: str = "hann",
    center: bool = True,
    pad_mode: str = "constant",
    power: float = 2.0,
) -> NDArray[np.float32]:
    """Return ``|STFT(y)| ** power`` in single precision.

    Parameters
    ----------
    y : array_like of shape (n_samples,)
        Real signal.
    n_fft, hop_length, win_length : int
        Lengths of transform, step and window in samples; no `win_length` means `n_fft`.
    window : str
        Name that :func:`scipy.signal.get_window` knows; its periodic form is taken.
    center : bool
        Whether frame ``t`` is centred at sample ``t * hop_length`` (both ends are then padded).
    pad_mode : str
        Mode of :func:`numpy.pad` for that.
    power : float
        Exponent of the magnitude.

    Returns
    -------
    ndarray of float32, shape (1 + n_fft // 2, n_frames)
        Not negative; ``n_frames = 1 + n_samples // hop_length`` if centred (and `n_fft` even).

    Raises
    ------
    ValueError
        If there are fewer samples than one frame needs.

    Notes
    -----
    Source: Allen (1977), doi:10.1109/TASSP.1977.1162950.
    Book: The pipeline and its cost.

    Examples
    --------
    A cosine at bin 8 of 64 has its power there: (64 / 4) ** 2, as a Hann window has mean 1/2.

    >>> S = power_spectrogram(np.cos(np.pi / 4 * np.arange(256)), n_fft=64, hop_length=32)
    >>> S.shape, int(S[:, 4].argmax()), round(float(S[8, 4]))
    ((33, 9), 8, 256)
    """
    blocks = power_blocks(
        y,
        n_fft=n_fft,
        hop_length=hop_length,
        win_length=win_length,
        window=window,
        center=center,
        pad_mode=pad_mode,
        power=power,
    )
    return np.concatenate(list(blocks), axis=1)
