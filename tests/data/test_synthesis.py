"""The band plays what the rules say."""

from dataclasses import replace

import numpy as np
import pytest

from mgc.data.manifest import GENRES
from mgc.data.synthesis import RULES, STEPS, Habits, render

QUIET = replace(Habits.draw(np.random.default_rng(0)), tempo=0.5, hiss=0.0, tilt=0.0)


def test_every_genre_has_a_rule_of_whole_bars():
    assert tuple(RULES) == GENRES
    for rule in RULES.values():
        for pattern in (rule.kick, rule.snare, rule.hat, rule.bass, rule.comp):
            assert len(pattern) == STEPS
            assert set(pattern) <= set(".x0123456789abc")


@pytest.mark.parametrize("genre", RULES)
@pytest.mark.parametrize("seed", [0, 1])
def test_sound_is_within_range_and_on_the_16_bit_grid(genre, seed):
    rng = np.random.default_rng(seed)
    y = render(RULES[genre], Habits.draw(rng), rng, 3.0)
    assert y.shape == (66150,)
    assert y.dtype == np.float32
    assert 0.1 < np.abs(y).max() < 1
    assert np.array_equal(y * 32768, np.round(y * 32768))


def test_disco_beats_at_its_tempo():
    rule = replace(RULES["disco"], tempo=(120, 120), drums=20.0)
    y = render(rule, QUIET, np.random.default_rng(1), 8.0)
    envelope = np.abs(y[: len(y) // 49 * 49]).reshape(-1, 49).mean(axis=1)  # 450 values a second
    envelope -= envelope.mean()
    lags = np.correlate(envelope, envelope, "full")[len(envelope) :]
    beat = (150 + int(lags[150:400].argmax()) + 1) / 450
    assert abs(beat - 0.5) < 0.5 * 0.04


def test_distortion_follows_the_rule():
    def crest(drive):
        rule = replace(RULES["metal"], drive=drive, drums=0.0)
        y = render(rule, QUIET, np.random.default_rng(2), 4.0)
        return np.abs(y).max() / np.sqrt(np.mean(y**2))

    assert crest(6.0) < 0.7 * crest(0.5)
