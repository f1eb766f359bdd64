"""How a window blurs what it looks at: its ambiguity function, and what it leaves of a beat.

Book: Gabor atoms and uncertainty.
"""

from math import pi

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from mgc.errors import SignalError
from mgc.signal.windows import one_signal


def ambiguity(g: ArrayLike, n_fft: int | None = None) -> NDArray[np.complex128]:
    r"""Return the ambiguity function of a signal: its likeness to itself, moved in both ways.

    Parameters
    ----------
    g : array_like, shape (n,)
        Window or atom.
    n_fft : int, optional
        Number of frequency shifts, at least ``n`` (which is the default).

    Returns
    -------
    ndarray of complex128, shape (n_fft, 2 n - 1)
        :math:`A_{m,k} = \sum_j g_{j+k} \overline{g_j} e^{-2\pi i m j / M}`, both shifts ordered
        from negative to positive: no shift is at ``[n_fft // 2, n - 1]``.

    Raises
    ------
    SignalError
        If `g` is no signal, or `n_fft` is smaller than its length.

    Notes
    -----
    The value without shift is the energy, and no other is larger.  The sum of ``|A|**2 / n_fft``
    is the energy squared, whatever the signal: ambiguity can be moved but not removed.
    Source: Gröchenig (2001), doi:10.1007/978-1-4612-0003-1.
    Book: Gabor atoms and uncertainty.

    Examples
    --------
    >>> A = ambiguity([1.0, 2.0, 1.0])
    >>> A.shape, int(A[1, 2].real), round(float(np.sum(np.abs(A) ** 2)) / 3, 9)
    ((3, 5), 6, 36.0)
    """
    samples = one_signal(g)
    n = len(samples)
    m = n if n_fft is None else n_fft
    if m < n:
        raise SignalError(f"n_fft is {m}: expected are at least the {n} samples of the signal")
    padded = np.pad(samples, n - 1)
    products = np.zeros((m, 2 * n - 1), dtype=np.complex128)
    shifted = np.lib.stride_tricks.sliding_window_view(padded, n)
    products[:n] = (shifted * samples.conj()).T
    return np.asarray(scipy.fft.fftshift(scipy.fft.fft(products, axis=0), axes=0))


def envelope_response(g: ArrayLike, modulation: ArrayLike, sr: float = 1.0) -> NDArray[np.float64]:
    r"""Return how much of a modulation of power survives in the frames of an STFT.

    Parameters
    ----------
    g : array_like, shape (n,)
        Window.
    modulation : array_like
        Frequencies of the modulation in Hz, of any shape.
    sr : float
        Sampling rate in Hz.

    Returns
    -------
    ndarray of float64, shape of `modulation`
        :math:`|\sum_n g_n^2 e^{-2\pi i f n / sr}| / \sum_n g_n^2`: the energy of a frame is that
        of the signal, smoothed with the squared window.  1 at 0 Hz.

    Raises
    ------
    SignalError
        If `g` is no signal.

    Notes
    -----
    Book: Gabor atoms and uncertainty.

    Examples
    --------
    A beat of 4 Hz passes the window of the GTZAN front end, a tremolo of 20 Hz hardly.

    >>> from mgc.signal.windows import sampled_window
    >>> envelope_response(sampled_window("hann", 2048), [4.0, 20.0], sr=22050).round(2).tolist()
    [0.95, 0.22]
    """
    energy = np.abs(one_signal(g)) ** 2
    f = np.asarray(modulation, dtype=np.float64)
    waves = np.exp(-2j * pi * f[..., np.newaxis] * np.arange(len(energy)) / sr)
    response: NDArray[np.float64] = np.abs(waves @ energy) / energy.sum()
    return response
