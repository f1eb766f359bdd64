"""Which bands trained networks use: hidden one block at a time, and seen in activation maps."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mgc.data.altered import HiddenBands
from mgc.data.datasets import open_dataset
from mgc.data.interventions import band_centres
from mgc.data.pipeline import SegmentBatches
from mgc.data.segments import cut
from mgc.data.splits import make_split
from mgc.evaluate.calibration import track_log_probabilities
from mgc.evaluate.predictions import genres_of
from mgc.train.class_activation import activation_maps, band_profile
from mgc.train.trained import Bench

#: Blocks of bands that are hidden one at a time.
_BLOCKS = 16

#: Genres of the synthetic corpus of which a map is drawn.
_SYNTHETIC = ("classical", "disco", "metal")


def occlusion_table(bench: Bench, blocks: int = _BLOCKS) -> pd.DataFrame:
    """Hide one block of bands at a time: each stands still at its mean over the train part.

    Parameters
    ----------
    bench : Bench
        Networks and clips.
    blocks : int
        Blocks of (nearly) equal height.

    Returns
    -------
    DataFrame
        One row for each genre and block: ``genre, block, low_hz, high_hz`` (centres of its
        outermost bands), ``clips``, ``loss`` (mean over clips and runs of the log-probability of
        the true genre that is lost, nats) and ``accuracy_lost``.

    Book: Where and why it errs
    """
    plain = [_true_logp(tracks) for tracks in bench.plain]
    hz, found = band_centres(bench.segments.store.front_end), []
    for block, bands in enumerate(np.array_split(np.arange(len(hz)), blocks)):
        hidden = bench.tracks(HiddenBands(bands[0], bands[-1] + 1, bench.levels))
        gaps = [a - _true_logp(b) for a, b in zip(plain, hidden, strict=True)]
        by_genre = pd.concat(gaps).groupby("true").mean()
        facts = {"block": block, "low_hz": hz[bands[0]], "high_hz": hz[bands[-1]]}
        clips = gaps[0].groupby("true").size().rename("clips")
        found.append(by_genre.join(clips).assign(**facts).rename_axis("genre").reset_index())
    table = pd.concat(found).rename(columns={"logp": "loss", "correct": "accuracy_lost"})
    names = ["genre", "block", "low_hz", "high_hz", "clips", "loss", "accuracy_lost"]
    return table[names].sort_values(["genre", "block"], ignore_index=True)


def _true_logp(tracks: pd.DataFrame) -> pd.DataFrame:
    logp = track_log_probabilities(tracks)
    true = np.searchsorted(genres_of(tracks), tracks["true"].to_numpy(dtype=str))
    values = {
        "logp": logp[np.arange(len(tracks)), true],
        "correct": tracks["correct"].to_numpy(dtype=np.float64),
    }
    return pd.DataFrame(values, index=pd.MultiIndex.from_frame(tracks[["true", "clip"]]))


def profile_table(bench: Bench) -> pd.DataFrame:
    """Spread the activation maps of right decisions over mel bands, genre by genre.

    Returns
    -------
    DataFrame
        One row for each genre and band: ``genre, band, hz, share`` (mean over segments and runs;
        sums to 1 in each genre) and ``segments`` (of clips that were decided rightly, all runs).

    Book: Where and why it errs
    """
    segments, hz = bench.segments, band_centres(bench.segments.store.front_end)
    sums, counts = np.zeros((len(segments.genres), len(hz))), np.zeros(len(segments.genres))
    for net, tracks in zip(bench.nets, bench.plain, strict=True):
        right = set(tracks.loc[tracks["correct"], "clip"])
        which = np.flatnonzero(segments.table["clip"].isin(right))
        for part in np.array_split(which, max(1, len(which) // 128)):
            labels = segments.labels[part]
            x = SegmentBatches(segments, net.normaliser, len(part)).read(part)
            profile = band_profile(activation_maps(net.model, x, labels), len(hz))
            seen = profile.sum(axis=1) > 0
            np.add.at(sums, labels[seen], profile[seen])
            np.add.at(counts, labels[seen], 1)
    share = sums / np.maximum(counts, 1)[:, None]
    genre, band = np.indices(share.shape).reshape(2, -1)
    return pd.DataFrame(
        {
            "genre": np.asarray(segments.genres)[genre],
            "band": band,
            "hz": hz[band],
            "share": share.ravel(),
            "segments": counts[genre].astype(int),
        }
    )


def synthetic_maps(bench: Bench, genres: Sequence[str] = _SYNTHETIC) -> pd.DataFrame:
    """Map the first segment of a synthetic clip of some genres, for the genre decided there.

    Parameters
    ----------
    bench : Bench
        Its first network is asked.
    genres : sequence of str
        Of the synthetic corpus, which anyone can make and hear; the first clip of each is taken.

    Returns
    -------
    DataFrame
        One row a pixel: ``clip, decided, probability, row, column, value``; rows from the lowest
        band, columns from the start, values 0 or more.

    Book: Where and why it errs
    """
    data, net = open_dataset("synthetic"), bench.nets[0]
    split = make_split(data.manifest, "artist_cv")
    seconds = float(bench.runs[0].config["segment_seconds"])
    found = cut(data.store, data.manifest, split, "test", seconds, bench.segments.features)
    starts = found.table[found.table["segment"] == 0].sort_values("clip")
    first = starts[starts["genre"].isin(genres)].drop_duplicates("genre").index.to_numpy()
    x = SegmentBatches(found, net.normaliser, len(first)).read(first)
    logp = net.predict(found)[first]
    decided = logp.argmax(axis=1)
    maps = activation_maps(net.model, x, decided)
    n, height, width = maps.shape
    clip, row, column = (axis.ravel() for axis in np.indices(maps.shape))
    return pd.DataFrame(
        {
            "clip": found.table["clip"].to_numpy()[first][clip],
            "decided": np.asarray(bench.segments.genres)[decided][clip],
            "probability": np.exp(logp[np.arange(n), decided])[clip],
            "row": row,
            "column": column,
            "value": maps.ravel(),
        }
    )
