"""Accuracies that others have published, kept only where the source itself could be read."""

from pathlib import Path

import pandas as pd

from mgc.errors import ConfigError

_TABLES = Path(__file__).parent / "tables"


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
    table = pd.read_csv(_TABLES / "published.csv")
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


def published_inflation() -> pd.DataFrame:
    """Return accuracies that others have published for one system under two protocols.

    Returns
    -------
    DataFrame
        ``system, year, collection, leaky_protocol, leaky_pct, strict_protocol, strict_pct``
        (percent), ``evidence`` and ``source``, with evidence graded as in
        :func:`published_results`.  The training parts of the two protocols differ in size, too.

    Examples
    --------
    >>> published_inflation()[["leaky_pct", "strict_pct"]].values.tolist()
    [[71.0, 27.0], [92.5, 79.7], [57.3, 43.1]]

    Book: Splits and the leakage ladder
    """
    return pd.read_csv(_TABLES / "inflation.csv")
