"""Commands that may be carried out a little later, sent together.

Owns what is waiting to be sent: it merges commands of one kind, sends in the background after a
short while, and lets callers wait until what they posted is on record. Must not know how a command
travels. Thread-safe; the background thread starts with the first command.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from signoff.model.commands import Command, FinishTasks, StartTasks, WriteLogs
from signoff.model.errors import RequestRefused
from signoff.model.journal import TaskRecord

Send = Callable[[Command[Any]], object]
Refused = Callable[[Command[Any], RequestRefused], object]
Failed = Callable[[Command[Any], Exception], None]

DELAY = 0.05
"""Seconds a posted command may wait for company."""
PAUSE = 1.0
"""Seconds the background thread waits after something could not be sent."""
CHUNK = 200
"""Records in one command at most."""
CHUNK_BYTES = 4_000_000
"""Bytes of results in one command, more only for a single result."""
CROWDED = 2_000
"""Waiting commands above which whoever posts sends them before going on."""


class _Lane:
    """Commands that are sent in order, by one thread at a time."""

    __slots__ = ("posted", "sending", "sent", "waiting")

    def __init__(self) -> None:
        self.waiting: list[Command[Any]] = []
        self.posted = 0
        self.sent = 0
        self.sending = threading.Lock()


class Outbox:
    """Sends posted commands in groups.

    Args:
        send: carries out one command; raises when it could not.
        refused: told of a command that was refused, which is not sent again; what it raises,
            `settle` raises.
        failed: told of a command that could not be sent in the background.
        delay: seconds a command may wait for company.
    """

    def __init__(self, send: Send, refused: Refused, failed: Failed, delay: float = DELAY) -> None:
        self._send = send
        self._refused = refused
        self._failed = failed
        self._delay = delay
        self._changed = threading.Condition()
        self._results = _Lane()  # what a caller may wait for
        self._starts = _Lane()
        self._logs = _Lane()
        self._lanes = (self._results, self._starts, self._logs)
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()
        self._complaint: RequestRefused | None = None

    def post(self, command: Command[Any]) -> None:
        """Send the command soon."""
        lane = self._lane(command)
        with self._changed:
            lane.waiting.append(command)
            lane.posted += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="outbox", daemon=True)
                self._thread.start()
            elif len(lane.waiting) == 1:
                self._changed.notify()
        if len(lane.waiting) > CROWDED or self._closed.is_set():
            self._try(lane)

    def settle(self) -> None:
        """Return when everything posted before, except log lines and starts, is on record.

        Raises what `refused` or sending raised. What could not be sent stays, and is sent with the
        next attempt.
        """
        lane = self._results
        target = lane.posted
        while lane.sent < target:
            self._flush(lane, target)
        self._complain()

    def flush(self) -> None:
        """Return when everything posted before is on record. Raises as `settle`."""
        for lane in self._lanes:
            target = lane.posted
            while lane.sent < target:
                self._flush(lane, target)
        self._complain()

    def close(self) -> None:
        """Send everything, then end the background thread."""
        self._closed.set()
        with self._changed:
            self._changed.notify_all()
        try:
            self.flush()
        finally:
            if self._thread is not None and self._thread is not threading.current_thread():
                self._thread.join(timeout=PAUSE)

    def _complain(self) -> None:
        complaint, self._complaint = self._complaint, None
        if complaint is not None:
            raise complaint

    def _lane(self, command: Command[Any]) -> _Lane:
        if isinstance(command, StartTasks):
            return self._starts
        return self._logs if isinstance(command, WriteLogs) else self._results

    def _work(self) -> None:
        while not self._closed.is_set():
            with self._changed:
                while not (self._closed.is_set() or any(lane.waiting for lane in self._lanes)):
                    self._changed.wait()
            self._closed.wait(self._delay)
            for lane in self._lanes:
                self._try(lane)

    def _try(self, lane: _Lane) -> None:
        """Send what waits. Starts and logs that cannot be sent are given up; results stay."""
        try:
            self._flush(lane)
        except RequestRefused as complaint:
            self._complaint = complaint  # whoever settles next is told
        except Exception as error:  # whatever the way of sending raises
            with self._changed:
                left = list(lane.waiting)
                if lane is not self._results:
                    lane.waiting.clear()
                    lane.sent += len(left)
            if left:
                self._failed(left[0], error)
                self._closed.wait(PAUSE)

    def _flush(self, lane: _Lane, target: int | None = None) -> None:
        """Send what waits. Those who come while another sends share the next group."""
        with lane.sending:
            if target is not None and lane.sent >= target:
                return
            with self._changed:
                taken, lane.waiting = lane.waiting, []
            while taken:
                command, count = _merged(taken)
                refusal: RequestRefused | None = None
                try:
                    self._send(command)
                except RequestRefused as error:
                    refusal = error
                except BaseException:
                    with self._changed:
                        lane.waiting = taken + lane.waiting
                    raise
                taken = taken[count:]
                lane.sent += count
                if refusal is not None:
                    self._refuse(lane, command, refusal, taken)

    def _refuse(
        self, lane: _Lane, command: Command[Any], error: RequestRefused, left: list[Command[Any]]
    ) -> None:
        try:
            self._refused(command, error)
        except BaseException:
            with self._changed:
                lane.waiting = left + lane.waiting
            raise


def _merged(waiting: Sequence[Command[Any]]) -> tuple[Command[Any], int]:
    """The first command together with those of its kind behind it, and how many these are."""
    first = waiting[0]
    if isinstance(first, FinishTasks):
        records: list[TaskRecord] = []
        size = 0
        for count, one in enumerate(waiting):
            added = sum(len(task.result.body or b"") for task in getattr(one, "tasks", ()))
            full = len(records) >= CHUNK or size + added > CHUNK_BYTES
            if not isinstance(one, FinishTasks) or (records and full):
                return FinishTasks(tuple(records)), count
            records += one.tasks
            size += added
        return FinishTasks(tuple(records)), len(waiting)
    if isinstance(first, StartTasks):
        starts = [one for one in waiting[:CHUNK] if isinstance(one, StartTasks)]
        tasks = tuple(each for one in starts for each in one.tasks)
        inputs = tuple(each for one in starts for each in one.inputs)
        return StartTasks(tasks, inputs), len(starts)
    if isinstance(first, WriteLogs):
        lines = [one for one in waiting[:CHUNK] if isinstance(one, WriteLogs)]
        return WriteLogs(tuple(each for one in lines for each in one.logs)), len(lines)
    return first, 1
