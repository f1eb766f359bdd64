"""Mel scales, mel filters over the bins that sample them, and what cepstra lose."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import DataError
from mgc.plots.style import axes_or_new
from mgc.signal.conditioning import band_edges
from mgc.signal.mel import hz_to_mel

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_scales(fmax: float = 11025.0, ax: "Axes | None" = None) -> "Axes":
    """Draw both mel scales, each as a share of its value at the highest frequency.

    Parameters
    ----------
    fmax : float
        Highest frequency in Hz.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        With the straight line that an STFT follows.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> [line.get_label() for line in plot_scales(ax=Figure().add_subplot()).get_lines()]
    ['Slaney', 'HTK', 'hertz']

    Book: Mel, log compression and conditioning
    """
    ax = axes_or_new(ax)
    f = np.linspace(0, fmax, 400)
    styles = {"Slaney": "-", "HTK": "--", "hertz": ":"}
    for (label, style), share in zip(styles.items(), _shares(f), strict=True):
        ax.plot(f, share, style, label=label)
    ax.set(xlabel="frequency (Hz)", ylabel="share of the scale", xlim=(0, fmax), ylim=(0, 1))
    ax.legend()
    return ax


def describe_scales(fmax: float = 11025.0) -> str:
    """Say in words what :func:`plot_scales` draws.

    Examples
    --------
    >>> describe_scales()
    'Three curves from 0 to 11025 Hz. Below 1000 Hz lie 30 % of the Slaney scale, 31 % of the HTK \
scale and 9 % of the hertz scale.'

    Book: Mel, log compression and conditioning
    """
    slaney, htk, hertz = (100 * share[0] for share in _shares(np.array([1000.0, fmax])))
    return (
        f"Three curves from 0 to {fmax:.0f} Hz. Below 1000 Hz lie {slaney:.0f} % of the Slaney "
        f"scale, {htk:.0f} % of the HTK scale and {hertz:.0f} % of the hertz scale."
    )


def plot_filters(
    n_fft: int,
    n_mels: int,
    *,
    sr: float = 22050,
    below: float = 600.0,
    htk: bool = False,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the lowest triangles with peak 1, and where the bins of the FFT sample them.

    Parameters
    ----------
    n_fft, n_mels : int
        Length of the FFT and number of bands, from 0 Hz to half the sampling rate.
    sr : float
        Sampling rate in Hz.
    below : float
        Highest frequency shown, in Hz.
    htk : bool
        HTK's mel formula in place of Slaney's.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Bins are vertical lines with dots on the triangles; empty bands are drawn thick and red.

    Raises
    ------
    DataError
        If no band has its peak below `below`.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> plot_filters(512, 128, ax=Figure().add_subplot()).get_title()
    'n_fft = 512: 23 bands, 13 bins'

    Book: Mel, log compression and conditioning
    """
    edges, bins = _low_bands(n_fft, n_mels, sr, below, htk)
    ax = axes_or_new(ax)
    ax.vlines(bins, 0, 1, color="0.75", lw=0.8, label="bins")
    for number, (low, peak, high) in enumerate(zip(edges, edges[1:], edges[2:], strict=False)):
        inside = bins[(bins > low) & (bins < high)]
        colour, width = (f"C{number % 3 * 2}", 1.2) if len(inside) else ("C1", 3.0)
        ax.plot([low, peak, high], [0, 1, 0], color=colour, lw=width)
        weights = np.interp(inside, [low, peak, high], [0, 1, 0])
        ax.plot(inside, weights, "o", color=colour, ms=4)
    ax.set(xlabel="frequency (Hz)", ylabel="weight (peak 1)", xlim=(0, below), ylim=(0, 1.05))
    ax.set_title(f"n_fft = {n_fft}: {len(edges) - 2} bands, {np.sum(bins < below)} bins")
    ax.grid(visible=False)
    return ax


