"""Whether activation maps point at the bands that a network cannot do without."""

import numpy as np
import pandas as pd

from mgc.errors import DataError


def profile_agreement(profiles: pd.DataFrame, occlusion: pd.DataFrame) -> pd.DataFrame:
    """Compare where a network looks with what it loses when it cannot look there.

    Parameters
    ----------
    profiles : DataFrame
        ``genre, hz, share``: activation by mel band
        (:func:`mgc.train.activation_tables.profile_table`).
    occlusion : DataFrame
        ``genre, block, low_hz, high_hz, loss``: what hiding a block of bands costs
        (:func:`mgc.train.activation_tables.occlusion_table`).

    Returns
    -------
    DataFrame
        Index ``genre``; ``rank_correlation`` (Spearman, over blocks, of activation and loss);
        ``largest_share`` (of the activation in one block) with ``active_hz`` (its lowest band) and
        ``largest_loss`` (nats) with ``needed_hz``.

    Raises
    ------
    DataError
        If the two tables are of different genres.

    Examples
    --------
    >>> profiles = pd.DataFrame({"genre": "pop", "hz": [1.0, 2.0], "share": [0.2, 0.8]})
    >>> occlusion = pd.DataFrame({"genre": "pop", "block": [0, 1], "low_hz": [1.0, 2.0],
    ...     "high_hz": [1.0, 2.0], "loss": [0.1, 0.3]})
    >>> profile_agreement(profiles, occlusion)[["active_hz", "needed_hz"]].values.tolist()
    [[2.0, 2.0]]

    Book: Where and why it errs
    """
    if set(profiles["genre"]) != set(occlusion["genre"]):
        raise DataError(
            "profiles and occlusion are of different genres: make both with "
            "'python -m mgc.train.interventions'"
        )
    rows = {}
    for genre, blocks in occlusion.groupby("genre"):
        bands = profiles[profiles["genre"] == genre].sort_values("hz")
        blocks = blocks.sort_values("block").reset_index(drop=True)
        which = np.searchsorted(blocks["low_hz"], bands["hz"] * (1 + 1e-6)) - 1
        share = bands.groupby(which)["share"].sum().reindex(blocks.index, fill_value=0.0)
        rows[genre] = {
            "rank_correlation": share.corr(blocks["loss"], method="spearman"),
            "largest_share": share.max(),
            "active_hz": blocks["low_hz"].iloc[int(share.argmax())],
            "largest_loss": blocks["loss"].max(),
            "needed_hz": blocks["low_hz"].iloc[int(blocks["loss"].argmax())],
        }
    return pd.DataFrame(rows).T.rename_axis("genre")
