"""Submitted tasks on the thread pool.

Owns how a task's program meets a thread: a synchronous task is driven right there, an asynchronous
one gets an event loop.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from signoff.engine.clock import now_us
from signoff.engine.drivers import drive_sync
from signoff.engine.pool import Job, ThreadPool, ThreadSlot
from signoff.engine.promises import Ending, Promise
from signoff.engine.tasks import TaskCall, run_task
from signoff.model.errors import Abort, Pause
from signoff.model.state_types import StateType

if TYPE_CHECKING:
    from signoff.engine.effects import Program


class ThreadTaskPool:
    """Runs the submitted tasks of one flow run on threads.

    Args:
        max_workers: tasks that run at a time; None for no limit.
        name: of the threads.
    """

    def __init__(self, max_workers: int | None, name: str) -> None:
        self._pool = ThreadPool(max_workers, name)
        self._waiting: dict[Job, Promise] = {}

    def submit(self, call: TaskCall) -> Promise:
        """Run a call as soon as there is a slot."""
        promise = call.promise()
        promises = call.frame.promises
        promises.add(promise)
        promise.when_kept(lambda: promises.discard(promise))

        def job(slot: ThreadSlot) -> None:
            self._waiting.pop(job, None)
            call.slot = slot
            keep_promise(promise, lambda: self._run(call))

        self._waiting[job] = promise
        try:
            self._pool.submit(job)
        except RuntimeError:
            promises.discard(promise)
            raise
        return promise

    def _run(self, call: TaskCall) -> Ending:
        return drive(call, run_task(call))

    def close(self, drop: bool) -> None:
        """No more tasks. `drop`: forget those that have not begun."""
        for job in self._pool.close(drop):
            promise = self._waiting.pop(job, None)
            if promise is not None:
                promise.keep(dropped())


def drive(call: TaskCall, program: Program[Ending]) -> Ending:
    """Drive the program of a task on this thread."""
    gateway = call.frame.gateway
    if not call.spec.is_async:
        return drive_sync(program, gateway)
    # Loaded on first use: only asynchronous code needs asyncio, which costs 40 ms.
    asyncio = importlib.import_module("asyncio")
    driver = importlib.import_module("signoff.engine.async_driver")
    ending: Ending = asyncio.run(driver.drive_async(program, gateway))
    return ending


def keep_promise(promise: Promise, work: Callable[[], Ending]) -> None:
    """Keep a promise with whatever becomes of `work`."""
    try:
        ending = work()
    except Abort as abort:
        ending = Ending(StateType.CANCELLED, error=abort, message=str(abort), at=now_us())
    except Pause as pause:
        ending = Ending(StateType.PAUSED, None, pause, "Suspended", str(pause), now_us())
    except BaseException as error:
        text = f"{type(error).__name__}: {error}"
        ending = Ending(StateType.CRASHED, error=error, message=text, at=now_us())
    promise.keep(ending)


def dropped() -> Ending:
    """The ending of a task that never began because its flow run ended."""
    text = "The flow run ended before this task began."
    return Ending(StateType.CANCELLED, error=Abort(text), message=text, at=now_us())
