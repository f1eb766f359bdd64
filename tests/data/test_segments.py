"""Segments are cut after the split, and only from the clips of their part."""

from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from mgc.data.datasets import open_dataset
from mgc.data.normalise import Normaliser
from mgc.data.segments import cut, limit_clips, segment_columns
from mgc.data.splits import make_split
from mgc.errors import ConfigError, DataError


@pytest.fixture(scope="module")
def data():
    return open_dataset("synthetic")


@pytest.fixture(scope="module")
def split(data):
    return make_split(data.manifest, "fault_filtered")


def test_parts_hold_their_clips_and_no_others(data, split):
    for part, clips in split.parts.items():
        table = cut(data.store, data.manifest, split, part, 6.0).table
        assert set(table["clip"]) == set(clips)
        assert (table.groupby("clip")["segment"].count() == 2).all()
        facts = data.manifest.set_index("clip").loc[table["clip"]]
        assert table["genre"].tolist() == facts["genre"].tolist()
        assert table["group"].tolist() == facts["group"].tolist()


def test_segments_lie_side_by_side_and_read_what_the_store_decodes(data, split):
    segments = cut(data.store, data.manifest, split, "test", 6.0)
    assert segments.columns == 77
    x = segments.read([3, 0])
    assert x.dtype == np.float32
    for slot, which in enumerate([3, 0]):
        row = segments.table.iloc[which]
        whole = data.store.decode(data.store.index(row["clip"]))
        start = 77 * row["segment"]
        np.testing.assert_array_equal(x[slot], whole[:, start : start + 77])


def test_labels_index_the_sorted_genres(data, split):
    segments = cut(data.store, data.manifest, split, "valid", 3.0)
    assert segments.genres == tuple(sorted(segments.genres))
    assert [segments.genres[k] for k in segments.labels] == segments.table["genre"].tolist()


def test_a_leaky_split_decides_segment_by_segment(data):
    split = make_split(data.manifest, "segment_random")
    tables = [cut(data.store, data.manifest, split, part, 2.0).table for part in split.parts]
    whole = pd.concat(tables)
    assert not whole.duplicated(["clip", "segment"]).any()
    shared = set(tables[0]["clip"]) & set(tables[2]["clip"])
    assert len(shared) > 30


@pytest.mark.parametrize("name", ["artist_cv", "track_random", "segment_random"])
def test_limited_parts_have_equal_counts_and_nothing_new(data, name):
    split = make_split(data.manifest, name, seed=1)
    train = cut(data.store, data.manifest, split, "train", 6.0)
    limited = limit_clips(train, split, 3)
    assert limited.table["genre"].value_counts().tolist() == [3 * train.per_clip] * 10
    assert limited.table.merge(train.table).equals(limited.table)
    if not split.leaky:  # whole clips
        assert set(limited.table.groupby("clip")["segment"].count()) == {train.per_clip}
    other = limit_clips(train, make_split(data.manifest, name, seed=2), 3)
    assert set(other.table["clip"]) != set(limited.table["clip"])


def test_two_rungs_train_on_the_same_clips_where_they_can(data):
    chosen = []
    for name in ("artist_cv", "duplicate_free"):
        split = make_split(data.manifest, name)
        train = cut(data.store, data.manifest, split, "train", 6.0)
        both = set(split.parts["train"]) & set(
            make_split(data.manifest, "artist_cv").parts["train"]
        )
        chosen.append(set(limit_clips(train, split, 3).table["clip"]) & both)
    assert len(chosen[0] & chosen[1]) > 0.5 * len(chosen[1])


def test_more_clips_than_there_are_cannot_be_kept(data, split):
    train = cut(data.store, data.manifest, split, "train", 6.0)
    with pytest.raises(DataError, match=r"has \d clips of \w+, but 9 of each genre were asked for"):
        limit_clips(train, split, 9)


@pytest.mark.parametrize("seconds", [0.01, 12.5])
def test_impossible_lengths_are_refused(data, seconds):
    with pytest.raises(DataError, match=r"would be \d+ columns, but a clip of this store has"):
        segment_columns(data.store, seconds)


def test_unknown_part_and_unknown_data_set(data, split):
    with pytest.raises(DataError, match="part is 'dev', but split fault_filtered has train"):
        cut(data.store, data.manifest, split, "dev", 6.0)
    with pytest.raises(ConfigError, match="'fma', but must be one of synthetic, gtzan"):
        open_dataset("fma")


def test_a_genre_without_a_segment_to_train_on_is_refused(data):
    few = data.manifest.groupby("genre").head(1)
    refused = 0
    for fold in range(5):
        leaky = make_split(few, "segment_random", fold=fold)
        try:
            table = cut(data.store, few, leaky, "train", 6.0).table
        except DataError as error:
            assert "to train on" in str(error)
            refused += 1
        else:
            assert set(table["genre"]) == set(few["genre"])
    assert refused


def test_an_empty_part_is_refused(data, split):
    empty = type(split).__new__(type(split))
    for name, value in {**vars(split), "parts": MappingProxyType({"test": ()})}.items():
        object.__setattr__(empty, name, value)
    with pytest.raises(DataError, match="part test of split fault_filtered has no segment"):
        cut(data.store, data.manifest, empty, "test", 6.0)


def test_normaliser_equals_numpy_on_everything_at_once():
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(40, 6, 11)) * 3 - 1e4).astype("float32")
    blocks = np.split(x, [1, 7, 20])
    normaliser = Normaliser.fit(blocks)
    exact = x.astype("float64")
    np.testing.assert_allclose(normaliser.mean, exact.mean(axis=(0, 2)), rtol=1e-14)
    np.testing.assert_allclose(normaliser.std, exact.std(axis=(0, 2)), rtol=1e-10)
    assert Normaliser.from_dict(normaliser.to_dict()).std.tolist() == normaliser.std.tolist()


def test_a_constant_band_is_not_blown_up():
    normaliser = Normaliser.fit([np.full((2, 3, 4), -80.0)])
    np.testing.assert_array_equal(normaliser(np.full((1, 3, 4), -79.0)), 1.0)


@pytest.mark.parametrize("batches", [[], [np.full((1, 2, 3), np.nan)]])
def test_nothing_and_nan_cannot_be_normalised(batches):
    with pytest.raises(DataError, match="at least one training segment and finite features"):
        Normaliser.fit(batches)


@pytest.mark.gtzan
def test_the_headline_split_of_the_real_store(gtzan_store):
    data = open_dataset("gtzan", gtzan_store)
    split, missing = make_split(data.manifest, "fault_filtered").restrict(data.store.clips["clip"])
    assert missing == ("jazz.00054",)
    sizes = [len(cut(data.store, data.manifest, split, p, 6.0)) for p in ("train", "valid", "test")]
    assert segment_columns(data.store, 6.0) == 77
    assert sizes == [442 * 5, 197 * 5, 290 * 5]
