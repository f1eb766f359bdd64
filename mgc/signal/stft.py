"""Short-time Fourier transform by the definition: frames, window, real FFT.

Book: The data pipeline.
"""

from collections.abc import Iterator
from typing import Any, cast

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray
from scipy.signal import get_window

# 128 frames of 2048 samples are 1 MB: the block stays in the cache of the processor.
_FRAMES_PER_BLOCK = 128


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

    Examples
    --------
    >>> padded_window("hann", 4, 6).tolist()
    [0.0, 0.0, 0.5, 1.0, 0.5, 0.0]
    """
    w = get_window(window, win_length, fftbins=True)
    left = (n_fft - win_length) // 2
    return np.pad(w, (left, n_fft - win_length - left)).astype(np.float32)


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
    ndarray of float32, shape (frames of this block, 1 + n_fft // 2)
        Time runs along the first axis.

    Examples
    --------
    >>> [block.shape for block in power_blocks(np.ones(70000))]
    [(128, 1025), (9, 1025)]
    """
    samples = np.asarray(y, dtype=np.float32)
    if center:
        samples = cast(Any, np.pad)(samples, n_fft // 2, mode=pad_mode)
    if len(samples) < n_fft:
        raise ValueError(f"{len(samples)} samples are less than one frame of n_fft = {n_fft}")
    frames = np.lib.stride_tricks.sliding_window_view(samples, n_fft)[::hop_length]
    w = padded_window(window, win_length or n_fft, n_fft)
    for start in range(0, len(frames), _FRAMES_PER_BLOCK):
        X = scipy.fft.rfft(frames[start : start + _FRAMES_PER_BLOCK] * w, axis=-1, workers=1)
        S = X.real**2 + X.imag**2
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
    Book: The data pipeline.

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
    return np.concatenate(list(blocks)).T
