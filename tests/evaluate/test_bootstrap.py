"""Intervals: do they cover what they promise, and are they what the textbook says?"""

import time

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from mgc.errors import ConfigError, DataError
from mgc.evaluate.bootstrap import (
    artist_bootstrap,
    artist_bootstrap_runs,
    crossed_difference,
    paired_difference,
)
from mgc.evaluate.metrics import accuracy, macro_recall

GENRES = np.array(["blues", "jazz", "rock"])


def clustered(rng, n_groups=80, mean=0.6, concentration=1.0):
    """Tracks whose artists have their own chance of success: clips of one artist are alike."""
    sizes = rng.integers(1, 8, n_groups)
    chance = rng.beta(mean * concentration, (1 - mean) * concentration, n_groups)
    group = np.repeat(np.arange(n_groups), sizes)
    correct = rng.random(len(group)) < chance[group]
    true = GENRES[group % 3]
    return pd.DataFrame(
        {
            "clip": [f"c{i:04d}" for i in range(len(group))],
            "part": "test",
            "group": group.astype(str),
            "true": true,
            "predicted": np.where(correct, true, GENRES[(group + 1) % 3]),
            "correct": correct,
        }
    )


@pytest.fixture
def tracks():
    return clustered(np.random.default_rng(4))


def by_accuracy(frame):
    return accuracy(frame["true"], frame["predicted"])


def by_macro_recall(frame):
    return macro_recall(frame["true"], frame["predicted"])


def test_artist_intervals_cover_and_clip_intervals_do_not():
    rng, truth = np.random.default_rng(0), 0.6
    covered = {"artist": 0, "clip": 0}
    repeats = 300
    for seed in range(repeats):
        sample = clustered(rng)
        for unit, frame in (("artist", sample), ("clip", sample.assign(group=sample["clip"]))):
            interval = artist_bootstrap(frame, n_resamples=400, seed=seed)
            covered[unit] += interval.low <= truth <= interval.high
    # Binomial standard error at 95 % and 300 repeats: 1.3 points.
    assert 0.90 <= covered["artist"] / repeats <= 0.98
    assert covered["clip"] / repeats < 0.85


def test_width_grows_with_the_design_effect(tracks):
    artist = artist_bootstrap(tracks)
    clip = artist_bootstrap(tracks.assign(group=tracks["clip"]))
    assert artist.estimate == clip.estimate
    ratio = (artist.high - artist.low) / (clip.high - clip.low)
    # Beta(0.6, 0.4) has intraclass correlation 1/2; cluster-weighted mean size m about 5.
    sizes = tracks["group"].value_counts()
    m = (sizes**2).sum() / sizes.sum()
    assert ratio == pytest.approx(np.sqrt(1 + (m - 1) * 0.5), rel=0.2)


def test_the_named_statistics_equal_the_same_functions_called_clip_by_clip(tracks):
    for name, function in (("accuracy", by_accuracy), ("macro_recall", by_macro_recall)):
        fast = artist_bootstrap(tracks, name, n_resamples=60)
        slow = artist_bootstrap(tracks, function, n_resamples=60)
        assert fast.estimate == pytest.approx(function(tracks))
        np.testing.assert_allclose([fast.low, fast.high], [slow.low, slow.high], rtol=1e-12)


def test_resamples_without_a_genre_average_over_the_others():
    frame = pd.DataFrame(
        {
            "clip": list("abc"),
            "part": "test",
            "group": list("xyz"),
            "true": ["pop", "pop", "rock"],
            "predicted": ["pop", "pop", "pop"],
            "correct": [True, True, False],
        }
    )
    interval = artist_bootstrap(frame, "macro_recall")
    assert (interval.estimate, interval.low, interval.high) == (0.5, 0.0, 1.0)


