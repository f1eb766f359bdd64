"""One decision per clip."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import gmean

from mgc.evaluate.predictions import log_probabilities, predictions_frame
from mgc.evaluate.tracks import segment_decisions, track_decisions

GENRES = ("jazz", "pop", "rock")


@pytest.fixture
def segments():
    rng = np.random.default_rng(1)
    n, per_clip = 120, 4
    clip = np.arange(n) // per_clip
    return predictions_frame(
        clips=[f"c{i:02d}" for i in clip],
        parts=["valid" if i < 10 else "test" for i in clip],
        segments=np.arange(n) % per_clip,
        groups=[f"g{i // 3}" for i in clip],
        true=[GENRES[i % 3] for i in clip],
        logp=np.log(rng.dirichlet(np.ones(3), size=n)),
        genres=GENRES,
    )


def test_decides_by_the_geometric_mean_of_the_probabilities(segments):
    tracks = track_decisions(segments)
    assert len(tracks) == 30
    for _, track in tracks.iterrows():
        own = np.exp(log_probabilities(segments[segments["clip"] == track["clip"]]))
        mean = gmean(own, axis=0)
        np.testing.assert_allclose(np.exp([track[f"logp_{g}"] for g in GENRES]), mean, rtol=1e-6)
        assert track["predicted"] == GENRES[mean.argmax()]
        assert track["correct"] == (track["predicted"] == track["true"])


def test_one_sure_segment_outvotes_a_majority():
    p = [[0.55, 0.44, 0.01]] * 2 + [[1e-6, 0.5, 0.5 - 1e-6]]
    frame = predictions_frame(
        ["a"] * 3, ["test"] * 3, [0, 1, 2], ["g"] * 3, ["pop"] * 3, np.log(p), GENRES
    )
    assert track_decisions(frame)["predicted"].tolist() == ["pop"]
    assert segment_decisions(frame)["predicted"].tolist() == ["jazz", "jazz", "pop"]


def test_the_order_of_the_rows_does_not_matter(segments):
    shuffled = segments.sample(frac=1.0, random_state=3)
    pd.testing.assert_frame_equal(
        track_decisions(shuffled), track_decisions(segments), check_exact=True
    )


def test_a_clip_in_two_parts_is_decided_in_each(segments):
    # As in segment_random: the leak must not be averaged away.
    both = segments.assign(part=np.where(segments["segment"] < 2, "valid", "test"))
    tracks = track_decisions(both)
    assert tracks["part"].tolist() == ["test"] * 30 + ["valid"] * 30
    assert tracks["clip"].tolist() == sorted(tracks["clip"][:30]) * 2
    assert len(tracks) == 60 and not tracks.duplicated(["part", "clip"]).any()


def test_a_tie_goes_to_the_first_genre():
    frame = predictions_frame(
        ["a"], ["test"], [0], ["g"], ["rock"], np.log([[0.2, 0.4, 0.4]]), GENRES
    )
    assert track_decisions(frame)["predicted"].tolist() == ["pop"]


def test_one_segment_per_clip_makes_both_levels_equal(segments):
    single = segments[segments["segment"] == 0]
    tracks, alone = track_decisions(single), segment_decisions(single)
    merged = tracks.merge(alone, on=["part", "clip"])
    assert (merged["predicted_x"] == merged["predicted_y"]).all()
