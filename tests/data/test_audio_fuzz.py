"""Two thousand broken files: each gives finite samples or a reason, in bounded time and memory.

The decoder is C, and what breaks it would break pytest: the cases run in a process of their own
(this file as a program).  The file under test stays in the folder, so that a crash can be repeated.
"""

import faulthandler
import json
import re
import struct
import subprocess
import sys
import tracemalloc
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mgc.data.audio import MAX_SECONDS, load_audio
from mgc.errors import AudioError

SR = 8000
Y = (0.3 * np.random.default_rng(7).standard_normal(SR + 800)).clip(-1, 1).astype(np.float32)
FORMATS = ("wav", "au", "flac", "ogg", "mp3", "aiff", "opus")
MUTATED, RANDOM = 1800, 300
SECONDS_PER_CASE, BYTES = 20, 2 << 30
# Where a WAV header keeps its lengths, kind, channels, rate and width, and AU some of them.
FIELDS = (4, 8, 12, 16, 20, 22, 24, 28, 32, 34, 36, 40)
ABSURD = (
    "ffffffff",
    "ffffff7f",
    "7fffffff",
    "00000080",
    "80000000",
    "00000000",
    "01000000",
    "ffff",
)


def write_seeds(folder):
    seeds = []
    for suffix in FORMATS:
        path = folder / f"seed.{suffix}"
        if suffix == "opus":
            soundfile.write(path, Y, SR, format="OGG", subtype="OPUS")
        else:
            soundfile.write(path, Y, SR)
        seeds.append(path.read_bytes())
    stereo, wide = folder / "stereo.wav", folder / "float.wav"
    soundfile.write(stereo, np.stack([Y, -Y / 2], axis=1), SR, subtype="PCM_24")
    soundfile.write(wide, Y, SR, subtype="FLOAT")
    return [*seeds, stereo.read_bytes(), wide.read_bytes()]


_places = st.one_of(st.sampled_from(FIELDS), st.integers(0, 99), st.integers(0, 1 << 16))
_bytes = st.one_of(st.sampled_from(ABSURD).map(bytes.fromhex), st.binary(min_size=1, max_size=8))
_edits = st.lists(
    st.tuples(st.sampled_from(["write"] * 4 + ["insert", "cut", "end", "splice"]), _places, _bytes),
    min_size=1,
    max_size=5,
)


def edit(data, other, edits):
    """Overwrite, insert, cut out, cut off, or go on as another file."""
    for what, place, new in edits:
        at = place % (len(data) + 1)
        if what == "write":
            data = data[:at] + new + data[at + len(new) :]
        elif what == "insert":
            data = data[:at] + new + data[at:]
        elif what == "cut":
            data = data[:at] + data[at + 16 * len(new) :]
        elif what == "end":
            data = data[:at]
        else:
            data = data[:at] + other[at:]
    return data


def main(folder):
    import resource

    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + BYTES, size + BYTES))
    seeds, outcomes = write_seeds(folder), Counter()
    index = st.integers(0, len(seeds) - 1)
    calm = settings(
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )

    def attempt(data, suffix):
        path = folder / f"case.{suffix}"
        path.write_bytes(data)
        faulthandler.dump_traceback_later(SECONDS_PER_CASE, exit=True)
        try:
            audio = load_audio(path)
        except AudioError as error:
            reason = str(error)
            assert reason.startswith(str(path)) and ("; " in reason or ": " in reason), reason
            outcomes[reason.removeprefix(str(path)).split("(")[0][:24].strip(" 0123456789")] += 1
        else:
            assert audio.y.dtype == np.float32
            assert np.isfinite(audio.y).all() and audio.y.any()
            assert len(audio.y) <= (MAX_SECONDS + 1) * audio.sr
            outcomes["read"] += 1
        faulthandler.cancel_dump_traceback_later()

    @settings(calm, max_examples=MUTATED)
    @given(index, index, _edits)
    def mutated(which, other, edits):
        suffix = (*FORMATS, "wav", "wav")[which]
        attempt(edit(seeds[which], seeds[other], edits), suffix)

    @settings(calm, max_examples=RANDOM)
    @given(st.integers(0, 16), index, st.binary(max_size=2000), st.sampled_from(FORMATS))
    def random(magic, which, data, suffix):
        attempt(seeds[which][:magic] + data, suffix)

    mutated()
    random()
    # Not ru_maxrss, which begins with what the parent had when it forked.
    [peak] = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    print(json.dumps({"outcomes": outcomes, "peak": int(peak) * 1024}))


@pytest.mark.skipif(sys.platform != "linux", reason="the limit on memory is set as on Linux")
def test_broken_files_are_read_or_refused_with_a_reason(tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", __file__, str(tmp_path)],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=300,
    )
    assert done.returncode == 0, f"see {tmp_path}/case.*\n{done.stderr[-3000:]}"
    told = json.loads(done.stdout.splitlines()[-1])
    outcomes = told["outcomes"]
    assert sum(outcomes.values()) >= 2000
    # Neither is everything refused at the door, nor does damage pass unseen.
    assert outcomes["read"] >= 100
    assert outcomes["cannot be decoded"] >= 100
    assert outcomes["is cut off: its header"] >= 20
    assert len(outcomes) >= 6
    assert told["peak"] < 1 << 30


def _promise(data, kind):
    data = bytearray(data)
    if kind == "wav":
        data[40:44] = struct.pack("<I", 1 << 31)
    elif kind == "au":
        data[8:12] = struct.pack(">I", 1 << 30)  # more is a negative number to libsndfile
    else:  # FLAC: 36 bits of STREAMINFO, of which the last 32 start at byte 22
        data[22:26] = struct.pack(">I", 1 << 31)
    return bytes(data)


@pytest.mark.parametrize("kind", ["wav", "au", "flac"])
def test_a_promised_length_is_not_allocated(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    soundfile.write(path, Y, SR)
    path.write_bytes(_promise(path.read_bytes(), kind))
    tracemalloc.start()
    try:
        with pytest.raises(AudioError, match="again"):
            load_audio(path)
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()


def test_a_small_file_of_many_hours_is_refused(tmp_path):
    path = tmp_path / "bomb.flac"
    soundfile.write(path, np.zeros(3 * 3600 * 1000, np.int16), 1000)
    assert path.stat().st_size < 200_000
    with pytest.raises(AudioError, match="lasts longer than 3600 s.*cut it into clips"):
        load_audio(path)


def test_samples_that_overflow_are_refused(tmp_path):
    path = tmp_path / "loud.wav"
    soundfile.write(path, np.full((SR + 1, 2), 3e38), SR, subtype="FLOAT")
    with pytest.raises(AudioError, match="too large for single precision"):
        load_audio(path)


@pytest.mark.parametrize(("suffix", "codec"), [("mp3", "MP3"), ("ogg", "VORBIS"), ("opus", "OPUS")])
def test_a_codec_that_is_lacking_is_named(tmp_path, monkeypatch, suffix, codec):
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(b"as if nobody could read it")
    with pytest.raises(AudioError, match="expected is WAV"):
        load_audio(path)
    for name in ("available_formats", "available_subtypes"):
        less = {key: text for key, text in getattr(soundfile, name)().items() if key != codec}
        monkeypatch.setattr(soundfile, name, lambda less=less: less)
    with pytest.raises(AudioError, match=f"was built without {codec}.*convert the file to WAV"):
        load_audio(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
