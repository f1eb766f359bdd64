"""Where things lie: the project, its runs, its cache and the real data beside it.

Each place can be moved by one environment variable; the messages of the callers name it.
"""

import os
from pathlib import Path

#: Root of the checkout that this package was imported from (or the folder that holds it).
PROJECT = Path(__file__).resolve().parents[1]


def _place(variable: str, default: Path) -> Path:
    return Path(os.environ[variable]) if os.environ.get(variable) else default


def runs_folder() -> Path:
    """Folder of the run folders: ``MGC_RUNS``, else ``data/runs`` in the project."""
    return _place("MGC_RUNS", PROJECT / "data" / "runs")


def cache_folder() -> Path:
    """Folder for what can be made again: ``MGC_CACHE``, else ``data/cache`` in the project."""
    return _place("MGC_CACHE", PROJECT / "data" / "cache")


def gtzan_store() -> Path:
    """Real GTZAN store: ``MGC_STORE``, else ``../shared/gtzan/logmel`` beside the project."""
    return _place("MGC_STORE", PROJECT.parent / "shared" / "gtzan" / "logmel")


def gtzan_audio() -> Path:
    """GTZAN audio: ``MGC_GTZAN``, else ``data/gtzan/genres_original``, else the shared clips."""
    local = PROJECT / "data" / "gtzan" / "genres_original"
    shared = PROJECT.parent / "shared" / "gtzan" / "audio"
    return _place("MGC_GTZAN", local if local.is_dir() else shared)
