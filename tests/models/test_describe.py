"""Layer and stage tables say what the model is."""

import pytest

from mgc.backend import keras
from mgc.models.describe import layer_table, stage_table, stages
from mgc.models.registry import MODELS, build_model


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("table", [layer_table, stage_table])
@pytest.mark.parametrize("spec_augment", [False, True])
def test_parameters_sum_to_the_models(name, table, spec_augment):
    model = build_model(name, (32, 20, 1), 4, width=2, spec_augment=spec_augment)
    assert table(model)["parameters"].sum() == model.count_params()


def test_only_what_holds_parameters_or_changes_the_shape_is_listed():
    model = build_model("simple_cnn", (128, 77, 1), spec_augment=True)
    table = layer_table(model)
    assert table["layer"].tolist() == list(range(1, 13))
    pooled = "MaxPooling2D 2×2"
    assert table["kind"].tolist() == [
        *("InputLayer", "Conv2D 3×3", "BatchNormalization", pooled),
        *("Conv2D 3×3", "BatchNormalization", pooled),
        *("Conv2D 3×3", "BatchNormalization", "GlobalAveragePooling2D"),
        *("Dense", "Dense"),
    ]
    assert table["output shape"].tolist()[3:5] == ["64 × 38 × 32", "64 × 38 × 64"]


def test_the_stages_of_simple_cnn():
    found = [(s.name, s.shape) for s in stages(build_model("simple_cnn", (128, 77, 1)))]
    assert found == [
        ("input", (128, 77, 1)),
        ("stage 1", (128, 77, 32)),
        ("stage 2", (64, 38, 64)),
        ("stage 3", (32, 19, 128)),
        ("average", (128,)),
        ("dense", (128,)),
        ("output", (10,)),
    ]


@pytest.mark.parametrize("frames", [77, 80])
def test_the_stages_of_unet_lite(frames):
    found = stages(build_model("unet_lite", (128, frames, 1)))
    maps = [(s.name, s.shape) for s in found if s.name.split()[0] in ("encoder", "decoder")]
    sizes = [(128 >> k, 80 >> k, 32 << k) for k in range(4)]
    down = [(f"encoder {k + 1}", size) for k, size in enumerate(sizes)]
    up = [(f"decoder {k + 1}", size) for k, size in enumerate(sizes)]
    assert maps == down + up[::-1]
    names = [s.name for s in found]
    assert found[names.index("bottleneck")].shape == (8, 5, 512)
    assert names[0] == "input"
    crop = ["crop"] if frames == 77 else []
    assert names[10:] == [*crop, "average", "dense", "dense", "output"]
    joined = {s.name: found[s.joins].name for s in found if s.joins is not None}
    assert joined == {f"decoder {k}": f"encoder {k}" for k in (4, 3, 2, 1)}


def test_a_decoder_without_skips_is_named_like_one_with_them():
    names = {
        name: [stage.name for stage in stages(build_model(name, (32, 32, 1), width=2))]
        for name in ("unet_lite", "unet_lite_no_skips", "unet_lite_encoder")
    }
    assert names["unet_lite_no_skips"] == names["unet_lite"]
    assert names["unet_lite_encoder"][:7] == [
        *("input", "stage 1", "stage 2", "stage 3", "stage 4", "stage 5", "average")
    ]


def test_stages_hold_every_layer_once():
    model = build_model("unet_lite", (32, 20, 1), width=2, spec_augment=True)
    assert sum(len(stage.kinds) for stage in stages(model)) == len(model.layers)


def test_another_network_is_described_too():
    layers = keras.layers
    x = keras.Input((8, 6, 2))
    y = layers.Dense(3)(layers.Flatten()(layers.Conv2D(4, (3, 1))(x)))
    table = layer_table(keras.Model(x, y))
    assert table["kind"].tolist() == ["InputLayer", "Conv2D 3×1", "Flatten", "Dense"]
    assert table["output shape"].tolist() == ["8 × 6 × 2", "6 × 6 × 4", "144", "3"]
    assert stage_table(keras.Model(x, y))["stage"].tolist() == [
        *("input", "stage 1", "flatten", "output")
    ]


def test_branches_within_a_stage_are_no_skip():
    layers = keras.layers
    x = keras.Input((8, 6, 2))
    y = layers.Conv2D(4, 3, padding="same")(x)
    y = layers.concatenate([layers.Conv2D(4, 1)(y), layers.Conv2D(4, 3, padding="same")(y)])
    found = stages(keras.Model(x, y))
    assert [(s.name, s.shape, s.joins) for s in found] == [
        ("input", (8, 6, 2), None),
        ("stage 1", (8, 6, 8), None),
    ]
