"""Networks of finished runs, loaded again and asked about changed pictures."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from mgc.data.altered import HiddenBands, altered
from mgc.data.datasets import open_dataset
from mgc.data.interventions import Intervention
from mgc.data.normalise import Normaliser
from mgc.data.representation import representation
from mgc.data.segments import Segments
from mgc.errors import DataError, RunError
from mgc.evaluate.report import read_json
from mgc.evaluate.runs import WEIGHTS, Run, load_run
from mgc.evaluate.tracks import track_decisions
from mgc.models.registry import build_model
from mgc.train.config import RunConfig
from mgc.train.fit import Fitted
from mgc.train.run import predict_part, prepare_data

#: Decisions of a network that is loaded again may differ by rounding on so many clips.
_TIES = 1


@dataclass(frozen=True)
class Bench:
    """Trained networks and the segments of one part.

    Attributes
    ----------
    runs : list of Run
        Runs that differ in their seed alone.
    nets : list of Fitted
        Their networks.
    segments : Segments
        What is scored.
    levels : ndarray of float64, shape (n_mels,)
        Mean level of each band over the train part, in dB.
    """

    runs: list[Run]
    nets: list[Fitted]
    segments: Segments
    levels: npt.NDArray[np.float64]

    @cached_property
    def plain(self) -> list[pd.DataFrame]:
        """Track decisions of each network on the pictures as they are."""
        return self.tracks(None)

    def tracks(self, change: Intervention | HiddenBands | None) -> list[pd.DataFrame]:
        """Return the track decisions of each network on the pictures, changed or as they are."""
        segments = self.segments
        if change is not None:
            segments = replace(segments, store=altered(segments.store, change))
        held = HeldSegments(**vars(segments), values=segments.read(np.arange(len(segments))))
        return [track_decisions(predict_part(net.predict, held)) for net in self.nets]


@dataclass(frozen=True)
class HeldSegments(Segments):
    """Segments whose features are in memory, so that several networks read them once.

    Attributes
    ----------
    values : ndarray of float32, shape (segments, rows, frames)
        What `Segments.read` returns for all of them.

    Book: Where and why it errs
    """

    values: npt.NDArray[np.float32] = field(kw_only=True)

    def read(
        self, which: npt.ArrayLike, starts: npt.ArrayLike | None = None
    ) -> npt.NDArray[np.float32]:
        """Return the features of some segments; see `Segments.read`."""
        if starts is not None:
            raise DataError("segments in memory begin where they were cut: leave starts out")
        return np.asarray(self.values[np.asarray(which, dtype=np.int64)])


def trained_network(run: Run, shape: tuple[int, int, int], n_classes: int) -> Fitted:
    """Build the network of a run and load its weights.

    Parameters
    ----------
    run : Run
        A finished run of a network, with weights in its folder.
    shape : tuple of int
        Rows, frames and channels of a segment.
    n_classes : int
        Number of genres.

    Raises
    ------
    RunError
        If the folder holds no weights, or those of another network.

    Book: Where and why it errs
    """
    weights = run.folder / WEIGHTS
    if not weights.is_file():
        raise RunError(f"{run.folder} has no {weights.name}: make the run again with 'mgc run'")
    config = RunConfig.from_dict(run.config)
    model = build_model(
        config.model,
        shape,
        n_classes,
        width=config.width,
        spec_augment=config.spec_augment,
        first_layer=representation(config.features).first_layer,
        seed=config.seed,
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Keras only warns where it leaves layers as they are
            model.load_weights(weights)
    except (OSError, ValueError, UserWarning) as error:
        why = str(error).strip().partition("\n")[0]
        raise RunError(
            f"{weights} does not fit {config.model} ({why}): make the run again with 'mgc run'"
        ) from error
    normaliser = Normaliser.from_dict(read_json(run.folder / "normaliser.json"))
    return Fitted(model, normaliser, config.batch_size, history=[], best_epoch=run.best_epoch)


def open_bench(configs: Sequence[RunConfig], part: str, runs: Path, store: str | None) -> Bench:
    """Load the networks of some runs and check that they decide as their predictions say.

    Parameters
    ----------
    configs : sequence of RunConfig
        Which differ in their seed alone.
    part : {"train", "valid", "test"}
        What is to be scored.
    runs : Path
        Where the run folders lie.
    store : str, optional
        Feature store, if not at its standard place.

    Raises
    ------
    RunError
        If there is no run, runs differ in more than their seed, `part` is ``"valid"`` and they
        learnt from it, or a network does not decide as the predictions in its folder.

    Book: Where and why it errs
    """
    if len({replace(config, seed=0).uid for config in configs}) != 1:
        raise RunError(
            f"{len(configs)} runs are no repetitions of one another: choose those that differ in "
            "their seed alone, for example with -p optimizer=adam"
        )
    if part == "valid" and configs[0].train_on_valid:
        raise RunError(
            f"{len(configs)} runs learnt from the valid part, so that scores there are none of "
            "unseen clips: choose part 'test', or runs with -p train_on_valid=false"
        )
    data = prepare_data(configs[0], open_dataset(configs[0].dataset, store))
    segments = data.parts[part]
    shape, found = (segments.rows, segments.frames, 1), [load_run(runs / c.uid) for c in configs]
    nets = [trained_network(run, shape, len(segments.genres)) for run in found]
    bench = Bench(found, nets, segments, _mean_levels(data.parts["train"]))
    for run, tracks in zip(found, bench.plain, strict=True):
        then = run.tracks[run.tracks["part"] == part].set_index("clip")["predicted"]
        now = tracks.set_index("clip")["predicted"]
        if len(then) and (then.reindex(now.index) != now).sum() > _TIES:
            raise RunError(f"{run.folder} decides otherwise than its predictions: make it again")
    return bench


def _mean_levels(train: Segments) -> npt.NDArray[np.float64]:
    """Average the levels of each band over the clips of a part."""
    rows = train.table["row"].unique()
    means = [train.store.decode(int(row)).mean(axis=1, dtype=np.float64) for row in rows]
    return np.asarray(np.mean(means, axis=0))
