"""The driver with real kernels: each test starts as few as it can."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mgc.book import freshness
from mgc.book.execute import execute
from mgc.errors import NotebookError

Write = Callable[..., Path]

SETUP = "import mgc.book\n\nmgc.book.setup()"


def output(path: Path, cell: int) -> str:
    return str(freshness.read(path).cells[cell].outputs[0]["text"])


def test_executes_in_this_interpreter_in_its_folder(project: Path, write: Write) -> None:
    # The kernel named in the file exists nowhere; paths are compared inside, as none may be shown.
    code = (
        "import os, sys\n"
        f"print(sys.executable == {sys.executable!r}, os.path.basename(os.getcwd()))"
    )
    first, second = write("part/a.ipynb", code), write("b.ipynb", code)
    seen: list[Path] = []
    execute([first, second], jobs=2, project=project, report=lambda path, s: seen.append(path))
    assert sorted(seen) == sorted([first, second])
    assert output(first, 0) == "True part\n"
    assert output(second, 0) == "True book\n"
    assert freshness.check([first, second], project) == {first: [], second: []}


def test_failures_leave_the_files_and_do_not_stop_the_others(project: Path, write: Write) -> None:
    bad = [
        write("raises.ipynb", "1", "1 / 0"),
        write("warns.ipynb", "import warnings\nwarnings.warn('look here')"),
        write("path.ipynb", "print('/home/' + 'ann/x')"),
        write("input.ipynb", "1", inputs=["data/none.csv"]),
    ]
    good = write("good.ipynb", "print(1)")
    before = [path.read_bytes() for path in bad]
    with pytest.raises(NotebookError) as caught:
        execute([*bad, good], jobs=4, project=project)
    message = str(caught.value)
    assert (
        "book/raises.ipynb was left as it was, because a cell stopped with ZeroDivision" in message
    )
    assert "book/warns.ipynb was left as it was: code cell 1 writes to stderr" in message
    assert "book/path.ipynb was left as it was: code cell 1 shows '/home/ann/x'" in message
    assert "book/input.ipynb was left as it was: input 'data/none.csv' matches no" in message
    assert [path.read_bytes() for path in bad] == before
    assert freshness.check([good], project) == {good: []}


def test_a_kernel_that_dies_is_named(project: Path, write: Write) -> None:
    path = write("dies.ipynb", "import os\nos._exit(1)")
    with pytest.raises(NotebookError, match="its kernel died"):
        execute([path], project=project)


def test_what_is_glued_is_compared_strictly_by_nbval(project: Path, write: Write) -> None:
    path = write(
        "a.ipynb",
        SETUP,
        "mgc.book.glue_number('loss', 0.57, '.3f')",
        "import matplotlib.pyplot as plt\n\nfigure, ax = plt.subplots()\n"
        "mgc.book.glue_figure('fig-a', ax, alt='A box.', caption='Empty.')",
        "import numpy as np\n\ny = np.sin(np.arange(2000.0))\n"
        "mgc.book.glue_audio('snd-a', {'tone': y}, 8000, 'A tone.')",
    )
    execute([path], project=project)
    assert freshness.read(path).cells[2].metadata["mystnb"]["image"] == {"alt": "A box."}

    text = path.read_text()
    altered = {
        "number.ipynb": ("'0.570'", "'0.571'"),
        "alt.ipynb": ("[A box.]", "[A bag.]"),
        "level.ipynb": ("tone: 0.25 s", "tone: 0.24 s"),
    }
    for name, (old, new) in altered.items():
        assert old in text
        path.with_name(name).write_text(text.replace(old, new))
    command = [sys.executable, "-m", "pytest", "-q", "--nbval", "--nbval-current-env"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", str(path.parent)],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "3 failed, 13 passed" in done.stdout
