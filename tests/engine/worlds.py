"""Processes that can be killed at any moment, within the process of the test.

A `World` is one database. Each `Life` is what a process has of it: its own gateway with its own
file lock. A life ends at a chosen request, before or after that has been carried out; from then on
everything it asks fails, as for a process that is no more: nothing it does afterwards reaches the
database.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar
from uuid import UUID

from signoff.core.ports import Gateway, Listener
from signoff.engine.clock import new_id
from signoff.gateway import connect
from signoff.gateway.local import LocalGateway
from signoff.model.actors import Via
from signoff.model.commands import AnswerWait, Command, Request, StartTasks
from signoff.model.errors import RequestRefused, StoreError
from signoff.model.filters import FlowRunFilter, FlowRunFilterParentFlowRunId
from signoff.model.journal import Process
from signoff.model.queries import ReadInbox, ReadRuns
from signoff.model.views import FlowRun

R = TypeVar("R")


class Killed(BaseException):
    """The process is dead."""


class Life:
    """A gateway that dies.

    Args:
        inner: reaches the service.
        dies_at: number of the request at which it dies, counted from 1; None for never.
        after: die when the request has been carried out, rather than before.
    """

    def __init__(self, inner: Gateway, dies_at: int | None = None, after: bool = False) -> None:
        self._inner = inner
        self._dies_at = dies_at
        self._after = after
        self._lock = threading.Lock()
        self.requests: list[str] = []
        self.dead = False

    @property
    def process(self) -> Process:
        return self._inner.process

    def send(self, request: Request[R], via: Via | None = None) -> R:
        return self._step(type(request).__name__, lambda: self._inner.send(request, via))

    def post(self, command: Command[object]) -> None:
        # Threads of the engine post as well; they end with their process and raise nothing.
        if self.dead:
            return
        if isinstance(command, StartTasks):
            # Only slow tasks are announced, so this is no moment that every run passes through.
            self._inner.post(command)
        else:
            self._step(f"post {type(command).__name__}", lambda: self._inner.post(command))

    def settle(self) -> None:
        self._step("settle", self._inner.settle)

    def _step(self, name: str, carry_out: Callable[[], R]) -> R:
        with self._lock:
            if self.dead:
                raise Killed
            self.requests.append(name)
            last = len(self.requests) == self._dies_at
            if last and not self._after:
                self.dead = True
                raise Killed
        reply = carry_out()
        if last:
            self.dead = True
            raise Killed
        return reply

    def listen(self, run_id: UUID, listener: Listener) -> Callable[[], None]:
        return self._inner.listen(run_id, listener)

    def sleeps(self) -> int:
        return self._inner.sleeps()

    def close(self) -> None:
        self._inner.close()


class World:
    """One database, that of the present settings, and whatever lives on it."""

    def __init__(self) -> None:
        self.settings = connect.current_settings()
        self._open: list[Gateway] = []

    def gateway(self) -> Gateway:
        """A gateway as another process would have it."""
        gateway = connect._open(self.settings)
        self._open.append(gateway)
        return gateway

    @contextlib.contextmanager
    def life(self, dies_at: int | None = None, after: bool = False) -> Iterator[Life]:
        """A process, for the length of the block; killing it is not an error."""
        inner = self.gateway()
        life = Life(inner, dies_at, after)
        try:
            with connect.using(life), contextlib.suppress(Killed):
                yield life
        finally:
            self.bury(inner)

    def bury(self, gateway: Gateway) -> None:
        """Make a process as dead as SIGKILL would: its lock is free, its words are lost."""
        assert isinstance(gateway, LocalGateway)
        gateway._stopping.set()
        gateway._behind.forget()
        # Its threads outlive it here, and go on speaking to nobody.
        gateway._behind.add = lambda command: None  # type: ignore[method-assign]
        gateway._watcher.close()
        if gateway._liveness is not None:
            gateway._liveness.release()
        # As if the lease of the dead, where it has one, had run out by now.
        with gateway._store.write() as tx:
            tx.renew_lease(gateway.process.id, 0)
        gateway._store.close()
        self._open.remove(gateway)

    def close(self) -> None:
        for gateway in self._open:
            gateway.close()

    def runs(self, gateway: Gateway, top: bool = True) -> tuple[FlowRun, ...]:
        """The flow runs, those that nobody called."""
        parent = FlowRunFilterParentFlowRunId(is_null_=True) if top else None
        return gateway.send(ReadRuns(flow_runs=FlowRunFilter(parent_flow_run_id=parent)))


class Answerer(threading.Thread):
    """A person who answers whatever is asked, once per question.

    Args:
        gateway: the person's own way to the service.
        answers: by a part of the key or of the title.
    """

    def __init__(self, gateway: Gateway, answers: Mapping[str, Any]) -> None:
        super().__init__(daemon=True)
        self._gateway = gateway
        self._answers = answers
        self._stop_asked = threading.Event()
        self.given: list[tuple[UUID, str]] = []
        self.problems: list[BaseException] = []

    def run(self) -> None:
        while not self._stop_asked.wait(0.005):
            try:
                self._look()
            except (RequestRefused, StoreError):
                # Somebody else was faster, the run is gone, or the database is busy: a person
                # would shrug, and look again.
                continue
            except Exception as error:
                # Goes on all the same, so that the flow under test ends; `stop` tells of it.
                self.problems.append(error)
                if len(self.problems) > 50:
                    return

    def _look(self) -> None:
        for item in self._gateway.send(ReadInbox()):
            answer = next(
                (given for part, given in self._answers.items() if part in item.key), None
            )
            self._gateway.send(AnswerWait(item.run_id, answer, item.key, new_id()))
            self.given.append((item.run_id, item.key))

    def stop(self) -> None:
        self._stop_asked.set()
        self.join(120)
        if self.problems:
            raise self.problems[0]
