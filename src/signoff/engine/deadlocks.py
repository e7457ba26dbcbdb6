"""Tasks that wait for each other in a circle, which nothing would ever end.

Owns who waits for whom in this process: a running task that asks for the result of a future, and
what a submitted task depends on. Asked only when a result is not there yet.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID

from signoff.model.errors import FutureCycleError

if TYPE_CHECKING:
    from signoff.engine.frames import TaskFrame
    from signoff.engine.promises import Promise

_lock = threading.Lock()
_waits: defaultdict[UUID, list[Promise]] = defaultdict(list)


@contextmanager
def waiting_for(promise: Promise, task: TaskFrame | None) -> Iterator[None]:
    """The code of `task` (None: of a flow) waits for a promise inside the block.

    Raises:
        FutureCycleError: the promise waits, in the end, for that very task.
    """
    if task is None or promise.ending is not None:
        yield
        return
    waiters = list(_around(task))
    with _lock:
        for waiter in waiters:
            _waits[waiter.id].append(promise)
        circle = _circle(promise, {waiter.id for waiter in waiters})
    try:
        if circle is not None:
            names = [f"{task.spec.name!r} (task run {task.id})"]
            names += [f"{each.name!r} (task run {each.task_run_id})" for each in circle]
            raise FutureCycleError(
                f"Futures wait for each other in a circle: {' waits for '.join(names)}. Have one "
                "of these tasks return before the other asks for its result."
            )
        yield
    finally:
        with _lock:
            for waiter in waiters:
                _waits[waiter.id].remove(promise)
                if not _waits[waiter.id]:
                    del _waits[waiter.id]


def _around(task: TaskFrame) -> Iterator[TaskFrame]:
    each: TaskFrame | None = task
    while each is not None:
        yield each
        each = each.outer


def _circle(start: Promise, waiters: set[UUID]) -> list[Promise] | None:
    """The promises on the way from `start` to one of these task runs; None when there is none."""
    ways: list[list[Promise]] = [[start]]
    seen: set[UUID] = set()
    while ways:
        way = ways.pop()
        last = way[-1]
        if last.task_run_id in waiters:
            return way
        if last.task_run_id in seen or last.ending is not None:
            continue
        seen.add(last.task_run_id)
        ways += [[*way, each] for each in (*last.upstream, *_waits.get(last.task_run_id, ()))]
    return None
