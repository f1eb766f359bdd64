"""All arms start alike and see the same; what then differs is the arm."""

from dataclasses import replace

import numpy as np
import pytest

from mgc.backend import keras
from mgc.data.datasets import open_dataset
from mgc.models.registry import build_model
from mgc.optim.gradient_probe import is_idle, variable_names
from mgc.train.config import RunConfig
from mgc.train.lockstep import ARMS, Arm, Lane, Lockstep, build_network
from mgc.train.run import prepare_data

SHAPE = (16, 16, 1)


@pytest.fixture(scope="module")
def config():
    return RunConfig(width=2, batch_size=32, epochs=1, features="log_mel_pooled", seed=3)


@pytest.fixture(scope="module")
def race(config):
    data = prepare_data(config, open_dataset("synthetic"))
    names = ("float32", "float32, last bit", "mixed_float16")
    found = Lockstep(config, data, {name: ARMS[name] for name in names})
    found.run()
    return found


def lane(config, **arm):
    return Lane(config, SHAPE, 10, Arm(**arm))


def test_policies_start_from_the_same_weights(config):
    start = lane(config).weights()
    for dtype in ("mixed_float16", "mixed_bfloat16"):
        np.testing.assert_array_equal(lane(config, dtype=dtype).weights(), start)


def test_the_nudge_is_one_unit_in_the_last_place(config):
    apart = np.flatnonzero(lane(config, nudged=True).weights() - lane(config).weights())
    assert apart.tolist() == [0]
    a, b = (np.float32(lane(config, nudged=n).weights()[0]) for n in (False, True))
    assert np.nextafter(a, np.float32(np.inf)) == b


def test_the_policy_of_the_session_stays():
    keras.config.set_dtype_policy("float32")
    build_network(RunConfig(width=2, dtype="mixed_bfloat16"), SHAPE, 10)
    assert keras.config.dtype_policy().name == "float32"


@pytest.mark.parametrize("model", ["simple_cnn", "unet_lite"])
def test_every_policy_drops_the_same_units(model):
    """Keras draws the mask in the dtype of the layer: float16 would drop other units."""
    x, masks = np.ones((4, 64), dtype="float32"), []
    for policy in ("float32", "mixed_float16", "mixed_bfloat16"):
        keras.config.set_dtype_policy(policy)
        try:
            network = build_model(model, SHAPE, width=2, seed=5)
        finally:
            keras.config.set_dtype_policy("float32")
        dropout = next(layer for layer in network.layers if "Dropout" in type(layer).__name__)
        masks.append(keras.ops.convert_to_numpy(dropout(x, training=True)) > 0)
    np.testing.assert_array_equal(masks[0], masks[1])
    np.testing.assert_array_equal(masks[0], masks[2])


def test_idle_weights_are_the_biases_before_a_normalisation(config):
    own = lane(config)
    names, sizes = variable_names(own.model), [v.shape for v in own.model.trainable_variables]
    idle = sum(np.prod(s) for n, s in zip(names, sizes, strict=True) if is_idle(n))
    assert len(own.weights(idle=True)) == idle == 2 + 4 + 8
    assert len(own.weights()) + idle == sum(np.prod(s) for s in sizes)


def test_what_is_written_down(race):
    steps = race.steps_per_epoch
    assert race.steps == steps == len(race.reference.losses) >= 2
    drift = {(row["step"], row["arm"]): row for row in race.rows["drift"]}
    assert all(drift[1, arm]["distance"] == 0 for arm in ("float32",))
    last = {arm: drift[steps, arm]["distance"] for arm in race.lanes}
    assert 0 < last["float32, last bit"] < last["mixed_float16"] < drift[steps, "float32"]["moved"]
    assert [(row["arm"], row["scale"]) for row in race.rows["scale"]] == [
        ("mixed_float16", 2.0**15)
    ]
    probes = {(row["step"], row["probe"], row["scale"]) for row in race.rows["gradients"]}
    assert len(probes) == 2 * 4  # before and after the epoch; three narrow ones, another batch
    assert {row["epoch"] for row in race.rows["epochs"]} == {1}


def test_the_first_step_of_sgd_drifts_by_the_error_of_its_gradient(config):
    """Two routes to one number: the probe's error, and the distance after a step."""
    plain = replace(config, optimizer="sgd_momentum", learning_rate=1e-2, spec_augment=False)
    data = prepare_data(plain, open_dataset("synthetic"))
    race = Lockstep(plain, data, {n: ARMS[n] for n in ("float32", "mixed_bfloat16")})
    race._note_gradients()
    race._step(0)
    race._note_drift()
    found = race.rows["drift"][1]
    [error] = [
        row["error"]
        for row in race.rows["gradients"]
        if (row["probe"], row["variable"]) == ("mixed_bfloat16", "all")
    ]
    assert found["distance"] / found["moved"] == pytest.approx(error, rel=0.05)


def test_without_scaling_the_loss_is_as_it_is(config):
    assert lane(config, dtype="mixed_float16").loss_scale == 2.0**15
    assert lane(config, dtype="mixed_float16", scaled=False).loss_scale == 1.0
    assert lane(config).loss_scale == 1.0


def test_eager_scaling_rises_until_it_overflows(config):
    own = lane(config, dtype="mixed_float16", growth_steps=1)
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((32, *SHAPE)).astype("float32"), np.arange(32) % 10
    scales, weights = [own.loss_scale], [own.weights()]
    for _ in range(14):
        own.step(x, y)
        scales.append(own.loss_scale)
        weights.append(own.weights())
    changes = np.diff(np.log2(scales))
    assert set(changes) == {1.0, -1.0}
    for change, before, after in zip(changes, weights, weights[1:], strict=False):
        assert np.array_equal(before, after) == (change < 0), "a halved scale is a skipped step"
