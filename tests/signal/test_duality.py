"""One operator, four ways to write it; and what is dual to what."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from mgc.errors import SignalError
from mgc.signal.frames.duality import (
    adjoint_system,
    janssen_coefficients,
    janssen_operator,
    riesz_bounds,
    walnut_functions,
    walnut_operator,
)
from mgc.signal.frames.gaussian import periodised_gaussian
from mgc.signal.frames.system import GaborSystem

LATTICES = [(24, 2, 4), (60, 4, 6), (45, 3, 5), (48, 3, 4), (72, 6, 12), (36, 4, 9)]


@pytest.fixture(params=LATTICES, ids=str)
def system(request):
    L, a, M = request.param
    rng = np.random.default_rng(L)
    noise = rng.standard_normal(L) + 1j * rng.standard_normal(L)
    g = periodised_gaussian(L, a, M) + 0.05 * noise / np.sqrt(L)
    return GaborSystem(g, a=a, M=M, L=L)


@pytest.fixture
def f(system):
    rng = np.random.default_rng(3)
    return rng.standard_normal(system.L) + 1j * rng.standard_normal(system.L)


def test_walnut_and_janssen_are_the_frame_operator(system, f):
    direct = system.frame_operator(f)
    assert_allclose(walnut_operator(system, f), direct, atol=1e-11)
    assert_allclose(janssen_operator(system, f), direct, atol=1e-11)


def test_janssen_coefficients_are_the_fourier_coefficients_of_walnuts_functions(system):
    spectrum = np.fft.fft(walnut_functions(system), axis=1) / system.a
    # The channel counts from where the window stands: a phase for each shift by kM.
    k, m = np.indices(spectrum.shape)
    expected = spectrum * np.exp(2j * np.pi * m * k * system.M / system.a)
    assert_allclose(janssen_coefficients(system).T, expected, atol=1e-12)


def test_wexler_raz(system):
    found = janssen_coefficients(system, system.dual().g)
    expected = np.zeros((system.a, system.L // system.M))
    expected[0, 0] = 1
    assert_allclose(found, expected, atol=1e-12)
    assert np.abs(janssen_coefficients(system) - expected).max() > 0.01


def test_the_canonical_dual_is_the_shortest_of_all(system, f):
    """Another dual: add what the adjoint lattice does not see."""
    dual, adjoint = system.dual().g, adjoint_system(system)
    rng = np.random.default_rng(5)
    extra = 0.1 * rng.standard_normal(system.L)
    table = adjoint_matrix(adjoint)
    unseen = extra - table @ np.linalg.lstsq(table, extra, rcond=None)[0]
    other = GaborSystem(dual + unseen, a=system.a, M=system.M, L=system.L)
    assert np.linalg.norm(unseen) > 1e-3
    assert_allclose(other.synthesis(system.analysis(f)), f, atol=1e-11)
    assert_allclose(
        janssen_coefficients(system, other.g), janssen_coefficients(system, dual), atol=1e-12
    )
    assert np.linalg.norm(other.g) > np.linalg.norm(dual)


def adjoint_matrix(system):
    eye = np.eye(system.M * system.n_frames).reshape(-1, system.M, system.n_frames)
    return np.stack([system.synthesis(c) for c in eye], axis=1)


def test_ron_and_shen(system):
    adjoint = adjoint_system(system)
    bounds = np.array(riesz_bounds(adjoint))
    assert_allclose(bounds, np.array(system.bounds()) * system.a / system.M, rtol=1e-12)
    table = adjoint_matrix(adjoint)
    eigenvalues = np.linalg.eigvalsh(table.conj().T @ table)
    assert_allclose(bounds, eigenvalues[[0, -1]], rtol=1e-11)


def test_more_atoms_than_samples_are_dependent(system):
    assert riesz_bounds(system)[0] == 0.0
    assert adjoint_system(adjoint_system(system)).a == system.a


def test_what_divides_nothing_has_no_adjoint_lattice():
    system = GaborSystem(np.ones(4), a=3, M=4, L=25)
    for function in (adjoint_system, walnut_functions, riesz_bounds, janssen_coefficients):
        with pytest.raises(SignalError, match="to divide L = 25: take a multiple of 12"):
            function(system)


def test_a_signal_of_another_length_is_refused():
    system = GaborSystem(np.ones(4), a=2, M=4, L=24)
    for operator in (walnut_operator, janssen_operator):
        with pytest.raises(SignalError, match=r"shape \(12,\), but the system expects \(24,\)"):
            operator(system, np.ones(12))
