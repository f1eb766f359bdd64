"""Axes that no pyplot state knows, drawn to find what only rendering shows."""

import matplotlib.pyplot as plt
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from mgc.plots.style import STYLE_FILE


@pytest.fixture
def ax():
    """Axes of a figure outside pyplot; afterwards rendered, with pyplot left untouched."""
    before = plt.get_fignums()
    with plt.style.context(STYLE_FILE):
        figure = Figure()
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        yield axes
        figure.canvas.draw()
    assert plt.get_fignums() == before
