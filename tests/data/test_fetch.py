"""Downloads from a local server that misbehaves as servers do."""

import gzip
import hashlib
import io
import os
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import tarfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mgc.data import download as downloading
from mgc.data.download import Patience, download
from mgc.data.fetch import ARCHIVE_SHA256, MIRRORS, fetch_clips
from mgc.errors import DataError, MGCError

BODY = random.Random(4).randbytes(300_000)
SHA256 = hashlib.sha256(BODY).hexdigest()
QUICK = Patience(timeout=5, tries=3, pause=0)


class Mirror(ThreadingHTTPServer):
    """A server that answers each request by the next entry of its plan, the last one for ever."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/genres.tar.gz"
        self.closing = threading.Event()
        self.follow(whole)

    def follow(self, *plan):
        """Set the plan and forget what was asked before."""
        self.plan, self.asked = list(plan), []
        return self.url

    def handle_error(self, request, client_address):
        """Say nothing: clients may leave."""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.headers["Range"])
        answer = self.server.plan[0] if len(self.server.plan) == 1 else self.server.plan.pop(0)
        answer(self)

    def log_message(self, *words):
        """Say nothing."""

    def start(self, status, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def part(self, body):
        """Begin to answer as a server that knows ranges; return what is to be sent."""
        found = re.fullmatch(r"bytes=(\d+)-", self.headers["Range"] or "")
        if not found:
            self.start(200, Content_Length=len(body))
            return body
        first = int(found[1])
        if first >= len(body):
            self.start(416, Content_Range=f"bytes */{len(body)}", Content_Length=0)
            return b""
        span = f"bytes {first}-{len(body) - 1}/{len(body)}"
        self.start(206, Content_Range=span, Content_Length=len(body) - first)
        return body[first:]


def whole(handler, body=BODY):
    handler.wfile.write(handler.part(body))


def other(handler):
    whole(handler, BODY[::-1])


def rangeless(handler):
    handler.start(200, Content_Length=len(BODY))
    handler.wfile.write(BODY)


def status(code):
    return lambda handler: handler.start(code, Content_Length=0)


def cut(count):
    """Send `count` bytes of what was promised, then hang up."""
    return lambda handler: handler.wfile.write(handler.part(BODY)[:count])


def reset(count):
    """Send `count` bytes, then tear the connection down."""

    def answer(handler):
        handler.wfile.write(handler.part(BODY)[:count])
        handler.wfile.flush()
        time.sleep(0.05)  # or the reset overtakes the bytes
        linger = struct.pack("ii", 1, 0)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        handler.connection.close()

    return answer


def cut_chunks(handler):
    handler.protocol_version = "HTTP/1.1"
    handler.start(200, Transfer_Encoding="chunked", Connection="close")
    handler.wfile.write(b"%x\r\n" % 5000 + BODY[:5000] + b"\r\n")


def lengthless(handler):
    handler.start(200)
    handler.wfile.write(BODY)


def stuck(handler):
    handler.wfile.write(handler.part(BODY)[:9000])
    handler.wfile.flush()
    handler.server.closing.wait(20)


def mute(handler):
    handler.server.closing.wait(20)


def promising(length):
    """Promise another length than is sent."""

    def answer(handler):
        handler.start(200, Content_Length=length)
        handler.wfile.write(BODY)

    return answer


def labelled_gzip(handler):
    handler.start(200, Content_Encoding="gzip", Content_Length=len(BODY))
    handler.wfile.write(BODY)


def shifted(handler):
    handler.start(206, Content_Range=f"bytes 7-{len(BODY) - 1}/{len(BODY)}")
    handler.wfile.write(BODY[7:])


def redirect(handler):
    handler.start(302, Location="/elsewhere", Content_Length=0)


@pytest.fixture(scope="module")
def servers():
    made = [Mirror(), Mirror()]
    # Polled often, or closing takes half a second each.
    for server in made:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield made
    for server in made:
        server.closing.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def mirror(servers):
    return servers[0]


def left(folder):
    """List the files below a folder, but for the lock."""
    files = (p for p in folder.rglob("*") if p.is_file() and not p.name.endswith(".lock"))
    return sorted(str(p.relative_to(folder)) for p in files)


def get(folder, *urls, sha256=SHA256, patience=QUICK):
    path = folder / "genres.tar.gz"
    download(urls, path, sha256, patience)
    assert path.read_bytes() == BODY
    assert [p.name for p in folder.iterdir()] == [path.name]


def failure(folder, *urls, keeps=False, **options):
    """Fail to download; return the message, having looked at what is left."""
    with pytest.raises(DataError) as error:
        get(folder, *urls, **options)
    message = str(error.value)
    assert f"{folder / 'genres.tar.gz'} by hand" in message
    assert ("is kept in" in message) is keeps
    names = left(folder)
    if keeps:
        assert all(re.fullmatch(r"genres.tar.gz.part/[0-9a-f]{8}.part", name) for name in names)
    else:
        assert not list(folder.iterdir())
    return message


@pytest.mark.parametrize(
    ("plan", "asked"),
    [
        ([whole], [None]),
        ([status(500), whole], [None] * 2),
        ([status(503), status(429), whole], [None] * 3),
        ([redirect, whole], [None] * 2),
        ([cut(100_000), whole], [None, "bytes=100000-"]),
        ([cut(100_000), cut(50_000), whole], [None, "bytes=100000-", "bytes=150000-"]),
        ([reset(131_072), whole], [None, "bytes=131072-"]),
        ([cut(100_000), status(500), whole], [None, "bytes=100000-", "bytes=100000-"]),
        ([cut(100_000), rangeless], [None, "bytes=100000-"]),
        ([cut(100_000), shifted, whole], [None, "bytes=100000-", None]),
        ([cut(100_000), status(416), whole], [None, "bytes=100000-", None]),
        ([cut_chunks, whole], [None, "bytes=5000-"]),
        ([lengthless], [None]),
        ([labelled_gzip], [None]),
    ],
    ids=[
        "whole",
        "500",
        "503 and 429",
        "redirect",
        "cut",
        "cut twice",
        "reset",
        "500 while resuming",
        "range unsupported",
        "range misunderstood",
        "range refused",
        "chunks cut",
        "no length",
        "called gzip",
    ],
)
def test_the_file_comes_whole_in_the_end(mirror, tmp_path, plan, asked):
    get(tmp_path, mirror.follow(*plan))
    assert mirror.asked == asked


@pytest.mark.parametrize(
    ("answer", "reason", "requests", "keeps"),
    [
        (status(404), "(answered 404 Not Found)", 1, False),
        (status(403), "(answered 403 Forbidden)", 1, False),
        (status(500), "(answered 500 Internal Server Error, 3 times in a row)", 3, False),
        (other, f"(gave a file with another SHA-256 than {SHA256[:12]}…)", 1, False),
        (promising(1000), "another SHA-256", 1, False),
        (promising(400_000), "(broke the connection before the end, 3 times in a row)", 3, True),
        (cut(0), "(broke the connection before the end, 3 times in a row)", 3, False),
        (cut(1000), "(broke the connection before the end, 3 times in a row)", 3, True),
        (promising(3 << 30), "(would send more than 2.1 GB)", 1, False),
        (redirect, "(is no address to fetch from: Exceeded 30 redirects.)", 31, False),
    ],
    ids=[
        "404",
        "403",
        "500 for ever",
        "wrong hash",
        "too short a length",
        "too long a length",
        "nothing comes",
        "always cut",
        "too large",
        "redirects for ever",
    ],
)
def test_a_mirror_that_fails_is_described(mirror, tmp_path, answer, reason, requests, keeps):
    assert reason in failure(tmp_path, mirror.follow(answer), keeps=keeps)
    assert len(mirror.asked) == requests


@pytest.mark.parametrize("answer", [mute, stuck])
def test_a_server_that_falls_silent_is_left(mirror, tmp_path, answer):
    patience = Patience(timeout=0.2, tries=2, pause=0)
    message = failure(tmp_path, mirror.follow(answer), patience=patience, keeps=answer is stuck)
    assert "(sent nothing for 0.2 s, 2 times in a row)" in message


def test_an_endless_body_is_stopped(mirror, tmp_path, monkeypatch):
    monkeypatch.setattr(downloading, "MAX_BYTES", 200_000)
    assert "would send more than" in failure(tmp_path, mirror.follow(lengthless))


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/a", "file:///etc/passwd", "genres.tar.gz", ""])
def test_what_is_no_web_address_is_said(tmp_path, url):
    assert "is no address to fetch from" in failure(tmp_path, url)


def test_a_closed_port_is_said(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/genres.tar.gz"
    assert "could not be reached, 3 times in a row" in failure(tmp_path, url)


@pytest.mark.parametrize("answer", [status(404), other, cut(1000), lambda handler: None])
def test_the_second_mirror_gives_what_the_first_did_not(servers, tmp_path, answer):
    first, second = servers
    get(tmp_path, first.follow(answer), second.follow(whole))
    assert second.asked == [None]


def test_every_mirror_that_failed_is_named(servers, tmp_path):
    urls = [servers[0].follow(status(404)), servers[1].follow(status(410))]
    message = failure(tmp_path, *urls)
    assert (
        f"any of 2 mirrors: {urls[0]} (answered 404 Not Found), {urls[1]} (answered 410" in message
    )
    assert "name another with --url" in message


def test_a_later_call_continues_and_leaves_nothing(mirror, tmp_path):
    failure(tmp_path, mirror.follow(cut(40_000), status(404)), keeps=True)
    [name] = left(tmp_path)
    assert (tmp_path / name).read_bytes() == BODY[:40_000]
    (tmp_path / "genres.tar.gz.part" / "tmpleftbypooch").touch()
    get(tmp_path, mirror.follow(whole))
    assert mirror.asked == ["bytes=40000-"]


def test_a_part_of_another_file_is_thrown_away(mirror, tmp_path):
    failure(tmp_path, mirror.follow(cut(40_000), status(404)), keeps=True)
    [name] = left(tmp_path)
    (tmp_path / name).write_bytes(b"old" * 1000)
    get(tmp_path, mirror.follow(whole))
    assert mirror.asked == ["bytes=3000-", None]


def test_a_long_way_that_breaks_often_arrives(mirror, tmp_path, monkeypatch):
    monkeypatch.setattr(downloading, "_PROGRESS_BYTES", 20_000)
    get(tmp_path, mirror.follow(*[cut(25_000)] * 11, whole))
    assert len(mirror.asked) == 12


def test_a_server_that_breaks_and_refuses_to_continue_is_left(mirror, tmp_path, monkeypatch):
    monkeypatch.setattr(downloading, "_PROGRESS_BYTES", 20_000)

    def answer(handler):
        if len(handler.server.asked) > 40:
            whole(handler)
        elif handler.headers["Range"]:
            status(416)(handler)
        else:
            cut(25_000)(handler)

    assert "3 times in a row" in failure(tmp_path, mirror.follow(answer), keeps=True)


def test_pauses_double(mirror, tmp_path, monkeypatch):
    pauses = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    failure(tmp_path, mirror.follow(status(500)), patience=Patience(tries=8, pause=1))
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cuts=st.lists(st.integers(0, 320_000) | st.just("rangeless"), max_size=5))
def test_however_often_it_breaks_the_bytes_are_right(mirror, tmp_path, cuts):
    plan = [rangeless if count == "rangeless" else cut(count) for count in cuts]
    get(tmp_path, mirror.follow(*plan, whole), patience=Patience(timeout=5, tries=9, pause=0))
    (tmp_path / "genres.tar.gz").unlink()


def test_a_killed_download_leaves_a_part_and_goes_on(mirror, tmp_path):
    path = tmp_path / "genres.tar.gz"
    code = (
        "import sys; from mgc.data.download import download; download([sys.argv[1]], *sys.argv[2:])"
    )
    url = mirror.follow(stuck)
    process = subprocess.Popen([sys.executable, "-c", code, url, str(path), SHA256])
    limit = time.monotonic() + 60
    parts = "genres.tar.gz.part/*.part"
    while not any(p.stat().st_size for p in tmp_path.glob(parts)) and time.monotonic() < limit:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not path.exists()
    assert {p.name for p in tmp_path.iterdir()} == {"genres.tar.gz.part"}
    get(tmp_path, mirror.follow(whole))
    assert re.fullmatch(r"bytes=[1-9]\d*-", mirror.asked[0])


def test_a_right_file_put_there_by_hand_is_taken(mirror, tmp_path):
    mirror.follow(whole)
    (tmp_path / "genres.tar.gz").write_bytes(BODY)
    get(tmp_path, mirror.url, sha256=SHA256.upper())
    assert mirror.asked == []


def test_a_wrong_file_put_there_by_hand_is_not_touched(mirror, tmp_path):
    mirror.follow(whole)
    (tmp_path / "genres.tar.gz").write_bytes(b"mine")
    with pytest.raises(DataError, match="has the SHA-256 .*, expected is"):
        get(tmp_path, mirror.url)
    assert (tmp_path / "genres.tar.gz").read_bytes() == b"mine"
    assert mirror.asked == []


def test_a_folder_that_cannot_be_written_is_said(mirror, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises((MGCError, OSError)):
        download([mirror.follow(whole)], tmp_path / "file" / "genres.tar.gz", SHA256)
    assert left(tmp_path) == ["file"]


# From here on with a real archive.


def archive_of(**members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return gzip.compress(buffer.getvalue(), mtime=0)


GOOD = archive_of(**{"genres/jazz/jazz.00000.wav": b"j" * 70_000, "genres/input.mf": b"list"})
EVIL = archive_of(**{"genres/jazz/jazz.00000.wav": b"j", "genres/../../jazz/evil.wav": b"e"})


def serve(mirror, content):
    url = mirror.follow(lambda handler: whole(handler, content))
    return {"urls": [url], "sha256": hashlib.sha256(content).hexdigest(), "patience": QUICK}


def test_clips_are_fetched_and_unpacked(mirror, tmp_path):
    done = fetch_clips(tmp_path / "data" / "audio", **serve(mirror, GOOD))
    assert (done.clips, done.passed_over) == (1, ("genres/input.mf",))
    assert left(tmp_path) == ["data/audio/jazz/jazz.00000.wav", "data/genres.tar.gz"]


def test_an_unsafe_archive_leaves_no_folder_although_its_hash_is_right(mirror, tmp_path):
    with pytest.raises(DataError, match="leads out of the folder"):
        fetch_clips(tmp_path / "data" / "audio", **serve(mirror, EVIL))
    assert left(tmp_path) == ["data/genres.tar.gz"]
    assert not list((tmp_path / "data").glob(".audio.*[!k]"))


def test_an_archive_at_hand_needs_no_network(mirror, tmp_path):
    options = serve(mirror, GOOD)
    (tmp_path / "mine.tgz").write_bytes(GOOD)
    done = fetch_clips(tmp_path / "audio", archive=tmp_path / "mine.tgz", **options)
    assert (done.clips, mirror.asked) == (1, [])
    assert left(tmp_path) == ["audio/jazz/jazz.00000.wav", "mine.tgz"]


def test_an_archive_at_hand_is_not_believed_without_its_hash(tmp_path):
    (tmp_path / "mine.tgz").write_bytes(GOOD)
    with pytest.raises(DataError, match=f"expected is {ARCHIVE_SHA256}"):
        fetch_clips(tmp_path / "audio", archive=tmp_path / "mine.tgz")
    assert left(tmp_path) == ["mine.tgz"]


def test_a_folder_that_is_there_is_not_fetched_into(mirror, tmp_path):
    options = serve(mirror, GOOD)
    (tmp_path / "audio").mkdir()
    with pytest.raises(MGCError, match="exists already: check it with 'mgc data validate"):
        fetch_clips(tmp_path / "audio", **options)
    assert (left(tmp_path), mirror.asked) == ([], [])


def test_two_processes_do_not_collide(mirror, tmp_path):
    options = serve(mirror, GOOD)
    with FileLock(tmp_path / ".audio.lock"), pytest.raises(DataError, match="another process"):
        fetch_clips(tmp_path / "audio", **options)
    assert (left(tmp_path), mirror.asked) == ([], [])
    assert fetch_clips(tmp_path / "audio", **options).clips == 1


@pytest.mark.parametrize("sha256", ["", "abc", "g" * 64, "0" * 65])
def test_a_hash_that_is_none_is_refused(tmp_path, sha256):
    with pytest.raises(DataError, match="expected are 64 hexadecimal digits"):
        fetch_clips(tmp_path / "audio", sha256=sha256)
    assert not list(tmp_path.iterdir())


def test_the_pinned_mirrors_are_addresses_of_the_pinned_archive():
    assert len(ARCHIVE_SHA256) == 64
    assert all(url.startswith("https://") and url.endswith("/genres.tar.gz") for url in MIRRORS)
