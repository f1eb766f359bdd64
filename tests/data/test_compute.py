"""From a folder of audio to a store."""

import gc
import os
from functools import partial

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from mgc.cli import main
from mgc.data.compute import compute_store, count_skipped, find_clips
from mgc.data.frontend import FrontEnd
from mgc.data.store import FeatureStore
from mgc.data.synthetic import SyntheticCorpus
from mgc.errors import DataError, MGCError, StoreError

CORPUS = SyntheticCorpus(clips_per_genre=1, seconds=2.0)


def _sound(seed):
    return np.random.default_rng(seed).standard_normal(44100).astype(np.float32)


def test_store_does_not_depend_on_jobs(tmp_path):
    for jobs in (0, 2):
        report = compute_store(CORPUS.sources(), CORPUS.front_end, tmp_path / str(jobs), jobs=jobs)
        assert (report.written, report.failed, report.notes) == (10, (), ())
    one, two = (FeatureStore.open(tmp_path / name) for name in "02")
    assert one.sha256 == two.sha256
    assert one.clips.equals(two.clips)
    assert tuple(one.clips["clip"]) == CORPUS.clips


def test_unusable_clips_are_listed_and_the_rest_goes_on(tmp_path):
    stereo, text = tmp_path / "stereo.wav", tmp_path / "text.wav"
    soundfile.write(stereo, np.stack([_sound(0), _sound(1)], axis=1) / 9, 22050, subtype="PCM_16")
    text.write_text("no sound")
    sources = [
        ("a", "blues", stereo),
        ("b", "blues", text),
        ("c", "rock", partial(_sound, 2)),
        ("d", "rock", partial(np.zeros, 44100)),
    ]
    report = compute_store(sources, CORPUS.front_end, tmp_path / "store")
    assert report.written == 2
    assert report.notes == (("a", "2 channels averaged to one"),)
    assert [clip for clip, _ in report.failed] == ["b", "d"]
    assert "text.wav cannot be decoded" in report.failed[0][1]
    store = FeatureStore.open(tmp_path / "store")
    assert store.clips["clip"].tolist() == ["a", "c"]
    expected = CORPUS.front_end.compute(_sound(2)).values
    assert (store.values[1] == expected).all()


def test_one_undecodable_file_among_a_thousand(tmp_path):
    good, bad = tmp_path / "good.wav", tmp_path / "bad.wav"
    soundfile.write(good, _sound(0)[:22050] / 9, 22050, subtype="PCM_16")
    bad.write_bytes(good.read_bytes()[:30])
    sources = [(f"{k:03d}", "pop", bad if k == 500 else good) for k in range(1000)]
    report = compute_store(sources, FrontEnd.for_seconds(1.0), tmp_path / "store", jobs=2)
    assert report.written == 999
    assert [clip for clip, _ in report.failed] == ["500"]
    assert "bad.wav cannot be decoded" in report.failed[0][1]
    store = FeatureStore.open(tmp_path / "store")
    assert store.clips["clip"].tolist() == [clip for clip, _, _ in sources if clip != "500"]
    assert (store.values == store.values[0]).all()


def test_a_clip_that_kills_its_process_is_listed_and_the_rest_goes_on(tmp_path):
    sources = CORPUS.sources()
    expected = compute_store(sources, CORPUS.front_end, tmp_path / "expected")
    # A lambda travels by value: the process need not import this file.
    sources.insert(2, ("dies", "pop", lambda: os._exit(1)))
    found = compute_store(sources, CORPUS.front_end, tmp_path / "found", jobs=2)
    assert [clip for clip, _ in found.failed] == ["dies"]
    assert "killed the process" in found.failed[0][1]
    assert found.written == expected.written == 10
    hashes = {FeatureStore.open(tmp_path / name).sha256 for name in ("expected", "found")}
    assert len(hashes) == 1


@pytest.mark.parametrize("as_file", [True, False])
def test_clips_are_not_stretched_to_the_columns(tmp_path, as_file):
    sources = []
    for seconds in (3.0, 5.3, 5.5, 6.5, 6.7, 9.0):
        y = np.resize(_sound(0) / 9, round(seconds * 22050)).clip(-1, 1)
        sources.append((str(seconds), "pop", y.copy))
        if as_file:
            soundfile.write(tmp_path / f"{seconds}.wav", y, 22050, subtype="PCM_16")
            sources[-1] = (str(seconds), "pop", tmp_path / f"{seconds}.wav")
    report = compute_store(sources, FrontEnd.for_seconds(6.0), tmp_path / "store")
    assert [clip for clip, _ in report.failed] == ["3.0", "5.3"]
    assert "lasts 3.0 s, but the store holds clips of about 6 s" in report.failed[0][1]
    note = "cut to the first 6.0 s, being over 10 % longer"
    assert report.notes == (("6.7", note), ("9.0", note))
    clips = FeatureStore.open(tmp_path / "store").clips
    seconds = (clips["n_samples"] / 22050).tolist()
    assert seconds == pytest.approx([5.5, 6.5, 6.0, 6.0], abs=0.02)


