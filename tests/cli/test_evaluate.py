"""mgc evaluate."""

import json
import shutil

import pytest
from click.testing import CliRunner

from mgc.cli import main


@pytest.fixture
def home(make_run, monkeypatch):
    for seed in (0, 1):
        folder = make_run(f"run{seed}", seed=seed)
    monkeypatch.setenv("MGC_RUNS", str(folder.parent))
    return folder.parent


def evaluate(*args):
    return CliRunner().invoke(main, ["evaluate", *map(str, args)])


def test_all_runs_are_scored_from_predictions_alone(home):
    expected = [json.loads((home / f"run{i}" / "metrics.json").read_text()) for i in (0, 1)]
    for folder in home.iterdir():
        for path in folder.iterdir():
            if path.name != "predictions.csv":
                path.unlink()
    done = evaluate()
    assert done.exit_code == 0, done.output
    for name, metrics in zip(("run0", "run1"), expected, strict=True):
        (line,) = [
            line
            for line in done.output.splitlines()
            if line.startswith(f" {name}") or line.startswith(name)
        ]
        track = metrics["test"]["track"]
        assert f"{track['accuracy']:.3f}" in line and " 36 " in line and " 72 " in line
        low, high = track["accuracy_interval"]["low"], track["accuracy_interval"]["high"]
        assert f"{low:.3f}-{high:.3f}" in line
    assert not list(home.glob("*/metrics.json"))


def test_named_runs_by_uid_and_by_path(home):
    assert "run1" not in evaluate("run0").output
    done = evaluate(home / "run1", "--part", "valid")
    assert "valid part" in done.output and "adam" in done.output and "run0" not in done.output


def test_json_holds_everything(home):
    done = evaluate("--json")
    assert json.loads(done.output) == {
        name: json.loads((home / name / "metrics.json").read_text()) for name in ("run0", "run1")
    }


def test_check_passes_then_names_each_run_that_differs(home):
    assert "metrics.json of 2 run(s) follow from their predictions" in evaluate("--check").output
    for name in ("run0", "run1"):
        path = home / name / "metrics.json"
        metrics = json.loads(path.read_text())
        metrics["test"]["track"]["accuracy"] += 0.1
        path.write_text(json.dumps(metrics))
    done = evaluate("--check")
    assert done.exit_code == 1
    assert "2 of 2 runs do not pass" in done.output
    assert done.output.count("test.track.accuracy is stored as") == 2


def test_write_makes_metrics_again(home):
    path = home / "run0" / "metrics.json"
    before = path.read_bytes()
    path.write_text("{}")
    assert evaluate("run0", "--check").exit_code == 1
    done = evaluate("run0", "--write")
    assert done.exit_code == 0 and "metrics.json of 1 run(s) were written" in done.output
    assert path.read_bytes() == before
    assert evaluate("run0", "--check").exit_code == 0


def test_summary_averages_over_seeds(home):
    done = evaluate("--summary")
    assert done.exit_code == 0 and "0,1" in done.output and "segment_accuracy" in done.output
    rows = json.loads(evaluate("--summary", "--json").output)["rows"]
    assert [row["seeds"] for row in rows] == [[0, 1]]


def test_one_artist_is_said(home):
    path = home / "run0" / "predictions.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], *(x for x in lines if "test,0,blues artist 0" in x)]))
    assert "one artist" in evaluate("run0").output


def test_blind_runs_are_counted_not_listed(home):
    path = home / "run0" / "predictions.csv"
    kept = [line for line in path.read_text().splitlines() if ",test," not in line]
    path.write_text("\n".join(kept))
    done = evaluate()
    assert done.exit_code == 0 and "run1" in done.output and "run0" not in done.output
    assert "1 run(s) left the test part alone" in done.output
    assert "run0" in evaluate("--part", "valid").output
    assert "choose valid" in evaluate("run0").output


@pytest.mark.parametrize(
    ("args", "code", "complaint"),
    [
        (["nowhere"], 1, "there is no run folder nowhere"),
        (
            ["--part", "train"],
            1,
            "none of 2 run(s) has predictions for part 'train': choose valid or test",
        ),
        (["--check", "--write"], 2, "exclude each other"),
        (["--part", "exam"], 2, "'exam' is not one of 'test', 'valid', 'train'"),
    ],
)
def test_wrong_use_is_one_clear_message(home, args, code, complaint):
    done = evaluate(*args)
    assert done.exit_code == code
    assert complaint in done.output and "Traceback" not in done.output


def test_no_runs_and_damaged_runs_are_said(home):
    (home / "run0" / "predictions.csv").write_text("oops\n")
    done = evaluate()
    assert done.exit_code == 1 and "run0" in done.output and "columns are oops" in done.output
    shutil.rmtree(home)
    done = evaluate()
    assert done.exit_code == 1 and "holds no run: set MGC_RUNS" in done.output


def test_help_shows_examples():
    done = evaluate("--help")
    assert done.exit_code == 0 and "mgc evaluate --check" in done.output


def test_a_changed_digit_fails_the_check_and_can_be_sealed(home, monkeypatch, tmp_path):
    from mgc.evaluate.seals import SEALS, write_seals

    write_seals(home.iterdir(), home.with_name(SEALS))
    path = home / "run0" / "predictions.csv"
    text = path.read_text().rstrip("\n")
    path.write_text(text[:-1] + str((int(text[-1]) + 1) % 10) + "\n")
    done = evaluate("--check")
    assert done.exit_code == 1
    assert "1 of 2 runs do not pass" in done.output and "run0/predictions.csv" in done.output


def test_seals_are_those_of_all_grids(home, monkeypatch, tmp_path):
    from mgc import paths
    from mgc.train.config import RunConfig

    grids, config = tmp_path / "data" / "grids", RunConfig(seed=3, epochs=2)
    grids.mkdir(parents=True)
    (grids / "small.yaml").write_text("seed: [3, 4]\nepochs: 2\n")
    shutil.copytree(home / "run0", tmp_path / "data" / "runs" / config.uid)
    monkeypatch.setattr(paths, "PROJECT", tmp_path)
    done = evaluate("--seal")
    assert done.exit_code == 0 and "sealed the predictions of 1 of 2 declared runs" in done.output
    assert config.uid in (tmp_path / "data" / "runs.sha256").read_text()
    assert evaluate("--seal", "run0").exit_code == 2
