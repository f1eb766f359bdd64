"""Gabor systems on a circle of samples: analysis, synthesis, frame bounds, dual and tight windows.

A window is moved in steps of `a` samples and modulated by `M` frequencies; an STFT is the inner
products of a signal with these atoms.  All that is asked of them follows from the frame operator,
which is never made as a matrix of all samples: it is diagonal for short windows
(:mod:`mgc.signal.frames.overlap`), and falls into small blocks for long ones
(:mod:`mgc.signal.frames.factors`).
Book: STFT, windows, frames and dual windows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from mgc.errors import SignalError
from mgc.signal.frames.checks import check_lattice, checked_signal, checked_window
from mgc.signal.frames.factors import block_squares, window_power
from mgc.signal.frames.overlap import overlap_sum

Array = NDArray[Any]

# Samples of all frames that are looked at together: 16 MB in complex128.
_BLOCK = 2**20


@dataclass(frozen=True, eq=False)
class GaborSystem:
    r"""All translates of a window by multiples of `a`, each in `M` modulations, on `L` samples.

    The atom in channel m and frame n is

    .. math:: g_{m,n}[na + j] = g[j] \, e^{2\pi i m j / M}, \qquad 0 \le j < \mathrm{len}(g),

    with positions taken modulo L.  The phase counts from where the window stands, so M need not
    divide L if the window is no longer than M.

    Attributes
    ----------
    g : ndarray, shape (at most L,)
        Window.  Its type is that of the arithmetic: float32 and complex64 stay, everything else
        becomes float64 or complex128.
    a : int
        Hop in samples.  If it does not divide L, the last step is shorter.
    M : int
        Number of channels.  A window that is longer than M needs an `L` that both `a` and M divide.
    L : int
        Length of the signal in samples.

    Raises
    ------
    SignalError
        If the window is no row of finite numbers, or `a`, M and L do not fit it.

    Notes
    -----
    Source: Gröchenig, Foundations of Time-Frequency Analysis (2001),
    doi:10.1007/978-1-4612-0003-1.
    Book: STFT, windows, frames and dual windows.

    Examples
    --------
    The periodic Hann window at a hop of a quarter is tight: the energy is kept up to one factor.

    >>> hann = np.sin(np.pi * np.arange(8) / 8) ** 2
    >>> system = GaborSystem(hann, a=2, M=8, L=24)
    >>> [round(bound, 12) for bound in system.bounds()]
    [12.0, 12.0]
    >>> f = np.arange(24.0)
    >>> np.allclose(system.dual().synthesis(system.analysis(f)), f, rtol=1e-14)
    True
    """

    g: Array
    a: int
    M: int
    L: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "g", checked_window(self.g))
        check_lattice(len(self.g), self.a, self.M, self.L)

    @property
    def painless(self) -> bool:
        """Whether the window is no longer than M, which makes the frame operator diagonal."""
        return len(self.g) <= self.M

    @property
    def n_frames(self) -> int:
        """Number of positions of the window."""
        return -(-self.L // self.a)

    @property
    def redundancy(self) -> float:
        """Coefficients for each sample; M/a if `a` divides L."""
        return self.M * self.n_frames / self.L

    def analysis(self, f: ArrayLike) -> Array:
        """Return the inner products of a signal with all atoms.

        Parameters
        ----------
        f : array_like, shape (L,)
            Real or complex.

        Returns
        -------
        ndarray of complex, shape (M, n_frames)

        Raises
        ------
        SignalError
            If `f` has another shape.
        """
        f = self._signal(f)
        n = len(self.g)
        frames = np.lib.stride_tricks.sliding_window_view(np.append(f, f[: n - 1]), n)[:: self.a]
        c = np.empty((self.M, self.n_frames), dtype=self._complex)
        for rows in self._blocks():
            products = frames[rows] * self.g.conj()
            c[:, rows] = scipy.fft.fft(_fold(products, self.M), axis=1).T
        return c

    def synthesis(self, c: ArrayLike) -> Array:
        """Return the sum of all atoms, each times its coefficient: the adjoint of the analysis.

        Parameters
        ----------
        c : array_like, shape (M, n_frames)

        Returns
        -------
        ndarray of complex, shape (L,)

        Raises
        ------
        SignalError
            If `c` has another shape.
        """
        c = np.asarray(c, dtype=self._complex)
        if c.shape != (self.M, self.n_frames):
            raise SignalError(
                f"the coefficients have shape {c.shape}, but {self.M} channels and "
                f"{self.n_frames} frames make ({self.M}, {self.n_frames})"
            )
        n = len(self.g)
        f = np.zeros(self.L + n, dtype=self._complex)
        for rows in self._blocks():
            waves = scipy.fft.ifft(c[:, rows].T, axis=1, norm="forward")
            for k, wave in enumerate(waves, start=rows.start):
                f[k * self.a : k * self.a + n] += self.g * np.resize(wave, n)
        f[:n] += f[self.L :]
        return f[: self.L]

    def frame_operator(self, f: ArrayLike) -> Array:
        """Return ``S f``: the synthesis of the analysis with the same window.

        Parameters
        ----------
        f : array_like, shape (L,)

        Returns
        -------
        ndarray of complex, shape (L,)
        """
        return self.synthesis(self.analysis(f))

    @cached_property
    def diagonal(self) -> NDArray[np.float64]:
        """Diagonal of S, shape (L,): M times the sum of the squared windows over each sample.

        For a window that is no longer than M this is all of S.
        """
        return self.M * overlap_sum(np.abs(self.g) ** 2, range(0, self.L, self.a), self.L)

    def bounds(self) -> tuple[float, float]:
        r"""Return the frame bounds A and B: the least and the largest eigenvalue of S.

        Returns
        -------
        (float, float)
            :math:`A \norm{f}^2 \le \sum \abs{c_{m,n}}^2 \le B \norm{f}^2`, both sharp.  A is 0 if
            there are fewer coefficients than samples.

        Notes
        -----
        Without forming S: from its diagonal for short windows, otherwise from the singular values
        of the blocks of :func:`mgc.signal.frames.factors.factorise`.
        """
        if self.painless:
            return float(self.diagonal.min()), float(self.diagonal.max())
        squares = block_squares(self.g, self.a, self.M, self.L)
        return (float(squares.min()) if self.a <= self.M else 0.0), float(squares.max())

    def dual(self) -> "GaborSystem":
        """Return the system of the canonical dual window, ``S**-1 g``.

        Returns
        -------
        GaborSystem
            Same hop, channels and length.  Its synthesis inverts the analysis of this one with
            the least norm; for a long window the dual is as long as the signal.

        Raises
        ------
        SignalError
            If the system is no frame, or `a` does not divide L and there is no single window.
        """
        return self._with_power(-1.0)

    def tight(self) -> "GaborSystem":
        """Return the system of the canonical tight window, ``S**-1/2 g``; its bounds are 1.

        Raises
        ------
        SignalError
            As in :meth:`dual`.
        """
        return self._with_power(-0.5)

    def reconstruct(self, c: ArrayLike) -> Array:
        """Return the signal whose analysis is nearest to `c` in the least-squares sense.

        Parameters
        ----------
        c : array_like, shape (M, n_frames)
            Any numbers; they need not be the analysis of a signal.

        Returns
        -------
        ndarray of complex, shape (L,)
            ``S**-1`` of the synthesis; the signal itself if `c` is its analysis.

        Raises
        ------
        SignalError
            If the system is no frame or `c` has another shape.
        """
        if not self.painless:
            return self.dual().synthesis(c)
        self._require_frame()
        f: Array = self.synthesis(c) / self.diagonal.astype(self.g.real.dtype)
        return f

    @property
    def _complex(self) -> np.dtype[Any]:
        return np.result_type(self.g.dtype, np.complex64)

    def _blocks(self) -> Iterator[slice]:
        step = max(1, _BLOCK // max(len(self.g), self.M))
        for start in range(0, self.n_frames, step):
            yield slice(start, min(start + step, self.n_frames))

    def _signal(self, f: ArrayLike) -> Array:
        f = checked_signal(f, self.L)
        return f.astype(self._complex if np.iscomplexobj(f) else self.g.real.dtype)

    def _require_frame(self) -> None:
        lower, upper = self.bounds()
        # Singular values are known to about eps times the largest one.
        if lower <= (100 * np.finfo(np.float64).eps) ** 2 * upper:
            raise SignalError(
                f"this is no frame (A = {lower:.2g}, B = {upper:.2g}) and cannot be inverted: take "
                f"a hop below a = {self.a}, or a window without gaps"
            )

    def _with_power(self, power: float) -> "GaborSystem":
        """Return the system of ``S**power g``."""
        self._require_frame()
        if self.painless:
            if self.L % self.a:
                raise SignalError(
                    f"a = {self.a} does not divide L = {self.L}, so each frame has a dual of its "
                    "own: call reconstruct, or take another length"
                )
            g = self.g * self.diagonal[: len(self.g)] ** power
        else:
            g = window_power(self.g, self.a, self.M, self.L, power)
        return replace(self, g=g.astype(self.g.dtype))


def _fold(frames: Array, M: int) -> Array:
    """Add up what lies a multiple of M samples apart; shorter rows get zeros."""
    n_frames, n = frames.shape
    padded = np.pad(frames, ((0, 0), (0, -n % M)))
    folded: Array = padded.reshape(n_frames, -1, M).sum(axis=1)
    return folded
