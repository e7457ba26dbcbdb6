"""Submitted tasks that run on a cluster.

Owns the pool's side: everything up to the task itself happens in the flow's process, then the task
travels as a parcel, and a callback keeps its promise. No thread waits for a task that is under way,
so ten thousand of them cost ten thousand parcels and nothing else. Must not know which cluster.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from signoff.core.standing import awaits_somebody
from signoff.engine import results
from signoff.engine.clock import now_us
from signoff.engine.drivers import drive_sync
from signoff.engine.pauses import boundary
from signoff.engine.pool import ThreadPool
from signoff.engine.processes import Parcel, adopt, lost, packed, parcel_of
from signoff.engine.promises import Ending, Promise
from signoff.engine.tasks import TaskCall, join, recall_call
from signoff.engine.threads import dropped, keep_promise
from signoff.model.errors import Abort, CrashedRun, Pause

if TYPE_CHECKING:
    from signoff.engine.effects import Program
    from signoff.engine.frames import RunFrame
    from signoff.model.replies import RunSignal


class Cluster(Protocol):
    """Where parcels are carried out, each by `authoring.parcels.open_parcel`."""

    def submit(self, parcel: bytes, name: str, done: Callable[[Callable[[], bytes]], None]) -> None:
        """Have a parcel carried out, and call `done` with a function that returns the ending's
        bytes, or raises what kept the cluster from producing them."""

    def close(self, drop: bool) -> None:
        """Give the cluster up. `drop`: forget what is under way."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A task that is ready to travel.

    Args:
        parcel: the task.
        since: when it was packed, UTC microseconds.
        context: that of its call, for what is left to do when it has ended.
    """

    parcel: Parcel
    since: int
    context: contextvars.Context


class ClusterTaskPool:
    """Runs the submitted tasks of one flow run on a cluster.

    Args:
        cluster: carries parcels out.
        name: of the threads that send tasks off.
    """

    def __init__(self, cluster: Cluster, name: str) -> None:
        self._cluster = cluster
        self._senders = ThreadPool(None, name)
        self._under_way: dict[Promise, RunFrame] = {}
        self._guard = threading.Lock()
        self._clock: _WaitingElsewhere | None = None
        self._closed = False

    def submit(self, call: TaskCall) -> Promise:
        """Send a task off once what it depends on has ended."""
        promise = call.promise()
        frame = call.frame
        with self._guard:
            if self._closed:
                raise RuntimeError("This flow run has ended; it takes no more tasks.")
            self._under_way[promise] = frame
            if self._clock is None:
                self._clock = _WaitingElsewhere(frame)
        frame.promises.add(promise)
        promise.when_kept(lambda: self._over(promise))
        self._senders.submit(lambda slot: self._send(call, promise))
        return promise

    def close(self, drop: bool) -> None:
        """No more tasks. `drop`: forget those that have not ended."""
        with self._guard:
            if self._closed:
                return
            self._closed = True
            left = list(self._under_way) if drop else []
        self._senders.close(drop)
        for promise in left:
            promise.keep(dropped())
        if self._clock is not None:
            self._clock.stop()
        self._cluster.close(drop)

    def _over(self, promise: Promise) -> None:
        with self._guard:
            frame = self._under_way.pop(promise, None)
        if frame is not None:
            frame.promises.discard(promise)

    def _send(self, call: TaskCall, promise: Promise) -> None:
        try:
            ready = drive_sync(_prepared(call), call.frame.gateway)
            if not isinstance(ready, Ending):
                arrived = partial(_arrived, promise, ready, call.frame)
                self._cluster.submit(packed(ready.parcel), call.spec.name, arrived)
                return
        except BaseException as error:
            keep_promise(promise, _raising(error))
        else:
            promise.keep(ready)


def _raising(error: BaseException) -> Callable[[], Ending]:
    def work() -> Ending:
        raise error

    return work


def _prepared(call: TaskCall) -> Program[Ending | _Ready]:
    """What happens before a task travels: boundary, dependencies, and packing."""
    yield from boundary(call.frame, call.outer)
    failed = yield from join(call)
    if failed is not None:
        return failed
    if call.upstream:
        yield from boundary(call.frame, call.outer)
    given = call.arguments()
    recalled = yield from recall_call(call, call.identity(given))
    if recalled is not None:
        return recalled
    return _Ready(parcel_of(call, given), now_us(), contextvars.copy_context())


def _arrived(promise: Promise, ready: _Ready, frame: RunFrame, fetch: Callable[[], bytes]) -> None:
    gateway = frame.gateway

    def work() -> Ending:
        try:
            body = fetch()
        except BaseException as error:
            text = f"The cluster lost the task: {type(error).__name__}: {error}"
            return drive_sync(lost(ready.parcel, ready.since, CrashedRun(text)), gateway)
        ending: Ending = results.loads(body)
        if isinstance(ending.error, Abort):
            raise ending.error
        if isinstance(ending.error, Pause):
            frame.leave()
        drive_sync(adopt(ready.parcel, frame, ending), gateway)
        return ending

    ready.context.run(keep_promise, promise, work)


class _WaitingElsewhere:
    """Stops the flow's time limit while a task of it waits for a person on another machine.

    The process that waits cannot tell this one, but the run is Paused as long as it does.
    """

    def __init__(self, frame: RunFrame) -> None:
        self._frame = frame
        self._waiting = False
        self._guard = threading.Lock()
        self._end = frame.gateway.listen(frame.run_id, self._heard)

    def _heard(self, signal: RunSignal | None) -> None:
        if signal is not None:
            self._now(awaits_somebody(signal.phase))

    def _now(self, waiting: bool) -> None:
        with self._guard:
            if waiting is self._waiting:
                return
            self._waiting = waiting
        if waiting:
            self._frame.started_waiting()
        else:
            self._frame.ended_waiting()

    def stop(self) -> None:
        """Listen no more."""
        self._end()
        self._now(waiting=False)
