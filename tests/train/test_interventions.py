"""Trained networks asked about changed pictures: tables hold what was counted apart from them."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mgc.data.altered import HiddenBands, altered
from mgc.data.interventions import Intervention
from mgc.errors import MGCError, RunError
from mgc.evaluate.runs import load_run
from mgc.train.activation_tables import occlusion_table, profile_table
from mgc.train.interventions import declared_interventions, intervention_table, main
from mgc.train.run import run
from mgc.train.trained import open_bench


@pytest.fixture(scope="module")
def configs(tiny):
    first = tiny(features="log_mel_pooled", width=4, epochs=3, learning_rate=0.01, batch_size=32)
    return [first, replace(first, seed=1)]


@pytest.fixture(scope="module")
def runs(configs, tmp_path_factory):
    place = tmp_path_factory.mktemp("runs")
    for config in configs:
        run(config, runs=place)
    return place


@pytest.fixture(scope="module")
def bench(configs, runs):
    return open_bench(configs, "test", runs, None)


def test_loaded_networks_predict_what_the_runs_predicted(bench):
    for now, then in zip(bench.plain, bench.runs, strict=True):
        then = then.tracks[then.tracks["part"] == "test"].reset_index(drop=True)
        scores = [c for c in then if c.startswith("logp_")]
        np.testing.assert_allclose(now[scores], then[scores], atol=1e-4)


def test_interventions_are_counted_clip_by_clip(bench, capsys):
    changes = [Intervention("gain", 1.0), Intervention("floor", 1.0), Intervention("low_cut", 8)]
    table = intervention_table(bench, changes).set_index("kind")
    none, gain, floor = (table.loc[kind] for kind in ("none", "gain", "floor"))
    assert none["difference"] == none["flips"] == gain["flips"] == 0
    assert floor["flips"] > 0.3  # a picture without contrast has one answer
    assert floor["accuracy"] == pytest.approx(none["accuracy"] - floor["lost"] + floor["gained"])
    assert floor["difference"] == pytest.approx(floor["gained"] - floor["lost"])
    assert floor["low"] <= floor["difference"] <= floor["high"]
    assert table.loc["low_cut", "hz"] == pytest.approx(232, abs=1)
    assert "floor 1:" in capsys.readouterr().out
    truth = [r.tracks.query("part == 'test'")["correct"].mean() for r in bench.runs]
    assert none["accuracy"] == pytest.approx(np.mean(truth))


def test_hidden_bands_stand_at_their_training_mean(bench):
    store = bench.segments.store
    change = HiddenBands(3, 5, bench.levels)
    seen, hidden = store.decode(2), altered(store, change).decode(2)
    np.testing.assert_allclose(hidden[3:5], np.repeat(bench.levels[3:5, None], hidden.shape[1], 1))
    np.testing.assert_array_equal(np.delete(hidden, (3, 4), 0), np.delete(seen, (3, 4), 0))
    # Pooled by two, these bands are what the normaliser puts at 0.
    change = HiddenBands(4, 8, bench.levels)
    view = replace(bench.segments, store=altered(store, change))
    x = bench.nets[0].normaliser(view.read([0, 1]))
    assert np.abs(x[:, 2:4]).max() < 0.1 < np.abs(x[:, :2]).max()


def test_occlusion_counts_what_is_lost(bench):
    table = occlusion_table(bench, blocks=2)
    assert table.groupby("genre").size().eq(2).all()
    assert (table["clips"].sum() / 2) == bench.segments.table["clip"].nunique()
    hidden, plain = bench.tracks(HiddenBands(0, 64, bench.levels)), bench.plain
    lost = np.mean(
        [a["correct"].mean() - b["correct"].mean() for a, b in zip(plain, hidden, strict=True)]
    )
    low = table[table["block"] == 0]
    assert np.average(low["accuracy_lost"], weights=low["clips"]) == pytest.approx(lost)
    assert np.abs(low["loss"]).max() > 0
    assert low["low_hz"].iloc[0] == pytest.approx(25.8, abs=0.1)


def test_profiles_are_shares_of_right_clips(bench):
    table = profile_table(bench)
    sums = table.groupby("genre")["share"].sum()
    seen = table.groupby("genre")["segments"].first()
    np.testing.assert_allclose(sums[seen > 0], 1)
    assert (sums[seen == 0] == 0).all()
    per_clip = bench.segments.per_clip
    right = sum(int(t["correct"].sum()) for t in bench.plain)
    assert 0 < seen.sum() <= per_clip * right


def test_the_command_writes_all_tables(configs, runs, tmp_path):
    grid, declared = tmp_path / "grid.yaml", tmp_path / "declared.yaml"
    facts = {k: v for k, v in configs[0].to_dict().items() if v is not None and k != "seed"}
    grid.write_text("".join(f"{k}: {v}\n" for k, v in facts.items()) + "seed: [0, 1]\n")
    declared.write_text("shift: [1]\n")
    out = tmp_path / "errors"
    asked = ["--grid", grid, "--runs", runs, "--declared", declared, "--out", out, "-p", "seed=1"]
    main([*map(str, asked), "--part", "valid"])
    names = ("interventions", "occlusion", "profiles", "synthetic_maps")
    assert {p.name for p in out.iterdir()} == {"environment.json", *(f"{n}.csv" for n in names)}
    facts = json.loads((out / "environment.json").read_text())
    assert (
        facts["runs"] == [configs[1].uid] and facts["part"] == "valid" and facts["grid"] == "grid"
    )
    maps = pd.read_csv(out / "synthetic_maps.csv")
    assert maps["clip"].str.split(".").str[0].tolist()[:: len(maps) // 3][:3] == [
        "classical",
        "disco",
        "metal",
    ]
    assert maps["probability"].between(0, 1).all() and maps["value"].ge(0).all()


def test_what_is_no_repetition_or_has_no_weights_is_refused(configs, runs, tmp_path):
    with pytest.raises(RunError, match="differ in their seed alone"):
        open_bench([configs[0], replace(configs[1], width=5)], "test", runs, None)
    with pytest.raises(RunError, match="0 runs are no repetitions"):
        open_bench([], "test", runs, None)
    both = replace(configs[0], train_on_valid=True, keep="last", schedule="cosine")
    with pytest.raises(RunError, match="learnt from the valid part"):
        open_bench([both], "valid", runs, None)
    with pytest.raises(RunError, match="learnt from the valid part"):
        open_bench([both, replace(both, seed=1)], "valid", runs, None)
    copy = tmp_path / configs[0].uid
    shutil.copytree(runs / copy.name, copy)
    shutil.copy(runs / configs[1].uid / "model.weights.h5", copy)
    with pytest.raises(RunError, match="decides otherwise than its predictions"):
        open_bench(configs[:1], "test", tmp_path, None)
    (copy / "model.weights.h5").unlink()
    with pytest.raises(RunError, match="has no model.weights.h5: make the run again"):
        open_bench(configs[:1], "test", tmp_path, None)
    assert load_run(copy).uid == configs[0].uid


def test_what_is_declared_is_read(tmp_path):
    listed = declared_interventions()
    assert Intervention("noise", 0) in listed and len(listed) > 20
    path = tmp_path / "bad.yaml"
    for text in ("gain: 3\n", "{}\n", "echo: [1]\n", "low_cut: [0.5]\n"):
        path.write_text(text)
        with pytest.raises(MGCError, match="lines 'kind|kind is|whole number"):
            declared_interventions(path)
