"""Cepstral coefficients against librosa, the definition of the DCT, and Parseval."""

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from mgc.errors import SignalError
from mgc.signal.cepstrum import explained_variance, mfcc, principal_variance

L = np.random.default_rng(0).uniform(-80, 0, (3, 40, 50))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_mfcc", [1, 13, 40])
def test_equals_librosa(n_mfcc, dtype):
    found = mfcc(L.astype(dtype), n_mfcc)
    assert found.shape == (3, n_mfcc, 50) and found.dtype == dtype
    assert_array_equal(found, librosa.feature.mfcc(S=L.astype(dtype), n_mfcc=n_mfcc))


def test_the_default_is_twenty():
    assert mfcc(L).shape == (3, 20, 50)


def test_is_the_cosine_transform_by_definition():
    k, m = np.ogrid[:40, :40]
    C = np.sqrt(2 / 40) * np.cos(np.pi * k * (m + 0.5) / 40)
    C[0] /= np.sqrt(2)
    assert_allclose(mfcc(L, 40), np.einsum("km,cmt->ckt", C, L), rtol=1e-12, atol=1e-11)


@settings(deadline=None)
@given(st.integers(2, 64), st.integers(0, 2**32 - 1))
def test_all_coefficients_keep_distances_and_fewer_shorten_them(n_mels, seed):
    a, b = np.random.default_rng(seed).normal(size=(2, n_mels, 1))
    distance = np.linalg.norm(a - b)
    rotated = mfcc(a, n_mels) - mfcc(b, n_mels)
    assert_allclose(np.linalg.norm(rotated), distance, rtol=1e-12)
    for n_mfcc in range(1, n_mels):
        assert np.linalg.norm(rotated[:n_mfcc]) <= distance * (1 + 1e-12)


@pytest.mark.parametrize("bad", [np.zeros(40), np.float64(3)])
def test_what_has_no_bands_is_refused(bad):
    with pytest.raises(SignalError, match="as a column"):
        mfcc(bad)


@pytest.mark.parametrize("n_mfcc", [0, 41, -1])
def test_more_coefficients_than_bands_are_refused(n_mfcc):
    with pytest.raises(SignalError, match=f"n_mfcc is {n_mfcc}: .* number of bands, 40"):
        mfcc(L, n_mfcc)


def test_shares_of_variance_end_at_one_and_the_best_rotation_is_best():
    S = np.cumsum(np.random.default_rng(1).normal(size=(30, 400)), axis=0)
    shares, best = explained_variance(S), principal_variance(S)
    assert shares.shape == best.shape == (30,)
    assert_allclose([shares[-1], best[-1]], 1.0, rtol=1e-12)
    assert (np.diff(shares) >= 0).all() and (best >= shares - 1e-12).all()
    rotated = mfcc(S, 30)
    assert_allclose(shares[4], rotated[:5].var(axis=1).sum() / S.var(axis=1).sum(), rtol=1e-12)


def test_frames_of_several_clips_are_taken_together():
    assert_allclose(explained_variance(L), explained_variance(np.concatenate(list(L), axis=1)))
    assert_allclose(principal_variance(L), principal_variance(np.concatenate(list(L), axis=1)))


@pytest.mark.parametrize("function", [explained_variance, principal_variance])
def test_one_frame_has_no_variance(function):
    with pytest.raises(SignalError, match="do not vary"):
        function(np.ones((40, 5)))
