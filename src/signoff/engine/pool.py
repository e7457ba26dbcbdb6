"""The thread pool that submitted tasks run on.

Owns threads and slots. A slot is the right to run; a task that waits for a person gives its slot
back, so that four waiting tasks do not stall a pool of four. Threads grow with the need, and a
burst of short tasks is served by one: more of them would only fight for the interpreter.
"""

from __future__ import annotations

import contextvars
import threading
import time
from collections import deque
from collections.abc import Callable

Job = Callable[["ThreadSlot"], None]

STALL = 0.002
"""Seconds after which a queue gets as many threads again, when it has not moved at all, or when
this process has hardly computed meanwhile: its threads wait for something else then."""
FEW = 8
"""Threads beyond which only a queue that does not move gets more."""
CALM = 0.05
"""Seconds at most between two looks at a queue that moves."""


class ThreadSlot:
    """The right to run in a pool, held by one job."""

    __slots__ = ("_pool",)

    def __init__(self, pool: ThreadPool) -> None:
        self._pool = pool

    def release(self) -> None:
        """Let another job run while this one waits."""
        self._pool.give_back()

    def acquire(self) -> None:
        """Take a slot again; those that return go before those that begin."""
        self._pool.take_back()


class ThreadPool:
    """Runs jobs on threads.

    Args:
        max_workers: jobs that may run at a time; None for no limit.
        name: of the threads.
    """

    def __init__(self, max_workers: int | None, name: str) -> None:
        self._limit = max_workers if max_workers is not None else 1 << 30
        self._name = name
        self._jobs: deque[tuple[contextvars.Context, Job]] = deque()
        self._lock = threading.Lock()
        self._work_ready = threading.Condition(self._lock)
        self._slot_free = threading.Condition(self._lock)
        self._idle = 0
        self._running = 0
        self._returning = 0
        self._threads = 0
        self._taken = 0
        self._closed = False
        self._watched = False
        self._crowded = threading.Event()

    def submit(self, job: Job) -> None:
        """Run `job(slot)` in a copy of the present context, as soon as there is a slot."""
        context = contextvars.copy_context()
        with self._lock:
            if self._closed:
                raise RuntimeError("This flow run has ended; it takes no more tasks.")
            self._jobs.append((context, job))
            self._serve()

    def close(self, drop: bool) -> list[Job]:
        """End the threads once they are idle. Returns the jobs that were dropped."""
        with self._lock:
            self._closed = True
            dropped = [job for _, job in self._jobs] if drop else []
            if drop:
                self._jobs.clear()
            self._work_ready.notify_all()
            self._crowded.set()
        return dropped

    def give_back(self) -> None:
        with self._lock:
            self._running -= 1
            self._slot_free.notify()
            self._serve()

    def take_back(self) -> None:
        with self._lock:
            self._returning += 1
            while self._running >= self._limit:
                self._slot_free.wait()
            self._returning -= 1
            self._running += 1

    def _serve(self) -> None:
        """Have somebody take the next job. Called with the lock held."""
        if not self._jobs or self._running + self._returning >= self._limit:
            return
        if self._idle >= len(self._jobs):
            # A thread that was notified still counts as idle while its job is in the queue.
            self._work_ready.notify()
        elif self._threads == 0:
            self._start()
        else:
            self._crowded.set()
            if not self._watched:
                self._watched = True
                name = f"{self._name}-watch"
                threading.Thread(target=self._watch, name=name, daemon=True).start()

    def _watch(self) -> None:
        """Add threads while jobs wait that nobody gets to."""
        while True:
            self._crowded.wait()
            if self._relieve():
                return

    def _relieve(self) -> bool:
        """Look after a queue until no job waits for a thread; whether the pool was closed then."""
        pause, taken, used = STALL, self._taken, time.process_time()
        while True:
            time.sleep(pause)
            with self._lock:
                if not self._can_take():
                    self._crowded.clear()
                    self._watched = not self._closed
                    return self._closed
                busy = time.process_time() - used > pause / 2
                grown = 0
                if self._taken <= taken or (self._threads < FEW and not busy):
                    grown = min(len(self._jobs), self._threads)
                for _ in range(grown):
                    self._start()
                # The new ones take a job each; when nobody does more than that, all are blocked.
                taken, used = self._taken + grown, time.process_time()
            pause = STALL if grown else min(pause * 2, CALM)

    def _start(self) -> None:
        self._threads += 1
        threading.Thread(target=self._work, name=self._name, daemon=True).start()

    def _work(self) -> None:
        slot = ThreadSlot(self)
        while True:
            with self._lock:
                while not self._can_take():
                    if self._closed and not self._jobs:
                        self._threads -= 1
                        return
                    self._idle += 1
                    self._work_ready.wait()
                    self._idle -= 1
                context, job = self._jobs.popleft()
                self._running += 1
                self._taken += 1
            try:
                context.run(job, slot)
            finally:
                del context, job
                with self._lock:
                    self._running -= 1
                    if self._returning:
                        self._slot_free.notify()

    def _can_take(self) -> bool:
        return bool(self._jobs) and self._running + self._returning < self._limit
