"""The feature store: one folder, memory-mapped, verified on open, written whole or not at all.

``features.npy`` (clips, mels, columns; uint8, float16 or float32), ``clips.csv`` (one row a clip,
same order), ``spec.json`` (every front-end parameter and the SHA-256 of the two).
"""

import csv
import json
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mgc.data.frontend import ClipFeatures, FrontEnd
from mgc.data.store_checks import (
    CLIP_COLUMNS,
    REMEDY,
    map_values,
    read_clips,
    read_spec,
    verify_store,
)
from mgc.errors import StoreError
from mgc.files import atomic_folder, sha256_of


@dataclass(frozen=True)
class FeatureStore:
    """Log-mel features of many clips, read from disk only where they are touched.

    Use `FeatureStore.open`; the constructor trusts its arguments.

    Attributes
    ----------
    folder : Path
        Where the store lies.
    front_end : FrontEnd
        How the features were computed and how they are decoded.
    clips : DataFrame
        One row a clip, in the order of `values`; columns as in `CLIP_COLUMNS`.
    values : ndarray, shape (clips, n_mels, columns)
        The stored numbers, memory-mapped.
    sha256 : str
        Hash of ``features.npy``: the identity of the data.

    Book: The pipeline and its cost
    """

    folder: Path
    front_end: FrontEnd
    clips: pd.DataFrame
    values: npt.NDArray[Any]
    sha256: str

    @classmethod
    def open(cls, folder: str | Path, *, verify: bool = True) -> "FeatureStore":
        """Open a store and check that it is what its specification says.

        Parameters
        ----------
        folder : str or Path
            A folder with ``features.npy``, ``clips.csv`` and ``spec.json``.
        verify : bool
            Also compare the SHA-256 (0.1 s for 1000 clips) and look for NaN in float features.

        Raises
        ------
        StoreError
            If a file is missing, truncated or altered, the tables disagree, a row of
            ``clips.csv`` cannot be true, the specification is of an unknown version, or features
            are not finite.  The message names the file.
        """
        folder = Path(folder)
        spec = read_spec(folder / "spec.json")
        front_end = FrontEnd.from_spec(spec)
        values = map_values(folder / "features.npy")
        clips = read_clips(folder / "clips.csv", front_end.top_db)
        expected = (len(clips), front_end.n_mels, front_end.columns)
        if values.shape != expected or str(values.dtype) != front_end.dtype:
            raise StoreError(
                f"{folder / 'features.npy'} holds {values.dtype} {values.shape}, but clips.csv and "
                f"spec.json promise {front_end.dtype} {expected}: {REMEDY}"
            )
        if verify:
            verify_store(folder, spec, values, clips)
        return cls(folder, front_end, clips, values, str(spec.get("sha256")))

    def __len__(self) -> int:
        return len(self.clips)

    def index(self, clip: str) -> int:
        """Return the row of a clip; `StoreError` if the store lacks it."""
        if clip not in self._rows:
            raise StoreError(
                f"{self.folder} has no clip {clip!r} among its {len(self)}: check the name, or "
                "leave it out of the split"
            )
        return self._rows[clip]

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {clip: row for row, clip in enumerate(self.clips["clip"])}

    def decode(self, row: int, start: int = 0, stop: int | None = None) -> npt.NDArray[np.float32]:
        """Return columns `start` to `stop` of one clip in dB relative to the clip's maximum.

        Returns
        -------
        ndarray of float32, shape (n_mels, stop - start)
            Values from ``-range_db`` to 0.
        """
        return self.front_end.decode(
            self.values[row, :, start:stop], float(self.clips["range_db"].iloc[row])
        )


class StoreWriter:
    """Write a store clip by clip, in flat memory; the folder appears only when it is whole.

    Parameters
    ----------
    folder : str or Path
        Final place.
    front_end : FrontEnd
        Specification that every clip was computed with.
    capacity : int > 0
        Most clips that will come; fewer are fine.
    overwrite : bool
        Whether an existing store may be replaced (only once the new one is complete).

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> front_end = FrontEnd.for_seconds(6.0)
    >>> y = np.sin(np.arange(6 * 22050) / 8).astype("float32")
    >>> with tempfile.TemporaryDirectory() as place:
    ...     with StoreWriter(f"{place}/store", front_end, capacity=5) as writer:
    ...         writer.append("a", "blues", front_end.compute(y))
    ...     len(FeatureStore.open(f"{place}/store"))
    1

    Book: The pipeline and its cost
    """

    def __init__(
        self, folder: str | Path, front_end: FrontEnd, capacity: int, overwrite: bool = False
    ) -> None:
        self._place = atomic_folder(folder, replace=overwrite)
        self._front_end = front_end
        self._capacity = capacity
        self._written: set[str] = set()

    def __enter__(self) -> "StoreWriter":
        self._stack = ExitStack()  # closes the files first, then renames the folder
        self._folder = self._stack.enter_context(self._place)
        self._features = self._stack.enter_context(open(self._folder / "features.npy", "wb"))
        self._write_header(self._capacity)
        table = open(self._folder / "clips.csv", "w", newline="", encoding="utf8")  # noqa: SIM115
        self._table = self._stack.enter_context(table)
        self._rows = csv.writer(self._table, lineterminator="\n")
        self._rows.writerow(CLIP_COLUMNS)
        return self

    def append(
        self,
        clip: str,
        genre: str,
        features: ClipFeatures,
        range_source: str = "exact",
        ref_source: str = "exact",
    ) -> None:
        """Add one clip; `StoreError` if it was added before or its shape is another."""
        shape = (self._front_end.n_mels, self._front_end.columns)
        if features.values.shape != shape or str(features.values.dtype) != self._front_end.dtype:
            raise StoreError(
                f"clip {clip} came as {features.values.dtype} {features.values.shape}, but the "
                f"store takes {self._front_end.dtype} {shape}: compute it with the store's spec"
            )
        if clip in self._written or len(self._written) >= self._capacity:
            raise StoreError(
                f"clip {clip} came as number {len(self._written) + 1} of {self._capacity} or for "
                "the second time: give each clip once and the true capacity"
            )
        self._features.write(np.ascontiguousarray(features.values).tobytes())
        self._written.add(clip)
        self._rows.writerow(
            (
                clip,
                genre,
                features.n_samples,
                features.n_frames,
                f"{features.range_db:.6f}",
                range_source,
                f"{features.ref_db:.6f}",
                ref_source,
            )
        )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        if kind is not None:
            return self._stack.__exit__(kind, error, trace)
        with self._stack:
            self._finish()
        return None

    def _finish(self) -> None:
        if not self._written:
            raise StoreError("no clip could be added to the store: nothing is written")
        self._features.seek(0)
        self._write_header(len(self._written))
        self._features.flush()
        self._table.flush()
        shape = [len(self._written), self._front_end.n_mels, self._front_end.columns]
        spec = {
            **self._front_end.to_spec(),
            "shape": shape,
            "sha256": sha256_of(self._folder / "features.npy"),
            "clips_sha256": sha256_of(self._folder / "clips.csv"),
        }
        (self._folder / "spec.json").write_text(json.dumps(spec, indent=1) + "\n", encoding="utf8")

    def _write_header(self, n_clips: int) -> None:
        """Write the .npy header; NumPy pads it so that the first axis may change later."""
        header = {
            "descr": np.lib.format.dtype_to_descr(np.dtype(self._front_end.dtype)),
            "fortran_order": False,
            "shape": (n_clips, self._front_end.n_mels, self._front_end.columns),
        }
        np.lib.format.write_array_header_1_0(self._features, header)
