"""The race down Rosenbrock's valley."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from mgc.errors import DataError
from mgc.optim.theory.iterations import iterate
from mgc.optim.theory.problems import ROSENBROCK_START, rosenbrock, rosenbrock_gradient
from mgc.optim.theory.rules import GradientDescent, HeavyBall
from mgc.plots.descent import descent_page, describe_descent

PATHS = {
    "plain <b>": iterate(
        GradientDescent(learning_rate=1e-3), rosenbrock_gradient, ROSENBROCK_START, 120
    ),
    "ball": iterate(HeavyBall(learning_rate=1e-3), rosenbrock_gradient, ROSENBROCK_START, 150),
}


@pytest.fixture(scope="module")
def page():
    return descent_page("race", PATHS, step=100, seconds=7)


def drawing(page):
    return ET.fromstring(re.search(r"<svg.*</svg>", page, re.DOTALL).group())


def point(text):
    """From the units of the drawing back to the plane."""
    x, y = map(float, re.search(r"translate\((-?[\d.]+)px,(-?[\d.]+)px\)", text).groups())
    return np.array([x / 200 - 1.5, 1.45 - y / 200])


def test_dots_rest_where_the_runs_are_after_so_many_steps(page):
    dots = drawing(page).iter("circle")
    at = [point(dot.get("style")) for dot in dots if dot.get("class") == "dot"]
    for place, path in zip(at, PATHS.values(), strict=True):
        np.testing.assert_allclose(place, path[100], atol=3e-4)


def test_dots_move_through_the_runs_at_the_pace_of_the_steps(page):
    for number, path in enumerate(PATHS.values()):
        frames = re.search(rf"@keyframes race-{number}\{{(.*)\}}", page).group(1)
        found = re.findall(r"([\d.]+)%\{([^}]*)\}", frames)
        assert [percent for percent, _ in (found[0], found[-1])] == ["0.00", "100"]
        for percent, text in found[:-1]:
            step = round(float(percent) / 100 * 7 / 6 * 100)
            np.testing.assert_allclose(point(text), path[step], atol=3e-4)


def test_level_lines_are_level(page):
    lines = [line for line in drawing(page).iter("path") if line.get("class") == "level"]
    assert len(lines) == 5
    heights = []
    for line in lines:
        numbers = np.array(re.findall(r"-?[\d.]+", line.get("d")), dtype=float).reshape(-1, 2)
        values = rosenbrock(np.stack([numbers[:, 0] / 200 - 1.5, 1.45 - numbers[:, 1] / 200], -1))
        heights.append(np.median(values))
        # Rounded to a tenth of a unit, on walls that are steep.
        np.testing.assert_allclose(values, heights[-1], rtol=0.1, atol=0.05)
    assert heights == pytest.approx([0.5, 4, 30, 120, 300], rel=0.02)


def test_it_stands_still_for_who_wants_that_and_needs_nothing_else(page):
    quiet = re.search(r"@media \(prefers-reduced-motion: reduce\) \{(.*?)\n\}", page, re.DOTALL)
    assert "animation: none !important" in quiet.group(1)
    assert "input:checked ~ svg .dot { animation-play-state: paused; }" in page
    assert not re.search(r"<script|//|url\((?!#)", page)
    assert len(page) < 40_000


def test_it_has_a_name_for_listeners_and_no_name_becomes_a_tag(page):
    [title] = drawing(page).iter("title")
    assert title.text == describe_descent(PATHS, 100)
    assert title.get("id") == drawing(page).get("aria-labelledby")
    assert "<b>" not in page
    names = [text.text for text in drawing(page).iter("text")]
    assert names == ["start", "minimum", "plain <b>", "ball"]


@pytest.mark.parametrize(
    ("paths", "step"),
    [({}, 10), ({"a": np.zeros((11, 3))}, 10), (PATHS, 121), (PATHS, 0), ({"a": [1.0, 2.0]}, 1)]
    + [({str(n): np.zeros((11, 2)) for n in range(5)}, 10)],
)
def test_what_cannot_be_shown_is_refused(paths, step):
    for function in (
        lambda: descent_page("race", paths, step),
        lambda: describe_descent(paths, step),
    ):
        with pytest.raises(DataError, match="steps of one to 4 runs are to be shown"):
            function()
