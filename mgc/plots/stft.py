"""Pictures of short-time spectra on a linear axis of frequency, as theory looks at them."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import SignalError
from mgc.plots.style import axes_or_new
from mgc.signal.mel import power_to_db
from mgc.signal.stft import power_spectrogram

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# The transform is filled up with zeros to this length, so that short windows give no steps.
_SHORTEST_TRANSFORM = 8192

# Steps of colour: a reader sees lines of equal level, and the file is a third as large.
_SHADES = 30

# About as many columns as a page is wide in dots.
_COLUMNS = 400


def plot_stft(
    y: ArrayLike,
    sr: float,
    win_length: int,
    *,
    limits: tuple[float, float] | None = None,
    window: str = "hann",
    depth: float = 60.0,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the power spectrogram of a short signal with a window of given length.

    Parameters
    ----------
    y : array_like, shape (n_samples,)
        Real signal; both ends are padded with half a window of zeros.
    sr : float
        Sampling rate in Hz.
    win_length : int
        Length of the window in samples, at most 8192.
    limits : (float, float), optional
        Lowest and highest frequency in Hz; everything if not given.
    window : str
        Name that :func:`scipy.signal.get_window` knows.
    depth : float
        What lies further below the maximum is dark, in dB.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        The title names the window's length.

    Raises
    ------
    SignalError
        If the window is longer than 8192 samples, or the limits hold no frequency.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_stft(np.ones(4000), 8000, 256, ax=Figure().add_subplot())
    >>> ax.get_title(), ax.get_ylabel()
    ('N = 256 (32 ms)', 'frequency (Hz)')

    Book: Gabor atoms and uncertainty
    """
    from matplotlib import colormaps

    levels, times, frequencies = _levels(y, sr, win_length, limits, window)
    ax = axes_or_new(ax)
    ax.imshow(
        levels,
        origin="lower",
        aspect="auto",
        extent=(times[0], times[-1], frequencies[0], frequencies[-1]),
        cmap=colormaps["cividis"].resampled(_SHADES),
        vmin=-depth,
        vmax=0.0,
        interpolation="bilinear",
        interpolation_stage="data",
    )
    ax.set(xlabel="time (s)", ylabel="frequency (Hz)")
    ax.set_title(f"N = {win_length} ({1000 * win_length / sr:.3g} ms)")
    ax.grid(visible=False)
    return ax


def describe_stft(
    y: ArrayLike,
    sr: float,
    win_length: int,
    *,
    limits: tuple[float, float] | None = None,
    window: str = "hann",
) -> str:
    """Say in words what :func:`plot_stft` draws.

    Parameters
    ----------
    y, sr, win_length, limits, window
        As in :func:`plot_stft`.

    Returns
    -------
    str
        Alternative text: what share of the picture lies within 20 dB of its maximum, and where.

    Raises
    ------
    SignalError
        If the window is longer than 8192 samples, or the limits hold no frequency.

    Examples
    --------
    >>> tone = np.cos(2 * np.pi * 1000 * np.arange(4000) / 8000)
    >>> describe_stft(tone, 8000, 256)[:64]
    'Spectrogram with N = 256: within 20 dB of the maximum are 2.6 % '

    Book: Gabor atoms and uncertainty
    """
    levels, times, frequencies = _levels(y, sr, win_length, limits, window)
    loud = levels > -20
    rows, columns = loud.any(axis=1), loud.any(axis=0)
    f, t = frequencies[rows], times[columns]
    return (
        f"Spectrogram with N = {win_length}: within 20 dB of the maximum are "
        f"{100 * loud.mean():.2g} % of the picture, between {f[0]:.0f} and {f[-1]:.0f} Hz and "
        f"between {t[0]:.2f} and {t[-1]:.2f} s."
    )


def _levels(
    y: ArrayLike, sr: float, win_length: int, limits: tuple[float, float] | None, window: str
) -> tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.float64]]:
    """Return levels in dB re the maximum, with their times and frequencies."""
    n_fft = _SHORTEST_TRANSFORM
    if not 1 <= win_length <= n_fft:
        raise SignalError(
            f"the window has {win_length} samples; a picture takes 1 to {n_fft}: shorten it"
        )
    samples = np.asarray(y, dtype=np.float64)
    hop = max(1, len(samples) // _COLUMNS)
    S = power_spectrogram(
        samples, n_fft=n_fft, hop_length=hop, win_length=win_length, window=window
    )
    frequencies = np.asarray(np.fft.rfftfreq(n_fft, 1 / sr), dtype=np.float64)
    low, high = limits or (0.0, sr / 2)
    shown = (frequencies >= low) & (frequencies <= high)
    if not shown.any():
        raise SignalError(f"no frequency lies from {low:g} to {high:g} Hz at a rate of {sr:g} Hz")
    S = S[shown]
    levels = power_to_db(S, ref=float(S.max()), top_db=None)
    return levels, np.arange(S.shape[1]) * hop / sr, frequencies[shown]
