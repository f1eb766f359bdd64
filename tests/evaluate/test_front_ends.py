"""Features compared on the same clips, artist groups resampled for both at once."""

import numpy as np
import pandas as pd
import pytest

from mgc.errors import RunError
from mgc.evaluate.arms import arm_difference, pick_arm
from mgc.evaluate.front_ends import features_table


def arm(features, right, model="rbf_svm", clips=range(60)):
    """Clips in groups of three; the first `right` of them are decided rightly."""
    return pd.DataFrame(
        {
            "model": model,
            "split": "artist_cv",
            "train_per_genre": 0,
            "train_on_valid": False,
            "features": features,
            "clip": [f"c{i:02}" for i in clips],
            "group": [f"A{i // 3}" for i in clips],
            "true": "rock",
            "rounds": 1,
            "correct": [int(i < right) for i in clips],
            "segments": 5,
            "segments_correct": 3,
        }
    )


@pytest.fixture(scope="module")
def clips():
    arms = [arm("log_mel", 36), arm("mel", 24), arm("mfcc", 36), arm("log_mel", 40, "simple_cnn")]
    return pd.concat([*arms, arm("free", 43, "simple_cnn")], ignore_index=True)


def test_differences_are_paired_with_the_reference(clips):
    table = features_table(clips, ["log_mel", "mel", "mfcc", "free"])
    assert table[["model", "features"]].values.tolist() == [
        ["rbf_svm", "log_mel"],
        ["rbf_svm", "mel"],
        ["rbf_svm", "mfcc"],
        ["simple_cnn", "log_mel"],
        ["simple_cnn", "free"],
    ]
    np.testing.assert_allclose(table["accuracy"], [0.6, 0.4, 0.6, 40 / 60, 43 / 60])
    np.testing.assert_allclose(table["difference"], [0, -0.2, 0, 0, 0.05], atol=1e-12)
    same = table[table["features"] == "mfcc"].iloc[0]
    assert same["difference_low"] == same["difference_high"] == 0  # paired: equal clip by clip
    found = arm_difference(
        *(pick_arm(clips, model="rbf_svm", features=name) for name in ("mel", "log_mel"))
    )
    assert table["difference_low"][1] == found.low < -0.2 < found.high < 0
    assert set(table["clips"]) == {60} and set(table["groups"]) == {20}


def test_other_clips_missing_references_and_unknown_features_are_refused(clips):
    other = pd.concat([clips, arm("pcen", 9, clips=range(50))])
    with pytest.raises(RunError, match="pcen and log_mel were tested on 50 and 60 clips"):
        features_table(other, ["pcen"])
    with pytest.raises(RunError, match="'features': 'log_mel'} is the description of 0 arms"):
        features_table(clips[clips["features"] != "log_mel"], ["mel"])
    with pytest.raises(RunError, match="no arm has features wavelets"):
        features_table(clips, ["wavelets"])
