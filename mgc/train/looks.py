"""Every declared look at the test parts: which grids, how many networks, and what was announced."""

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd

from mgc import paths
from mgc.errors import ConfigError
from mgc.train.sweep import read_grid

#: Splits whose folds lie inside the train and valid parts of the published lists.
_INNER = ("inner_cv",)

#: Between two sentences of a comment; no sentence ends before a digit or a small letter.
_BETWEEN = re.compile(r"(?<=[.?!]) +(?=[A-Z])")


def declared_looks(folder: str | Path | None = None) -> pd.DataFrame:
    """List what each grid file lets be scored, and what its comment announces.

    Parameters
    ----------
    folder : str or Path, optional
        Folder of grid files, searched with its own folders; ``data/grids`` if not given.

    Returns
    -------
    DataFrame
        One row a file, in the order of their names: ``grid``; ``runs`` declared; ``arms``
        (configurations that differ in more than seeds, folds and draws); ``looks``: how many of
        the runs are scored on the published test list; ``folds``: how many on folds that test each
        clip in turn; ``blind``: how many see no test clip, not even in folds; ``declared``: whether
        a sentence of the comment begins with the word "Declared"; ``about``: its first sentence.

    Raises
    ------
    ConfigError
        If there is no grid file.

    Examples
    --------
    >>> looks = declared_looks().set_index("grid")
    >>> print(looks.loc["optimizer_chosen", "declared"], looks.loc["optimizer_chosen", "blind"])
    True 0

    Book: The protocol
    """
    home = paths.PROJECT / "data" / "grids" if folder is None else Path(folder)
    files = sorted(home.rglob("*.yaml"))
    if not files:
        raise ConfigError(f"{home} holds no grid file: name a folder of YAML files")
    rows = []
    for path in files:
        configs = read_grid(path)
        arms = {replace(c, seed=0, fold=0, split_seed=0).uid for c in configs}
        seen = [
            c.split == "fault_filtered" for c in configs if not c.blind and c.split not in _INNER
        ]
        sentences = _BETWEEN.split(_comment(path))
        declared = any(re.match(r"Declared\b", sentence) for sentence in sentences)
        row = (path.relative_to(home).with_suffix("").as_posix(), len(configs), len(arms))
        counts = (sum(seen), len(seen) - sum(seen), len(configs) - len(seen))
        rows.append((*row, *counts, declared, sentences[0]))
    names = ["grid", "runs", "arms", "looks", "folds", "blind", "declared", "about"]
    return pd.DataFrame(rows, columns=names)


def _comment(path: Path) -> str:
    """Join the lines of the comment at the head of a file, but for commands."""
    words = []
    for line in path.read_text(encoding="utf8").splitlines():
        if not line.startswith("#"):
            break
        if not line.startswith("#  ") and "mgc sweep" not in line:
            words.append(line.lstrip("# ").strip())
    return " ".join(words)
