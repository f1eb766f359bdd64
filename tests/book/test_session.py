import json
import os
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import mgc.book
from mgc.book.sources import SourceTree
from mgc.paths import PROJECT
from mgc.plots.style import STYLE_FILE


@pytest.fixture(autouse=True)
def _undo(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "environ", dict(os.environ))
    with mpl.rc_context(), np.printoptions(), pd.option_context("display.precision", 6):
        yield


def test_sets_style_and_threads_but_respects_the_user() -> None:
    os.environ.pop("MGC_THREADS", None)
    os.environ["OMP_NUM_THREADS"] = "7"
    assert mgc.book.setup() is None
    assert os.environ["MGC_THREADS"] == "2"
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert mpl.rcParams["axes.grid"]
    assert not mpl.rcParams["axes.spines.top"]
    assert pd.get_option("display.precision") == 4
    first = dict(mpl.rcParams)
    mgc.book.setup()
    assert dict(mpl.rcParams) == first


def test_leaves_to_the_backend_what_the_backend_owns_and_loads_no_plots() -> None:
    code = (
        "import json, os, sys; before = dict(os.environ); import mgc.book; mgc.book.setup(); "
        "new = {k: v for k, v in os.environ.items() if k not in before}; "
        "loaded = [m for m in sys.modules if m in ('keras', 'mgc.backend', 'seaborn', 'librosa')"
        " or m.startswith('mgc.plots.')]; print(json.dumps([new, loaded]))"
    )
    bare = {k: os.environ[k] for k in ("PATH", "HOME", "SYSTEMROOT") if k in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", code], env=bare, cwd=PROJECT, capture_output=True, check=True
    )
    new, loaded = json.loads(done.stdout)
    assert new == {
        "MGC_THREADS": "2",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "TQDM_DISABLE": "1",
    }
    assert loaded == ["mgc.plots.style"]


def test_a_notebook_goes_stale_with_the_style_but_not_with_every_figure() -> None:
    tree = SourceTree(PROJECT)
    reached = tree.reached_from("import mgc.book\nmgc.book.setup()")
    assert STYLE_FILE in [path for module in reached for path in tree.files_of(module)]
    assert "mgc.plots.curves" not in reached
