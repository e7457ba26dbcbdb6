"""Runs whose process died: noticing it, and which run has to be entered for them to go on.

Owns who enters what. A called run is entered by the run that called it, so that both live in one
process again. Must not know how a process is started.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from uuid import UUID

from signoff.core import waiting
from signoff.core.ports import Owner
from signoff.core.transitions import decide
from signoff.model.actors import SERVICE
from signoff.model.events import Accepted, Event, Kind
from signoff.model.journal import EntryRecord
from signoff.model.runs import Run
from signoff.model.values import dataclass
from signoff.service.deadlines import BATCH, expire_all
from signoff.service.unit import Unit
from signoff.service.units import Units

DIED = "The process that worked on the run died."

REMEMBERED = 3_600_000_000
"""Microseconds for which a process is kept on record at least, dead or alive."""
_FORGOTTEN_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class ToEnter:
    """A run that waits for a process.

    Args:
        run_id: the run to enter.
        entry_record: how to load its flow; None when no process can.
    """

    run_id: UUID
    entry_record: EntryRecord | None


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep found.

    Args:
        to_enter: runs that a process must enter for them to go on.
        next_due: when the next sweep will find something, as far as is known now (a deadline, the
            end of a lease), UTC microseconds since the epoch; None when nothing is due at all.
    """

    to_enter: tuple[ToEnter, ...]
    next_due: int | None


def sweep(units: Units, limit: int) -> Sweep:
    """Apply every due deadline, settle the runs of dead processes, give away free places, and say
    what is next.

    Args:
        limit: how many runs to enter are named at most; claimers find them in their own way.
    """
    with units.read(SERVICE) as unit:
        # Mostly there is nothing to settle, and this one look is all.
        due, dead, swept = _look(unit, limit)
        over = tuple(_gone(unit))
        crowded = unit.tx.crowded_deployments()
    if over:
        units.change(SERVICE, False, partial(_forget, over))
    if crowded:
        units.change(SERVICE, True, partial(_give_places, crowded))
    if not due and not dead:
        return swept
    if due:
        expire_all(units)
    for owner in dead:
        for run_ids in _batches(owner.runs):
            units.change(SERVICE, True, partial(_declare_lost, owner, run_ids))
    with units.read(SERVICE) as unit:
        return _look(unit, limit)[2]


def _look(unit: Unit, limit: int) -> tuple[bool, list[Owner], Sweep]:
    """Whether a deadline is due, whose process died, and what is next as things stand."""
    deadline = unit.tx.next_deadline()
    owners = unit.tx.owners()
    dead = [owner for owner in owners if not unit.means.is_alive(owner, unit.now)]
    to_enter = tuple(_to_enter(unit, _orphans(unit, limit))) if limit else ()
    moments = (deadline, *(owner.lease_until for owner in owners))
    coming = [moment for moment in moments if moment is not None and moment > unit.now]
    due = deadline is not None and deadline <= unit.now
    return due, dead, Sweep(to_enter, min(coming, default=None))


def _gone(unit: Unit) -> Iterator[str]:
    """Processes that ended some time ago, and whose end changes nothing any more: a run that waits
    loses nothing when its process dies, whether that is on record or not."""
    for owner in unit.tx.idle_processes(unit.now - REMEMBERED, _FORGOTTEN_AT_ONCE):
        if not unit.means.is_alive(owner, unit.now):
            yield owner.process.id


def _forget(process_ids: Sequence[str], unit: Unit) -> None:
    for process_id in process_ids:
        owner = unit.tx.process(process_id)
        # It may have come back since the look.
        if owner is None or unit.means.is_alive(owner, unit.now) or unit.tx.owned_by(process_id):
            continue
        unit.tx.delete_process(process_id)


def _give_places(deployment_ids: Sequence[UUID], unit: Unit) -> None:
    """Mostly whoever frees a place gives it away; what was passed over then gets it here."""
    for deployment_id in deployment_ids:
        unit.free_places(deployment_id)


def goes_on_by_itself(unit: Unit, run: Run) -> bool:
    """Whether nobody has to do anything for the run to go on (or it cannot go on at all)."""
    still_waits = bool(run.open_waits) and not waiting.worth_entering(run)
    return unit.alive(run) or still_waits or not _could_be_entered(unit, run)


def who_enters(unit: Unit, run: Run) -> UUID | None:
    """The run that a process has to enter; None when a living process will go on by itself.

    A run of a deployment has a process of its own, whoever called it.
    """
    target = run
    while target.parent is not None and target.deployment is None:
        parent = unit.tx.lock_run(target.parent)
        if parent is None:
            break
        if unit.alive(parent) or waiting.imposed(parent):
            return None
        if not _could_be_entered(unit, parent):
            break
        target = parent
    return target.id


def top_of(unit: Unit, run: Run) -> Run:
    """The run that called this one, or called its caller, in the process that works on both."""
    while run.parent is not None and run.deployment is None:
        parent = unit.tx.lock_run(run.parent)
        if parent is None or parent.owner != run.owner:
            break
        run = parent
    return run


def why_not_again(unit: Unit, run: Run) -> str | None:
    """Why no process could go on with a run whose process has left; None when one could."""
    facts = unit.tx.run_facts(top_of(unit, run).id)
    if facts is None or facts.entry_record is None:
        return "it was created without telling how its flow can be loaded"
    return facts.entry_record.refusal


def _could_be_entered(unit: Unit, run: Run) -> bool:
    event = Event(Kind.ENTER, SERVICE, owner="", alive=False)
    return isinstance(decide(run, event, unit.now), Accepted)


def _orphans(unit: Unit, limit: int) -> Iterator[UUID]:
    """Runs that nobody works on, and that could go on: resumed ones, and those that still wait for
    one thing while another, which a branch of theirs waited for, is over."""
    yield from unit.tx.to_enter(unit.now, limit)
    for run_id in unit.tx.with_untaken(limit):
        run = unit.tx.lock_run(run_id)
        if run is not None and not goes_on_by_itself(unit, run):
            yield run_id


def _to_enter(unit: Unit, run_ids: Iterable[UUID]) -> Iterator[ToEnter]:
    named: set[UUID] = set()
    for run_id in run_ids:
        run = unit.tx.lock_run(run_id)
        target = who_enters(unit, run) if run is not None else None
        if target is None or target in named:
            continue
        named.add(target)
        facts = unit.tx.run_facts(target)
        yield ToEnter(target, facts.entry_record if facts is not None else None)


def _declare_lost(owner: Owner, run_ids: Sequence[UUID], unit: Unit) -> None:
    for run_id in run_ids:
        run = unit.tx.lock_run(run_id)
        # Another process may have entered it since it was listed, or its owner spoken again.
        if run is not None and run.owner == owner.process.id and not unit.alive(run):
            run = unit.past_deadlines(run)
            unit.attempt(run, Event(Kind.LOST, SERVICE, message=DIED, alive=False))


def _batches(run_ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(run_ids), BATCH):
        yield run_ids[start : start + BATCH]
