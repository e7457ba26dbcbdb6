"""One action on many runs.

Owns freezing a set, trying an action on it without doing it, and carrying it out batch by batch,
each batch in one transaction with a receipt for every run. Each run is decided by itself, by the
function that decides it when it is asked for alone. Must not know SQL.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Any
from uuid import UUID

from signoff.core import waiting
from signoff.model.bulk import (
    BulkAction,
    BulkPreview,
    BulkStatus,
    BulkView,
    Outcome,
    PreviewBulk,
    ReadBulk,
    ReadReceipts,
    Receipt,
    Refusals,
    RunBulk,
    StopBulk,
)
from signoff.model.commands import AnswerWait, DeleteRun, SuspendRun
from signoff.model.errors import (
    InvalidAnswer,
    InvalidRequest,
    ObjectNotFound,
    RequestRefused,
    TransitionRefused,
)
from signoff.model.events import Event, Kind
from signoff.model.forms import Json
from signoff.model.runs import Run
from signoff.model.values import dataclass
from signoff.model.waits import Wait, WaitKind
from signoff.service import answers, control
from signoff.service.forms import Sheet
from signoff.service.table import Handlers
from signoff.service.unit import Unit

JUDGED = 500
"""Runs of a preview that are tried; the database is held for so long."""
SHOWN = 10
"""Runs of a preview that are shown."""
MOST = 1000
"""Runs of one batch at most."""
_PAGE = 10_000


# Freezing ----------------------------------------------------------------------------------


def preview_bulk(unit: Unit, request: PreviewBulk) -> BulkPreview:
    """Freeze the set, and try the action on its first runs without doing it.

    Raises:
        InvalidRequest: it does not say which runs, or gives an input to an action without one.
    """
    _check(request)
    given = request.run_input
    sealed = None if given is None else unit.means.forms.lock_away(given)
    bulk = BulkView(
        id=unit.means.new_id(),
        action=request.action,
        status=BulkStatus.PREVIEWED,
        digest="",
        total=0,
        done=0,
        refused=0,
        created_at=unit.now,
        created_by=unit.actor,
        ended_at=None,
    )
    unit.wrote = True
    total = unit.tx.bulks.freeze(bulk, request, sealed)
    bulk = replace(bulk, total=total, digest=_digest(unit, bulk, given))
    unit.tx.bulks.name(bulk)
    ids = [run_id for _, run_id in unit.tx.bulks.members(bulk.id, 0, JUDGED)]
    refusals = _tried(unit, bulk.action, given, ids)
    reasons = Counter(reason for reason in refusals.values() if reason is not None)
    shown = unit.tx.bulks.samples(ids[:SHOWN], refusals)
    why = tuple(Refusals(reason, count) for reason, count in reasons.most_common())
    return BulkPreview(bulk, shown, len(ids), why)


def _check(request: PreviewBulk) -> None:
    filtered = request.flows is not None or request.flow_runs is not None
    if filtered == (request.run_ids is not None):
        raise InvalidRequest(
            "Say which runs: give `flow_runs` and `flows` (an empty filter means every run), or "
            "`run_ids`, and not both."
        )
    if request.run_input is not None and request.action is not BulkAction.RESUME:
        raise InvalidRequest(
            f"`run_input` is the answer that `resume` gives; {request.action.value!r} has no use "
            "for it."
        )


def _digest(unit: Unit, bulk: BulkView, given: Json) -> str:
    """Of the action, its input and the set."""
    made = hashlib.blake2b(digest_size=16)
    made.update(json.dumps([bulk.action.value, given], sort_keys=True).encode())
    after = 0
    while page := unit.tx.bulks.members(bulk.id, after, _PAGE):
        for _, run_id in page:
            made.update(run_id.bytes)
        after = page[-1][0]
    return made.hexdigest()


class _Undo(Exception):
    """Ends a trial."""


def _tried(
    unit: Unit, action: BulkAction, given: Json, ids: Sequence[UUID]
) -> Mapping[UUID, str | None]:
    """Why the action would be refused for each run now; None where it would be done."""
    found: dict[UUID, str | None] = {}
    pokes, wrote, expired = dict(unit.pokes), unit.wrote, unit.expired
    try:
        with unit.tx.savepoint(), unit.tx.batch(ids):
            found.update(zip(ids, _each(unit, action, given, ids), strict=True))
            raise _Undo
    except _Undo:
        unit.pokes, unit.wrote, unit.expired = pokes, wrote, expired
    return found


# Carrying out ------------------------------------------------------------------------------


def run_bulk(unit: Unit, request: RunBulk) -> BulkView:
    """Carry out the next batch.

    Raises:
        ObjectNotFound: there is no such bulk action.
        InvalidRequest: the digest is another one's.
        TransitionRefused: it was stopped.
    """
    bulk, sealed = _known(unit, request.bulk_id, lock=True)
    if request.digest != bulk.digest:
        raise InvalidRequest(
            f"Bulk action {bulk.id} was previewed with digest {bulk.digest}, not "
            f"{request.digest}; look at its preview again before it is carried out."
        )
    if bulk.status is BulkStatus.STOPPED:
        raise TransitionRefused(
            f"Bulk action {bulk.id} was stopped after {bulk.total - bulk.left} of {bulk.total} "
            "runs; preview the remaining ones anew."
        )
    if bulk.is_over:
        return bulk
    given = unit.means.forms.take_out(sealed) if sealed is not None else None
    size = max(1, min(request.size, MOST))
    members = unit.tx.bulks.members(bulk.id, bulk.total - bulk.left, size)
    ids = [run_id for _, run_id in members]
    with unit.tx.batch(ids):
        reasons = _each(unit, bulk.action, given, ids)
        receipts = [
            Receipt(position, run_id, Outcome.REFUSED if reason else Outcome.DONE, reason)
            for (position, run_id), reason in zip(members, reasons, strict=True)
        ]
    refused = sum(receipt.outcome is Outcome.REFUSED for receipt in receipts)
    bulk = replace(
        bulk,
        status=BulkStatus.RUNNING,
        done=bulk.done + len(receipts) - refused,
        refused=bulk.refused + refused,
    )
    if not bulk.left:
        bulk = replace(bulk, status=BulkStatus.FINISHED, ended_at=unit.now)
    unit.wrote = True
    unit.tx.bulks.save(bulk, receipts)
    return bulk


def stop_bulk(unit: Unit, request: StopBulk) -> BulkView:
    bulk, _ = _known(unit, request.bulk_id, lock=True)
    if bulk.is_over:
        return bulk
    bulk = replace(bulk, status=BulkStatus.STOPPED, ended_at=unit.now)
    unit.wrote = True
    unit.tx.bulks.save(bulk, ())
    return bulk


def read_bulk(unit: Unit, request: ReadBulk) -> BulkView:
    return _known(unit, request.bulk_id, lock=False)[0]


def read_receipts(unit: Unit, request: ReadReceipts) -> tuple[Receipt, ...]:
    _known(unit, request.bulk_id, lock=False)
    return unit.tx.bulks.receipts(request)


def _known(unit: Unit, bulk_id: UUID, lock: bool) -> tuple[BulkView, str | None]:
    found = unit.tx.bulks.read(bulk_id, lock)
    if found is None:
        raise ObjectNotFound(f"There is no bulk action {bulk_id}.")
    return found


# Each run ----------------------------------------------------------------------------------


def _each(unit: Unit, action: BulkAction, given: Json, ids: Sequence[UUID]) -> list[str | None]:
    """Do it with each run; why not, or None where it was done."""
    judged = Judged(given)
    if action is BulkAction.RESUME:
        refused: dict[UUID, str] = {}
        for alike in unit.tx.bulks.alike(ids, unit.now):
            refused.update(_resume_alike(unit, alike, judged))
        return [refused.get(run_id) for run_id in ids] if refused else [None] * len(ids)
    return [_one(unit, _STEPS[action], run_id, judged) for run_id in ids]


def _one(unit: Unit, step: Step, run_id: UUID, judged: Judged) -> str | None:
    try:
        step(unit, unit.locked(run_id), judged)
    except RequestRefused as refusal:
        return refusal.message
    return None


def _resume_alike(
    unit: Unit, run_ids: Sequence[UUID], judged: Judged
) -> Iterator[tuple[UUID, str]]:
    """Decide for one of several runs that are alike, and do the same with the others; returns why
    not, for those that refuse."""
    first, *others = run_ids
    try:
        before = unit.locked(first)
        given = _resume(unit, before, judged)
    except RequestRefused as refusal:
        yield first, refusal.message
        # Each is told in words of its own.
        for run_id in others:
            reason = _one(unit, _resume, run_id, judged)
            if reason is not None:
                yield run_id, reason
        return
    if not others:
        return
    wait = waiting.find(given.run, given.key)
    assert wait is not None, "runs that are alike wait for something"
    assert given.response is not None, "what is open has no answer yet"
    unit.tx.bulks.answer_others(before, given.run, wait, given.response, others)


@dataclass(slots=True)
class Judged:
    """The one input of a bulk action, judged once for each form.

    Args:
        given: the input.
        known: by form, the answer as it is stored, or why the form refuses it.
    """

    given: Json
    known: dict[bytes, Json | InvalidAnswer] = field(default_factory=dict)

    def __call__(self, unit: Unit, wait: Wait, sheet: Sheet, given: Json) -> Json:
        """The answer to a wait, as it is stored."""
        form = wait.form or b""
        if form not in self.known:
            forms = unit.means.forms
            try:
                clear = forms.completed(sheet, given)
                forms.judge(sheet, clear)
                self.known[form] = forms.seal(sheet, clear)
            except InvalidAnswer as refusal:
                self.known[form] = refusal
        found = self.known[form]
        if isinstance(found, InvalidAnswer):
            raise found
        return found


Step = Callable[[Unit, Run, Judged], Any]


def _resume(unit: Unit, run: Run, judged: Judged) -> answers.Given:
    wait = waiting.meant(run, Event(Kind.ANSWER, unit.actor))
    asks_nothing = wait is not None and wait.form is None and wait.kind is not WaitKind.HOLD
    if judged.given is not None and asks_nothing:
        raise InvalidAnswer(
            f"Flow run {run.id} asks for no input, only for the word to go on; resume it without."
        )
    return answers.give(unit, run, AnswerWait(run.id, judged.given), judged)


def _pause(unit: Unit, run: Run, judged: Judged) -> None:
    control.hold(unit, unit.past_deadlines(run))


def _suspend(unit: Unit, run: Run, judged: Judged) -> None:
    control.suspend(unit, unit.past_deadlines(run), SuspendRun(run.id))


def _cancel(unit: Unit, run: Run, judged: Judged) -> None:
    control.cancel(unit, unit.past_deadlines(run))


def _retry(unit: Unit, run: Run, judged: Judged) -> None:
    control.rerun(unit, unit.past_deadlines(run))


def _delete(unit: Unit, run: Run, judged: Judged) -> None:
    control.delete_run(unit, DeleteRun(run.id))


_STEPS: Mapping[BulkAction, Step] = {
    BulkAction.RESUME: _resume,
    BulkAction.PAUSE: _pause,
    BulkAction.SUSPEND: _suspend,
    BulkAction.CANCEL: _cancel,
    BulkAction.RETRY: _retry,
    BulkAction.DELETE: _delete,
}

HANDLERS: Handlers = {
    PreviewBulk: preview_bulk,
    RunBulk: run_bulk,
    StopBulk: stop_bulk,
    ReadBulk: read_bulk,
    ReadReceipts: read_receipts,
}
