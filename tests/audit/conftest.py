"""A store written from samples, for tests that plant something."""

import numpy as np
import pytest

from mgc.data.frontend import FrontEnd
from mgc.data.store import FeatureStore, StoreWriter


@pytest.fixture
def store_of(tmp_path):
    """``store_of({"pop.a": y, ...})`` returns the opened feature store of the samples."""

    def make(sounds, name="store"):
        seconds = np.median([len(y) for y in sounds.values()]) / 22050
        front_end = FrontEnd.for_seconds(float(seconds))
        with StoreWriter(tmp_path / name, front_end, len(sounds)) as writer:
            for clip, y in sounds.items():
                features = front_end.compute(np.asarray(y, dtype=np.float32))
                writer.append(clip, clip.split(".")[0], features)
        return FeatureStore.open(tmp_path / name)

    return make
