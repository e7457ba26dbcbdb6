"""The way to the service within this process: requests carried out here, by calling it.

Owns the order of what this process says, the grouping of what may be said a little later, and this
process's registration. Must not know what a request does.
"""

from __future__ import annotations

import atexit
import os
import threading
import uuid
import weakref
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any, TypeVar, cast
from uuid import UUID

from signoff.core.ports import Ear, Hears, Listener, Store
from signoff.gateway.behind import Behind, logger
from signoff.gateway.heartbeat import Heartbeat
from signoff.gateway.liveness import Liveness
from signoff.gateway.watcher import Watcher
from signoff.model import journal
from signoff.model.actors import Actor, Via
from signoff.model.commands import (
    CancelRun,
    Command,
    EnterRun,
    FinishRun,
    HoldRun,
    RegisterProcess,
    Request,
    StartRun,
)
from signoff.model.errors import SignoffException
from signoff.model.journal import Process
from signoff.service.orchestrator import Orchestrator, stale_entry

R = TypeVar("R")

_STARTING = (StartRun, EnterRun)
_STEERING = (HoldRun, CancelRun)


class LocalGateway:
    """Reaches an orchestrator in this process. Safe to use from any thread.

    Nothing is opened, started or written before it is needed: the first request applies what was
    due, the first run registers the process, the first listener starts the watcher.

    Args:
        orchestrator: carries requests out.
        store: its database, closed with the gateway.
        process: this process; its address is filled in when it is first asked for.
        actor: who acts here.
        liveness: holds this process's lock, for a process judged by it.
        sweep: apply what was due before the first request (whoever opens a store does).
    """

    def __init__(
        self,
        orchestrator: Orchestrator,
        store: Store,
        process: Process,
        actor: Actor,
        liveness: Liveness | None = None,
        sweep: bool = True,
    ) -> None:
        self._orchestrator = orchestrator
        self._store = store
        self._process = process
        self._actor = actor
        self._liveness = liveness
        self._swept = not sweep
        self._registered = False
        self._closed = False
        self._opening = threading.RLock()
        self._stopping = threading.Event()
        self._keeper: Any = None
        self._heart = Heartbeat(orchestrator.lease / 1_000_000)
        self._watcher = Watcher(lambda: store.ear(self._process.id), orchestrator.signals)
        self._behind = Behind(orchestrator, actor, self._fenced)
        _all.add(self)
        atexit.register(_close, weakref.ref(self))

    @property
    def process(self) -> Process:
        """This process, with the address where it hears of changes."""
        if self._process.address is None:
            with self._opening:
                if self._process.address is None:
                    self._process = replace(self._process, address=self._watcher.address)
        return self._process

    def send(self, request: Request[R], via: Via | None = None) -> R:
        """Have a request carried out now.

        Args:
            request: a command or a query.
            via: the face through which the person acted, when it is not this gateway's own.

        Raises:
            RequestRefused: the service says no.
            StoreError: the database cannot be used.
        """
        actor = self._actor if via is None else replace(self._actor, via=via)
        if not self._swept:
            self._open()
        if not self._registered and (isinstance(request, _STARTING) or request.registers):
            return cast("R", self._first(cast("Command[Any]", request), actor))
        if not isinstance(request, Command):
            # A process reads what it has written.
            self._behind.flush()
        reply = self._orchestrator.apply(request, actor)
        if isinstance(request, FinishRun):
            # This process pokes nobody about itself; others in it may wait for the end.
            self._watcher.tell_to_look(request.run_id)
        elif isinstance(request, _STEERING):
            # A run of this very process hears of it before its next line, not by a poke.
            self._watcher.tell((request.run_id,))
        return reply

    def post(self, command: Command[object]) -> None:
        """Have a command carried out soon, together with others; errors are logged."""
        self._behind.add(command)

    def settle(self) -> None:
        """Return when what was posted so far is on record; log lines and start records may follow.

        Raises:
            StaleEntry: a run that nobody here listens to was found fenced off.
            StoreError: the database cannot be used; what was posted is kept for the next time.
        """
        self._behind.settle()

    def listen(self, run_id: UUID, listener: Listener, lines: bool = False) -> Callable[[], None]:
        """Call `listener` whenever the run may have changed, or with `lines` its log may have
        grown; the returned function ends that."""
        return self._watcher.listen(run_id, listener, lines)

    def register(self) -> None:
        """Make this process known; it must be before it claims runs."""
        with self._opening:
            if not self._registered:
                self._register(None, self._actor)

    def sweep(self) -> int | None:
        """Apply what is due, settle the runs of dead processes; returns when to do it again (UTC
        microseconds since the epoch), None when nothing is due."""
        self._swept = True
        return self._orchestrator.sweep().next_due

    def bell(self) -> Ear:
        """An ear that hears when a run may be due; whoever opens it closes it."""
        return self._store.ear(self._process.id, Hears.DUE)

    def hear(self, topic: UUID, listener: Listener) -> Callable[[], None]:
        """Call `listener` whenever this process is poked about `topic`, which is no run."""
        return self._watcher.listen(topic, listener)

    def keep(self, lease: UUID, seconds: float, lost: Callable[[], object]) -> Callable[[], None]:
        """Renew a lease, where this process is judged by it; the returned function ends that."""
        if self._process.liveness is journal.Liveness.LOCK:
            return _nothing
        with self._opening:
            if self._keeper is None:
                self._keeper = import_module("signoff.gateway.keeper").Keeper(self.send)
        stop: Callable[[], None] = self._keeper.keep(lease, seconds, lost)
        return stop

    def sleeps(self) -> int:
        """How often the lease of this process may have ended; a lock is kept while it lives."""
        return self._heart.sleeps()

    def close(self) -> None:
        """Settle, then give up connections, threads and the lock of this process."""
        with self._opening:
            if self._closed:
                return
            self._closed = True
        self._stopping.set()
        if self._keeper is not None:
            self._keeper.close()
        try:
            self._behind.close()
        finally:
            self._watcher.close()
            if self._liveness is not None and self._registered:
                self._liveness.release()
            self._store.close()

    # ----------------------------------------------------------------------------------------

    def _open(self) -> None:
        with self._opening:
            if not self._swept:
                # Set first: what is carried out on the way must not come here again.
                self._swept = True
                self._orchestrator.sweep()
                if self._liveness is not None:
                    self._liveness.tidy()

    def _first(self, request: Command[Any], actor: Actor) -> Any:
        """Register this process in the same commit as the first request that needs it."""
        with self._opening:
            if not self._registered:
                return self._register(request, actor)
        return self._orchestrator.apply(request, actor)

    def _register(self, request: Command[Any] | None, actor: Actor) -> object:
        process = self.process
        if process.liveness is journal.Liveness.LOCK and self._liveness is not None:
            self._liveness.hold(process.id)
        register, now = RegisterProcess(process), self._heart.now()
        commands = [register] if request is None else [register, request]
        known, *replies = self._orchestrator.apply_many(commands, actor)
        for each in (known, *replies):
            if isinstance(each, BaseException):
                self._registered = each is not known
                raise each
        self._registered = True
        if process.liveness is journal.Liveness.LEASE:
            self._heart.beat(now)
            self._keep_lease()
        return replies[0] if replies else known

    def _keep_lease(self) -> None:
        threading.Thread(target=self._renew, name="signoff-lease", daemon=True).start()

    def _renew(self) -> None:
        stopping, process = self._stopping, self._process
        while not stopping.wait(self._orchestrator.lease / 3 / 1_000_000):
            now = self._heart.now()
            try:
                if not self._orchestrator.renew(process.id):
                    self._orchestrator.apply(RegisterProcess(process), self._actor)
                self._heart.beat(now)
            except SignoffException:
                # The next renewal comes long before the lease ends.
                continue

    def _fenced(self, run_ids: frozenset[UUID]) -> None:
        """Runs that this process no longer works on were found while writing behind."""
        alone = frozenset(run_id for run_id in run_ids if not self._watcher.listens_to(run_id))
        self._watcher.tell(run_ids)
        if alone:
            raise stale_entry(alone)

    def _forked(self) -> None:
        """In a forked child: threads, ear, lock and registration are the parent's."""
        self._process = replace(
            self._process, id=uuid.uuid4().hex, pid=os.getpid(), address=None, supervisor=None
        )
        self._registered = False
        self._keeper = None
        self._opening = threading.RLock()
        self._stopping = threading.Event()
        self._watcher.forget()
        self._behind.forget()


def _nothing() -> None:
    """There is nothing to end."""


_all: weakref.WeakSet[LocalGateway] = weakref.WeakSet()


def _close(reference: weakref.ref[LocalGateway]) -> None:
    gateway = reference()
    if gateway is not None:
        try:
            gateway.close()
        except SignoffException as error:
            # Nobody can handle it any more.
            logger.error("What this process said last is not on record: %s", error)


def _forked() -> None:
    for gateway in list(_all):
        gateway._forked()


os.register_at_fork(after_in_child=_forked)
