"""Back from an STFT to the signal: with the right dual window, with a cut one, with none.

:meth:`mgc.signal.frames.system.GaborSystem.reconstruct` is the right way; what stands here shows
what happens otherwise.
Book: STFT, windows, frames and dual windows.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import SignalError
from mgc.signal.frames.overlap import overlap_sum
from mgc.signal.frames.system import GaborSystem


def overlap_add_dual(system: GaborSystem) -> GaborSystem:
    """Return the system whose synthesis is plain overlap-add: a rectangle instead of a dual.

    Parameters
    ----------
    system : GaborSystem
        Its window is real and no longer than M.

    Returns
    -------
    GaborSystem
        The rectangle is scaled so that a signal comes back right on average over the samples.  It
        comes back right everywhere if and only if the windows add up to a constant (COLA).

    Raises
    ------
    SignalError
        If the window is complex, longer than M, or adds up to zero.

    Notes
    -----
    Source: Allen (1977), doi:10.1109/TASSP.1977.1162950.
    Book: STFT, windows, frames and dual windows.

    Examples
    --------
    >>> hann = np.sin(np.pi * np.arange(8) / 8) ** 2
    >>> system, f = GaborSystem(hann, a=4, M=8, L=32), np.arange(32.0)
    >>> np.allclose(overlap_add_dual(system).synthesis(system.analysis(f)), f)
    True
    """
    total = system.g.sum()
    if np.iscomplexobj(system.g) or not system.painless or not total > 0:
        raise SignalError(
            "plain overlap-add needs a real window with a positive sum that is no longer than M = "
            f"{system.M}, but it has {len(system.g)} samples of sum {total:.3g}"
        )
    height = system.L / (system.M * system.n_frames * total)
    return replace(system, g=np.full(len(system.g), height, dtype=system.g.dtype))


def cut_dual(system: GaborSystem) -> GaborSystem:
    """Return the system of the canonical dual window, cut to where the window itself is.

    Parameters
    ----------
    system : GaborSystem

    Returns
    -------
    GaborSystem
        For a window no longer than M this is the dual itself.  For longer ones the dual reaches
        further than the window, and what is cut off is missing in the reconstruction.

    Raises
    ------
    SignalError
        If the system has no dual window.

    Notes
    -----
    Book: STFT, windows, frames and dual windows.

    Examples
    --------
    >>> system = GaborSystem(np.hanning(14)[1:-1], a=4, M=6, L=48)
    >>> f = np.random.default_rng(0).standard_normal(48)
    >>> error = relative_error(f, cut_dual(system).synthesis(system.analysis(f)))
    >>> 0.001 < error < 0.5
    True
    """
    dual = system.dual()
    return replace(dual, g=dual.g[: len(system.g)])


def sample_gain(system: GaborSystem, other: GaborSystem) -> NDArray[Any]:
    r"""Return the factor that analysis and synthesis with two short windows give each sample.

    Parameters
    ----------
    system, other : GaborSystem
        Analysis and synthesis; same `a`, M and L, windows no longer than M.

    Returns
    -------
    ndarray, shape (L,)
        :math:`M \sum_k \gamma[l - ka] \, \overline{g[l - ka]}`; 1 everywhere if and only if the
        second window is a dual of the first.

    Raises
    ------
    SignalError
        If a window is longer than M, or the systems differ in more than their window.

    Notes
    -----
    Book: STFT, windows, frames and dual windows.

    Examples
    --------
    >>> system = GaborSystem(np.array([1.0, 2.0, 1.0]), a=2, M=4, L=8)
    >>> sample_gain(system, system.dual()).round(12).tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    """
    lattices = [(s.a, s.M, s.L) for s in (system, other)]
    if lattices[0] != lattices[1] or not (system.painless and other.painless):
        raise SignalError(
            f"analysis has (a, M, L) = {lattices[0]} and synthesis {lattices[1]}: both must be the "
            "same, with windows no longer than M"
        )
    n = min(len(system.g), len(other.g))
    product = other.g[:n] * system.g[:n].conj()
    positions = range(0, system.L, system.a)
    gain: NDArray[Any] = system.M * overlap_sum(product.real, positions, system.L)
    if np.iscomplexobj(product):
        gain = gain + 1j * system.M * overlap_sum(product.imag, positions, system.L)
    return gain


def relative_error(f: ArrayLike, restored: ArrayLike) -> float:
    """Return the norm of the difference of two signals as a share of that of the first.

    Parameters
    ----------
    f, restored : array_like of the same shape
        What it was, not all zero, and what came back; subtracted in double precision.

    Raises
    ------
    SignalError
        If the shapes differ or the first signal is zero.

    Examples
    --------
    >>> relative_error([3.0, 4.0], [3.0, 4.5])
    0.1
    """
    wanted, found = (np.asarray(x, dtype=np.complex128) for x in (f, restored))
    norm = np.linalg.norm(wanted)
    if wanted.shape != found.shape or not norm > 0:
        raise SignalError(
            f"shapes {wanted.shape} and {found.shape} with norm {norm:.3g}: an error is relative "
            "to a signal of the same shape that is not zero"
        )
    return float(np.linalg.norm(found - wanted) / norm)
