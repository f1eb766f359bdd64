"""Sounds in the page: what is stored is what was given, and nothing else gets in."""

import base64
import io
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import myst_nb
import nbformat
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mgc.book import audio, freshness, glue_audio, normalise, rules
from mgc.errors import NotebookError

Write = Callable[..., Path]

SETUP = "import mgc.book\n\nmgc.book.setup()"
SR = 22050
TONE = 0.1 * np.sin(2 * np.pi * 440 * np.arange(4410) / SR)


def page_of(*args: Any, **kwargs: Any) -> str:
    return str(audio.audio_bundle(*args, **kwargs).data["text/html"])


def stored(page: str) -> list[NDArray[np.float64]]:
    """Decode what a browser would play."""
    found = re.findall(r'src="data:audio/flac;base64,([^"]+)"', page)
    decoded = [soundfile.read(io.BytesIO(base64.b64decode(text))) for text in found]
    assert all(sr == SR for _, sr in decoded)
    return [samples for samples, _ in decoded]


def test_a_sound_is_stored_at_half_of_full_scale_and_faded() -> None:
    (samples,) = stored(page_of(TONE, SR, "A tone."))
    assert np.abs(samples).max() == 0.5
    fade = math.ceil(audio.FADE_SECONDS * SR)
    inner = slice(fade, -fade)
    np.testing.assert_allclose(samples[inner], 5 * TONE[inner], atol=2e-5)
    assert samples[0] == samples[-1] == 0
    assert np.all(np.abs(samples[:fade]) <= 5 * np.abs(TONE[:fade]) + 2e-5)


def test_sounds_to_compare_share_one_factor() -> None:
    page = page_of({"loud": TONE, "<soft>": TONE / 10}, SR, "Two tones.")
    loud, soft = stored(page)
    np.testing.assert_allclose(soft, loud / 10, atol=2e-5)
    assert 'aria-label="loud"' in page
    assert "&lt;soft&gt; (0.2 s)" in page
    assert "<soft>" not in page


def test_without_normalisation_samples_stay() -> None:
    (samples,) = stored(page_of(TONE, SR, "A tone.", normalise=False))
    assert np.abs(samples).max() == pytest.approx(0.1, abs=2e-5)
    (full,) = stored(page_of(10 * TONE, SR, "A tone.", normalise=False))
    assert full.max() == pytest.approx(1.0, abs=1e-4)


def test_a_single_sound_is_announced_by_its_caption() -> None:
    page = page_of(TONE, SR, 'A $\\sigma$ "tone", see {numref}`fig-a`.')
    assert 'aria-label="A \\sigma &quot;tone&quot;, see fig-a."' in page


def test_the_array_of_the_caller_is_left_alone() -> None:
    given_samples = TONE.copy()
    page_of(given_samples, SR, "A tone.")
    assert np.array_equal(given_samples, TONE)


def predictor(flac: bytes) -> int:
    """Return the kind of the first subframe: 8 to 12 predict in integers, from 32 on in floats."""
    at, last = 4, 0
    while not last:
        last, at = flac[at] >> 7, at + 4 + int.from_bytes(flac[at + 1 : at + 4], "big")
    length, rate = flac[at + 2] >> 4, flac[at + 2] & 15
    # Sync and sizes, number of the frame, what the sizes leave to say, checksum.
    at += 4 + 1 + {6: 1, 7: 2}.get(length, 0) + {12: 1, 13: 2, 14: 2}.get(rate, 0) + 1
    return flac[at] >> 1 & 63


def test_sounds_are_predicted_in_integers() -> None:
    t = np.arange(SR) / SR
    y = 0.25 * np.sin(2 * np.pi * 440 * t) + 0.25 * np.sin(2 * np.pi * 3000 * t)
    (text,) = re.findall(r'base64,([^"]+)"', page_of(y, SR, "Two tones."))
    assert 8 <= predictor(base64.b64decode(text)) <= 12
    buffer = io.BytesIO()
    soundfile.write(buffer, y, SR, format="FLAC", subtype="PCM_16", compression_level=1)
    assert predictor(buffer.getvalue()) >= 32


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), exponent=st.integers(-200, 200), n=st.integers(441, 5000))
def test_any_sound_survives_and_gives_the_same_bytes_again(
    seed: int, exponent: int, n: int
) -> None:
    y = 10.0**exponent * np.random.default_rng(seed).normal(size=n)
    page = page_of(y, SR, "Noise.")
    assert page == page_of(y, SR, "Noise.")
    # The last bits that differ between processors do not reach the page.
    assert page == page_of(y * (1 + 2**-52), SR, "Noise.")
    (samples,) = stored(page)
    assert len(samples) == n
    assert np.abs(samples).max() == 0.5
    assert list(audio.sounds_in(page)) == [pytest.approx(n / SR)]


