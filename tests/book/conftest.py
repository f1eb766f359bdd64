"""A small project of its own for each test: a package, requirements, an empty book."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

Write = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    sources = {
        "mgc/__init__.py": "",
        "mgc/paths.py": "A = 1\n",
        "mgc/signal/__init__.py": "",
        "mgc/signal/stft.py": "from mgc import paths\n",
        "mgc/data/__init__.py": "",
        "mgc/data/tables/facts.csv": "a,b\n1,2\n",
        "mgc/data/lazy.py": "def f():\n    import mgc.signal.stft\n",
        "mgc/data/near.py": "from .lazy import f\n",
        "mgc/data/named.py": 'import importlib\nimportlib.import_module("mgc.signal.stft")\n',
        "mgc/unreached.py": "",
        "requirements.txt": "numpy==2\n",
        "data/runs/a/metrics.json": "{}",
    }
    for name, text in sources.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (root / "book").mkdir()
    return root


@pytest.fixture
def write(project: Path) -> Write:
    """Write a notebook: strings are code, strings that start with '# ' are Markdown."""

    def write_(name: str, *cells: str, parameters: str | None = None, **metadata: object) -> Path:
        kernel = {"name": "not-installed-anywhere", "display_name": "Other", "language": "python"}
        notebook = new_notebook(
            metadata={"kernelspec": kernel, "language_info": {"name": "python"}}
        )
        if metadata:
            notebook.metadata["mgc"] = metadata
        notebook.cells = [
            new_markdown_cell(text) if text.startswith("# ") else new_code_cell(text)
            for text in cells
        ]
        if parameters is not None:
            cell = new_code_cell(parameters, metadata={"tags": ["parameters"]})
            notebook.cells.insert(1, cell)
        path = project / "book" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        return path

    return write_
