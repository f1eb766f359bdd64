"""One notebook in one kernel: run it in memory, refuse what is unclean, write it when it is whole.

The kernel is a process of the interpreter that runs this module, whatever kernels the machine has
registered; its working directory is the folder of the notebook.
"""

import os
import re
import sys
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode
from traitlets import default

from mgc.book import freshness
from mgc.book.normalise import normalise, write
from mgc.errors import NotebookError
from mgc.paths import PROJECT

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


class _ThisInterpreter(KernelSpecManager):
    """Knows one kernel: the interpreter that is running now."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        # Remarks of the server (about its local sockets) are no business of the reader.
        return KernelSpec(argv=[*command, "--log-level=ERROR"], language="python")


class _Kernel(AsyncKernelManager):
    @default("kernel_spec_manager")
    def _this_interpreter(self) -> KernelSpecManager:
        return _ThisInterpreter(parent=self)


async def run_cells(notebook: NotebookNode, path: Path, project: Path = PROJECT) -> None:
    """Execute a notebook in memory and write it to `path` once it is clean.

    Raises
    ------
    NotebookError
        If a cell raises, warns on stderr, or shows a path of this machine; nothing is written.
    """
    name = _shown(path, project)
    path.parent.mkdir(parents=True, exist_ok=True)
    resources = {"metadata": {"path": str(path.parent.resolve())}}
    client = NotebookClient(
        notebook, kernel_manager_class=_Kernel, timeout=None, resources=resources
    )
    try:
        await client.async_execute(env=_environment())
    except CellExecutionError as error:
        trace = _ANSI.sub("", str(error)).strip()
        raise NotebookError(
            f"{name} was left as it was, because a cell stopped with {error.ename}: "
            f"{error.evalue}\n{trace}"
        ) from error
    except DeadKernelError as error:
        raise NotebookError(
            f"{name} was left as it was, because its kernel died (out of memory?): {error}"
        ) from error
    try:
        normalise(notebook)
        # A copy that lies elsewhere is no page of the book: nothing will ask whether it is fresh.
        if path.resolve().is_relative_to(project.resolve()):
            freshness.stamp(notebook, project)
    except NotebookError as error:
        raise NotebookError(f"{name} was left as it was: {error}") from error
    if reasons := freshness.unclean(notebook):
        raise NotebookError(f"{name} was left as it was: {'; '.join(reasons)}")
    write(notebook, path)


def _environment() -> dict[str, str]:
    """Environment of the kernel: ours, but a notebook never inherits a drawing backend."""
    inherited = {key: value for key, value in os.environ.items() if key != "MPLBACKEND"}
    # Frozen modules make the debugger warn on stderr at every start of a kernel.
    return inherited | {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}


def _shown(path: Path, project: Path) -> str:
    try:
        return path.resolve().relative_to(project.resolve()).as_posix()
    except ValueError:
        return str(path)
