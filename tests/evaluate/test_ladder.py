"""The leakage ladder: sums that add up, pairs that pair, and a leak that is found."""

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from mgc.cli.collect import command
from mgc.data.manifest import load_manifest
from mgc.errors import RunError
from mgc.evaluate.arms import arm_accuracy, arm_difference
from mgc.evaluate.bootstrap import artist_bootstrap_runs, paired_difference
from mgc.evaluate.counts import ARM, TABLES, count_runs, read_counts, write_counts
from mgc.evaluate.ladder import (
    PER_GENRE,
    RUNGS,
    gap_table,
    inflation_table,
    ladder_table,
    select_arm,
    size_table,
)
from mgc.evaluate.runs import load_run
from mgc.evaluate.tracks import segment_decisions


def arm(split, chance, per_genre=PER_GENRE, on_valid=False, clips=range(120), rounds=3):
    """Clips in groups of four; each is right in as many rounds as its draw says."""
    rng = np.random.default_rng(0)
    draws = rng.random((120, rounds))[list(clips)]
    names = [f"c{i:03}" for i in clips]
    right = (draws < chance).sum(axis=1)
    return pd.DataFrame(
        {
            "model": "m",
            "split": split,
            "train_per_genre": per_genre,
            "train_on_valid": on_valid,
            "features": "log_mel",
            "clip": names,
            "group": [f"A{i // 4}" for i in clips],
            "true": "rock",
            "rounds": rounds,
            "correct": right,
            "segments": 5 * rounds,
            "segments_correct": 4 * right,
        }
    )


@pytest.fixture(scope="module")
def ladder():
    kept, listed = range(110), range(0, 110, 3)
    return pd.concat(
        [
            arm("segment_random", 0.95),
            arm("track_random", 0.85, per_genre=0, on_valid=True),
            arm("track_random", 0.8),
            arm("duplicate_free", 0.7, clips=kept),
            arm("artist_cv", 0.5, clips=kept),
            arm("fault_filtered", 0.45, clips=listed),
            arm("fault_filtered", 0.46, per_genre=0, clips=listed),
        ],
        ignore_index=True,
    )


def test_steps_add_up_to_the_gap(ladder):
    steps = gap_table(ladder)
    first = select_arm(ladder, "track_random", 0, True)
    last = select_arm(ladder, "fault_filtered", 0)
    gap = arm_accuracy(last).estimate - arm_accuracy(first).estimate
    assert steps["difference"].sum() == pytest.approx(gap, abs=1e-12)
    np.testing.assert_allclose(steps["after"] - steps["before"], steps["difference"], atol=1e-12)
    np.testing.assert_array_equal(steps["before"][1:], steps["after"][:-1])
    assert (steps["low"] <= steps["difference"]).all()
    assert (steps["difference"] <= steps["high"]).all()


def test_inflation_is_paired_on_common_clips(ladder):
    table = inflation_table(ladder)
    track = table[table["unit"] == "track"].set_index("rung")
    assert track["clips"].tolist() == [120, 110, 110, 37]
    a, b = select_arm(ladder, "duplicate_free"), select_arm(ladder, "artist_cv")
    share = (a["correct"] - b["correct"]) / 3
    assert track.loc["duplicate_free", "difference"] == pytest.approx(share.mean())
    # Paired, the interval is far narrower than that of either rung.
    alone = arm_accuracy(a)
    assert track.loc["duplicate_free", "low"] > 0.1
    width = track.loc["duplicate_free", "high"] - track.loc["duplicate_free", "low"]
    assert width < 1.3 * (alone.high - alone.low)


def test_intervals_are_those_of_the_artist_bootstrap(ladder):
    def frame(name):
        a = select_arm(ladder, name).reset_index()
        return a.assign(part="test", correct=a["correct"] / a["rounds"])

    a, b = frame("duplicate_free"), frame("artist_cv")
    assert arm_accuracy(select_arm(ladder, "duplicate_free")) == artist_bootstrap_runs([a])
    arms = [select_arm(ladder, name) for name in ("duplicate_free", "artist_cv")]
    ours = arm_difference(*arms)
    theirs = paired_difference([a], [b])
    assert ours.low == pytest.approx(theirs.low, abs=1e-12)
    assert ours.high == pytest.approx(theirs.high, abs=1e-12)


def test_table_shows_each_rung_by_both_units(ladder):
    table = ladder_table(ladder)
    assert table["rung"].drop_duplicates().tolist() == list(RUNGS)
    assert (table["rounds"] == 3).all()
    track, segment = (
        table[table["unit"] == u]["accuracy"].to_numpy() for u in ("track", "segment")
    )
    np.testing.assert_allclose(segment, 0.8 * track)
    assert np.all(np.diff(track) < 0)


def test_sizes_count_the_clips_that_were_learnt_from(ladder):
    table = size_table(ladder, load_manifest("gtzan"), ("track_random",))
    # Three folds of 200 clips and the valid fold; 40 of each of ten genres.
    assert table["training_clips"].tolist() == [400, 800]
    whole = arm_accuracy(select_arm(ladder, "track_random", 0, True))
    assert table["accuracy"].tolist()[1] == whole.estimate


def test_a_missing_rung_and_two_models_are_named(ladder):
    with pytest.raises(RunError, match="'split': 'artist_cv'.* of 0 arms, but exactly one"):
        ladder_table(ladder[ladder["split"] != "artist_cv"])
    two = pd.concat([ladder, ladder.assign(model="n")])
    with pytest.raises(RunError, match="of 2 arms, of different model, but exactly one"):
        inflation_table(two)


