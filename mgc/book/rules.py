"""House rules of the book that a reader feels: thin cells, seeded numbers, described figures.

Freshness and clean execution are checked in :mod:`mgc.book.freshness`; here is the rest.
"""

import ast
import math
import re
from collections.abc import Iterator
from pathlib import Path

import yaml
from nbformat import NotebookNode

from mgc.book.audio import MAX_SECONDS, sounds_in
from mgc.book.freshness import find_notebooks, read
from mgc.paths import PROJECT

MAX_LINES = 10
FIRST_CELL = ["import mgc.book", "mgc.book.setup()"]

#: A typed percentage; only the level of an interval ("95 % interval") is no measured number.
_PERCENTAGE = re.compile(
    r"\d(?:[.,]\d+)?[\s\u202f\u00a0~]*(?:\\?%|per ?cent)"
    r"(?![\s\u202f\u00a0-]*(?:bootstrap|confidence|credible|interval|level))",
)
_UNSEEDED = re.compile(
    r"default_rng\(\s*\)|np\.random\.(?!default_rng|Generator|SeedSequence|PCG64)\w+"
)
_INVISIBLE = re.compile(r"```.*?```|:::\{.*?\}|`[^`]*`|\$[^$]*\$", re.DOTALL)


def violations(path: Path, project: Path = PROJECT) -> list[str]:
    """Return what a notebook does against the rules of the house; empty if nothing."""
    notebook = read(path)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    first = code[0].source.split("\n") if code else []
    found = []
    if [line.strip() for line in first if line.strip()] != FIRST_CELL:
        found.append(f"the first code cell is not the standard one: {'; '.join(FIRST_CELL)}")
    for number, cell in enumerate(code, start=1):
        found += [f"code cell {number} {reason}" for reason in _code_reasons(cell)]
    if "results" in path.resolve().parent.parts[len(project.resolve().parts) :]:
        prose = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
        found += [f"prose types the number '{text}': glue it" for text in typed_percentages(prose)]
    return found


def _code_reasons(cell: NotebookNode) -> Iterator[str]:
    lines = [line for line in cell.source.splitlines() if line.strip()]
    if len(lines) > MAX_LINES:
        yield f"has {len(lines)} lines; at most {MAX_LINES}, the rest belongs into the package"
    if any(line.lstrip().startswith(("!", "%")) for line in lines):
        yield "uses shell or magic; the package does that work"
    elif _defines(cell.source):
        yield "defines a function or class; it belongs into the package"
    if lines and lines[-1].rstrip().endswith(";"):
        yield "ends in ';', which nbval ignores; let the helper return None"
    if match := _UNSEEDED.search(cell.source):
        yield f"draws unseeded random numbers ({match.group()}); pass a seed to default_rng"
    yield from _figure_reasons(cell)
    yield from _sound_reasons(cell)


def _defines(source: str) -> bool:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(isinstance(node, kinds) for node in ast.walk(ast.parse(source)))


def _figure_reasons(cell: NotebookNode) -> Iterator[str]:
    images = [
        output
        for output in cell.outputs
        if any("image/" in mime for mime in output.get("data", {}))
    ]
    options = cell.metadata.get("mystnb", {})
    if images and not options.get("image", {}).get("alt"):
        yield "shows a picture without alternative text; use mgc.book.glue_figure"
    if images and not options.get("figure", {}).get("caption"):
        yield "shows a picture without a caption; use mgc.book.glue_figure"


def _sound_reasons(cell: NotebookNode) -> Iterator[str]:
    pages = [output.get("data", {}).get("text/html", "") for output in cell.outputs]
    lengths = [seconds for page in pages for seconds in sounds_in(page)]
    if lengths and not cell.metadata.get("mystnb", {}).get("figure", {}).get("caption"):
        yield "plays a sound without a caption; use mgc.book.glue_audio"
    if any(math.isnan(seconds) for seconds in lengths):
        yield "plays a sound that does not lie in the page; use mgc.book.glue_audio"
    yield from (
        f"plays a sound of {seconds:.1f} s; at most {MAX_SECONDS:g} s"
        for seconds in lengths
        if seconds > MAX_SECONDS
    )


def typed_percentages(prose: str) -> list[str]:
    """Find percentages that were typed into prose; code, maths and roles do not count.

    Examples
    --------
    >>> typed_percentages("It reaches 57.3 % with a 95 % interval of {glue:text}`width`.")
    ['57.3 %']
    """
    visible = _INVISIBLE.sub(" ", prose)
    found = []
    for match in _PERCENTAGE.finditer(visible):
        start = match.start()
        while start and visible[start - 1] in "0123456789.,":
            start -= 1
        found.append(visible[start : match.end()])
    return found


def pages(project: Path = PROJECT) -> set[str]:
    """Return the pages that lie in the book, as the table of contents names them (no suffix)."""
    book = project / "book"
    texts = [
        path
        for path in book.rglob("*.md")
        if not any(part.startswith((".", "_")) for part in path.relative_to(book).parts)
    ]
    return {
        path.relative_to(book).with_suffix("").as_posix()
        for path in [*texts, *find_notebooks(project)]
    }


def listed(project: Path = PROJECT) -> list[str]:
    """Return the pages that the table of contents lists, in its order."""

    def walk(node: object) -> Iterator[str]:
        if isinstance(node, dict):
            yield from (str(node[key]) for key in ("root", "file") if key in node)
            for value in node.values():
                yield from walk(value)
        elif isinstance(node, list):
            for value in node:
                yield from walk(value)

    return list(walk(yaml.safe_load((project / "_toc.yml").read_text(encoding="utf-8"))))
