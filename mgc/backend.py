"""The one door to Keras: a quiet import, pinned threads, operations that repeat to the bit.

Everything that needs Keras says ``from mgc.backend import keras``.  The environment has to be set
*before* the backend is imported, which is why it happens here and nowhere else.  Which backend is
used follows Keras' own rule (``KERAS_BACKEND``, else its configuration file, else TensorFlow).
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from mgc.threads import wanted_threads

#: Threads inside one operation; read once, because a backend that runs cannot change it.
_THREADS = wanted_threads()


def threads() -> int:
    """Return how many threads an operation of this process uses; recorded with each run."""
    return _THREADS


def _prepare_environment() -> None:
    """Ask for determinism and silence; whatever the user has set already wins."""
    wishes = {
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # With the default inter-op pool no two runs agree; with one thread all do, at no cost.
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": str(threads()),
        "TF_DETERMINISTIC_OPS": "1",
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        # float32 means float32: no TF32 shortcut on a GPU.
        "NVIDIA_TF32_OVERRIDE": "0",
        "JAX_DEFAULT_MATMUL_PRECISION": "highest",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    }
    for name, value in wishes.items():
        os.environ.setdefault(name, value)
    flags = os.environ.get("XLA_FLAGS", "")
    if "--xla_gpu_deterministic_ops" not in flags:
        os.environ["XLA_FLAGS"] = f"{flags} --xla_gpu_deterministic_ops=true".strip()


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Hold back what C++ writes to file descriptor 2; hand it over if the block fails.

    Python's own warnings are not lost: in a notebook they do not go through this descriptor, and a
    failing import shows everything.
    """
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(saved, held.read())
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)


_prepare_environment()
with _quiet_stderr():
    import keras

__all__ = ["keras", "threads"]
