"""Gabor systems against dense matrices, closed forms, SciPy and the theory of frames."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.linalg import sqrtm
from scipy.signal import ShortTimeFFT, get_window

from mgc.errors import SignalError
from mgc.signal.frames.factors import block_squares, factorise
from mgc.signal.frames.gaussian import (
    critical_constant,
    gaussian_bounds,
    gaussian_std,
    periodised_gaussian,
)
from mgc.signal.frames.system import GaborSystem
from mgc.signal.frames.zak import inverse_zak, zak
from mgc.signal.windows import gaussian_window, sampled_window

#: Window length, L, a, M; both kinds of window, whole and broken redundancies, odd lengths.
LONG = [
    (24, 24, 2, 4),
    (60, 60, 4, 6),
    (45, 45, 3, 5),
    (31, 60, 4, 10),
    (48, 48, 3, 4),
    (9, 27, 1, 3),
]
SHORT = [(8, 24, 2, 8), (7, 36, 4, 9), (5, 37, 3, 7), (9, 9, 4, 11), (6, 50, 6, 6), (15, 45, 9, 15)]
LATTICES = LONG + SHORT


def random_window(n, seed=0, complex_=True):
    """A bump with a random part: complex, so that a missing conjugate shows."""
    rng = np.random.default_rng(seed)
    bump = 0.2 + np.sin(np.pi * (np.arange(n) + 0.5) / n)
    noise = 0.3 * rng.standard_normal((2, n))
    return bump + noise[0] + 1j * noise[1] if complex_ else bump + noise[0]


def random_signal(L, seed=1):
    rng = np.random.default_rng(seed)
    return rng.standard_normal(L) + 1j * rng.standard_normal(L)


def atoms(system):
    """All atoms as columns, written down from the definition; shape (L, M, n_frames)."""
    table = np.zeros((system.L, system.M, system.n_frames), dtype=complex)
    for j, value in enumerate(system.g):
        for n in range(system.n_frames):
            wave = np.exp(2j * np.pi * j * np.arange(system.M) / system.M)
            table[(n * system.a + j) % system.L, :, n] += value * wave
    return table


@pytest.fixture(params=LATTICES, ids=str)
def system(request):
    n, L, a, M = request.param
    return GaborSystem(random_window(n), a=a, M=M, L=L)


def test_analysis_and_synthesis_are_those_of_the_atoms(system):
    table, f = atoms(system), random_signal(system.L)
    c = np.einsum("lmn,l->mn", table.conj(), f)
    assert_allclose(system.analysis(f), c, atol=1e-12)
    assert_allclose(system.synthesis(c), np.einsum("lmn,mn->l", table, c), atol=1e-11)
    assert c.shape == (system.M, system.n_frames)
    assert_allclose(system.redundancy, c.size / system.L)


def test_bounds_are_the_extreme_eigenvalues_of_the_dense_operator(system):
    table = atoms(system).reshape(system.L, -1)
    eigenvalues = np.linalg.eigvalsh(table @ table.conj().T)
    lower, upper = system.bounds()
    assert_allclose([lower, upper], eigenvalues[[0, -1]], rtol=1e-12, atol=1e-13 * upper)


@pytest.mark.parametrize(("n", "L", "a", "M"), LONG)
def test_the_blocks_hold_every_eigenvalue_q_times(n, L, a, M):
    system = GaborSystem(random_window(n), a=a, M=M, L=L)
    table = atoms(system).reshape(L, -1)
    blocks = factorise(system.g, a, M, L)
    small = np.linalg.eigvalsh(blocks @ np.swapaxes(blocks, -1, -2).conj())
    q = M // np.gcd(a, M)
    assert blocks.size == L
    assert_allclose(
        np.sort(np.repeat(small.ravel(), q)), np.linalg.eigvalsh(table @ table.conj().T)
    )


@pytest.mark.parametrize(("n", "L", "a", "M"), SHORT)
def test_a_short_window_makes_the_operator_diagonal(n, L, a, M):
    system = GaborSystem(random_window(n), a=a, M=M, L=L)
    table = atoms(system).reshape(L, -1)
    assert system.painless
    assert_allclose(table @ table.conj().T, np.diag(system.diagonal), atol=1e-12)
    if L % a == 0 and L % M == 0:
        squares = block_squares(system.g, a, M, L)
        assert_allclose(system.bounds(), [squares.min(), squares.max()], rtol=1e-12)


def test_the_signal_comes_back(system):
    f = random_signal(system.L)
    back = system.reconstruct(system.analysis(f))
    assert np.linalg.norm(back - f) <= 1e-14 * np.linalg.norm(f)


@pytest.mark.parametrize(
    ("n", "L", "a", "M"),
    [
        (2048, 22050, 512, 2048),  # neither divides
        (1023, 9999, 300, 1025),  # odd, neither divides
        (1024, 10240, 640, 1024),  # redundancy 1.6
        (512, 5001, 3, 512),
        (10080, 10080, 60, 84),  # redundancy 1.4, window as long as the signal
        (3465, 3465, 45, 63),  # the same, odd
        (4096, 8192, 256, 512),
        (1001, 7800, 40, 52),  # redundancy 1.3, odd window
    ],
)
def test_float64_errors_stay_below_1e_14(n, L, a, M):
    if n <= M:
        window = np.sin(np.pi * (np.arange(n) + 0.5) / n)
    elif n == L:
        window = periodised_gaussian(L, a, M)
    else:
        window = gaussian_window(n, gaussian_std(a, M))
    system, f = GaborSystem(window, a=a, M=M, L=L), random_signal(L)
    back = system.reconstruct(system.analysis(f))
    assert np.linalg.norm(back - f) <= 1e-14 * np.linalg.norm(f)


def test_single_precision_stays_single_and_errs_so():
    f = random_signal(4096).astype(np.complex64)
    for window, a, M in (
        (sampled_window("hann", 512), 128, 512),
        (periodised_gaussian(4096, 32, 64), 32, 64),
    ):
        system = GaborSystem(window.astype(np.float32), a=a, M=M, L=4096)
        c = system.analysis(f)
        back = system.reconstruct(c)
        assert c.dtype == back.dtype == np.complex64
        assert system.dual().g.dtype == np.float32
        error = np.linalg.norm(back.astype(complex) - f) / np.linalg.norm(f)
        assert 1e-9 < error < 1e-6


def test_the_dual_is_that_of_the_dense_inverse(system):
    if system.L % system.a:
        with pytest.raises(SignalError, match="each frame has a dual of its own"):
            system.dual()
        return
    table = atoms(system).reshape(system.L, -1)
    g = np.pad(system.g, (0, system.L - len(system.g)))
    S = table @ table.conj().T
    dual, tight = system.dual().g, system.tight().g
    assert_allclose(np.pad(dual, (0, system.L - len(dual))), np.linalg.solve(S, g), atol=1e-12)
    expected = np.linalg.solve(sqrtm(S), g)
    assert_allclose(np.pad(tight, (0, system.L - len(tight))), expected, atol=1e-11)
    assert_allclose(system.tight().bounds(), 1.0, rtol=1e-12)
    assert_allclose(system.dual().dual().g[: len(system.g)], system.g, rtol=1e-9, atol=1e-10)
    lower, upper = system.bounds()
    assert_allclose(system.dual().bounds(), [1 / upper, 1 / lower], rtol=1e-10)


def test_a_real_window_has_a_real_dual():
    system = GaborSystem(random_window(60, complex_=False), a=4, M=6, L=60)
    assert system.dual().g.dtype == system.tight().g.dtype == np.float64


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_properties_of_any_system(data):
    c, p, q, d = (data.draw(st.integers(1, k)) for k in (3, 4, 5, 4))
    painless, seed = data.draw(st.booleans()), data.draw(st.integers(0, 99))
    if painless:
        M, L = c * q, c * q + d * p
        a, n = min(p, L), data.draw(st.integers(1, c * q))
    else:
        g = np.gcd(p, q)
        a, M = c * p // g, c * q // g
        L = int(np.lcm(a, M)) * d
        n = L
    system = GaborSystem(random_window(n, seed), a=a, M=M, L=L)
    f, h = random_signal(L, seed), random_signal(L, seed + 1)
    coefficients = system.analysis(h) + random_signal(M * system.n_frames).reshape(M, -1)
    inner = np.vdot(coefficients, system.analysis(f))
    assert_allclose(np.vdot(system.synthesis(coefficients), f), inner, rtol=1e-9, atol=1e-9)
    lower, upper = system.bounds()
    energy, size = np.vdot(f, system.frame_operator(f)).real, np.vdot(f, f).real
    slack = 1e-12 * upper * size
    assert lower * size - slack <= energy <= upper * size + slack
    assert_allclose(energy, np.sum(np.abs(system.analysis(f)) ** 2), rtol=1e-11)
    if lower > 1e-4 * upper:
        nearest = system.reconstruct(coefficients)
        rest = system.analysis(nearest) - coefficients  # orthogonal to every analysis
        assert np.abs(system.synthesis(rest)).max() < 1e-8 * upper


@pytest.mark.parametrize(
    ("L", "a", "M"),
    [(72, 6, 12), (288, 12, 24), (64, 4, 16), (512, 8, 64), (108, 6, 18), (180, 6, 30)],
)
def test_gaussian_frames_have_the_bounds_of_the_theta_functions(L, a, M):
    system = GaborSystem(periodised_gaussian(L, a, M), a=a, M=M, L=L)
    assert_allclose(system.bounds(), gaussian_bounds(M // a), atol=1e-12)


def test_a_gaussian_goes_round_a_small_circle_several_times():
    for L, a, M in ((8, 8, 8), (9, 9, 27), (5, 1, 1)):
        t = np.arange(L) + L * np.arange(-60, 61)[:, np.newaxis]
        wide = np.exp(-np.pi * t**2 / (a * M)).sum(axis=0)
        expected = wide / np.linalg.norm(wide)
        assert_allclose(periodised_gaussian(L, a, M), expected, rtol=1e-14)


def test_values_of_the_theta_functions():
    for n, A, B in (
        (2, 1.6692536833481464, 2.3606811980321925),
        (4, 3.9701767139642286, 4.029934881380344),
    ):
        assert_allclose(gaussian_bounds(n), [A, B], atol=1e-12)
    lower, upper = gaussian_bounds(8)
    assert_allclose(upper / lower, 1.0000278991280, atol=1e-10)


@pytest.mark.parametrize("a", [6, 12])
def test_the_critical_lattice_is_no_frame(a):
    system = GaborSystem(periodised_gaussian(a * a, a, a), a=a, M=a, L=a * a)
    lower, upper = system.bounds()
    assert abs(lower) < 1e-12
    assert_allclose(upper, 1.6692536833481464, atol=1e-12)
    with pytest.raises(SignalError, match="this is no frame"):
        system.dual()
    with pytest.raises(SignalError, match="this is no frame"):
        system.reconstruct(system.analysis(np.ones(a * a)))


def test_an_odd_critical_lattice_misses_the_zero():
    for a, expected in ((7, 0.11343), (15, 0.0253259474620503), (25, 0.00915810688)):
        system = GaborSystem(periodised_gaussian(a * a, a, a), a=a, M=a, L=a * a)
        assert_allclose(system.bounds()[0], expected, atol=1e-9 if a == 15 else 5e-6)
    large = GaborSystem(periodised_gaussian(101**2, 101, 101), a=101, M=101, L=101**2)
    assert_allclose(large.bounds()[0] * large.L, critical_constant(), rtol=1e-3)


def test_the_way_to_the_critical_density():
    for p, q, ratio in ((3, 4, 2.030), (4, 5, 2.385), (8, 9, 4.121)):
        a, M, L = 4 * p, 4 * q, 16 * p * q
        found = GaborSystem(periodised_gaussian(L, a, M), a=a, M=M, L=L).bounds()
        assert_allclose(found[1] / found[0], ratio, atol=2e-3)


@pytest.mark.parametrize(
    ("hop", "ratio"), [(512, 1.0064298451183906), (1024, 1.1526226463859477), (256, 1.0000125)]
)
def test_ratio_of_a_cut_gaussian(hop, ratio):
    window = gaussian_window(2048, gaussian_std(hop, 2048))
    lower, upper = GaborSystem(window, a=hop, M=2048, L=8192).bounds()
    assert_allclose(upper / lower, ratio, atol=1e-8 if hop == 256 else 1e-10)


def test_hann_windows():
    def ratio(window, hop):
        lower, upper = GaborSystem(window, a=hop, M=len(window), L=8 * len(window)).bounds()
        return upper / lower

    assert_allclose(ratio(sampled_window("hann", 1024), 512), 2.0, atol=1e-12)
    assert_allclose(ratio(sampled_window("hann", 1024), 256), 1.0, atol=1e-12)
    symmetric = sampled_window("hann", 2048, periodic=False)
    assert_allclose(ratio(symmetric, 512), 1.0000439889358939, atol=1e-10)
    f = random_signal(8192)
    system = GaborSystem(sampled_window("hann", 1024), a=256, M=1024, L=8192)
    energy = np.sum(np.abs(system.analysis(f)) ** 2) / np.sum(np.abs(f) ** 2)
    assert_allclose(energy, 1536.0, rtol=1e-12)


@pytest.mark.parametrize(("n", "hop", "mfft"), [(512, 128, 512), (300, 77, 512), (255, 100, 256)])
def test_scipy_finds_the_same_transform_and_the_same_dual(n, hop, mfft):
    window = get_window("hamming", n)
    y = np.random.default_rng(0).standard_normal(4000)
    theirs = ShortTimeFFT(window, hop, fs=1.0, mfft=mfft, fft_mode="twosided", phase_shift=None)
    start = theirs.p_min * hop - theirs.m_num_mid
    frames = theirs.p_max(len(y)) - theirs.p_min
    padded = np.zeros(frames * hop + n)
    padded[-start : -start + len(y)] = y
    ours = GaborSystem(window, a=hop, M=mfft, L=len(padded))
    expected = theirs.stft(y)
    assert_allclose(ours.analysis(padded)[:, :frames], expected, atol=1e-11)
    regular = GaborSystem(window, a=hop, M=mfft, L=hop * 40)
    assert_allclose(mfft * regular.dual().g, theirs.dual_win, rtol=1e-12)
    back = ours.reconstruct(ours.analysis(padded))[-start : -start + len(y)]
    assert_allclose(back, theirs.istft(expected, k1=len(y)), atol=1e-12)


def test_the_demand_neither_hop_nor_channels_divide_the_length():
    system = GaborSystem(gaussian_window(2048, gaussian_std(256, 2048)), a=256, M=2048, L=10**5)
    tracemalloc.start()
    lower, upper = system.bounds()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5e6  # bytes; a full matrix would take 160 GB
    rows = [np.roll(np.pad(system.g, (0, 10**5 - 2048)), k * 256) ** 2 for k in range(391)]
    total = np.zeros(10**5)
    for row in rows:
        total += row
    assert_allclose([lower, upper], [2048 * total.min(), 2048 * total.max()], rtol=1e-12)


def test_the_zak_transform_diagonalises_the_critical_operator():
    for L, K in ((225, 15), (48, 6), (144, 12)):
        g = periodised_gaussian(L, K, K)
        Z = zak(g, K)
        system, f = GaborSystem(g, a=K, M=K, L=L), random_signal(L)
        assert_allclose(
            zak(system.frame_operator(f), K), K * np.abs(Z) ** 2 * zak(f, K), atol=1e-11
        )
        squares = K * np.abs(Z) ** 2
        assert_allclose(system.bounds(), [squares.min(), squares.max()], atol=1e-13)
        assert_allclose(inverse_zak(zak(f, K)), f, atol=1e-14)
        assert_allclose(np.sum(np.abs(zak(f, K)) ** 2), L / K * np.sum(np.abs(f) ** 2))


def test_the_zero_lies_in_the_middle_of_the_cell():
    Z = np.abs(zak(periodised_gaussian(144, 12, 12), 12))
    assert np.unravel_index(Z.argmin(), Z.shape) == (6, 6)
    assert Z[6, 6] < 1e-15 * Z.max()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"a": 0}, "a is 0: expected is a whole number above 0"),
        ({"M": 2.5}, "M is 2.5"),
        ({"L": True}, "L is True"),
        ({"a": 30}, "the hop a = 30 is longer than the signal, L = 24"),
        ({"L": 3}, "the window has 4 samples, but the signal only L = 3"),
        ({"M": 3, "L": 25}, "more than M = 3.*take a multiple of 6"),
        ({"g": np.array([1.0, np.nan])}, "NaN or infinity"),
        ({"g": np.ones((2, 2))}, "one row of numbers"),
        ({"g": np.array([])}, "one row of numbers"),
        ({"g": np.array(["a"])}, "one row of numbers"),
    ],
)
def test_bad_systems_are_refused(change, words):
    system = GaborSystem(np.ones(4), a=2, M=4, L=24)
    with pytest.raises(SignalError, match=words):
        replace(system, **change)


def test_a_system_keeps_its_own_window():
    for dtype in (np.float32, np.float64):
        samples = np.ones(4, dtype=dtype)
        system = GaborSystem(samples, a=2, M=4, L=24)
        samples[:] = 0
        assert system.bounds() == (8.0, 8.0)


def test_wrong_shapes_are_refused():
    system = GaborSystem(np.ones(4), a=2, M=4, L=24)
    with pytest.raises(SignalError, match=r"shape \(23,\), but the system expects \(24,\)"):
        system.analysis(np.ones(23))
    with pytest.raises(SignalError, match=r"make \(4, 12\)"):
        system.synthesis(np.ones((12, 4)))


def test_a_gap_and_too_few_channels_are_no_frame():
    with pytest.raises(SignalError, match="this is no frame"):
        GaborSystem(np.ones(4), a=5, M=4, L=20).dual()
    sparse = GaborSystem(random_window(24), a=6, M=4, L=24)
    assert sparse.bounds()[0] == 0.0
    with pytest.raises(SignalError, match="this is no frame"):
        sparse.tight()


def test_factors_sizes_and_periods_that_do_not_fit_are_refused():
    with pytest.raises(SignalError, match="must divide L = 25: take a multiple of 6"):
        factorise(np.ones(4), 2, 3, 25)
    with pytest.raises(SignalError, match="must divide the length 10"):
        zak(np.ones(10), 3)
    with pytest.raises(SignalError, match="one row of numbers"):
        zak(np.ones((2, 2)), 2)
    with pytest.raises(SignalError, match="must all be above 0"):
        periodised_gaussian(0, 1, 1)
    with pytest.raises(SignalError, match="expected is a whole number above 0"):
        gaussian_bounds(0)
    with pytest.raises(SignalError, match="2.5: expected is a whole number above 0"):
        gaussian_bounds(2.5)
