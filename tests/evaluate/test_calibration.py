"""Calibration against scikit-learn, against counting by hand, and against planted truth."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, log_loss

from mgc.errors import ConfigError, DataError
from mgc.evaluate.calibration import (
    error_interval,
    fit_temperature,
    scores,
    sure_and_right,
    temperature_table,
    track_log_probabilities,
)
from mgc.evaluate.reliability import calibration_error, chance_error, reliability
from mgc.evaluate.runs import load_run

GENRES = ("blues", "jazz", "pop")


def clips(n=300, sharpness=1.0, seed=0):
    """Clips whose genres are drawn with the softmax of logits that are then made sharper."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 1.5, (n, 3))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    true = np.array([rng.choice(3, p=row) for row in p])
    told = sharpness * logits
    logp = told - np.logaddexp.reduce(told, axis=1, keepdims=True)
    frame = pd.DataFrame(logp, columns=[f"logp_{g}" for g in GENRES])
    frame.insert(0, "clip", [f"c{i:04d}" for i in range(n)])
    frame.insert(1, "part", "test")
    frame.insert(2, "group", [f"g{i // 5:03d}" for i in range(n)])
    return frame.assign(true=np.array(GENRES)[true])


@pytest.mark.parametrize("equal_mass", [False, True])
def test_bins_are_scikit_learns(equal_mass):
    p, right = sure_and_right(clips(sharpness=2.0))
    found = reliability(p, right, 8, equal_mass)
    theirs = calibration_curve(right, p, n_bins=8, strategy="quantile" if equal_mass else "uniform")
    np.testing.assert_allclose(found["accuracy"], theirs[0])
    np.testing.assert_allclose(found["confidence"], theirs[1])
    assert found["clips"].sum() == len(p)
    if equal_mass:
        assert found["clips"].between(36, 39).all()


def test_scores_are_scikit_learns():
    frame = clips(sharpness=2.0)
    p = np.exp(track_log_probabilities(frame))
    found = scores(frame)
    assert found["nll"] == pytest.approx(log_loss(frame["true"], p, labels=list(GENRES)))
    brier = sum(brier_score_loss(frame["true"] == g, p[:, k]) for k, g in enumerate(GENRES))
    assert found["brier"] == pytest.approx(brier)
    assert found["accuracy"] == (np.array(GENRES)[p.argmax(axis=1)] == frame["true"]).mean()
    by_hand = abs(p.max(axis=1).mean() - found["accuracy"])
    confidence, right = sure_and_right(frame)
    assert calibration_error(confidence, right, n_bins=1) == pytest.approx(by_hand)
    assert found["ece"] >= by_hand - 1e-12


@pytest.mark.parametrize("sharpness", [0.5, 1.0, 3.0])
def test_the_temperature_that_was_planted_is_found(sharpness):
    frame = clips(4000, sharpness)
    found = fit_temperature(frame)
    assert found == pytest.approx(sharpness, rel=0.1)
    # At the minimum the mean log-probability of truth equals its expectation: no slope.
    ends = [scores(frame, found * f)["nll"] for f in (0.98, 1.0, 1.02)]
    assert ends[1] == min(ends)
    assert scores(frame, found)["ece"] < 0.03


@settings(max_examples=25, deadline=None)
@given(st.floats(0.05, 20), st.integers(0, 99))
def test_no_temperature_changes_a_decision(temperature, seed):
    frame = clips(40, seed=seed)
    logp = track_log_probabilities(frame, temperature)
    np.testing.assert_allclose(np.exp(logp).sum(axis=1), 1)
    assert (logp.argmax(axis=1) == track_log_probabilities(frame).argmax(axis=1)).all()
    assert scores(frame, temperature)["accuracy"] == scores(frame)["accuracy"]


def test_means_of_segments_need_no_normalising():
    frame = clips(20)
    shifted = frame.assign(**{f"logp_{g}": frame[f"logp_{g}"] - 3 for g in GENRES})
    np.testing.assert_allclose(track_log_probabilities(shifted), track_log_probabilities(frame))


def test_truth_has_an_error_by_chance():
    frame = clips(290)
    confidence, right = sure_and_right(frame)
    expected = chance_error(confidence)
    drawn = [calibration_error(*sure_and_right(clips(290, seed=s))) for s in range(1, 40)]
    assert np.mean(drawn) == pytest.approx(expected, abs=0.01)
    assert chance_error(sure_and_right(clips(4000))[0]) < expected / 2
    assert math.isclose(chance_error([1.0, 0.0], n_bins=2), 0.0)


def test_the_interval_resamples_artists():
    runs = [clips(sharpness=3.0), clips(sharpness=3.0).sample(frac=1, random_state=0)]
    found = error_interval(runs, [1.0, 1.0], n_resamples=300)
    one = calibration_error(*sure_and_right(runs[0]))
    assert found.estimate == pytest.approx(one)
    assert found.low < one < found.high
    assert found.n_groups == 60
    better = error_interval(runs, [3.0, 3.0], n_resamples=300)
    assert better.high < found.low
    with pytest.raises(DataError, match="no run"):
        error_interval([], [])
    other = runs[0].assign(clip=runs[0]["clip"] + "x")
    with pytest.raises(DataError, match="not scored on the same clips"):
        error_interval([runs[0], other], [1.0, 1.0])


def test_what_is_no_probability_is_refused():
    with pytest.raises(DataError, match="between 0 and 1"):
        reliability([1.2], [True])
    with pytest.raises(DataError, match=r"shape \(2,\) and outcomes of shape \(1,\)"):
        calibration_error([0.5, 0.5], [True])
    with pytest.raises(ConfigError, match="n_bins is 0"):
        reliability([0.5], [True], 0)
    with pytest.raises(ConfigError, match="temperature is 0"):
        scores(clips(10), 0)
    with pytest.raises(DataError, match="no clip"):
        scores(clips(10).iloc[:0])


def test_a_table_of_runs_is_fitted_on_valid_alone(make_run):
    run = load_run(make_run("one", seed=3))
    table = temperature_table([run])
    assert table["fitted"].tolist() == [False, True]
    valid = run.tracks[run.tracks["part"] == "valid"]
    assert table["temperature"].tolist() == [1.0, fit_temperature(valid)]
    test = run.tracks[run.tracks["part"] == "test"]
    assert table["nll"].tolist() == [scores(test, t)["nll"] for t in table["temperature"]]
    with pytest.raises(DataError, match="not learnt from"):
        temperature_table([run, load_run(make_run("two", train_on_valid=True))])
    with pytest.raises(DataError, match="0 runs"):
        temperature_table([])
