"""The tables of a model card say what the folder and the runs say."""

import dataclasses

import numpy as np
import pytest

from mgc.errors import WeightsError
from mgc.evaluate.runs import load_run
from mgc.songs.card import genres_table, networks_table, scores_table
from mgc.songs.classifier import Classifier


@pytest.fixture
def model(networks):
    return Classifier.open(networks)


def test_networks_and_scores(model, networks):
    table = networks_table(model)
    assert table["run"].tolist() == ["a", "b"] and (table["parameters"] > 100).all()
    scores = scores_table(model).set_index("networks")
    assert scores.index.tolist() == ["one network (mean of 2 seeds)", "the 2 together"]
    assert scores["accuracy"].iloc[1] == model.facts["scores"]["ensemble"]["accuracy"]
    with pytest.raises(WeightsError, match="was never scored"):
        scores_table(dataclasses.replace(model, facts={"scores": {}}))


def test_genres_add_up_to_the_score(model, networks):
    runs = [load_run(networks.parent / "runs" / name) for name in "ab"]
    table = genres_table(runs)
    right = (table["recall"] * table["support"]).sum()
    expected = model.facts["scores"]["ensemble"]["accuracy"] * table["support"].sum()
    np.testing.assert_allclose(right, expected, atol=1e-4)
