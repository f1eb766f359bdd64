import pytest

from mgc.errors import ConfigError
from mgc.evaluate.published import published_inflation, published_results


def test_only_what_was_read_is_quoted():
    table = published_results()
    assert set(table["evidence"]) == {"read_here", "read_secondary"}
    assert table["value_pct"].between(10, 100).all()
    assert not table[["system", "split", "source", "unit_scored"]].isna().any().any()


def test_filters():
    table = published_results(split="fault_filtered_443_197_290", training="scratch")
    assert set(table["training"]) == {"scratch"}
    assert 43.1 in table["value_pct"].tolist()
    with pytest.raises(ConfigError, match="split is 'mine', but published are"):
        published_results(split="mine")


def test_inflation_quotes_what_was_read_and_agrees_with_the_other_table():
    table = published_inflation()
    assert set(table["evidence"]) <= {"read_here", "read_secondary"}
    assert (table["leaky_pct"] > table["strict_pct"]).all()
    known = set(published_results(split="fault_filtered_443_197_290")["value_pct"])
    lists = table[table["strict_protocol"] == "fault-filtered lists"]
    assert len(lists) == 2 and set(lists["strict_pct"]) <= known
