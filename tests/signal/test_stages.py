"""The front end stage by stage: equal to the real one, and broken where theory says."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from mgc.errors import ConfigError
from mgc.signal.floating.formats import FORMATS
from mgc.signal.floating.stages import STAGES, log_mel_stages, stage_errors
from mgc.signal.mel import mel_spectrogram, power_to_db
from mgc.signal.stft import power_spectrogram

N = 2048
TONE = np.cos(np.pi / 4 * np.arange(3 * N))


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(0).uniform(-0.1, 0.1, 4 * N)


def test_unrounded_it_is_the_front_end_of_the_package(noise):
    found = log_mel_stages(noise, rounded=())
    assert_allclose(found["power"].T, power_spectrogram(noise, center=False), rtol=1e-3, atol=1e-6)
    mel = mel_spectrogram(noise, center=False)
    assert_allclose(found["mel"].T, mel, rtol=2e-5)
    assert_allclose(found["level"].T, power_to_db(mel, top_db=None), atol=1e-4)
    assert {name: values.shape for name, values in found.items()} == {
        "samples": (4 * N,),
        "window": (13, N),
        "transform": (13, 1025),
        "power": (13, 1025),
        "mel": (13, 128),
        "level": (13, 128),
    }


def test_a_full_scale_tone_has_the_power_512_squared_which_float16_cannot_hold():
    assert float(log_mel_stages(TONE, rounded=())["power"].max()) == pytest.approx(262144, abs=1e-6)
    assert log_mel_stages(TONE, "float16")["power"].max() == np.inf
    assert log_mel_stages(TONE, "bfloat16")["power"].max() == 262144
    lost = stage_errors(TONE, "float16")["all"]["lost"]
    assert 0 < lost < 1
    # Behind the tone there is nothing that a picture would show.
    errors = stage_errors(TONE, "float16", scale=4 / N)["all"]
    assert errors["lost"] == 0 and errors["max"] < 0.1


def test_levels_that_a_picture_shows_are_lost_below_the_smallest_number(noise):
    soft = 1e-4 * noise
    for format, lost in (("bfloat16", 0.0), ("float16", 1.0)):
        assert stage_errors(soft, format, scale=4 / N)["all"]["lost"] == lost


def test_scaled_it_fits_and_the_levels_do_not_change(noise):
    assert float(log_mel_stages(TONE, scale=4 / N)["power"].max()) == pytest.approx(1, abs=1e-12)
    assert np.isfinite(log_mel_stages(TONE, "float16", scale=4 / N)["power"]).all()
    one, other = (log_mel_stages(noise, rounded=(), scale=s)["level"] for s in (1.0, 4 / N))
    assert_allclose(one, other, atol=1e-12)


def test_the_floor_vanishes_in_float16():
    silence = np.zeros(N)
    for scale in (1.0, 4 / N):
        level = log_mel_stages(silence, "float32", scale=scale)["level"]
        assert level.max() == pytest.approx(-100)
    assert log_mel_stages(silence, "float16")["level"].max() == -np.inf


@pytest.mark.parametrize("name", ["float16", "bfloat16", "float32"])
def test_rounding_powers_and_levels_costs_what_theory_says(noise, name):
    fmt, errors = FORMATS[name], stage_errors(noise, name)
    assert errors["power"]["max"] <= 10 / np.log(10) * fmt.unit_roundoff * 1.01
    # Levels lie below 64 dB in size here.
    assert errors["level"]["max"] <= 32 * fmt.eps
    assert 0 < errors["level"]["rms"] < errors["level"]["max"]
    assert errors["all"]["max"] >= errors["power"]["max"]


def test_a_wider_format_is_better(noise):
    rms = [stage_errors(noise, name)["all"]["rms"] for name in ("bfloat16", "float16", "float32")]
    assert rms[0] > 5 * rms[1] > 5 * 1000 * rms[2] > 0


def test_float32_storage_is_as_wrong_as_the_pipeline_really_is(noise):
    exact = log_mel_stages(noise, rounded=())["level"].T
    real = power_to_db(mel_spectrogram(noise, center=False), top_db=None)
    assert np.abs(real - exact).max() < 1e-4


def test_bad_input_is_refused():
    with pytest.raises(ConfigError, match="'cepstrum': expected are samples, window"):
        log_mel_stages(TONE, rounded=("cepstrum",))
    with pytest.raises(ConfigError, match="one row of at least 2048"):
        log_mel_stages(TONE[:100])
    assert STAGES[-1] == "level"
