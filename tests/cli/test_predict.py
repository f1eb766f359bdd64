"""``mgc predict`` and ``mgc export`` as a user meets them."""

import json
import shutil

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner
from PIL import Image

from mgc.cli import main
from mgc.songs.classifier import SHIPPED

SR = 22050


def mgc(*words):
    return CliRunner().invoke(main, [*map(str, words)], prog_name="mgc")


@pytest.fixture(scope="module")
def music(tmp_path_factory):
    """Three songs in two folders."""
    home = tmp_path_factory.mktemp("music")
    (home / "more").mkdir()
    rng = np.random.default_rng(0)
    for name in ("a.wav", "more/ü b.flac", "more/a.ogg"):
        soundfile.write(home / name, 0.2 * rng.standard_normal(SR * 7).clip(-4, 4), SR)
    return home


def test_each_song_has_a_line(music):
    done = mgc("predict", music, "--top", 2)
    assert (done.exit_code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        str(music / name) for name in ("a.wav", "more/a.ogg", "more/ü b.flac")
    ]
    assert all(line.count(" %") == 2 for line in lines)


def test_broken_files_are_told_and_the_rest_goes_on(music, tmp_path):
    bad = tmp_path / "bad.mp3"
    bad.write_text("text")
    done = mgc("predict", bad, music / "a.wav", tmp_path / "none.wav", "--json")
    assert done.exit_code == 1
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [list(answer)[:2] for answer in answers] == [
        ["file", "error"], ["file", "genre"], ["file", "error"],
    ]  # fmt: skip
    errors = done.stderr.splitlines()
    assert errors[0].startswith(f"Error: {bad} cannot be decoded")
    assert errors[1].startswith(f"Error: {tmp_path / 'none.wav'} is not there")
    assert errors[2] == "2 of 3 song(s) could not be classified"


def test_a_folder_without_songs_is_an_error(tmp_path):
    done = mgc("predict", tmp_path)
    assert done.exit_code == 1 and f"Error: {tmp_path} holds no song" in done.stderr


def test_a_short_song_says_that_it_was_repeated(tmp_path):
    soundfile.write(tmp_path / "s.wav", 0.1 * np.sin(np.arange(2 * SR) / 5), SR)
    assert "(lasts 2.0 s, repeated to fill" in mgc("predict", tmp_path / "s.wav").stdout


def test_a_timeline_is_a_picture_that_describes_itself(music, tmp_path):
    place = tmp_path / "new" / "line.png"
    done = mgc("predict", music / "a.wav", "--timeline", place)
    assert done.exit_code == 0, done.output
    words = done.stdout.splitlines()[1].removeprefix(f"  {place}: ")
    assert words.startswith("Probability of 10 genres over ")
    with Image.open(place) as picture:
        assert picture.size[0] > 600 and picture.text["Description"] == words
    assert [path.name for path in place.parent.iterdir()] == ["line.png"]


def test_timelines_of_several_songs_go_to_a_folder(music, tmp_path):
    done = mgc("predict", music, "--timeline", tmp_path / "lines", "--json")
    assert done.exit_code == 0 and len(done.stdout.splitlines()) == 3
    made = sorted(path.name for path in (tmp_path / "lines").iterdir())
    assert made == ["a-2.png", "a.png", "ü b.png"]
    done = mgc("predict", music, "--timeline", tmp_path / "one.png")
    assert done.exit_code == 2 and "is one picture, but there are 3 songs" in done.stderr
    assert not (tmp_path / "one.png").exists()


@pytest.mark.parametrize("name", ["x.xyz", "song.wav", "there"])
def test_a_timeline_that_is_no_picture_is_wrong_use(name, music, tmp_path):
    place = tmp_path / name
    if name == "there":
        place.touch()  # a file, so no folder can be made there
    before = sorted(tmp_path.iterdir())
    done = mgc("predict", music / "a.wav", "--timeline", place)
    assert done.exit_code == 2 and done.stdout == ""
    assert f"{place} is neither a folder nor a picture" in done.stderr
    assert ".png, .svg, .pdf, .jpg, .jpeg or .webp" in " ".join(done.stderr.split())
    assert sorted(tmp_path.iterdir()) == before


def test_a_place_that_cannot_be_written_is_told(music, tmp_path):
    (tmp_path / "file").touch()
    place = tmp_path / "file" / "line.png"
    done = mgc("predict", music / "a.wav", "--timeline", place)
    assert done.exit_code == 1
    assert f"Error: {place} cannot be written (File exists): name another" in done.stderr


def test_a_folder_that_there_is_may_have_any_name(music, tmp_path):
    place = tmp_path / "lines.png"
    place.mkdir()
    done = mgc("predict", music / "a.wav", "--timeline", place)
    assert done.exit_code == 0, done.output
    assert [path.name for path in place.iterdir()] == ["a.png"]


@pytest.mark.parametrize("words", [[], ["x.wav", "--top", "0"], ["x.wav", "--nonsense"]])
def test_wrong_use_has_a_code_of_its_own(words):
    assert mgc("predict", *words).exit_code == 2


def test_damaged_networks_stop_the_command(music, tmp_path):
    shutil.copytree(SHIPPED, tmp_path / "copy")
    next((tmp_path / "copy").glob("*.onnx")).write_bytes(b"")
    done = mgc("predict", music, "--model", tmp_path / "copy")
    assert done.exit_code == 1 and done.stdout == "" and "has SHA-256" in done.stderr
    assert mgc("predict", music / "a.wav", "--model", SHIPPED).exit_code == 0


def test_the_help_tells_the_exit_codes():
    text = mgc("predict", "--help").stdout
    assert "1  at least one was not" in text and "mgc predict song.mp3" in text


def test_export_takes_names_of_runs(make_run, tmp_path, monkeypatch):
    folder = make_run("abc")
    monkeypatch.setenv("MGC_RUNS", str(folder.parent))
    done = mgc("export", "abc", "--out", tmp_path / "out")
    assert done.exit_code == 1 and "has no model.weights.h5" in done.stderr
    assert mgc("export", "abc").exit_code == 2
