from typing import Any

import matplotlib.pyplot as plt
import myst_nb
import numpy as np
import pandas as pd
import pytest

from mgc.book import glue, glue_figure, glue_interval, glue_number, glue_table, glue_text
from mgc.errors import NotebookError


@pytest.fixture
def glued(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What was handed to myst_nb, by name."""
    found: dict[str, Any] = {}
    monkeypatch.setattr(
        myst_nb, "glue", lambda name, value, display: found.update({name: (value, display)})
    )
    return found


def test_a_number_is_glued_as_text_and_not_shown(glued: dict[str, Any]) -> None:
    glue_number("loss", np.float32(0.57), ".3f")
    assert glued == {"loss": ("0.570", False)}


def test_an_interval_is_three_numbers(glued: dict[str, Any]) -> None:
    glue_interval("gap", np.array([1.25, -0.5, 3.0]), "+.1f")
    assert {name: text for name, (text, _) in glued.items()} == {
        "gap": "+1.2",
        "gap-low": "-0.5",
        "gap-high": "+3.0",
    }
    with pytest.raises(NotebookError, match="gap came with 2 numbers, but an interval is three"):
        glue_interval("gap", [1.0, 2.0], ".1f")


def test_percent_stands_after_a_thin_space() -> None:
    assert glue.number_text("a", 0.5734, ".1%") == "57.3\u202f%"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "0.5", None])
def test_only_finite_numbers_are_glued(value: Any) -> None:
    with pytest.raises(NotebookError, match="finite number"):
        glue_number("a", value, ".1f")


@pytest.mark.parametrize("name", ["", "With space", "Upper", "a:b", "-a"])
def test_names_are_plain(name: str, glued: dict[str, Any]) -> None:
    with pytest.raises(NotebookError, match="name to glue"):
        glue_number(name, 1.0, ".1f")


def test_a_table_comes_for_book_and_for_jupyter(glued: dict[str, Any]) -> None:
    frame = pd.DataFrame({"model": ["a|b", "<c>"], "acc": [0.5, np.nan], "n": [1, 2]})
    frame.index = pd.Index([7, 8], name="seed")
    glue_table("tab-a", frame, "Two models.", {"acc": ".1%"})
    data, _ = glued["tab-a"][0]._repr_mimebundle_()
    assert data["text/markdown"].splitlines() == [
        ":::{table} Two models.",
        ":name: tab-a",
        "",
        "| seed | model | acc | n |",
        "| ---: | :--- | ---: | ---: |",
        "| 7 | a\\|b | 50.0\u202f% | 1 |",
        "| 8 | <c> | – | 2 |",
        ":::",
    ]
    assert "&lt;c&gt;" in data["text/html"]
    assert data["text/plain"] == "Two models."


def test_a_format_for_no_column_is_refused(glued: dict[str, Any]) -> None:
    with pytest.raises(NotebookError, match=r"no column acc \(columns: loss\)"):
        glue_table("tab-a", pd.DataFrame({"loss": [1.0]}), "c", {"acc": ".1f"})


def test_a_figure_brings_words_and_is_closed(glued: dict[str, Any]) -> None:
    figure, axes = plt.subplots(figsize=(3, 2), dpi=100)
    glue_figure("fig-a", axes, alt="A box.", caption="An empty box.")
    data, metadata = glued["fig-a"][0]._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert b"Software" not in data["image/png"]
    assert data["text/plain"] == "An empty box.\n[A box.]"
    assert metadata == {
        "image/png": {"width": 300},
        "mgc": {"alt": "A box.", "caption": "An empty box."},
    }
    assert not plt.fignum_exists(figure.number)


@pytest.mark.parametrize("words", [{"alt": " ", "caption": "c"}, {"alt": "a", "caption": ""}])
def test_a_figure_needs_words(words: dict[str, str]) -> None:
    figure = plt.figure()
    try:
        with pytest.raises(NotebookError, match="needs the argument"):
            glue_figure("fig-a", figure, **words)
    finally:
        plt.close(figure)


def test_words_are_glued_as_they_are(glued: dict[str, Any]) -> None:
    glue_text("device", "a fast one")
    assert glued == {"device": ("a fast one", False)}
    with pytest.raises(NotebookError, match="needs the argument text"):
        glue_text("device", " ")
