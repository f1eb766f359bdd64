from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat import from_dict

from mgc.book import freshness
from mgc.book.normalise import write as save
from mgc.errors import NotebookError

Write = Callable[..., Path]


@pytest.fixture
def page(project: Path, write: Write) -> Path:
    path = write("a.ipynb", "# A", "import mgc.data.lazy", inputs=["data/runs/*/metrics.json"])
    save(freshness.stamp(freshness.read(path), project), path)
    return path


def reasons(page: Path, project: Path) -> list[str]:
    return freshness.stale(freshness.read(page), project)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_fresh_after_its_stamp(page: Path, project: Path) -> None:
    assert reasons(page, project) == []


@pytest.mark.parametrize(
    "name",
    ["mgc/paths.py", "mgc/data/tables/facts.csv", "data/runs/a/metrics.json", "requirements.txt"],
)
def test_names_what_changed(page: Path, project: Path, name: str) -> None:
    (project / name).write_text("# other\n")
    assert reasons(page, project) == [f"{name} changed"]


def test_its_own_code_counts_and_its_prose_does_not(page: Path, project: Path) -> None:
    edit(page, "# A", "# Another")
    assert reasons(page, project) == []
    edit(page, "import mgc.data.lazy", "import mgc.data.lazy as lazy")
    assert reasons(page, project) == ["code changed"]


def test_what_is_not_reached_does_not_count(page: Path, project: Path) -> None:
    (project / "mgc/unreached.py").write_text("changed = True\n")
    (project / "data/runs/a/.lock").write_text("hidden")
    assert reasons(page, project) == []


def test_line_ends_do_not_count_in_text_but_do_in_binary(page: Path, project: Path) -> None:
    (project / "requirements.txt").write_bytes(b"numpy==2\r\n")
    assert reasons(page, project) == []
    metrics = project / "data/runs/a/metrics.json"
    metrics.write_bytes(b"\0\n")
    save(freshness.stamp(freshness.read(page), project), page)
    metrics.write_bytes(b"\0\r\n")
    assert reasons(page, project) == ["data/runs/a/metrics.json changed"]


def test_new_and_lost_dependencies_are_named(page: Path, project: Path) -> None:
    (project / "data/runs/b").mkdir()
    (project / "data/runs/b/metrics.json").write_text("{}")
    edit(page, "import mgc.data.lazy", "import mgc.unreached")
    found = reasons(page, project)
    assert "data/runs/b/metrics.json is new" in found
    assert "mgc/unreached.py is new" in found
    assert "mgc/data/lazy.py is gone" in found


def test_an_altered_stamp_is_stale(page: Path, project: Path) -> None:
    notebook = freshness.read(page)
    notebook.metadata["mgc"]["stamp"] = "0" * 64
    assert freshness.stale(notebook, project) == ["its stamp was altered"]


def test_without_stamp_it_is_stale(project: Path, write: Write) -> None:
    notebook = freshness.read(write("b.ipynb", "1"))
    assert "never executed" in freshness.stale(notebook, project)[0]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("data/nothing*", "matches no file"),
        ("../secret", "inside the project"),
        ("/etc/passwd", "inside the project"),
    ],
)
def test_bad_inputs_are_named(project: Path, write: Write, pattern: str, message: str) -> None:
    notebook = freshness.read(write("b.ipynb", "1", inputs=[pattern]))
    with pytest.raises(NotebookError, match=message):
        freshness.stamp(notebook, project)


def test_a_folder_as_input_means_all_its_files(project: Path, write: Write) -> None:
    notebook = freshness.read(write("b.ipynb", "1", inputs=["data/runs"]))
    assert "data/runs/a/metrics.json" in freshness.digests(notebook, project)


def test_code_that_is_no_python_is_named(project: Path, write: Write) -> None:
    notebook = freshness.read(write("b.ipynb", "%matplotlib inline\nx ="))
    with pytest.raises(NotebookError, match="no Python"):
        freshness.digests(notebook, project)


def test_built_and_hidden_notebooks_do_not_count(project: Path, write: Write) -> None:
    kept = write("part/a.ipynb", "1")
    write("_build/b.ipynb", "1")
    write("part/.ipynb_checkpoints/c.ipynb", "1")
    assert freshness.find_notebooks(project) == [kept]


@pytest.mark.parametrize("text", ["no json", "{}", '{"nbformat": 4}', "[1]"])
def test_what_is_no_notebook_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(text)
    with pytest.raises(NotebookError, match=r"a\.ipynb"):
        freshness.read(path)


def test_a_missing_notebook_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotebookError, match="does not exist"):
        freshness.read(tmp_path / "gone.ipynb")


def test_unclean_executions_are_listed(project: Path, write: Write) -> None:
    notebook = freshness.read(write("b.ipynb", "1", "2", "3", "4"))
    cells = notebook.cells
    cells[0].execution_count, cells[1].execution_count, cells[3].execution_count = 1, 3, 4
    stderr = {"output_type": "stream", "name": "stderr", "text": "Warning: x\n"}
    error = {"output_type": "error", "ename": "E", "evalue": "why", "traceback": ["/home/ann/x.py"]}
    cells[0].outputs = [from_dict(stderr)]
    cells[1].outputs = [from_dict(error)]
    notebook.metadata["papermill"] = {}
    assert freshness.unclean(notebook) == [
        "code cell 1 writes to stderr: Warning: x",
        "code cell 2 was executed as number 3",
        "code cell 2 stopped with E: why",
        "code cell 2 shows '/home/ann/x.py', true on one machine only",
        "code cell 3 was not executed",
        "metadata 'papermill' was not stripped",
    ]


def test_no_book_is_an_error_and_not_an_empty_one(project: Path, tmp_path: Path) -> None:
    for folder in (project, tmp_path / "nowhere"):
        with pytest.raises(NotebookError, match="no book here: .*book holds no notebook"):
            freshness.find_notebooks(folder)
