"""Number formats: what they can tell apart, and what that does to transforms and features."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from mgc.errors import DataError
from mgc.plots.style import axes_or_new
from mgc.signal.floating.formats import FORMATS, number_format, spacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Line and marker of each format, the same in every figure.
_STYLES = {"float16": "-", "bfloat16": "--", "float32": "-.", "float64": ":"}
_MARKERS = {"float16": "o", "bfloat16": "s", "float32": "D", "float64": "^"}
_NARROW = ("float16", "bfloat16", "float32")

# Power of a full-scale tone behind a Hann window of 2048, and the floor of the front end.
_LANDMARKS = {"full-scale tone": 512.0**2, "floor": 1e-10}


def plot_spacing(formats: Sequence[str] = _NARROW, ax: "Axes | None" = None) -> "Axes":
    """Draw how finely each format divides numbers, over their size.

    Parameters
    ----------
    formats : sequence of str
        Names in :data:`mgc.signal.floating.formats.FORMATS`.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Logarithmic on both axes: spacing relative to the number.  A line ends at the largest
        number, and rises to the left where numbers are subnormal.  Dotted verticals mark the floor
        of the front end and the power of a full-scale tone.

    Raises
    ------
    ConfigError
        If there is no such format.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> plot_spacing(["float16"], Figure().add_subplot()).get_xlabel()
    'number'

    Book: Floating point: formats, sums and softmax
    """
    ax = axes_or_new(ax)
    powers = 2.0 ** np.arange(-50, 40)
    for name in formats:
        fmt = number_format(name)
        x = powers[(powers >= fmt.min_subnormal) & (powers <= fmt.max)]
        ax.plot(x, spacing(x, fmt) / x, _STYLES[name], color=_colour(name), label=name)
    for name, power in _LANDMARKS.items():
        ax.axvline(power, color="0.4", lw=1, ls=":")
        place, offset = (power, 1.0), (3, -4)
        ax.annotate(name, place, offset, va="top", textcoords="offset points", color="0.3", size=9)
    ax.set(xscale="log", yscale="log", xlabel="number", ylabel="spacing / number")
    ax.set_xlim(powers[0], powers[-1])  # a line that does not end here goes on
    ax.legend()
    return ax


def describe_spacing(formats: Sequence[str] = _NARROW) -> str:
    """Say in words what :func:`plot_spacing` draws.

    Parameters
    ----------
    formats : sequence of str
        As in :func:`plot_spacing`.

    Returns
    -------
    str
        Alternative text: relative spacing and range of each format.

    Raises
    ------
    ConfigError
        If there is no such format.

    Examples
    --------
    >>> describe_spacing(["float16"])
    'Relative spacing of numbers over their size: float16 0.00049 to 0.00098 from 6.1e-05 to \
6.6e+04, coarser below.'

    Book: Floating point: formats, sums and softmax
    """
    parts = [
        f"{name} {fmt.eps / 2:.2g} to {fmt.eps:.2g} from {fmt.min_normal:.2g} to {fmt.max:.2g}"
        for name, fmt in ((name, number_format(name)) for name in formats)
    ]
    return f"Relative spacing of numbers over their size: {', '.join(parts)}, coarser below."


def plot_fft_constants(
    exponents: ArrayLike, constants: Mapping[str, ArrayLike], ax: "Axes | None" = None
) -> "Axes":
    """Draw the error of the FFT, divided by the growth that theory expects of it.

    Parameters
    ----------
    exponents : array_like of int, shape (n,)
        Binary logarithms of the lengths.
    constants : mapping from format to array_like of shape (n,)
        What :func:`mgc.signal.floating.fft_error.fft_constants` returns.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        From zero, so that a constant looks like one.

    Raises
    ------
    DataError
        If a line has another length than `exponents`.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_fft_constants([6, 7], {"float32": [0.6, 0.6]}, Figure().add_subplot())
    >>> ax.get_xlabel()
    'length of the transform'

    Book: Floating point: formats, sums and softmax
    """
    k = _same_length(exponents, constants)
    ax = axes_or_new(ax)
    for name, values in constants.items():
        style = _MARKERS[name] + _STYLES[name]
        ax.plot(2.0**k, np.asarray(values), style, color=_colour(name), ms=5, label=name)
    ax.set_xscale("log", base=2)
    ax.set(xlabel="length of the transform", ylabel=r"error / ($u\sqrt{\log_2 N}$)")
    ax.set_ylim(bottom=0)
    ax.legend(loc="lower right")
    return ax


def describe_fft_constants(exponents: ArrayLike, constants: Mapping[str, ArrayLike]) -> str:
    """Say in words what :func:`plot_fft_constants` draws.

    Parameters
    ----------
    exponents, constants
        As in :func:`plot_fft_constants`.

    Returns
    -------
    str
        Alternative text: the range of each line.

    Raises
    ------
    DataError
        If a line has another length than `exponents`.

    Examples
    --------
    >>> describe_fft_constants([6, 7], {"float32": [0.58, 0.61]})
    'Error of the FFT of 2^6 to 2^7 points, divided by the unit roundoff and the root of the \
number of stages: float32 between 0.58 and 0.61.'

    Book: Floating point: formats, sums and softmax
    """
    k = _same_length(exponents, constants)
    parts = [
        f"{name} between {np.min(values):.2f} and {np.max(values):.2f}"
        for name, values in constants.items()
    ]
    return (
        f"Error of the FFT of 2^{k.min():.0f} to 2^{k.max():.0f} points, divided by the unit "
        f"roundoff and the root of the number of stages: {', '.join(parts)}."
    )


def plot_stage_errors(table: pd.DataFrame, ax: "Axes | None" = None) -> "Axes":
    """Draw what keeping each stage of the front end in a format does to the levels.

    Parameters
    ----------
    table : DataFrame
        Root mean square errors in dB; a row for each stage, from first to last, and a column for
        each format.  Zero and missing errors are not drawn.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        Logarithmic: equal steps are equal factors.

    Raises
    ------
    DataError
        If the table is empty or a column is no format.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"float16": [0.1, 0.01]}, index=["samples", "level"])
    >>> ax = plot_stage_errors(table, Figure().add_subplot())
    >>> [tick.get_text() for tick in ax.get_xticklabels()]
    ['samples', 'level']

    Book: Floating point: formats, sums and softmax
    """
    _require_formats(table)
    ax = axes_or_new(ax)
    place = np.arange(len(table))
    for name in table:
        errors = table[name].where(table[name] > 0).to_numpy(dtype=np.float64)
        style = _MARKERS[str(name)] + _STYLES[str(name)]
        ax.plot(place, errors, style, color=_colour(str(name)), lw=1, ms=7, label=str(name))
    ax.set_yscale("log")
    ax.set_xticks(place, labels=[str(stage) for stage in table.index])
    ax.set(xlabel="stage that is kept in the format", ylabel="error of the levels (dB, rms)")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def describe_stage_errors(table: pd.DataFrame) -> str:
    """Say in words what :func:`plot_stage_errors` draws.

    Parameters
    ----------
    table : DataFrame
        As in :func:`plot_stage_errors`.

    Returns
    -------
    str
        Alternative text: the largest and the smallest error of each format.

    Raises
    ------
    DataError
        If the table is empty or a column is no format.

    Examples
    --------
    >>> table = pd.DataFrame({"float16": [0.1, 0.01]}, index=["samples", "level"])
    >>> describe_stage_errors(table)
    'Errors of the levels in dB by stage and format: float16 from 0.01 (level) to 0.1 (samples).'

    Book: Floating point: formats, sums and softmax
    """
    _require_formats(table)
    parts = []
    for name in table:
        errors = table[name][table[name] > 0]
        low, high = errors.idxmin(), errors.idxmax()
        parts.append(f"{name} from {errors.min():.2g} ({low}) to {errors.max():.2g} ({high})")
    return f"Errors of the levels in dB by stage and format: {'; '.join(parts)}."


def _colour(name: str) -> str:
    return f"C{list(FORMATS).index(name)}"


def _same_length(exponents: ArrayLike, constants: Mapping[str, ArrayLike]) -> np.ndarray:
    k = np.asarray(exponents, dtype=np.float64)
    for name, values in constants.items():
        if np.shape(values) != k.shape:
            raise DataError(
                f"the line of {name} has shape {np.shape(values)}, but there are {k.size} lengths: "
                "measure at each of them"
            )
    return k


def _require_formats(table: pd.DataFrame) -> None:
    unknown = [str(name) for name in table if name not in FORMATS]
    if table.empty or unknown or not (table > 0).any().all():
        raise DataError(
            f"the table has the columns {', '.join(map(str, table))} and {len(table)} rows: "
            f"expected are formats ({', '.join(FORMATS)}), each with a positive error"
        )
