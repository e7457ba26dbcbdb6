"""The service: every request to Signoff is carried out here, whichever way it came.

Owns the table of requests, and the transaction around each. Must not know SQL, HTTP or threads;
what a request does is in the module of its duty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from signoff.core.ports import Clock, NewId, Poke, Store, Vault
from signoff.model.actors import Actor
from signoff.model.commands import (
    BeginAttempt,
    Command,
    EnterRun,
    FinishTasks,
    LeaveRun,
    NoteReentry,
    PollWait,
    RegisterProcess,
    Request,
    RetryAttempt,
    StartRun,
    StartTasks,
    TakeOutcome,
    WithdrawWait,
    WriteLogs,
)
from signoff.model.errors import (
    InvalidRequest,
    RequestRefused,
    StaleEntry,
    StoreError,
    StoreLocked,
)
from signoff.model.journal import ResultKind, TaskRecord
from signoff.model.lookups import ReadHandle
from signoff.model.replies import Done, RunSignal
from signoff.service import handover, runs, tasks
from signoff.service.deadlines import expire_some
from signoff.service.handover import Sweep
from signoff.service.signals import signals
from signoff.service.stepping import Partly
from signoff.service.table import Handler
from signoff.service.unit import IsAlive, Means, Seen, Unit
from signoff.service.units import Units

if TYPE_CHECKING:
    from signoff.service.forms import Check

R = TypeVar("R")

LEASE = 30_000_000
"""Microseconds for which a process that renews leases counts as alive."""

AT_ONCE = (runs, tasks)
LATER = (
    "signoff.service.waits",
    "signoff.service.lookups",
    "signoff.service.answers",
    "signoff.service.control",
    "signoff.service.states",
    "signoff.service.inputs",
    "signoff.service.reads",
)
"""Modules with handlers that a process which only runs tasks has no need of; the last one is heavy.
They are loaded, in this order, until one of them knows the request."""

APART = {
    "signoff.model.shared.artifacts": "signoff.service.artifacts",
    "signoff.model.bulk": "signoff.service.bulk",
    "signoff.model.many_runs": "signoff.service.many_runs",
    "signoff.model.claims": "signoff.service.claims",
    "signoff.model.deploying": "signoff.service.deployments",
    "signoff.model.saved_flows": "signoff.service.saved_flows",
    "signoff.model.saved_views": "signoff.service.saved_views",
    "signoff.model.starting": "signoff.service.flow_starts",
    "signoff.model.scheduling": "signoff.service.schedules",
    "signoff.model.backfilling": "signoff.service.schedule_triggers",
    "signoff.model.documents": "signoff.service.documents",
    "signoff.model.emitted": "signoff.service.emitted",
    "signoff.model.files": "signoff.service.files",
    "signoff.model.following": "signoff.service.following",
    "signoff.model.health": "signoff.service.health",
    "signoff.model.key_values": "signoff.service.key_values",
    "signoff.model.records": "signoff.service.records",
    "signoff.model.replaying": "signoff.service.replaying",
    "signoff.model.run_lists": "signoff.service.run_lists",
    "signoff.model.secrets": "signoff.service.shared_secrets",
    "signoff.model.shared.limits": "signoff.service.limits",
    "signoff.model.shared.slots": "signoff.service.slots",
    "signoff.model.standstill": "signoff.service.standstill",
    "signoff.model.task_types": "signoff.service.task_types",
    "signoff.model.shared.variables": "signoff.service.variables",
    "signoff.model.shared.work_pools": "signoff.service.work_pools",
}
"""By the module of a request, the one module that knows it: requests that few processes make."""

_SOON = frozenset(
    {
        RegisterProcess,
        StartRun,
        EnterRun,
        LeaveRun,
        BeginAttempt,
        RetryAttempt,
        TakeOutcome,
        WithdrawWait,
        StartTasks,
        WriteLogs,
        NoteReentry,
    }
)
"""Commands that nobody but their own process relies on: on the disk soon, not at once."""


_LIGHT = frozenset(
    {
        BeginAttempt,
        FinishTasks,
        PollWait,
        ReadHandle,
        RegisterProcess,
        RetryAttempt,
        StartRun,
        TakeOutcome,
        WithdrawWait,
    }
)
"""Requests that wait for no disk, and touch a row or two (few tasks end in one request)."""
_FEW = 8
"""Ended tasks in one request that is still light."""


class WouldWait(Exception):
    """A request cannot be carried out without waiting; nothing of it has happened."""


class Orchestrator:
    """Carries out requests, each as one atomic unit.

    Args:
        store: the database.
        clock: its time, UTC microseconds since the epoch.
        new_id: makes identifiers.
        is_alive: judges whether a process lives.
        check: judges an answer against its form, one error per field.
        vault: encrypts secrets in answers.
        wake: tells waiting processes; the store's own way when left out.
        lease: how long a process that renews leases counts as alive, in microseconds.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        new_id: NewId,
        is_alive: IsAlive,
        check: Check,
        vault: Vault,
        wake: Callable[[Iterable[Poke]], None] | None = None,
        lease: int = LEASE,
    ) -> None:
        self._store = store
        self._clock = clock
        self._means = Means(
            new_id,
            is_alive,
            lambda: import_module("signoff.service.forms").FormShelf(vault, check),
            lease,
        )
        self._units = Units(store, clock, self._means, wake or store.wake)
        self._handlers: dict[type[Request[Any]], Handler] = {}
        self._fresh: dict[type[Request[Any]], str | None] = {}
        self._looks: dict[type[Request[Any]], Handler] = {}
        self._soon: frozenset[type[Request[Any]]] = _SOON
        self._unloaded: tuple[str, ...] = LATER
        for module in AT_ONCE:
            self._take(module)

    @property
    def lease(self) -> int:
        """How long a process that renews leases counts as alive, in microseconds."""
        return self._means.lease

    def apply(self, request: Request[R], actor: Actor) -> R:
        """Carry out one request, and return its reply.

        Args:
            request: a command or a query.
            actor: who asks, and from where.

        Raises:
            RequestRefused: the service says no; the class says why.
            StoreError: the database cannot be used.
        """
        done = self.apply_step(request, actor)
        while isinstance(done, Partly):
            done = self.apply_step(done.rest, actor)
        return done

    def apply_step(self, request: Request[R], actor: Actor) -> R | Partly:
        """Like `apply`, but of long work only a step: whoever asks sees to the rest, and lets
        others in before it.
        """
        if isinstance(request, FinishTasks):
            return cast("R", self._finish_tasks(request))
        handler = self._handlers.get(type(request)) or self._load(type(request))
        if not isinstance(request, Command):
            return cast("R", self._look(handler, request, actor))
        look = self._looks.get(type(request))
        if look is not None:
            with self._units.read(actor) as unit:
                seen = look(unit, request)
            if isinstance(seen, Seen):
                return cast("R", self._change(handler, request, actor, seen))
            if seen is not None:
                return cast("R", seen)
        return cast("R", self._change(handler, request, actor))

    def apply_at_once(self, request: Request[R], actor: Actor) -> R:
        """Like `apply`, but never waits: neither for the disk, nor for another writer.

        Raises:
            WouldWait: it would have had to; nothing has happened.
        """
        if type(request) not in _LIGHT:
            raise WouldWait
        if isinstance(request, FinishTasks) and len(request.tasks) > _FEW:
            raise WouldWait
        try:
            with self._store.without_waiting():
                return self.apply(request, actor)
        except StoreLocked as busy:
            raise WouldWait from busy

    def apply_many(self, commands: Sequence[Command[Any]], actor: Actor) -> list[Any]:
        """Carry out several commands in one commit; each of them happens, or does not, by itself.

        Args:
            commands: in order. Ended tasks among them are put on record first, in one statement.
            actor: who asks for all of them.

        Returns:
            For each command its reply, or the exception that refused it; of long work `Partly`.

        Raises:
            StoreError: the database cannot be used; nothing of the shared commit happened.
        """
        replies: list[Any] = [None] * len(commands)
        ended = [
            (index, command)
            for index, command in enumerate(commands)
            if isinstance(command, FinishTasks)
        ]
        if ended:
            fenced = self.finish_tasks([task for _, command in ended for task in command.tasks])
            for index, command in ended:
                stale = fenced & {task.run_id for task in command.tasks}
                replies[index] = stale_entry(stale) if stale else Done()
        if len(ended) < len(commands):
            self._change_many(commands, actor, replies)
        return replies

    def finish_tasks(self, records: Sequence[TaskRecord]) -> frozenset[UUID]:
        """Put ended tasks on record; returns the runs that are fenced off, or gone."""
        return frozenset(self._store.finish_tasks(self._readable(records), self._clock()))

    def signals(self, run_ids: Sequence[UUID]) -> tuple[RunSignal, ...]:
        """Where runs stand, for the process that works on them; one look at the store."""
        with self._store.read() as tx:
            return signals(tx, run_ids)

    def renew(self, process_id: str) -> bool:
        """Renew the lease of a process; False when it is not registered."""
        with self._store.write(durable=False) as tx:
            return tx.renew_lease(process_id, self._clock() + self._means.lease)

    def sweep(self, limit: int = 0) -> Sweep:
        """Apply every due deadline, settle the runs of dead processes, and say what is next.

        Args:
            limit: how many runs to enter are named at most.
        """
        return handover.sweep(self._units, limit)

    # ----------------------------------------------------------------------------------------

    def _finish_tasks(self, request: FinishTasks) -> Done:
        fenced = self._store.finish_tasks(self._readable(request.tasks), self._clock())
        if fenced:
            raise stale_entry(fenced)
        return Done()

    def _readable(self, records: Sequence[TaskRecord]) -> Sequence[TaskRecord]:
        """Ended tasks as they are stored: what holds secrets can be read by nobody."""
        if all(record.result.kind is not ResultKind.SEALED for record in records):
            return records
        # Loaded with the first secret that a task leaves.
        sealing = import_module("signoff.service.sealing")
        kept: Sequence[TaskRecord] = sealing.sealed_results(self._means.forms, records)
        return kept

    def _change(
        self, handler: Handler, request: Request[Any], actor: Actor, seen: Seen | None = None
    ) -> Any:
        durable = type(request) not in self._soon
        done = self._units.change(
            actor, durable, lambda unit: _carry_out(handler, unit, request), seen
        )
        if isinstance(done, _Told):
            raise done.refusal
        if isinstance(done, Partly):
            self._store.give_way()
        return done

    def _change_many(
        self, commands: Sequence[Command[Any]], actor: Actor, replies: list[Any]
    ) -> None:
        durable = any(type(command) not in self._soon for command in commands)

        def work(unit: Unit) -> None:
            for index, command in enumerate(commands):
                if not isinstance(command, FinishTasks):
                    replies[index] = self._one_of_many(unit, command)

        self._units.change(actor, durable, work)

    def _one_of_many(self, unit: Unit, command: Request[Any]) -> Any:
        """The reply to one command of several, or the exception that refused it."""
        unit.wrote = unit.expired = False
        pokes = dict(unit.pokes)
        try:
            handler = self._handlers.get(type(command)) or self._load(type(command))
            if not isinstance(command, Command):
                raise InvalidRequest(f"{type(command).__name__} is a query, not a command.")
            with unit.tx.savepoint():
                done = _carry_out(handler, unit, command)
        except StoreError:
            raise
        except Exception as error:
            # What it would have told is undone along with what it saved.
            unit.pokes = pokes
            return error
        return done.refusal if isinstance(done, _Told) else done

    def _look(self, handler: Handler, request: Request[Any], actor: Actor) -> Any:
        with self._units.read(actor) as unit:
            if not self._is_due(unit, request):
                return handler(unit, request)
        field = self._fresh[type(request)]
        expire_some(self._units, () if field is None else (getattr(request, field),))
        with self._units.read(actor) as unit:
            return handler(unit, request)

    def _is_due(self, unit: Unit, request: Request[Any]) -> bool:
        """Whether a deadline has passed that the answer to this query must show."""
        if type(request) not in self._fresh:
            return False
        deadline = unit.tx.next_deadline()
        return deadline is not None and deadline <= unit.now

    def _load(self, kind: type[Request[Any]]) -> Handler:
        """The handler of a request that no loaded module knows."""
        if kind.__module__ in APART:
            self._take(import_module(APART[kind.__module__]))
        for name in self._unloaded:
            if kind in self._handlers:
                break
            self._take(import_module(name))
            self._unloaded = tuple(each for each in self._unloaded if each != name)
        if kind not in self._handlers:
            raise InvalidRequest(f"{kind.__name__} is not a request of the service.")
        return self._handlers[kind]

    def _take(self, module: ModuleType) -> None:
        self._handlers.update(module.HANDLERS)
        self._fresh.update(getattr(module, "FRESH", {}))
        self._looks.update(getattr(module, "LOOKS", {}))
        self._soon |= getattr(module, "SOON", frozenset())


class _Told:
    """A request was refused, and what its unit has saved stands all the same."""

    def __init__(self, refusal: RequestRefused) -> None:
        self.refusal = refusal


def _carry_out(handler: Handler, unit: Unit, request: Request[Any]) -> Any:
    """The reply to a request. Raises its refusal, unless a deadline has passed meanwhile: that is
    so whatever the request was told, and is saved."""
    try:
        return handler(unit, request)
    except RequestRefused as refusal:
        if unit.wrote or not unit.expired:
            raise
        return _Told(refusal)


def stale_entry(run_ids: Iterable[UUID]) -> StaleEntry:
    """What a process is told that reports ended tasks of runs it no longer works on."""
    named = ", ".join(str(run_id) for run_id in run_ids)
    return StaleEntry(
        f"Another process works on flow run {named}, or it was deleted; this process must stop "
        "working on it.",
        {"runs": [str(run_id) for run_id in run_ids]},
    )
