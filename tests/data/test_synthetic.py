"""The corpus: deterministic, faulty as announced, learnable and not trivial."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from filelock import FileLock
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from mgc.data.audio import load_audio
from mgc.data.compute import compute_store
from mgc.data.manifest import GENRES, check_manifest, load_manifest
from mgc.data.store import FeatureStore
from mgc.data.synthetic import SyntheticCorpus, synthetic_store
from mgc.errors import ConfigError, DataError

SMALL = SyntheticCorpus(clips_per_genre=3, seconds=2.0, seed=5)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MGC_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_audio_depends_on_the_parameters_only():
    again = SyntheticCorpus(clips_per_genre=3, seconds=2.0, seed=5)
    other = SyntheticCorpus(clips_per_genre=3, seconds=2.0, seed=6)
    assert np.array_equal(SMALL.audio("pop.00001"), again.audio("pop.00001"))
    assert not np.array_equal(SMALL.audio("pop.00001"), other.audio("pop.00001"))
    assert not np.array_equal(SMALL.audio("pop.00001"), SMALL.audio("pop.00002"))


def test_manifest_is_one_and_hashes_the_samples(cache):
    manifest = SMALL.manifest()
    assert check_manifest(manifest, "synthetic").equals(manifest)
    assert tuple(manifest["clip"]) == SMALL.clips
    assert set(manifest["genre"]) == set(GENRES)
    row = manifest.iloc[7]
    assert row["sha256"] == hashlib.sha256(SMALL.audio(row["clip"]).tobytes()).hexdigest()
    manifest["genre"] = "gone"
    assert SMALL.manifest()["genre"].nunique() == 10


@pytest.mark.parametrize("clips_per_genre", [3, 10, 40])
def test_faults_are_planted_and_told(cache, clips_per_genre):
    corpus = SyntheticCorpus(clips_per_genre=clips_per_genre, seconds=1.0, seed=1)
    manifest = corpus.manifest()
    planted = max(1, min(5, clips_per_genre // 10))
    twins = manifest[manifest["faults"] == "exact_repetition"]
    assert twins.groupby("fault_groups").size().tolist() == [2] * planted
    assert twins["sha256"].nunique() == planted
    assert twins.groupby("fault_groups")["group"].nunique().eq(1).all()
    rest = manifest.drop(twins.index)
    assert rest["sha256"].is_unique
    wrong = manifest["genre"] != manifest["true_genre"]
    assert wrong.equals(manifest["faults"] == "label_error")
    assert wrong.sum() == planted


def test_artists_play_two_or_three_clips(cache):
    manifest = SyntheticCorpus().manifest()
    clean = manifest[manifest["faults"] == ""]
    per_genre = clean.groupby("genre")["group"].nunique()
    assert per_genre.min() >= 4
    assert manifest.groupby("group").size().between(1, 3).all()


def test_faultless_where_there_is_no_room(cache):
    tiny = SyntheticCorpus(clips_per_genre=2, seconds=1.0)
    assert (tiny.manifest()["faults"] == "").all()


def test_audio_files_keep_every_sample(tmp_path, cache):
    SMALL.write_audio(tmp_path / "audio")
    manifest = load_manifest(tmp_path / "audio" / "manifest.csv")
    assert manifest.equals(SMALL.manifest())
    for clip, genre, sha256 in manifest[["clip", "genre", "sha256"]].itertuples(index=False):
        audio = load_audio(tmp_path / "audio" / genre / f"{clip}.wav")
        assert audio.notes == ()
        assert hashlib.sha256(audio.y.tobytes()).hexdigest() == sha256


def test_store_is_made_once(cache):
    folder = synthetic_store(SMALL)
    made = (folder / "features.npy").stat().st_mtime_ns
    assert synthetic_store(SMALL) == folder
    assert (folder / "features.npy").stat().st_mtime_ns == made
    store = FeatureStore.open(folder)
    assert tuple(store.clips["clip"]) == SMALL.clips
    first = SMALL.front_end.compute(SMALL.audio(SMALL.clips[0]))
    assert (store.values[0] == first.values).all()
    assert synthetic_store(SyntheticCorpus(1, 2.0), cache) != folder


def test_who_comes_second_waits_for_the_store(tmp_path):
    store = tmp_path / f"synthetic-{SMALL.fingerprint}"
    with ThreadPoolExecutor(1) as second:
        with FileLock(store.with_suffix(".lock")):
            answer = second.submit(synthetic_store, SMALL, tmp_path)
            with pytest.raises(TimeoutError):
                answer.result(timeout=2)
            compute_store(SMALL.sources()[:1], SMALL.front_end, store)
        assert answer.result() == store
    assert len(FeatureStore.open(store)) == 1


@pytest.mark.parametrize(
    "wrong", [{"clips_per_genre": 0}, {"seconds": 0.5}, {"seed": -1}, {"clips_per_genre": "3"}]
)
def test_bad_parameters_are_refused(wrong):
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        SyntheticCorpus(**wrong)


def test_unknown_clip_is_refused():
    with pytest.raises(DataError, match=r"no clip 'jazz\.00099': it has 30"):
        SMALL.audio("jazz.00099")


def test_genres_can_be_learnt_and_artists_leak(cache):
    corpus = SyntheticCorpus()
    store, manifest = FeatureStore.open(synthetic_store(corpus)), corpus.manifest()
    pictures = np.stack([store.decode(row) for row in range(len(store))])
    X = np.concatenate([pictures.mean(axis=2), pictures.std(axis=2)], axis=1)
    genre, group = manifest["genre"], manifest["group"]
    machine = make_pipeline(StandardScaler(), SVC(C=10.0))
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    honest = cross_val_score(machine, X, genre, groups=group, cv=folds).mean()
    mixed = StratifiedKFold(5, shuffle=True, random_state=0)
    leaky = cross_val_score(machine, X, genre, cv=mixed).mean()
    assert 0.4 < honest < 0.9
    assert leaky > honest + 0.1