def test_agrees_with_scipy_where_each_artist_has_one_clip(tracks):
    single = tracks.assign(group=tracks["clip"])
    ours = artist_bootstrap(single, n_resamples=20_000)
    theirs = scipy.stats.bootstrap(
        (single["correct"].to_numpy(dtype=float),),
        np.mean,
        n_resamples=20_000,
        method="percentile",
        rng=np.random.default_rng(1),
        vectorized=True,
        batch=1000,
    ).confidence_interval
    step = 1.01 / len(single)
    assert ours.low == pytest.approx(theirs.low, abs=step)
    assert ours.high == pytest.approx(theirs.high, abs=step)


def test_the_seed_decides_and_the_level_widens(tracks):
    assert artist_bootstrap(tracks, seed=1) == artist_bootstrap(tracks, seed=1)
    assert artist_bootstrap(tracks, seed=1) != artist_bootstrap(tracks, seed=2)
    narrow, wide = artist_bootstrap(tracks, level=0.5), artist_bootstrap(tracks, level=0.99)
    assert wide.low < narrow.low <= narrow.estimate <= narrow.high < wide.high
    assert str(narrow) == f"{narrow.estimate:.3f} [{narrow.low:.3f}, {narrow.high:.3f}]"


def test_the_order_of_the_clips_does_not_matter(tracks):
    shuffled = tracks.sample(frac=1, random_state=0)
    assert artist_bootstrap(shuffled, "macro_recall") == artist_bootstrap(tracks, "macro_recall")
    assert paired_difference([shuffled], [tracks]).high == 0


def test_two_thousand_resamples_take_well_under_a_second(tracks):
    start = time.perf_counter()
    artist_bootstrap(tracks, "macro_recall")
    assert time.perf_counter() - start < 1.0


def test_equal_runs_are_worth_one_and_independent_errors_average_out(tracks):
    assert artist_bootstrap_runs([tracks] * 3) == artist_bootstrap(tracks)
    rng = np.random.default_rng(7)
    seeds = [tracks.assign(correct=rng.random(len(tracks)) < 0.6) for _ in range(9)]
    several, one = artist_bootstrap_runs(seeds), artist_bootstrap(seeds[0])
    assert several.estimate == pytest.approx(np.mean([s["correct"].mean() for s in seeds]))
    assert several.high - several.low < 0.6 * (one.high - one.low)


def test_runs_with_a_function_equal_runs_by_name(tracks):
    other = tracks.assign(predicted=tracks["true"], correct=True)
    fast = artist_bootstrap_runs([tracks, other], "accuracy", n_resamples=50)
    slow = artist_bootstrap_runs([tracks, other], by_accuracy, n_resamples=50)
    np.testing.assert_allclose([fast.low, fast.high], [slow.low, slow.high], rtol=1e-12)


def test_a_paired_difference_is_narrower_than_two_intervals(tracks):
    rng = np.random.default_rng(2)
    better = tracks.assign(correct=tracks["correct"] | (rng.random(len(tracks)) < 0.1))
    difference = paired_difference([better], [tracks])
    a, b = artist_bootstrap(better), artist_bootstrap(tracks)
    assert difference.estimate == pytest.approx(a.estimate - b.estimate)
    assert 0 < difference.low < difference.high
    # Apart, the two intervals overlap; paired, the difference is clear.
    assert a.low < b.high
    reverse = paired_difference([tracks], [better])
    np.testing.assert_allclose([reverse.low, reverse.high], [-difference.high, -difference.low])


def test_a_paired_difference_may_have_unequal_numbers_of_runs(tracks):
    all_right = tracks.assign(correct=True)
    difference = paired_difference([tracks, all_right], [tracks])
    assert difference.estimate == pytest.approx((1 - tracks["correct"].mean()) / 2)


