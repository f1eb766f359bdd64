"""The runs that the book reports are committed whole, and every metric follows from predictions."""

import json

import pytest

from mgc.evaluate.report import check_run
from mgc.evaluate.runs import load_run
from mgc.paths import PROJECT
from mgc.train.config import RunConfig, read_yaml
from mgc.train.sweep import expand_grid

GRIDS = sorted((PROJECT / "data" / "grids").glob("*.yaml"))
FOLDERS = sorted(p for p in (PROJECT / "data" / "runs").glob("[!.]*") if p.is_dir())


@pytest.mark.parametrize("grid", GRIDS, ids=lambda path: path.stem)
def test_every_run_of_a_grid_is_there(grid):
    for config in expand_grid(read_yaml(grid)):
        run = load_run(PROJECT / "data" / "runs" / config.uid)
        assert RunConfig.from_dict(run.config) == config
        assert run.environment["data_sha256"]["features"].startswith("c6359c8d90bc")
        assert run.environment["missing_clips"] == ["jazz.00054"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_folder_is_named_by_its_configuration_and_scored_by_its_predictions(folder):
    config = json.loads((folder / "config.json").read_text(encoding="utf8"))
    assert RunConfig.from_dict(config).uid == folder.name
    check_run(folder)
