"""A folder of clips against the hashes of its manifest."""

import os
import shutil

import numpy as np
import pandas as pd
import pytest
import soundfile

from mgc.data import validate
from mgc.data.manifest import load_manifest
from mgc.data.validate import VERDICTS, validate_clips
from mgc.errors import DataError
from mgc.files import sha256_of

NAMES = [f"jazz.0000{k}" for k in range(5)]


@pytest.fixture
def clips(tmp_path):
    """Make five WAV files of 16 bits and a manifest of their hashes."""
    folder = tmp_path / "clips"
    (folder / "jazz").mkdir(parents=True)
    rng = np.random.default_rng(0)
    for name in NAMES:
        samples = rng.integers(-9000, 9000, 9001, dtype=np.int16)
        soundfile.write(folder / "jazz" / f"{name}.wav", samples, 8000)
    hashes = [sha256_of(folder / "jazz" / f"{name}.wav") for name in NAMES]
    return folder, pd.DataFrame({"clip": NAMES, "sha256": hashes})


def rewrite(folder, name, ending, change=0, **options):
    path = folder / "jazz" / f"{name}.wav"
    samples, sr = soundfile.read(path, dtype="int16")
    path.unlink()
    soundfile.write(path.with_suffix(ending), samples + np.int16(change), sr, **options)


def test_the_clips_themselves_are_equal(clips):
    folder, manifest = clips
    found = validate_clips(folder, manifest)
    assert found.verdicts == dict.fromkeys(NAMES, "equal")
    assert found.whole
    assert not found.reasons


@pytest.mark.parametrize(
    ("ending", "options"),
    [
        (".flac", {}),
        (".au", {}),
        (".au", {"endian": "LITTLE"}),
        (".aiff", {}),
        (".wav", {"format": "WAVEX"}),
    ],
)
def test_the_same_samples_in_another_wrapping_are_recognised(clips, ending, options):
    folder, manifest = clips
    rewrite(folder, NAMES[1], ending, **options)
    found = validate_clips(folder, manifest)
    assert found.clips("same samples") == [NAMES[1]]
    assert found.whole


@pytest.mark.parametrize(
    ("ending", "options"),
    [(".wav", {"change": 1}), (".flac", {"change": 1}), (".ogg", {}), (".au", {"subtype": "ULAW"})],
)
def test_other_samples_are_told_apart(clips, ending, options):
    folder, manifest = clips
    rewrite(folder, NAMES[1], ending, **options)
    found = validate_clips(folder, manifest)
    assert found.clips("other samples") == [NAMES[1]]
    assert len(found.clips("equal")) == 4
    assert not found.whole


def test_missing_undecodable_and_further_clips_are_told_apart(clips):
    folder, manifest = clips
    paths = [folder / "jazz" / f"{name}.wav" for name in NAMES]
    shutil.copy(paths[0], folder / "jazz" / "jazz.00099.wav")
    paths[0].unlink()
    paths[1].write_bytes(b"")
    paths[2].write_bytes(paths[2].read_bytes()[:9000])
    paths[3].write_bytes(b"no sound" * 999)
    found = validate_clips(folder, manifest)
    assert list(found.verdicts) == [*NAMES, "jazz.00099"]
    assert found.clips("missing") == NAMES[:1]
    assert found.clips("undecodable") == NAMES[1:4] == list(found.reasons)
    assert found.clips("equal") == NAMES[4:]
    assert found.clips("not in the manifest") == ["jazz.00099"]
    assert "is cut off" in found.reasons[NAMES[2]]
    assert set(found.verdicts.values()) <= set(VERDICTS)
    assert not found.whole


def test_a_further_clip_does_not_make_the_folder_less_whole(clips):
    folder, manifest = clips
    assert validate_clips(folder, manifest.iloc[1:]).whole


def test_without_a_hash_nothing_is_claimed(clips):
    folder, manifest = clips
    manifest["sha256"] = ""
    found = validate_clips(folder, manifest)
    assert found.clips("no hash to compare") == NAMES
    assert not found.whole


def test_two_files_of_one_clip_are_refused(clips):
    folder, manifest = clips
    shutil.copy(folder / "jazz" / f"{NAMES[0]}.wav", folder / "jazz" / f"{NAMES[0]}.flac")
    with pytest.raises(DataError, match="are both clip jazz.00000"):
        validate_clips(folder, manifest)


@pytest.mark.gtzan
def test_real_clips_in_flac_hold_the_samples_of_the_common_copy(gtzan_audio):
    found = validate_clips(gtzan_audio, load_manifest("gtzan"))
    there = set(found.verdicts) - set(found.clips("missing"))
    assert there
    assert set(found.clips("same samples")) | set(found.clips("equal")) == there


@pytest.mark.parametrize("kind", ["dangling link", "pipe", "unreadable"])
def test_what_is_no_readable_file_is_listed_and_the_rest_goes_on(clips, kind, monkeypatch):
    folder, manifest = clips
    path = folder / "jazz" / f"{NAMES[1]}.wav"
    if kind == "unreadable":  # simulated, for the superuser may read everything
        monkeypatch.setattr(validate, "sha256_of", refuses(path))
    else:
        path.unlink()
        path.symlink_to("nowhere") if kind == "dangling link" else os.mkfifo(path)
    found = validate_clips(folder, manifest)
    assert found.clips("undecodable") == [NAMES[1]]
    assert str(path) in found.reasons[NAMES[1]]
    assert len(found.clips("equal")) == 4


def refuses(path):
    """Hash as ever, but for one file that the system does not let us read."""

    def hash_of(given):
        if given == path:
            raise PermissionError(13, "Permission denied", str(path))
        return sha256_of(given)

    return hash_of
