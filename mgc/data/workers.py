"""Calls in worker processes: results in order, few in flight, and no item takes another with it.

Book: The pipeline and its cost.
"""

import itertools
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, TypeVar

from joblib.externals.loky import ProcessPoolExecutor

Item = TypeVar("Item")
Result = TypeVar("Result")

# Items that travel together, and how many such pieces wait or are computed for each process.
_PIECE, _PIECES_PER_JOB = 4, 2
# One BLAS thread in each process.  The C library of Linux hands large arrays back to the system
# after each clip and gets new pages for the next, which costs a third of the time: it shall not.
_ENVIRONMENT = {
    **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM")},
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
}


@dataclass(frozen=True)
class Lost:
    """What stands in for the result of an item that killed its process or took too long.

    Attributes
    ----------
    reason : str
        One sentence.
    """

    reason: str


def map_in_order(
    call: Callable[[Item], Result], items: Iterable[Item], *, jobs: int, seconds: float = 60.0
) -> Generator[Result | Lost]:
    """Yield ``call(item)`` of each item in order, computed in processes.

    A process that dies, or does not come back in time, costs only the item that is to blame: all
    processes are then replaced, and the items that were under way are computed again, one at a
    time.  Memory does not grow with the number of items.

    Parameters
    ----------
    call : callable
        Takes an item; can be pickled, as can the items and the results.
    items : iterable
        Drawn from as the results are taken.
    jobs : int > 0
        Processes, each with one BLAS thread.
    seconds : float > 0
        Time that an item may take.

    Yields
    ------
    object or Lost
        The result, or why there is none.  An exception that `call` raises is raised here.

    Examples
    --------
    >>> list(map_in_order(abs, range(-6, 0), jobs=2))
    [6, 5, 4, 3, 2, 1]

    Notes
    -----
    Book: The pipeline and its cost.
    """
    stream = iter(items)
    pieces = iter(lambda: tuple(itertools.islice(stream, _PIECE)), ())
    waiting: deque[tuple[tuple[Item, ...], Any]] = deque()
    pool = None
    try:
        while True:
            for piece in itertools.islice(pieces, _PIECES_PER_JOB * jobs - len(waiting)):
                pool = pool or _start(jobs, call)
                waiting.append((piece, pool.submit(_call_each, call, piece)))
            if not waiting:
                return
            try:
                # All before it are done, so the first in the row is being computed.
                results = waiting[0][1].result(seconds)
            except (BrokenProcessPool, TimeoutError):
                _stop(pool)
                pool = None
                under_way = [item for piece, _ in waiting for item in piece]
                waiting.clear()
                yield from _one_by_one(call, under_way, seconds)
            else:
                waiting.popleft()
                yield from results
    finally:
        _stop(pool)


def _one_by_one(
    call: Callable[[Item], Result], items: Iterable[Item], seconds: float
) -> Generator[Result | Lost]:
    """Compute the items alone, so that the one that kills or stops its process is known."""
    pool = None
    try:
        for item in items:
            pool = pool or _start(1, call)
            try:
                yield pool.submit(call, item).result(seconds)
                continue
            except BrokenProcessPool:
                yield Lost(
                    "killed the process that computed it (by a crash of the decoder, or for want "
                    "of memory): convert the file again, or leave it out"
                )
            except TimeoutError:
                yield Lost(
                    f"took longer than {seconds:g} s: convert the file again, or leave it out"
                )
            _stop(pool)
            pool = None
    finally:
        _stop(pool)


def _start(jobs: int, call: Callable[..., object]) -> Any:
    """Start processes and wait for the first, which has then imported what `call` needs."""
    pool = ProcessPoolExecutor(jobs, env=_ENVIRONMENT)
    pool.submit(_call_each, call, ()).result()
    return pool


def _stop(pool: Any) -> None:
    """End the processes, whatever they do."""
    if pool:
        pool.shutdown(kill_workers=True)


def _call_each(call: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    return [call(item) for item in items]
