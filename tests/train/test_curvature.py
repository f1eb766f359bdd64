"""The experiment behind the chapter on curvature: runs anywhere, resumes, and can be checked."""

import numpy as np
import pandas as pd
import pytest

from mgc import paths
from mgc.backend import keras
from mgc.errors import RunError
from mgc.optim.curvature.subsets import subset_bands

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow",
    reason="products with the Hessian are written for tensorflow",
)

curvature = pytest.importorskip("mgc.train.curvature")

TINY = ["--dataset=synthetic", "--width=1", "--per-genre=2", "--steps=2", "--every=2"]
TINY += ["--epochs=1", "--subsets=1", "--points=3"]
PARTS = {"full_batch", "kernels", "lines", "mini_batch", "planes", "spectrum", "subsets"}
COMMITTED = paths.PROJECT / "data" / "curvature"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("curvature")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(curvature, "_ARMS", (("gd", 0.1), ("adam", 0.001)))
        patch.setattr(curvature, "_DRAWS", 3)
        patch.delitem(curvature._RULES, "rmsprop")
        assert curvature.main([*TINY, "--out", str(out)]) == 0
    return out


def test_every_part_is_there_and_finite(made):
    assert {path.stem for path in made.glob("*.csv")} == PARTS
    for part in PARTS - {"mini_batch"}:
        assert np.isfinite(pd.read_csv(made / f"{part}.csv").select_dtypes("number")).all().all()
    mini = pd.read_csv(made / "mini_batch.csv")
    assert set(mini["optimizer"]) == {"adam", "sgd_momentum"}
    assert mini.groupby("optimizer")["loss"].first().nunique() == 1  # the same initial weights


def test_thresholds_belong_to_the_rules():
    table = pd.read_csv(COMMITTED / "full_batch.csv")
    found = dict(zip(table["rule"], table["threshold"] * table["learning_rate"], strict=True))
    expected = {"gd": 2, "heavy_ball": 3.8, "adam": 38, "rmsprop": 2}
    assert found == pytest.approx(expected)


def test_what_is_there_is_not_made_again(made, monkeypatch, capsys):
    before = {path: path.stat().st_mtime_ns for path in made.iterdir()}
    (made / "lines.csv").unlink()
    (made / "planes.csv").unlink()
    for part in ("full_batch", "mini_batch", "subset_sharpness", "spectrum"):
        monkeypatch.setattr(curvature, part, None)
    assert curvature.main([*TINY, "--out", str(made)]) == 0
    capsys.readouterr()
    after = {path: path.stat().st_mtime_ns for path in made.iterdir()}
    assert after.keys() == before.keys()
    assert [p.name for p in sorted(before) if before[p] != after[p]] == ["lines.csv", "planes.csv"]


def test_damaged_weights_are_named(tmp_path):
    (tmp_path / "weights.npz").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(RunError, match="weights.npz cannot be read"):
        curvature.read_weights(tmp_path / "weights.npz")


def test_the_committed_second_opinions_lie_in_their_bands():
    bands = subset_bands(pd.read_csv(COMMITTED / "subsets.csv"))
    assert len(bands) == 8 and (bands["draws"] >= 8).all()
    assert bands["inside"].all()


@pytest.mark.gtzan
def test_the_committed_sharpness_comes_out_again(gtzan_store):
    bench = curvature.prepare("gtzan", str(gtzan_store), 8, 20)
    w = curvature.read_weights(COMMITTED / "weights.npz")["adam"]
    table = pd.read_csv(COMMITTED / "spectrum.csv")
    table = table.set_index(["moments", "optimizer", "rank"])["value"]
    found, _ = curvature.sharpness_at(bench.loss, w, rate=1e-3)
    assert found["sharpness"] == pytest.approx(table["exact", "adam", 1], rel=1e-3)
