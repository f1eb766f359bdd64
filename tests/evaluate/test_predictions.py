"""predictions.csv: bits that come back, and one clear sentence for each broken line."""

import hypothesis.extra.numpy as hnp
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mgc.errors import DataError, RunError
from mgc.evaluate.predictions import (
    genres_of,
    log_probabilities,
    predictions_frame,
    read_predictions,
    write_predictions,
)

GENRES = ("blues", "jazz", "rock")


def frame_of(logits):
    logits = np.asarray(logits, dtype=np.float64)
    logp = logits - np.logaddexp.reduce(logits, axis=1)[:, None]
    n = len(logp)
    return predictions_frame(
        clips=[f"c{i // 2}" for i in range(n)],
        parts=["test"] * n,
        segments=[i % 2 for i in range(n)],
        groups=[f"g{i // 4}" for i in range(n)],
        true=["jazz"] * n,
        logp=logp,
        genres=GENRES,
    )


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "predictions.csv"
    write_predictions(path, frame_of(np.random.default_rng(0).normal(size=(8, 3))))
    return path


@settings(deadline=None, max_examples=50)
@given(hnp.arrays(np.float64, (6, 3), elements=st.floats(-40, 40)))
def test_every_float32_comes_back_bit_for_bit(tmp_path_factory, logits):
    frame = frame_of(logits)
    path = tmp_path_factory.mktemp("bits") / "predictions.csv"
    write_predictions(path, frame)
    pd.testing.assert_frame_equal(read_predictions(path), frame, check_exact=True)
    assert log_probabilities(frame).astype(np.float32).tobytes() == (
        log_probabilities(read_predictions(path)).astype(np.float32).tobytes()
    )


def test_writing_twice_gives_the_same_bytes(file):
    before = file.read_bytes()
    write_predictions(file, read_predictions(file))
    assert file.read_bytes() == before
    assert b"\r" not in before


def test_genres_are_sorted_with_their_columns():
    logp = np.log([[0.2, 0.5, 0.3]])
    frame = predictions_frame(
        ["a"], ["test"], [0], ["g"], ["jazz"], logp, ["rock", "blues", "jazz"]
    )
    assert genres_of(frame) == GENRES
    np.testing.assert_allclose(np.exp(log_probabilities(frame)), [[0.5, 0.3, 0.2]], rtol=1e-6)


def test_artists_that_look_like_numbers_or_nothing_stay_text(tmp_path):
    frame = frame_of(np.zeros((8, 3))).assign(group=["1975"] * 4 + ["NA"] * 4)
    write_predictions(tmp_path / "p.csv", frame)
    assert read_predictions(tmp_path / "p.csv")["group"].tolist() == ["1975"] * 4 + ["NA"] * 4


@pytest.mark.parametrize(
    ("column", "value", "complaint"),
    [
        ("logp_jazz", "nan", "line 4: a log-probability is not a finite number"),
        ("logp_jazz", "-inf", "line 4: a log-probability is not a finite number"),
        ("logp_jazz", "oops", "line 4: a log-probability is not a finite number"),
        ("logp_jazz", "0.7", r"line 4: the probabilities do not add up to 1 \(are these logits"),
        ("true", "polka", "line 4: 'true' is not one of blues, jazz, rock"),
        ("true", "rock", "line 5: this clip had another true genre"),
        ("group", "other", "line 5: this clip had another group"),
        ("group", "", "line 4: 'group' is empty"),
        ("part", "exam", "line 4: 'part' is not one of train, valid, test"),
        ("segment", "1", "line 5: this segment was there already"),
        ("segment", "0.5", "line 4: 'segment' is not a whole number"),
        ("segment", "-1", "line 4: 'segment' is not a whole number"),
        ("segment", "x", "line 4: 'segment' is not a whole number"),
    ],
)
def test_a_broken_line_is_named(file, column, value, complaint):
    text = pd.read_csv(file, dtype=str)
    text.loc[2, column] = value
    text.to_csv(file, index=False)
    with pytest.raises(RunError, match=complaint) as caught:
        read_predictions(file)
    assert str(file) in str(caught.value) and "make the run again" in str(caught.value)


def test_a_tolerated_rounding_is_no_error(file):
    text = pd.read_csv(file)
    text.loc[2, "logp_jazz"] += 2e-5
    text.to_csv(file, index=False)
    assert len(read_predictions(file)) == 8


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "not a table"),
        (b"clip,part\n1,2,3\n1,2\n4,5,6,7\n", "not a table"),
        (b"\xff\xfe\x00\x01", "not a table"),
        (b"clip,part,segment\na,test,0\n", "columns are clip, part, segment; expected"),
        (b"clip,part,segment,group,true,logp_a,logp_b\n", "no row"),
        (b"clip,part,segment,group,true,logp_b,logp_a\na,test,0,g,a,-1,-1\n", "columns are"),
    ],
)
def test_something_else_under_this_name_is_refused(tmp_path, content, complaint):
    path = tmp_path / "predictions.csv"
    path.write_bytes(content)
    with pytest.raises(RunError, match=complaint):
        read_predictions(path)


def test_a_file_cut_in_the_middle_of_a_line_is_refused(file):
    text = file.read_text().splitlines()
    # Cut inside a number of the last line: what is left is still a number, or a column is gone.
    file.write_text("\n".join([*text[:-1], text[-1].rsplit(",", 1)[0]]))
    with pytest.raises(RunError, match="line 9"):
        read_predictions(file)


def test_writing_refuses_logits_and_leaves_the_old_file(file):
    before = file.read_bytes()
    bad = read_predictions(file)
    bad["logp_rock"] += 1
    with pytest.raises(DataError, match="row 0: the probabilities do not add up"):
        write_predictions(file, bad)
    assert file.read_bytes() == before


def test_lengths_must_agree():
    with pytest.raises(DataError, match="one row per segment and one column per genre"):
        predictions_frame(["a"], ["test"], [0], ["g"], ["jazz"], np.zeros((1, 2)), GENRES)
    with pytest.raises(DataError, match="columns of"):
        predictions_frame(["a"], ["test"], [0, 1], ["g"], ["jazz"], np.zeros((1, 3)), GENRES)
