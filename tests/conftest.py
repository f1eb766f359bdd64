"""Fixtures that every room of the tests shares."""

import os
from pathlib import Path

import pytest

# Pinned before any backend or BLAS wakes up: two cores, the same bits each time.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MGC_THREADS", "2")

from mgc import paths  # noqa: E402


@pytest.fixture(scope="session")
def gtzan_store() -> Path:
    """Folder of the real GTZAN log-mel store; skips where it is absent."""
    folder = paths.gtzan_store()
    if not (folder / "features.npy").is_file():
        pytest.skip("the real GTZAN log-mel store is not on this machine (set MGC_STORE)")
    return folder


@pytest.fixture(scope="session")
def gtzan_audio() -> Path:
    """Folder of real GTZAN audio by genre; skips where it is absent."""
    folder = paths.gtzan_audio()
    if not folder.is_dir():
        pytest.skip("no real GTZAN audio on this machine (set MGC_GTZAN)")
    return folder
