"""The STFT against closed forms and librosa."""

import subprocess
import sys

import librosa
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.signal import get_window

from mgc.signal.stft import padded_window, power_spectrogram

Y = np.random.default_rng(1).standard_normal(30000).astype(np.float32)


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize(
    ("n_fft", "win_length", "hop_length", "window", "pad_mode", "power"),
    [
        (2048, 2048, 512, "hann", "constant", 2.0),
        (1024, 600, 300, "hamming", "reflect", 1.0),
        (500, 400, 70, "blackman", "constant", 1.5),
    ],
)
def test_equals_librosa(n_fft, win_length, hop_length, window, pad_mode, power, center):
    parameters = {
        "n_fft": n_fft,
        "hop_length": hop_length,
        "win_length": win_length,
        "window": window,
        "center": center,
        "pad_mode": pad_mode,
    }
    expected = np.abs(librosa.stft(Y, **parameters)) ** power
    found = power_spectrogram(Y, **parameters, power=power)
    assert found.dtype == np.float32
    assert_allclose(found, expected, rtol=1e-3, atol=2e-5 * expected.max())


def test_unit_cosine_on_a_bin_has_power_n_over_4_squared():
    y = np.cos(2 * np.pi * 100 * np.arange(8192) / 2048)
    S = power_spectrogram(y, center=False)
    assert_allclose(S[100], 262144.0, rtol=1e-5)


def test_hann_frames_are_tight():
    # Sum of squared periodic Hann windows at hop N/4 is 3/2, so energy is kept up to that factor.
    y = np.zeros(8192, dtype=np.float32)
    y[2048:6144] = Y[:4096]
    S = power_spectrogram(y, n_fft=1024, hop_length=256).astype(np.float64)
    energy = 2 * S.sum() - S[0].sum() - S[-1].sum()
    assert_allclose(energy / np.sum(y.astype(np.float64) ** 2), 1024 * 1.5, rtol=1e-5)


def test_window_is_periodic_and_centred():
    w = padded_window("hann", 512, 2048)
    assert w.shape == (2048,)
    assert w[1024] == 1.0
    assert_allclose(w.reshape(-1, 128).sum(axis=0), 2.0, atol=1e-6)


def test_too_few_samples_are_refused():
    with pytest.raises(ValueError, match="100 samples are less than one frame"):
        power_spectrogram(Y[:100], center=False)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 257, 512, 1023, 2048, 22051])
@pytest.mark.parametrize("window", ["hann", "hamming", "blackman"])
def test_windows_are_the_periodic_ones_of_scipy(window, n):
    expected = get_window(window, n, fftbins=True).astype(np.float32)
    np.testing.assert_array_equal(padded_window(window, n, n), expected)


def test_a_worker_imports_neither_pandas_nor_scipy_signal():
    code = "import mgc.data.clip, sys; print({'pandas', 'scipy.signal'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "set()\n"), done.stderr
