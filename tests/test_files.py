"""Writing is all or nothing, and a refusal names the file and the remedy."""

import errno

import pytest

from mgc.errors import MGCError
from mgc.files import atomic_file, atomic_folder, install_folder, sha256_of


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def test_a_file_appears_whole(tmp_path):
    with atomic_file(tmp_path / "deep" / "a.txt") as temporary:
        temporary.write_text("new")
        assert not (tmp_path / "deep" / "a.txt").exists()
    assert (tmp_path / "deep" / "a.txt").read_text() == "new"
    assert names(tmp_path / "deep") == ["a.txt"]


def test_a_failure_leaves_the_old_file(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(KeyboardInterrupt), atomic_file(tmp_path / "a.txt") as temporary:
        temporary.write_text("half")
        raise KeyboardInterrupt
    assert (tmp_path / "a.txt").read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


@pytest.mark.parametrize(
    ("code", "named"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EACCES, "cannot be written"),
        (errno.EROFS, "another"),
        (errno.ENOTDIR, "is a file"),
    ],
)
@pytest.mark.parametrize("write", [atomic_file, atomic_folder])
def test_refusals_of_the_system_become_one_sentence(tmp_path, code, named, write):
    with (
        pytest.raises(MGCError, match=f"target was not written.*{named}"),
        write(tmp_path / "target"),
    ):
        raise OSError(code, "no")
    assert names(tmp_path) == []


def test_other_errors_pass_through(tmp_path):
    with pytest.raises(FileNotFoundError), atomic_file(tmp_path / "a"):
        raise FileNotFoundError("something of the caller's")


def test_a_folder_is_replaced_only_on_request(tmp_path):
    with atomic_folder(tmp_path / "f") as folder:
        (folder / "a").write_text("1")
    with pytest.raises(MGCError, match="exists already"), atomic_folder(tmp_path / "f"):
        pass
    with atomic_folder(tmp_path / "f", replace=True) as folder:
        (folder / "b").write_text("2")
    assert names(tmp_path / "f") == ["b"]
    assert names(tmp_path) == ["f"]


def test_a_failed_rename_puts_the_old_folder_back(tmp_path):
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "a").write_text("1")
    with pytest.raises(FileNotFoundError):
        install_folder(tmp_path / "nothing", tmp_path / "f")
    assert names(tmp_path / "f") == ["a"]


def killed_between_two_renames(folder):
    """Leave what a process leaves that dies after the old folder was put aside."""
    (folder / ".f.old").mkdir()
    (folder / ".f.old" / "a").write_text("1")


def test_what_a_killed_process_put_aside_is_not_lost(tmp_path):
    killed_between_two_renames(tmp_path)
    with pytest.raises(FileNotFoundError):
        install_folder(tmp_path / "nothing", tmp_path / "f")
    assert names(tmp_path / "f") == ["a"]
    assert names(tmp_path) == ["f"]


def test_what_a_killed_process_put_aside_is_replaced_only_on_request(tmp_path):
    killed_between_two_renames(tmp_path)
    with pytest.raises(MGCError, match="exists already"), atomic_folder(tmp_path / "f"):
        pass
    assert names(tmp_path / "f") == ["a"]
    with atomic_folder(tmp_path / "f", replace=True) as folder:
        (folder / "b").write_text("2")
    assert names(tmp_path / "f") == ["b"]
    assert names(tmp_path) == ["f"]


def test_sha256(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256_of(tmp_path / "a").startswith("ba7816bf8f01cfea")
