"""The crash comes from the shared optimizer, whatever the precision."""

import pytest

from mgc.backend import keras
from mgc.optim.factories import build_optimizer
from mgc.train.reuse import PAIRS, TRAINS, reuse_table, train_two


@pytest.fixture(scope="module")
def table():
    return reuse_table()


def test_reuse_breaks_every_pair_and_precision_none(table):
    """If precision were the cause, the rows of float32 would train and those of float16 break."""
    assert list(zip(table["first"], table["second"], strict=True))[::2] == list(PAIRS)
    shared = table["optimizers"] == "one for both"
    assert (table.loc[shared, "outcome"] == "ValueError").all()
    assert (table.loc[~shared, "outcome"] == TRAINS).all()
    assert table.loc[shared, "reason"].nunique() == 1
    assert table["reason"].iloc[0].startswith("Unknown variable. This optimizer can only be called")


def test_in_mixed_precision_the_first_line_points_elsewhere(table):
    """What made the misreading likely: the error arrives from within the loss scaling."""
    shared = table[table["optimizers"] == "one for both"].set_index(["first", "second"])
    lines = shared["first line"]
    assert "Cond.call()" in lines["mixed_float16", "mixed_float16"]
    assert lines["float32", "float32"] == lines["mixed_float16", "float32"] == "Unknown variable"


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
def test_keras_own_optimizers_say_the_same(policy):
    def make():
        return keras.optimizers.SGD(1e-2)

    assert train_two(make, (policy, policy), reuse=True)[0] == "ValueError"
    assert train_two(make, (policy, policy), reuse=False) == (TRAINS, "", "")


@pytest.mark.parametrize("name", ["sgd_momentum", "rmsprop"])
def test_every_optimizer_of_the_notebook(name):
    assert train_two(lambda: build_optimizer(name), ("float32", "float32"), True)[0] == "ValueError"
