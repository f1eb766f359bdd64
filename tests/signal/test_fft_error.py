"""The error of the FFT: its constant, its bound, and what it is measured against."""

import numpy as np
import pytest

from mgc.errors import ConfigError, MGCError
from mgc.signal.floating import fft_error as module
from mgc.signal.floating.fft_error import (
    fft_bound,
    fft_constants,
    fft_error,
    has_extended_precision,
    parseval_error,
)

FORMATS = [
    "float32",
    pytest.param(
        "float64",
        marks=pytest.mark.skipif(not has_extended_precision(), reason="no wider format here"),
    ),
]


@pytest.mark.parametrize("format", FORMATS)
def test_the_error_grows_like_the_root_of_the_stages(format):
    constants = fft_constants(format)
    expected, tolerance = (0.61, 0.06) if format == "float32" else (0.65, 0.08)
    assert constants.mean() == pytest.approx(expected, abs=tolerance)
    assert constants.max() < 1.35 * constants.min()


@pytest.mark.parametrize("format", FORMATS)
def test_a_power_of_two_stays_within_the_bound_and_an_odd_length_is_worse(format):
    u = np.finfo(format).eps / 2
    assert fft_error(2048, format) < fft_bound(2048, format) / 10
    assert fft_error(22051, format) / u == pytest.approx(5, abs=1)


@pytest.mark.parametrize("format", FORMATS)
def test_energy_is_kept(format):
    assert parseval_error(2048, format) < 4 * np.finfo(format).eps


def test_a_wrong_format_inside_is_seen(monkeypatch):
    """With a reference that is no better than the transform, the error vanishes."""
    monkeypatch.setitem(module._WIDER, "float32", np.float32)
    assert fft_error(1024) == 0.0


def test_what_cannot_be_measured_is_refused(monkeypatch):
    with pytest.raises(ConfigError, match="'float16' and length 8: expected is one of float32"):
        fft_error(8, "float16")
    with pytest.raises(ConfigError, match="at least 2"):
        fft_error(1)
    monkeypatch.setattr(module, "has_extended_precision", lambda: False)
    with pytest.raises(MGCError, match="no format wider than float64"):
        fft_error(8, "float64")
