"""A tiny run on the synthetic corpus, for every test of training."""

import pytest

from mgc.train.config import RunConfig


@pytest.fixture(scope="session")
def tiny():
    """Build small configurations: 2 channels, 2 epochs, 64 segments a step."""

    def make(**changes):
        return RunConfig(**{"width": 2, "epochs": 2, **changes})

    return make
