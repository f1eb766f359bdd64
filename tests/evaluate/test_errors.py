"""Errors clip by clip and artist by artist, counted by hand."""

import numpy as np
import pandas as pd
import pytest

from mgc.errors import DataError
from mgc.evaluate.errors import (
    clip_errors,
    confusion_sources,
    error_by_group,
    groups_for,
    shuffled_curves,
)


def run(predicted):
    clips = pd.DataFrame(
        {
            "clip": list("abcdef"),
            "group": ["x", "x", "x", "y", "z", "z"],
            "true": ["pop"] * 4 + ["rock"] * 2,
            "predicted": predicted,
        }
    )
    return clips.assign(correct=clips["predicted"] == clips["true"])


@pytest.fixture
def runs():
    return [
        run(["pop", "rock", "jazz", "pop", "pop", "rock"]),
        run(["pop", "rock", "rock", "pop", "jazz", "rock"]),
        run(["pop", "rock", "rock", "jazz", "jazz", "rock"]).sample(frac=1, random_state=0),
    ]


def test_each_clip_is_counted_over_all_runs(runs):
    table = clip_errors(runs)
    assert table["wrong"].to_dict() == {"a": 0, "b": 3, "c": 3, "d": 1, "e": 3, "f": 0}
    assert (table["runs"] == 3).all()
    assert list(table.index) == ["b", "c", "e", "d", "a", "f"]
    assert table.loc[["b", "c", "e", "a"], "taken_for"].tolist() == ["rock", "rock", "jazz", ""]
    assert table.loc[["b", "c", "e", "a"], "agree"].tolist() == [3, 2, 2, 0]
    with pytest.raises(DataError, match="2 runs scored 2 different sets of clips"):
        clip_errors([runs[0], runs[1].iloc[1:]])
    with pytest.raises(DataError, match="0 runs scored 0"):
        clip_errors([])


def test_errors_of_an_artist_add_up(runs):
    clips = clip_errors(runs)
    table = error_by_group(clips)
    assert list(table.index) == ["x", "z", "y"]
    np.testing.assert_allclose(table["errors"], [2, 1, 1 / 3])
    np.testing.assert_allclose(table["error"], [2 / 3, 1 / 2, 1 / 3])
    assert table["cumulative"].iloc[-1] == pytest.approx(1)
    assert table.loc["z", "genre"] == "rock"
    assert [groups_for(clips, share) for share in (0.5, 0.6, 0.9, 1.0)] == [1, 1, 2, 3]
    with pytest.raises(DataError, match="no run errs"):
        error_by_group(clips.assign(error=0.0))


def test_shuffles_keep_genres_and_sizes():
    """Errors of one genre cannot fall on artists of another, however often one shuffles."""
    clips = pd.DataFrame(
        {
            "group": ["x"] * 3 + ["y"] * 3,
            "true": ["pop"] * 3 + ["rock"] * 3,
            "error": [1.0, 0.5, 0.0, 0.0, 0.0, 0.0],
        }
    ).sample(frac=1, random_state=0)
    curves = shuffled_curves(clips, 20)
    np.testing.assert_allclose(curves[["observed", "mean", "low", "high"]], 1.0)


def test_concentration_beyond_chance_is_seen():
    rng = np.random.default_rng(0)
    groups = np.repeat([f"g{i:02d}" for i in range(40)], 5)
    by_artist = np.repeat(rng.random(40) < 0.4, 5).astype(float)
    clips = pd.DataFrame({"group": groups, "true": "pop", "error": by_artist})
    curves = shuffled_curves(clips, 100)
    assert curves.loc[10, "observed"] > curves.loc[10, "high"]
    spread = clips.assign(error=rng.permutation(by_artist))
    even = shuffled_curves(spread, 100)
    assert even.loc[10, "low"] - 1e-9 <= even.loc[10, "observed"] <= even.loc[10, "high"] + 1e-9


def test_confusions_are_taken_apart_by_artist(runs):
    table = confusion_sources(runs)
    first = table.iloc[0]
    assert (first["true"], first["predicted"], first["decisions"]) == ("pop", "rock", 5)
    assert (first["clips"], first["groups"]) == (2, 1)
    assert (first["largest"], first["largest_share"]) == ("x", 1.0)
    assert len(confusion_sources(runs, top=2)) == 2
    with pytest.raises(DataError, match="nothing to take apart"):
        confusion_sources([run(["pop"] * 4 + ["rock"] * 2)])
