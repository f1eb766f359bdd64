"""A loss scale that is a power of two changes nothing, until something leaves the format."""

import numpy as np
import pytest

from mgc.train.config import RunConfig
from mgc.train.loss_scale import scale_sweep


@pytest.fixture(scope="module")
def sweep():
    rng = np.random.default_rng(0)
    batch = rng.standard_normal((8, 16, 16, 1)).astype("float32"), np.arange(8)
    return scale_sweep(RunConfig(width=2, spec_augment=False), batch, [-20, -16, 12, 13, 30])


def column(sweep, name, variable="dense 1 kernel"):
    return sweep[sweep["variable"] == variable].set_index("exponent")[name]


def test_in_the_middle_no_bit_changes(sweep):
    assert column(sweep, "changed")[13] == 0
    assert np.isnan(column(sweep, "changed")[-20])
    assert column(sweep, "changed")[12] > 0


def test_below_errors_grow_as_the_scale_falls(sweep):
    error = column(sweep, "error")
    assert error[-20] > 4 * error[-16] > 16 * error[12]
    assert error[12] < 2e-3


def test_above_all_is_infinite(sweep):
    assert column(sweep, "infinite")[30] > 0.3
    assert np.isnan(column(sweep, "error")[30])
    assert column(sweep, "infinite")[13] == 0
