"""The frame operator written on the adjoint lattice: Walnut, Janssen, Wexler and Raz.

Each is another way to the same operator; their agreement is tested and shown.
Book: STFT, windows, frames and dual windows.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import SignalError
from mgc.signal.frames.checks import checked_signal
from mgc.signal.frames.factors import block_squares
from mgc.signal.frames.system import GaborSystem


def adjoint_system(system: GaborSystem) -> GaborSystem:
    """Return the same window on the adjoint lattice: hop M and `a` channels.

    Raises
    ------
    SignalError
        If `a` or M does not divide L.

    Examples
    --------
    >>> adjoint = adjoint_system(GaborSystem(np.ones(3), a=2, M=6, L=12))
    >>> adjoint.a, adjoint.M, adjoint.n_frames
    (6, 2, 2)
    """
    return GaborSystem(_whole_window(system), a=system.M, M=system.a, L=system.L)


def riesz_bounds(system: GaborSystem) -> tuple[float, float]:
    r"""Return the least and the largest eigenvalue of the Gram matrix of the atoms.

    Parameters
    ----------
    system : GaborSystem
        Its `a` and M divide L.

    Returns
    -------
    (float, float)
        :math:`A \norm{c}^2 \le \norm{\sum c_{m,n} g_{m,n}}^2 \le B \norm{c}^2`, both sharp.  A is 0
        if there are more atoms than samples.

    Raises
    ------
    SignalError
        If `a` or M does not divide L.

    Notes
    -----
    Those of :func:`adjoint_system` are a/M times the frame bounds of the system.
    Source: Ron and Shen (1997), Duke Math. J. 89, 237-282.
    Book: STFT, windows, frames and dual windows.

    Examples
    --------
    >>> system = GaborSystem(np.array([1.0, 2.0, 1.0]), a=2, M=4, L=8)
    >>> system.bounds(), tuple(round(x, 12) for x in riesz_bounds(adjoint_system(system)))
    ((8.0, 16.0), (4.0, 8.0))
    """
    squares = block_squares(_whole_window(system), system.a, system.M, system.L)
    return (float(squares.min()) if system.a >= system.M else 0.0), float(squares.max())


def walnut_functions(system: GaborSystem) -> NDArray[Any]:
    r"""Return the functions by which the frame operator multiplies shifted copies of a signal.

    Parameters
    ----------
    system : GaborSystem
        Its `a` and M divide L.

    Returns
    -------
    ndarray, shape (L/M, a)
        One period of :math:`G_k[l] = M \sum_n g[l - na] \, \overline{g[l - na - kM]}`.  Row 0 is
        the diagonal of S; the others vanish if the window is no longer than M.

    Raises
    ------
    SignalError
        If `a` or M does not divide L.

    Notes
    -----
    Source: Walnut (1992), J. Math. Anal. Appl. 165, 479-504.
    Book: STFT, windows, frames and dual windows.

    Examples
    --------
    >>> walnut_functions(GaborSystem(np.ones(3), a=1, M=2, L=4)).tolist()
    [[6.0], [4.0]]
    """
    g = _whole_window(system)
    rows = [
        (g * np.roll(g, k * system.M).conj()).reshape(-1, system.a).sum(axis=0)
        for k in range(system.L // system.M)
    ]
    return system.M * np.array(rows)


def walnut_operator(system: GaborSystem, f: ArrayLike) -> NDArray[Any]:
    r"""Return S f by Walnut's representation, :math:`\sum_k G_k[l] \, f[l - kM]`.

    Parameters
    ----------
    system : GaborSystem
        Its `a` and M divide L.
    f : array_like, shape (L,)

    Returns
    -------
    ndarray, shape (L,)

    Raises
    ------
    SignalError
        If `a` or M does not divide L, or `f` has another shape.

    Examples
    --------
    >>> walnut_operator(GaborSystem(np.ones(3), a=1, M=2, L=4), [1.0, 0.0, 0.0, 0.0]).tolist()
    [6.0, 0.0, 4.0, 0.0]
    """
    functions = walnut_functions(system)
    signal = checked_signal(f, system.L)
    repeats = system.L // system.a
    shifted = (np.tile(G, repeats) * np.roll(signal, k * system.M) for k, G in enumerate(functions))
    total: NDArray[Any] = np.sum(list(shifted), axis=0)
    return total


def janssen_coefficients(system: GaborSystem, window: ArrayLike | None = None) -> NDArray[Any]:
    r"""Return the inner products of a window with the system on the adjoint lattice, times M/a.

    Parameters
    ----------
    system : GaborSystem
        Its `a` and M divide L.
    window : array_like, shape (L,), optional
        The window of the system if not given.

    Returns
    -------
    ndarray of complex, shape (a, L/M)
        With the window itself, the coefficients of S in Janssen's representation.  With a dual
        window they are 1 at (0, 0) and 0 elsewhere, and with nothing but a dual window (Wexler and
        Raz).

    Raises
    ------
    SignalError
        If `a` or M does not divide L, or the window has another length than L.

    Notes
    -----
    Source: Wexler and Raz (1990), doi:10.1016/0165-1684(90)90087-F; Janssen (1995), J. Fourier
    Anal. Appl. 1, 403-436.
    Book: STFT, windows, frames and dual windows.

    Examples
    --------
    >>> system = GaborSystem(np.array([3.0, 4.0, 0.0, 0.0]), a=1, M=2, L=4)
    >>> janssen_coefficients(system).real.tolist()
    [[50.0, 0.0]]
    >>> janssen_coefficients(system, system.dual().g).real.tolist()
    [[1.0, 0.0]]
    """
    g = _whole_window(system)
    return system.M / system.a * adjoint_system(system).analysis(g if window is None else window)


def janssen_operator(system: GaborSystem, f: ArrayLike) -> NDArray[Any]:
    """Return S f by Janssen's representation: a sum over the adjoint lattice.

    Parameters
    ----------
    system : GaborSystem
        Its `a` and M divide L.
    f : array_like, shape (L,)

    Returns
    -------
    ndarray of complex, shape (L,)

    Raises
    ------
    SignalError
        If `a` or M does not divide L, or `f` has another shape.

    Notes
    -----
    Signal and window change places: the signal is moved over the adjoint lattice and weighed with
    the coefficients of the window (the fundamental identity of Gabor analysis).

    Examples
    --------
    >>> system = GaborSystem(np.ones(3), a=1, M=2, L=4)
    >>> janssen_operator(system, [1.0, 0.0, 0.0, 0.0]).real.tolist()
    [6.0, 0.0, 4.0, 0.0]
    """
    signal_as_window = GaborSystem(checked_signal(f, system.L), a=system.M, M=system.a, L=system.L)
    return signal_as_window.synthesis(janssen_coefficients(system))


def _whole_window(system: GaborSystem) -> NDArray[Any]:
    if system.L % system.a or system.L % system.M:
        raise SignalError(
            f"the adjoint lattice needs a = {system.a} and M = {system.M} to divide L = "
            f"{system.L}: take a multiple of {np.lcm(system.a, system.M)}"
        )
    return np.pad(system.g, (0, system.L - len(system.g)))
