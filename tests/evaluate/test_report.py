"""metrics.json: follows from predictions.csv, and says so when it does not."""

import json
import subprocess
import sys

import numpy as np
import pytest

from mgc.errors import RunError
from mgc.evaluate.bootstrap import artist_bootstrap
from mgc.evaluate.predictions import read_predictions
from mgc.evaluate.report import (
    check_run,
    compute_metrics,
    evaluate_run,
    interval_text,
    recompute_run,
)
from mgc.evaluate.tracks import track_decisions


def test_metrics_hold_what_the_functions_say(make_run):
    predictions = read_predictions(make_run() / "predictions.csv")
    metrics = compute_metrics(predictions)
    assert list(metrics) == ["valid", "test"]
    tracks = track_decisions(predictions).query("part == 'test'")
    track, segment = metrics["test"]["track"], metrics["test"]["segment"]
    assert (track["n"], segment["n"]) == (36, 72)
    assert track["accuracy"] == tracks["correct"].mean() != segment["accuracy"]
    interval = artist_bootstrap(tracks, "macro_recall")
    stored = track["macro_recall_interval"]
    assert (stored["low"], stored["high"], stored["n_groups"]) == (interval.low, interval.high, 12)
    matrix = np.array(track["confusion"])
    assert matrix.sum() == 36 and np.trace(matrix) / 36 == pytest.approx(track["accuracy"])
    recalls = [track["per_genre"][genre]["recall"] for genre in track["genres"]]
    assert np.mean(recalls) == pytest.approx(track["macro_recall"])


def test_the_file_is_json_stable_and_rounded(make_run):
    folder = make_run()
    before = (folder / "metrics.json").read_bytes()
    assert evaluate_run(folder) == json.loads(before) == recompute_run(folder) == check_run(folder)
    assert (folder / "metrics.json").read_bytes() == before
    exact = compute_metrics(read_predictions(folder / "predictions.csv"))["test"]["segment"]
    assert json.loads(before)["test"]["segment"]["accuracy"] == round(exact["accuracy"], 6)


def test_a_part_of_one_artist_has_no_interval(make_run):
    predictions = read_predictions(make_run() / "predictions.csv").assign(group="one")
    track = compute_metrics(predictions)["test"]["track"]
    assert track["accuracy_interval"] is None and track["accuracy"] > 0
    assert interval_text(track["accuracy_interval"]) == "one artist"


def test_an_interval_is_written_with_its_ends(make_run):
    interval = recompute_run(make_run())["test"]["track"]["accuracy_interval"]
    assert interval_text(interval) == f"{interval['low']:.3f}-{interval['high']:.3f}"
    # An end at zero is a number, not a missing interval.
    assert interval_text({"low": 0.0, "high": 0.0}) == "0.000-0.000"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda m: m["test"]["track"].update(accuracy=0.999), "test.track.accuracy is stored as"),
        (lambda m: m["valid"]["segment"].update(n=1), "valid.segment.n is stored as 1, but"),
        (lambda m: m["test"].pop("segment"), "test.segment is only recomputed"),
        (lambda m: m.update(train={}), "train is only stored"),
        (
            lambda m: m["test"]["track"]["confusion"][0].__setitem__(0, 99),
            "test.track.confusion is stored as",
        ),
        (
            lambda m: m["test"]["track"].update(accuracy_interval=None),
            "test.track.accuracy_interval is stored as None",
        ),
    ],
)
def test_the_first_entry_that_differs_is_named(make_run, change, complaint):
    path = make_run() / "metrics.json"
    metrics = json.loads(path.read_text())
    change(metrics)
    path.write_text(json.dumps(metrics))
    with pytest.raises(RunError, match=complaint):
        check_run(path.parent)


def test_a_difference_in_the_last_decimal_passes_and_in_the_one_before_fails(make_run):
    path = make_run() / "metrics.json"
    metrics = json.loads(path.read_text())
    exact = metrics["test"]["track"]["accuracy"]
    for shift, passes in ((1e-6, True), (1e-5, False)):
        metrics["test"]["track"]["accuracy"] = exact + shift
        path.write_text(json.dumps(metrics))
        if passes:
            check_run(path.parent)
        else:
            with pytest.raises(RunError, match="accuracy"):
                check_run(path.parent)


def test_changed_predictions_are_noticed(make_run):
    folder = make_run()
    lines = (folder / "predictions.csv").read_text().splitlines()
    (folder / "predictions.csv").write_text("\n".join(lines[:-2]) + "\n")
    with pytest.raises(RunError, match="does not follow from predictions.csv: test.track"):
        check_run(folder)


@pytest.mark.parametrize("content", ["{", "[]", "\ud800"])
def test_damaged_metrics_are_named(make_run, content):
    path = make_run() / "metrics.json"
    path.write_bytes(content.encode("utf8", "surrogatepass"))
    with pytest.raises(RunError, match="metrics.json"):
        check_run(path.parent)


def test_evaluation_needs_no_backend():
    code = (
        "import sys, mgc.evaluate.results, mgc.cli.evaluate; "
        "print([m for m in sys.modules if m in "
        "('keras', 'tensorflow', 'jax', 'torch', 'librosa', 'matplotlib', 'sklearn', 'mgc.train')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
