"""Mel scales, filters over bins, and lost variance."""

import numpy as np
import pytest

from mgc.errors import DataError
from mgc.plots.mel import (
    describe_filters,
    describe_scales,
    describe_variance,
    plot_filters,
    plot_scales,
    plot_variance,
)
from mgc.signal.conditioning import band_edges, empty_bands
from mgc.signal.mel import hz_to_mel, mel_filterbank


def test_scales_run_from_nothing_to_all(ax):
    assert plot_scales(8000.0, ax) is ax
    slaney, htk, hertz = (line.get_ydata() for line in ax.get_lines())
    for share in (slaney, htk, hertz):
        assert (share[0], share[-1]) == (0, 1) and (np.diff(share) > 0).all()
    np.testing.assert_allclose(hertz, np.linspace(0, 1, 400))
    assert slaney[40] == pytest.approx(
        float(hz_to_mel(ax.get_lines()[0].get_xdata()[40]) / hz_to_mel(8000.0))
    )
    assert "from 0 to 8000 Hz" in describe_scales(8000.0)


@pytest.mark.parametrize("htk", [False, True])
def test_triangles_stand_on_their_edges_and_dots_are_weights(ax, htk):
    assert plot_filters(512, 128, below=500.0, htk=htk, ax=ax) is ax
    triangles, dots = ax.get_lines()[::2], ax.get_lines()[1::2]
    edges = band_edges(htk=htk)
    weights = mel_filterbank(n_fft=512, htk=htk, norm=None)
    assert len(triangles) == np.sum(edges[1:-1] < 500)
    for k, (triangle, dot) in enumerate(zip(triangles, dots, strict=True)):
        np.testing.assert_allclose(triangle.get_xdata(), edges[k : k + 3])
        np.testing.assert_allclose(dot.get_ydata(), weights[k][weights[k] > 0], atol=1e-5)


def test_bands_without_a_bin_stand_out(ax):
    plot_filters(512, 128, htk=True, ax=ax)
    thick = [k for k, line in enumerate(ax.get_lines()[::2]) if line.get_linewidth() == 3]
    assert thick == empty_bands(mel_filterbank(n_fft=512, htk=True)).tolist()
    assert describe_filters(512, 128, htk=True).endswith("3 bands hold no bin.")


@pytest.mark.parametrize("function", [plot_filters, describe_filters])
def test_nothing_to_show_is_refused(function):
    with pytest.raises(DataError, match="below 5 Hz: show more"):
        function(2048, 128, below=5.0)


def test_variance_lost_is_what_is_not_kept(ax):
    shares = {"DCT": [0.5, 0.75, 1.0], "best rotation": [0.6, 0.9, 1.0]}
    plot_variance(shares, 2, ax)
    first, second, mark = ax.get_lines()
    np.testing.assert_allclose(first.get_xydata(), [[1, 0.5], [2, 0.25]])
    np.testing.assert_allclose(second.get_ydata(), [0.4, 0.1])
    assert mark.get_xdata()[0] == 2
    words = describe_variance(shares, 2)
    assert words.endswith("With 2 of 3 it is 25.0 % for DCT and 10.0 % for best rotation.")
