"""A song is heard as the store would have it; long, short and half silent ones by stated rules."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mgc.data.frontend import FrontEnd
from mgc.data.representation import FRONT_ENDS, representation
from mgc.errors import AudioError
from mgc.songs.listen import hear

SR = 22050
LOG_MEL = representation("log_mel")
FRONT_END = FrontEnd()


def listen(y, features=LOG_MEL, columns=77, hop=77):
    return hear(y, FRONT_END, features, columns, hop)


@pytest.mark.parametrize("seconds", [29.93, 30.0, 30.63])
def test_a_clip_is_what_the_store_says(sound, seconds):
    y = sound(seconds)
    clip = FRONT_END.compute(y)
    levels = FRONT_END.decode(clip.values, clip.range_db)
    heard = listen(y)
    assert heard.pictures.shape == (5, 128, 77) and heard.notes == ()
    for k, picture in enumerate(heard.pictures):
        np.testing.assert_array_equal(picture, levels[:, 77 * k : 77 * (k + 1)])
    assert heard.ends[-1] == pytest.approx(seconds, abs=0.6)


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_features_are_made_as_in_training(sound, name):
    clip = FRONT_END.compute(sound(30.01))
    features = representation(name)
    levels = FRONT_END.decode(clip.values, clip.range_db)[:, :77]
    expected = features(
        levels[None], [clip.range_db], [clip.ref_db], frame_rate=FRONT_END.columns_per_second()
    )
    np.testing.assert_array_equal(listen(sound(30.01), features).pictures[:1], expected)


def test_each_clip_of_a_long_song_has_its_own_maximum(sound):
    """Soft first half, loud second half: both are heard at their own 0 dB."""
    y = np.concatenate([sound(30.0) / 1000, sound(30.0)])
    heard = listen(y)
    halves = heard.pictures[heard.starts < 29], heard.pictures[heard.starts > 29]
    assert all(half.max() > -1 for half in halves)
    np.testing.assert_array_equal(*halves)


def test_a_song_just_short_of_two_clips_is_one(sound):
    heard = listen(sound(57.0))
    assert heard.pictures.max() > -1
    assert len(heard.pictures) == 9 and np.diff(heard.starts) == pytest.approx(5.966, abs=0.01)


@settings(max_examples=12, deadline=None)
@given(
    seconds=st.floats(1.0, 95.0), columns=st.sampled_from([38, 77, 387]), hop=st.integers(20, 400)
)
def test_segments_lie_in_the_song_in_order_and_their_number_follows(seconds, columns, hop):
    y = np.sin(np.arange(round(seconds * SR)) / 7).astype(np.float32)
    seconds, heard = len(y) / SR, listen(y, columns=columns, hop=hop)
    assert heard.pictures.shape[1:] == (128, columns)
    assert len(heard.pictures) == len(heard.starts) == len(heard.ends) >= max(1, seconds // 31)
    assert (np.diff(heard.starts) > 0).all() and heard.starts[0] == 0
    assert (heard.starts < heard.ends).all() and heard.ends[-1] <= seconds
    assert np.isfinite(heard.pictures).all()
    needed = columns / FRONT_END.columns_per_second()
    assert heard.notes or seconds > 0.97 * needed
    assert not heard.notes or seconds < 1.03 * needed


def test_a_short_song_is_repeated_and_says_so(sound):
    heard = listen(sound(2.5))
    [picture] = heard.pictures
    there = round(2.5 * FRONT_END.columns_per_second() - 0.5)
    np.testing.assert_array_equal(picture[:, :there], picture[:, there : 2 * there])
    assert heard.notes == ("lasts 2.5 s, repeated to fill a segment of 6.0 s",)
    assert heard.ends.tolist() == [2.5]


def test_a_silent_clip_is_left_out_and_silence_refused(sound):
    y = np.concatenate([sound(30.01), np.zeros(round(30.01 * SR), np.float32), sound(30.01)])
    heard = listen(y)
    assert len(heard.pictures) == 10
    assert not ((heard.starts > 29.5) & (heard.starts < 59.5)).any()
    assert heard.notes == ("1 silent of 3 clips left out",)
    with pytest.raises(AudioError, match="the song is silent"):
        listen(np.zeros(SR * 40, np.float32))
