"""The front end: its specification, its arithmetic, and the real store made again."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from mgc.data.audio import load_audio
from mgc.data.compute import find_clips
from mgc.data.frontend import FrontEnd
from mgc.errors import AudioError, StoreError

Y = np.random.default_rng(3).standard_normal(6 * 22050).astype(np.float32) * np.hanning(6 * 22050)


def test_spec_survives_json():
    front_end = FrontEnd(columns=77, dtype="float16", mel_norm=None, fmax=8000.0)
    assert FrontEnd.from_spec(json.loads(json.dumps(front_end.to_spec()))) == front_end


@pytest.mark.gtzan
def test_defaults_are_the_real_spec(gtzan_store):
    spec = json.loads((gtzan_store / "spec.json").read_text())
    assert FrontEnd.from_spec(spec) == FrontEnd()
    written = FrontEnd().to_spec()
    assert written["decode"] == spec["decode"]
    assert written["column_rule"].startswith(spec["column_rule"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 2}, "spec version 2"),
        ({"hops": 3}, r"unknown keys \(hops\)"),
        ({"n_fft": None}, "n_fft is None.*type int"),
        ({"center": "true"}, "center is 'true'.*type bool"),
        ({"power": "2"}, "power is '2'.*type float"),
        ({"dtype": "int8"}, "dtype is 'int8'.*uint8, float16, float32"),
        ({"kind": "mfcc"}, "kind is 'mfcc'.*'logmel'"),
        ({"win_length": 4096}, "win_length is 4096.*n_fft = 2048"),
        ({"fmax": 12000.0}, "fmax is 12000"),
        ({"columns": 0}, "columns is 0"),
        (
            {"n_fft": 512, "win_length": 512, "mel_scale": "htk"},
            r"3 of the 128 mel bands hold no frequency .*n_fft = 512 \(the first is band 0",
        ),
    ],
)
def test_bad_spec_is_refused(change, message):
    with pytest.raises(StoreError, match=message):
        FrontEnd.from_spec({**FrontEnd().to_spec(), **change})


def test_missing_key_is_named():
    spec = FrontEnd().to_spec()
    del spec["hop_length"]
    with pytest.raises(StoreError, match=r"missing keys \(hop_length\)"):
        FrontEnd.from_spec(spec)


def test_whole_numbers_stand_for_floats():
    assert FrontEnd.from_spec({**FrontEnd().to_spec(), "power": 2, "fmax": 11025}) == FrontEnd()


@settings(deadline=None)
@given(st.integers(1, 400), st.integers(1, 3000))
def test_columns_show_frames_in_order_and_within_the_clip(columns, n_frames):
    frames = FrontEnd(columns=columns).frame_of_column(n_frames)
    assert len(frames) == columns
    assert frames[0] >= 0
    assert frames[-1] < n_frames
    assert (np.diff(frames) >= 0).all()


def test_columns_follow_the_rule_and_ties_go_down():
    n_frames = np.array([[1293], [1302], [40]])
    exact = (np.arange(387) + 0.5) * n_frames / 387.5
    found = np.stack([FrontEnd().frame_of_column(int(n)) for n in n_frames[:, 0]])
    tie = np.abs(exact - np.round(exact)) < 1e-9
    assert tie.sum(axis=1).tolist() == [0, 15, 2]
    assert_array_equal(found, np.where(tie, np.round(exact) - 1, np.floor(exact)))


def test_six_seconds_are_77_columns_in_short_clips_too():
    for seconds, per_clip in ((30.0, 5), (12.0, 2), (6.0, 1)):
        front_end = FrontEnd.for_seconds(seconds)
        rate = front_end.columns_per_second(front_end.n_frames(round(seconds * 22050)))
        assert int(6 * rate) == 77
        assert front_end.columns_per_second() == pytest.approx(387.5 / 1293 * 22050 / 512)
        assert front_end.columns_per_second() == pytest.approx(rate, rel=0.01)
        assert front_end.columns // 77 == per_clip


def test_codes_are_the_floor_of_the_level():
    exact = FrontEnd(columns=77, dtype="float32").compute(Y)
    coded = FrontEnd(columns=77).compute(Y)
    assert exact.values.max() <= 0
    assert (coded.range_db, coded.ref_db) == (exact.range_db, exact.ref_db)
    back = FrontEnd(columns=77).decode(coded.values, coded.range_db)
    error = (back - exact.values)[coded.values > 0]
    assert np.abs(error).max() <= coded.range_db / 512 + 1e-4
    assert coded.values.max() == 255


def test_decode_knows_the_floor_and_the_absolute_level():
    front_end = FrontEnd()
    q = np.array([[[0, 1]], [[128, 255]]], dtype=np.uint8)
    db = front_end.decode(q, [80.0, 64.0])
    assert db.dtype == np.float32
    assert_array_equal(db, np.float32([[[-80, -79.53125]], [[-31.875, -0.125]]]))
    assert_allclose(front_end.decode(q, [80.0, 64.0], [30.0, 20.0]) - db, [[[30] * 2], [[20] * 2]])
    assert_array_equal(FrontEnd(dtype="float16").decode(np.float16([[-3.5]]), 80.0), [[-3.5]])


def test_louder_is_the_same_picture_at_another_reference():
    soft, loud = FrontEnd(columns=77).compute(Y), FrontEnd(columns=77).compute(4 * Y)
    assert_array_equal(soft.values, loud.values)
    assert_allclose(loud.ref_db - soft.ref_db, 20 * np.log10(4), atol=2e-4)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.ones((2, 9000)), "one channel"),
        (np.ones(2000), "at least 2048 samples"),
        (np.full(9000, np.nan), "reach nan"),
        (np.zeros(9000), "sound and not silence"),
        (np.full(9000, 1e25), r"reach 1e\+25"),
        (np.full(9000, -1e300), "reach inf"),
    ],
)
def test_samples_without_a_picture_are_refused(y, message):
    with pytest.raises(AudioError, match=message):
        FrontEnd().compute(y)


@pytest.mark.gtzan
def test_the_real_store_is_made_again_from_audio(gtzan_store, gtzan_audio):
    front_end = FrontEnd()
    values = np.load(gtzan_store / "features.npy", mmap_mode="r")
    rows = pd.read_csv(gtzan_store / "clips.csv").reset_index().set_index("clip")
    compared = 0
    for clip, _, path in find_clips(gtzan_audio):
        row = rows.loc[clip] if clip in rows.index else None
        if row is None or row["range_source"] != "exact":
            continue
        audio = load_audio(path)
        assert audio.notes == ()
        found = front_end.compute(audio.y)
        assert (found.n_samples, found.n_frames) == (row["n_samples"], row["n_frames"])
        # Four decimals: single precision may tip the last one.
        assert_allclose(found.range_db, row["range_db"], atol=1.01e-4)
        assert_allclose(found.ref_db, row["ref_db"], atol=1.01e-4)
        difference = np.abs(found.values.astype(int) - values[row["index"]])
        assert difference.max() <= 1, clip
        assert difference.mean() < 1e-3, clip
        compared += 1
    assert compared >= 100
