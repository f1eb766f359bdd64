import pytest

from mgc.errors import ConfigError
from mgc.evaluate.published import published_results


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
