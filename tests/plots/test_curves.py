"""Curves of one run."""

import numpy as np
import pandas as pd
import pytest

from mgc.errors import DataError
from mgc.evaluate.runs import load_run
from mgc.plots.curves import (
    describe_gradient_norm,
    describe_history,
    learning_rate_drops,
    plot_gradient_norm,
    plot_history,
)


@pytest.fixture
def history(make_run):
    return load_run(make_run()).history


@pytest.mark.parametrize(
    ("quantity", "label"),
    [("loss", "loss (nats, with any L2 penalty)"), ("accuracy", "accuracy (segment level)")],
)
def test_lines_are_the_history(history, ax, quantity, label):
    assert plot_history(history, quantity, ax=ax) is ax
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", label)
    lines = {line.get_label(): line for line in ax.get_lines()}
    for words, column in (("training", quantity), ("validation", f"val_{quantity}")):
        np.testing.assert_array_equal(lines[words].get_xdata(), history["epoch"])
        np.testing.assert_array_equal(lines[words].get_ydata(), history[column])
    best = lines["kept weights: epoch 4"]
    assert best.get_xdata() == [4] and best.get_ydata() == [history[f"val_{quantity}"][3]]
    # The rate is halved from epoch 5 on, once.
    assert list(lines["lower learning rate"].get_xdata()) == [5, 5]
    assert {text.get_text() for text in ax.get_legend().get_texts()} == set(lines)


def test_the_monitor_decides_which_epoch_is_marked(history, ax):
    plot_history(history, "loss", monitor="val_accuracy", ax=ax)
    assert "kept weights: epoch 5" in [line.get_label() for line in ax.get_lines()]


def test_several_drops_have_one_entry_in_the_legend(history, ax):
    falling = history.assign(learning_rate=[4, 4, 2, 2, 1, 1])
    assert learning_rate_drops(falling) == [3, 5]
    plot_history(falling, ax=ax)
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts.count("lower learning rate") == 1
    assert [line.get_xdata()[0] for line in ax.get_lines()[-2:]] == [3, 5]


def test_the_words_hold_the_numbers(history):
    words = describe_history(history)
    assert "loss (nats, with any L2 penalty) over 6 epochs: training goes from 2.000 to " in words
    assert "to 0.333, validation from" in words
    assert f"epoch 4, with validation {history['val_loss'][3]:.3f}" in words
    assert words.endswith("The learning rate was lowered at epoch 5.")
    constant = describe_history(history.assign(learning_rate=1.0))
    assert constant.endswith("The learning rate stayed the same.")


@pytest.mark.parametrize("function", [plot_history, describe_history])
def test_an_unknown_quantity_is_refused(history, function):
    with pytest.raises(DataError, match="quantity is 'f1': choose loss or accuracy"):
        function(history, "f1")


def test_gradient_norm(history, ax):
    plot_gradient_norm(history, ax)
    (line,) = ax.get_lines()
    np.testing.assert_array_equal(line.get_ydata(), history["gradient_norm"])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "2-norm of the gradient")
    assert ax.get_yscale() == "log"
    spike = pd.DataFrame({"epoch": [1, 2, 3], "gradient_norm": [1.0, 70.0, 0.25]})
    assert "from 1 at epoch 1 to 0.25 at epoch 3; its largest value is 70 at epoch 2" in (
        describe_gradient_norm(spike)
    )
