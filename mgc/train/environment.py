"""What a run was made with: versions, device, threads, commit, data."""

import os
import platform
import shutil
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

from mgc import paths
from mgc.backend import keras, threads

_PACKAGES = ("mgc", "keras", "tensorflow", "tensorflow-cpu", "jax", "torch", "numpy", "pandas")


def describe_environment() -> dict[str, Any]:
    """Return the facts that decide whether another machine can repeat a run to the bit.

    Returns
    -------
    dict
        python, platform, device, backend, threads, versions, git_commit, git_dirty (whether
        tracked files differed from that commit).
    """
    return {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "device": _device(),
        "backend": keras.backend.backend(),
        "threads": threads(),
        "versions": _versions(),
        **_git_state(),
    }


def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _device() -> str:
    """Name the accelerator if Keras sees one, else the processor."""
    if any(str(name).startswith(("gpu", "cuda")) for name in keras.distribution.list_devices()):
        asked = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
        if shutil.which(asked[0]):
            return _output(asked) or "GPU"
        return "GPU"
    try:
        with open("/proc/cpuinfo", encoding="utf8") as lines:
            models = {line.split(":", 1)[1].strip() for line in lines if "model name" in line}
    except OSError:
        models = {platform.processor()}
    return " / ".join(sorted(models)) or platform.machine()


def _git_state() -> dict[str, str | bool | None]:
    """Commit of the checkout; ``MGC_GIT_COMMIT`` where the code was copied without its history."""
    here = ["git", "-C", str(paths.PROJECT)]
    top = _output([*here, "rev-parse", "--show-toplevel"])
    if top is None or Path(top).resolve() != paths.PROJECT:
        return {"git_commit": os.environ.get("MGC_GIT_COMMIT"), "git_dirty": None}
    changed = _output([*here, "status", "--porcelain", "--untracked-files=no"])
    return {"git_commit": _output([*here, "rev-parse", "HEAD"]), "git_dirty": changed is not None}


def _output(command: list[str]) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None
