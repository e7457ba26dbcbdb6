"""Answers to waits: completed, judged, decided and put on record with who gave them.

Owns the answering of one wait. Must not know what a form looks like or which answers are legal:
`service.forms` completes and judges, `core.transitions` decides.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from signoff.core import waiting
from signoff.model.actors import Actor
from signoff.model.commands import AnswerWait
from signoff.model.errors import AnswerConflict, InvalidRequest
from signoff.model.events import Accepted, Event, Kind
from signoff.model.forms import Json
from signoff.model.replies import AnswerAccepted
from signoff.model.runs import Run
from signoff.model.values import dataclass
from signoff.model.waits import Response, Wait
from signoff.service.forms import Sheet
from signoff.service.handover import goes_on_by_itself, who_enters
from signoff.service.table import Handlers
from signoff.service.unit import Seen, Unit
from signoff.service.waits import outcome_of


def answer_wait(unit: Unit, request: AnswerWait) -> AnswerAccepted:
    """Answer the wait that is meant.

    Raises:
        InvalidAnswer: with an error per field; nothing has changed.
        AnswerConflict, AmbiguousWait, DeadlinePassed, NotPausedError, ObjectNotFound: as decided.
    """
    seen = unit.unchanged(request.run_id, request.key)
    if seen is not None:
        given = give(unit, seen.run, request, lambda *_: seen.judged)
        return _reply(unit, given)
    if request.request_id is not None:
        before = unit.tx.response_by_request(request.request_id)
        if before is not None:
            return _repeated(unit, request, before)
    return answer(unit, unit.locked(request.run_id, request.key), request)


def look(unit: Unit, request: AnswerWait) -> Seen | None:
    """All that can be known of an answer before the transaction that puts it on record, so that
    this one is short. None where there is more to it than answering one of the open waits.

    Raises:
        InvalidAnswer: with an error per field.
    """
    if request.request_id is not None and unit.tx.response_by_request(request.request_id):
        return None
    run = unit.tx.lock_run(request.run_id, request.key)
    if run is None or any(waiting.is_overdue(wait, unit.now) for wait in run.open_waits):
        return None
    wait = waiting.meant(run, Event(Kind.ANSWER, unit.actor, key=request.key))
    if wait is None or not wait.is_open:
        return None
    sheet = unit.means.forms.get(unit.tx, wait.form) if wait.form is not None else None
    judged = _judged(unit, wait, sheet, request.run_input) if sheet is not None else None
    return unit.seen(run, judged)


def answer(unit: Unit, run: Run, request: AnswerWait) -> AnswerAccepted:
    """Answer the wait of a locked run."""
    given = give(unit, run, request, _judged)
    return _reply(unit, given)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that stands.

    Args:
        run: the run after it.
        key: the wait; "" when a pause was taken back that had not begun.
        by, at: who answered, and when.
        replayed: it stood before.
        response: what was put on record, when it is new.
    """

    run: Run
    key: str
    by: Actor
    at: int
    replayed: bool = False
    response: Response | None = None


Judge = Callable[[Unit, Wait, Sheet, Json], Json]
"""Makes of what was given the answer as it will be stored. Raises `InvalidAnswer`."""


def give(unit: Unit, run: Run, request: AnswerWait, judge: Judge) -> Given:
    """Decide an answer to the wait of a locked run, and put it on record.

    Raises:
        RequestRefused: as `answer_wait`; nothing has changed.
    """
    # Which wait is meant is settled before deadlines are, so that a late answer is told so.
    wait = waiting.meant(run, Event(Kind.ANSWER, unit.actor, key=request.key))
    run = unit.past_deadlines(run)
    if wait is None:
        event = Event(Kind.ANSWER, unit.actor, key=request.key, alive=unit.alive(run))
        after = unit.carry(run, event, request_id=request.request_id).run
        return Given(after, "", unit.actor, unit.now)
    key = request.key or wait.key
    wait = waiting.find(run, key) or wait
    sheet = unit.means.forms.get(unit.tx, wait.form) if wait.form is not None else None
    stored = judge(unit, wait, sheet, request.run_input) if sheet is not None else None
    event = Event(Kind.ANSWER, unit.actor, key=key, answer=stored, alive=unit.alive(run))
    try:
        decision = unit.carry(run, event, request_id=request.request_id)
    except AnswerConflict as conflict:
        if sheet is not None:
            answer = unit.means.forms.mask(sheet, conflict.details.get("answer"))
            conflict.details["answer"] = answer
        raise
    if isinstance(decision, Accepted):
        shown = stored if sheet is None else unit.means.forms.mask(sheet, stored)
        response = Response(wait.id, unit.now, unit.actor, shown, wait.form, request.request_id)
        unit.tx.add_response(run.id, response)
        if sheet is None or not sheet.hides:
            _tell(unit, decision.run, wait.key)
        return Given(decision.run, wait.key, unit.actor, unit.now, response=response)
    by, at = wait.answered_by or unit.actor, wait.closed_at or unit.now
    return Given(decision.run, wait.key, by, at, replayed=True)


def _tell(unit: Unit, run: Run, key: str) -> None:
    """Let whoever waits for the answer have it along with the word that it is there.

    Not where more has to be looked at before it may go on, nor secrets: they leave the store only
    for the process that asks.
    """
    wait = waiting.asked(run, key)
    if wait is None or wait.address is None or run.parent is not None:
        return
    outcome = outcome_of(unit, run, wait)
    if outcome.place:
        unit.tell_outcome(wait.address, run.id, outcome)


def _judged(unit: Unit, wait: Wait, sheet: Sheet, given: Json) -> Json:
    """The answer as it will be stored, when the form accepts it.

    An answer to a closed wait is only compared; secrets are encrypted anew each time, so an equal
    answer is given back as it was stored.
    """
    forms = unit.means.forms
    clear = forms.completed(sheet, given)
    if wait.is_open:
        forms.judge(sheet, clear)
        return forms.seal(sheet, clear)
    if wait.answer is not None and _same(forms.open(sheet, wait.answer), clear):
        return wait.answer
    return clear


def _same(one: Json, other: Json) -> bool:
    """Whether two answers are the same JSON; `true` is not 1."""
    try:
        return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    except (TypeError, ValueError):
        return False


def _repeated(unit: Unit, request: AnswerWait, given: Response) -> AnswerAccepted:
    """The reply to a request that was carried out before."""
    run = unit.run(request.run_id)
    wait = next((each for each in unit.tx.waits(run.id) if each.id == given.wait_id), None)
    if wait is None:
        raise InvalidRequest(
            f"Request {request.request_id} has answered a wait of another run; give every "
            "request an id of its own."
        )
    return _reply(unit, Given(run, wait.key, given.by, given.at))


def _reply(unit: Unit, given: Given) -> AnswerAccepted:
    run = given.run
    enter = None if goes_on_by_itself(unit, run) else who_enters(unit, run)
    facts = unit.tx.run_facts(enter) if enter is not None else None
    if facts is not None and facts.work_pool is not None:
        # The workers of its pool start it, on whichever machine they are.
        enter = facts = None
    return AnswerAccepted(
        run_id=run.id,
        key=given.key,
        replayed=given.replayed,
        phase=run.phase,
        needs_entry=enter is not None,
        entry_record=facts.entry_record if facts is not None else None,
        answered_by=given.by,
        answered_at=given.at,
        enter=enter,
        deployment=facts.deployment_id if facts is not None else None,
    )


HANDLERS: Handlers = {AnswerWait: answer_wait}

LOOKS: Handlers = {AnswerWait: look}
"""What is looked at first, in a transaction that only reads."""
