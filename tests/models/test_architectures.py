"""The two networks are the seed's, behind one registry."""

import numpy as np
import pytest

from mgc.backend import keras
from mgc.errors import ConfigError
from mgc.models.registry import MODELS, build_model


@pytest.mark.parametrize(
    ("name", "total", "trainable"),
    [("simple_cnn", 111_370, 110_922), ("unet_lite", 7_816_842, 7_810_954)],
)
def test_parameter_counts_are_the_seeds(name, total, trainable):
    model = build_model(name, (128, 259, 1))
    assert model.count_params() == total
    assert sum(int(np.prod(w.shape)) for w in model.trainable_weights) == trainable


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("frames", [16, 77])
def test_probabilities_for_any_number_of_frames(name, frames):
    model = build_model(name, (32, frames, 1), 4, width=2)
    p = keras.ops.convert_to_numpy(model(np.zeros((3, 32, frames, 1), "float32")))
    assert p.shape == (3, 4)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize("name", MODELS)
def test_width_scales_the_network(name):
    narrow, wide = (build_model(name, (32, 32, 1), width=w).count_params() for w in (4, 8))
    assert 1.9 < wide / narrow < 4.1


def test_the_seed_decides_the_weights():
    a, b, c = (build_model("simple_cnn", (16, 16, 1), width=2, seed=s) for s in (0, 0, 1))
    for x, y in zip(a.get_weights(), b.get_weights(), strict=True):
        np.testing.assert_array_equal(x, y)
    assert np.abs(a.get_weights()[0] - c.get_weights()[0]).max() > 0


def test_the_decoder_sees_the_skips():
    """Each decoder stage reads the encoder stage of its size, the deepest first."""
    model = build_model("unet_lite", (32, 32, 1), width=2)
    joined = [layer for layer in model.layers if isinstance(layer, keras.layers.Concatenate)]
    shapes = [tuple(t.shape[1:] for t in layer.input) for layer in joined]
    assert shapes == [((32 // s, 32 // s, 2 * s),) * 2 for s in (8, 4, 2, 1)]


def kinds(model):
    return [type(layer).__name__ for layer in model.layers]


def test_the_variants_differ_in_one_thing_each():
    whole, cut, half, light = (
        build_model(name, (32, 32, 1), width=2)
        for name in MODELS
        if name == "unet_lite" or name.startswith("unet_lite_")
    )
    assert kinds(cut) == [kind for kind in kinds(whole) if kind != "Concatenate"]
    pooled = kinds(whole).index("GlobalAveragePooling2D")
    assert kinds(half) == kinds(whole)[: 1 + 5 * 6 + 4] + kinds(whole)[pooled:]
    dropped = [layer.rate for layer in light.layers if isinstance(layer, keras.layers.Dropout)]
    assert dropped == [0.5] and not light.losses and len(whole.losses) == 18
    assert light.count_params() == whole.count_params()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"name": "resnet"}, "simple_cnn, unet_lite"),
        ({"width": 0}, "width 0"),
        ({"input_shape": (128, 6, 1), "first_layer": "gabor_fixed"}, "on pictures of 128 x 6 with"),
        ({"input_shape": (2, 77, 1)}, "take longer segments or more bands"),
    ],
)
def test_refusals_name_what_is_allowed(change, named):
    values = {"name": "simple_cnn", "input_shape": (8, 8, 1), **change}
    with pytest.raises(ConfigError, match=named):
        build_model(**values)


@pytest.mark.parametrize("name", MODELS)
def test_save_and_load_round_trip(name, tmp_path):
    model = build_model(name, (32, 20, 1), 3, width=2, spec_augment=True)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    x = np.random.default_rng(0).normal(size=(2, 32, 20, 1)).astype("float32")
    np.testing.assert_array_equal(*(keras.ops.convert_to_numpy(m(x)) for m in (model, again)))
