"""What trained networks lean on: interventions, bands of each genre, activation maps."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from mgc.data.frontend import FrontEnd
from mgc.errors import DataError
from mgc.plots.spectrogram import band_position, plot_spectrogram
from mgc.plots.style import axes_or_new, labels_of
from mgc.plots.tables import require_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_CHANGES = ("kind", "strength", "unit", "difference", "low", "high", "flips")
_BANDS = ("genre", "hz", "share")
_REMEDY = "make it with 'python -m mgc.train.interventions'"
_TICKS = (100, 300, 1000, 3000, 9000)


def plot_interventions(table: pd.DataFrame, ax: "Axes | None" = None) -> "Axes":
    """Draw what each intervention costs, with its interval, and how many decisions it turns.

    Parameters
    ----------
    table : DataFrame
        :func:`mgc.train.interventions.intervention_table`; ``none`` is left out.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Points of accuracy, and hollow marks for decisions that changed, as minus percent.

    Raises
    ------
    DataError
        If the table has no intervention or lacks a column.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"kind": ["floor"], "strength": [40.0], "unit": ["dB"],
    ...     "difference": [-0.1], "low": [-0.2], "high": [0.0], "flips": [0.3]})
    >>> ax = plot_interventions(table, Figure().add_subplot())
    >>> ax.get_yticklabels()[0].get_text()
    'floor 40 dB'

    Book: Where and why it errs
    """
    rows = _changes(table)
    ax = axes_or_new(ax, scale=1.0 if len(rows) < 14 else 1.35)
    kinds = list(dict.fromkeys(rows["kind"]))
    colours = [f"C{kinds.index(kind) % 7}" for kind in rows["kind"]]
    y = np.arange(len(rows))
    ax.axvline(0, color="0.4", lw=1.0)
    ax.hlines(y, 100 * rows["low"], 100 * rows["high"], color=colours, lw=2.0)
    ax.scatter(100 * rows["difference"], y, color=colours, s=28, zorder=3, label="accuracy")
    ax.scatter(-100 * rows["flips"], y, marker="|", color="0.3", s=60, label="decisions changed")
    ax.set_yticks(y, labels=_names(rows))
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlabel("change of accuracy (points), and decisions changed (minus %)")
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2)
    return ax


def describe_interventions(table: pd.DataFrame) -> str:
    """Say in words what :func:`plot_interventions` draws.

    Examples
    --------
    >>> table = pd.DataFrame({"kind": ["floor"], "strength": [40.0], "unit": ["dB"],
    ...     "difference": [-0.1], "low": [-0.2], "high": [0.0], "flips": [0.3]})
    >>> describe_interventions(table)
    'Change of accuracy in points (95 % interval) and decisions changed: floor 40 dB -10.0 (-20.0 \
to +0.0), 30 %.'

    Book: Where and why it errs
    """
    rows = _changes(table)
    said = [
        f"{name} {100 * gap:+.1f} ({100 * low:+.1f} to {100 * high:+.1f}), {100 * flips:.0f} %"
        for name, gap, low, high, flips in zip(
            _names(rows), rows["difference"], rows["low"], rows["high"], rows["flips"], strict=True
        )
    ]
    return f"Change of accuracy in points (95 % interval) and decisions changed: {'; '.join(said)}."


def plot_band_profiles(
    profiles: pd.DataFrame, front_end: FrontEnd, ax: "Axes | None" = None
) -> "Axes":
    """Draw over which bands the activation of each genre is spread.

    Parameters
    ----------
    profiles : DataFrame
        :func:`mgc.train.activation_tables.profile_table`.
    front_end : FrontEnd
        Whose bands they are.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        One row a genre; colour is the density: 1 is an even spread over the bands.

    Raises
    ------
    DataError
        If the table has no row or lacks a column.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"genre": "pop", "hz": range(128), "share": 1 / 128})
    >>> ax = plot_band_profiles(table, FrontEnd(), Figure().add_subplot())
    >>> ax.get_xlabel()
    'frequency (Hz, mel bands)'

    Book: Where and why it errs
    """
    shares = _profiles(profiles)
    ax = axes_or_new(ax)
    density = shares.to_numpy() * shares.shape[1]
    image = ax.imshow(
        density, aspect="auto", origin="upper", vmin=0.0, vmax=min(4.0, density.max())
    )
    ax.set_yticks(range(len(shares)), labels=labels_of([str(g) for g in shares.index]))
    ax.set_xticks(band_position(_TICKS, front_end), labels=[f"{hz:,}" for hz in _TICKS])
    ax.set_xlabel("frequency (Hz, mel bands)")
    ax.grid(False)
    bar = ax.get_figure().colorbar(image, ax=ax, extend="max")  # type: ignore[union-attr]
    bar.set_label("activation (1: even)")
    return ax


def describe_band_profiles(profiles: pd.DataFrame) -> str:
    """Say in words what :func:`plot_band_profiles` draws.

    Examples
    --------
    >>> table = pd.DataFrame({"genre": "pop", "hz": [100.0, 900.0], "share": [0.25, 0.75]})
    >>> describe_band_profiles(table)
    'Activation by genre: pop strongest at 900 Hz, half of it above 900 Hz.'

    Book: Where and why it errs
    """
    said = []
    for genre, shares in _profiles(profiles).iterrows():
        hz = shares.index.to_numpy()
        above = hz[np.flatnonzero(np.cumsum(shares.to_numpy()[::-1])[::-1] >= 0.5 - 1e-9)[-1]]
        said.append(
            f"{genre} strongest at {hz[shares.argmax()]:.0f} Hz, half of it above {above:.0f} Hz"
        )
    return f"Activation by genre: {'; '.join(said)}."


def plot_activation(
    S: ArrayLike, activation: ArrayLike, front_end: FrontEnd, ax: "Axes | None" = None
) -> "Axes":
    """Draw a log-mel picture, and lines around where the activation is strong.

    Parameters
    ----------
    S : array_like of shape (n_mels, columns)
        Levels of a segment in dB.
    activation : array_like of shape (height, width)
        Of :func:`mgc.train.class_activation.activation_maps`; stretched over the picture.
    front_end : FrontEnd
        How the levels were made.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Lines at a quarter, a half and three quarters of the maximum.

    Raises
    ------
    DataError
        If the picture does not fit the front end, or nothing is active.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> S, active = np.full((128, 12), -40.0), np.arange(12.0).reshape(4, 3)
    >>> len(plot_activation(S, active, FrontEnd(), Figure().add_subplot()).get_xlabel()) > 0
    True

    Book: Where and why it errs
    """
    active = _active(activation)
    ax = plot_spectrogram(S, front_end, front_end.columns_per_second(), ax=ax)
    left, right = ax.get_xlim()
    bottom, top = ax.get_ylim()
    height, width = active.shape
    x = left + (np.arange(width) + 0.5) * (right - left) / width
    y = bottom + (np.arange(height) + 0.5) * (top - bottom) / height
    levels = active.max() * np.array([0.25, 0.5, 0.75])
    ax.contour(x, y, active, levels=levels, colors="white", linewidths=[0.8, 1.4, 2.2])
    return ax


def describe_activation(activation: ArrayLike, front_end: FrontEnd) -> str:
    """Say in words where :func:`plot_activation` draws its lines.

    Raises
    ------
    DataError
        If nothing is active.

    Examples
    --------
    >>> describe_activation([[0.0, 1.0], [0.0, 0.0]], FrontEnd())
    'White lines around strong activation: 100 % of it below 1956 Hz, 0 % in the first half.'

    Book: Where and why it errs
    """
    from mgc.data.interventions import band_centres

    active = _active(activation)
    hz = band_centres(front_end)[front_end.n_mels // 2 - 1]
    below, first = (_first_half(active.sum(axis=axis)) for axis in (1, 0))
    return (
        f"White lines around strong activation: {100 * below:.0f} % of it below {hz:.0f} Hz, "
        f"{100 * first:.0f} % in the first half."
    )


def _first_half(values: NDArray[np.float64]) -> float:
    """Share of a row that lies before its middle; a value in the middle counts half."""
    reached = np.append(0.0, np.cumsum(values))
    return float(np.interp(len(values) / 2, np.arange(len(reached)), reached) / reached[-1])


def _active(activation: ArrayLike) -> NDArray[np.float64]:
    active = np.asarray(activation, dtype=np.float64)
    if active.ndim != 2 or not active.size or not active.max() > 0:
        raise DataError(
            f"an activation map of shape {active.shape} without a positive value shows nothing: "
            "pass one map (height, width)"
        )
    return active


def _changes(table: pd.DataFrame) -> pd.DataFrame:
    rows = table[table["kind"] != "none"] if "kind" in table else table
    require_columns(rows, _CHANGES, _REMEDY, "table of interventions")
    return rows.reset_index(drop=True)


def _names(rows: pd.DataFrame) -> list[str]:
    words = zip(rows["kind"], rows["strength"], rows["unit"], strict=True)
    return [f"{kind.replace('_', ' ')} {strength:g} {unit}" for kind, strength, unit in words]


def _profiles(profiles: pd.DataFrame) -> pd.DataFrame:
    """Genres by frequencies."""
    require_columns(profiles, _BANDS, _REMEDY, "table of profiles")
    return profiles.pivot(index="genre", columns="hz", values="share")
