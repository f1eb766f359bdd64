"""Faults planted in synthetic sound are found in its features, and in no other clip."""

import numpy as np
import pandas as pd
import pytest
import scipy.fft

from mgc.audit.findings import FINDING_COLUMNS
from mgc.audit.levels import NOISE_DB, STEADY_DB, check_levels, measure_levels
from mgc.data.frontend import FrontEnd
from mgc.data.interventions import band_centres
from mgc.data.store import FeatureStore, StoreWriter
from mgc.data.synthetic import SyntheticCorpus
from mgc.signal.mel import mel_filterbank

SR = 22050
SECONDS = 6
VICTIM = "pop.00001"


@pytest.fixture(scope="module")
def sounds():
    corpus = SyntheticCorpus(clips_per_genre=2, seconds=SECONDS)
    return {clip: corpus.audio(clip) for clip in corpus.clips}


@pytest.fixture(scope="module")
def rng():
    return np.random.default_rng(0)


def store_of(folder, sounds):
    front_end = FrontEnd.for_seconds(SECONDS)
    with StoreWriter(folder, front_end, len(sounds)) as writer:
        for clip, y in sounds.items():
            writer.append(clip, clip.split(".")[0], front_end.compute(y.astype(np.float32)))
    return FeatureStore.open(folder)


def findings(folder, sounds):
    found = check_levels(store_of(folder, sounds))
    return set(zip(found["clip"], found["kind"], strict=True))


@pytest.fixture(scope="module")
def sound_findings(tmp_path_factory, sounds):
    """What is found without planting anything: some synthetic clips are dark, or never rest."""
    found = findings(tmp_path_factory.mktemp("audit") / "store", sounds)
    assert {kind for _, kind in found} <= {"bandwidth", "shallow"}
    assert VICTIM not in {clip for clip, _ in found}
    return found


def silence(y, rng):
    y[SR : 3 * SR] = 0


def noise(y, rng):
    y[SR : 3 * SR] = 0.2 * rng.standard_normal(2 * SR)


def low_pass(y, rng):
    spectrum = scipy.fft.rfft(y)
    spectrum[scipy.fft.rfftfreq(len(y), 1 / SR) > 8000] = 0
    y[:] = scipy.fft.irfft(spectrum, len(y))


def hum(y, rng):
    y += 3 * np.sin(2 * np.pi * 51.5 * np.arange(len(y)) / SR)


def quiet(y, rng):
    y *= 1e-2


def loud(y, rng):
    y *= 30


def hiss(y, rng):
    y += 0.1 * rng.standard_normal(len(y))


@pytest.mark.parametrize(
    ("fault", "kind", "beside"),
    [
        (silence, "silent", set()),
        (noise, "noise", set()),
        (low_pass, "bandwidth", set()),
        (hum, "steady", {"loud", "bandwidth"}),
        (quiet, "quiet", set()),
        (loud, "loud", set()),
        (hiss, "shallow", {"noise"}),
    ],
)
def test_a_planted_fault_is_found_where_it_is(
    tmp_path, sounds, sound_findings, rng, fault, kind, beside
):
    """`beside` is what the fault also does: hum is loud and darkens, hiss fills every rest."""
    y = sounds[VICTIM].astype(np.float64)
    fault(y, rng)
    new = findings(tmp_path / "store", sounds | {VICTIM: y}) - sound_findings
    assert (VICTIM, kind) in new
    assert new <= {(VICTIM, found) for found in {kind, *beside}}


@pytest.mark.parametrize(
    ("seconds", "kind"), [(0.985 * SECONDS, "short"), (1.015 * SECONDS, "long")]
)
def test_clips_of_another_length_are_found(tmp_path, sounds, sound_findings, seconds, kind):
    y = np.resize(sounds[VICTIM], round(seconds * SR))
    assert findings(tmp_path / "store", sounds | {VICTIM: y}) - sound_findings == {(VICTIM, kind)}


def test_values_are_in_the_units_that_they_claim(tmp_path, sounds):
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(SECONDS * SR) / SR)
    # Fades in, as a sudden start would sound at all frequencies.
    tone *= np.clip(np.arange(len(tone)) / SR - 2, 0, 1)
    values = measure_levels(store_of(tmp_path / "store", {"pop.x": tone})).iloc[0]
    assert values["seconds"] == SECONDS
    assert values["silent_seconds"] == pytest.approx(2.0, abs=0.1)
    assert values["bandwidth_hz"] == pytest.approx(1000, rel=0.1)
    assert values["range_db"] == 80.0


def test_white_noise_shows_what_the_limits_for_noise_and_hum_are_made_from(tmp_path, rng):
    store = store_of(tmp_path / "store", {"pop.x": 0.1 * rng.standard_normal(SECONDS * SR)})
    assert np.median(store.decode(0).std(axis=0)) == pytest.approx(NOISE_DB / 2, abs=0.15)
    assert measure_levels(store)["steady_db"].item() == pytest.approx(2 * STEADY_DB, abs=0.15)


def test_a_finding_speaks(tmp_path, sounds, rng):
    y = sounds[VICTIM].astype(np.float64)
    silence(y, rng)
    found = check_levels(store_of(tmp_path / "store", sounds | {VICTIM: y}))
    assert tuple(found.columns) == FINDING_COLUMNS
    row = found[found["kind"] == "silent"].iloc[0]
    assert row["note"] == f"silent for {row['value']:.1f} s" and row["limit"] == 1.0


@pytest.mark.parametrize("n_mels", [16, 40, 64, 128])
def test_noise_of_the_whole_band_ends_nowhere_however_wide_the_bands(tmp_path, rng, n_mels):
    front_end = FrontEnd(n_mels=n_mels, columns=77)
    with StoreWriter(tmp_path / "store", front_end, 1) as writer:
        y = rng.normal(0, 0.1, SECONDS * SR).astype(np.float32)
        writer.append("pop.a", "pop", front_end.compute(y))
    found = check_levels(FeatureStore.open(tmp_path / "store"))
    assert "bandwidth" not in set(found["kind"])


def test_centres_are_those_of_the_filters():
    front_end = FrontEnd()
    filters = mel_filterbank(sr=SR, n_fft=front_end.n_fft, n_mels=front_end.n_mels)
    peaks = filters.argmax(axis=1) * SR / front_end.n_fft
    assert np.abs(band_centres(front_end) - peaks).max() <= SR / front_end.n_fft


@pytest.mark.gtzan
def test_what_gtzan_shows_by_itself(gtzan_store):
    found = check_levels(FeatureStore.open(gtzan_store))
    clips = found.groupby("kind")["clip"].agg(list)
    # The one distortion that the catalogue confirms is the only clip with noise for over a second.
    assert clips["noise"] == ["reggae.00086"]
    assert clips["silent"] == ["hiphop.00038"]
    assert set(found[found["kind"] == "quiet"]["genre"]) == {"classical"}
    dull = pd.Series(clips["bandwidth"]).str.split(".").str[0].value_counts()
    assert dull["blues"] > 90 and "pop" not in dull
