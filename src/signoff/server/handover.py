"""Runs that wait for a process, started on this machine.

Owns which of them this server starts: those of its own host and user, each in a child process, with
more and more patience when children die before they enter. How a child is started is passed in.
Must not know why a run waits.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from signoff.model.journal import EntryRecord

FIRST_DELAY = 1_000_000
LONGEST_DELAY = 300_000_000
ENTERING = 60_000_000
"""Microseconds a child may take to enter before another is started."""

_logger = logging.getLogger("signoff.server")


class Child(Protocol):
    """A started process; `subprocess.Popen` is one."""

    def poll(self) -> int | None:
        """The exit code; None while it runs."""


Launch = Callable[[UUID, EntryRecord], Child]
"""Starts a process that enters the run."""


@dataclass(slots=True)
class _Started:
    child: Child | None
    at: int
    tries: int


class Handover:
    """Starts processes for runs. Safe to use from any thread.

    Args:
        launch: starts a process; None to leave every run to somebody else.
        host: machine id of this server.
        user: the operating system's user it runs as.
        clock: the present time, UTC microseconds since the epoch.
    """

    def __init__(
        self, launch: Launch | None, host: str, user: str, clock: Callable[[], int]
    ) -> None:
        self._launch = launch
        self._host = host
        self._user = user
        self._clock = clock
        self._started: dict[UUID, _Started] = {}
        self._starting = threading.Lock()

    def takes(self, record: EntryRecord | None) -> bool:
        """Whether this server starts a run with that entry record."""
        if self._launch is None or record is None or record.refusal is not None:
            return False
        return (record.host, record.user) == (self._host, self._user)

    def start(self, run_id: UUID, record: EntryRecord) -> bool:
        """Start a process for the run, unless one was started a moment ago.

        Returns whether a process is on its way.
        """
        with self._starting:
            return self._start(run_id, record)

    def _start(self, run_id: UUID, record: EntryRecord) -> bool:
        now = self._clock()
        self._tidy(now)
        known = self._started.get(run_id)
        if known is not None and not _is_over(known, now):
            return known.child is not None
        tries = known.tries + 1 if known is not None else 1
        child: Child | None = None
        if self._launch is not None:
            try:
                child = self._launch(run_id, record)
            except Exception:
                _logger.exception("No process could be started for flow run %s", run_id)
        self._started[run_id] = _Started(child, now, tries)
        return child is not None

    def next_try(self) -> int | None:
        """When a run that could not be started may be tried again; None when there is none."""
        with self._starting:
            return min((_over_at(one) for one in self._started.values()), default=None)

    def _tidy(self, now: int) -> None:
        """Forget what was started long ago; a child that ended is reaped by being asked."""
        for run_id, one in list(self._started.items()):
            if one.child is not None and one.child.poll() is not None:
                one.child = None
            if one.child is None and now > _over_at(one) + LONGEST_DELAY:
                del self._started[run_id]


def _delay(one: _Started) -> int:
    steps = min(one.tries - 1, 10)
    return min(LONGEST_DELAY, FIRST_DELAY << (2 * steps))


def _over_at(one: _Started) -> int:
    if one.child is not None and one.child.poll() is None:
        return one.at + max(ENTERING, _delay(one))
    return one.at + _delay(one)


def _is_over(one: _Started, now: int) -> bool:
    return now >= _over_at(one)
