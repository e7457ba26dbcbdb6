"""Branches that run at the same time.

Owns their threads, how many of them there may be, what becomes of the others when one fails, and
whether anything in the run still works: a process that only waits may leave the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Condition, Lock, get_ident
from typing import Any

from signoff.engine.pool import ThreadPool, ThreadSlot
from signoff.model.errors import Abort

Lane = Callable[[], None]

_LOOK = 0.25
"""Seconds between two looks of a thread that waits for its lanes: an exception that ends its time
limit is delivered between two instructions, not inside a lock."""


class Workers:
    """How many threads of a run work, rather than wait for people or for each other.

    A thread that is answered and one that leaves the run because all wait must not miss each other:
    what was answered when the process leaves is not taken, so that the run is entered again.
    """

    def __init__(self) -> None:
        self._working = 1
        self._leaver: int | None = None
        self._lock = Lock()

    def idle(self) -> bool:
        """Whether everything in the run waits."""
        return self._working == 0

    def add(self, count: int) -> None:
        with self._lock:
            self._working += count

    @contextmanager
    def busy(self) -> Iterator[None]:
        """The present thread, which counts as waiting, works for a while."""
        self.add(1)
        try:
            yield
        finally:
            self.add(-1)

    def may_leave(self) -> bool:
        """Whether everything waits, so that the present thread may have the process leave."""
        with self._lock:
            if self._working == 0 and self._leaver is None:
                self._leaver = get_ident()
            return self._leaver is not None

    def come_back(self) -> bool:
        """The present thread waits no longer; False when the process leaves the run."""
        with self._lock:
            if self._leaver == get_ident():
                # It would have left, and was answered in the last moment.
                self._leaver = None
            if self._leaver is not None:
                return False
            self._working += 1
            return True


class Group:
    """Lanes that belong together: when one fails, the others go no further.

    Args:
        outer: the group around it.
        withdraw: takes a question back, by its key.
    """

    def __init__(self, outer: Group | None, withdraw: Callable[[str], None]) -> None:
        self._outer = outer
        self._withdraw = withdraw
        self._open: set[str] = set()
        self._working: set[Callable[[], object]] = set()
        self._failed = False
        self._lock = Lock()

    def over(self) -> bool:
        """Whether its lanes, or those of a group around it, must go no further."""
        return self._failed or (self._outer is not None and self._outer.over())

    def fail(self) -> None:
        """One lane has failed: nobody needs the answers the others wait for. What works goes on
        to its end."""
        with self._lock:
            first, self._failed = not self._failed, True
            keys = list(self._open)
        if first:
            for key in keys:
                self._withdraw(key)

    def interrupt(self) -> None:
        """Nobody needs any of it any more: what works is told to stop."""
        self.fail()
        with self._lock:
            working = list(self._working)
        for stop in working:
            stop()

    @contextmanager
    def asking(self, key: str) -> Iterator[None]:
        """A question is open in one of its lanes."""
        with self._within(self._open, key), self._around("asking", key):
            yield

    @contextmanager
    def working(self, stop: Callable[[], object]) -> Iterator[None]:
        """A task works in one of its lanes; `stop` tells it to stop."""
        with self._within(self._working, stop), self._around("working", stop):
            yield

    @contextmanager
    def _within(self, held: set[Any], member: Any) -> Iterator[None]:
        with self._lock:
            held.add(member)
        try:
            yield
        finally:
            with self._lock:
                held.discard(member)

    def _around(self, what: str, member: Any) -> AbstractContextManager[None]:
        return nullcontext() if self._outer is None else getattr(self._outer, what)(member)


def run_lanes(
    workers: Workers, lanes: Sequence[Lane], limit: int, interrupt: Callable[[], object]
) -> None:
    """Run all lanes, so many at a time, and wait for them.

    Args:
        workers: of the run.
        lanes: what to run; each keeps its own result.
        limit: how many at a time; 0 for all.
        interrupt: tells them to stop, when waiting for them is cut short.

    Raises:
        BaseException: the first that a lane raised, once all have ended; one by which the process
            is told to leave the run goes before what a single lane did wrong.
    """
    width = min(limit or len(lanes), len(lanes))
    if width < 2:
        for lane in lanes:
            lane()
        return
    crew = _Crew(workers, len(lanes), width)
    pool = ThreadPool(width, "signoff-branch")
    # The lanes work from now on, and this thread does not: in one step, or the run looks idle.
    workers.add(width - 1)
    for lane in lanes:
        pool.submit(crew.job(lane))
    pool.close(drop=False)
    try:
        crew.wait()
    except BaseException:
        interrupt()
        crew.wait()
        raise
    crew.judge()


class _Crew:
    def __init__(self, workers: Workers, count: int, width: int) -> None:
        self._workers = workers
        self._left = count
        self._queued = count - width
        self._errors: list[BaseException] = []
        self._ended = Condition()

    def job(self, lane: Lane) -> Callable[[ThreadSlot], None]:
        def run(slot: ThreadSlot) -> None:
            error: BaseException | None = None
            try:
                lane()
            except BaseException as raised:
                error = raised
            with self._ended:
                self._end(error)

        return run

    def _end(self, error: BaseException | None) -> None:
        self._left -= 1
        if error is not None:
            self._errors.append(error)
        if self._queued:
            # The next one in the queue takes its place.
            self._queued -= 1
        elif self._left:
            self._workers.add(-1)
        # The last one hands its place over to the thread that waits.
        self._ended.notify_all()

    def wait(self) -> None:
        with self._ended:
            while self._left:
                self._ended.wait(_LOOK)

    def judge(self) -> None:
        if self._errors:
            raise min(self._errors, key=_rank)


def _rank(error: BaseException) -> int:
    if isinstance(error, Abort):
        return 0
    return 2 if isinstance(error, Exception) else 1
