"""Mean and standard deviation of each mel band, as the normaliser subtracts and divides."""

from typing import TYPE_CHECKING

import numpy as np

from mgc.data.frontend import FrontEnd
from mgc.data.normalise import Normaliser
from mgc.errors import DataError
from mgc.plots.spectrogram import TICKS, band_position
from mgc.plots.style import axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_normaliser(
    normaliser: Normaliser, front_end: FrontEnd, ax: "Axes | None" = None
) -> "Axes":
    """Draw the mean of each mel band, with one standard deviation on both sides.

    Parameters
    ----------
    normaliser : Normaliser
        What was fitted, in dB.
    front_end : FrontEnd
        What the levels were made with; it knows the frequency of each band.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Bands are equally wide, so the axis is linear in mel; its ticks are in Hz.

    Raises
    ------
    DataError
        If the normaliser has another number of bands than the front end.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> normaliser = Normaliser(np.full(128, -40.0), np.full(128, 10.0))
    >>> ax = plot_normaliser(normaliser, FrontEnd(), Figure().add_subplot())
    >>> ax.get_ylabel()
    'level (dB re clip maximum)'

    Book: The pipeline and its cost
    """
    _require_same_bands(normaliser, front_end)
    ax = axes_or_new(ax)
    bands = np.arange(front_end.n_mels)
    low, high = normaliser.mean - normaliser.std, normaliser.mean + normaliser.std
    ax.fill_between(bands, low, high, color="C0", alpha=0.25, lw=0, label="± standard deviation")
    ax.plot(bands, normaliser.mean, color="C0", label="mean")
    # Not the lowest of them: on this axis its label would touch the next.
    marked = [hz for hz in TICKS[1:] if front_end.fmin < hz < front_end.fmax]
    ax.set_xticks(band_position(marked, front_end), labels=[str(hz) for hz in marked])
    ax.set(xlabel="frequency (Hz, mel scale)", ylabel="level (dB re clip maximum)")
    ax.legend()
    return ax


def describe_normaliser(normaliser: Normaliser, front_end: FrontEnd) -> str:
    """Say in words what :func:`plot_normaliser` draws.

    Parameters
    ----------
    normaliser, front_end
        As in :func:`plot_normaliser`.

    Returns
    -------
    str
        Alternative text: the loudest and the softest band, and the range of the deviations.

    Raises
    ------
    DataError
        If the normaliser has another number of bands than the front end.

    Examples
    --------
    >>> normaliser = Normaliser(np.linspace(-20, -60, 128), np.full(128, 10.0))
    >>> describe_normaliser(normaliser, FrontEnd())
    'Line of the mean level of 128 mel bands: highest in band 1 from below with -20 dB, lowest in \
band 128 with -60 dB. The standard deviation around it lies between 10 and 10 dB.'

    Book: The pipeline and its cost
    """
    _require_same_bands(normaliser, front_end)
    mean, std = normaliser.mean, normaliser.std
    return (
        f"Line of the mean level of {len(mean)} mel bands: highest in band {mean.argmax() + 1} "
        f"from below with {mean.max():.0f} dB, lowest in band {mean.argmin() + 1} with "
        f"{mean.min():.0f} dB. The standard deviation around it lies between {std.min():.0f} and "
        f"{std.max():.0f} dB."
    )


def _require_same_bands(normaliser: Normaliser, front_end: FrontEnd) -> None:
    if normaliser.mean.shape != (front_end.n_mels,):
        raise DataError(
            f"the normaliser has {normaliser.mean.size} bands, but the front end "
            f"{front_end.n_mels}: fit it on features of this front end"
        )
