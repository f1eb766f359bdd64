"""Areas add up to one, and the words say who leads when."""

import numpy as np
import pytest

from mgc.errors import DataError
from mgc.plots.timeline import describe_timeline, plot_timeline

GENRES = ["blues", "jazz", "metal", "pop", "rock", "swing", "ska"]


@pytest.fixture
def song():
    p = np.random.default_rng(0).dirichlet(np.ones(7), size=4)
    return [0.0, 6.0, 12.0, 20.0], [6.0, 12.0, 18.0, 26.0], p, GENRES


def test_areas_lie_on_each_other_and_fill_the_height(song, ax):
    assert plot_timeline(*song, most=3, ax=ax) is ax
    bars = [bar for container in ax.containers for bar in container]
    assert len(ax.containers) == 4 and len(bars) == 16  # three genres and the others
    for k in range(4):
        column = [container[k] for container in ax.containers]
        assert column[-1].get_y() + column[-1].get_height() == pytest.approx(1)
        assert [bar.get_x() for bar in column] == [song[0][k]] * 4
    means = dict(zip(GENRES, song[2].mean(axis=0), strict=True))
    order = sorted(means, key=means.get, reverse=True)[:3]
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == ["4 others", *order[::-1]]
    assert ax.get_xlim() == (0, 26)


def test_segments_that_overlap_are_cut_where_the_next_begins(ax):
    plot_timeline([0, 3], [6, 9], [[0.5, 0.5], [0.2, 0.8]], ["pop", "rock"], ax=ax)
    assert [bar.get_width() for bar in ax.containers[0]] == [3, 6]


def test_one_genre_that_is_left_is_named(ax):
    plot_timeline([0], [6], [[0.5, 0.3, 0.2]], ["a", "b", "c"], most=2, ax=ax)
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["c", "b", "a"]


def test_the_words_name_each_leader():
    p = np.eye(3)[[0, 0, 1, 2]]
    assert describe_timeline([0, 6, 12, 18], [6, 12, 18, 24], p, ["a", "b", "c"]) == (
        "Probability of 3 genres over 24 s in 4 segments: a leads from 0 to 12 s, b from 12 to "
        "18 s, c from 18 to 24 s."
    )
    p = np.eye(2)[np.arange(40) % 2]
    assert "and 28 more changes." in describe_timeline(range(40), range(1, 41), p, ["a", "b"])


@pytest.mark.parametrize("function", [plot_timeline, describe_timeline])
def test_shapes_have_to_fit(function):
    with pytest.raises(DataError, match="a timeline needs"):
        function([], [], np.zeros((0, 2)), ["a", "b"])
    with pytest.raises(DataError, match=r"\(1,\), \(1,\) and \(1, 3\)"):
        function([0], [1], [[0.2, 0.3, 0.5]], ["a", "b"])
