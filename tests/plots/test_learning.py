"""Learning curves side by side."""

import numpy as np
import pytest

from mgc.errors import DataError
from mgc.evaluate.runs import find_runs
from mgc.plots.learning import LABELS, describe_learning_curves, plot_learning_curves


@pytest.fixture
def runs(make_run):
    for seed, n_epochs in ((0, 6), (1, 9)):
        make_run(f"adam{seed}", seed=seed, n_epochs=n_epochs)
    return find_runs(make_run("sgd", optimizer="sgd_momentum").parent)


def test_mean_and_band_end_with_the_shortest_run_and_thin_lines_do_not(runs, ax):
    assert plot_learning_curves(runs, "val_loss", ax=ax) is ax
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", LABELS["val_loss"])
    lines = {line.get_label(): line for line in ax.get_lines()}
    values = [run.history["val_loss"].to_numpy() for run in runs[:2]]
    mean = lines["adam (2 seeds)"]
    np.testing.assert_allclose(mean.get_ydata(), np.mean([v[:6] for v in values], axis=0))
    thin = [line.get_ydata() for line in ax.get_lines() if line.get_linewidth() < 1]
    assert sorted(len(line) for line in thin) == [6, 6, 9]
    band = ax.collections[0].get_paths()[0].vertices
    assert band[:, 0].max() == 6
    common = np.stack([v[:6] for v in values])
    assert (band[:, 1].min(), band[:, 1].max()) == pytest.approx((common.min(), common.max()))


@pytest.mark.parametrize("quantity", ["loss", "val_loss"])
def test_a_loss_is_said_to_hold_the_penalty_and_the_label_fits_its_figure(runs, ax, quantity):
    plot_learning_curves(runs, quantity, ax=ax)
    assert ax.get_ylabel().endswith("loss (nats, with any L2 penalty)")
    assert f"{LABELS[quantity]} over epochs" in describe_learning_curves(runs, quantity)
    ax.figure.draw_without_rendering()
    box = ax.yaxis.label.get_window_extent()
    assert box.y0 >= 0 and box.y1 <= ax.figure.bbox.height


def test_optimizers_differ_in_colour_and_dash(runs, ax):
    plot_learning_curves(runs, ax=ax)
    means = [line for line in ax.get_lines() if line.get_linewidth() > 1]
    assert [line.get_label() for line in means] == ["adam (2 seeds)", "sgd_momentum (1 seed)"]
    assert len({line.get_color() for line in means}) == len({m.get_linestyle() for m in means}) == 2


def test_the_words_hold_the_numbers(runs):
    words = describe_learning_curves(runs)
    first = np.mean([run.history["val_accuracy"][0] for run in runs[:2]])
    assert words.startswith(f"Line chart of {LABELS['val_accuracy']} over epochs: adam (2 seeds)")
    assert f"from {first:.3f} at epoch 1" in words and "at epoch 6" in words
    assert "sgd_momentum (1 seed)" in words


def test_time_is_counted_in_steps_or_in_seconds(runs, ax):
    """9 s for the first epoch, 2 s for each other, of which one run here took twice as long."""
    runs[0].history["seconds"] *= 2
    plot_learning_curves(runs, ax=ax, over="seconds")
    lines = {line.get_label(): line for line in ax.get_lines()}
    assert ax.get_xlabel() == "seconds"
    np.testing.assert_allclose(
        lines["adam (2 seeds)"].get_xdata(), 1.5 * np.array([9, 11, 13, 15, 17, 19])
    )
    thin = [line.get_xdata() for line in ax.get_lines() if line.get_linewidth() < 1]
    np.testing.assert_allclose(thin[0], [18, 22, 26, 30, 34, 38])
    words = describe_learning_curves(runs, over="seconds")
    assert "over seconds: adam" in words and "at epoch 6 after 28 seconds, where" in words
    plot_learning_curves(runs, ax=ax, over="steps", steps_per_epoch=70)
    assert ax.get_lines()[-1].get_xdata().tolist() == [70, 140, 210, 280, 350, 420]
    with pytest.raises(DataError, match="over is 'steps' and steps_per_epoch None"):
        plot_learning_curves(runs, over="steps")
    with pytest.raises(DataError, match="over is 'hours'"):
        describe_learning_curves(runs, over="hours")


def test_an_optimizer_looks_the_same_whatever_stands_beside_it(runs, ax):
    plot_learning_curves(runs[2:], ax=ax)
    mean = ax.get_lines()[-1]
    assert (mean.get_color(), mean.get_linestyle()) == ("C1", "--")


@pytest.mark.parametrize("function", [plot_learning_curves, describe_learning_curves])
def test_what_cannot_be_drawn_is_refused(runs, function):
    with pytest.raises(DataError, match="quantity is 'f1': choose loss, val_loss"):
        function(runs, "f1")
    with pytest.raises(DataError, match="no run to draw"):
        function([])
