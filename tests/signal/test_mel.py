"""Mel filters and decibels against closed forms and librosa."""

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from mgc.signal.mel import hz_to_mel, mel_filterbank, mel_spectrogram, mel_to_hz, power_to_db

RNG = np.random.default_rng(2)


def test_scale_at_1_khz():
    assert_allclose(hz_to_mel(1000.0), 15.0, rtol=1e-12)
    assert_allclose(hz_to_mel(1000.0, htk=True), 999.9855371396244, rtol=1e-12)


@settings(deadline=None)
@given(st.floats(0, 20000), st.booleans())
def test_scale_has_an_inverse_and_equals_librosa(frequency, htk):
    mel = hz_to_mel(frequency, htk=htk)
    assert_allclose(mel, librosa.hz_to_mel(frequency, htk=htk), rtol=1e-9, atol=1e-12)
    assert_allclose(mel_to_hz(mel, htk=htk), frequency, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("norm", ["slaney", None])
@pytest.mark.parametrize("htk", [False, True])
@pytest.mark.parametrize(
    ("sr", "n_fft", "n_mels", "fmin", "fmax"),
    [(22050, 2048, 128, 0.0, 11025.0), (16000, 1024, 40, 50.0, None), (22050, 2048, 64, 300, 8000)],
)
def test_filters_equal_librosa(sr, n_fft, n_mels, fmin, fmax, htk, norm):
    parameters = {"sr": sr, "n_fft": n_fft, "n_mels": n_mels, "fmin": fmin, "fmax": fmax}
    expected = librosa.filters.mel(**parameters, htk=htk, norm=norm)
    found = mel_filterbank(**parameters, htk=htk, norm=norm)
    assert found.dtype == np.float32
    assert_allclose(found, expected, rtol=1e-5, atol=1e-7 * expected.max())


def test_condition_number_of_the_gtzan_filters():
    assert_allclose(np.linalg.cond(mel_filterbank()), 5.386, atol=0.01)


def test_too_many_filters_for_a_short_transform_lose_rank():
    assert np.linalg.matrix_rank(mel_filterbank(n_fft=512)) == 109


def test_unknown_norm_is_refused():
    with pytest.raises(ValueError, match="'slaney' or None"):
        mel_filterbank(norm="area")


def test_spectrogram_equals_librosa():
    y = RNG.standard_normal(50000).astype(np.float32)
    expected = librosa.feature.melspectrogram(y=y, sr=22050, n_mels=96, fmax=9000)
    found = mel_spectrogram(y, n_mels=96, fmax=9000)
    assert found.shape == expected.shape
    assert_allclose(found, expected, rtol=1e-4)


@pytest.mark.parametrize("top_db", [None, 30.0, 80.0])
@pytest.mark.parametrize("ref", [1.0, 3.7, 1e-12])
def test_decibels_equal_librosa(ref, top_db):
    S = (10.0 ** RNG.uniform(-12, 3, (20, 30))).astype(np.float32)
    expected = librosa.power_to_db(S, ref=ref, top_db=top_db)
    assert_allclose(power_to_db(S, ref=ref, top_db=top_db), expected, rtol=1e-5, atol=1e-5)
