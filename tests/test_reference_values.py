"""Every number of the reference table is computed by the package."""

import csv
import itertools
from math import pi, sqrt
from pathlib import Path

import numpy as np
import pytest

from mgc.evaluate.ranks import critical_difference, nemenyi_q, noether_runs
from mgc.optim.theory import adaptive, counterexamples, rates, steps
from mgc.optim.theory.iterations import feed, iterate
from mgc.optim.theory.stability import threshold_by_matrix
from mgc.optim.theory.wilson import wilson_toy
from mgc.signal.compression import db_slope
from mgc.signal.conditioning import filterbank_condition
from mgc.signal.floating.fft_error import fft_constants, has_extended_precision
from mgc.signal.floating.formats import FORMATS, round_to
from mgc.signal.floating.softmax import cross_entropy, log_sum_exp
from mgc.signal.floating.sums import kahan_sum, neumaier_sum, recursive_sum
from mgc.signal.floating.variance import one_pass_variance
from mgc.signal.frames.gaussian import gaussian_std, periodised_gaussian
from mgc.signal.frames.overlap import hop_sum
from mgc.signal.frames.system import GaborSystem
from mgc.signal.mel import hz_to_mel, mel_filterbank
from mgc.signal.stft import power_spectrogram
from mgc.signal.windows import gaussian_window, sampled_window, window_moments

TABLE = Path(__file__).with_name("reference_values.csv")
ROWS = {row["id"]: row for row in csv.DictReader(TABLE.read_text("utf8").splitlines())}


def gaussian_frame(L, a, M):
    return GaborSystem(periodised_gaussian(L, a, M), a=a, M=M, L=L).bounds()


def hann_frame(n, hop, periodic=True):
    window = sampled_window("hann", n, periodic=periodic)
    low, high = GaborSystem(window, a=hop, M=n, L=8 * n).bounds()
    return high / low


def cut_gaussian_ratio(n, hop):
    window = gaussian_window(n, gaussian_std(hop, n))
    low, high = GaborSystem(window, a=hop, M=n, L=8 * n).bounds()
    return high / low


def energy_ratio():
    x = np.random.default_rng(0).normal(size=8192)
    system = GaborSystem(sampled_window("hann", 1024), a=256, M=1024, L=8192)
    return (np.abs(system.analysis(x)) ** 2).sum() / (x**2).sum()


def gaussian_moments():
    return window_moments(gaussian_window(192, 16 / sqrt(2 * pi)), sr=16)


def hann_moments():
    return window_moments(sampled_window("hann", 2048), sr=2048)


def cosine_power():
    y = np.cos(2 * pi * 100 * np.arange(2048) / 2048)
    return power_spectrogram(y, center=False)[100, 0]


def mel(**sizes):
    return filterbank_condition(mel_filterbank(sr=22050, n_mels=128, **sizes))


def ratio(bounds):
    return bounds[1] / bounds[0]


def lessard_cycle(point):
    return counterexamples.limit_cycle(rates.tuned_rule("heavy_ball", 1, 25))[point]


def reddi_end(kind=adaptive.Adam, **changes):
    return counterexamples.reddi_path(counterexamples.reddi_rule(kind, **changes))[-1]


def adam_last_step(gradients, epsilon):
    return steps.last_step(adaptive.Adam(learning_rate=1.0, epsilon=epsilon), gradients)


def rmsprop_first_step():
    rule = adaptive.RMSprop(learning_rate=1.0, rho=0.99, epsilon=0.0)
    return steps.last_step(rule, np.ones(1))


def adamw_decay():
    return feed(adaptive.AdamW(learning_rate=1e-3, weight_decay=1e-2), np.zeros(100), 1.0)[-1]


def adam_l2_decay():
    rule = adaptive.Adam(learning_rate=1e-3, epsilon=1e-8)
    return iterate(rule, lambda w: 1e-2 * w, 1.0, 100)[-1]


def adagrad_sum():
    return -feed(adaptive.AdaGrad(learning_rate=1.0, initial=0.0, epsilon=0.0), np.ones(100))[-1]


def wilson_excess():
    """Error of the sign solution beyond the share of negatives; the table has words for it."""
    toy = wilson_toy()
    return toy.test_error(toy.sign_solution()) - toy.negative_share


