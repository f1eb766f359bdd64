r"""A Gabor system taken apart into small blocks, whose singular values are those of the whole.

Let ``c = gcd(a, M)``, ``p = a/c``, ``q = M/c`` and ``L = c p q d``.  The frame operator commutes
with shifts by `a` and joins only samples that lie a multiple of M apart.  So it falls into c
interleaved parts, each of which is block-circulant; a Fourier transform of length d makes ``c d``
blocks of p x q numbers of it, L in all.
Book: STFT, windows, frames and dual windows.
"""

from math import gcd
from typing import Any

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from mgc.errors import SignalError


def factorise(g: NDArray[Any], a: int, M: int, L: int) -> NDArray[np.complex128]:
    r"""Return the blocks of a Gabor system.

    Parameters
    ----------
    g : ndarray, shape (at most L,)
        Window; zeros follow.
    a, M, L : int
        Hop, channels and length in samples; `a` and M divide L.

    Returns
    -------
    ndarray of complex128, shape (c, d, p, q)
        :math:`\Phi_{rk}[u, w] = \sqrt M \sum_v g[r + c(qu - pw + pqv)] \, e^{-2\pi i kv/d}`: a Zak
        transform with period ``c p q``, rearranged.  The eigenvalues of S are those of all
        :math:`\Phi\Phi^*`, each of them q times.

    Raises
    ------
    SignalError
        If `a` or M does not divide L.

    Notes
    -----
    Source: Zibulski and Zeevi (1993), IEEE Trans. Signal Process. 41, 2679-2687.
    Book: STFT, windows, frames and dual windows.

    Examples
    --------
    A full hop and as many channels: the blocks are single numbers, and all of size sqrt(M).

    >>> blocks = factorise(np.array([1.0, 1.0]), 2, 2, 8)
    >>> blocks.shape, np.abs(blocks).round(6).ravel().tolist()
    ((2, 4, 1, 1), [1.414214, 1.414214, 1.414214, 1.414214, 1.414214, 1.414214, 1.414214, 1.414214])
    """
    index = _index(a, M, L)
    whole = np.pad(g.astype(np.complex128), (0, L - len(g)))
    blocks = scipy.fft.fft(whole[index], axis=-1) * np.sqrt(M)
    return np.moveaxis(blocks, -1, 1)


def unfactorise(blocks: NDArray[Any], a: int, M: int, L: int) -> NDArray[np.complex128]:
    """Return the window with these blocks, shape (L,): the inverse of :func:`factorise`.

    Raises
    ------
    SignalError
        If `a` or M does not divide L.

    Examples
    --------
    >>> g = np.arange(12.0)
    >>> np.allclose(unfactorise(factorise(g, 2, 3, 12), 2, 3, 12), g)
    True
    """
    index = _index(a, M, L)
    g = np.empty(L, dtype=np.complex128)
    g[index] = scipy.fft.ifft(np.moveaxis(blocks, 1, -1), axis=-1) / np.sqrt(M)
    return g


def block_squares(g: NDArray[Any], a: int, M: int, L: int) -> NDArray[np.float64]:
    """Return the squared singular values of all blocks, shape (c, d, min(p, q)).

    Raises
    ------
    SignalError
        If `a` or M does not divide L.

    Examples
    --------
    >>> block_squares(np.array([1.0, 1.0]), 2, 2, 4).round(6).ravel().tolist()
    [2.0, 2.0, 2.0, 2.0]
    """
    values = np.linalg.svd(factorise(g, a, M, L), compute_uv=False)
    return np.asarray(values, dtype=np.float64) ** 2


def window_power(g: NDArray[Any], a: int, M: int, L: int, power: float) -> NDArray[Any]:
    """Return ``S**power g``, shape (L,): the dual window for -1, the tight one for -1/2.

    With the singular value decomposition U s V* of a block, that of the result is U s^(1 + 2 power)
    V*; so S is not formed, and its condition number is not squared.

    Raises
    ------
    SignalError
        If `a` or M does not divide L.

    Examples
    --------
    >>> window_power(np.array([2.0, 2.0]), 2, 2, 4, -0.5).round(6).tolist()
    [0.707107, 0.707107, 0.0, 0.0]
    """
    u, s, v = np.linalg.svd(factorise(g, a, M, L), full_matrices=False)
    window = unfactorise((u * s[..., np.newaxis, :] ** (1 + 2 * power)) @ v, a, M, L)
    return window if np.iscomplexobj(g) else window.real


def _index(a: int, M: int, L: int) -> NDArray[np.int64]:
    """Return the sample ``r + c(qu - pw + pqv)`` of the circle, shape (c, p, q, d); each once."""
    if L % a or L % M:
        raise SignalError(
            f"a = {a} and M = {M} must divide L = {L}: take a multiple of {np.lcm(a, M)}"
        )
    c = gcd(a, M)
    p, q = a // c, M // c
    r, u, w, v = np.ogrid[:c, :p, :q, : L // (c * p * q)]
    index: NDArray[np.int64] = (r + c * (q * u - p * w + p * q * v)) % L
    return index
