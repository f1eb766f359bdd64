"""How many threads an operation may use; results repeat to the bit only for the same number."""

import os

from mgc.errors import ConfigError


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def wanted_threads(default: int | None = None) -> int:
    """Return ``MGC_THREADS``, else `default`, else all cores.

    Raises
    ------
    ConfigError
        If the variable is no whole number above 0.

    Examples
    --------
    >>> wanted_threads() >= 1
    True
    """
    text = os.environ.get("MGC_THREADS")
    if not text:
        return default or cores()
    if not text.isdecimal() or int(text) < 1:
        raise ConfigError(f"MGC_THREADS is {text!r}, but must be a whole number above 0")
    return int(text)
