"""Correlation within artists, and what it does to the variance of an accuracy."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mgc.data.manifest import load_manifest
from mgc.errors import ConfigError, DataError
from mgc.evaluate.clusters import (
    design_effect,
    design_table,
    effective_clips,
    intraclass_correlation,
    weighted_group_size,
)


def test_known_values_of_the_published_test_list():
    manifest = load_manifest("gtzan")
    test = manifest[manifest["fault_filtered"] == "test"]
    # The facts count artist names (6.99); the groups join collaborations (7.03).
    assert weighted_group_size(test["group"]) == pytest.approx(6.99, abs=0.06)
    assert design_effect(6.99, 0.2) == pytest.approx(2.2, abs=0.005)
    assert design_effect(6.99, 0.5) == pytest.approx(4.0, abs=0.005)
    assert round(effective_clips(290, 6.99, 0.2)) == 132
    assert round(effective_clips(290, 6.99, 0.5)) == 73


def drawn(rng, sizes, icc):
    """Values with a common part within each group, of total variance 1."""
    groups = np.repeat(np.arange(len(sizes)), sizes)
    common = rng.normal(size=len(sizes))[groups]
    own = rng.normal(size=len(groups))
    return np.sqrt(icc) * common + np.sqrt(1 - icc) * own, groups


@pytest.mark.parametrize("icc", [0.0, 0.3, 0.8])
def test_the_correlation_that_was_put_in_is_found(icc):
    rng = np.random.default_rng(1)
    sizes = rng.integers(1, 15, 60)
    found = [intraclass_correlation(*drawn(rng, sizes, icc)) for _ in range(60)]
    assert np.mean(found) == pytest.approx(icc, abs=0.03)


def test_the_design_effect_is_the_ratio_of_variances():
    rng = np.random.default_rng(2)
    sizes = rng.integers(1, 15, 40)
    means = [drawn(rng, sizes, 0.4)[0].mean() for _ in range(3000)]
    groups = np.repeat(np.arange(len(sizes)), sizes)
    predicted = design_effect(weighted_group_size(map(str, groups)), 0.4) / len(groups)
    assert np.var(means) == pytest.approx(predicted, rel=0.08)


def test_genres_are_taken_out_where_asked():
    """Artists differ by their genre alone: alike as such, no more alike within the genre."""
    rng = np.random.default_rng(3)
    genre = np.repeat([0, 1], 200)
    values = genre + 0.1 * rng.normal(size=400)
    groups = np.repeat(np.arange(80), 5)
    assert intraclass_correlation(values, groups) > 0.9
    assert intraclass_correlation(values, groups, genre) == pytest.approx(0, abs=0.1)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=12, max_size=30))
def test_names_and_scale_do_not_matter(rows):
    groups, values = zip(*rows, strict=True)
    groups, y = list(groups) + [0, 0, 1], np.array([*values, True, False, True], dtype=float)
    found = intraclass_correlation(y, groups)
    assert found <= 1 + 1e-12
    assert intraclass_correlation(3 - 2 * y, [f"g{-g}" for g in groups]) == pytest.approx(found)


def test_what_says_nothing_is_refused_or_nan():
    assert np.isnan(intraclass_correlation([1, 1, 1], ["a", "a", "b"]))
    with pytest.raises(DataError, match="a group with two clips"):
        intraclass_correlation([1, 0], ["a", "b"])
    with pytest.raises(DataError, match="more groups than strata"):
        intraclass_correlation([1, 0], ["a", "a"])
    with pytest.raises(DataError, match="no clip"):
        weighted_group_size([])
    with pytest.raises(ConfigError, match="at least 1 clip a group"):
        design_effect(0.5, 0.1)
    with pytest.raises(ConfigError, match="no positive variance"):
        effective_clips(290, 7, -0.5)


def test_the_measured_effect_is_near_the_predicted_one():
    """Artists of eight clips that are mostly right or mostly wrong as a whole."""
    rng = np.random.default_rng(5)
    groups = np.repeat([f"g{i:03d}" for i in range(120)], 8)
    level = np.repeat(rng.choice([0.2, 0.9], 120), 8)
    tracks = pd.DataFrame(
        {
            "clip": [f"c{i:04d}" for i in range(960)],
            "part": "test",
            "group": groups,
            "true": "pop",
            "correct": rng.random(960) < level,
        }
    )
    row = design_table({"one": [tracks, tracks]}).loc["one"]
    assert row["predicted"] == pytest.approx(1 + 7 * row["icc"])
    assert row["measured"] == pytest.approx(row["predicted"], rel=0.15)
    assert row["effective"] == pytest.approx(960 / row["predicted"])
