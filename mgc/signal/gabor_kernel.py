"""Two-dimensional Gabor kernels: a wave in any direction under a Gaussian.

A picture is a log-mel spectrogram: rows are mel bands, columns are frames.  In a kernel, ``x``
counts columns (time) and ``y`` rows (bands) from the middle.  Orientation 0 therefore answers to
what changes along time (onsets), orientation pi / 2 to what changes along frequency (held tones).

Book: Front ends compared.
"""

from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import ConfigError


def octave_sigma(wavelength: ArrayLike, bandwidth: float = 1.0) -> NDArray[np.float64]:
    r"""Return the width of the Gaussian that gives a Gabor kernel a bandwidth in octaves.

    The two frequencies at which its transform has half of the peak's amplitude then have the ratio
    :math:`2^b`.

    .. math:: \sigma = \frac{\lambda}{\pi} \sqrt{\frac{\ln 2}{2}}\, \frac{2^b + 1}{2^b - 1}

    Parameters
    ----------
    wavelength : array_like
        Wavelength lambda in pixels.
    bandwidth : float
        b in octaves, above 0.

    Returns
    -------
    ndarray of float64, shape of `wavelength`
        Standard deviation in pixels.

    Examples
    --------
    >>> octave_sigma([4.0, 8.0]).round(4).tolist()
    [2.2487, 4.4974]
    """
    ratio = (2.0**bandwidth + 1) / (2.0**bandwidth - 1)
    scale = np.sqrt(np.log(2) / 2) / np.pi * ratio
    return cast(NDArray[np.float64], scale * np.asarray(wavelength, dtype=np.float64))


def complex_gabor_kernel(
    wavelength: float,
    orientation: float,
    *,
    phase: float = 0.0,
    sigma: float | None = None,
    aspect: float = 1.0,
    size: int | None = None,
    zero_mean: bool = False,
) -> NDArray[np.complex128]:
    r"""Return a complex Gabor kernel: a plane wave under a Gaussian.

    .. math:: g(x, y) = e^{-(x'^2 + \gamma^2 y'^2) / (2 \sigma^2)}\, e^{i (2\pi x'/\lambda + \psi)}

    with :math:`x' = x\cos\theta + y\sin\theta` and :math:`y' = -x\sin\theta + y\cos\theta`.

    Parameters
    ----------
    wavelength : float
        lambda in pixels, at least 2 (a shorter wave cannot be sampled).
    orientation : float
        theta in radians: the direction in which the wave travels, 0 along the columns.
    phase : float
        psi in radians, at the middle of the kernel.
    sigma : float, optional
        Standard deviation along the wave in pixels; one octave (:func:`octave_sigma`) if not given.
    aspect : float
        gamma; the Gaussian is ``sigma / aspect`` wide across the wave.
    size : int, optional
        Rows and columns; the odd number that covers three standard deviations if not given.
    zero_mean : bool
        Whether a multiple of the Gaussian is subtracted, so that a constant picture gives 0.

    Returns
    -------
    ndarray of complex128, shape (size, size)
        Rows are y, columns x.  Not normalised: without `zero_mean` the middle has modulus 1.

    Raises
    ------
    ConfigError
        If a parameter is out of its range.

    Notes
    -----
    Its Fourier transform has its peak at (cos theta, sin theta) / lambda cycles per pixel.
    Source: Daugman (1985), doi:10.1364/JOSAA.2.001160; equations 1 to 4 of Patil et al. (2023),
    doi:10.1186/s40537-023-00789-2.
    Book: Front ends compared.

    Examples
    --------
    >>> g = complex_gabor_kernel(4.0, 0.0, size=5)
    >>> g.shape, complex(g[2, 2]), g[2, 3].round(3)
    ((5, 5), (1+0j), np.complex128(0.906j))
    """
    sigma = float(octave_sigma(wavelength)) if sigma is None else sigma
    if not (2 <= wavelength < np.inf and 0 < sigma < np.inf and 0 < aspect < np.inf):
        raise ConfigError(
            f"wavelength is {wavelength}, sigma {sigma} and aspect {aspect}: expected are at least "
            "2 pixels for the wavelength, and numbers above 0 for the others"
        )
    if size is None:
        size = 2 * int(np.ceil(3 * sigma / min(aspect, 1.0))) + 1
    if size < 1:
        raise ConfigError(f"size is {size}, but a kernel needs at least one row and column")
    offsets = np.arange(size) - (size - 1) / 2
    y, x = np.meshgrid(offsets, offsets, indexing="ij")
    along = x * np.cos(orientation) + y * np.sin(orientation)
    across = -x * np.sin(orientation) + y * np.cos(orientation)
    envelope = np.exp(-(along**2 + (aspect * across) ** 2) / (2 * sigma**2))
    kernel = envelope * np.exp(1j * (2 * np.pi * along / wavelength + phase))
    if zero_mean:
        # The second pass takes away what rounding left in the first.
        for _ in range(2):
            kernel = kernel - envelope * (kernel.sum() / envelope.sum())
    return cast(NDArray[np.complex128], kernel)


def gabor_kernel(
    wavelength: float,
    orientation: float,
    *,
    phase: float = 0.0,
    sigma: float | None = None,
    aspect: float = 1.0,
    size: int | None = None,
    zero_mean: bool = False,
) -> NDArray[np.float64]:
    """Return the real part of :func:`complex_gabor_kernel`, whose parameters it takes.

    Phase 0 makes it even (a ridge), phase pi / 2 odd (an edge).

    Returns
    -------
    ndarray of float64, shape (size, size)

    Raises
    ------
    ConfigError
        If a parameter is out of its range.

    Notes
    -----
    Book: Front ends compared.

    Examples
    --------
    >>> gabor_kernel(4.0, 0.0, sigma=1.0, size=3)[1].round(3).tolist()
    [0.0, 1.0, 0.0]
    """
    kernel = complex_gabor_kernel(
        wavelength,
        orientation,
        phase=phase,
        sigma=sigma,
        aspect=aspect,
        size=size,
        zero_mean=zero_mean,
    )
    return np.ascontiguousarray(kernel.real)
