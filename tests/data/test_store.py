"""The feature store: written whole or not at all, verified on open, every damage named."""

import errno
import json

import numpy as np
import pandas as pd
import pytest

from mgc.data.frontend import ClipFeatures, FrontEnd
from mgc.data.store import FeatureStore, StoreWriter
from mgc.errors import MGCError, StoreError

SHAPE = (8, 20)


def front_end(dtype="uint8"):
    return FrontEnd(n_mels=SHAPE[0], columns=SHAPE[1], dtype=dtype)


def features(seed=0, dtype="uint8", shape=SHAPE):
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 256, shape) if dtype == "uint8" else -rng.uniform(0, 60, shape)
    return ClipFeatures(values.astype(dtype), 22050, 44, 60.0 + seed, 3.0)


def write(folder, dtype="uint8", n=3, capacity=None, overwrite=False):
    with StoreWriter(folder, front_end(dtype), capacity or n, overwrite) as writer:
        for k in range(n):
            writer.append(f"blues.{k:05d}", "blues", features(k, dtype))
    return folder


@pytest.fixture
def store(tmp_path):
    return write(tmp_path / "store")


@pytest.mark.parametrize("dtype", ["uint8", "float16", "float32"])
def test_round_trip_with_fewer_clips_than_capacity(tmp_path, dtype):
    store = FeatureStore.open(write(tmp_path / "s", dtype, n=3, capacity=1000))
    assert len(store) == 3
    for k in range(3):
        np.testing.assert_array_equal(store.values[k], features(k, dtype).values)
    assert isinstance(store.values, np.memmap)
    assert store.clips["range_db"].tolist() == [60.0, 61.0, 62.0]
    assert store.index("blues.00002") == 2


def test_decode_is_the_readmes_formula(store):
    opened = FeatureStore.open(store)
    q = features(1).values[:, 5:9].astype(float)
    expected = np.where(q == 0, -61.0, 61.0 * ((q + 0.5) / 256 - 1))
    np.testing.assert_allclose(opened.decode(1, 5, 9), expected, rtol=1e-6)
    assert opened.decode(1).dtype == np.float32


def cut_short(path, keep=0.7):
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])


def edit_spec(store, **changes):
    spec = json.loads((store / "spec.json").read_text())
    (store / "spec.json").write_text(json.dumps({**spec, **changes}))


def flip_a_byte(path):
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))


DAMAGES = {
    "truncated features": (lambda s: cut_short(s / "features.npy"), "features.npy is truncated"),
    "features of no length": (lambda s: cut_short(s / "features.npy", 0), "features.npy is trunc"),
    "no features": (lambda s: (s / "features.npy").unlink(), "features.npy does not exist"),
    "altered features": (lambda s: flip_a_byte(s / "features.npy"), "features.npy has SHA-256"),
    "a longer table": (
        lambda s: (s / "clips.csv").write_text(
            (s / "clips.csv").read_text() + "x,blues,1,1,1,exact,1,exact\n"
        ),
        r"features.npy holds uint8 \(3, 8, 20\).*promise uint8 \(4, 8, 20\)",
    ),
    "no table": (lambda s: (s / "clips.csv").unlink(), "clips.csv does not exist"),
    "another table": (lambda s: (s / "clips.csv").write_text("a,b\n1,2\n"), "clips.csv lacks"),
    "an empty table": (lambda s: (s / "clips.csv").write_text(""), "clips.csv is not a readable"),
    "unknown version": (lambda s: edit_spec(s, version=99), "version.*99"),
    "other parameters": (lambda s: edit_spec(s, n_mels=9), r"promise uint8 \(3, 9, 20\)"),
    "unknown parameter": (lambda s: edit_spec(s, n_melts=9), "n_melts"),
    "spec is no JSON": (lambda s: (s / "spec.json").write_text("{"), "spec.json is not valid JSON"),
    "spec is a list": (lambda s: (s / "spec.json").write_text("[]"), "spec.json holds a list"),
    "no spec": (lambda s: (s / "spec.json").unlink(), "spec.json does not exist"),
}


def edit_row(store, row=1, **changes):
    table = pd.read_csv(store / "clips.csv", dtype=str)
    for name, value in changes.items():
        table.loc[row, name] = value
    table.to_csv(store / "clips.csv", index=False)


@pytest.mark.parametrize("row", [0, 2])
@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("clip", "", "a name of its own"),
        ("clip", "blues.00001", "a name of its own"),
        ("genre", "", "the name of a genre"),
        ("genre", "  ", "the name of a genre"),
        *(
            (name, value, "a whole number above 0")
            for name in ("n_samples", "n_frames")
            for value in ("", "0", "-5", "2.5", "inf", "many")
        ),
        *(
            ("range_db", value, "a number above 0 and at most top_db = 80")
            for value in ("", "0.0", "-60.0", "80.01", "inf", "nan", "loud")
        ),
        *(("ref_db", value, "a finite number") for value in ("", "nan", "-inf", "loud")),
    ],
)
def test_a_row_that_no_clip_can_have_is_named(store, row, name, value, expected):
    edit_row(store, row, **{name: value})
    message = rf"clips.csv, line \d \(clip .*\), has {name} '{value}', expected is {expected}"
    with pytest.raises(StoreError, match=message) as caught:
        FeatureStore.open(store, verify=False)
    if name != "clip":  # of two equal names the second one is at fault
        assert f"line {row + 2} (clip blues.{row:05d})" in str(caught.value)


