"""One style, safe for colour-blind readers and for dark pages."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb

from mgc.plots.style import STYLE_FILE, axes_or_new, use_style


def luminance(colour):
    """Relative luminance as WCAG 2 defines it."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(a, b):
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_ink_on_paper_is_readable_whatever_the_page():
    with plt.style.context(STYLE_FILE):
        rc = matplotlib.rcParams
        paper = rc["savefig.facecolor"]
        assert not rc["savefig.transparent"] and paper == rc["axes.facecolor"] == "white"
        for name in ("text.color", "axes.labelcolor", "xtick.color", "ytick.color"):
            assert contrast(rc[name], paper) > 7
        for colour in rc["axes.prop_cycle"].by_key()["color"][:4]:
            assert contrast(colour, paper) > 2.9


def test_the_map_of_colours_grows_steadily_in_luminance():
    with plt.style.context(STYLE_FILE):
        steps = plt.get_cmap()(np.linspace(0, 1, 64))[:, :3]
    assert (np.diff([luminance(step) for step in steps]) > 0).all()


def test_the_style_can_be_made_the_default():
    with matplotlib.rc_context():
        use_style()
        assert matplotlib.rcParams["image.cmap"] == "cividis"
        assert matplotlib.rcParams["svg.hashsalt"] == "mgc"


def test_the_style_file_is_found_by_its_dotted_name():
    with matplotlib.rc_context():
        plt.style.use("mgc.plots.mgc")
        assert matplotlib.rcParams["svg.hashsalt"] == "mgc"
    assert STYLE_FILE.is_file()


def test_new_axes_only_where_none_are_given():
    before = plt.get_fignums()
    ax = axes_or_new(None)
    assert len(plt.get_fignums()) == len(before) + 1
    assert axes_or_new(ax) is ax
    plt.close(ax.figure)
    assert plt.get_fignums() == before
