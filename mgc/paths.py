"""Where things lie: the project, its runs, its cache and the real data beside it.

Each place can be moved by one environment variable; the messages of the callers name it.
"""

import os
from pathlib import Path

#: Folder that holds the package: the root of the checkout, or ``site-packages`` if installed.
PROJECT = Path(__file__).resolve().parents[1]


def _place(variable: str, default: Path) -> Path:
    return Path(os.environ[variable]) if os.environ.get(variable) else default


def _in_checkout() -> bool:
    return (PROJECT / "pyproject.toml").is_file()


def _home() -> Path:
    """Folder that data lie in: the checkout, else the current folder, never site-packages."""
    return PROJECT if _in_checkout() else Path.cwd()


def runs_folder() -> Path:
    """Folder of the run folders: ``MGC_RUNS``, else ``data/runs`` in the project.

    Outside a checkout the current folder stands for the project, here and below.
    """
    return _place("MGC_RUNS", _home() / "data" / "runs")


def cache_folder() -> Path:
    """Folder for what can be made again: ``MGC_CACHE``, else ``data/cache`` in the project.

    Outside a checkout it is ``mgc`` in the user's cache, ``XDG_CACHE_HOME`` or ``~/.cache``.
    """
    user = _place("XDG_CACHE_HOME", Path.home() / ".cache") / "mgc"
    return _place("MGC_CACHE", PROJECT / "data" / "cache" if _in_checkout() else user)


def sets_folder() -> Path:
    """Folder of the data sets of one's own: ``MGC_SETS``, else ``data/sets`` in the project."""
    return _place("MGC_SETS", _home() / "data" / "sets")


def gtzan_store() -> Path:
    """Real GTZAN store: ``MGC_STORE``, else ``../shared/gtzan/logmel`` beside the project."""
    return _place("MGC_STORE", _home().parent / "shared" / "gtzan" / "logmel")


def gtzan_fetched() -> Path:
    """Where GTZAN audio is fetched to: ``MGC_GTZAN``, else ``data/gtzan/genres_original``."""
    return _place("MGC_GTZAN", _home() / "data" / "gtzan" / "genres_original")


def gtzan_audio() -> Path:
    """GTZAN audio: ``MGC_GTZAN``, else ``data/gtzan/genres_original``, else the shared clips."""
    local = gtzan_fetched()
    shared = _home().parent / "shared" / "gtzan" / "audio"
    return _place("MGC_GTZAN", local if local.is_dir() else shared)