# ---- From runs to counts ------------------------------------------------------------------------


@pytest.fixture
def folds(make_run):
    """Two rounds of five folds; the fixture's test clips are the same in all, so rename them."""
    runs = []
    for split_seed in (0, 1):
        for fold in range(5):
            name = f"{split_seed}{fold}"
            folder = make_run(name, seed=10 * split_seed + fold, split="artist_cv", fold=fold,
                              split_seed=split_seed, train_per_genre=40)  # fmt: skip
            run = load_run(folder)
            run.predictions["clip"] = f"f{fold}." + run.predictions["clip"]
            runs.append(run)
    return runs


def test_counts_equal_the_runs(folds, tmp_path):
    clips, rounds = count_runs(folds)
    tested = [run.tracks[run.tracks["part"] == "test"] for run in folds]
    assert len(clips) == 5 * 36 and (clips["rounds"] == 2).all()
    assert clips["correct"].sum() == sum(int(t["correct"].sum()) for t in tested)
    segments = [segment_decisions(run.predictions) for run in folds]
    right = sum(int(s[s["part"] == "test"]["correct"].sum()) for s in segments)
    assert clips["segments_correct"].sum() == right
    assert rounds["split_seed"].tolist() == [0, 1]
    first = np.concatenate([t["correct"] for t in tested[:5]]).mean()
    assert rounds["accuracy"][0] == pytest.approx(first)
    assert clips[list(ARM)].drop_duplicates().values.tolist() == [
        ["simple_cnn", "artist_cv", 40, False, "log_mel"]
    ]
    write_counts(clips, rounds, tmp_path / "counts")
    again, rounds_again = read_counts(tmp_path / "counts")
    pd.testing.assert_frame_equal(again, clips, check_dtype=False)
    np.testing.assert_allclose(rounds_again["accuracy"], rounds["accuracy"], atol=1e-6)
    # Tables that are older than a column of ARM stand for its default.
    for name in TABLES:
        table = pd.read_csv(tmp_path / "counts" / name).drop(columns="features")
        table.to_csv(tmp_path / "counts" / name, index=False)
    older = read_counts(tmp_path / "counts")[0][clips.columns]
    pd.testing.assert_frame_equal(older, clips, check_dtype=False)
    write_counts(clips, rounds, tmp_path / "younger")
    mixed = read_counts(tmp_path / "counts", tmp_path / "younger")[0]
    assert mixed["features"].tolist() == ["log_mel"] * 2 * len(clips)
    assert len(read_counts(tmp_path / "counts", tmp_path / "counts")[0]) == 2 * len(clips)


def test_segments_of_a_clip_are_pooled_over_folds(make_run):
    runs = []
    for fold in range(5):
        run = load_run(make_run(f"{fold}", seed=fold, split="segment_random", fold=fold))
        # Two segments of each clip in every fold: number them apart.
        run.predictions["segment"] = run.predictions["segment"] + 2 * fold
        runs.append(run)
    clips, _ = count_runs(runs)
    assert len(clips) == 36
    assert (clips["segments"] == 10).all() and (clips["rounds"] == 1).all()


def test_a_round_lacks_no_fold_and_has_none_twice(folds):
    with pytest.raises(RunError, match=r"artist_cv has 5 folds, but .* only \[0, 1, 2, 3\]"):
        count_runs(folds[:4])
    with pytest.raises(RunError, match="are the same fold of one round"):
        count_runs([*folds, folds[0]])


@pytest.mark.parametrize("other", [{"dataset": "gtzan"}, {"optimizer": "rmsprop"}])
def test_an_arm_is_of_one_configuration(make_run, other):
    runs = [
        load_run(make_run(f"{k}", split="fault_filtered", split_seed=k, **change))
        for k, change in enumerate([{}, other])
    ]
    with pytest.raises(RunError, match=f"differ in {next(iter(other))}: "):
        count_runs(runs)


def test_names_that_look_like_nothing_are_names(folds, tmp_path):
    clips, rounds = count_runs(folds)
    clips = clips.assign(true="None", group="NA")
    clips.loc[0, "clip"] = "1.50"
    write_counts(clips, rounds, tmp_path)
    again, _ = read_counts(tmp_path)
    names = ["clip", "group", "true"]
    pd.testing.assert_frame_equal(again[names], clips[names], check_dtype=False)


def test_a_table_that_is_missing_is_named(tmp_path):
    with pytest.raises(RunError, match="clips.csv is not there: make it with 'mgc collect'"):
        read_counts(tmp_path)


def test_collect_writes_both_tables(tmp_path):
    grid = tmp_path / "grid.yaml"
    grid.write_text("dataset: gtzan\nmodel: simple_cnn\n")
    done = CliRunner().invoke(command, [str(grid), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    clips, rounds = read_counts(tmp_path / "out")
    assert len(clips) == 290 and rounds["accuracy"].tolist() == [pytest.approx(0.6655, abs=1e-4)]


def test_a_blind_run_is_not_counted(make_run):
    folder = make_run("blind", split="fault_filtered")
    path = folder / "predictions.csv"
    path.write_text("\n".join(x for x in path.read_text().splitlines() if ",test," not in x))
    with pytest.raises(RunError, match="blind has no predictions of the test part"):
        count_runs([load_run(folder)])
