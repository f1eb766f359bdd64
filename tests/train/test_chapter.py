"""Parameters of training chapters reach the configuration through one door."""

import pytest

from mgc.errors import ConfigError
from mgc.paths import PROJECT
from mgc.train.chapter import ChapterParameters
from mgc.train.config import RunConfig
from mgc.train.sweep import read_grid


def test_settings_are_fields_of_the_run():
    chosen = {"seed": 2, "optimizer": "rmsprop", "settings": "schedule: cosine, rho: 1e-1"}
    found = ChapterParameters.from_dict(chosen)
    assert found == RunConfig(seed=2, optimizer="rmsprop", schedule="cosine", rho=0.1)
    assert ChapterParameters.from_dict({"settings": ""}) == RunConfig()
    assert ChapterParameters.from_dict({}) == RunConfig()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("schedule", "settings is 'schedule', but must be like"),
        ("schedule: [", r"settings is 'schedule: \[', but must be like"),
        ("schedul: cosine", "schedul is no parameter of a run .did you mean schedule"),
        ("beta_1: 1.5", "beta_1 is 1.5, but must lie between"),
        ("seed: 3", "settings names seed, which have parameters of their own"),
    ],
)
def test_refusals_say_what_is_allowed(settings, message):
    with pytest.raises(ConfigError, match=message):
        ChapterParameters.from_dict({"seed": 0, "settings": settings})


@pytest.mark.parametrize("grid", ["simple_cnn", "unet_lite_chosen"])
def test_every_run_that_has_a_training_log_can_be_asked_for_so(grid):
    from mgc.book.freshness import read

    uids = {config.uid for config in read_grid(PROJECT / "data" / "grids" / f"{grid}.yaml")}
    logs = [read(path).metadata["mgc"] for path in (PROJECT / "book" / "training").glob("*.ipynb")]
    asked = [ChapterParameters.from_dict(r["parameters"]) for r in logs if "parameters" in r]
    assert len({config.uid for config in asked} & uids) == 3
