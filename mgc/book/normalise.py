"""One canonical form for committed notebooks: no timings, no paths, no machine.

Two people who execute the same notebook commit the same bytes (pictures aside).
"""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from mgc.errors import NotebookError
from mgc.paths import PROJECT

_KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
_LANGUAGE = {"name": "python", "pygments_lexer": "ipython3"}
_NOTEBOOK_KEYS = ("mgc", "mystnb")
_CELL_KEYS = ("tags", "mystnb")
_OUTPUT_KEYS = ("scrapbook", "image/png")
_WIDGET = "application/vnd.jupyter.widget-view+json"

#: Text that holds only on the machine (or in the process) that wrote it.
_MACHINE = re.compile(
    r"""(?:(?<![\w./:])/(?:home|root|Users|tmp|var|private|mnt|opt|srv|builds|workspace)/[^\s'"<>]+
    |(?<![A-Za-z])[A-Za-z]:\\[^\s'"<>]+
    |\bat\ 0x[0-9a-f]{6,}\b)""",
    re.VERBOSE,
)


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Bring an executed notebook into its canonical form, in place, and return it.

    Keeps the cells, their tags and their outputs; drops execution timings, versions of kernel and
    language, papermill's paths, widget state and editor leftovers.  Caption and alternative text
    of :func:`mgc.book.glue_figure` and the like move into the cell's metadata, where MyST-NB looks
    for them.

    Raises
    ------
    NotebookError
        If a cell shows two figures or sounds, which one caption cannot serve.
    """
    kept = {key: notebook.metadata[key] for key in _NOTEBOOK_KEYS if key in notebook.metadata}
    notebook.metadata = nbformat.from_dict(
        {**kept, "kernelspec": _KERNELSPEC, "language_info": _LANGUAGE}
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for number, cell in enumerate(notebook.cells):
        _normalise_cell(cell, number)
    return notebook


def _normalise_cell(cell: NotebookNode, number: int) -> None:
    metadata = {key: cell.metadata[key] for key in _CELL_KEYS if cell.metadata.get(key)}
    # Papermill gives the cell that it injects a random id.
    if "injected-parameters" in metadata.get("tags", []):
        cell.id = "injected-parameters"
    cell.setdefault("id", f"cell-{number}")
    if cell.cell_type == "code":
        figures = [found for output in cell.outputs if (found := _figure(output))]
        if len(figures) > 1:
            raise NotebookError(
                f"cell {number + 1} shows {len(figures)} figures: give each its cell"
            )
        if figures:
            metadata["mystnb"] = metadata.get("mystnb", {}) | figures[0]
        cell.outputs = _merge_streams(cell.outputs)
        for output in cell.outputs:
            _normalise_output(output)
    cell.metadata = nbformat.from_dict(metadata)


def _figure(output: NotebookNode) -> dict[str, Any] | None:
    """Return the cell metadata that a figure or a set of sounds asks for."""
    metadata = output.get("metadata", {})
    if "mgc" not in metadata:
        return None
    words, name = metadata["mgc"], metadata["scrapbook"]["name"]
    options = {"figure": {"caption": words["caption"], "name": name}}
    # What is no picture brings its own words for those who cannot see.
    return options | ({"image": {"alt": words["alt"]}} if "alt" in words else {})


def _normalise_output(output: NotebookNode) -> None:
    if "metadata" in output:
        kept = {key: output.metadata[key] for key in _OUTPUT_KEYS if key in output.metadata}
        output.metadata = nbformat.from_dict(kept)
    if "data" in output:
        output.data.pop(_WIDGET, None)


def _merge_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring pieces of one stream: how a kernel cuts them depends on timing."""
    merged: list[NotebookNode] = []
    for output in outputs:
        last = merged[-1] if merged else None
        streams = last is not None and last.output_type == output.output_type == "stream"
        if last is not None and streams and last.name == output.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged


def output_texts(cell: NotebookNode) -> Iterator[str]:
    """Yield every text that the outputs of a cell hold: streams, errors and textual data.

    Embedded media are no text: base64 may look like anything.
    """
    for output in cell.get("outputs", []):
        if "text" in output:
            yield output.text
        yield from output.get("traceback", [])
        for mime, value in output.get("data", {}).items():
            if isinstance(value, str) and "text/" in mime:
                yield re.sub(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=]+", "", value)


def machine_words(text: str) -> list[str]:
    """Find what a text says about the machine: absolute paths and memory addresses.

    Examples
    --------
    >>> machine_words("loaded /home/ann/data/x.csv")
    ['/home/ann/data/x.csv']
    >>> machine_words("see https://example.org/home/page and data/runs/a")
    []
    """
    found = [match.group() for match in _MACHINE.finditer(text)]
    here = {str(PROJECT), str(Path.home()), tempfile.gettempdir()} - {"/"}
    return found or sorted(place for place in here if f"{place}/" in text)


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook with a fixed layout of the JSON, whole or not at all."""
    from mgc.files import atomic_file

    text = nbformat.writes(notebook, version=4)
    with atomic_file(path) as temporary:
        temporary.write_text(text.rstrip("\n") + "\n", encoding="utf-8", newline="\n")
