"""Filter normalisation, and slices of a function that is known."""

import numpy as np
import pytest

from mgc.errors import DataError
from mgc.optim.curvature.slices import filter_normalised, line_slice, plane_slice

SHAPES = [(3, 3, 2, 4), (4,), (8, 5), (5,)]


def test_each_filter_has_the_length_of_its_weights():
    rng = np.random.default_rng(0)
    n = sum(int(np.prod(s)) for s in SHAPES)
    d, w = rng.normal(size=(2, n))
    given = d.copy()
    found = filter_normalised(d, w, SHAPES)
    assert np.array_equal(d, given)
    kernel, dense = found[:72].reshape(18, 4), found[76:116].reshape(8, 5)
    own = np.linalg.norm(w[:72].reshape(18, 4), axis=0)
    np.testing.assert_allclose(np.linalg.norm(kernel, axis=0), own)
    np.testing.assert_allclose(
        np.linalg.norm(dense, axis=0), np.linalg.norm(w[76:116].reshape(8, 5), axis=0)
    )
    assert not found[72:76].any() and not found[116:].any()
    np.testing.assert_allclose(filter_normalised(7 * d, w, SHAPES), found)
    np.testing.assert_allclose(filter_normalised(d, 7 * w, SHAPES), 7 * found)


def test_a_filter_without_direction_stays_put():
    assert filter_normalised(np.zeros(4), np.ones(4), [(2, 2)]).tolist() == [0.0] * 4


def test_vectors_of_another_length_are_refused():
    with pytest.raises(DataError, match="hold 4 numbers"):
        filter_normalised(np.ones(3), np.ones(3), [(2, 2)])


def test_slices_of_a_quadratic():
    H = np.diag([1.0, 4.0, 9.0])
    line = line_slice(lambda w: w @ H @ w / 2, np.zeros(3), [0, 0, 1.0], [-2, 0, 2])
    assert line["loss"].tolist() == [18.0, 0.0, 18.0]
    e = np.eye(3)
    plane = plane_slice(lambda w: w @ H @ w / 2, np.zeros(3), (e[0], e[1]), [-1, 0, 1])
    expected = plane["a"] ** 2 / 2 + 2 * plane["b"] ** 2
    assert len(plane) == 9 and plane["loss"].tolist() == expected.tolist()
