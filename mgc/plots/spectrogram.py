"""Pictures of log-mel spectrograms, with axes in seconds and hertz."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.data.frontend import FrontEnd
from mgc.errors import DataError
from mgc.plots.style import axes_or_new
from mgc.signal.mel import hz_to_mel

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Frequencies in Hz that may be marked: octaves, which is how musicians count.
TICKS = (125, 250, 500, 1000, 2000, 4000, 8000)


def plot_spectrogram(
    S: ArrayLike,
    front_end: FrontEnd,
    columns_per_second: float | None = None,
    start: float = 0.0,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw a log-mel spectrogram.

    Parameters
    ----------
    S : array_like, shape (n_mels, columns)
        Levels in dB, as :meth:`mgc.data.frontend.FrontEnd.decode` returns them; the colours span
        the range of the picture.
    front_end : FrontEnd
        What the levels were made with; it knows the frequency of each band.
    columns_per_second : float, optional
        Columns a second; the front end's usual number if not given.
    start : float
        Time of the first column in seconds.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Bands are equally high, so the axis is linear in mel; its ticks are in Hz.

    Raises
    ------
    DataError
        If the shape does not fit the front end or a level is not finite.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_spectrogram(np.zeros((128, 65)), FrontEnd(), ax=Figure().add_subplot())
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('time (s)', 'frequency (Hz, mel scale)')

    Book: The pipeline and its cost
    """
    levels = _levels(S, front_end)
    rate = columns_per_second or front_end.columns_per_second()
    ax = axes_or_new(ax)
    extent = (start, start + levels.shape[1] / rate, -0.5, front_end.n_mels - 0.5)
    image = ax.imshow(levels, origin="lower", aspect="auto", extent=extent, cmap="cividis")
    marked = [hz for hz in TICKS if front_end.fmin < hz < front_end.fmax]
    ax.set_yticks(band_position(marked, front_end), labels=[str(hz) for hz in marked])
    ax.set(xlabel="time (s)", ylabel="frequency (Hz, mel scale)")
    ax.grid(visible=False)
    ax.get_figure(root=True).colorbar(image, ax=ax, label="level (dB)")  # type: ignore[union-attr]
    return ax


def describe_spectrogram(
    S: ArrayLike, front_end: FrontEnd, columns_per_second: float | None = None
) -> str:
    """Say in words what :func:`plot_spectrogram` draws.

    Parameters
    ----------
    S, front_end, columns_per_second
        As in :func:`plot_spectrogram`.

    Returns
    -------
    str
        Alternative text: length, frequencies, range of levels, and where the sound is strongest.

    Raises
    ------
    DataError
        If the shape does not fit the front end or a level is not finite.

    Examples
    --------
    >>> describe_spectrogram(np.zeros((128, 387)), FrontEnd())[:67]
    'Log-mel spectrogram of 30.0 s in 128 bands from 0 to 11025 Hz: leve'

    Book: The pipeline and its cost
    """
    levels = _levels(S, front_end)
    rate = columns_per_second or front_end.columns_per_second()
    power = (10.0 ** (levels.astype(np.float64) / 10.0)).mean(axis=1)
    positions = band_position(np.arange(front_end.fmin, front_end.fmax, 1.0), front_end)
    loudest = front_end.fmin + np.abs(positions - power.argmax()).argmin()
    return (
        f"Log-mel spectrogram of {levels.shape[1] / rate:.1f} s in {front_end.n_mels} bands from "
        f"{front_end.fmin:.0f} to {front_end.fmax:.0f} Hz: levels from {levels.min():.0f} to "
        f"{levels.max():.0f} dB, on average strongest in the band at {loudest:.0f} Hz."
    )


def band_position(frequency: ArrayLike, front_end: FrontEnd) -> NDArray[np.float64]:
    """Return where a frequency lies on an axis of mel bands; band k is centred at k.

    Parameters
    ----------
    frequency : array_like
        In Hz.
    front_end : FrontEnd
        Gives number, limits and scale of the bands.

    Returns
    -------
    ndarray of float64
        From -1 (at `fmin`) to `n_mels` (at `fmax`).

    Examples
    --------
    >>> band_position([0.0, 11025.0], FrontEnd()).tolist()
    [-1.0, 128.0]
    """
    htk = front_end.mel_scale == "htk"
    low, high = hz_to_mel([front_end.fmin, front_end.fmax], htk=htk)
    share: NDArray[np.float64] = (hz_to_mel(frequency, htk=htk) - low) / (high - low)
    return share * (front_end.n_mels + 1) - 1


def _levels(S: ArrayLike, front_end: FrontEnd) -> NDArray[np.float32]:
    levels = np.asarray(S, dtype=np.float32)
    if levels.ndim != 2 or levels.shape[0] != front_end.n_mels or levels.shape[1] < 1:
        raise DataError(
            f"a spectrogram of {front_end.n_mels} bands has shape ({front_end.n_mels}, columns), "
            f"but this one {levels.shape}: pass one clip, decoded by its own front end"
        )
    if not np.isfinite(levels).all():
        raise DataError("the spectrogram holds NaN or infinity: decode the stored values to dB")
    return levels
