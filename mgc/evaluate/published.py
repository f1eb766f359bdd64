"""Accuracies that others have published, kept only where the source itself could be read."""

from pathlib import Path

import pandas as pd

from mgc.errors import ConfigError

_TABLE = Path(__file__).parent / "tables" / "published.csv"


def published_results(split: str | None = None, training: str | None = None) -> pd.DataFrame:
    """Return published GTZAN accuracies with their protocol and source.

    Parameters
    ----------
    split, training : str, optional
        Keep only rows with this value of that column.

    Returns
    -------
    DataFrame
        ``system, year, training, split, unit_scored, metric, value_pct`` (percent),
        ``spread_pct, evidence, source, note``.  `evidence` is ``read_here`` (read in a public
        copy) or ``read_secondary`` (read in someone else's summary); values that were only
        remembered are not in the table.

    Raises
    ------
    ConfigError
        If a filter matches nothing; the message lists what there is.

    Examples
    --------
    >>> float(published_results(training="hand-crafted")["value_pct"].iloc[0])
    53.44

    Book: Main results
    """
    table = pd.read_csv(_TABLE)
    for column, wanted in (("split", split), ("training", training)):
        if wanted is None:
            continue
        known = sorted(table[column].unique())
        table = table[table[column] == wanted]
        if table.empty:
            raise ConfigError(
                f"{column} is {wanted!r}, but published are {', '.join(map(str, known))}"
            )
    return table.reset_index(drop=True)
