"""Faults of samples: planted, found, and broken files listed with their reason."""

import os

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from mgc.audit import samples
from mgc.audit.levels import BANDWIDTH_SHARE, measure_levels
from mgc.audit.samples import check_samples, clipped_share, depth_bits, measure_samples
from mgc.data.store import FeatureStore
from mgc.errors import DataError

SR = 22050


def music(seconds=4.0, seed=0):
    """Return coloured noise with a broad band: no fault of any kind."""
    return 0.1 * np.random.default_rng(seed).standard_normal(round(seconds * SR))


def write(folder, clip, y, subtype="PCM_16", rate=SR):
    path = folder / "jazz" / f"{clip}.wav"
    path.parent.mkdir(exist_ok=True, parents=True)
    soundfile.write(path, y, rate, subtype=subtype)


def kill_process(source):
    os._exit(1)


def kinds(folder):
    found = check_samples(folder)
    return set(zip(found["clip"], found["kind"], strict=True))


def clip_hard(y):
    return np.clip(y, -0.1, 0.1)


def shift(y):
    return y + 0.02


def drop_out(y):
    return np.concatenate([y[:SR], np.zeros(SR // 4), y[SR:]])


def coarsen(y):
    return np.round(y * 128) / 128


def coarsen_and_amplify(y):
    return 1.7 * np.round(y * 128) / 128


def darken(y):
    spectrum = np.fft.rfft(y)
    spectrum[np.fft.rfftfreq(len(y), 1 / SR) > 7000] = 0
    return np.fft.irfft(spectrum, len(y))


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (clip_hard, "clipped"),
        (shift, "offset"),
        (drop_out, "digital_silence"),
        (coarsen, "bit_depth"),
        (coarsen_and_amplify, "bit_depth"),
        (darken, "bandwidth"),
    ],
)
def test_a_planted_fault_is_found_and_nothing_else(tmp_path, fault, kind):
    write(tmp_path, "sound", music())
    write(tmp_path, "planted", fault(music(seed=1)))
    assert kinds(tmp_path) == {("jazz.planted", kind)}


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
def test_sound_clips_are_sound_in_any_format_and_at_any_rate(tmp_path, subtype):
    write(tmp_path, "a", music(), subtype)
    write(tmp_path, "b", np.stack([music(), music(seed=1)], axis=1), subtype, rate=44100)
    assert check_samples(tmp_path).empty


def test_eight_bit_files_are_known(tmp_path):
    write(tmp_path, "a", music(), "PCM_U8")
    assert measure_samples(tmp_path)["depth_bits"].item() == pytest.approx(8, abs=0.3)


def test_broken_files_are_listed_with_their_reason_and_stop_nothing(tmp_path):
    write(tmp_path, "good", clip_hard(music()))
    write(tmp_path, "silent", np.zeros(4 * SR))
    write(tmp_path, "nan", np.full(4 * SR, np.nan), "FLOAT")
    (tmp_path / "jazz" / "text.wav").write_text("no sound at all")
    (tmp_path / "jazz" / "empty.wav").touch()
    found = check_samples(tmp_path)
    broken = found[found["kind"] == "unusable"]
    assert list(broken["clip"]) == ["jazz.empty", "jazz.nan", "jazz.silent", "jazz.text"]
    assert list(found[found["kind"] != "unusable"]["clip"]) == ["jazz.good"]
    assert not broken["note"].str.contains(str(tmp_path), regex=False).any()
    assert broken["note"].str.contains("silent (all samples are zero)", regex=False).sum() == 1


@pytest.mark.parametrize("jobs", [0, 1])
def test_a_constant_file_is_no_reason_to_stop(tmp_path, jobs):
    write(tmp_path, "constant", np.full(2 * SR, 0.5))
    write(tmp_path, "good", music())
    values = measure_samples(tmp_path, jobs).set_index("clip")
    assert (values["reason"] == "").all()
    assert values.loc["jazz.constant", "offset"] == pytest.approx(0.5)
    assert ("jazz.constant", "offset") in kinds(tmp_path)


def test_a_file_that_kills_its_process_is_listed_and_stops_nothing(tmp_path, monkeypatch):
    write(tmp_path, "good", music())
    monkeypatch.setattr(samples, "_measure", kill_process)
    [row] = measure_samples(tmp_path, jobs=1).to_dict("records")
    assert (row["clip"], row["genre"]) == ("jazz.good", "jazz")
    assert "killed the process" in row["reason"]


def test_only_broken_files_are_still_a_table(tmp_path):
    (tmp_path / "jazz").mkdir()
    (tmp_path / "jazz" / "empty.wav").touch()
    assert list(check_samples(tmp_path)["kind"]) == ["unusable"]


def test_a_folder_without_sound_is_refused(tmp_path):
    with pytest.raises(DataError, match="no audio"):
        check_samples(tmp_path)


def test_processes_do_not_change_the_findings(tmp_path):
    for number in range(3):
        write(tmp_path, str(number), music(seed=number))
    assert measure_samples(tmp_path, jobs=2).equals(measure_samples(tmp_path))


@given(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), min_size=1, max_size=30))
def test_the_share_of_clipped_samples_is_what_a_loop_counts(numbers):
    y, clipped = np.array(numbers, dtype=np.float32), set()
    for start in range(len(y) - 2):
        piece = y[start : start + 3]
        if piece[0] in (y.max(), y.min()) and (piece == piece[0]).all():
            clipped |= {start, start + 1, start + 2}
    assert clipped_share(y) == pytest.approx(len(clipped) / len(y))


@given(st.integers(6, 13))
def test_the_depth_is_the_one_that_was_planted(bits):
    step = 2.0 ** (1 - bits)
    y = np.round(music(seconds=12.0) / step) * step
    assert depth_bits(y.astype(np.float32)) == pytest.approx(bits, abs=0.5)


def test_the_depth_of_a_short_loud_clip_stays_open():
    assert np.isnan(depth_bits(music(seconds=0.5).astype(np.float32)))


@pytest.mark.gtzan
def test_gtzan_as_sound(gtzan_audio, gtzan_store):
    values = measure_samples(gtzan_audio, jobs=2)
    assert values["depth_bits"].between(15.9, 16.1).all()
    assert (values["zero_seconds"] < 0.01).all() and (values["reason"] == "").all()
    # Levels alone tell which clips end early: what the limit's comment says.
    both = measure_levels(FeatureStore.open(gtzan_store)).merge(values, on="clip")
    from_levels = both["bandwidth_hz_x"] < BANDWIDTH_SHARE * SR / 2
    assert (from_levels == (both["bandwidth_share"] < BANDWIDTH_SHARE)).sum() == 104
