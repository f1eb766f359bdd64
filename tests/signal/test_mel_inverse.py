"""Spectra that have given mel bands, and the way back to samples."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.signal import get_window

from mgc.errors import SignalError
from mgc.signal.frames.system import GaborSystem
from mgc.signal.mel import mel_filterbank
from mgc.signal.mel_inverse import least_norm_spectrum, nonnegative_spectrum, resynthesise

F = mel_filterbank(n_fft=1024, n_mels=40).astype(np.float64)
SYSTEM = GaborSystem(get_window("hann", 1024), a=256, M=1024, L=16 * 1024)
Y = np.random.default_rng(0).standard_normal(SYSTEM.L)
C = SYSTEM.analysis(Y)
S = np.abs(C[:513]) ** 2


def test_both_have_the_bands_and_neither_is_the_spectrum():
    M = F @ S[:, :20]
    least, positive = least_norm_spectrum(M, F), nonnegative_spectrum(M, F)
    for R in (least, positive):
        assert R.shape == (513, 20)
        assert_allclose(F @ R, M, rtol=1e-9)
        assert np.linalg.norm(R - S[:, :20]) > 0.5 * np.linalg.norm(S[:, :20])
    assert positive.min() == 0 and ((positive > 0).sum(axis=0) <= 40).all()
    norms = [np.linalg.norm(R, axis=0) for R in (least, positive, S[:, :20])]
    assert (norms[0] <= norms[1]).all() and (norms[0] <= norms[2]).all()


def test_bands_that_no_power_has_are_met_as_nearly_as_possible():
    overlapping = np.array([[1.0, 1.0], [0.0, 1.0]])
    assert_allclose(least_norm_spectrum([[1.0], [2.0]], overlapping), [[-1.0], [2.0]])
    assert_allclose(nonnegative_spectrum([[1.0], [2.0]], overlapping), [[0.0], [1.5]])


def test_the_power_of_the_signal_gives_the_signal():
    assert_allclose(resynthesise(SYSTEM, C, S), Y, atol=1e-12)
    assert_allclose(resynthesise(SYSTEM, C, 4 * S), 2 * Y, atol=1e-12)


def test_negative_power_counts_as_none():
    assert_allclose(resynthesise(SYSTEM, C, -S), 0, atol=1e-12)


@pytest.mark.parametrize("function", [least_norm_spectrum, nonnegative_spectrum])
def test_bands_that_do_not_fit_are_refused(function):
    with pytest.raises(SignalError, match=r"shape \(39, 2\) and the filters \(40, 513\)"):
        function(np.ones((39, 2)), F)
    with pytest.raises(SignalError, match="NaN or infinity"):
        function(np.full((40, 2), np.nan), F)
    with pytest.raises(SignalError, match=r"shape \(40,\)"):
        function(np.ones(40), F)


def test_decibels_are_refused():
    with pytest.raises(SignalError, match="not decibels"):
        nonnegative_spectrum(np.full((40, 1), -3.0), F)


def test_spectra_that_do_not_fit_are_refused():
    with pytest.raises(SignalError, match=r"expected are \(513, 64\) and \(1024, 64\)"):
        resynthesise(SYSTEM, C, S[:, 1:])
    with pytest.raises(SignalError, match="even number"):
        resynthesise(GaborSystem(np.ones(5), a=5, M=5, L=20), np.ones((5, 4)), np.ones((3, 4)))
