"""Moving drawings on their way into a page."""

import myst_nb
import pytest

from mgc.book.animation import glue_animation
from mgc.errors import NotebookError

STILL = "<svg></svg><style>@media (prefers-reduced-motion: reduce) {}</style>"


def test_a_drawing_comes_with_words(monkeypatch):
    glued = {}
    monkeypatch.setattr(myst_nb, "glue", lambda name, value, display: glued.update({name: value}))
    glue_animation("race", STILL, "Points move.", "A race.")
    data, metadata = glued["race"]._repr_mimebundle_()
    assert data == {"text/html": STILL, "text/plain": "A race.\n[Points move.]"}
    assert metadata == {"mgc": {"caption": "A race."}}


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("<svg></svg>", "has no rule for prefers-reduced-motion"),
        (STILL + "<SCRIPT>", "has a script"),
        (STILL + '<image href="https://example.org/a.png"/>', "asks for something from elsewhere"),
    ],
)
def test_drawings_that_bring_trouble_are_refused(page, reason):
    with pytest.raises(NotebookError, match=f"the animation 'race' {reason}"):
        glue_animation("race", page, "Points move.", "A race.")


@pytest.mark.parametrize("words", [{"alt": " ", "caption": "c"}, {"alt": "a", "caption": ""}])
def test_a_drawing_needs_words(words):
    with pytest.raises(NotebookError, match="needs the argument"):
        glue_animation("race", STILL, **words)
