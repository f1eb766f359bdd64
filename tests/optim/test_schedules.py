"""Rates that are known before the run."""

import numpy as np
import pytest

from mgc.errors import ConfigError
from mgc.optim.schedules import scheduled_rate


def test_constant_and_cosine():
    assert scheduled_rate("constant", 0.3, 7, 9) == 0.3
    rates = [scheduled_rate("cosine", 0.3, k, 10) for k in range(11)]
    assert rates[0] == 0.3 and rates[5] == pytest.approx(0.15) and rates[10] == pytest.approx(0)
    assert (np.diff(rates) < 0).all()
    assert rates[2] + rates[8] == pytest.approx(0.3)
    with pytest.raises(ConfigError, match="schedule is 'plateau'"):
        scheduled_rate("plateau", 0.3, 0, 10)
