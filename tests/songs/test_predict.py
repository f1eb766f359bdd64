"""One song, one answer, whatever the file is; and a clear sentence where there is none."""

import hashlib
import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
import soundfile

import mgc
from mgc import paths
from mgc.data.compute import find_clips
from mgc.errors import AudioError, WeightsError
from mgc.evaluate.runs import load_run
from mgc.songs.classifier import SHIPPED, Classifier, normalised
from mgc.songs.export import ensemble_tracks, scores
from mgc.songs.predict import predict

SR = 22050


@pytest.fixture(scope="module")
def shipped():
    return Classifier.open()


@pytest.fixture
def copied(tmp_path):
    return shutil.copytree(SHIPPED, tmp_path / "copy")


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3", "a.aiff", "a.au", "ä ♪.WAV"])
def test_every_format_gives_an_answer(name, sound, shipped, tmp_path):
    soundfile.write(tmp_path / "exact.wav", sound(8), SR, subtype="FLOAT")
    soundfile.write(tmp_path / name, sound(8), SR)
    exact, found = predict(tmp_path / "exact.wav", shipped), predict(tmp_path / name, shipped)
    if not name.endswith(("ogg", "mp3")):  # these take noise away
        assert np.abs(np.exp(found.logp) - np.exp(exact.logp)).max() < 0.02
    assert np.exp(found.logp).sum() == pytest.approx(1)
    assert found.file == str(tmp_path / name)
    assert found.seconds == pytest.approx(8, abs=0.1)


def test_rate_and_channels_do_not_matter_much(sound, shipped, tmp_path):
    mono, stereo = tmp_path / "mono.flac", tmp_path / "stereo.flac"
    soundfile.write(mono, sound(8, sr=48000), 48000)
    soundfile.write(stereo, sound(8, sr=48000, channels=2), 48000)
    one, two = predict(mono, shipped), predict(stereo, shipped)
    # Half as loud, but levels count from the maximum.
    assert np.abs(np.exp(one.logp) - np.exp(two.logp)).max() < 0.05
    assert "2 channels averaged to one" in two.notes
    assert "resampled from 48000 to 22050 Hz" in two.notes


def test_the_song_is_the_mean_of_its_segments(song, shipped):
    found = predict(song, shipped)
    assert found.segment_logp.shape == (2, 10)
    np.testing.assert_allclose(np.exp(found.segment_logp).sum(axis=1), 1)
    mean = normalised(found.segment_logp.mean(axis=0))
    np.testing.assert_allclose(found.logp, mean)
    assert found.genre == found.top(1)[0][0] == found.genres[mean.argmax()]
    assert found.probability == found.top(1)[0][1] == max(p for _, p in found.top())


def test_an_ensemble_is_the_mean_and_temperature_flattens(song, networks):
    facts = json.loads((networks / "model.json").read_text())
    answers = []
    for entry in facts["networks"]:
        alone = networks.with_name(entry["run"])
        shutil.copytree(networks, alone)
        (alone / "model.json").write_text(json.dumps(facts | {"networks": [entry]}))
        answers.append(predict(song, alone))
    both = predict(song, networks)
    assert not np.allclose(answers[0].logp, answers[1].logp)
    mean = np.mean([answer.segment_logp for answer in answers], axis=0)
    np.testing.assert_allclose(both.segment_logp, normalised(mean), atol=1e-9)
    (networks / "model.json").write_text(json.dumps(facts | {"temperature": 2.0}))
    warm = Classifier.open(networks)
    flat = predict(song, warm)
    np.testing.assert_allclose(flat.logp, normalised(both.logp / 2), atol=1e-9)


def test_the_answer_as_json_is_complete(song, shipped):
    found = predict(song, shipped)
    values = json.loads(json.dumps(found.to_dict(4)))
    assert list(values) == [
        "file", "genre", "probability", "probabilities", "seconds", "segments", "notes", "model",
    ]  # fmt: skip
    assert len(values["probabilities"]) == 4
    assert list(values["probabilities"].values()) == sorted(
        values["probabilities"].values(), reverse=True
    )
    assert values["seconds"] == 13.0 and values["model"] == shipped.name
    assert [list(s) for s in values["segments"]] == [["start", "end", "genre", "probabilities"]] * 2
    assert sum(values["segments"][0]["probabilities"].values()) == pytest.approx(1, abs=1e-5)


