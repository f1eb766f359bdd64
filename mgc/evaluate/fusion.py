"""Several models as one: their log-probabilities averaged clip by clip, without training again."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import log_softmax

from mgc.errors import DataError
from mgc.evaluate.predictions import PREFIX, genres_of, log_probabilities

_FACTS = ["clip", "part", "group", "true"]


def fuse(members: Sequence[pd.DataFrame], weights: Sequence[float] | None = None) -> pd.DataFrame:
    r"""Decide by the weighted mean of the members' normalised log-probabilities.

    This is the normalised product :math:`\prod_m p_m^{w_m}`, so a member that is sure that a genre
    is wrong can veto it, as a segment can within a clip.

    Parameters
    ----------
    members : sequence of DataFrame
        Track decisions of two or more models on the same clips, see
        :func:`mgc.evaluate.tracks.track_decisions`.
    weights : sequence of float, optional
        One above 0 for each member; only their ratios matter.  Equal if not given.

    Returns
    -------
    DataFrame
        Track decisions: ``clip, part, group, true, predicted, correct`` and ``logp_<genre>``.

    Raises
    ------
    DataError
        If there are fewer than two members, they differ in clips or genres, or a weight is not
        above 0.

    References
    ----------
    Hinton (2002), doi:10.1162/089976602760128018 (products of experts).

    Examples
    --------
    >>> facts = {"clip": ["a"], "part": "test", "group": "x", "true": "pop"}
    >>> unsure = pd.DataFrame({**facts, "logp_pop": np.log([0.4]), "logp_rock": np.log([0.6])})
    >>> sure = pd.DataFrame({**facts, "logp_pop": np.log([0.9]), "logp_rock": np.log([0.1])})
    >>> fuse([unsure, sure])["predicted"].tolist()
    ['pop']

    Book: The best honest model
    """
    if len(members) < 2:
        raise DataError(f"a fusion needs two members, but got {len(members)}")
    shares = np.ones(len(members)) if weights is None else np.asarray(weights, dtype=np.float64)
    if shares.shape != (len(members),) or not (shares > 0).all():
        raise DataError(f"weights are {weights}: give one above 0 for each of {len(members)}")
    tables = [member.sort_values(["part", "clip"], ignore_index=True) for member in members]
    genres = genres_of(tables[0])
    for table in tables[1:]:
        if not table[_FACTS].equals(tables[0][_FACTS]) or genres_of(table) != genres:
            raise DataError(
                "the members of a fusion were not scored on the same clips and genres: pass track "
                "decisions of one data set, split and part"
            )
    logp = [log_softmax(log_probabilities(table), axis=1) for table in tables]
    mean = np.tensordot(shares / shares.sum(), np.array(logp), axes=1)
    fused = tables[0][_FACTS].copy()
    fused["predicted"] = pd.Series(np.asarray(genres)[mean.argmax(axis=1)], dtype=str)
    fused["correct"] = (fused["predicted"] == fused["true"]).to_numpy(dtype=bool)
    return fused.join(pd.DataFrame(mean, columns=[PREFIX + genre for genre in genres]))
