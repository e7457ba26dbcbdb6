"""Futures of submitted tasks.

Owns the documented faces of a promise. A value is handed out only when it is on record, so that
what the flow has seen is never done again.
"""

from __future__ import annotations

import functools
import queue
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, cast
from uuid import UUID

from signoff.engine.deadlocks import waiting_for
from signoff.engine.frames import current_run, current_task
from signoff.engine.states import make_state
from signoff.model.errors import Pause, UnfinishedRun
from signoff.model.state_types import StateType

if TYPE_CHECKING:
    from signoff.core.ports import Gateway
    from signoff.engine.promises import Ending, Promise
    from signoff.model.states import State

R = TypeVar("R")


class SignoffFuture(Generic[R]):
    """The result of a submitted task, once there is one.

    Attributes:
        task_run_id: the task run.
    """

    def __init__(self, promise: Promise, gateway: Gateway) -> None:
        self.promise = promise
        self._gateway = gateway

    @property
    def task_run_id(self) -> UUID:
        return self.promise.task_run_id

    @property
    def state(self) -> State[R]:
        """The present state: Pending until the task has ended."""
        if self.promise.ending is None:
            return make_state(
                type=StateType.PENDING, state_details={"task_run_id": self.task_run_id}
            )
        return self._ending(None).as_state()

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the task has ended, at most `timeout` seconds.

        Raises:
            FutureCycleError: it waits for the very task that asks.
            Pause: the run is suspended.
        """
        _obey()
        if self._kept(timeout):
            self._settle()

    def result(self, timeout: float | None = None, raise_on_failure: bool = True) -> R:
        """The value the task returned.

        Args:
            timeout: seconds to wait at most; None for no limit.
            raise_on_failure: raise what the task raised instead of returning it.

        Raises:
            TimeoutError: the task has not ended in time.
            UpstreamTaskError: it did not begin, because what it depends on did not complete.
            FutureCycleError: it waits for the very task that asks.
            Exception: what the task raised.
            Pause: the run is suspended.
        """
        _obey()
        ending = self._ending(timeout)
        if raise_on_failure or ending.completed:
            value: R = ending.unwrap()
            return value
        failure: Any = ending.error or ending.as_state().result(raise_on_failure=False)
        return cast(R, failure)

    def add_done_callback(self, fn: Callable[[SignoffFuture[R]], None]) -> None:
        """Call `fn(future)` when the task has ended, at once when it has.

        It is called on the task's thread; what it raises is logged and nothing more.
        """
        self.promise.when_kept(lambda: fn(self))

    def _ending(self, timeout: float | None) -> Ending:
        if not self._kept(timeout):
            raise TimeoutError(
                f"Call timed out before task run {self.task_run_id} ended; it still runs."
            )
        self._settle()
        ending = self.promise.ending
        if ending is None:
            raise UnfinishedRun(f"Task run {self.task_run_id} has not ended.")
        return ending

    def _kept(self, timeout: float | None) -> bool:
        if self.promise.ending is not None:
            return True
        if not isinstance(timeout, (int, float, type(None))):
            raise TypeError(f"timeout must be a number of seconds or None, got {timeout!r}.")
        with waiting_for(self.promise, current_task.get()):
            return self.promise.wait(timeout)

    def _settle(self) -> None:
        ending = self.promise.ending
        if ending is not None and ending.deferred:
            self._gateway.settle()
            ending.deferred = False
        if ending is not None and isinstance(ending.error, Pause):
            raise ending.error

    def __repr__(self) -> str:
        return f"{type(self).__name__}(task_run_id={str(self.task_run_id)!r})"


def _obey() -> None:
    """Waiting for a task is a place where a run stops that is suspended or cancelled."""
    frame = current_run.get()
    if frame is not None:
        frame.obey()


class SignoffConcurrentFuture(SignoffFuture[R]):
    """The future of a task on a thread pool."""


class SignoffDistributedFuture(SignoffFuture[R]):
    """The future of a task in another process."""


class SignoffFutureList(list[SignoffFuture[R]], Sequence[SignoffFuture[R]]):
    """Futures of a mapped task."""

    def wait(self, timeout: float | None = None) -> None:
        """Wait until all have ended, at most `timeout` seconds in all."""
        wait(self, timeout)

    def result(self, timeout: float | None = None, raise_on_failure: bool = True) -> list[R]:
        """The values, in the order of the calls.

        Raises:
            TimeoutError: they have not all ended in time.
        """
        until = None if timeout is None else time.monotonic() + timeout
        return [
            future.result(
                None if until is None else max(until - time.monotonic(), 0.0), raise_on_failure
            )
            for future in self
        ]


class DoneAndNotDoneFutures(NamedTuple):
    """What `wait` returns."""

    done: set[SignoffFuture[Any]]
    not_done: set[SignoffFuture[Any]]


def wait(
    futures: Iterable[SignoffFuture[Any]], timeout: float | None = None
) -> DoneAndNotDoneFutures:
    """Wait for futures, at most `timeout` seconds; returns those that have ended and the rest."""
    until = None if timeout is None else time.monotonic() + timeout
    done: set[SignoffFuture[Any]] = set()
    not_done: set[SignoffFuture[Any]] = set()
    for future in futures:
        left = None if until is None else max(until - time.monotonic(), 0.0)
        future.wait(left)
        (done if future.promise.ending is not None else not_done).add(future)
    return DoneAndNotDoneFutures(done, not_done)


def as_completed(
    futures: Iterable[SignoffFuture[R]], timeout: float | None = None
) -> Iterator[SignoffFuture[R]]:
    """The futures in the order in which they end.

    Raises:
        TimeoutError: they have not all ended in time.
    """
    ended: queue.SimpleQueue[SignoffFuture[R]] = queue.SimpleQueue()
    pending = list(futures)
    for each in pending:
        each.promise.when_kept(functools.partial(ended.put, each))
    until = None if timeout is None else time.monotonic() + timeout
    for count in range(len(pending)):
        left = None if until is None else max(until - time.monotonic(), 0.0)
        try:
            future = ended.get(timeout=left)
        except queue.Empty:
            raise TimeoutError(
                f"{len(pending) - count} (of {len(pending)}) futures unfinished"
            ) from None
        future.wait(0)
        yield future
