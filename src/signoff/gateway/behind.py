"""What may be said a little later: gathered, and carried out in groups.

Owns the queue of posted commands and the thread that empties it. Whoever needs his own command on
record empties the queue for everybody, so that many threads share one commit.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Any
from uuid import UUID

from signoff.model.actors import Actor
from signoff.model.commands import Command, FinishTasks, StartTasks, WriteLogs
from signoff.model.errors import RequestRefused, StaleEntry, StoreError
from signoff.model.journal import LogLine, TaskInputs, TaskRecord, TaskStart
from signoff.service.orchestrator import Orchestrator

PAUSE = 0.05
"""Seconds for which commands are gathered."""
MANY = 200
"""Commands that are carried out without waiting for more."""
MOST = 20_000
"""Commands that may wait; whoever posts more carries them out himself."""

logger = logging.getLogger("signoff.gateway")


class Behind:
    """Carries posted commands out behind, in groups.

    Args:
        orchestrator: carries them out.
        actor: who posts.
        fenced: is told which runs turned out to be fenced off; may raise `StaleEntry`.
    """

    def __init__(
        self,
        orchestrator: Orchestrator,
        actor: Actor,
        fenced: Callable[[frozenset[UUID]], None],
    ) -> None:
        self._orchestrator = orchestrator
        self._actor = actor
        self._fenced = fenced
        self.forget()

    def forget(self) -> None:
        """Begin anew; in a forked child, what was posted before is the parent's."""
        self._ended: deque[FinishTasks] = deque()
        self._told: deque[Command[Any]] = deque()
        self._seen: deque[StartTasks | WriteLogs] = deque()
        self._flushing = threading.Lock()
        self._starting = threading.Lock()
        self._something = threading.Event()
        self._enough = threading.Event()
        # True while somebody writes what others may settle for; log lines are not waited for.
        self._writing = False
        self._thread: threading.Thread | None = None
        self._closed = False

    def add(self, command: Command[Any]) -> None:
        """Take a command in."""
        if isinstance(command, FinishTasks):
            self._ended.append(command)
        elif isinstance(command, StartTasks | WriteLogs):
            self._seen.append(command)
        else:
            self._told.append(command)
        waiting = len(self._ended) + len(self._seen) + len(self._told)
        if waiting >= MANY:
            self._enough.set()
            if waiting >= MOST:
                self.flush()
        if not self._something.is_set():
            self._something.set()
            if self._thread is None:
                self._start()

    def settle(self) -> None:
        """Return when what was posted so far is on record; start records and logs may follow."""
        if self._ended or self._told or self._writing:
            with self._flushing:
                self._flush(everything=False)

    def flush(self) -> None:
        """Return when everything that was posted so far is on record."""
        if self._ended or self._told or self._seen or self._flushing.locked():
            with self._flushing:
                self._flush(everything=True)

    def close(self) -> None:
        """Flush, and end the thread."""
        self._closed = True
        self._something.set()
        self._enough.set()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()
        self.flush()

    # ----------------------------------------------------------------------------------------

    def _start(self) -> None:
        with self._starting:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(
                    target=self._run, name="signoff-behind", daemon=True
                )
                self._thread.start()

    def _run(self) -> None:
        while not self._closed:
            self._something.wait()
            self._enough.wait(PAUSE)
            self._enough.clear()
            # Cleared before looking: what is posted from here on wakes this thread again.
            self._something.clear()
            try:
                self.flush()
            except StaleEntry as error:
                logger.warning("%s", error)
            except StoreError as error:
                logger.warning("Not on record yet, will be tried again: %s", error)
                self._something.set()

    def _flush(self, everything: bool) -> None:
        # Said before the queues are emptied, so that nobody finds them empty too early.
        self._writing = True
        ended, told = _drain(self._ended), _drain(self._told)
        self._writing = bool(ended or told)
        seen = _drain(self._seen) if everything else []
        tasks = [task for command in ended for task in command.tasks]
        fenced: frozenset[UUID] = frozenset()
        try:
            if tasks:
                fenced = self._orchestrator.finish_tasks(tasks)
                ended = []
            commands = [*told, *_merged(seen, tasks)]
            if commands:
                for reply in self._orchestrator.apply_many(commands, self._actor):
                    if isinstance(reply, RequestRefused):
                        logger.warning("%s", reply)
                    elif isinstance(reply, Exception):
                        logger.error("A posted command failed.", exc_info=reply)
        except StoreError:
            # Put back in front, in order, for the next try.
            self._ended.extendleft(reversed(ended))
            self._told.extendleft(reversed(told))
            self._seen.extendleft(reversed(seen))
            raise
        finally:
            self._writing = False
            if fenced:
                self._fenced(fenced)


def _drain(queue: deque[Any]) -> list[Any]:
    taken = []
    while queue:
        taken.append(queue.popleft())
    return taken


def _merged(
    seen: list[StartTasks | WriteLogs], ended: list[TaskRecord]
) -> list[StartTasks | WriteLogs]:
    """One command for all starts and one for all lines; a task that has ended needs no start."""
    over = {task.id for task in ended}
    starts: list[TaskStart] = []
    inputs: list[TaskInputs] = []
    lines: list[LogLine] = []
    for command in seen:
        if isinstance(command, StartTasks):
            starts += [task for task in command.tasks if task.id not in over]
            inputs += command.inputs
        else:
            lines += command.logs
    merged: list[StartTasks | WriteLogs] = []
    if starts or inputs:
        merged.append(StartTasks(tuple(starts), tuple(inputs)))
    if lines:
        merged.append(WriteLogs(tuple(lines)))
    return merged
