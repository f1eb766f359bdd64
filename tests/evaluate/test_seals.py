"""A changed digit of a prediction is seen, even where it decides nothing."""

import subprocess

import pytest

from mgc.errors import RunError
from mgc.evaluate.report import check_run
from mgc.evaluate.seals import SEALS, check_seal, read_seals, write_seals
from mgc.files import sha256_of


@pytest.fixture
def folder(make_run):
    return make_run("a")


def change_a_digit(folder):
    path = folder / "predictions.csv"
    head, line, *rest = path.read_text().splitlines()
    digit = line[-1]
    line = line[:-1] + str((int(digit) + 1) % 10)
    path.write_text("\n".join([head, line, *rest, ""]))


def test_a_digit_that_decides_nothing(folder, make_run):
    seals = folder.parent.with_name(SEALS)
    assert write_seals([folder, make_run("b", seed=1), folder], seals) == 2
    assert read_seals(seals)["a"] == sha256_of(folder / "predictions.csv")
    check_seal(folder)
    change_a_digit(folder)
    check_run(folder)  # the metrics do not notice
    with pytest.raises(RunError, match="is not what was sealed in runs.sha256: restore the file"):
        check_seal(folder)


def test_other_tools_understand_the_file(folder):
    write_seals([folder], folder.parent.with_name(SEALS))
    check = ["sha256sum", "--check", "--quiet", SEALS]
    home = folder.parent.parent
    assert subprocess.run(check, cwd=home, capture_output=True).returncode == 0
    change_a_digit(folder)
    assert subprocess.run(check, cwd=home, capture_output=True).returncode == 1


def test_a_run_without_a_seal_is_no_fault(folder):
    check_seal(folder)
    assert read_seals(folder.parent.with_name(SEALS)) == {}


def test_damaged_files_are_named(folder):
    seals = folder.parent.with_name(SEALS)
    seals.write_text("abc  runs/a/predictions.csv\n")
    with pytest.raises(RunError, match="line 1 is no checksum with a place"):
        read_seals(seals)
    (folder / "predictions.csv").unlink()
    with pytest.raises(RunError, match=r"predictions.csv does not exist"):
        write_seals([folder], seals)
    assert seals.read_text().startswith("abc")  # nothing was written
