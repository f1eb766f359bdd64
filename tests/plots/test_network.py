"""Schematics of networks."""

import matplotlib.pyplot as plt
import pytest
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle

from mgc.models.describe import stages
from mgc.models.registry import MODELS, build_model
from mgc.plots.network import describe_network, plot_network


def build(name, frames=77):
    return build_model(name, (128, frames, 1), width=2)


def patches(ax, kind):
    return [patch for patch in ax.patches if type(patch) is kind]


@pytest.mark.parametrize("name", MODELS)
def test_every_stage_is_named_with_its_shape(name, ax):
    model = build(name)
    assert plot_network(model, ax) is ax
    expected = [f"{s.name}\n{' × '.join(map(str, s.shape))}" for s in stages(model)]
    assert [text.get_text() for text in ax.texts] == expected


@pytest.mark.parametrize("name", MODELS)
def test_heights_show_the_frequency_axis_and_widths_grow_with_the_channels(name, ax):
    model = build(name)
    plot_network(model, ax)
    maps = [
        s
        for s in stages(model)
        if s.name == "input" or any(kind.startswith("Conv") for kind in s.kinds)
    ]
    boxes = patches(ax, Rectangle)
    assert [128 * box.get_height() for box in boxes] == [s.shape[0] for s in maps]
    widths = {s.shape[2]: box.get_width() for s, box in zip(maps, boxes, strict=True)}
    assert sorted(widths.values()) == [width for _, width in sorted(widths.items())]
    assert len(patches(ax, FancyBboxPatch)) == len(stages(model)) - len(maps)


def test_a_chain_is_a_row(ax):
    plot_network(build("simple_cnn"), ax)
    boxes = patches(ax, Rectangle) + patches(ax, FancyBboxPatch)
    assert {box.get_y() + box.get_height() / 2 for box in boxes} == {0}
    left = [box.get_x() for box in boxes]
    assert left == sorted(left)
    assert len(patches(ax, FancyArrowPatch)) == 6
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["max pooling 2×2"]


def test_skips_make_a_u_and_run_level(ax):
    plot_network(build("unet_lite"), ax)
    _, *boxes = patches(ax, Rectangle)
    middles = [box.get_y() + box.get_height() / 2 for box in boxes]
    assert middles[:5] == sorted(middles[:5], reverse=True)
    assert middles[4:] == middles[4::-1]
    skips = [a for a in patches(ax, FancyArrowPatch) if a.get_linestyle() in ("--", "dashed")]
    starts, ends = zip(*(arrow.get_path().vertices[[0, 1], 1] for arrow in skips), strict=True)
    assert sorted(starts) == pytest.approx(sorted(middles[:4]))
    assert sorted(ends) == pytest.approx(sorted(middles[:4]))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "max pooling 2×2",
        "transposed convolution 2×2",
        "skip: copied and concatenated",
    ]


@pytest.mark.parametrize(("name", "size"), [("simple_cnn", (7, 2.6)), ("unet_lite", (7, 5))])
def test_no_label_covers_another_or_leaves_the_figure(name, size, ax):
    ax.figure.set_size_inches(size)
    # Wide, because its labels are the longest.
    plot_network(build_model(name, (128, 259, 1)), ax)
    ax.figure.canvas.draw()
    extents = [text.get_window_extent() for text in ax.texts]
    extents += [text.get_window_extent() for text in ax.get_legend().get_texts()]
    for i, one in enumerate(extents):
        assert ax.figure.bbox.x0 <= one.x0 and one.x1 <= ax.figure.bbox.x1
        assert not any(one.overlaps(other) for other in extents[i + 1 :]), i


def test_new_axes_where_none_are_given():
    ax = plot_network(build("simple_cnn"))
    assert ax.figure.number in plt.get_fignums()
    plt.close(ax.figure)


def test_the_words_name_every_stage_and_skip():
    words = describe_network(build("unet_lite"))
    assert words.startswith("U-shaped schematic: input 128 × 77 × 1; encoder 1 128 × 80 × 2;")
    assert words.count("joined by a skip with encoder") == 4
    assert words.endswith("crop 128 × 77 × 2; average 2; dense 16; dense 8; output 10.")
    assert describe_network(build("simple_cnn")).startswith("Schematic of a row of stages: input")
    assert "crop" not in describe_network(build("unet_lite", 80))
