"""Banks of two-dimensional Gabor kernels, random ones beside them, and what a bank covers.

Book: Front ends compared.
"""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import ConfigError, SignalError
from mgc.signal.gabor_kernel import gabor_kernel, octave_sigma


@dataclass(frozen=True, kw_only=True)
class GaborBank:
    """A bank of real Gabor kernels: each wavelength in each orientation with each phase.

    Attributes
    ----------
    wavelengths : tuple of float
        In pixels, at least 2 each.
    n_orientations : int
        Equally spaced from 0 on, below pi.
    phases : tuple of float
        In radians; (0, pi / 2) makes pairs of an even and an odd kernel.
    size : int
        Rows and columns of each kernel.
    bandwidth : float
        In octaves; decides sigma (:func:`octave_sigma`).
    aspect : float
        Width of the Gaussian along the wave over its width across.
    zero_mean : bool
        Whether constant pictures give 0.

    Notes
    -----
    The default bank fits segments of 128 bands and 77 frames: 16 kernels of 9 x 9.  Waves of 4 and
    8 pixels are 93 and 186 ms long at 43 frames a second.  With 1.5 octaves 9 pixels hold 92 % of
    the energy of the longest kernel (with one octave 71 %).
    Book: Front ends compared.

    Examples
    --------
    >>> bank = GaborBank()
    >>> len(bank), bank.kernels().shape
    (16, (9, 9, 16))
    """

    wavelengths: tuple[float, ...] = (4.0, 8.0)
    n_orientations: int = 4
    phases: tuple[float, ...] = (0.0, np.pi / 2)
    size: int = 9
    bandwidth: float = 1.5
    aspect: float = 1.0
    zero_mean: bool = True

    def __post_init__(self) -> None:
        # Lists come from a saved network.
        object.__setattr__(self, "wavelengths", tuple(self.wavelengths))
        object.__setattr__(self, "phases", tuple(self.phases))
        if len(self) < 1 or self.bandwidth <= 0:
            raise ConfigError(
                f"{self!r} has no kernels: expected are wavelengths, orientations and phases, at "
                "least one each, and a bandwidth above 0"
            )

    def __len__(self) -> int:
        return len(self.wavelengths) * self.n_orientations * len(self.phases)

    def parameters(self) -> dict[str, NDArray[np.float64]]:
        """Return wavelength, orientation, phase, sigma and aspect of each kernel.

        Returns
        -------
        dict of str to ndarray of float64, shape (n_filters,)
            In pixels and radians.  Phases change fastest, wavelengths slowest.

        Examples
        --------
        >>> GaborBank(n_orientations=1).parameters()["wavelength"].tolist()
        [4.0, 4.0, 8.0, 8.0]
        """
        angles = np.pi * np.arange(self.n_orientations) / self.n_orientations
        grid = np.meshgrid(self.wavelengths, angles, self.phases, indexing="ij")
        wavelength, orientation, phase = (axis.ravel() for axis in grid)
        return {
            "wavelength": wavelength,
            "orientation": orientation,
            "phase": phase,
            "sigma": octave_sigma(wavelength, self.bandwidth),
            "aspect": np.full(len(self), float(self.aspect)),
        }

    def kernels(self) -> NDArray[np.float32]:
        """Return the kernels as a convolution takes them.

        Returns
        -------
        ndarray of float32, shape (size, size, n_filters)
            Each of Euclidean norm 1.

        Raises
        ------
        ConfigError
            If a parameter is out of its range.
        """
        rows = zip(*self.parameters().values(), strict=True)
        kernels = [
            gabor_kernel(
                wavelength,
                orientation,
                phase=phase,
                sigma=sigma,
                aspect=aspect,
                size=self.size,
                zero_mean=self.zero_mean,
            )
            for wavelength, orientation, phase, sigma, aspect in rows
        ]
        return _unit(np.stack(kernels, axis=-1))


#: The bank that the report compares.
DEFAULT_BANK = GaborBank()


def random_bank(seed: int, n_filters: int = 16, size: int = 9) -> NDArray[np.float32]:
    """Return kernels of white Gaussian noise, what a Gabor bank is to be better than.

    Parameters
    ----------
    seed : int
        Decides the noise.
    n_filters, size : int
        How many kernels, and rows and columns of each.

    Returns
    -------
    ndarray of float32, shape (size, size, n_filters)
        Each of mean 0 and Euclidean norm 1, like those of `DEFAULT_BANK`.

    Notes
    -----
    Book: Front ends compared.

    Examples
    --------
    >>> random_bank(0).shape
    (9, 9, 16)
    """
    noise = np.random.default_rng(seed).standard_normal((size, size, n_filters))
    return _unit(noise - noise.mean(axis=(0, 1)))


def _unit(kernels: NDArray[np.float64]) -> NDArray[np.float32]:
    norms = np.sqrt(np.square(kernels).sum(axis=(0, 1)))
    if norms.min() < 1e-9:
        raise ConfigError(
            f"kernel {int(norms.argmin()) + 1} of {norms.size} is 0 everywhere: its size, "
            "wavelength and phase leave no wave"
        )
    return cast(NDArray[np.float32], (kernels / norms).astype(np.float32))


def coverage(kernels: ArrayLike, n: int = 64) -> NDArray[np.float64]:
    r"""Return the Littlewood-Paley sum of a bank over the plane of frequencies.

    .. math:: A(\omega) = \sum_f |\hat k_f(\omega)|^2

    Parameters
    ----------
    kernels : array_like, shape (size, size, n_filters)
        A bank.
    n : int
        Frequencies along each axis, at least `size`.

    Returns
    -------
    ndarray of float64, shape (n, n)
        Rows are frequencies along the bands, columns along time, both
        ``np.fft.fftshift(np.fft.fftfreq(n))`` in cycles per pixel.  With kernels of norm 1 its mean
        is the number of kernels.

    Raises
    ------
    SignalError
        If `n` is smaller than the kernels.

    Notes
    -----
    Without stride, a picture's energy behind the bank is the energy before it, weighed by A: its
    extremes are the frame bounds.  Where A is 0 the bank is blind.
    Source: Mallat (2009), A Wavelet Tour of Signal Processing, third edition.
    Book: Front ends compared.

    Examples
    --------
    >>> A = coverage(DEFAULT_BANK.kernels())
    >>> A.shape, round(float(A.mean()), 5), bool(A[32, 32] < 1e-10)
    ((64, 64), 16.0, True)
    """
    k = checked_kernels(kernels).astype(np.float64)
    if n < k.shape[0]:
        raise SignalError(f"{n} frequencies are fewer than the {k.shape[0]} rows of the kernels")
    power = np.square(np.abs(np.fft.fft2(k, (n, n), axes=(0, 1)))).sum(axis=2)
    return np.fft.fftshift(power)


def checked_kernels(kernels: ArrayLike) -> NDArray[np.float32]:
    """Return a bank in single precision, or say why it is none.

    Raises
    ------
    SignalError
        If the shape is not (size, size, n_filters).

    Examples
    --------
    >>> checked_kernels(np.ones((3, 3, 2))).dtype
    dtype('float32')
    """
    k: NDArray[Any] = np.asarray(kernels, dtype=np.float32)
    if k.ndim != 3 or k.shape[0] != k.shape[1] or 0 in k.shape:
        raise SignalError(
            f"kernels have shape {k.shape}: expected is (size, size, n_filters), none of them 0"
        )
    return k
