"""Audio files, sound and unsound."""

import struct

import numpy as np
import pytest
import soundfile

from mgc.data.audio import load_audio
from mgc.errors import AudioError

SR = 22050
Y = (0.3 * np.random.default_rng(4).standard_normal(2 * SR)).clip(-1, 1).astype(np.float32)


@pytest.mark.parametrize("suffix", ["wav", "flac", "au", "aiff", "ogg", "mp3"])
def test_formats(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    soundfile.write(path, Y, SR)
    audio = load_audio(path)
    assert audio.sr == SR
    assert audio.y.shape == Y.shape
    assert audio.y.dtype == np.float32
    if suffix in ("ogg", "mp3"):
        assert len(audio.notes) == 1
    else:
        assert audio.notes == ()
        np.testing.assert_allclose(audio.y, Y, atol=1e-4)


def test_conversions_are_made_and_said(tmp_path):
    path = tmp_path / "a.wav"
    t = np.arange(3 * 8000) / 8000
    stereo = np.stack([0.4 * np.sin(2 * np.pi * 500 * t), np.zeros_like(t)], axis=1)
    soundfile.write(path, stereo, 8000, subtype="PCM_24")
    audio = load_audio(path)
    assert audio.notes == (
        "Signed 24 bit PCM became 32-bit float",
        "2 channels averaged to one",
        "resampled from 8000 to 22050 Hz",
    )
    expected = 0.2 * np.sin(2 * np.pi * 500 * np.arange(3 * SR) / SR)
    np.testing.assert_allclose(audio.y[SR:-SR], expected[SR:-SR], atol=1e-3)


@pytest.mark.parametrize("suffix", ["wav", "flac", "au", "aiff", "ogg", "mp3"])
def test_cut_in_the_middle(tmp_path, suffix, capfd):
    path = tmp_path / f"a.{suffix}"
    soundfile.write(path, np.tile(Y, 3), SR)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(AudioError, match="again"):
        load_audio(path)


def test_cut_wav_says_what_was_promised(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, Y, SR)
    path.write_bytes(path.read_bytes()[: 44 + 50000])
    with pytest.raises(AudioError, match=f"promises {4 * SR} bytes of samples, the file has 50000"):
        load_audio(path)


def test_length_unknown_to_a_pipe_is_no_cut(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, Y, SR)
    data = bytearray(path.read_bytes())
    data[4:8] = data[40:44] = struct.pack("<I", 0xFFFFFFFF)
    path.write_bytes(data)
    assert load_audio(path).y.shape == Y.shape


def _with(index, value):
    y = Y.copy()
    y[index] = value
    return y


@pytest.mark.parametrize(
    ("y", "sr", "message"),
    [
        (np.zeros(2 * SR), SR, "silent"),
        (_with(100, np.nan), SR, "1 samples that are NaN or infinite"),
        (_with(slice(5), np.inf), SR, "5 samples that are NaN or infinite"),
        (Y[: SR // 2], SR, r"too short \(0.500 s\)"),
        (Y[:0], SR, r"too short \(0.000 s\)"),
        (np.zeros((2 * SR, 2)), SR, "silent"),
        (np.stack([Y, -Y], axis=1), SR, "2 channels that cancel each other"),
        (Y, 10, "sampling rate of 10 Hz"),
    ],
)
def test_samples_of_no_use(tmp_path, y, sr, message):
    path = tmp_path / "a.wav"
    soundfile.write(path, y, sr, subtype="FLOAT")
    with pytest.raises(AudioError, match=message) as caught:
        load_audio(path)
    assert str(path) in str(caught.value)


def test_channels_that_cancel_but_for_rounding_are_no_music(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, np.stack([Y, -Y], axis=1), SR, subtype="PCM_16")
    mixed = soundfile.read(path)[0].mean(axis=1)
    assert 0 < np.abs(mixed).max() < 1e-4  # half a step of 16 bits, which would fill every band
    with pytest.raises(AudioError, match="cancel each other"):
        load_audio(path)
    soundfile.write(path, np.stack([Y, -0.9 * Y], axis=1), SR, subtype="PCM_16")
    assert load_audio(path).y.any()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"empty \(0 bytes\)"),
        (b"I am a text, whatever my name says.\n" * 99, "cannot be decoded"),
        (b"RIFF", "cannot be decoded"),
    ],
)
def test_files_that_are_no_audio(tmp_path, content, message):
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(AudioError, match=message) as caught:
        load_audio(path)
    assert str(path) in str(caught.value)


def test_bytes_that_look_like_mp3_are_there_but_hold_no_sound(tmp_path, capfd):
    path = tmp_path / "a.mp3"
    path.write_bytes(np.random.default_rng(1).bytes(50_000))
    with pytest.raises(AudioError, match="cannot be decoded") as caught:
        load_audio(path)
    assert "no sound found in it" in str(caught.value)
    assert "does not exist" not in str(caught.value)
    capfd.readouterr()  # the decoder's own remarks


def test_a_file_that_may_not_be_read_is_no_broken_one(tmp_path, monkeypatch):
    path = tmp_path / "a.wav"
    soundfile.write(path, Y, SR)
    monkeypatch.setattr("os.access", lambda *_: False)  # an administrator may read everything
    with pytest.raises(AudioError, match="may not be read: ask its owner"):
        load_audio(path)


def test_missing_file_and_folder(tmp_path):
    for path in (tmp_path / "none.wav", tmp_path):
        with pytest.raises(AudioError, match="is not there or is no file"):
            load_audio(path)


@pytest.mark.parametrize("suffix", ["wav", "flac", "au", "ogg"])
def test_damage_is_refused_or_survived(tmp_path, suffix, capfd):
    rng = np.random.default_rng(5)
    path = tmp_path / f"a.{suffix}"
    soundfile.write(path, Y, SR)
    whole = path.read_bytes()
    refused = 0
    for _ in range(60):
        data = bytearray(whole)
        for place in rng.integers(0, 100, 3):
            data[place] = rng.integers(256)
        path.write_bytes(data)
        try:
            load_audio(path)
        except AudioError:
            refused += 1
    assert refused > 0