def test_it_is_one_line_of_python(song):
    assert mgc.predict(song).genre == mgc.predict(str(song), SHIPPED).genre


def test_no_backend_and_no_table_library_is_woken(song):
    """That is what makes a cold answer quick."""
    code = f"""
import sys
import mgc
mgc.predict({str(song)!r})
heavy = {{"tensorflow", "keras", "pandas", "matplotlib", "librosa", "numba", "sklearn", "onnx"}}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


def test_what_cannot_be_heard_is_refused(song, sound, tmp_path):
    text = tmp_path / "text.mp3"
    text.write_text("no sound at all " * 100)
    cut = tmp_path / "cut.flac"
    cut.write_bytes(song.read_bytes()[: song.stat().st_size // 2])
    silent = tmp_path / "silent.wav"
    soundfile.write(silent, np.zeros(SR * 7), SR)
    (tmp_path / "empty.wav").touch()
    short = tmp_path / "short.wav"
    soundfile.write(short, sound(0.9), SR)
    for path in (text, cut, silent, tmp_path / "empty.wav", short, tmp_path / "none.ogg", tmp_path):
        with pytest.raises(AudioError) as caught:
            predict(path)
        assert str(path) in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda f, n: n.write_bytes(n.read_bytes()[:-1] + b"!"), "has SHA-256 .* but model.json"),
        (lambda f, n: n.unlink(), "cannot be read .No such file"),
        (lambda f, n: f.write_text("{"), "is damaged"),
        (lambda f, n: f.write_text("[]"), "is damaged"),
        (lambda f, n: f.write_text('{"version": 99}'), "has version 99, this mgc reads version 1"),
        (lambda f, n: f.write_text('{"version": 1}'), "lacks or garbles 'name'"),
        (lambda f, n: f.unlink(), "model.json is not there: name a folder from 'mgc export'"),
    ],
)
def test_damaged_networks_are_refused(copied, spoil, complaint):
    spoil(copied / "model.json", sorted(copied.glob("*.onnx"))[0])
    with pytest.raises(WeightsError, match=complaint):
        Classifier.open(copied)


def test_a_file_that_is_no_network_is_refused(copied):
    path = copied / "model.json"
    facts = json.loads(path.read_text())
    bad = copied / facts["networks"][0]["file"]
    bad.write_bytes(b"no network")
    facts["networks"][0]["sha256"] = hashlib.sha256(b"no network").hexdigest()
    path.write_text(json.dumps(facts))
    with pytest.raises(WeightsError, match="is no network that can be run"):
        Classifier.open(copied)


@pytest.mark.gtzan
def test_real_clips_are_decided_as_in_the_report(gtzan_audio, shipped):
    """From the sound, without the store: the probabilities of the run folders, up to rounding."""
    folders = [paths.runs_folder() / entry["run"] for entry in shipped.facts["networks"]]
    if not all(folder.is_dir() for folder in folders):
        pytest.skip("the runs of the shipped networks are not here")
    tracks = ensemble_tracks([load_run(folder).tracks for folder in folders]).set_index("clip")
    compared = 0
    for clip, _, path in find_clips(gtzan_audio):
        if clip in tracks.index:
            compared += 1
            found, there = predict(path, shipped), tracks.loc[clip]
            logp = there[[f"logp_{genre}" for genre in shipped.genres]].to_numpy(dtype=float)
            expected = np.exp(normalised(logp / shipped.temperature))
            assert np.abs(np.exp(found.logp) - expected).max() < 0.005, clip
            margin = np.diff(np.sort(expected))[-1]
            assert found.genre == there["predicted"] or margin < 0.01, clip
    assert compared >= 5


def test_the_shipped_facts_follow_from_the_runs(shipped):
    """Scores beside the weights are recomputed from predictions alone."""
    folders = [paths.runs_folder() / entry["run"] for entry in shipped.facts["networks"]]
    if not all(folder.is_dir() for folder in folders):
        pytest.skip("the runs of the shipped networks are not here")
    assert scores([load_run(folder) for folder in folders]) == shipped.facts["scores"]
