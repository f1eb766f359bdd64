"""Tables of a model card: which networks, how well they did, and on which genres.

Book: Model cards.
"""

from collections.abc import Sequence

import pandas as pd

from mgc.errors import WeightsError
from mgc.evaluate.metrics import per_genre_table
from mgc.evaluate.runs import Run
from mgc.songs.classifier import Classifier
from mgc.songs.export import ensemble_tracks


def networks_table(model: Classifier) -> pd.DataFrame:
    """List the networks of a folder.

    Returns
    -------
    DataFrame
        One row a network: ``run, seed, parameters, kilobytes, SHA-256`` (first 16 digits).

    Examples
    --------
    >>> list(networks_table(Classifier.open()).columns)
    ['run', 'seed', 'parameters', 'kilobytes', 'SHA-256']

    Book: Model cards
    """
    return pd.DataFrame(
        {
            "run": entry["run"],
            "seed": entry["seed"],
            "parameters": entry["parameters"],
            "kilobytes": round(entry["bytes"] / 1000),
            "SHA-256": entry["sha256"][:16] + "…",
        }
        for entry in model.facts["networks"]
    )


def scores_table(model: Classifier) -> pd.DataFrame:
    """Return what the networks scored, alone and together.

    Returns
    -------
    DataFrame
        Rows for the mean over the seeds and, of several networks, for the ensemble; ``accuracy,
        low, high`` as shares of tracks, 95 % intervals by bootstrap over artists.

    Raises
    ------
    WeightsError
        If they were never scored.

    Examples
    --------
    >>> scores_table(Classifier.open()).columns.tolist()
    ['networks', 'accuracy', 'low', 'high']

    Book: Model cards
    """
    scores = model.facts["scores"]
    if not scores:
        raise WeightsError(f"{model.name} was never scored: export runs that saw the test part")
    n = len(model.networks)
    rows = {"one network" if n == 1 else f"one network (mean of {n} seeds)": scores["single"]}
    if n > 1:
        rows[f"the {n} together"] = scores["ensemble"]
    return pd.DataFrame({"networks": name, **row} for name, row in rows.items())


def genres_table(runs: Sequence[Run], part: str = "test") -> pd.DataFrame:
    """Score the runs of a folder together, genre by genre.

    Parameters
    ----------
    runs : sequence of Run
        Those that were exported.
    part : str
        Part of the split.

    Returns
    -------
    DataFrame
        As :func:`mgc.evaluate.metrics.per_genre_table`, of the ensemble's decisions on tracks.

    Book: Model cards
    """
    tracks = ensemble_tracks([run.tracks[run.tracks["part"] == part] for run in runs])
    return per_genre_table(tracks["true"], tracks["predicted"], sorted(set(tracks["true"])))
