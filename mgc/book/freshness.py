"""Whether a committed notebook is what its code, the package and the data would give today.

A stamp in the metadata of the notebook records a digest of everything that its outputs depend on:
its code cells, the modules of the package that they reach, the inputs it declares, the pinned
requirements.  When one of them changes, the notebook is stale, and the reasons say why.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from mgc.book.normalise import machine_words, output_texts
from mgc.book.sources import SourceTree
from mgc.errors import NotebookError
from mgc.paths import PROJECT

_DIGITS = 16


def find_notebooks(project: Path = PROJECT) -> list[Path]:
    """List the notebooks of the book, sorted; built and hidden folders do not count.

    Raises
    ------
    NotebookError
        If there is no notebook, as where the package is installed without its book.
    """
    book = project / "book"
    found = sorted(
        path
        for path in book.rglob("*.ipynb")
        if not any(part.startswith((".", "_")) for part in path.relative_to(book).parts)
    )
    if not found:
        raise NotebookError(
            f"no book here: {book} holds no notebook; run mgc from a checkout of the project, or "
            "name the notebooks"
        )
    return found


def read(path: Path) -> NotebookNode:
    """Read a notebook of format 4.

    Raises
    ------
    NotebookError
        If the file is missing or is no notebook.
    """
    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise NotebookError(f"{path} does not exist; expected a notebook (.ipynb)") from None
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, AttributeError) as error:
        raise NotebookError(f"{path} is no notebook of format 4: {error}") from error


def code_of(notebook: NotebookNode) -> str:
    """Return the source of all code cells as one Python text, without lines of IPython magic."""
    return "\n".join(
        line
        for cell in notebook.cells
        if cell.cell_type == "code"
        for line in cell.source.splitlines()
        if not line.lstrip().startswith(("%", "!"))
    )


def digests(
    notebook: NotebookNode, project: Path = PROJECT, tree: SourceTree | None = None
) -> dict[str, str]:
    """Return what the outputs of a notebook depend on: name of the part -> digest.

    Raises
    ------
    NotebookError
        If a declared input matches no file, or a code cell is no Python.
    """
    tree = tree or SourceTree(project)
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    parts = {"code": _digest("\0".join(cells).encode())}
    try:
        reached = tree.reached_from(code_of(notebook))
    except SyntaxError as error:
        raise NotebookError(f"a code cell is no Python: {error}") from error
    files = [path for module in reached for path in tree.files_of(module)]
    files += _inputs(notebook, project)
    files += [project / "requirements.txt"]
    if template := notebook.metadata.get("mgc", {}).get("template"):
        files.append(project / template)
    for path in files:
        parts[path.relative_to(project).as_posix()] = _file_digest(path)
    return dict(sorted(parts.items()))


def _inputs(notebook: NotebookNode, project: Path) -> Iterator[Path]:
    """Yield the files that the notebook declares as its inputs."""
    for pattern in notebook.metadata.get("mgc", {}).get("inputs", []):
        if "{uid}" in pattern:  # in a template: each copy has its own
            continue
        if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            raise NotebookError(f"input '{pattern}': expected a path inside the project folder")
        matches = sorted(project.glob(pattern))
        inside = [file for match in matches if match.is_dir() for file in match.rglob("*")]
        files = [
            path
            for path in sorted({*matches, *inside})
            if path.is_file()
            and not any(p.startswith(".") for p in path.relative_to(project).parts)
        ]
        if not files:
            raise NotebookError(f"input '{pattern}' matches no file: make it or correct the name")
        yield from files


def _file_digest(path: Path) -> str:
    if not path.is_file():
        raise NotebookError(f"{path.name} is missing, but the notebook depends on it")
    if path.suffix == ".ipynb":
        # Of a template only the cells count: its outputs and its own stamp do not matter.
        cells = [[cell.cell_type, cell.source] for cell in read(path).cells]
        return _digest(json.dumps(cells).encode())
    content = path.read_bytes()
    # Git may give text files other line ends on other systems; a NUL marks binary data, as in git.
    return _digest(content if b"\0" in content else content.replace(b"\r\n", b"\n"))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_DIGITS]


def stamp(notebook: NotebookNode, project: Path = PROJECT) -> NotebookNode:
    """Record in the metadata what the notebook depends on now, in place, and return it."""
    parts = digests(notebook, project)
    record = dict(notebook.metadata.get("mgc", {}))
    record |= {"stamp": _total(parts), "depends": parts}
    notebook.metadata["mgc"] = nbformat.from_dict(record)
    return notebook


def _total(parts: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def stale(
    notebook: NotebookNode, project: Path = PROJECT, tree: SourceTree | None = None
) -> list[str]:
    """Return why a notebook has to be executed again; empty if it is fresh.

    Each reason is a short clause such as ``mgc/signal/stft.py changed``.
    """
    record = notebook.metadata.get("mgc", {})
    if "stamp" not in record:
        return ["it was never executed by 'mgc notebooks execute' (no stamp)"]
    try:
        now = digests(notebook, project, tree)
    except NotebookError as error:
        return [str(error)]
    if _total(now) == record["stamp"]:
        return []
    then = dict(record.get("depends", {}))
    reasons = [f"{part} changed" for part in now if part in then and now[part] != then[part]]
    reasons += [f"{part} is new" for part in now if part not in then]
    reasons += [f"{part} is gone" for part in then if part not in now]
    return reasons or ["its stamp was altered"]


def unclean(notebook: NotebookNode) -> list[str]:
    """Return what is wrong with a stored execution: order, errors, stderr, traces of a machine."""
    reasons = []
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(cells, start=1):
        if cell.execution_count is None:
            reasons.append(f"code cell {number} was not executed")
        elif cell.execution_count != number:
            reasons.append(f"code cell {number} was executed as number {cell.execution_count}")
        for output in cell.outputs:
            if output.output_type == "error":
                reasons.append(f"code cell {number} stopped with {output.ename}: {output.evalue}")
            if output.output_type == "stream" and output.name == "stderr":
                first = (output.text.strip() or " ").splitlines()[0]
                reasons.append(f"code cell {number} writes to stderr: {first}")
        words = [word for text in output_texts(cell) for word in machine_words(text)]
        reasons += [
            f"code cell {number} shows '{word}', true on one machine only" for word in words
        ]
    foreign = sorted(set(notebook.metadata) - {"mgc", "mystnb", "kernelspec", "language_info"})
    reasons += [f"metadata '{key}' was not stripped" for key in foreign]
    return reasons


def check(paths: list[Path], project: Path = PROJECT) -> dict[Path, list[str]]:
    """Return for each notebook why it may not be published; empty lists mean that it may."""
    tree = SourceTree(project)
    found = {}
    for path in paths:
        notebook = read(path)
        found[path] = unclean(notebook) + stale(notebook, project, tree)
    return found
