"""What the files of a feature store (`mgc.data.store.FeatureStore`) must be.

Book: The pipeline and its cost.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mgc.errors import StoreError
from mgc.files import sha256_of

#: Columns of ``clips.csv``, in order.
CLIP_COLUMNS = (
    "clip",
    "genre",
    "n_samples",
    "n_frames",
    "range_db",
    "range_source",
    "ref_db",
    "ref_source",
)
REMEDY = "restore the folder from its source or compute it again with 'mgc data features'"
# Levels are written with fewer digits than they are computed with.
_ROUNDING_DB = 1e-3


def read_spec(path: Path) -> dict[str, Any]:
    """Read ``spec.json``; its parameters are checked by the front end."""
    try:
        spec = json.loads(path.read_text(encoding="utf8"))
    except FileNotFoundError:
        raise StoreError(
            f"{path} does not exist, so {path.parent} is no feature store: name one with --store "
            "or MGC_STORE, or make one with 'mgc data features'"
        ) from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise StoreError(f"{path} is not valid JSON ({error}): {REMEDY}") from error
    if not isinstance(spec, dict):
        raise StoreError(f"{path} holds a {type(spec).__name__}, but must be an object: {REMEDY}")
    return spec


def map_values(path: Path) -> npt.NDArray[Any]:
    """Map ``features.npy`` into memory."""
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)  # type: ignore[no-any-return]
    except FileNotFoundError:
        raise StoreError(f"{path} does not exist: {REMEDY}") from None
    except (ValueError, OSError, EOFError) as error:
        raise StoreError(f"{path} is truncated or no .npy file ({error}): {REMEDY}") from error


def read_clips(path: Path, top_db: float) -> pd.DataFrame:
    """Read ``clips.csv`` and refuse rows that no clip can have."""
    try:
        # Without the default words for "missing", so that what stands in a cell can be named.
        clips = pd.read_csv(path, dtype={"clip": str, "genre": str}, keep_default_na=False)
    except FileNotFoundError:
        raise StoreError(f"{path} does not exist: {REMEDY}") from None
    except (ValueError, UnicodeDecodeError) as error:
        raise StoreError(f"{path} is not a readable table ({error}): {REMEDY}") from error
    missing = [name for name in CLIP_COLUMNS if name not in clips.columns]
    if missing:
        raise StoreError(f"{path} lacks the columns {', '.join(missing)}: {REMEDY}")
    _check_rows(path, clips, top_db)
    return clips


def _check_rows(path: Path, clips: pd.DataFrame, top_db: float) -> None:
    numbers = {
        name: pd.to_numeric(clips[name], errors="coerce").to_numpy(dtype=np.float64)
        for name in ("n_samples", "n_frames", "range_db", "ref_db")
    }
    finite = {name: np.isfinite(values) for name, values in numbers.items()}
    range_db = numbers["range_db"]
    rules: dict[str, tuple[Any, str]] = {
        "clip": (
            clips["clip"].str.strip().ne("") & ~clips["clip"].duplicated(),
            "a name of its own",
        ),
        "genre": (clips["genre"].str.strip() != "", "the name of a genre"),
        **{
            name: (
                finite[name] & (numbers[name] > 0) & (numbers[name] == np.trunc(numbers[name])),
                "a whole number above 0",
            )
            for name in ("n_samples", "n_frames")
        },
        "range_db": (
            finite["range_db"] & (range_db > 0) & (range_db <= top_db + _ROUNDING_DB),
            f"a number above 0 and at most top_db = {top_db:g}",
        ),
        "ref_db": (finite["ref_db"], "a finite number"),
    }
    for name, (good, expected) in rules.items():
        bad = np.flatnonzero(~np.asarray(good))
        if len(bad):
            raise StoreError(
                f"{path}, line {bad[0] + 2} (clip {clips['clip'].iloc[bad[0]]}), has {name} "
                f"{str(clips[name].iloc[bad[0]])!r}, expected is {expected}: {REMEDY}"
            )


def verify_store(
    folder: Path, spec: dict[str, Any], values: npt.NDArray[Any], clips: pd.DataFrame
) -> None:
    """Compare the hashes that ``spec.json`` has, and look for NaN in float features."""
    for name, key in (("features.npy", "sha256"), ("clips.csv", "clips_sha256")):
        if key == "clips_sha256" and key not in spec:  # stores made before mgc wrote it
            continue
        found, promised = sha256_of(folder / name), str(spec.get(key))
        if found != promised:
            raise StoreError(
                f"{folder / name} has SHA-256 {found[:12]}…, but spec.json says "
                f"{promised[:12]}…, so it was altered: {REMEDY}"
            )
    if values.dtype.kind == "f":
        for row, clip in enumerate(clips["clip"]):
            if not np.isfinite(values[row]).all():
                raise StoreError(
                    f"{folder / 'features.npy'} holds NaN or infinity in clip {clip}: {REMEDY}"
                )
