import os

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import mgc.book


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