def crossed(rng, effect, n_seeds=10, n_groups=40, size=2):
    """Two methods whose difference depends on the artist, on the seed, and on chance."""
    group = np.repeat(np.arange(n_groups), size)
    by_artist, by_seed = rng.normal(0, 0.15, n_groups), rng.normal(0, 0.05, n_seeds)
    clips = {"clip": [f"c{i:04d}" for i in range(len(group))], "part": "test", "true": "pop"}
    facts = pd.DataFrame(clips | {"group": [f"g{g:03d}" for g in group]})
    runs = ([], [])
    for seed in range(n_seeds):
        for runs_of, sign in zip(runs, (1, -1), strict=True):
            chance = 0.5 + sign * (effect + by_artist[group] + by_seed[seed]) / 2
            runs_of.append(facts.assign(correct=rng.random(len(group)) < chance))
    return runs


def test_an_interval_over_seeds_and_artists_covers_where_one_over_artists_does_not():
    rng, truth = np.random.default_rng(0), 0.1
    covered = {"artists": 0, "both": 0}
    for seed in range(120):
        a, b = crossed(rng, truth)
        for name, found in (
            ("artists", paired_difference(a, b, n_resamples=200, seed=seed)),
            ("both", crossed_difference(a, b, n_resamples=200, seed=seed)),
        ):
            covered[name] += found.low <= truth <= found.high
    assert covered["both"] / 120 >= 0.93 and covered["artists"] < covered["both"] - 8, covered


def test_without_spread_over_seeds_it_is_the_interval_over_artists(tracks):
    better = tracks.assign(correct=tracks["correct"] | (np.arange(len(tracks)) % 3 == 0))
    both = crossed_difference([better] * 4, [tracks] * 4)
    artists = paired_difference([better], [tracks])
    assert both.estimate == pytest.approx(artists.estimate)
    assert (both.low, both.high) == pytest.approx((artists.low, artists.high))
    with pytest.raises(DataError, match="1 and 1 runs are no pairs over seeds"):
        crossed_difference([better], [tracks])
    with pytest.raises(DataError, match="4 and 3 runs are no pairs"):
        crossed_difference([better] * 4, [tracks] * 3)


def test_seeds_are_drawn_in_pairs():
    """Seed k: one method has k of 6 clips of each artist right, the other one more."""
    clips = {"clip": [f"c{i:02d}" for i in range(24)], "part": "test", "true": "pop"}
    facts = pd.DataFrame(clips | {"group": np.repeat(list("abcd"), 6)})
    runs = [facts.assign(correct=np.tile(np.arange(6), 4) < k) for k in range(6)]
    ends = crossed_difference(runs[1:], runs[:-1])
    assert (ends.low, ends.estimate, ends.high) == pytest.approx((1 / 6, 1 / 6, 1 / 6))
    for seed in range(4):
        crosswise = crossed_difference(runs[:0:-1], runs[:-1], n_resamples=300, seed=seed)
        assert crosswise.estimate == pytest.approx(1 / 6)  # of the seeds as they are
        assert crosswise.high - crosswise.low > 0.4


def test_one_artist_says_nothing_about_others(tracks):
    with pytest.raises(DataError, match="of 1 artist group say nothing about other artists"):
        artist_bootstrap(tracks.assign(group="x"))


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"n_resamples": 0}, "n_resamples is 0"),
        ({"level": 1.0}, "level 1.0"),
        ({"statistic": "f1"}, "statistic is 'f1': choose accuracy or macro_recall"),
    ],
)
def test_options_out_of_range_are_refused(tracks, options, complaint):
    with pytest.raises(ConfigError, match=complaint):
        artist_bootstrap(tracks, **options)


def test_frames_that_do_not_belong_together_are_refused(tracks):
    with pytest.raises(DataError, match="no run to resample"):
        artist_bootstrap_runs([])
    with pytest.raises(DataError, match="no run to resample"):
        paired_difference([tracks], [])
    with pytest.raises(DataError, match="not scored on the same clips"):
        artist_bootstrap_runs([tracks, tracks.iloc[1:]])
    with pytest.raises(DataError, match="not scored on the same clips"):
        paired_difference([tracks], [tracks.assign(group=tracks["clip"])])
    with pytest.raises(DataError, match="part 'test, valid' need one row per clip"):
        artist_bootstrap(pd.concat([tracks, tracks.assign(part="valid")]))
