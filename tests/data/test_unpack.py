"""Archives as an enemy, a bad disk or a careless packer makes them."""

import gzip
import io
import random
import tarfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mgc.data import unpack as unpacking
from mgc.data.unpack import unpack
from mgc.errors import DataError, MGCError

CLIPS = {
    "genres/blues/blues.00000.wav": b"b" * 3000,
    "genres/jazz/jazz.00000.wav": b"j" * 5000,
    "genres/rock/rock.00000.au": b"r" * 512,
}


def tar_bytes(clips=CLIPS, extra=()):
    """A tar of files, each (name, content), then of ready-made members."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in clips.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        for member in extra:
            tar.addfile(member, io.BytesIO(b"x" * member.size))
    return buffer.getvalue()


def special(name, kind=tarfile.REGTYPE, linkname="", size=0):
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.size = kind, linkname, size
    return member


def refused(folder, content):
    """Unpack `content`; return the message, having looked that nothing is left."""
    archive = folder / "in" / "genres.tar.gz"
    archive.parent.mkdir(exist_ok=True)
    archive.write_bytes(content)
    with pytest.raises(DataError) as error:
        unpack(archive, folder / "out" / "audio")
    assert not list((folder / "out").glob("*"))
    assert sorted(p.name for p in folder.iterdir()) == ["in", "out"]
    assert list(archive.parent.iterdir()) == [archive]
    assert "expected are plain files" in str(error.value)
    return str(error.value)


def test_clips_come_out_whole_and_foreign_files_are_passed_over(tmp_path):
    extra = [
        special("genres", tarfile.DIRTYPE),
        special("genres/blues", tarfile.DIRTYPE),
        special("genres/bextract_single.mf", size=700),
        special("genres/blues/._blues.00000.wav", size=9),
        special("genres/polka/polka.00000.wav", size=9),
        special("genres/jazz/deep/jazz.00001.wav", size=9),
        special("jazz.00001.wav", size=9),
    ]
    archive = tmp_path / "genres.tar.gz"
    archive.write_bytes(gzip.compress(tar_bytes(extra=extra)))
    made = unpack(archive, tmp_path / "audio")
    assert (made.folder, made.clips) == (tmp_path / "audio", 3)
    assert made.passed_over == tuple(member.name for member in extra[2:])
    files = {p for p in made.folder.rglob("*") if p.is_file()}
    assert files == {made.folder / name.removeprefix("genres/") for name in CLIPS}
    for name, content in CLIPS.items():
        assert (made.folder / name.removeprefix("genres/")).read_bytes() == content


@pytest.mark.parametrize("prefix", ["", "./", "./genres/", "Data/"])
def test_any_one_folder_may_be_around_the_genres(tmp_path, prefix):
    clips = {name.replace("genres/", prefix): content for name, content in CLIPS.items()}
    archive = tmp_path / "genres.tar.gz"
    archive.write_bytes(gzip.compress(tar_bytes(clips)))
    assert unpack(archive, tmp_path / "audio").clips == 3


def test_other_genres_are_clips_where_they_are_expected(tmp_path):
    archive = tmp_path / "taals.tar.gz"
    archive.write_bytes(gzip.compress(tar_bytes({"dadra/dadra one.wav": b"1", "pop/a.wav": b"2"})))
    made = unpack(archive, tmp_path / "audio", ["dadra"])
    assert (made.clips, made.passed_over) == (1, ("pop/a.wav",))


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        (special("genres/../../blues/evil.wav", size=4), "leads out of the folder"),
        (special("../blues/evil.wav", size=4), "leads out of the folder"),
        (special("..", tarfile.DIRTYPE), "leads out of the folder"),
        (special("/blues/evil.wav", size=4), "leads out of the folder"),
        (special("/tmp", tarfile.DIRTYPE), "leads out of the folder"),
        (special("blues/blues.1.wav", tarfile.SYMTYPE, "/etc/passwd"), "is a link, a device"),
        (special("blues/blues.1.wav", tarfile.SYMTYPE, "blues.00000.wav"), "is a link, a device"),
        (special("blues/blues.1.wav", tarfile.LNKTYPE, "blues/blues.00000.wav"), "is a link"),
        (special("blues", tarfile.SYMTYPE, "/tmp"), "is a link, a device"),
        (special("blues/blues.1.wav", tarfile.CHRTYPE), "is a link, a device"),
        (special("blues/blues.1.wav", tarfile.BLKTYPE), "is a link, a device"),
        (special("blues/blues.1.wav", tarfile.FIFOTYPE), "is a link, a device"),
        (special("notes", tarfile.FIFOTYPE), "is a link, a device"),
        (special("genres/blues/blues.00000.wav", size=4), "twice"),
        (special("blues/blues.00000.wav", size=4), "twice"),
        (special("blues/BLUES.00000.wav", size=4), "twice"),
        (special("blues/blues.00000.au", size=4), "twice"),
    ],
    ids=lambda value: value.name if isinstance(value, tarfile.TarInfo) else "",
)
def test_what_no_archive_of_clips_needs_is_refused(tmp_path, member, reason):
    message = refused(tmp_path, gzip.compress(tar_bytes(extra=[member])))
    assert reason in message
    assert repr(member.name) in message


@pytest.mark.parametrize("name", ["genres/blues/blues.00001.wav", "genres/list.mf"])
def test_a_header_that_promises_10_gb_is_refused_before_reading(tmp_path, name):
    bomb = special(name, size=10_000_000_000).tobuf(tarfile.GNU_FORMAT)
    assert "declares 10000.0 MB" in refused(tmp_path, gzip.compress(bomb))


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE])
def test_a_name_of_gigabytes_is_not_read(tmp_path, kind):
    header = special("name", kind, size=10_000_000_000).tobuf(tarfile.GNU_FORMAT)
    message = refused(tmp_path, gzip.compress(header + bytes(1 << 20)))
    assert "unpacks to more bytes than its headers declare" in message


def test_a_thousand_headers_in_a_row_are_refused(tmp_path):
    header = special("name", tarfile.GNUTYPE_LONGNAME).tobuf()
    assert "more bytes than its headers" in refused(tmp_path, gzip.compress(header * 1000))


def test_an_endless_padding_is_refused(tmp_path):
    message = refused(tmp_path, gzip.compress(tar_bytes() + bytes(2 << 20)))
    assert "more bytes than its headers" in message


def test_too_many_and_too_much_are_refused(tmp_path, monkeypatch):
    content = gzip.compress(tar_bytes())
    monkeypatch.setattr(unpacking, "MAX_MEMBERS", 2)
    assert "more than 2 members" in refused(tmp_path, content)
    monkeypatch.setattr(unpacking, "MAX_MEMBERS", 3)
    monkeypatch.setattr(unpacking, "MAX_TOTAL_BYTES", 8000)
    assert "or 0.0 GB" in refused(tmp_path, content)
    monkeypatch.setattr(unpacking, "MAX_CLIP_BYTES", 4999)
    assert "declares 0.0 MB for 'genres/jazz" in refused(tmp_path, content)


def test_a_sparse_file_is_refused(tmp_path):
    sparse = tarfile.TarInfo("blues/blues.00001.wav")
    sparse.type = tarfile.GNUTYPE_SPARSE
    buffer = bytearray(sparse.tobuf(tarfile.GNU_FORMAT))
    buffer[386 : 386 + 24] = b"00000000000\x0000000000000\x00"
    buffer[483:495] = b"00000001000\x00"
    buffer[148:156] = b" " * 8
    buffer[148:156] = f"{sum(buffer):06o}\0 ".encode()
    assert "is a link, a device" in refused(tmp_path, gzip.compress(bytes(buffer) + bytes(1024)))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is cut off, damaged or no .tar.gz"),
        (b"<html>please sign in</html>", "is cut off, damaged or no .tar.gz"),
        (gzip.compress(b"no tar at all" * 100), "is cut off, damaged or no .tar.gz"),
        (tar_bytes(), "is cut off, damaged or no .tar.gz"),
        (gzip.compress(tar_bytes({})), "holds no clips"),
        (gzip.compress(tar_bytes({"genres/readme": b"hello"})), "holds no clips"),
    ],
    ids=["empty", "a web page", "no tar", "no gzip", "empty tar", "no clips"],
)
def test_what_is_no_archive_of_clips_is_said(tmp_path, content, reason):
    assert reason in refused(tmp_path, content)


def test_damage_anywhere_in_the_compressed_bytes_is_said(tmp_path):
    sound = random.Random(1).randbytes(40_000).hex().encode()
    whole = gzip.compress(tar_bytes({"jazz/jazz.00000.wav": sound}))
    for start in range(20, len(whole) - 40, 1500):
        content = whole[:start] + b"\xff" * 40 + whole[start + 40 :]
        assert "is cut off, damaged or no .tar.gz" in refused(tmp_path, content)


def test_words_in_the_place_of_numbers_are_said(tmp_path):
    member = special("blues/blues.00001.wav")
    member.pax_headers = {"GNU.sparse.size": "4", "GNU.sparse.map": "one,two"}
    content = member.tobuf(tarfile.PAX_FORMAT) + bytes(1024)
    assert "has a header that cannot be read" in refused(tmp_path, gzip.compress(content))


def test_a_damaged_header_is_not_taken_for_the_end(tmp_path):
    content = bytearray(tar_bytes())
    second = content.index(b"genres/jazz/")
    content[second + 148 : second + 156] = b"99999999"
    assert "is damaged in the middle" in refused(tmp_path, gzip.compress(bytes(content)))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(share=st.floats(0, 1, exclude_max=True))
def test_an_archive_cut_off_anywhere_is_refused(tmp_path, share):
    content = gzip.compress(tar_bytes(), mtime=0)
    reason = refused(tmp_path, content[: int(share * len(content))])
    assert "was not unpacked, because it" in reason


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_change_of_the_tar_writes_elsewhere_or_escapes_the_error(tmp_path, data):
    content = bytearray(tar_bytes())
    starts = [content.index(name.encode()) for name in CLIPS]
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.sampled_from(starts))
        # Name, kind and the fields of numbers; the checksum is made right again below.
        place = data.draw(st.sampled_from([*range(148), 156, *range(157, 180), *range(257, 512)]))
        content[start + place] = data.draw(st.integers(0, 255) | st.sampled_from(b"0127LKSxgX/.-"))
    for start in starts:
        content[start + 148 : start + 156] = b" " * 8
        total = sum(content[start : start + 512])
        content[start + 148 : start + 156] = f"{total:06o}\0 ".encode()
    (tmp_path / "in").mkdir(exist_ok=True)
    archive = tmp_path / "in" / "genres.tar.gz"
    archive.write_bytes(gzip.compress(bytes(content)))
    target = tmp_path / "out" / "audio"
    try:
        made = unpack(archive, target)
    except DataError:
        assert not target.exists()
    else:
        files = [p for p in target.rglob("*") if p.is_file()]
        assert len(files) == made.clips
        assert all(p.suffix in (".wav", ".au") and not p.is_symlink() for p in files)
        for path in sorted(target.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        target.rmdir()
    assert not list((tmp_path / "out").glob("*"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in", "out"]


def test_a_folder_that_is_there_stays_as_it_is(tmp_path):
    archive = tmp_path / "genres.tar.gz"
    archive.write_bytes(gzip.compress(tar_bytes()))
    (tmp_path / "audio").mkdir()
    (tmp_path / "audio" / "mine.txt").write_text("mine")
    with pytest.raises(MGCError, match="exists already"):
        unpack(archive, tmp_path / "audio")
    assert [p.name for p in (tmp_path / "audio").iterdir()] == ["mine.txt"]


def test_a_missing_archive_is_said(tmp_path):
    with pytest.raises(DataError, match="is not there or is no file"):
        unpack(tmp_path / "none.tar.gz", tmp_path / "audio")
    assert not list(tmp_path.iterdir())