VALUES = {
    "gabor_A_red2": lambda: gaussian_frame(72, 6, 12)[0],
    "gabor_B_red2": lambda: gaussian_frame(72, 6, 12)[1],
    "gabor_ratio_red2": lambda: ratio(gaussian_frame(288, 12, 24)),
    "gabor_A_red4": lambda: gaussian_frame(64, 4, 16)[0],
    "gabor_B_red4": lambda: gaussian_frame(64, 4, 16)[1],
    "gabor_ratio_red4": lambda: ratio(gaussian_frame(64, 4, 16)),
    "gabor_ratio_red8": lambda: ratio(gaussian_frame(128, 4, 32)),
    "gabor_A_critical": lambda: gaussian_frame(144, 12, 12)[0],
    "gabor_B_critical": lambda: gaussian_frame(144, 12, 12)[1],
    "gabor_A_critical_odd": lambda: gaussian_frame(225, 15, 15)[0],
    "gauss_uncertainty": lambda: gaussian_moments().product,
    "gauss_sigma_t": lambda: gaussian_moments().sigma_t,
    "hann_sigma_t": lambda: hann_moments().sigma_t,
    "hann_sigma_f": lambda: hann_moments().sigma_f,
    "hann_uncertainty": lambda: hann_moments().product,
    "hann_sumsq_hop_quarter": lambda: hop_sum(sampled_window("hann", 2048), 512, power=2),
    "hann_sum_hop_half": lambda: hop_sum(sampled_window("hann", 2048), 1024),
    "hann_frame_energy": energy_ratio,
    "hann_ratio_hop_half": lambda: hann_frame(2048, 1024),
    "hann_sym_ratio_2048_512": lambda: hann_frame(2048, 512, periodic=False),
    "gauss_trunc_ratio_2048_512": lambda: cut_gaussian_ratio(2048, 512),
    "gauss_trunc_ratio_2048_1024": lambda: cut_gaussian_ratio(2048, 1024),
    "fft_f32_const": lambda: fft_constants("float32").mean(),
    "fft_f64_const": lambda: fft_constants("float64").mean(),
    "mel_slaney_1000": lambda: hz_to_mel(1000.0),
    "mel_htk_1000": lambda: hz_to_mel(1000.0, htk=True),
    "mel_cond_22050_2048_128": lambda: mel(n_fft=2048).number,
    "mel_cond_22050_1024_128": lambda: mel(n_fft=1024).number,
    "mel_rank_22050_512_128": lambda: mel(n_fft=512).rank,
    "mel_rank_22050_1024_128_htk": lambda: mel(n_fft=1024, htk=True).rank,
    "db_slope_at_1": lambda: db_slope(1.0),
    "db_floor_slope": lambda: db_slope(1e-10),
    "fp16_max": lambda: round_to(65519.0, "float16"),
    "fp16_min_normal": lambda: FORMATS["float16"].min_normal,
    "fp16_min_sub": lambda: FORMATS["float16"].min_subnormal,
    "fp16_eps": lambda: FORMATS["float16"].eps,
    "bf16_max": lambda: FORMATS["bfloat16"].max,
    "bf16_eps": lambda: FORMATS["bfloat16"].eps,
    "exp_overflow_f16": lambda: FORMATS["float16"].exp_overflow,
    "exp_overflow_f32": lambda: FORMATS["float32"].exp_overflow,
    "exp_overflow_f64": lambda: FORMATS["float64"].exp_overflow,
    "sine_power_hann2048": cosine_power,
    "lse_1000_1000": lambda: log_sum_exp([1000.0, 1000.0]),
    "ce_uniform_10": lambda: cross_entropy(np.zeros(10), 3),
    "var_naive_1e9": lambda: one_pass_variance(1e9 + np.array([4.0, 7, 13, 16]), ddof=1),
    "sum_f32_naive_1e7": lambda: recursive_sum(np.full(10**7, 0.1, np.float32), "float32"),
    "sum_neumaier": lambda: neumaier_sum([1.0, 1e100, 1.0, -1e100]),
    "nemenyi_q_k6": lambda: nemenyi_q(6),
    "nemenyi_cd_k6_n10": lambda: critical_difference(6, 10),
    "noether_n_75": lambda: noether_runs(0.75),
    "gd_rate_k100": lambda: rates.matrix_rate("gd", 1, 100),
    "hb_rate_k100": lambda: rates.matrix_rate("heavy_ball", 1, 100),
    "nag_rate_k100": lambda: rates.matrix_rate("nesterov", 1, 100),
    "nag_opt_rate_k100": lambda: rates.predicted_rate("nesterov_tuned", 1, 100),
    "hb_cycle_p1": lambda: lessard_cycle(0),
    "hb_cycle_p2": lambda: lessard_cycle(1),
    "hb_cycle_p3": lambda: lessard_cycle(2),
    "reddi_adam": reddi_end,
    "reddi_amsgrad": lambda: reddi_end(adaptive.AMSGrad),
    "reddi_adam_b2_999": lambda: reddi_end(beta_2=0.999),
    "adam_step_sup": lambda: adam_last_step(steps.extremal_gradients(), 1e-12),
    "adam_sparse_bound": lambda: adam_last_step(steps.isolated_gradients(40_000), 1e-300),
    "rmsprop_first_step": rmsprop_first_step,
    "eos_gd": lambda: threshold_by_matrix("gd"),
    "eos_hb_09": lambda: threshold_by_matrix("heavy_ball", 0.9),
    "eos_nag_09": lambda: threshold_by_matrix("nesterov", 0.9),
    "eos_adam_09": lambda: threshold_by_matrix("adam", 0.9),
    "adamw_decay": adamw_decay,
    "adam_l2_decay": adam_l2_decay,
    "adagrad_sum": adagrad_sum,
    "wilson_sign_error": wilson_excess,
}


def test_every_id_is_computed():
    assert set(VALUES) == set(ROWS)


@pytest.mark.parametrize("name", VALUES)
def test_value(name):
    if name == "fft_f64_const" and not has_extended_precision():
        pytest.skip("this machine's long double is no wider than float64")
    row = ROWS[name] | ({"expected": 0.0} if name == "wilson_sign_error" else {})
    expected, tolerance = (float(row[key]) for key in ("expected", "abs_tolerance"))
    # A tolerance below the rounding of the expected number itself is that rounding.
    tolerance = max(tolerance, 4 * np.spacing(abs(expected)))
    np.testing.assert_allclose(VALUES[name](), expected, rtol=0, atol=tolerance)


def test_what_the_table_says_beside_its_numbers():
    assert kahan_sum([1.0, 1e100, 1.0, -1e100]) == 0
    assert round_to(65520.0, "float16") == np.inf
    sizes = (49, 225, 625)
    products = [L * gaussian_frame(L, round(sqrt(L)), round(sqrt(L)))[0] for L in sizes]
    assert all(abs(b - 5.73) <= abs(a - 5.73) for a, b in itertools.pairwise(products))
    np.testing.assert_allclose(products[1:], 5.73, atol=0.04)
    toy = wilson_toy()
    assert toy.test_error(toy.minimum_norm_solution()) == 0
