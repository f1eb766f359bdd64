from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner, Result
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from mgc.cli import main


def mgc(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["notebooks", *map(str, arguments)])


@pytest.fixture
def template(tmp_path: Path) -> Path:
    parameters = new_code_cell("epochs: int = 3  # passes", metadata={"tags": ["parameters"]})
    cells = [new_markdown_cell("# T"), parameters, new_code_cell("print(epochs)")]
    kernel = {"name": "python3", "display_name": "Python 3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    path = tmp_path / "t.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata=metadata), path)
    return path


def test_run_writes_a_copy(template: Path) -> None:
    out = template.with_name("out.ipynb")
    result = mgc("run", template, out, "-p", "epochs", "5", "--title", "Five")
    assert result.exit_code == 0, result.output
    cells = nbformat.read(out, as_version=4).cells
    assert cells[0].source == "# Five"
    assert cells[-1].outputs[0].text == "5\n"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [("epoch", "5", "did you mean 'epochs'?"), ("epochs", "three", "expected int")],
)
def test_run_refuses_in_one_line(template: Path, name: str, value: str, message: str) -> None:
    out = template.with_name("out.ipynb")
    result = mgc("run", template, out, "-p", name, value)
    assert result.exit_code == 1
    assert message in result.output
    assert not out.exists()


def test_check_names_what_is_wrong(template: Path) -> None:
    result = mgc("check", template)
    assert result.exit_code == 1
    assert "t.ipynb: code cell 1 was not executed" in result.output
    assert "t.ipynb: the first code cell is not the standard one" in result.output
    assert "mgc notebooks execute" in result.output


def test_execute_says_what_it_did(template: Path) -> None:
    result = mgc("execute", template)
    assert result.exit_code == 0, result.output
    assert "1 executed, 0 were fresh" in result.output
    assert nbformat.read(template, as_version=4).cells[2].outputs[0].text == "3\n"


def test_a_missing_notebook_is_named(tmp_path: Path) -> None:
    result = mgc("check", tmp_path / "gone.ipynb")
    assert result.exit_code == 1
    assert "gone.ipynb does not exist" in result.output


def test_list_covers_the_book() -> None:
    result = mgc("list")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("action", ["check", "execute", "list"])
def test_without_a_book_nothing_is_called_fresh(
    action: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mgc.book.freshness.find_notebooks.__defaults__", (tmp_path,))
    result = mgc(action)
    assert result.exit_code == 1
    assert "no book here: " in result.output and "fresh" not in result.output
