"""The first two lines of each notebook: one style, pinned threads, the same bits each time."""

import os

# As many as a small CI machine has, so that laptops and CI add up in the same order.
_THREADS = "2"


def setup() -> None:
    """Prepare a notebook: threads, printing and figure style.

    The first code cell of every notebook is ``import mgc.book`` and ``mgc.book.setup()``.  Thread
    counts are pinned (they change the last digits of sums), progress bars are off (they write to
    stderr), arrays and tables print four digits.  Warnings stay on: a notebook that warns is
    refused, so its author has to look.  What the environment sets already wins; calling it twice
    changes nothing.

    Examples
    --------
    >>> import mgc.book
    >>> mgc.book.setup()
    """
    _pin_threads()
    _style()


def _pin_threads() -> None:
    """Set the threads of BLAS, before it is imported, and ``MGC_THREADS``.

    From the latter :mod:`mgc.backend` derives what TensorFlow, JAX and XLA are told.
    """
    wishes = {
        "MGC_THREADS": _THREADS,
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "TQDM_DISABLE": "1",
    }
    for name, value in wishes.items():
        os.environ.setdefault(name, value)


def _style() -> None:
    import numpy as np
    import pandas as pd

    from mgc.plots.style import use_style

    use_style()
    np.set_printoptions(precision=4, suppress=True, linewidth=88)
    pd.set_option("display.precision", 4, "display.width", 88)
