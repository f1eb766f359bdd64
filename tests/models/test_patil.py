"""The readings of Fig. 1 have the stages that it prints, at any scale."""

import pytest

from mgc.backend import keras
from mgc.models.describe import stages
from mgc.models.registry import build_model

READINGS = ("patil_encoder", "patil_unet", "patil_two_branch")

#: Fig. 1 as printed: pixels along one side, channels.
ENCODER = [(512, 16), (256, 32), (128, 64), (64, 128), (32, 256)]
DECODER = [(64, 128), (128, 64), (256, 32), (512, 16)]


def slopes(model):
    """Output shapes of the PReLU activations, one for each convolution that has one."""
    return [tuple(x.output.shape[1:]) for x in model.layers if isinstance(x, keras.layers.PReLU)]


@pytest.mark.parametrize("name", READINGS)
def test_the_stages_are_the_printed_ones(name):
    """At a sixteenth of the printed size and an eighth of its channels."""
    found = slopes(build_model(name, (32, 32, 1), width=2))
    printed = ENCODER if name == "patil_encoder" else ENCODER + DECODER
    expected = [(side // 16, side // 16, channels // 8) for side, channels in printed]
    assert found[: len(expected)] == expected


def test_the_printed_network_would_be_width_16():
    first = build_model("patil_encoder", (64, 64, 3), width=16).layers[1]
    assert first.filters == ENCODER[0][1]


def test_the_third_stage_keeps_the_printed_ratios():
    """256 x 256 x 512 beside 512 x 512 x 256 into 128 x 128 x 1024, channels divided by 16."""
    found = slopes(build_model("patil_two_branch", (32, 32, 1), width=16))
    assert sorted(found[len(ENCODER + DECODER) :]) == [
        (8, 8, 1024 // 16),
        (16, 16, 512 // 16),
        (32, 32, 256 // 16),
    ]


def test_unequal_branches_are_summed_at_the_smaller_size():
    model = build_model("patil_two_branch", (32, 20, 1), width=2)
    sums = [layer for layer in model.layers if isinstance(layer, keras.layers.Add)]
    assert [tuple(s.output.shape[1:]) for s in sums] == [(32, 32, 2), (16, 16, 4)]


def test_three_skips_as_printed():
    model = build_model("patil_unet", (32, 32, 1), width=2)
    joined = [layer for layer in model.layers if isinstance(layer, keras.layers.Concatenate)]
    shapes = [tuple(t.shape[1:] for t in layer.input) for layer in joined]
    assert shapes == [((32 // s, 32 // s, 2 * s),) * 2 for s in (8, 4, 2)]


def test_names_of_the_stages():
    names = [s.name for s in stages(build_model("patil_unet", (32, 32, 1), width=2))]
    assert names == [
        *("input", "encoder 1", "encoder 2", "encoder 3", "encoder 4", "bottleneck"),
        *("decoder 4", "decoder 3", "decoder 2", "decoder 1", "average", "output"),
    ]