def describe_filters(
    n_fft: int, n_mels: int, *, sr: float = 22050, below: float = 600.0, htk: bool = False
) -> str:
    """Say in words what :func:`plot_filters` draws.

    Examples
    --------
    >>> describe_filters(512, 128, htk=True, below=300.0)
    'Triangles of the 16 lowest of 128 bands (HTK), with peaks below 300 Hz, over the 6 bins of \
an FFT of 512 samples, which are 43.1 Hz apart; 3 bands hold no bin.'

    Book: Mel, log compression and conditioning
    """
    edges, bins = _low_bands(n_fft, n_mels, sr, below, htk)
    spans = zip(edges, edges[2:], strict=False)
    empty = sum(not ((bins > low) & (bins < high)).any() for low, high in spans)
    scale, shown = "HTK" if htk else "Slaney", np.sum(bins < below)
    return (
        f"Triangles of the {len(edges) - 2} lowest of {n_mels} bands ({scale}), with peaks below "
        f"{below:.0f} Hz, over the {shown} bins of an FFT of {n_fft} samples, which are "
        f"{sr / n_fft:.1f} Hz apart; {empty} bands hold no bin."
    )


def plot_variance(
    shares: Mapping[str, ArrayLike], marked: int = 20, ax: "Axes | None" = None
) -> "Axes":
    """Draw which share of the variance is lost when only the first coefficients are kept.

    Parameters
    ----------
    shares : mapping from name to array_like, shape (n_mels,)
        Share kept for each number of coefficients, see
        :func:`mgc.signal.cepstrum.explained_variance`.
    marked : int
        Number of coefficients that is marked.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Logarithmic in height.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_variance({"DCT": [0.5, 0.9, 1.0]}, 2, Figure().add_subplot())
    >>> ax.get_ylabel()
    'share of the variance lost'

    Book: Mel, log compression and conditioning
    """
    ax = axes_or_new(ax)
    for (name, values), style in zip(shares.items(), ("-", "--", ":"), strict=False):
        lost = 1 - np.asarray(values, dtype=np.float64)[:-1]
        ax.plot(np.arange(1, len(lost) + 1), lost, style, label=name)
    ax.axvline(marked, color="0.4", lw=1, ls=":")
    ax.set(xlabel="coefficients kept", ylabel="share of the variance lost", yscale="log")
    ax.legend()
    return ax


def describe_variance(shares: Mapping[str, ArrayLike], marked: int = 20) -> str:
    """Say in words what :func:`plot_variance` draws.

    Examples
    --------
    >>> describe_variance({"DCT": [0.5, 0.9, 1.0]}, 2)
    'Falling curves of the share of the variance that is lost over the number of coefficients \
kept. With 2 of 3 it is 10.0 % for DCT.'

    Book: Mel, log compression and conditioning
    """
    kept = {name: np.asarray(values, dtype=np.float64) for name, values in shares.items()}
    total = len(next(iter(kept.values())))
    parts = [f"{100 * (1 - values[marked - 1]):.1f} % for {name}" for name, values in kept.items()]
    return (
        "Falling curves of the share of the variance that is lost over the number of "
        f"coefficients kept. With {marked} of {total} it is {' and '.join(parts)}."
    )


def _shares(f: NDArray[np.float64]) -> list[NDArray[Any]]:
    scales = [hz_to_mel(f), hz_to_mel(f, htk=True), f]
    return [values / values[-1] for values in scales]


def _low_bands(
    n_fft: int, n_mels: int, sr: float, below: float, htk: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the edges of the bands with peaks below a frequency, and the bins under them."""
    edges = band_edges(sr=sr, n_mels=n_mels, htk=htk)
    bins = np.asarray(np.fft.rfftfreq(n_fft, 1 / sr), dtype=np.float64)
    count = int(np.sum(edges[1:-1] < below))
    if not count:
        raise DataError(f"no band has its peak below {below:g} Hz: show more frequencies")
    # 0 Hz lies on the first edge, where every weight is zero.
    return edges[: count + 2], bins[(bins > 0) & (bins < edges[count + 1])]
