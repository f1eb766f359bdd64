"""Overlapping windows and ways back, the right one and the others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.signal import check_COLA, check_NOLA

from mgc.errors import SignalError
from mgc.signal.frames.overlap import hop_sum, is_cola, is_nola, overlap_sum
from mgc.signal.frames.reconstruct import cut_dual, overlap_add_dual, relative_error, sample_gain
from mgc.signal.frames.system import GaborSystem
from mgc.signal.windows import sampled_window

NAMES = ["hann", "hamming", "blackman", "boxcar", "bartlett", "cosine", ("kaiser", 8.6)]


def noise(L, seed=0):
    return np.random.default_rng(seed).standard_normal(L)


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(NAMES), st.integers(2, 64), st.integers(1, 64), st.booleans())
def test_cola_and_nola_are_those_of_scipy(name, n, hop, periodic):
    hop = min(hop, n)
    window = sampled_window(name, n, periodic=periodic)
    scale = hop_sum(window, hop).max()
    if scale > 1e-6:
        assert is_cola(window, hop) == check_COLA(window, n, n - hop, tol=1e-10 * abs(scale))
    scale = hop_sum(window, hop, power=2).max()
    if scale > 1e-6:
        assert is_nola(window, hop) == check_NOLA(window, n, n - hop, tol=1e-10 * scale)


@pytest.mark.parametrize("n", [16, 1024, 2048])
def test_sums_of_hann_windows(n):
    hann = sampled_window("hann", n)
    assert_allclose(hop_sum(hann, n // 2), 1.0, atol=1e-12)
    assert_allclose(hop_sum(hann, n // 4), 2.0, atol=1e-12)
    assert_allclose(hop_sum(hann, n // 4, power=2), 1.5, atol=1e-12)
    assert np.ptp(hop_sum(sampled_window("hann", n, periodic=False), n // 4, power=2)) > 1e-6


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 30), st.integers(1, 9), st.integers(1, 5))
def test_sums_on_a_circle_and_on_the_line_agree(n, hop, periods):
    window = noise(n) + 1
    length = hop * (periods + -(-n // hop))
    circle = overlap_sum(window, range(0, length, hop), length)
    assert_allclose(circle.reshape(-1, hop), np.tile(hop_sum(window, hop), (length // hop, 1)))


def test_copies_may_stand_anywhere():
    assert overlap_sum([1.0, 2.0], [3, 3, -3], 4).tolist() == [4.0, 1.0, 2.0, 2.0]


def test_overlap_add_is_right_exactly_where_the_windows_add_up():
    f = noise(240)
    for name, hop, exact in (
        ("hann", 8, True),
        ("hann", 4, True),
        ("hann", 6, False),
        ("hamming", 12, False),
    ):
        window = sampled_window(name, 16)
        system = GaborSystem(window, a=hop, M=16, L=240)
        plain = overlap_add_dual(system)
        back = plain.synthesis(system.analysis(f))
        gain = sample_gain(system, plain)
        assert is_cola(window, hop) == exact
        assert (relative_error(f, back) < 1e-14) == exact
        assert_allclose(back, gain * f, atol=1e-13)
        assert_allclose(gain.mean(), 1.0)


def test_gain_of_complex_windows_and_of_a_dual():
    g = noise(12) + 1j * noise(12, 1)
    system = GaborSystem(g, a=3, M=12, L=50)
    f = noise(50)
    assert_allclose(sample_gain(system, system), system.diagonal, rtol=1e-12)
    other = GaborSystem(noise(9) + 1j * noise(9, 2), a=3, M=12, L=50)
    assert_allclose(other.synthesis(system.analysis(f)), sample_gain(system, other) * f, atol=1e-12)


def test_a_cut_dual_is_a_dual_only_for_short_windows():
    f = noise(480)
    short = GaborSystem(sampled_window("hann", 16), a=4, M=16, L=480)
    assert relative_error(f, cut_dual(short).synthesis(short.analysis(f))) < 1e-14
    errors = []
    for a in (4, 6, 8):
        long = GaborSystem(sampled_window("hann", 24), a=a, M=12, L=480)
        cut = cut_dual(long)
        assert len(cut.g) == 24
        assert relative_error(f, long.reconstruct(long.analysis(f))) < 1e-14
        errors.append(relative_error(f, cut.synthesis(long.analysis(f))))
    assert 1e-6 < errors[0] < errors[1] < errors[2] < 1


def test_reconstruction_is_the_nearest_signal():
    system = GaborSystem(sampled_window("hann", 24), a=6, M=12, L=96)
    rng = np.random.default_rng(0)
    c = rng.standard_normal((12, 16)) + 1j * rng.standard_normal((12, 16))
    f = system.reconstruct(c)
    columns = [system.analysis(unit).ravel() for unit in np.eye(96)]
    assert_allclose(f, np.linalg.lstsq(np.array(columns).T, c.ravel(), rcond=None)[0], atol=1e-12)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: overlap_sum(np.ones(5), [0], 4), "5 samples does not fit on a circle of 4"),
        (lambda: hop_sum(np.ones((2, 2)), 1), "one row of real numbers"),
        (lambda: hop_sum(np.ones(2) * 1j, 1), "one row of real numbers"),
        (lambda: hop_sum(np.ones(2), 0), "hop_length is 0"),
        (lambda: is_nola(np.ones(2), 1.5), "hop_length is 1.5"),
        (lambda: relative_error([0.0], [1.0]), "not zero"),
        (lambda: relative_error([1.0], [1.0, 2.0]), "same shape"),
        (lambda: overlap_add_dual(GaborSystem(np.ones(2) * 1j, 1, 2, 4)), "needs a real window"),
        (lambda: overlap_add_dual(GaborSystem(np.ones(4), 1, 2, 4)), "no longer than M = 2"),
        (lambda: overlap_add_dual(GaborSystem(-np.ones(2), 1, 2, 4)), "positive sum"),
        (
            lambda: sample_gain(GaborSystem(np.ones(2), 1, 2, 4), GaborSystem(np.ones(2), 2, 2, 4)),
            "both must be the same",
        ),
    ],
)
def test_nonsense_is_refused(call, words):
    with pytest.raises(SignalError, match=words):
        call()
