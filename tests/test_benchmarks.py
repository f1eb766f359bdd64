"""The benchmarks run to their end and say what they promise; no time is asserted."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mgc.paths import PROJECT

BENCHMARKS = PROJECT / "benchmarks"


def run(script, *options):
    # A script says how many threads it takes; what the tests pin is not its business.
    env = {name: value for name, value in os.environ.items() if name != "MGC_THREADS"}
    command = [sys.executable, "-W", "error::UserWarning", BENCHMARKS / script, *options]
    return subprocess.run(command, capture_output=True, text=True, env=env)


@pytest.mark.parametrize(
    ("script", "options", "said"),
    [
        (
            "features.py",
            ["--clips", "2", "--files", "1", "--jobs", "1", "--repeats", "1"],
            ["seed / ours", "as many processes", "only the FFT", "largest difference from librosa"],
        ),
        (
            "memory.py",
            ["--sizes", "2", "3", "--jobs", "1", "--pool", "1"],
            ["2 clips", "3 clips", "peak memory at 3 clips"],
        ),
        (
            "batches.py",
            ["--clips", "10", "--batch-size", "4", "--steps", "1", "--repeats", "1"],
            ["segments/s", "arriving / consumed", "time with input / without"],
        ),
        (
            "frames.py",
            ["--lengths", "60", "--repeats", "1"],
            ["nothing divides L", "peak", "dense / structure", "bounds agree"],
        ),
        (
            "networks.py",
            ["--narrow", "--threads", "1", "--batch-size", "2", "--repeats", "1"],
            ["1 threads, 5 segments", "training of 2 segments", "MB more than before"],
        ),
        (
            "predict.py",
            ["--repeats", "1"],
            ["mgc predict", "import tensorflow / mgc predict", "a further song"],
        ),
    ],
)
def test_a_benchmark_runs_to_its_end(script, options, said, tmp_path):
    out = tmp_path / "result.json"
    done = run(script, *options, "--out", str(out))
    assert done.returncode == 0, done.stderr
    for words in said:
        assert words in done.stdout
    text = out.read_text()
    result = json.loads(text)
    assert result["benchmark"] == Path(script).stem
    assert result["machine"]["cores"] >= 1 and result["machine"]["versions"]["mgc"]
    assert str(tmp_path) not in text and str(PROJECT) not in text
    if script == "features.py":
        assert {row["stage"] for row in result["ms_per_clip"]} == {"file", "samples", "product"}
        assert result["agreement_db"]["float32"] < 1e-3


def test_a_size_that_is_no_number_above_zero_is_refused():
    done = run("memory.py", "--sizes", "0")
    assert done.returncode == 2
    assert "'0' came, but expected is a whole number above 0" in done.stderr
