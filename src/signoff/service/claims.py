"""Runs that wait for a process, and the processes that start one for them.

Owns that each run is given to one claimer, and what becomes of a run whose process ended before it
could say so. Must not know which runs may be claimed (`core.transitions`), nor how a process is
started.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any
from uuid import UUID

from signoff.core.claiming import covers
from signoff.model.claims import (
    ClaimedRun,
    ClaimRuns,
    Claims,
    EndChildren,
    EndedChild,
    GivenBack,
    KeepAlive,
    Scope,
)
from signoff.model.commands import Request
from signoff.model.errors import InvalidRequest, ObjectNotFound
from signoff.model.events import Event, Kind
from signoff.model.journal import Liveness
from signoff.model.replies import Done
from signoff.model.runs import Run
from signoff.service.handover import goes_on_by_itself, who_enters
from signoff.service.places import takes_place
from signoff.service.run_slots import Slots
from signoff.service.table import Handlers
from signoff.service.unit import Unit

PAGE = 100
"""Runs that are looked at in one go at most."""
SPARE = 8
"""Runs that are looked at beyond what is asked for; those that nobody takes cost time."""
MOST = 1_000
"""Runs of which one process may be given at most so many at once."""


def look_for_runs(unit: Unit, request: ClaimRuns) -> Claims | None:
    """What a claimer gets when nothing is due; found without a transaction that writes."""
    _check(request)
    if not _is_open(unit, request.scope):
        return Claims(())
    if unit.tx.due_runs(request.scope, unit.now, 1) or unit.tx.with_untaken(1):
        return None
    return Claims((), unit.tx.next_due_run(request.scope, unit.now))


def claim_runs(unit: Unit, request: ClaimRuns) -> Claims:
    """Give the claimer what is due, as far as nobody else has it."""
    _check(request)
    if unit.owner(request.process_id) is None:
        raise ObjectNotFound(
            f"Process {request.process_id} is not registered; it must be before it claims runs."
        )
    if not _is_open(unit, request.scope):
        return Claims(())
    claimed: list[ClaimedRun] = []
    more = False
    slots = Slots(unit, request.scope.pool)
    templates: Any = None
    for run in _candidates(unit, request):
        if len(claimed) == request.limit:
            more = True
            break
        if run is None:
            more = True  # Somebody else has it locked, and may leave it.
            continue
        facts = unit.tx.run_facts(run.id)
        if facts is None or not covers(request.scope, facts) or slots.is_paused(facts):
            continue
        if slots.are_taken(facts):
            unit.attempt(run, Event(Kind.QUEUE, unit.actor, alive=unit.alive(run)))
            continue
        if not takes_place(unit, run):
            continue
        event = Event(Kind.CLAIM, unit.actor, owner=request.process_id, alive=unit.alive(run))
        accepted = unit.attempt(run, event)
        if accepted is None:
            continue
        if templates is None and (facts.work_pool is not None or facts.job_variables):
            templates = import_module("signoff.service.job_variables").Templates(unit)
        try:
            job = None if templates is None else templates.settings(facts)
        except InvalidRequest as wrong:
            unit.attempt(accepted.run, Event(Kind.CRASH, unit.actor, message=str(wrong)))
        else:
            claimed.append(ClaimedRun(run.id, facts.entry_record, job))
    return Claims(tuple(claimed), unit.tx.next_due_run(request.scope, unit.now), more)


def _is_open(unit: Unit, scope: Scope) -> bool:
    """Whether runs of the scope may start at all.

    Raises:
        ObjectNotFound: there is no such pool, or no such queue in it.
    """
    if scope.pool is None:
        return True
    # Loaded with the first worker of a pool: the documented schemas are heavy.
    pools = import_module("signoff.service.work_pools")
    pool = pools.the_pool(unit, scope.pool)
    for name in scope.queues:
        pools.the_queue(unit, pool, name)
    return not pool.is_paused


def _check(request: ClaimRuns) -> None:
    if not 0 < request.limit <= MOST:
        raise InvalidRequest(
            f"Field `limit` must be from 1 to {MOST}, not {request.limit}.", {"errors": ["limit"]}
        )


def _candidates(unit: Unit, request: ClaimRuns) -> Iterator[Run | None]:
    """Runs that a process has to enter, locked; None for one that is locked by somebody else.

    Some may be outside the scope: the caller of a called run is meant, whatever it is.
    """
    seen: set[UUID] = set()
    for run_id in _waiting(unit, request.scope, min(PAGE, request.limit + SPARE)):
        if run_id in seen:
            continue
        seen.add(run_id)
        run = unit.tx.lock_free_run(run_id)
        target = who_enters(unit, run) if run is not None else None
        if run is None or target == run_id:
            yield run
        elif target is not None and target not in seen:
            seen.add(target)
            yield unit.tx.lock_free_run(target)


def _waiting(unit: Unit, scope: Scope, page: int) -> Iterator[UUID]:
    """Runs without a process that are due, and those that wait for one thing while another, which
    a branch of theirs waited for, is over."""
    seen: set[UUID] = set()
    while True:
        limit = len(seen) + page
        page = PAGE
        found = unit.tx.due_runs(scope, unit.now, limit)
        new = [run_id for run_id in found if run_id not in seen]
        yield from new
        seen.update(new)
        if len(found) < limit:
            break
    for run_id in unit.tx.with_untaken(PAGE):
        run = unit.tx.lock_run(run_id)
        if run is not None and not goes_on_by_itself(unit, run):
            yield run_id


# Children ----------------------------------------------------------------------------------


def end_children(unit: Unit, request: EndChildren) -> GivenBack:
    """What the children worked on is lost; what they never entered goes back."""
    back = []
    for ended in request.ended:
        if ended.process_id is not None:
            _end_process(unit, ended.process_id, ended.message)
        if _give_back(unit, request.process_id, ended):
            back.append(ended.run_id)
    return GivenBack(tuple(back))


def _end_process(unit: Unit, process_id: str, message: str) -> None:
    runs = unit.tx.owned_by(process_id)
    # Gone from the record, it counts as dead at once, whatever its lease said.
    unit.tx.delete_process(process_id)
    unit.forget(process_id)
    unit.wrote = True
    for run_id in runs:
        run = unit.tx.lock_run(run_id)
        if run is not None and run.owner == process_id:
            run = unit.past_deadlines(run)
            unit.attempt(run, Event(Kind.LOST, unit.actor, message=message, alive=False))


def _give_back(unit: Unit, claimer: str, ended: EndedChild) -> bool:
    run = unit.tx.lock_run(ended.run_id)
    if run is None or run.owner != claimer:
        return False
    if ended.retry_after is None:
        crash = Event(Kind.CRASH, unit.actor, message=ended.message)
        return unit.attempt(run, crash) is not None
    later = unit.now + ended.retry_after
    back = Event(Kind.RETURN, unit.actor, owner=claimer, scheduled=later)
    return unit.attempt(run, back) is not None


def keep_alive(unit: Unit, request: KeepAlive) -> Done:
    """Renew the leases of a claimer and its children."""
    until = unit.now + unit.means.lease
    process = request.process
    unit.wrote = True
    if not unit.tx.renew_lease(process.id, until):
        leased = process.liveness is Liveness.LEASE
        unit.tx.put_process(process, until if leased else None, unit.now)
    for child in request.children:
        unit.tx.renew_lease(child, until)
    return Done()


HANDLERS: Handlers = {
    ClaimRuns: claim_runs,
    EndChildren: end_children,
    KeepAlive: keep_alive,
}

SOON = frozenset(HANDLERS)
"""What is lost with the machine is found again: the run is due, the process is dead."""

LOOKS: Mapping[type[Request[Any]], Callable[[Unit, Any], Any]] = {ClaimRuns: look_for_runs}
