"""Range, spacing and statistics of features in narrow formats; the tables of the book."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from mgc.data.datasets import open_dataset
from mgc.data.precision import (
    level_errors,
    mel_ranges,
    range_counts,
    spectrum_ranges,
    statistics_errors,
)
from mgc.data.store import FeatureStore
from mgc.data.synthetic import SyntheticCorpus, synthetic_store
from mgc.errors import ConfigError, DataError
from mgc.paths import PROJECT
from mgc.signal.floating.formats import FORMATS, round_to
from mgc.signal.mel import mel_spectrogram

TABLES = PROJECT / "data" / "precision"


@pytest.fixture(scope="module")
def store():
    return open_dataset("synthetic").store


@pytest.mark.parametrize("name", ["float16", "bfloat16", "float32"])
def test_counts_are_those_of_rounding(name):
    fmt = FORMATS[name]
    rng = np.random.default_rng(0)
    exponents = rng.uniform(-160, 130, 5000)
    edges = [fmt.overflow, fmt.max, fmt.min_normal, fmt.min_subnormal, fmt.min_subnormal / 2, 0.0]
    x = np.concatenate([2.0**exponents, edges, np.nextafter(edges, 0), np.nextafter(edges, 1e39)])
    rounded = round_to(x, name)
    assert range_counts(x, name) == {
        "overflow": np.isinf(rounded).sum(),
        "subnormal": ((rounded > 0) & (rounded < fmt.min_normal)).sum(),
        "zero": ((rounded == 0) & (x > 0)).sum(),
    }


def test_a_loud_and_a_soft_tone_leave_float16_on_either_side():
    tone = np.cos(np.pi / 4 * np.arange(22050))
    table = spectrum_ranges([tone, 1e-5 * tone]).set_index(["quantity", "format"])
    power = table.loc["power", "float16"]
    assert power["clips"] == 2 and power["clips_overflow"] == 1
    assert power["values"] == 2 * 1025 * 44
    assert 0 < power["overflow"] < 0.01 < power["zero"]
    assert table.loc["power, full-scale tone 1", "float16"]["overflow"] == 0
    assert (table.xs("bfloat16", level="format")["overflow"] == 0).all()
    assert table.loc["magnitude", "float16"]["zero"] < power["zero"]


def test_scaling_down_trades_overflow_for_underflow(store):
    table = mel_ranges(store).set_index(["quantity", "format"])
    half = table.xs("float16", level="format")
    assert half.loc["power, full-scale tone 1", "zero"] > half.loc["power", "zero"]
    assert (half["clips"] == len(store)).all() and (half["values"] == store.values.size).all()


def test_the_powers_of_a_store_are_those_of_its_sounds(tmp_path):
    corpus = SyntheticCorpus(clips_per_genre=1, seconds=2.0)
    store = FeatureStore.open(synthetic_store(corpus, tmp_path))
    powers = np.hstack([mel_spectrogram(corpus.audio(clip)) for clip in corpus.clips])
    found = mel_ranges(store).set_index(["quantity", "format"])
    for quantity, scale in (("power", 1.0), ("power, full-scale tone 1", (4 / 2048) ** 2)):
        expected = range_counts(scale * powers, "float16")
        for kind in ("subnormal", "zero"):
            share = expected[kind] / powers.size
            assert found.loc[(quantity, "float16"), kind] == pytest.approx(share, abs=0.05)


def test_levels_are_rounded_by_at_most_half_a_spacing(store):
    table = level_errors(store).set_index("format")
    assert (table["max"] <= table["spacing"] / 2).all()
    assert table.loc["bfloat16", "spacing"] == 0.5 and table.loc["float16", "spacing"] == 0.0625
    assert (table["rms"] < table["max"])[["float16", "bfloat16"]].all()


def test_statistics_need_a_wide_total(store):
    table = statistics_errors(store).set_index(["over", "statistic", "method", "format"])
    rms = table["rms"]
    assert rms["data set", "mean", "recursive", "bfloat16"] > 10
    assert rms["data set", "mean", "float32 total", "bfloat16"] < 0.02
    names = ("float16", "bfloat16", "float32")
    stored = {name: rms["clip", "mean", "float32 total", name] for name in names}
    assert stored["bfloat16"] > 3 * stored["float16"] > 10 * stored["float32"]
    assert rms["clip", "mean", "recursive", "float32"] < 1e-4
    assert table["lost"]["data set", "mean", "recursive", "float16"] == 1
    assert rms["clip", "deviation", "Welford", "float32"] < 1e-4
    assert set(table.index.get_level_values("format")) == {"float16", "bfloat16", "float32"}


def test_bad_input_is_refused():
    with pytest.raises(ConfigError, match="'int8'"):
        range_counts([1.0], "int8")
    with pytest.raises(DataError, match="no clips"):
        spectrum_ranges([])


def committed(name):
    return pd.read_csv(TABLES / f"{name}.csv")


@pytest.mark.gtzan
@pytest.mark.parametrize(
    ("name", "function"),
    [("mel", mel_ranges), ("levels", level_errors), ("statistics", statistics_errors)],
)
def test_committed_tables_are_those_of_the_store(gtzan_store, name, function):
    found = function(FeatureStore.open(gtzan_store, verify=False))
    assert_frame_equal(found, committed(name), check_dtype=False, rtol=1e-4, atol=1e-9)


@pytest.mark.gtzan
def test_the_committed_spectra_hold_for_some_of_the_audio(gtzan_audio):
    from mgc.data.audio import load_audio
    from mgc.data.compute import find_clips

    sources = find_clips(gtzan_audio)
    table = committed("spectrum").set_index(["quantity", "format"])
    assert table["clips"].iloc[0] >= 100
    few = spectrum_ranges(load_audio(source).y for _, _, source in sources[::12])
    few = few.set_index(["quantity", "format"])
    half = table.loc["power", "float16"]
    assert half["clips_overflow"] >= few.loc["power", "float16"]["clips_overflow"]
    for share in ("subnormal", "zero"):
        assert few.loc["power", "float16"][share] == pytest.approx(half[share], abs=0.05)


def test_the_script_writes_what_the_functions_say(store, tmp_path):
    corpus = SyntheticCorpus(clips_per_genre=1, seconds=1.0)
    corpus.write_audio(tmp_path / "audio")
    out = tmp_path / "tables"
    command = [sys.executable, PROJECT / "benchmarks" / "precision.py", "--store", store.folder]
    done = subprocess.run(
        [*command, "--audio", tmp_path / "audio", "--out", out], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert {path.stem for path in out.iterdir()} == {"mel", "levels", "statistics", "spectrum"}
    assert_frame_equal(pd.read_csv(out / "levels.csv"), level_errors(store), rtol=1e-4)
    assert (pd.read_csv(out / "spectrum.csv")["clips"] == 10).all()
    assert "float32 total" in done.stdout
