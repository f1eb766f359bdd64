"""One optimizer object for two networks: the arrangement that broke the seed notebook, replayed.

The notebook trained its second network in float32 "for stability", because it had crashed in mixed
precision.  The table made here varies precision and reuse apart.
"""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from mgc.optim.factories import build_optimizer
from mgc.train.config import RunConfig
from mgc.train.lockstep import build_network

#: Precision policies of the two networks: the same, the same, and the notebook's remedy.
PAIRS = (
    ("float32", "float32"),
    ("mixed_float16", "mixed_float16"),
    ("mixed_float16", "float32"),
)

#: What an outcome is called where nothing is raised.
TRAINS = "trains"

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_REASON = re.compile(
    r"(Unknown variable): .*?(This optimizer can only be called[^.]*\.)", re.DOTALL
)


def train_two(
    make: Callable[[], Any], policies: tuple[str, str], reuse: bool
) -> tuple[str, str, str]:
    """Train two small networks for one step, one after the other.

    Parameters
    ----------
    make : callable
        Returns a new optimizer each time.
    policies : tuple of str
        Precision policy of the first and of the second network.
    reuse : bool
        Whether both get the same optimizer object.

    Returns
    -------
    tuple of str
        ``'trains'`` or the name of the error; the first line that the error shows; its reason.

    Examples
    --------
    >>> train_two(lambda: build_optimizer("adam"), ("float32", "float32"), reuse=False)
    ('trains', '', '')

    Book: Precision as a factor
    """
    x, y = np.ones((4, 16, 16, 1), dtype=np.float32), np.arange(4) % 2
    optimizer = make()
    for policy in policies:
        network = build_network(RunConfig(width=2, dtype=policy), x.shape[1:], 2)
        network.compile(
            optimizer=optimizer if reuse else make(),
            loss="sparse_categorical_crossentropy",
            run_eagerly=True,  # quicker than a compilation for one step, and the same errors
        )
        try:
            network.train_on_batch(x, y)
        except ValueError as error:  # what is asked for here; anything else is a fault of ours
            return type(error).__name__, *_spoken(str(error))
    return TRAINS, "", ""


def _spoken(message: str) -> tuple[str, str]:
    """First line of an error, and its reason without the numbers of the variable."""
    text = _COLOURS.sub("", message)
    first = text.splitlines()[0].split(": <", maxsplit=1)[0]
    found = _REASON.search(text)
    return first, f"{found[1]}. {found[2]}" if found else first


def reuse_table(optimizer: str = "adam") -> pd.DataFrame:
    """Cross the precision of two networks with sharing one optimizer between them.

    Parameters
    ----------
    optimizer : str
        Name in `mgc.optim.factories.OPTIMIZERS`.

    Returns
    -------
    DataFrame
        One row for each of `PAIRS` and each arrangement: ``first``, ``second`` (policies),
        ``optimizers`` (``'one for both'`` or ``'a fresh one each'``), ``outcome``, ``first line``,
        ``reason``.

    Raises
    ------
    ConfigError
        If there is no such optimizer.

    Book: Precision as a factor
    """
    rows = []
    for first, second in PAIRS:
        for reuse, words in ((True, "one for both"), (False, "a fresh one each")):
            found = train_two(lambda: build_optimizer(optimizer), (first, second), reuse)
            rows.append((first, second, words, *found))
    columns = ["first", "second", "optimizers", "outcome", "first line", "reason"]
    return pd.DataFrame(rows, columns=columns)
