"""Confusion matrices."""

import numpy as np
import pytest

from mgc.errors import DataError
from mgc.plots.confusion import describe_confusion, plot_confusion

GENRES = ["blues", "jazz", "rock"]
MATRIX = np.array([[8, 2, 0], [1, 3, 0], [0, 0, 0]])


def test_colour_is_the_share_and_the_number_is_the_count(ax):
    assert plot_confusion(MATRIX, GENRES, unit="segments", ax=ax) is ax
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted genre", "true genre")
    mesh = ax.collections[0]
    expected = [[0.8, 0.2, 0], [0.25, 0.75, 0], [0, 0, 0]]
    np.testing.assert_allclose(np.asarray(mesh.get_array()).reshape(3, 3), expected)
    assert mesh.get_clim() == (0, 1) and mesh.get_cmap().name == "cividis"
    assert [text.get_text() for text in ax.texts] == [str(count) for count in MATRIX.ravel()]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == GENRES
    assert [tick.get_text() for tick in ax.get_yticklabels()] == GENRES
    assert ax.yaxis_inverted()
    assert mesh.colorbar.ax.get_ylabel() == "share of the true genre's segments"


def test_the_words_hold_the_numbers():
    words = describe_confusion(MATRIX, GENRES)
    assert "11 of 14 clips lie on the diagonal" in words
    assert "Best found is blues (8 of 10), worst jazz (3 of 4)" in words
    assert words.endswith(
        "Commonest confusions: blues taken for jazz (2), jazz taken for blues (1)."
    )
    assert describe_confusion(np.eye(3, dtype=int), GENRES).endswith("Commonest confusions: none.")


@pytest.mark.parametrize(
    "matrix", [np.ones((2, 3), int), np.eye(2, dtype=int), np.eye(3), -np.eye(3, dtype=int)]
)
@pytest.mark.parametrize("function", [plot_confusion, describe_confusion])
def test_what_is_no_confusion_matrix_is_refused(function, matrix):
    with pytest.raises(DataError, match="a confusion matrix of 3 genres needs"):
        function(matrix, GENRES)


def test_an_empty_matrix_is_refused():
    with pytest.raises(DataError, match="without any count"):
        describe_confusion(np.zeros((3, 3), int), GENRES)


def test_any_writing_and_any_number_of_genres_can_be_drawn():
    """A missing glyph would warn, and a pair of dollars would be read as a formula."""
    genres = ["Tīntāl", "दादरा", r"$\no$"]
    ax = plot_confusion(MATRIX, genres)
    ax.figure.canvas.draw()
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert labels == ["Tīntāl", "no. 2", r"\$\no\$"]
    assert "दादरा" in describe_confusion(MATRIX, genres)
    many = plot_confusion(np.eye(25, dtype=int), [f"genre {k}" for k in range(25)])
    assert (many.figure.get_size_inches() == 2.5 * ax.figure.get_size_inches()).all()
