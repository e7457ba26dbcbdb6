"""The children of a runner: how many there are, what they do, and ending those that will not stop.

Owns the places of a runner. Must not know how children are started or reported.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from uuid import UUID

from signoff.core.standing import Progress, progress
from signoff.model.replies import RunSignal
from signoff.runner.jobs import Started

KILL_AFTER = 10.0
"""Seconds after SIGTERM at which a child is killed."""


def _nothing() -> None:
    return None


@dataclass(slots=True, eq=False)
class Child:
    """A process that was started for a run.

    Args:
        run_id: the run.
        process_id: the name of the process at the service.
        since: when it was started, by the monotonic clock.
        started: the process; None until it is there.
        deafen: ends hearing of the run.
        hide: ends showing what it prints.
        progress: how far the run is, as far as was heard.
    """

    run_id: UUID
    process_id: str
    since: float
    started: Started | None = None
    deafen: Callable[[], None] = _nothing
    hide: Callable[[], None] = _nothing
    progress: Progress = Progress.COMING
    timers: list[threading.Timer] = field(default_factory=list)


class Nursery:
    """Keeps the children of a runner. Safe to use from any thread.

    Args:
        limit: how many may work at the same time; None for no limit.
        at_once: how many may be about to begin.
        coming: seconds for which one counts as about to begin, unless it is known better.
        grace: seconds that a child has to stop after its run was cancelled.
    """

    def __init__(self, limit: int | None, at_once: int, coming: float, grace: float) -> None:
        self._limit = limit
        self._at_once = at_once
        self._coming = coming
        self._grace = grace
        self._children: dict[str, Child] = {}
        self._changed = threading.Condition()
        self._clearing = False

    def add(self, child: Child) -> None:
        """A child is about to be started."""
        with self._changed:
            self._children[child.process_id] = child

    def remove(self, child: Child) -> None:
        """A child has ended."""
        with self._changed:
            self._children.pop(child.process_id, None)
            timers, child.timers = child.timers, []
            self._changed.notify_all()
        for timer in timers:
            timer.cancel()

    def heard(self, child: Child, signal: RunSignal) -> None:
        """The run of a child stands like this now."""
        with self._changed:
            before, child.progress = child.progress, progress(signal.phase)
            self._changed.notify_all()
        if child.progress is Progress.STOPPING and before is not Progress.STOPPING:
            self._end_after(child, self._grace)
        elif child.progress is Progress.WAITING and self._clearing:
            self._end_after(child, 0.0)

    def process_ids(self) -> tuple[str, ...]:
        """The names of all children."""
        with self._changed:
            return tuple(self._children)

    def wait_for_room(self, given_up: Callable[[], bool]) -> int:
        """Sleep until more children may be started; returns how many, 0 when given up."""
        with self._changed:
            while not given_up():
                room, again = self._room()
                if room > 0:
                    return room
                self._changed.wait(again)
        return 0

    def wait_until_empty(self) -> None:
        """Return when every child has ended."""
        with self._changed:
            self._changed.wait_for(lambda: not self._children)

    def clear(self, everything: bool) -> None:
        """End the children that wait, now and from now on; `everything`: those that work too."""
        with self._changed:
            self._clearing = True
            children = list(self._children.values())
            self._changed.notify_all()
        for child in children:
            if everything or child.progress is Progress.WAITING:
                self._end_after(child, 0.0)

    # ----------------------------------------------------------------------------------------

    def _room(self) -> tuple[int, float | None]:
        """How many more may be started, and after how many seconds to look again."""
        now = monotonic()
        coming = [
            child.since + self._coming - now
            for child in self._children.values()
            if child.progress is Progress.COMING and child.since + self._coming > now
        ]
        room = self._at_once - len(coming)
        if self._limit is not None:
            waiting = sum(c.progress is Progress.WAITING for c in self._children.values())
            room = min(room, self._limit - len(self._children) + waiting)
        return room, min(coming, default=None)

    def _end_after(self, child: Child, seconds: float) -> None:
        for wait, number in ((seconds, signal.SIGTERM), (seconds + KILL_AFTER, signal.SIGKILL)):
            timer = threading.Timer(wait, _send, (child, number))
            timer.daemon = True
            with self._changed:
                if child.process_id not in self._children:
                    return
                child.timers.append(timer)
            timer.start()


def _send(child: Child, number: signal.Signals) -> None:
    if child.started is not None:
        child.started.send(number)