def test_words_for_missing_values_are_names_too(store):
    edit_row(store, genre="NA", clip="null", range_db="80.0009")
    opened = FeatureStore.open(store, verify=False)
    assert opened.clips.loc[1, ["clip", "genre"]].tolist() == ["null", "NA"]


def test_an_altered_table_is_told_by_its_hash(store):
    edit_row(store, range_db="59.5")
    assert FeatureStore.open(store, verify=False).clips["range_db"][1] == 59.5
    with pytest.raises(StoreError, match=r"clips.csv has SHA-256 .* it was altered"):
        FeatureStore.open(store)


def test_a_store_without_the_hash_of_its_table_opens(store):
    spec = json.loads((store / "spec.json").read_text())
    assert len(spec.pop("clips_sha256")) == 64
    (store / "spec.json").write_text(json.dumps(spec))
    edit_row(store, range_db="59.5")
    assert len(FeatureStore.open(store)) == 3


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damage_is_named_and_nothing_is_touched(store, damage):
    harm, message = DAMAGES[damage]
    harm(store)
    before = {p.name: p.read_bytes() for p in store.iterdir()}
    with pytest.raises(StoreError, match=message):
        FeatureStore.open(store)
    assert {p.name: p.read_bytes() for p in store.iterdir()} == before


def test_nan_in_float_features_is_named(tmp_path):
    bad = features(0, "float32")
    bad.values[3, 4] = np.nan
    with StoreWriter(tmp_path / "s", front_end("float32"), 1) as writer:
        writer.append("blues.00000", "blues", bad)
    with pytest.raises(StoreError, match="NaN or infinity in clip blues.00000"):
        FeatureStore.open(tmp_path / "s")


def test_a_clip_that_is_not_there(store):
    with pytest.raises(StoreError, match="no clip 'jazz.00054' among its 3"):
        FeatureStore.open(store).index("jazz.00054")


def test_rows_are_searched_once(store):
    opened = FeatureStore.open(store)
    assert opened.index("blues.00001") == 1
    del opened.clips["clip"]  # whatever is asked now, it is not searched
    assert opened.index("blues.00002") == 2


@pytest.mark.parametrize(
    ("clip", "shape", "message"),
    [
        ("blues.00000", SHAPE, "second time"),
        ("blues.00009", SHAPE, "number 2 of 1"),
        ("blues.00001", (8, 19), r"\(8, 19\), but the store takes"),
    ],
)
def test_the_writer_refuses_and_leaves_nothing(tmp_path, clip, shape, message):
    with (
        pytest.raises(StoreError, match=message),
        StoreWriter(tmp_path / "s", front_end(), 1) as writer,
    ):
        writer.append("blues.00000", "blues", features())
        writer.append(clip, "blues", features(shape=shape))
    assert not list(tmp_path.iterdir())


def test_no_clip_at_all(tmp_path):
    with pytest.raises(StoreError, match="no clip"), StoreWriter(tmp_path / "s", front_end(), 1):
        pass
    assert not list(tmp_path.iterdir())


def test_a_failure_leaves_the_older_store_intact(store):
    before = {p.name: p.read_bytes() for p in store.iterdir()}
    with (
        pytest.raises(KeyboardInterrupt),
        StoreWriter(store, front_end(), 5, overwrite=True) as writer,
    ):
        writer.append("blues.00000", "blues", features(9))
        raise KeyboardInterrupt
    assert {p.name: p.read_bytes() for p in store.iterdir()} == before
    assert [p.name for p in store.parent.iterdir()] == ["store"]


def test_overwriting_must_be_asked_for(store):
    with pytest.raises(MGCError, match="exists already"), StoreWriter(store, front_end(), 1):
        pass
    write(store, n=2, overwrite=True)
    assert len(FeatureStore.open(store)) == 2


def test_a_full_disk_is_one_sentence(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with (
        pytest.raises(MGCError, match="s was not written, because the disk is full: free some"),
        StoreWriter(tmp_path / "s", front_end(), 2) as writer,
    ):
        writer.append("blues.00000", "blues", features())
        monkeypatch.setattr(writer, "_rows", type("Full", (), {"writerow": full}))
        writer.append("blues.00001", "blues", features())
    assert not list(tmp_path.iterdir())


@pytest.mark.gtzan
def test_the_real_store_opens(gtzan_store):
    store = FeatureStore.open(gtzan_store)
    assert store.values.shape == (999, 128, 387)
    assert store.sha256.startswith("c6359c8d90bc")
    x = store.decode(store.index("blues.00000"))
    assert x.min() >= -80
    assert x.max() <= 0
