"""Texture: a segment as one vector of moments, cepstral covariances and modulation spectra.

What a sound texture is to the ear, statistics of its bands and of how they move together, without
the order of events.  A classifier of such vectors needs no convolution.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import DataError
from mgc.signal.cepstrum import mfcc

#: Coefficients whose mean, spread and covariance are kept.
_CEPSTRA = 20

#: Blocks of rate (in time) and of scale (in frequency) of a modulation spectrum.
_RATES, _SCALES, _LOCAL_SCALES = 10, 10, 7

#: Parts of the mel axis with a modulation spectrum of their own: low, middle, high.
_REGIONS = 3

#: Added before logarithms and to deviations that divide: dB² and dB, far below any music.
_FLOOR = 1e-3

#: Fewest bands and columns of which the blocks can be formed without an empty one.
LEAST_BANDS, LEAST_COLUMNS = 48, 40


def texture(levels: ArrayLike) -> NDArray[np.float32]:
    """Describe segments by statistics that do not know when something happened.

    Parameters
    ----------
    levels : array_like of shape (n, n_mels, columns)
        Log-mel levels in dB; at least 48 bands and 40 columns.

    Returns
    -------
    ndarray of float32, shape (n, texture_size(n_mels))
        In the order of :func:`texture_blocks`.

    Raises
    ------
    DataError
        If the shape is another.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(2, 128, 77))
    >>> texture(x).shape
    (2, 1220)
    >>> bool(np.allclose(texture(x), texture(x[..., ::-1]), rtol=1e-3, atol=1e-3))
    True

    Notes
    -----
    Moments of bands and their modulation are those with which McDermott and Simoncelli (2011,
    doi:10.1016/j.neuron.2011.06.032) synthesise textures; joint modulation of time and frequency
    follows Chi, Ru and Shamma (2005, doi:10.1121/1.1945807), by a Fourier transform instead of a
    bank of filters.
    Book: The best honest model
    """
    x = np.asarray(levels, dtype=np.float64)
    if x.ndim != 3 or x.shape[1] < LEAST_BANDS or x.shape[2] < LEAST_COLUMNS:
        raise DataError(
            f"levels have shape {x.shape}: texture needs (n, at least {LEAST_BANDS} mel bands, at "
            f"least {LEAST_COLUMNS} columns); take longer segments or a store with more bands"
        )
    regions = np.array_split(x, _REGIONS, axis=1)
    local = [modulation(part, _LOCAL_SCALES, taper_bands=True) for part in regions]
    parts = [_moments(x), _cepstra(x), modulation(x, _SCALES), *local]
    return np.concatenate(parts, axis=1).astype(np.float32)


def texture_blocks(n_mels: int) -> dict[str, int]:
    """Return how many numbers of which kind a texture of `n_mels` bands has, in their order.

    Examples
    --------
    >>> texture_blocks(128)
    {'moments': 640, 'cepstra': 270, 'modulation': 100, 'local modulation': 210}
    """
    return {
        "moments": 5 * n_mels,
        "cepstra": 3 * _CEPSTRA + _CEPSTRA * (_CEPSTRA + 1) // 2,
        "modulation": _SCALES * _RATES,
        "local modulation": _REGIONS * _LOCAL_SCALES * _RATES,
    }


def texture_size(n_mels: int) -> int:
    """Return how many numbers the texture of a segment has: 1220 for 128 bands."""
    return sum(texture_blocks(n_mels).values())


def _moments(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean, deviation, deviation of the change, skewness and kurtosis of each band."""
    mean, std = x.mean(axis=2), x.std(axis=2)
    z = (x - mean[..., None]) / (std[..., None] + _FLOOR)
    higher = [(z**3).mean(axis=2), (z**4).mean(axis=2)]
    return np.concatenate([mean, std, np.diff(x).std(axis=2), *higher], axis=1)


def _cepstra(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean, deviation, deviation of the change and covariances of cepstral coefficients."""
    c = mfcc(x, _CEPSTRA)
    centred = c - c.mean(axis=2, keepdims=True)
    covariance = np.einsum("nit,njt->nij", centred, centred) / (c.shape[2] - 1)
    upper = np.triu_indices(_CEPSTRA)
    moments = [c.mean(axis=2), c.std(axis=2), np.diff(c).std(axis=2)]
    return np.concatenate([*moments, covariance[:, upper[0], upper[1]]], axis=1)


def modulation(
    levels: ArrayLike, n_scales: int, *, n_rates: int = _RATES, taper_bands: bool = False
) -> NDArray[np.float64]:
    """Return the power of joint modulation in time and frequency, over geometric blocks.

    Parameters
    ----------
    levels : array_like of shape (n, bands, columns)
        Levels in dB.
    n_scales, n_rates : int > 0
        Blocks of scale (cycles over the bands) and of rate (cycles over the columns).
    taper_bands : bool
        Whether a Hann window closes the bands, too; the columns always have one.

    Returns
    -------
    ndarray of float64, shape (n, n_scales * n_rates)
        Natural logarithm of the mean power in a block, rate varying fastest; the mean of each band
        over time is taken out before.  A rate and its negative are averaged: up and down sweeps
        count alike.

    Raises
    ------
    DataError
        If there are fewer steps of scale or rate than blocks.

    Examples
    --------
    >>> t = np.arange(64)
    >>> ripple = np.cos(2 * np.pi * 8 * t / 64) * np.ones((1, 16, 1))
    >>> blocks = modulation(ripple, 4, n_rates=4).reshape(4, 4)
    >>> [int(i) for i in np.unravel_index(blocks.argmax(), blocks.shape)]
    [0, 2]
    """
    x = np.asarray(levels, dtype=np.float64)
    if x.ndim != 3 or x.shape[1] // 2 < n_scales or x.shape[2] // 2 < n_rates:
        raise DataError(
            f"levels have shape {x.shape}: {n_scales} blocks of scale and {n_rates} of rate need "
            f"(n, at least {2 * n_scales} bands, at least {2 * n_rates} columns)"
        )
    x = x - x.mean(axis=2, keepdims=True)
    x = x * np.hanning(x.shape[2])
    if taper_bands:
        x = x * np.hanning(x.shape[1])[:, None]
    power = np.abs(np.fft.rfft2(x)) ** 2
    half = x.shape[1] // 2
    # Scales s and -s at one rate are the two directions of a sweep.
    power[:, 1:half] = (power[:, 1:half] + power[:, : x.shape[1] - half : -1]) / 2
    scales, rates = _edges(0, half, n_scales), _edges(1, power.shape[2], n_rates)
    blocks = np.add.reduceat(power[:, :half], scales[:-1], axis=1) / np.diff(scales)[:, None]
    blocks = np.add.reduceat(blocks, rates[:-1], axis=2) / np.diff(rates)
    return np.log(blocks + _FLOOR).reshape(len(x), -1)


def _edges(first: int, last: int, count: int) -> NDArray[np.int64]:
    """Split ``first .. last`` into `count` blocks that grow geometrically, none of them empty."""
    grown = np.geomspace(1, last - first + 1, count + 1) - 1
    edges = np.round(grown).astype(np.int64)
    for k in range(1, count + 1):  # the first ones would be narrower than one step
        edges[k] = max(edges[k], edges[k - 1] + 1)
    edges = np.minimum(edges, last - first - np.arange(count, -1, -1))
    return edges + first
