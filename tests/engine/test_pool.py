"""The thread pool: slots, growth, and giving a slot back while waiting."""

from __future__ import annotations

import threading

import pytest

from signoff.engine.pool import ThreadPool, ThreadSlot
from tests.support.waiting import wait_until


def test_a_limit_is_never_exceeded() -> None:
    pool = ThreadPool(3, "test")
    lock, running, peak = threading.Lock(), [0], [0]
    done = threading.Semaphore(0)

    def job(slot: ThreadSlot) -> None:
        with lock:
            running[0] += 1
            peak[0] = max(peak[0], running[0])
        with lock:
            running[0] -= 1
        done.release()

    for _ in range(500):
        pool.submit(job)
    for _ in range(500):
        assert done.acquire(timeout=120)
    assert 1 <= peak[0] <= 3
    pool.close(drop=False)


def test_waiting_jobs_stall_nobody() -> None:
    """Four waits in a pool of four leave room for a fifth job."""
    pool = ThreadPool(4, "test")
    answer, done, other = threading.Event(), threading.Semaphore(0), threading.Event()

    def waits(slot: ThreadSlot) -> None:
        slot.release()
        answer.wait(120)
        slot.acquire()
        done.release()

    for _ in range(4):
        pool.submit(waits)
    pool.submit(lambda slot: other.set())
    assert other.wait(120)
    answer.set()
    for _ in range(4):
        assert done.acquire(timeout=120)
    pool.close(drop=False)


def test_blocked_jobs_do_not_keep_others_from_starting() -> None:
    """Without a limit every job gets a thread, however many of them block."""
    pool = ThreadPool(None, "test")
    everybody = threading.Barrier(100)
    done = threading.Semaphore(0)

    def job(slot: ThreadSlot) -> None:
        everybody.wait(120)
        done.release()

    for _ in range(100):
        pool.submit(job)
    for _ in range(100):
        assert done.acquire(timeout=120)
    pool.close(drop=False)


@pytest.mark.parametrize("limit", [2, 5, 16])
def test_as_many_run_side_by_side_as_the_limit_allows(limit: int) -> None:
    pool = ThreadPool(limit, "test")
    done = threading.Semaphore(0)
    together = threading.Barrier(limit)

    def job(slot: ThreadSlot) -> None:
        together.wait(120)
        done.release()

    for _ in range(limit * 3):
        pool.submit(job)
    for _ in range(limit * 3):
        assert done.acquire(timeout=120)
    pool.close(drop=False)


def test_jobs_that_come_after_a_rest_find_threads_too() -> None:
    pool = ThreadPool(None, "test")
    for number in (20, 40, 60):
        done, together = threading.Semaphore(0), threading.Barrier(number)

        def job(
            slot: ThreadSlot,
            together: threading.Barrier = together,
            done: threading.Semaphore = done,
        ) -> None:
            together.wait(120)
            done.release()

        for _ in range(number):
            pool.submit(job)
        for _ in range(number):
            assert done.acquire(timeout=120)
    pool.close(drop=False)


def test_a_closed_pool_leaves_no_threads() -> None:
    pool = ThreadPool(None, "leaving")
    together, done = threading.Barrier(4), threading.Semaphore(0)

    def job(slot: ThreadSlot) -> None:
        together.wait(120)
        done.release()

    for _ in range(4):
        pool.submit(job)
    for _ in range(4):
        assert done.acquire(timeout=120)
    pool.close(drop=False)
    wait_until(lambda: not [t for t in threading.enumerate() if t.name.startswith("leaving")], 60)


def test_a_returning_job_goes_before_new_ones() -> None:
    pool = ThreadPool(1, "test")
    released, back, order = threading.Event(), threading.Event(), []
    done = threading.Semaphore(0)

    def first(slot: ThreadSlot) -> None:
        slot.release()
        released.set()
        back.wait(120)
        slot.acquire()
        order.append("first")
        done.release()

    pool.submit(first)
    assert released.wait(120)
    blocker = threading.Event()

    def second(slot: ThreadSlot) -> None:
        back.set()
        blocker.wait(0.2)
        order.append("second")
        done.release()

    def third(slot: ThreadSlot) -> None:
        order.append("third")
        done.release()

    pool.submit(second)
    pool.submit(third)
    for _ in range(3):
        assert done.acquire(timeout=120)
    assert order == ["second", "first", "third"]
    pool.close(drop=False)


def test_closing_drops_what_has_not_begun() -> None:
    pool = ThreadPool(1, "test")
    begun, go = threading.Event(), threading.Event()

    def holds(slot: ThreadSlot) -> None:
        begun.set()
        go.wait(120)

    def never(slot: ThreadSlot) -> None:
        raise AssertionError("was dropped")

    pool.submit(holds)
    assert begun.wait(120)
    pool.submit(never)
    assert pool.close(drop=True) == [never]
    go.set()
    with pytest.raises(RuntimeError, match="takes no more tasks"):
        pool.submit(never)
