"""Numbers that one page takes from another are there."""

import re

import nbformat
import pytest

from mgc.paths import PROJECT

BOOK = PROJECT / "book"
PAGES = sorted(
    path for pattern in ("*.md", "*.ipynb") for path in BOOK.rglob(pattern)
    if not {"_build", ".ipynb_checkpoints"} & set(path.relative_to(BOOK).parts)
)  # fmt: skip

#: ``{glue:text}`page.ipynb::name:format```, or without a format.
TAKEN = re.compile(r"\{glue:text\}`([^`:]+)::([^`:]+)(?::[^`]*)?`")


def glued(page):
    """Names under which an executed page hands out values."""
    cells = nbformat.read(page, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    found = [output.get("metadata", {}).get("scrapbook", {}).get("name") for output in outputs]
    return {name for name in found if name}


def taken_by(path):
    if path.suffix == ".md":
        return TAKEN.findall(path.read_text(encoding="utf8"))
    cells = nbformat.read(path, as_version=4).cells
    return [pair for c in cells if c.cell_type == "markdown" for pair in TAKEN.findall(c.source)]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(BOOK).as_posix())
def test_numbers_of_other_pages_are_there(path):
    wanted = {}
    for page, name in taken_by(path):
        wanted.setdefault(page, set()).add(name)
    for page, names in wanted.items():
        source = (path.parent / page).resolve()
        assert source.is_file(), f"{path.name} takes numbers from {page}, which does not exist"
        assert not names - glued(source), f"{page} does not glue {sorted(names - glued(source))}"


def test_the_summary_takes_all_its_numbers_from_elsewhere():
    pairs = taken_by(BOOK / "summary.md")
    assert len(pairs) >= 20 and len({page for page, _ in pairs}) >= 9
