"""Worker processes: order, few in flight, one thread each, and none that takes others with it."""

import os
import signal
import time

import pytest

from mgc.data.workers import Lost, map_in_order

# What is sent to a process is a lambda or a function in a function: these travel by value, so that
# the process need not import this file.


def test_results_come_in_order_whatever_each_takes():
    def slow_first(k):
        time.sleep(0.02 * (k % 4 == 0))
        return -k

    assert list(map_in_order(slow_first, range(50), jobs=2)) == [-k for k in range(50)]
    assert list(map_in_order(abs, [], jobs=1)) == []


def test_few_items_are_under_way():
    drawn = []

    def items():
        for k in range(300):
            drawn.append(k)
            yield k

    ahead = [drawn[-1] - taken for taken in map_in_order(abs, items(), jobs=2)]
    assert len(ahead) == 300
    assert max(ahead) < 30


def test_each_process_has_one_blas_thread(monkeypatch):
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.setenv(name, "3")

    def threads(_):
        import numpy  # noqa: F401
        import scipy.linalg  # noqa: F401
        from threadpoolctl import threadpool_info

        return [pool["num_threads"] for pool in threadpool_info()]

    found = [n for each in map_in_order(threads, range(3), jobs=1) for n in each]
    assert found
    assert set(found) == {1}


def test_a_process_that_dies_or_hangs_costs_its_item_alone():
    def treacherous(k):
        if k == 3:
            os._exit(1)
        if k == 14:
            os.kill(os.getpid(), signal.SIGKILL)
        if k == 17:
            time.sleep(600)
        return k

    results = list(map_in_order(treacherous, range(30), jobs=2, seconds=1.0))
    lost = {k: r.reason for k, r in enumerate(results) if isinstance(r, Lost)}
    assert [r for r in results if not isinstance(r, Lost)] == [
        k for k in range(30) if k not in lost
    ]
    assert sorted(lost) == [3, 14, 17]
    assert lost[3] == lost[14]
    assert lost[3].startswith("killed the process that computed it")
    assert lost[17].startswith("took longer than 1 s")


def test_an_exception_is_raised_here():
    def divide(k):
        return 1 / k

    with pytest.raises(ZeroDivisionError):
        list(map_in_order(divide, [1, 0], jobs=1))


def test_processes_end_when_nobody_listens():
    results = map_in_order(lambda _: os.getpid(), range(1000), jobs=1)
    pid = next(results)
    results.close()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail(f"process {pid} is still there")
