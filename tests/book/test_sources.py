from pathlib import Path

from mgc.book.sources import SourceTree


def test_reaches_lazy_relative_and_named_imports(project: Path) -> None:
    tree = SourceTree(project)
    lazy = {"mgc", "mgc.data", "mgc.data.lazy", "mgc.signal", "mgc.signal.stft", "mgc.paths"}
    assert tree.reached_from("import mgc.data.lazy") == lazy
    assert tree.reached_from("from mgc.data import lazy as l") == lazy
    assert tree.reached_from("from mgc.data.near import f") == lazy | {"mgc.data.near"}
    assert "mgc.signal.stft" in tree.reached_from("import mgc.data.named")
    assert tree.reached_from("import numpy, os") == set()


def test_a_package_brings_its_data_files(project: Path) -> None:
    tree = SourceTree(project)
    names = [path.name for path in tree.files_of("mgc.data")]
    assert names == ["__init__.py", "facts.csv"]
    assert [path.name for path in tree.files_of("mgc")] == ["__init__.py"]
    assert tree.files_of("mgc.nothing") == []


def test_a_file_named_by_its_path_counts(project: Path) -> None:
    tree = SourceTree(project)
    code = 'read("mgc/data/tables/facts.csv", "mgc/data/tables/gone.csv")'
    assert tree.reached_from(code) == {"mgc/data/tables/facts.csv"}
    assert tree.files_of("mgc/data/tables/facts.csv") == [project / "mgc/data/tables/facts.csv"]


def test_a_sub_package_answers_for_its_own_data(project: Path) -> None:
    (project / "mgc/data/tables/__init__.py").touch()
    assert [path.name for path in SourceTree(project).files_of("mgc.data")] == ["__init__.py"]
