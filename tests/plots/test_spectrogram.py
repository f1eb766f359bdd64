"""Log-mel spectrograms."""

import librosa
import numpy as np
import pytest

from mgc.data.frontend import FrontEnd
from mgc.errors import DataError
from mgc.plots.spectrogram import band_position, describe_spectrogram, plot_spectrogram


@pytest.fixture
def S():
    return np.random.default_rng(0).uniform(-80, 0, (128, 77)).astype(np.float32)


def test_the_picture_is_the_data_in_seconds_and_hertz(S, ax):
    assert plot_spectrogram(S, FrontEnd(), start=2.0, ax=ax) is ax
    (image,) = ax.get_images()
    np.testing.assert_array_equal(np.asarray(image.get_array()), S)
    assert image.origin == "lower" and image.get_cmap().name == "cividis"
    left, right, bottom, top = image.get_extent()
    assert (left, bottom, top) == (2.0, -0.5, 127.5)
    assert right == pytest.approx(2.0 + 77 / FrontEnd().columns_per_second())
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time (s)", "frequency (Hz, mel scale)")
    assert image.colorbar.ax.get_ylabel() == "level (dB)"
    assert [tick.get_text() for tick in ax.get_yticklabels()][:4] == ["125", "250", "500", "1000"]


@pytest.mark.parametrize(
    "front_end", [FrontEnd(), FrontEnd(n_mels=64, fmin=50.0, fmax=8000.0)], ids=["gtzan", "other"]
)
def test_a_band_lies_where_librosa_centres_it(front_end):
    centres = librosa.mel_frequencies(
        n_mels=front_end.n_mels + 2, fmin=front_end.fmin, fmax=front_end.fmax
    )[1:-1]
    np.testing.assert_allclose(
        band_position(centres, front_end), np.arange(front_end.n_mels), atol=1e-9
    )


def test_only_frequencies_inside_the_picture_are_marked(ax):
    plot_spectrogram(np.zeros((64, 9)), FrontEnd(n_mels=64, fmin=300.0, fmax=3000.0), ax=ax)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["500", "1000", "2000"]


def test_another_rate(S, ax):
    plot_spectrogram(S, FrontEnd(), columns_per_second=7.0, ax=ax)
    assert ax.get_images()[0].get_extent()[1] == 11.0
    assert "of 11.0 s" in describe_spectrogram(S, FrontEnd(), columns_per_second=7.0)


def test_the_words_name_the_strongest_band():
    S = np.full((128, 77), -80.0)
    row = int(round(float(band_position(440.0, FrontEnd()))))
    S[row] = -3.0
    words = describe_spectrogram(S, FrontEnd())
    assert "of 6.0 s in 128 bands from 0 to 11025 Hz: levels from -80 to -3 dB" in words
    hertz = float(words.split("band at ")[1].split(" Hz")[0])
    assert hertz == pytest.approx(440, abs=15)


@pytest.mark.parametrize("function", [plot_spectrogram, describe_spectrogram])
def test_what_is_no_spectrogram_is_refused(S, function):
    with pytest.raises(DataError, match=r"has shape \(128, columns\), but this one \(77, 128\)"):
        function(S.T, FrontEnd())
    S[3, 4] = np.nan
    with pytest.raises(DataError, match="NaN or infinity"):
        function(S, FrontEnd())