@pytest.mark.parametrize(
    ("y", "sr", "reason"),
    [
        (np.full(4410, np.nan), SR, "4410 samples that are NaN or infinite"),
        (np.r_[TONE, np.inf], SR, "1 samples that are NaN or infinite"),
        (np.zeros(4410), SR, "silence"),
        (np.ones((2, 4410)), SR, r"shape \(2, 4410\)"),
        (TONE + 0j, SR, "type complex128"),
        (np.array(["a"] * 4410), SR, "one channel of real samples"),
        (np.ones(5 * SR + 1), SR, "lasts 5 s; expected 0.02 to 5 s"),
        (np.ones(10), SR, "lasts 0.000454 s"),
        ({"a": TONE, "b": TONE[:5]}, SR, "sound 'b' lasts"),
        ({}, SR, "no sound"),
        (TONE, 22050.0, "whole Hz from 8000 to 48000"),
        (TONE, 4000, "sr = 4000"),
        (np.random.default_rng(0).uniform(size=200_000) - 0.5, 44100, "at most 250000"),
    ],
)
def test_what_no_page_should_carry_is_refused(y: Any, sr: Any, reason: str) -> None:
    with pytest.raises(NotebookError, match=reason):
        audio.audio_bundle(y, sr, "A sound.")


def test_clipping_is_refused() -> None:
    with pytest.raises(NotebookError, match=r"peak of 2; scale to \[-1, 1\]"):
        audio.audio_bundle(20 * TONE, SR, "A sound.", normalise=False)


def test_the_longest_sound_of_the_usual_rate_fits_even_if_it_is_noise() -> None:
    y = np.random.default_rng(0).uniform(-1, 1, 5 * SR)
    assert list(audio.sounds_in(page_of(y, SR, "Noise."))) == [5.0]


def test_it_is_glued_with_name_and_caption(monkeypatch: pytest.MonkeyPatch) -> None:
    found: dict[str, Any] = {}
    monkeypatch.setattr(myst_nb, "glue", lambda name, value, display: found.update({name: value}))
    glue_audio("snd-a", {"a": TONE, "b": 0 * TONE}, SR, "A tone and nothing.")
    data, metadata = found["snd-a"]._repr_mimebundle_()
    assert metadata == {"mgc": {"caption": "A tone and nothing."}}
    assert data["text/plain"].splitlines() == [
        "A tone and nothing.",
        "[a: 0.20 s at 22050 Hz, -9.2 dB; b: 0.20 s at 22050 Hz, silent]",
    ]
    with pytest.raises(NotebookError, match="needs the argument caption"):
        glue_audio("snd-a", TONE, SR, " ")
    with pytest.raises(NotebookError, match="no name to glue"):
        glue_audio("Sound A", TONE, SR, "A tone.")


@pytest.fixture
def played(write: Write, project: Path) -> Callable[..., list[str]]:
    """Show HTML in a notebook, as a cell would, and ask the rules."""

    def played_(page: str, caption: str | None = "A tone.") -> list[str]:
        path = write("a.ipynb", SETUP, "play()")
        notebook = freshness.read(path)
        metadata: dict[str, Any] = {"scrapbook": {"name": "snd-a", "mime_prefix": ""}}
        if caption:
            metadata["mgc"] = {"caption": caption}
        output = {"output_type": "display_data", "data": {"text/html": page}, "metadata": metadata}
        notebook.cells[1].outputs = [nbformat.from_dict(output)]
        nbformat.write(normalise.normalise(notebook), path)
        return rules.violations(path, project)

    return played_


def test_the_rules_accept_what_glue_audio_shows(played: Callable[..., list[str]]) -> None:
    assert played(page_of(TONE, SR, "A tone.")) == []


def test_a_sound_needs_a_caption(played: Callable[..., list[str]]) -> None:
    (found,) = played(page_of(TONE, SR, "A tone."), caption=None)
    assert "plays a sound without a caption" in found


def test_a_long_sound_is_refused(played: Callable[..., list[str]]) -> None:
    buffer = io.BytesIO()
    soundfile.write(buffer, np.zeros(6 * 8000), 8000, format="WAV")
    text = base64.b64encode(buffer.getvalue()).decode()
    (found,) = played(f'<audio controls src="data:audio/wav;base64,{text}"></audio>')
    assert "plays a sound of 6.0 s; at most 5 s" in found


@pytest.mark.parametrize(
    "page",
    [
        '<audio src="https://example.org/a.mp3"></audio>',
        '<audio src="data:audio/flac;base64,AAAA"></audio>',
        '<audio controls><source src="a.wav"></audio>',
    ],
)
def test_a_sound_lies_in_the_page(played: Callable[..., list[str]], page: str) -> None:
    (found,) = played(page)
    assert "does not lie in the page" in found


def test_the_caption_moves_to_the_cell(write: Write) -> None:
    notebook = freshness.read(write("a.ipynb", "1"))
    output = {
        "output_type": "display_data",
        "data": {"text/html": "p"},
        "metadata": {"scrapbook": {"name": "snd-a"}, "mgc": {"caption": "c"}},
    }
    notebook.cells[0].outputs = [nbformat.from_dict(output)]
    normalise.normalise(notebook)
    assert notebook.cells[0].metadata["mystnb"] == {"figure": {"caption": "c", "name": "snd-a"}}
