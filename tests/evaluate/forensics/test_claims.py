"""What the paper prints, computed again; the claim table says what comes of it."""

import re

import pytest

from mgc.errors import DataError
from mgc.evaluate.forensics import claims
from mgc.evaluate.forensics.claims import VERDICTS, claim_table, computed_verdicts
from mgc.evaluate.forensics.columns import rank_by_f1
from mgc.evaluate.forensics.cost import K80_PEAK, drawn_cost, time_claims
from mgc.evaluate.forensics.decimals import class_counts, error_count, sample_sizes, whole_table
from mgc.evaluate.forensics.one_vs_rest import invert_printed, one_vs_rest_table
from mgc.evaluate.forensics.printed import printed, printed_confusion
from mgc.evaluate.forensics.recomputed import SCORES, class_scores, numbers, tabla_counts


def test_the_headline_is_a_mean_of_ten():
    table = one_vs_rest_table(*printed_confusion())
    shown = (100 * table["accuracy"]).round(2)
    assert shown.tolist() == [99.21, 99.85, 99.26, 99.59, 99.54, 99.44, 99.44, 99.64, 99.15, 99.0]
    assert round(100 * table["accuracy"].mean(), 2) == 99.41
    assert numbers()["gtzan"] == 3785 / 3900
    found = invert_printed(shown)
    assert found.low < 3785 / 3900 < found.high
    assert table["support"].eq(390).all()


@pytest.mark.parametrize(
    ("data_set", "accuracy"), [("HMR", 0.8689), ("Tabla", 0.9680), ("IMG", 0.9733)]
)
def test_the_other_data_sets(data_set, accuracy):
    found = invert_printed(class_scores(data_set)["accuracy"])
    assert found.accuracy == pytest.approx(accuracy, abs=1e-4)


def test_sample_sizes_of_print():
    hmr = sample_sizes(class_scores("HMR")["accuracy"].tolist(), 1400)
    assert hmr["n"].tolist() == [183 * k for k in range(1, 8)]
    assert hmr["wrong"].iloc[0] == 24
    scores = class_scores("Tabla")["accuracy"].tolist()
    assert sample_sizes(scores, 600)["n"].tolist() == [560, 561, 562, 563]
    assert sample_sizes(scores, 600)["errors"].iloc[1] == (5, 5, 1, 5, 4, 5, 6, 5)
    assert sample_sizes(scores, 600, rounding="truncated")["n"].tolist() == [564, 565, 566]
    img = class_scores("IMG")["accuracy"].tolist()
    assert sample_sizes(img, 2131).empty
    assert sample_sizes(img, 2132)["n"].tolist() == [2132]
    assert sample_sizes(img, 2500, rounding="truncated").empty


def test_counts_of_the_taals():
    scores = class_scores("HMR")
    counts = [error_count(a, 183) for a in scores["accuracy"]]
    choices = [
        class_counts(count, range(1, 183), *row)
        for count, row in zip(counts, scores[SCORES].to_numpy(), strict=True)
    ]
    found = whole_table(choices, 183, 24)
    assert found["support"].sum() == 183
    assert found["missed"].sum() == found["wrongly"].sum() == 24


def test_counts_of_all_tabla_files():
    """Six classes have the stated number of files; the digits of two ask for three others."""
    found = tabla_counts()
    assert found["files"].sum() == found["support"].sum() == 561
    assert (found["files"] - found["support"]).to_dict() == dict.fromkeys(found.index, 0) | {
        "dadra": 3,
        "ektaal": -3,
    }
    assert tabla_counts(112) is None


def test_the_columns_of_hmr():
    rows = printed("per_class")
    ranked = rank_by_f1(rows[rows["data_set"] == "HMR"])
    assert ranked.iloc[0][["accuracy", "f1"]].tolist() == ["precision", "accuracy"]
    assert ranked["excess"].iloc[0] == 0
    assert ranked["excess"].iloc[1] > 4


def test_cost_of_the_drawing():
    assert drawn_cost(3).flops == pytest.approx(2460e9, rel=2e-3)
    assert drawn_cost(1).flops == pytest.approx(274e9, rel=2e-3)
    assert drawn_cost().weights == pytest.approx(96e6, rel=2e-3)
    assert round(drawn_cost().map_bytes / 1e6) == 1678
    assert round(0.003 * K80_PEAK / 1e9) == 27
    assert time_claims().loc["i3", "rate_1"] == pytest.approx(0.7, abs=0.01)


def test_every_table_figure_and_equation_has_a_row():
    where = " ".join(claim_table()["where"])
    for number in range(1, 7):
        assert f"Table {number}" in where
    for number in range(1, 9):
        assert f"Fig. {number}" in where
    for place in ("abstract", "Eqs. 1-4", "Eqs. 5-20", "conclusion", "text on the data"):
        assert place in where


def test_written_verdicts_are_the_computed_ones():
    table = claim_table().set_index("claim")["verdict"]
    assert table.index.is_unique
    assert set(table) == set(VERDICTS)
    decided = computed_verdicts()
    assert set(decided) <= set(table.index)
    assert decided == table[list(decided)].to_dict()
    # What is contradicted or explained is so by computation, but for what reading alone shows.
    read = {"layers", "taal-networks", "taal-precision", "img-rivals"}
    assert set(table.index[table != "not testable"]) - read == set(decided)


def test_reasons_are_filled_in_and_point_somewhere():
    table = claim_table()
    assert not table["why"].str.contains(r"[{}]").any()
    assert all(re.fullmatch(r"\{(numref|ref|doc)\}`[^`]+`", place) for place in table["shown"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"verdict": "reproduced"}, "headline is written down as 'reproduced'.*'explained'"),
        ({"verdict": "wrong"}, "'wrong'"),
        ({"why": "{nothing}"}, "number 'nothing'"),
    ],
)
def test_a_claim_that_is_written_otherwise_is_refused(change, said, monkeypatch):
    rows = printed("claims").head(1).assign(**change)
    monkeypatch.setattr(
        claims, "printed", lambda name: rows.copy() if name == "claims" else printed(name)
    )
    with pytest.raises(DataError, match=said):
        claim_table()


def test_an_unknown_data_set_is_refused():
    with pytest.raises(DataError, match="IMG, HMR and Tabla"):
        class_scores("GTZAN")
