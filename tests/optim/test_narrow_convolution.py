"""One rounding at the end, where products are added wide; many, where they are added narrow."""

import numpy as np
import pytest

from mgc.errors import ConfigError
from mgc.optim.narrow_convolution import convolution_errors


@pytest.mark.parametrize("format", ["float16", "bfloat16"])
def test_forward_is_rounded_once(format):
    once, found = convolution_errors(format, (4, 8, 8, 3), 4)["forward"]
    assert found == pytest.approx(once, rel=0.01)
    assert 0.3 < once < 0.6  # a rounding errs by a bit less than half a unit, on average


def test_the_gradient_is_no_better_than_one_rounding():
    """A wrong reference (a flipped kernel, another alignment) would be off by thousands."""
    for format in ("float16", "bfloat16"):
        once, found = convolution_errors(format, (4, 8, 8, 3), 4)["kernel gradient"]
        assert 0.99 * once < found < 30


def test_draws_belong_to_the_seed():
    small = (2, 4, 4, 1)
    first, again, other = (convolution_errors("float16", small, 2, seed) for seed in (1, 1, 2))
    assert first == again != other


def test_no_such_format():
    with pytest.raises(ConfigError, match="float16"):
        convolution_errors("float8", (2, 4, 4, 1), 2)
    assert np.isfinite(convolution_errors("float16", (2, 4, 4, 1), 2)["forward"]).all()
