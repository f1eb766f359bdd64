"""Errors of gradients layer by layer, in each number format, beside the noise of a batch."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mgc.errors import DataError
from mgc.plots.style import axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: What a gradient is compared with, by probe and scale: colour, marker, name.
_PROBES = {
    ("another batch", 1.0): ("C6", "D", "another batch, float32"),
    ("mixed_bfloat16", 1.0): ("C1", "s", "bfloat16"),
    ("mixed_float16", 1.0): ("C5", "^", "float16, no scaling"),
    ("mixed_float16", 2.0**15): ("C0", "o", "float16, scale 2¹⁵"),
}


def plot_gradient_errors(gradients: pd.DataFrame, ax: "Axes | None" = None) -> "Axes":
    """Draw the relative error of the gradient of each kernel, in each format, beside batch noise.

    Parameters
    ----------
    gradients : DataFrame
        Of :func:`mgc.train.precision.precision_tables`.
    ax : Axes, optional
        Where to draw; new axes if not given.

    Returns
    -------
    Axes
        A mark at the geometric mean over optimizers and steps, a line from least to most.

    Raises
    ------
    DataError
        If there is no gradient of a kernel.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"variable": ["dense 1 kernel"], "probe": ["mixed_bfloat16"],
    ...     "scale": [1.0], "error": [0.1]})
    >>> plot_gradient_errors(table, Figure().add_subplot()).get_yscale()
    'log'

    Book: Precision as a factor
    """
    errors = _kernel_errors(gradients)
    ax = axes_or_new(ax)
    layers = list(dict.fromkeys(errors["layer"]))
    for number, (key, (colour, marker, name)) in enumerate(_PROBES.items()):
        own = _of_probe(errors, *key).set_index("layer").reindex(layers)
        places = np.arange(len(layers)) + 0.16 * (number - 1.5)
        ax.vlines(places, own["low"], own["high"], color=colour, lw=1.2)
        ax.plot(places, own["mean"], marker, color=colour, ms=6, ls="", label=name)
    ax.set_xticks(np.arange(len(layers)), labels=layers)
    ax.set(yscale="log", ylabel="relative error of the gradient")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2)
    return ax


def describe_gradient_errors(gradients: pd.DataFrame) -> str:
    """Say in words what :func:`plot_gradient_errors` draws.

    Examples
    --------
    >>> table = pd.DataFrame({"variable": ["dense 1 kernel"], "probe": ["mixed_bfloat16"],
    ...     "scale": [1.0], "error": [0.1]})
    >>> describe_gradient_errors(table)
    'Relative error of the gradient of each kernel: bfloat16 dense 1 0.1.'

    Book: Precision as a factor
    """
    errors = _kernel_errors(gradients)
    parts = []
    for key, (_, _, name) in _PROBES.items():
        own = _of_probe(errors, *key)
        found = ", ".join(f"{row.layer} {row.mean:.2g}" for row in own.itertuples())
        if found:
            parts.append(f"{name} {found}")
    return f"Relative error of the gradient of each kernel: {'; '.join(parts)}."


def _kernel_errors(gradients: pd.DataFrame) -> pd.DataFrame:
    """Geometric mean and range of the errors by layer and probe."""
    kernels = gradients[gradients["variable"].str.endswith(" kernel")]
    if kernels.empty:
        raise DataError("no gradient of a kernel: make the tables with mgc.train.precision")
    logs = kernels.assign(
        layer=kernels["variable"].str.removesuffix(" kernel"), log=np.log(kernels["error"])
    ).groupby(["probe", "scale", "layer"], sort=False)["log"]
    found = logs.agg(["mean", "min", "max"]).apply(np.exp).reset_index()
    return found.rename(columns={"min": "low", "max": "high"})


def _of_probe(errors: pd.DataFrame, probe: str, scale: float) -> pd.DataFrame:
    return errors[(errors["probe"] == probe) & (errors["scale"] == scale)]
