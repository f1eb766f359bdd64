"""Pooled statistics equal NumPy's, and know what they forget."""

import numpy as np
import pytest

from mgc.data.pooled import pooled_statistics
from mgc.errors import DataError

LEVELS = np.random.default_rng(0).normal(-40, 12, size=(5, 8, 33)).astype("float32")


def test_three_numbers_a_band():
    pooled = pooled_statistics(LEVELS)
    assert pooled.shape == (5, 24) and pooled.dtype == np.float64
    exact = LEVELS.astype("float64")
    np.testing.assert_allclose(pooled[:, :8], exact.mean(axis=2))
    np.testing.assert_allclose(pooled[:, 8:16], exact.std(axis=2))
    np.testing.assert_allclose(pooled[:, 16:], np.std(exact[..., 1:] - exact[..., :-1], axis=2))


def test_a_shuffle_changes_the_differences_alone_and_gain_the_means_alone():
    pooled = pooled_statistics(LEVELS)
    shuffled = pooled_statistics(LEVELS[..., np.random.default_rng(1).permutation(33)])
    np.testing.assert_allclose(shuffled[:, :16], pooled[:, :16])
    assert np.abs(shuffled[:, 16:] - pooled[:, 16:]).min() > 0
    louder = pooled_statistics(LEVELS.astype("float64") + 6)
    np.testing.assert_allclose(louder[:, :8] - pooled[:, :8], 6)
    np.testing.assert_allclose(louder[:, 8:], pooled[:, 8:], atol=1e-9)


@pytest.mark.parametrize("shape", [(8, 33), (5, 8, 1)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(DataError, match="at least 2 frames"):
        pooled_statistics(np.zeros(shape))
