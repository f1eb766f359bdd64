"""``mgc data fetch`` and ``mgc data validate`` as a user meets them."""

import functools
import io
import tarfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from mgc.cli import main
from mgc.data.synthetic import SyntheticCorpus
from mgc.files import sha256_of


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("MGC_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))


def mgc(*words):
    return CliRunner().invoke(main, ["data", *map(str, words)], prog_name="mgc")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Play a corpus and pack it as GTZAN is packed."""
    home = tmp_path_factory.mktemp("corpus")
    SyntheticCorpus(clips_per_genre=3, seconds=2.0).write_audio(home / "genres")
    with tarfile.open(home / "genres.tar.gz", "w:gz") as tar:
        for path in sorted((home / "genres").glob("*/*.wav")):
            tar.add(path, path.relative_to(home))
        tar.addfile(tarfile.TarInfo("genres/input.mf"))
    return home


@pytest.fixture
def options(corpus):
    digest = sha256_of(corpus / "genres.tar.gz")
    return ["--sha256", digest, "--manifest", corpus / "genres" / "manifest.csv"]


class Quiet(SimpleHTTPRequestHandler):
    """The server of the standard library, which knows no ranges."""

    def log_message(self, *words):
        """Say nothing."""


@pytest.fixture(scope="module")
def url(corpus):
    handler = functools.partial(Quiet, directory=corpus)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_from_a_mirror_to_validated_clips(url, options, tmp_path):
    audio = tmp_path / "gtzan" / "audio"
    words = ("--url", f"{url}/nowhere.tar.gz", "--url", f"{url}/genres.tar.gz")
    result = mgc("fetch", audio, *words, *options)
    assert result.exit_code == 0, result.output
    assert f"{audio}: 30 clips unpacked" in result.stdout
    assert "passed over, being no clips: genres/input.mf" in result.stdout
    assert "same samples" in result.stdout
    assert result.stderr == ""
    assert {p.name for p in audio.parent.iterdir()} == {"audio", ".audio.lock", "genres.tar.gz"}
    assert mgc("validate", audio, *options[2:]).exit_code == 0


def test_the_standard_place_is_taken_without_a_folder(corpus, options, tmp_path, monkeypatch):
    monkeypatch.setenv("MGC_GTZAN", str(tmp_path / "here"))
    result = mgc("fetch", "--archive", corpus / "genres.tar.gz", *options)
    assert result.exit_code == 0, result.output
    assert len(list((tmp_path / "here").glob("*/*.wav"))) == 30
    assert "30" in mgc("validate", *options[2:]).stdout


def test_a_source_that_is_gone_is_one_clear_sentence(url, tmp_path):
    result = mgc("fetch", tmp_path / "audio", "--url", f"{url}/gone.tar.gz")
    assert result.exit_code == 1
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    assert line.startswith("Error: genres.tar.gz did not come from any of 1 mirrors: http://127")
    assert "answered 404 File not found" in line
    assert "--url" in line
    assert [p.name for p in tmp_path.iterdir()] == [".audio.lock"]


def test_an_archive_with_another_hash_is_refused(url, tmp_path):
    result = mgc("fetch", tmp_path / "audio", "--url", f"{url}/genres.tar.gz")
    assert result.exit_code == 1
    assert "gave a file with another SHA-256 than 24347e0223d2" in result.stderr
    assert [p.name for p in tmp_path.iterdir()] == [".audio.lock"]


def test_an_unsafe_archive_is_refused(tmp_path):
    archive = tmp_path / "evil.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("../blues/blues.00000.wav"), io.BytesIO())
    result = mgc("fetch", tmp_path / "audio", "--archive", archive, "--sha256", sha256_of(archive))
    assert result.exit_code == 1
    assert "whose name leads out of the folder" in result.stderr
    assert {p.name for p in tmp_path.iterdir()} == {"evil.tar.gz", ".audio.lock"}


def test_an_archive_that_lacks_clips_is_unpacked_and_said(corpus, tmp_path):
    words = ("--archive", corpus / "genres.tar.gz", "--sha256", sha256_of(corpus / "genres.tar.gz"))
    result = mgc("fetch", tmp_path / "audio", *words)
    assert result.exit_code == 1
    assert "missing               970   blues.00003," in result.stdout
    assert "0 of 1000 clips are there and equal (30 other samples, 970 missing)" in result.stderr
    assert "this is another copy of the data set (for example the .au originals" in result.stderr
    assert (tmp_path / "audio" / "jazz").is_dir()


def test_every_fault_of_a_folder_is_listed(corpus, options, tmp_path):
    assert (
        mgc("fetch", tmp_path / "a", "--archive", corpus / "genres.tar.gz", *options).exit_code == 0
    )
    jazz = tmp_path / "a" / "jazz"
    (jazz / "jazz.00000.wav").unlink()
    (jazz / "jazz.00001.wav").write_text("not a wave")
    (jazz / "jazz.00002.wav").rename(jazz / "jazz.00099.wav")
    result = mgc("validate", tmp_path / "a", *options[2:])
    assert result.exit_code == 1
    assert "missing                 2   jazz.00000, jazz.00002\n" in result.stdout
    assert "undecodable             1   jazz.00001\n" in result.stdout
    assert "not in the manifest     1   jazz.00099\n" in result.stdout
    assert "undecodable: " in result.stderr
    assert "jazz.00001.wav cannot be decoded" in result.stderr
    assert "27 of 30 clips are there and equal (1 undecodable, 2 missing)" in result.stderr


def test_a_clip_that_is_broken_in_the_common_copy_is_said(corpus, options, tmp_path):
    assert (
        mgc("fetch", tmp_path / "a", "--archive", corpus / "genres.tar.gz", *options).exit_code == 0
    )
    text = (corpus / "genres" / "manifest.csv").read_text()
    path = tmp_path / "a" / "jazz" / "jazz.00001.wav"
    path.write_text("broken in the common copy as well")
    rows = [row.split(",") for row in text.splitlines()]
    for row in rows:
        if row[0] == "jazz.00001":
            row[2], row[5], row[6] = sha256_of(path), "unreadable_copy", "F081"
    (tmp_path / "facts.csv").write_text("\n".join(",".join(row) for row in rows))
    result = mgc("validate", tmp_path / "a", "--manifest", tmp_path / "facts.csv")
    assert result.exit_code == 0, result.output
    assert "equal, but known to be unreadable in this copy: jazz.00001" in result.stdout


def test_a_folder_without_clips_is_said(tmp_path):
    result = mgc("validate", tmp_path)
    assert result.exit_code == 1
    assert "has no audio in genre folders" in result.stderr
