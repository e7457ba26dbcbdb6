"""Waits, as the process that waits deals with them.

Owns opening, looking, taking, reopening and withdrawing. Answering is in `service.answers`. Must
not know which of it is legal: `core.transitions` decides.
"""

from __future__ import annotations

from dataclasses import replace

from signoff.core import waiting
from signoff.core.standing import lacks_place
from signoff.model.commands import (
    OpenWait,
    PollWait,
    ReopenWait,
    TakeOutcome,
    WithdrawWait,
)
from signoff.model.errors import ObjectNotFound, StaleEntry
from signoff.model.events import Accepted, Event, Kind
from signoff.model.replies import Done, WaitOutcome
from signoff.model.runs import Run
from signoff.model.waits import DeadlineAction, Wait, WaitStatus
from signoff.service import refusals
from signoff.service.handover import top_of, why_not_again
from signoff.service.table import Handlers
from signoff.service.unit import Unit, must_stop


def open_wait(unit: Unit, request: OpenWait) -> WaitOutcome:
    run = unit.run(request.run_id, request.key)
    wait = new_wait(unit, request)
    event = Event(Kind.OPEN, unit.actor, entry=request.entry, wait=wait, key=request.key)
    if request.leaving:
        why = why_not_again(unit, run)
        event = replace(event, leaving=True, reentrant=why is None, message=why)
    decision = unit.carry(run, event)
    if isinstance(decision, Accepted):
        known = waiting.asked(decision.run, request.key)
    else:
        # A hold that another branch opened is shared, under that branch's key.
        known = decision.wait
    return outcome_of(unit, decision.run, known or wait)


def new_wait(unit: Unit, request: OpenWait) -> Wait:
    """The wait a request asks for, before the rules have said when it is opened.

    Raises:
        InvalidAnswer: the default answer does not fit the form.
    """
    form, default = None, request.default
    if request.form is not None:
        form, sheet = unit.means.forms.put(unit.tx, request.form)
        if request.on_deadline is DeadlineAction.DEFAULT:
            default = unit.means.forms.completed(sheet, default)
            unit.means.forms.judge(sheet, default)
            default = unit.means.forms.seal(sheet, default)
    return Wait(
        id=unit.means.new_id(),
        key=request.key,
        attempt=0,
        number=0,
        kind=request.kind,
        status=WaitStatus.OPEN,
        title=request.title,
        form=form,
        deadline=request.until if request.timeout is None else unit.now + request.timeout,
        on_deadline=request.on_deadline,
        default=default,
        scope=request.scope,
        task_run_id=request.task_run_id,
        child=None,
        address=request.address,
        opened_at=unit.now,
    )


def look(unit: Unit, request: PollWait) -> WaitOutcome | None:
    """How a wait stands, without changing anything; None when a deadline has to be applied."""
    run = unit.locked(request.run_id, request.key)
    if any(waiting.is_overdue(wait, unit.now) for wait in run.open_waits):
        return None
    return _standing(unit, run, request)


def poll_wait(unit: Unit, request: PollWait) -> WaitOutcome:
    return _standing(unit, unit.run(request.run_id, request.key), request)


def _standing(unit: Unit, run: Run, request: PollWait) -> WaitOutcome:
    if request.entry != run.entry:
        raise StaleEntry(
            f"Another process has entered flow run {run.id} (entry {run.entry}, this is entry "
            f"{request.entry}); this process must stop working on it.",
            {"entry": run.entry},
        )
    wait = waiting.asked(run, request.key)
    if wait is None:
        raise ObjectNotFound(f"Flow run {run.id} has no wait {request.key!r}.")
    return outcome_of(unit, run, wait)


def outcome_of(unit: Unit, run: Run, wait: Wait) -> WaitOutcome:
    """How a wait stands, for its own process: secrets are in clear."""
    answer = wait.answer
    if answer is not None and wait.form is not None:
        forms = unit.means.forms
        answer = forms.open(forms.get(unit.tx, wait.form), answer)
    return WaitOutcome(
        wait_id=wait.id,
        key=wait.key,
        status=wait.status,
        answer=answer,
        deadline=wait.deadline,
        on_deadline=wait.on_deadline,
        now=unit.now,
        phase=run.phase,
        version=run.version,
        message=refusals.text(wait.message),
        by=wait.answered_by,
        place=_may_go_on(unit, run, wait),
        closed_at=wait.closed_at,
    )


def _may_go_on(unit: Unit, run: Run, wait: Wait) -> bool:
    """Whether the process may go on with what became of its wait."""
    if wait.status is WaitStatus.ANSWERED and must_stop(run):
        # It was cancelled while it waited for a place: its next line must not run.
        return False
    return not lacks_place(run.phase) and (run.parent is None or _top_has_place(unit, run))


def _top_has_place(unit: Unit, run: Run) -> bool:
    """A called run goes on only when the run may that its process was started for."""
    return run.owner is None or not lacks_place(top_of(unit, run).phase)


def take_outcome(unit: Unit, request: TakeOutcome) -> Done:
    unit.tx.take_outcome(request.run_id, request.entry, request.wait_id)
    return Done()


def reopen_wait(unit: Unit, request: ReopenWait) -> WaitOutcome:
    run = unit.run(request.run_id, request.key)
    wait = waiting.asked(run, request.key)
    message = None
    if wait is not None:
        sheet = unit.means.forms.get(unit.tx, wait.form) if wait.form is not None else None
        message = refusals.stored(request.errors, sheet, wait.answer)
    event = Event(Kind.REOPEN, unit.actor, entry=request.entry, key=request.key, message=message)
    decision = unit.carry(run, event)
    known = waiting.asked(decision.run, request.key)
    if known is None:
        raise ObjectNotFound(f"Flow run {run.id} has no wait {request.key!r}.")
    if isinstance(decision, Accepted):
        unit.tx.refuse_response(known.id, refusals.text(message) or "")
    return outcome_of(unit, decision.run, known)


def withdraw_wait(unit: Unit, request: WithdrawWait) -> Done:
    run = unit.locked(request.run_id, request.key)
    unit.carry(run, Event(Kind.WITHDRAW, unit.actor, entry=request.entry, key=request.key))
    return Done()


HANDLERS: Handlers = {
    OpenWait: open_wait,
    PollWait: poll_wait,
    TakeOutcome: take_outcome,
    ReopenWait: reopen_wait,
    WithdrawWait: withdraw_wait,
}

LOOKS: Handlers = {PollWait: look}
"""What is tried first, in a transaction that only reads; None asks for the real thing."""
