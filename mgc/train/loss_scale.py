"""One gradient under many loss scales: where it vanishes, where it is exact, where it overflows."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from mgc.optim.gradient_probe import narrow_losses, probe_gradients
from mgc.train.config import RunConfig
from mgc.train.lockstep import build_network


def scale_sweep(
    config: RunConfig, batch: tuple[Any, Any], exponents: Iterable[int], n_classes: int = 10
) -> pd.DataFrame:
    """Compute the gradient of one batch in mixed_float16 for loss scales that are powers of two.

    Parameters
    ----------
    config : RunConfig
        Network, with the weights that its seed starts from.
    batch : (ndarray, ndarray)
        Segments ``(batch, rows, frames, 1)`` and their labels.
    exponents : iterable of int
        Binary logarithms of the loss scales, in rising order.
    n_classes : int
        Number of genres.

    Returns
    -------
    DataFrame
        For each exponent and variable: ``exponent, scale, variable``; what
        :func:`mgc.optim.gradient_probe.narrow_losses` finds against float32, with ``error`` missing
        where an entry is infinite; ``changed``, the share of entries with other bits than at the
        exponent before (missing at the first).

    Examples
    --------
    >>> x, y = np.ones((4, 16, 16, 1), dtype="float32"), np.arange(4)
    >>> found = scale_sweep(RunConfig(width=2, spec_augment=False), (x, y), [10, 11])
    >>> sorted(found["scale"].unique().tolist())
    [1024.0, 2048.0]

    Book: Precision as a factor
    """
    shape = batch[0].shape[1:]

    def gradient(dtype: str, scale: float = 1.0) -> dict[str, Any]:
        # Built anew, so that each sees the same weights and the same dropout.
        network = build_network(replace(config, dtype=dtype), shape, n_classes)
        return probe_gradients(network, *batch, scale)

    exact, before, rows = gradient("float32"), None, []
    for exponent in exponents:
        found = gradient("mixed_float16", 2.0**exponent)
        for variable, values in exact.items():
            losses = narrow_losses(values, found[variable], 2.0**exponent)
            if losses["infinite"]:
                losses["error"] = np.nan
            changed = np.mean(found[variable] != before[variable]) if before else np.nan
            place = {"exponent": exponent, "scale": 2.0**exponent, "variable": variable}
            rows.append(place | losses | {"changed": changed})
        before = found
    return pd.DataFrame(rows)
