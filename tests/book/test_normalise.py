from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat import NotebookNode, from_dict

from mgc.book import freshness, normalise
from mgc.errors import NotebookError
from mgc.paths import PROJECT

Write = Callable[..., Path]


def figure(name: str) -> NotebookNode:
    output = {
        "output_type": "display_data",
        "data": {"image/png": "aGk=", "text/plain": "c"},
        "metadata": {
            "scrapbook": {"name": name, "mime_prefix": ""},
            "mgc": {"alt": "a", "caption": "c"},
            "image/png": {"width": 700},
            "needs_background": "light",
        },
    }
    return from_dict(output)


def test_drops_what_varies_and_keeps_what_counts(write: Write) -> None:
    notebook = freshness.read(write("a.ipynb", "1", stamp="s"))
    notebook.metadata |= {"papermill": {"input_path": "x"}, "widgets": {}, "mystnb": {"k": 1}}
    cell = notebook.cells[0]
    cell.metadata |= {"execution": {"t": 1}, "papermill": {}, "tags": ["hide-input"]}
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": "a"},
        {"output_type": "stream", "name": "stdout", "text": "b"},
        {
            "output_type": "display_data",
            "data": {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "w"},
            "metadata": {"x": 1},
        },
    ]
    cell.outputs = [from_dict(output) for output in outputs]
    notebook = normalise.normalise(notebook)
    assert set(notebook.metadata) == {"mgc", "mystnb", "kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.name == "python3"
    assert cell.metadata == {"tags": ["hide-input"]}
    assert cell.outputs[0].text == "ab"
    assert cell.outputs[1] == {
        "output_type": "display_data",
        "data": {"text/plain": "w"},
        "metadata": {},
    }


def test_moves_caption_and_alternative_text_to_the_cell(write: Write) -> None:
    notebook = freshness.read(write("a.ipynb", "1"))
    notebook.cells[0].outputs = [figure("fig-a")]
    normalise.normalise(notebook)
    assert notebook.cells[0].metadata["mystnb"] == {
        "figure": {"caption": "c", "name": "fig-a"},
        "image": {"alt": "a"},
    }
    assert set(notebook.cells[0].outputs[0].metadata) == {"scrapbook", "image/png"}


def test_refuses_two_figures_in_a_cell(write: Write) -> None:
    notebook = freshness.read(write("a.ipynb", "1"))
    notebook.cells[0].outputs = [figure("fig-a"), figure("fig-b")]
    with pytest.raises(NotebookError, match="2 figures"):
        normalise.normalise(notebook)


@pytest.mark.parametrize(
    "text",
    [
        "in /home/ann/x.csv",
        "'/Users/ann/x'",
        "C:\\Users\\ann",
        "<A at 0x7f12345678>",
        f"{PROJECT}/x",
    ],
)
def test_finds_traces_of_a_machine(text: str) -> None:
    assert normalise.machine_words(text)


@pytest.mark.parametrize(
    "text", ["data/runs/a", "https://a.org/home/x", "1/2", "</div>", "mel/home/x", "at 0x1"]
)
def test_accepts_what_holds_everywhere(text: str) -> None:
    assert normalise.machine_words(text) == []


def test_embedded_media_are_no_text(write: Write) -> None:
    cell = freshness.read(write("a.ipynb", "1")).cells[0]
    html = '<audio src="data:audio/wav;base64,UklGRiQ/tmp/AAAA=="></audio>'
    cell.outputs = [{"output_type": "display_data", "data": {"text/html": html}, "metadata": {}}]
    assert list(normalise.output_texts(cell)) == ['<audio src=""></audio>']


def test_writes_the_same_bytes_again(write: Write, tmp_path: Path) -> None:
    path = write("a.ipynb", "# Ä", "1")
    normalise.write(normalise.normalise(freshness.read(path)), path)
    first = path.read_bytes()
    normalise.write(normalise.normalise(freshness.read(path)), path)
    assert path.read_bytes() == first
    assert "Ä".encode() in first
