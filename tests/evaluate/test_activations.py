"""Activation by band against what hiding it costs, with both planted."""

import numpy as np
import pandas as pd
import pytest

from mgc.errors import DataError
from mgc.evaluate.activations import profile_agreement


@pytest.fixture
def tables():
    hz = np.arange(1.0, 9.0) * 100
    share = {"jazz": [0.1, 0.1, 0.1, 0.3, 0.1, 0.1, 0.1, 0.1], "pop": [0.02] * 6 + [0.4, 0.48]}
    loss = {"jazz": [0.1, 0.5, 0.0, 0.2], "pop": [0.5, 0.2, 0.1, 0.0]}
    profiles = [pd.DataFrame({"genre": g, "hz": hz, "share": s}) for g, s in share.items()]
    blocks = {"block": range(4), "low_hz": hz[::2], "high_hz": hz[1::2]}
    occlusion = [pd.DataFrame({"genre": g, **blocks, "loss": v}) for g, v in loss.items()]
    return pd.concat(profiles), pd.concat(occlusion)


def test_shares_are_added_block_by_block(tables):
    found = profile_agreement(*tables)
    jazz, pop = found.loc["jazz"], found.loc["pop"]
    assert (jazz["active_hz"], jazz["needed_hz"]) == (300, 300)
    assert jazz["largest_share"] == pytest.approx(0.4)
    assert jazz["largest_loss"] == 0.5
    assert (pop["active_hz"], pop["needed_hz"]) == (700, 100)
    assert pop["largest_share"] == pytest.approx(0.88)
    assert pop["rank_correlation"] < -0.5 < 0 < jazz["rank_correlation"]


def test_other_genres_are_refused(tables):
    profiles, occlusion = tables
    with pytest.raises(DataError, match="different genres"):
        profile_agreement(profiles, occlusion[occlusion["genre"] == "pop"])
