"""The filter bank as a matrix: reference values, theorems against singular values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from mgc.errors import SignalError
from mgc.signal.conditioning import (
    band_edges,
    condition_bound,
    condition_limit,
    condition_table,
    empty_bands,
    filterbank_condition,
    structural_rank,
)
from mgc.signal.mel import mel_filterbank


@pytest.mark.parametrize(("n_fft", "expected"), [(2048, 5.386), (1024, 5.418)])
def test_condition_numbers_of_reference(n_fft, expected):
    found = filterbank_condition(mel_filterbank(n_fft=n_fft))
    assert found.number == pytest.approx(expected, abs=1e-3)
    assert found.number == pytest.approx(np.linalg.cond(mel_filterbank(n_fft=n_fft)), rel=1e-5)
    assert (found.n_mels, found.n_bins, found.rank, found.empty) == (128, 1 + n_fft // 2, 128, ())


@pytest.mark.parametrize(
    ("n_fft", "htk", "rank", "empty"), [(512, False, 109, 0), (1024, True, 126, 0)]
)
def test_ranks_of_reference(n_fft, htk, rank, empty):
    F = mel_filterbank(n_fft=n_fft, htk=htk)
    found = filterbank_condition(F)
    assert (found.rank, structural_rank(F), len(found.empty)) == (rank, rank, empty)
    assert found.number == np.inf


def test_empty_bands_of_reference():
    F = mel_filterbank(n_fft=512, htk=True)
    assert empty_bands(F).tolist() == [0, 3, 8]
    assert filterbank_condition(F).rank == structural_rank(F) == 111
    assert not F[[0, 3, 8]].any()


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from([256, 512, 1024]),
    st.integers(1, 160),
    st.booleans(),
    st.sampled_from(["slaney", None]),
)
def test_rank_is_what_can_be_matched(n_fft, n_mels, htk, norm):
    F = mel_filterbank(n_fft=n_fft, n_mels=n_mels, htk=htk, norm=norm)
    if not F.any():
        return
    rank = filterbank_condition(F).rank
    # A singular value may be as small as rounding.
    assert structural_rank(F) - 1 <= rank <= structural_rank(F)


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 100), st.booleans(), st.sampled_from(["slaney", None]))
def test_condition_number_approaches_its_limit_below_the_bound(n_mels, htk, norm):
    edges = band_edges(n_mels=n_mels, htk=htk)
    limit = condition_limit(edges, norm=norm)
    assert limit <= condition_bound(edges) * (1 + 1e-12)
    F = mel_filterbank(n_fft=2**14, n_mels=n_mels, htk=htk, norm=norm)
    assert filterbank_condition(F).number == pytest.approx(limit, rel=2e-3)


@settings(deadline=None)
@given(st.lists(st.floats(0.1, 10), min_size=3, max_size=30))
def test_filters_of_energy_one_are_conditioned_at_most_by_root_three(steps):
    edges = np.cumsum([0.0, *steps])
    assert condition_limit(edges, norm="l2") <= np.sqrt(3) * (1 + 1e-12)
    for norm in ("slaney", None):
        assert condition_limit(edges, norm=norm) <= condition_bound(edges) * (1 + 1e-9)


def test_equal_bands_in_closed_form():
    # Gram matrix tridiag(1, 4, 1): eigenvalues 4 + 2 cos(pi k / (m + 1)).
    edges, angle = np.arange(12.0), np.pi / 11
    expected = np.sqrt((4 + 2 * np.cos(angle)) / (4 - 2 * np.cos(angle)))
    for norm in ("slaney", None, "l2"):
        assert condition_limit(edges, norm=norm) == pytest.approx(expected, rel=1e-12)
    assert condition_bound(edges) == pytest.approx(np.sqrt(3))


@pytest.mark.parametrize("htk", [False, True])
def test_edges_are_where_the_filters_are_zero(htk):
    parameters = {"n_mels": 40, "fmin": 100.0, "fmax": 8000.0, "htk": htk}
    edges = band_edges(**parameters)
    assert edges.shape == (42,)
    assert_allclose(edges[[0, -1]], [100, 8000])
    F = mel_filterbank(n_fft=4096, **parameters)
    bins = np.fft.rfftfreq(4096, 1 / 22050)
    inside = (bins > edges[:-2, None]) & (bins < edges[2:, None])
    assert_array_equal(F > 0, inside)


def test_table_crosses_lengths_and_bands():
    table = condition_table([512, 2048], [40, 128])
    assert [(row["n_fft"], row["n_mels"]) for row in table] == [
        (512, 40),
        (512, 128),
        (2048, 40),
        (2048, 128),
    ]
    assert [row["rank"] for row in table] == [40, 109, 40, 128]
    assert table[3]["condition"] == pytest.approx(5.386, abs=1e-3)
    assert table[3]["bound"] == pytest.approx(5.764, abs=1e-3)
    [htk] = condition_table([512], [128], htk=True)
    assert (htk["scale"], htk["rank"], htk["empty"]) == ("HTK", 111, 3)


def test_more_bands_than_bins_have_no_smallest_singular_value():
    found = filterbank_condition(mel_filterbank(n_fft=128, n_mels=100))
    assert found.smallest == 0.0 and found.number == np.inf


@pytest.mark.parametrize("bad", [np.zeros(3), np.zeros((0, 3)), [[np.nan]], np.ones((2, 2, 2))])
def test_what_is_no_filter_bank_is_refused(bad):
    for function in (filterbank_condition, empty_bands, structural_rank):
        with pytest.raises(SignalError, match="a finite matrix"):
            function(bad)


def test_filters_without_weights_are_refused():
    with pytest.raises(SignalError, match="every weight"):
        filterbank_condition(np.zeros((3, 4)))


@pytest.mark.parametrize("bad", [[1.0, 2.0], [0.0, 2.0, 2.0], [[0.0, 1.0, 2.0]]])
def test_what_are_no_edges_is_refused(bad):
    for function in (condition_bound, condition_limit):
        with pytest.raises(SignalError, match="increasing frequencies"):
            function(bad)


def test_unknown_norm_is_refused():
    with pytest.raises(SignalError, match="norm is 'area'"):
        condition_limit(band_edges(), norm="area")
