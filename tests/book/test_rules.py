"""The rules themselves, each seen to catch its case, and then the book of this project."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
import yaml

import mgc
from mgc.book import freshness, rules
from mgc.paths import PROJECT

Write = Callable[..., Path]

SETUP = "import mgc.book\n\nmgc.book.setup()"
BOOK = freshness.find_notebooks(PROJECT)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("\n".join(["x = 1"] * 11), "11 lines"),
        ("def f():\n    pass", "defines a function"),
        ("if True:\n    class A:\n        pass", "defines a function or class"),
        ("!ls", "shell or magic"),
        ("%pip install x", "shell or magic"),
        ("x = 1;", "ends in ';'"),
        ("np.random.rand(3)", "unseeded"),
        ("rng = np.random.default_rng()", "unseeded"),
    ],
)
def test_thin_and_seeded_cells(write: Write, project: Path, code: str, reason: str) -> None:
    (found,) = rules.violations(write("a.ipynb", SETUP, code), project)
    assert found.startswith("code cell 2 ")
    assert reason in found


@pytest.mark.parametrize(
    "code", ["rng = np.random.default_rng(0)", "\n\n".join(["x = 1"] * 10), "x = 'a;'"]
)
def test_what_is_allowed(write: Write, project: Path, code: str) -> None:
    assert rules.violations(write("a.ipynb", SETUP, code), project) == []


def test_the_first_cell_is_the_standard_one(write: Write, project: Path) -> None:
    (found,) = rules.violations(write("a.ipynb", "import numpy", SETUP), project)
    assert "first code cell" in found


def test_a_parameters_cell_is_no_longer_than_others(write: Write, project: Path) -> None:
    lines = [f"x{i}: int = {i}" for i in range(rules.MAX_LINES + 1)]
    allowed = write("a.ipynb", SETUP, parameters="\n".join(lines[:-1]))
    assert rules.violations(allowed, project) == []
    (found,) = rules.violations(write("b.ipynb", SETUP, parameters="\n".join(lines)), project)
    assert "has 11 lines" in found


def test_pictures_need_words(write: Write, project: Path) -> None:
    path = write("a.ipynb", SETUP, "show()")
    notebook = freshness.read(path)
    picture = {"output_type": "display_data", "data": {"image/png": "aGk="}, "metadata": {}}
    notebook.cells[1].outputs = [nbformat.from_dict(picture)]
    nbformat.write(notebook, path)
    assert len(rules.violations(path, project)) == 2
    notebook.cells[1].metadata["mystnb"] = {"image": {"alt": "a"}, "figure": {"caption": "c"}}
    nbformat.write(notebook, path)
    assert rules.violations(path, project) == []


@pytest.mark.parametrize("text", ["57.3 %", "57%", "57,3\u202f%", r"57.3 \%", "57 percent"])
def test_typed_percentages_are_refused_in_results(write: Write, project: Path, text: str) -> None:
    prose = f"# R\n\nIt reaches {text} on tracks."
    (found,) = rules.violations(write("results/a.ipynb", prose, SETUP), project)
    assert text in found
    assert rules.violations(write("theory/a.ipynb", prose, SETUP), project) == []


@pytest.mark.parametrize(
    "prose", ["a 95 % interval", "{glue:text}`acc`", "`57 %`", "$57\\%$", "100 clips"]
)
def test_prose_that_is_allowed(prose: str) -> None:
    assert rules.typed_percentages(prose) == []


@pytest.mark.parametrize("path", BOOK, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_notebook_of_the_book_is_fresh_and_clean(path: Path) -> None:
    assert freshness.check([path])[path] == []


@pytest.mark.parametrize("path", BOOK, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_notebook_of_the_book_follows_the_rules(path: Path) -> None:
    assert rules.violations(path) == []


def test_results_in_markdown_type_no_percentages() -> None:
    texts = sorted((PROJECT / "book" / "results").glob("*.md"))
    found = {path.name: rules.typed_percentages(path.read_text(encoding="utf-8")) for path in texts}
    assert not any(found.values()), found


def test_contents_list_exactly_the_pages() -> None:
    listed = rules.listed()
    assert sorted(listed) == sorted(set(listed)), "a page is listed twice"
    assert set(listed) == rules.pages()


@pytest.mark.parametrize("name", ["_config.yml", "_toc.yml"])
def test_root_and_book_share_one_file(name: str) -> None:
    link = PROJECT / "book" / name
    assert link.is_symlink()
    assert not link.readlink().is_absolute()
    assert link.resolve() == PROJECT / name


def test_the_book_is_not_executed_by_the_build() -> None:
    settings = yaml.safe_load((PROJECT / "_config.yml").read_text(encoding="utf-8"))
    assert settings["execute"] == {"execute_notebooks": "off", "stderr_output": "remove-warn"}
    assert settings["only_build_toc_files"] is True
    assert f"mgc {mgc.__version__} " in settings["html"]["extra_footer"]


def test_versions_agree() -> None:
    citation = yaml.safe_load((PROJECT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == mgc.__version__
