"""Spectrograms on a linear axis of frequency."""

import numpy as np
import pytest

from mgc.errors import SignalError
from mgc.plots.stft import describe_stft, plot_stft

SR = 8000
Y = np.cos(2 * np.pi * 1000 * np.arange(SR) / SR) * (np.arange(SR) > SR // 2)


def test_a_tone_lies_where_and_when_it_sounds(ax):
    assert plot_stft(Y, SR, 512, limits=(500, 2000), ax=ax) is ax
    (image,) = ax.get_images()
    levels = np.asarray(image.get_array())
    left, right, bottom, top = image.get_extent()
    assert left == 0 and right == pytest.approx(1.0, abs=0.01)
    assert 500 <= bottom < 501 and 1999 < top <= 2000
    assert abs(levels.max()) < 1e-4 and image.get_clim() == (-60, 0)
    row, column = np.unravel_index(levels.argmax(), levels.shape)
    assert bottom + row * (top - bottom) / (len(levels) - 1) == pytest.approx(1000, abs=1)
    assert column > levels.shape[1] // 2
    assert ax.get_title("left") == "N = 512 (64 ms)"


def test_the_words_say_where_it_is_loud():
    words = describe_stft(Y, SR, 2048, limits=(500, 2000))
    low, high = (float(word) for word in words.split("between ")[1].split(" Hz")[0].split(" and "))
    # Hann falls 20 dB below its peak after 1.4 bins, and after more where half of it is cut off.
    assert 1000 - 4 * SR / 2048 < low < 1000 - 1.4 * SR / 2048
    assert 1000 + 1.4 * SR / 2048 < high < 1000 + 4 * SR / 2048
    assert "between 0.4" in words and "and 0.99 s." in words or "and 1.00 s." in words


@pytest.mark.parametrize("function", [plot_stft, describe_stft])
def test_what_has_no_picture_is_refused(function):
    with pytest.raises(SignalError, match="9000 samples; a picture takes 1 to 8192"):
        function(Y, SR, 9000)
    with pytest.raises(SignalError, match="no frequency lies from 5000 to 6000 Hz"):
        function(Y, SR, 512, limits=(5000, 6000))