@pytest.mark.parametrize("seconds", [1.0, 1.2, 2.0, 12.0, 30.0])
def test_clips_of_the_length_a_store_is_made_for_stay_whole(tmp_path, seconds):
    y = np.resize(_sound(0), round(seconds * 22050))
    report = compute_store([("a", "pop", y.copy)], FrontEnd.for_seconds(seconds), tmp_path / "s")
    assert (report.failed, report.notes) == ((), ())
    assert FeatureStore.open(tmp_path / "s").clips["n_samples"].tolist() == [len(y)]


@pytest.mark.gtzan
def test_no_real_clip_is_cut_or_left_out(tmp_path, gtzan_audio):
    # The shortest and the longest file of those that are there.
    found = sorted(find_clips(gtzan_audio), key=lambda source: source[2].stat().st_size)
    report = compute_store([found[0], found[-1]], FrontEnd(), tmp_path / "store")
    assert (report.written, report.notes) == (2, ())


@pytest.mark.gtzan
def test_the_real_store_is_made_again_by_the_command(tmp_path, gtzan_audio, gtzan_store):
    out = tmp_path / "store"
    words = ["data", "features", str(gtzan_audio), str(out), "--jobs", "2"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    made, given = FeatureStore.open(out), FeatureStore.open(gtzan_store)
    compared, elsewhere = 0, []
    for row, clip in enumerate(made.clips["clip"]):
        there = given.clips.iloc[given.index(clip)]
        if there["range_source"] != "exact":
            continue
        difference = np.abs(made.values[row].astype(int) - given.values[given.index(clip)])
        assert made.clips["range_db"][row] == pytest.approx(there["range_db"], abs=1.01e-4)
        compared += 1
        elsewhere += [clip] if difference.max() > 1 else []
    assert compared >= 100
    assert elsewhere == []


def test_nothing_usable_writes_nothing(tmp_path):
    with pytest.raises(DataError, match="none of the 1 clips could be used: .*none.wav"):
        compute_store([("a", "blues", tmp_path / "none.wav")], FrontEnd(), tmp_path / "store")
    with pytest.raises(DataError, match="none of the 0 clips"):
        compute_store([], FrontEnd(), tmp_path / "store")
    assert list(tmp_path.iterdir()) == []


def test_a_failing_writer_stops_the_workers_without_a_word(tmp_path, recwarn):
    sources = CORPUS.sources()
    with pytest.raises(StoreError, match="second time"):
        compute_store(sources[:1] * 20, CORPUS.front_end, tmp_path / "store", jobs=2)
    gc.collect()
    assert not recwarn.list
    assert list(tmp_path.iterdir()) == []


def test_existing_store_is_kept_unless_asked(tmp_path):
    (tmp_path / "store").mkdir()
    with pytest.raises(MGCError, match="exists already"):
        compute_store(CORPUS.sources(), CORPUS.front_end, tmp_path / "store")
    compute_store(CORPUS.sources(), CORPUS.front_end, tmp_path / "store", overwrite=True)
    assert len(FeatureStore.open(tmp_path / "store")) == 10


def test_find_clips_reads_genre_folders_only(tmp_path):
    for name in ("rock/b.MP3", "rock/rock.1.wav", "blues/x.flac", "blues/notes.txt", ".x/a.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "rock" / ".hidden.wav").touch()
    (tmp_path / "loose.wav").touch()
    assert [(clip, genre) for clip, genre, _ in find_clips(tmp_path)] == [
        ("blues.x", "blues"),
        ("rock.b", "rock"),
        ("rock.1", "rock"),
    ]
    (tmp_path / "rock" / "disc 1").mkdir()
    (tmp_path / "rock" / "x.M4A").touch()
    (tmp_path / "readme.txt").touch()
    assert count_skipped(tmp_path) == {
        ".m4a": 1,
        ".txt": 1,
        ".wav outside of the genre folders": 1,
        "folder": 1,
    }
    with pytest.raises(DataError, match=r"unknown genre folders \(rock\): expected are blues, j"):
        find_clips(tmp_path, ("blues", "jazz"))


def test_find_clips_refuses_twins_and_emptiness(tmp_path):
    with pytest.raises(DataError, match="is no folder"):
        find_clips(tmp_path / "none")
    with pytest.raises(DataError, match="has no audio"):
        find_clips(tmp_path)
    (tmp_path / "rock").mkdir()
    for name in ("a.wav", "a.flac"):
        (tmp_path / "rock" / name).touch()
    with pytest.raises(DataError, match=r"a\.flac and .*a\.wav are both clip rock\.a"):
        find_clips(tmp_path)
