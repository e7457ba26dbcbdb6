"""Where requests are carried out: mostly off the event loop, and commands in groups.

Owns the threads. SQLite has one writer at a time, so one thread takes whatever commands are waiting
and commits them together; a busy server then pays for one commit instead of many. What waits for
neither the disk nor another writer is done on the event loop itself. PostgreSQL has many writers,
so there every command has a thread of its own. Must not know HTTP.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, Protocol, TypeVar, cast
from uuid import UUID

from signoff.model.actors import Actor
from signoff.model.commands import Command, PollWait, Request
from signoff.model.replies import RunSignal
from signoff.model.values import dataclass
from signoff.service.orchestrator import WouldWait
from signoff.service.stepping import Partly

R = TypeVar("R")
T = TypeVar("T")

FEW = 16
"""Runs that are looked at without going to a thread, where the database is a file."""
GROUP = 64
"""Commands in one commit at most, so that none waits long for the others."""


class Service(Protocol):
    """What the server asks of the service; `service.Orchestrator` is one."""

    def apply(self, request: Request[R], actor: Actor) -> R: ...

    def apply_step(self, request: Request[R], actor: Actor) -> R | Partly: ...

    def apply_at_once(self, request: Request[R], actor: Actor) -> R: ...

    def apply_many(self, commands: Sequence[Command[Any]], actor: Actor) -> list[Any]: ...

    def signals(self, run_ids: Sequence[UUID]) -> tuple[RunSignal, ...]: ...

    def renew(self, process_id: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class _Job:
    """A command for the writer."""

    command: Command[Any]
    actor: Actor
    future: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Task:
    """A function for any other thread."""

    work: Callable[[], Any]
    future: asyncio.Future[Any]


class Desk:
    """Carries requests out for the event loop it was made on.

    Args:
        service: the service.
        grouped: commands share commits (one writer at a time).
        threads: for what is not grouped.
    """

    def __init__(self, service: Service, grouped: bool, threads: int = 4) -> None:
        self._service = service
        self._loop = asyncio.get_running_loop()
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._grouped = grouped
        targets = [self._write] if grouped else []
        targets += [self._work] * threads
        self._threads = [threading.Thread(target=one, daemon=True) for one in targets]
        for thread in self._threads:
            thread.start()

    async def apply(self, request: Request[R], actor: Actor) -> R:
        """Have a request carried out. Raises what the service raises."""
        if self._grouped:
            # Going to a thread and back costs more than what needs neither the disk nor a turn.
            with suppress(WouldWait):
                return self._service.apply_at_once(request, actor)
        writes = isinstance(request, Command) and not isinstance(request, PollWait)
        if not writes or not self._grouped:
            return await self.run(lambda: self._service.apply(request, actor))
        future: asyncio.Future[R] = self._loop.create_future()
        self._jobs.put(_Job(cast("Command[Any]", request), actor, future))
        return await future

    async def signals(self, run_ids: Sequence[UUID]) -> tuple[RunSignal, ...]:
        """Where runs stand."""
        if self._grouped and len(run_ids) <= FEW:
            return self._service.signals(run_ids)
        return await self.run(lambda: self._service.signals(run_ids))

    async def run(self, work: Callable[[], T]) -> T:
        """Call a function on a thread of the desk."""
        future: asyncio.Future[T] = self._loop.create_future()
        self._tasks.put(_Task(work, future))
        return await future

    def close(self) -> None:
        """Finish what was begun, then end the threads. Blocks."""
        self._jobs.put(None)
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()

    # Threads ------------------------------------------------------------------------------

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            result: Any
            try:
                result = task.work()
            except Exception as error:  # whatever it is, whoever asked is told
                result = error
            self._loop.call_soon_threadsafe(_settle, task.future, result)

    def _write(self) -> None:
        going = True
        while going or not self._jobs.empty():
            jobs: list[_Job] = []
            job = self._jobs.get()
            while job is not None:
                jobs.append(job)
                if len(jobs) == GROUP or self._jobs.empty():
                    break
                job = self._jobs.get()
            going = going and job is not None
            for group in _by_actor(jobs):
                results = self._carry_out(group)
                if any(isinstance(result, Partly) for result in results):
                    results = self._queued_again(group, results, going)
                self._loop.call_soon_threadsafe(_deliver, group, results)

    def _queued_again(self, group: list[_Job], results: list[Any], going: bool) -> list[Any]:
        """The results but for those of work that has further steps: its next one is the turn of
        those who have come meanwhile. At the end there is nobody to wait for."""
        done: list[Any] = []
        for job, result in zip(tuple(group), results, strict=True):
            if isinstance(result, Partly) and going:
                group.remove(job)
                self._jobs.put(_Job(result.rest, job.actor, job.future))
            else:
                done.append(result.reply if isinstance(result, Partly) else result)
        return done

    def _carry_out(self, group: Sequence[_Job]) -> list[Any]:
        actor = group[0].actor
        try:
            if len(group) == 1:
                return [self._service.apply_step(group[0].command, actor)]
            return self._service.apply_many([job.command for job in group], actor)
        except Exception as error:  # whatever it is, the senders are told
            return [error] * len(group)


def _by_actor(jobs: Sequence[_Job]) -> list[list[_Job]]:
    """Groups with one author each; the order of one author's commands is kept."""
    groups: dict[Actor, list[_Job]] = {}
    for job in jobs:
        groups.setdefault(job.actor, []).append(job)
    return list(groups.values())


def _deliver(group: Sequence[_Job], results: Sequence[Any]) -> None:
    for job, result in zip(group, results, strict=True):
        _settle(job.future, result)


def _settle(future: asyncio.Future[Any], result: Any) -> None:
    if future.done():
        return  # Whoever asked has given up.
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
