"""The driver that executes notebooks: only those it is given, several at once, all or nothing."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from mgc.book import template
from mgc.book.kernel import run_cells
from mgc.errors import MGCError, NotebookError
from mgc.paths import PROJECT

Report = Callable[[Path, float], None]


def execute(
    paths: Sequence[Path],
    *,
    jobs: int = 1,
    project: Path = PROJECT,
    report: Report = lambda path, seconds: None,
) -> None:
    """Execute notebooks in place: run, refuse what is unclean, normalise, stamp, write.

    Parameters
    ----------
    paths : sequence of Path
        Notebooks.  A copy of a template is made again from the template.
    jobs : int
        How many run at the same time.
    project : Path
        Folder that inputs are relative to.
    report : callable
        Called with path and seconds after each success.

    Raises
    ------
    NotebookError
        If a notebook fails; the others are executed first.  The file of a failing notebook stays
        as it was.
    """
    failures = asyncio.run(_execute_all(paths, jobs, project, report))
    if failures:
        raise NotebookError("\n".join(failures))


async def _execute_all(
    paths: Sequence[Path], jobs: int, project: Path, report: Report
) -> list[str]:
    turns = asyncio.Semaphore(max(1, jobs))

    async def one(path: Path) -> str | None:
        async with turns:
            start = time.perf_counter()
            try:
                notebook = template.source_of(path, project)
                await run_cells(notebook, path, project)
            except MGCError as error:
                return str(error)
            report(path, time.perf_counter() - start)
            return None

    found = await asyncio.gather(*(one(path) for path in paths))
    return [failure for failure in found if failure]
