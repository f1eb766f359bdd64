"""Files stand for themselves, folders for all songs below."""

import os

import pytest

from mgc.songs.find import find_songs


@pytest.fixture
def music(tmp_path):
    for name in ("b/two.mp3", "b/a/one.FLAC", "cover.jpg", "a.wav", ".hidden.wav", ".git/x.ogg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def names(found, home):
    return [path.relative_to(home).as_posix() for path in found]


def test_a_folder_stands_for_the_songs_below_in_order(music):
    assert names(find_songs([music]), music) == ["a.wav", "b/two.mp3", "b/a/one.FLAC"]


def test_each_song_comes_once_and_files_whatever_they_are(music):
    given = [music / "cover.jpg", music / "a.wav", music, music / "none.mp3"]
    assert names(find_songs(given), music) == [
        "cover.jpg", "a.wav", "b/two.mp3", "b/a/one.FLAC", "none.mp3",
    ]  # fmt: skip


def test_a_folder_without_songs_is_not_swallowed(tmp_path):
    assert find_songs([tmp_path]) == [tmp_path]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_folder_that_cannot_be_read_is_not_swallowed(music):
    (music / "b").chmod(0)
    try:
        assert music / "b" in find_songs([music])
    finally:
        (music / "b").chmod(0o755)
