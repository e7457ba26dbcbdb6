"""One atomic unit of work: a transaction, its moment, its author, and whom to tell afterwards.

Owns how an event is carried out: decided by the rules, saved with its waits and its line of
history, and passed on to the parent and the children of the run, all in the same transaction. Must
not know which request caused it, and never compares phases: `core.transitions` is the only judge.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any
from uuid import UUID

from signoff.core import waiting
from signoff.core.ports import DUE, NewId, Owner, Poke, Tx
from signoff.core.standing import Standing, ends, holds_slot, standing
from signoff.core.transitions import decide
from signoff.model.actors import SERVICE, Actor
from signoff.model.errors import ObjectNotFound
from signoff.model.events import Accepted, Event, Kind, Refused, Replayed
from signoff.model.journal import Result
from signoff.model.replies import RunHandle, RunSignal, WaitOutcome
from signoff.model.runs import Run
from signoff.model.values import dataclass
from signoff.model.waits import DeadlineAction, Wait, WaitKind, WaitStatus

if TYPE_CHECKING:
    from signoff.service.forms import FormShelf
    from signoff.service.stepping import Pace

IsAlive = Callable[[Owner, int], bool]
"""Whether a process lives, at a moment."""

_OWN_WORD = frozenset({Kind.START, Kind.ENTER, Kind.LOST, Kind.OPEN})
"""Events that say nothing about whether the children of the run may go on."""

_OVER = frozenset({Kind.COMPLETE, Kind.FAIL, Kind.RETRY})
"""Events that end an attempt by what the flow did. A crash does not: the attempt may go on."""

_NOT_CALLED = (
    "The flow run that called it was entered again and did not call it any more, because its code "
    "or the arguments of the call have changed."
)
_NOT_GONE_ON_WITH = (
    "A process that died had begun it, and the flow run did not come back to it when it was "
    "entered again."
)


class Means:
    """What every unit needs from its surroundings.

    Args:
        new_id: makes identifiers.
        is_alive: judges processes.
        make_forms: makes the shelf of forms.
        lease: how long a process that renews leases counts as alive, in microseconds.
    """

    def __init__(
        self,
        new_id: NewId,
        is_alive: IsAlive,
        make_forms: Callable[[], FormShelf],
        lease: int,
    ) -> None:
        self.new_id = new_id
        self.is_alive = is_alive
        self.lease = lease
        self._make_forms = make_forms

    @cached_property
    def pace(self) -> Pace:
        """Of work in steps; few processes ever do any."""
        pace: Pace = import_module("signoff.service.stepping").Pace()
        return pace

    @cached_property
    def forms(self) -> FormShelf:
        """Forms and answers; loaded with the first wait, which many flows never have."""
        return self._make_forms()


@dataclass(frozen=True, slots=True)
class Seen:
    """A run as it was read before the transaction that is to change it.

    Args:
        run: the run, with its waits.
        judged: what was made of it.
        owners: the processes that were looked up.
    """

    run: Run
    judged: Any
    owners: Mapping[str, Owner | None]


class Unit:
    """The work of one command, or of several that share a commit.

    Args:
        tx: the transaction.
        now: the store's clock, UTC microseconds since the epoch.
        actor: who asks.
        means: the surroundings.
        seen: what was read of a run before.

    Attributes:
        pokes: whom to tell after the commit.
        expired: a due deadline was applied; that stands even when the request is then refused.
        wrote: something else was saved.
        took: told before the commit how long the work has taken, in microseconds.
    """

    __slots__ = (
        "_alive",
        "_freed",
        "_owners",
        "_seen",
        "actor",
        "expired",
        "means",
        "now",
        "pokes",
        "took",
        "tx",
        "wrote",
    )

    def __init__(
        self, tx: Tx, now: int, actor: Actor, means: Means, seen: Seen | None = None
    ) -> None:
        self.tx = tx
        self._seen = seen
        self.now = now
        self.actor = actor
        self.means = means
        self.pokes: dict[tuple[str, UUID], Poke] = {}
        self.expired = False
        self.wrote = False
        self.took: Callable[[int], None] | None = None
        self._owners: dict[str, Owner | None] = {}
        self._alive: dict[str, bool] = {}
        self._freed: dict[UUID, None] = {}

    # Looking ------------------------------------------------------------------------------

    def run(self, run_id: UUID, key: str | None = None) -> Run:
        """The run, locked, with its due deadlines applied.

        Args:
            key: a wait that is wanted too, by key or alias, even when it is closed.

        Raises:
            ObjectNotFound: there is no such run.
        """
        return self.past_deadlines(self.locked(run_id, key))

    def unchanged(self, run_id: UUID, key: str | None) -> Seen | None:
        """What was read of the run before this unit, where the run is still so; it is locked."""
        seen = self._seen
        if seen is None or self.tx.lock_run(run_id, key, seen.run) is not seen.run:
            return None
        self._owners |= seen.owners
        if all(wait.is_open for wait in seen.run.waits):
            return seen
        # That an outcome is received gives the run no new version, and may have happened since.
        return replace(seen, run=self.locked(run_id, key))

    def seen(self, run: Run, judged: Any) -> Seen:
        """What this unit knows of a run, for the one that will change it."""
        self.alive(run)
        return Seen(run, judged, self._owners)

    def locked(self, run_id: UUID, key: str | None = None) -> Run:
        """The run, locked, as it is."""
        run = self.tx.lock_run(run_id, key)
        if run is None:
            raise ObjectNotFound(f"There is no flow run {run_id}.")
        return run

    def owner(self, process_id: str) -> Owner | None:
        """The process with this id, looked up once per unit."""
        if process_id not in self._owners:
            self._owners[process_id] = self.tx.process(process_id)
        return self._owners[process_id]

    def forget(self, process_id: str) -> None:
        """The process has just been taken off the record."""
        self._owners.pop(process_id, None)
        self._alive.pop(process_id, None)

    def alive(self, run: Run) -> bool:
        """Whether a living process works on the run."""
        return run.owner is not None and self.lives(run.owner)

    def lives(self, process_id: str) -> bool:
        """Whether a process lives, judged once per unit."""
        known = self._alive.get(process_id)
        if known is None:
            owner = self.owner(process_id)
            known = owner is not None and self.means.is_alive(owner, self.now)
            self._alive[process_id] = known
        return known

    def handle(self, run: Run, created: bool = False, needs_entry: bool = False) -> RunHandle:
        """Where the run stands, for a reply."""
        label = self.tx.run_label(run.id)
        if label is None:
            raise ObjectNotFound(f"There is no flow run {run.id}.")
        return handle_of(run, *label, created=created, needs_entry=needs_entry)

    # Changing -----------------------------------------------------------------------------

    def carry(
        self,
        run: Run,
        event: Event,
        result: Result | None = None,
        request_id: UUID | None = None,
    ) -> Accepted | Replayed:
        """Decide an event and save what follows from it.

        Raises:
            RequestRefused: the rules forbid it; the class says why.
        """
        decision = decide(run, event, self.now)
        if isinstance(decision, Refused):
            raise decision.error(decision.message, decision.details)
        if isinstance(decision, Accepted):
            if run.deployment is not None:
                decision = self._with_place(run, event, decision)
            self.wrote = True
            self._save(run, decision, event, result, request_id)
        return decision

    def _with_place(self, run: Run, event: Event, decision: Accepted) -> Accepted:
        """A run that waited in its process goes on there with a place of its deployment only."""
        after = decision.run
        stays = run.owner is not None and run.owner == after.owner and event.kind is not Kind.ADMIT
        if not stays or _holds_slot(run) or not _holds_slot(after) or not _places().full(self, run):
            return decision
        crowded = decide(run, replace(event, crowded=True), self.now)
        return crowded if isinstance(crowded, Accepted) else decision

    def free_places(self, deployment_id: UUID) -> None:
        """Places of a deployment may be free: before the unit ends, whoever waits for one in its
        process gets it."""
        self._freed[deployment_id] = None

    def settle(self) -> None:
        """The last of the unit's work: give away the places that became free in it."""
        while self._freed:
            deployment_id, _ = self._freed.popitem()
            _places().admit(self, deployment_id)

    def attempt(self, run: Run, event: Event) -> Accepted | None:
        """Carry an event out where the rules allow it; None where they do not."""
        if isinstance(decide(run, event, self.now), Refused):
            return None
        decision = self.carry(run, event)
        return decision if isinstance(decision, Accepted) else None

    def past_deadlines(self, run: Run) -> Run:
        """The run after every deadline of it that has passed was applied."""
        wrote = self.wrote
        while True:
            due = next((w for w in run.open_waits if waiting.is_overdue(w, self.now)), None)
            if due is None:
                return run
            event = Event(Kind.EXPIRE, SERVICE, key=due.key, alive=self.alive(run))
            accepted = self.attempt(run, event)
            if accepted is None:
                return run
            run, self.wrote, self.expired = accepted.run, wrote, True

    def tell_owner(self, run: Run, after: Run | None = None) -> None:
        """After the commit, tell the process that works on the run.

        Args:
            run: the run, with the owner who is told.
            after: the run as it is by now; it is told along.
        """
        owner = self.owner(run.owner) if run.owner is not None else None
        if owner is not None and owner.process.address:
            self._poke(owner.process.address, run.id, after)

    def _poke(self, address: str, run_id: UUID, after: Run | None) -> None:
        signal = None
        if after is not None:
            standing = (after.version, after.entry, after.phase, after.hold, after.suspend)
            signal = RunSignal(run_id, *standing)
        # The last word on a run is the one that stands when the unit is committed.
        self.pokes[address, run_id] = Poke(address, run_id, signal)

    def tell_outcome(self, address: str, run_id: UUID, outcome: WaitOutcome) -> None:
        """Tell along with the last word on a run what became of a wait, so that nobody has to look.

        Whatever else happens to the run in this unit takes that word back.
        """
        poke = self.pokes.get((address, run_id))
        if poke is not None and poke.signal is not None:
            signal = replace(poke.signal, outcome=outcome)
            self.pokes[address, run_id] = replace(poke, signal=signal)

    def tell_claimers(self, decision: Accepted) -> None:
        """After the commit, tell whoever starts processes that the run needs one."""
        if decision.claimable or decision.needs_entry:
            self._poke(DUE, decision.run.id, None)

    def _tell_of_place(self, before: Run, after: Run) -> None:
        """Another run of the deployment, or of its pool, may have waited for what this one gives
        up."""
        if after.deployment is None:
            return
        frees = _holds_slot(before) and not _holds_slot(after)
        if frees:
            self.free_places(after.deployment)
        ended = ends(before.phase, after.phase)
        if frees or ended or (before.owner is not None and after.owner is None):
            self._poke(DUE, after.id, None)

    def _save(
        self,
        run: Run,
        decision: Accepted,
        event: Event,
        result: Result | None,
        request_id: UUID | None,
    ) -> None:
        after = decision.run
        self.tx.save_run(run, after, self.now, result)
        key = decision.changed[0].key if len(decision.changed) == 1 else event.key
        self.tx.append_history(after, event.kind, event.actor, self.now, key, request_id)
        self._tell(run, decision, event)
        self._tell_of_place(run, after)
        if run.parent is not None:
            self._tell_parent(run, after, event)
        if event.entry is None and event.kind not in _OWN_WORD and must_stop(after):
            self._stop_children(after, event.actor)
        elif event.entry is not None and event.entry > 1 and event.kind in _OVER:
            self._drop_unfinished(after)

    def _tell(self, before: Run, decision: Accepted, event: Event) -> None:
        """Whoever waits is told; the process that reports something about itself knows it."""
        if event.kind is not Kind.OPEN:
            # Whoever waits for a place has its answer already.
            admitted = event.kind is Kind.ADMIT
            for wait in waiting.untaken(before) if admitted else decision.changed:
                if wait.address:
                    self._poke(wait.address, before.id, decision.run)
        if event.entry is None:
            self.tell_owner(before, decision.run)
        self.tell_claimers(decision)

    # Parents and children -----------------------------------------------------------------

    def _tell_parent(self, before: Run, after: Run, event: Event) -> None:
        """While a run waits, so does the run that called it; recursively up."""
        waits = bool(after.open_waits)
        if waits == bool(before.open_waits) and event.kind is not Kind.ENTER:
            return
        parent = self.tx.lock_run(before.parent) if before.parent is not None else None
        if parent is None:
            return
        held = next((wait for wait in parent.open_waits if wait.child == after.id), None)
        if waits and held is None:
            wait = self._child_wait(after)
            self.attempt(parent, Event(Kind.OPEN, event.actor, wait=wait, key=wait.key))
        elif held is not None and not waits:
            alive = self.alive(parent)
            self.attempt(parent, Event(Kind.WITHDRAW, event.actor, key=held.key, alive=alive))

    def _child_wait(self, child: Run) -> Wait:
        # A key is used once per attempt, and a child may wait more than once.
        return Wait(
            id=self.means.new_id(),
            key=f"child:{child.id}:{child.version}",
            attempt=0,
            number=0,
            kind=WaitKind.CHILD,
            status=WaitStatus.OPEN,
            title="A flow run that this run called waits",
            form=None,
            deadline=None,
            on_deadline=DeadlineAction.FAIL,
            default=None,
            scope="",
            task_run_id=None,
            child=child.id,
            address=None,
            opened_at=self.now,
        )

    def _stop_children(self, run: Run, actor: Actor) -> None:
        """A run that somebody ended takes its unfinished children along."""
        for child_id in self.tx.unfinished_children(run.id):
            child = self.tx.lock_run(child_id)
            if child is not None:
                self.attempt(child, Event(Kind.CANCEL, actor, alive=self.alive(child)))

    def _drop_unfinished(self, run: Run) -> None:
        """What earlier processes began for the run, and it did not come back to, is not needed.

        A run of a deployment has a life of its own, whoever called it.
        """
        for child_id in self.tx.unfinished_children(run.id):
            child = self.tx.lock_run(child_id)
            if child is not None and child.deployment is None and not self.alive(child):
                self.attempt(child, Event(Kind.CANCEL, SERVICE, message=_NOT_CALLED, alive=False))
        self.tx.give_up_tasks(run.id, _NOT_GONE_ON_WITH, self.now)


def _holds_slot(run: Run) -> bool:
    return holds_slot(run.phase, run.owner)


def _places() -> Any:
    # Loaded on first use: most runs belong to no deployment.
    return import_module("signoff.service.places")


def handle_of(
    run: Run, flow_id: UUID, name: str, created: bool = False, needs_entry: bool = False
) -> RunHandle:
    """Where a run stands, given what the rules do not need to know of it."""
    return RunHandle(
        run_id=run.id,
        flow_id=flow_id,
        name=name,
        phase=run.phase,
        state_name=run.name,
        message=run.message,
        version=run.version,
        entry=run.entry,
        attempt=run.attempt,
        created=created,
        needs_entry=needs_entry,
        since=run.since,
        hold=run.hold,
    )


def must_stop(run: Run) -> bool:
    """Whether the run ended or is being cancelled, as its own process would judge."""
    verdict = standing(run.phase, run.entry, run.hold, run.entry, run.suspend)
    return verdict in (Standing.STOP, Standing.GONE)
