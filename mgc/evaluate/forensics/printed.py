"""The numbers that the paper prints, behind one door."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mgc.errors import DataError
from mgc.paths import PROJECT

#: File -> columns that it has; those of the confusion matrix are its classes.
TABLES = {
    "confusion": ("class",),
    "summary": ("method", "accuracy", "precision", "recall", "f1"),
    "range": ("heading", "least", "greatest"),
    "accuracies": ("table", "data_set", "row", "method", "accuracy"),
    "img": ("class", "proposed", "VGG16", "AlexNet", "RNN"),
    "per_class": ("data_set", "class", "precision", "recall", "f1", "accuracy"),
    "classes": ("class", "files"),
    "sizes": ("data_set", "classes", "items"),
    "network": ("stage", "part", "side", "channels"),
    "costs": ("figure", "item", "value", "unit"),
    "continuation": ("run", "apart", "unit", "accuracy"),
    "claims": ("claim", "where", "says", "verdict", "why", "shown"),
}


def printed(name: str, folder: str | Path | None = None) -> pd.DataFrame:
    """Return one table of what is printed, as it is printed.

    Parameters
    ----------
    name : str
        A key of `TABLES`; ``data/patil2023/README.md`` says what each holds.
    folder : str or Path, optional
        Where the files lie; those of the project if not given.

    Returns
    -------
    DataFrame
        Percentages stay percentages, and columns stay under the headings that they have in print.

    Raises
    ------
    DataError
        If there is no such table, or its file is absent, cannot be read, lacks a column or a value.

    Examples
    --------
    >>> printed("sizes").set_index("data_set").loc["Tabla"].tolist()
    [8, 561]

    Book: Patil et al. (2023), re-read
    """
    if name not in TABLES:
        raise DataError(f"printed table is {name!r}, but there are {', '.join(TABLES)}")
    path = Path(folder or PROJECT / "data" / "patil2023") / f"{name}.csv"
    try:
        table = pd.read_csv(path, keep_default_na=False, na_values=[""])
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataError(
            f"{path} cannot be read ({error}): restore it from the repository, or name the folder "
            "of a checkout"
        ) from error
    absent = [column for column in TABLES[name] if column not in table.columns]
    if absent or table.empty or table.isna().any(axis=None):
        raise DataError(
            f"{path} lacks {', '.join(absent) or 'rows or values'}; expected are the columns "
            f"{', '.join(TABLES[name])} and no empty cell: restore it from the repository"
        )
    return table


def printed_confusion(folder: str | Path | None = None) -> tuple[NDArray[np.int64], list[str]]:
    """Return the printed confusion matrix on GTZAN and the names of its classes.

    Returns
    -------
    matrix : ndarray of int64, shape (10, 10)
        Counts, rows true and columns predicted.
    names : list of str
        Genres.

    Raises
    ------
    DataError
        As :func:`printed`, or if rows and columns differ or a count is no number.

    Examples
    --------
    >>> matrix, names = printed_confusion()
    >>> int(matrix.sum()), names[0]
    (3900, 'blues')

    Book: Patil et al. (2023), re-read
    """
    table = printed("confusion", folder).set_index("class")
    names = table.index.tolist()
    whole = all(pd.api.types.is_integer_dtype(kind) for kind in table.dtypes)
    if not whole or names != table.columns.tolist() or (table < 0).any(axis=None):
        raise DataError(
            f"the printed confusion matrix has rows {names} and columns {table.columns.tolist()}: "
            "expected are the same names and counts; restore data/patil2023/confusion.csv"
        )
    return table.to_numpy(dtype=np.int64), names
