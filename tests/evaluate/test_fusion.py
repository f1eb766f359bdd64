"""Fused decisions are those of the product of the members' probabilities."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mgc.errors import DataError
from mgc.evaluate.fusion import fuse

GENRES = ["blues", "pop", "rock"]


def member(seed, clips=6, shift=0.0):
    logp = np.random.default_rng(seed).normal(size=(clips, 3)) + shift
    facts = {
        "clip": [f"c{k}" for k in range(clips)],
        "part": "test",
        "group": [f"A{k // 2}" for k in range(clips)],
        "true": ["pop", "rock"] * (clips // 2),
    }
    table = pd.DataFrame(logp, columns=[f"logp_{genre}" for genre in GENRES])
    return pd.DataFrame(facts).join(table)


def numbers(frame):
    return frame[[f"logp_{genre}" for genre in GENRES]].to_numpy()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.1, 5.0), min_size=3, max_size=3))
def test_fused_is_the_weighted_product(weights):
    members = [member(k) for k in range(3)]
    fused = fuse(members, weights)
    p = [np.exp(numbers(m)) / np.exp(numbers(m)).sum(axis=1, keepdims=True) for m in members]
    product = np.prod([q**w for q, w in zip(p, weights, strict=True)], axis=0)
    product = product ** (1 / sum(weights))
    np.testing.assert_allclose(np.exp(numbers(fused)), product, rtol=1e-9)
    best = np.array(GENRES)[product.argmax(axis=1)]
    assert fused["predicted"].tolist() == best.tolist()
    assert fused["correct"].tolist() == (best == fused["true"]).tolist()


def test_order_of_rows_scale_of_weights_and_shift_of_a_member_do_not_matter():
    a, b = member(1), member(2)
    once = fuse([a, b])
    pd.testing.assert_frame_equal(once, fuse([a[::-1], b], [7.0, 7.0]))
    pd.testing.assert_frame_equal(once, fuse([member(1, shift=3.0), b]))
    assert not np.allclose(numbers(once), numbers(fuse([a, b], [1.0, 2.0])))


@pytest.mark.parametrize(
    ("members", "weights", "named"),
    [
        ([member(1)], None, "two members, but got 1"),
        ([member(1), member(2, clips=4)], None, "same clips and genres"),
        ([member(1), member(2).assign(group="B")], None, "same clips and genres"),
        ([member(1), member(2).drop(columns="logp_rock")], None, "same clips and genres"),
        ([member(1), member(2)], [1.0], "one above 0 for each of 2"),
        ([member(1), member(2)], [1.0, 0.0], "one above 0 for each of 2"),
    ],
)
def test_what_does_not_belong_together_is_refused(members, weights, named):
    with pytest.raises(DataError, match=named):
        fuse(members, weights)
