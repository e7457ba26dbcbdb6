"""One action on many runs.

Owns freezing a set, trying an action on it without doing it, and carrying it out batch by batch,
in short transactions with a receipt for every run. Each run is decided by itself, by the
function that decides it when it is asked for alone. Must not know SQL.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from functools import partial
from typing import Any
from uuid import UUID

from signoff.core import waiting
from signoff.core.bulks import Alike
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
from signoff.service.stepping import Partly
from signoff.service.table import Handlers
from signoff.service.unit import Unit

JUDGED = 500
"""Runs of a preview that are tried; the database is held for so long."""
SHOWN = 10
"""Runs of a preview that are shown."""
MOST = 10_000
"""Runs of one batch at most."""


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
    refusals = _tried(unit, bulk, given, len(ids))
    reasons = Counter(refusals.values())
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
    unit.tx.bulks.name_each(bulk.id, made.update)
    return made.hexdigest()


class _Undo(Exception):
    """Ends a trial."""


def _tried(unit: Unit, bulk: BulkView, given: Json, count: int) -> Mapping[UUID, str]:
    """Which of the first runs of a set would refuse the action now, and why."""
    found: dict[UUID, str] = {}
    pokes, wrote, expired = dict(unit.pokes), unit.wrote, unit.expired
    try:
        with unit.tx.savepoint():
            refused = _each(unit, bulk, given, 0, count)
            found.update((receipt.run_id, receipt.reason or "") for receipt in refused)
            raise _Undo
    except _Undo:
        unit.pokes, unit.wrote, unit.expired = pokes, wrote, expired
    return found


# Carrying out ------------------------------------------------------------------------------


def run_bulk(unit: Unit, request: RunBulk) -> BulkView | Partly:
    """Carry out the next batch, or the first step of it.

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
    size, pace = max(1, min(request.size, MOST)), unit.means.pace
    after = bulk.total - bulk.left
    until = min(after + min(size, pace.size), bulk.total)
    unit.took = partial(pace.took, until - after)
    refused = _each(unit, bulk, given, after, until)
    bulk = replace(
        bulk,
        status=BulkStatus.RUNNING,
        done=bulk.done + until - after - len(refused),
        refused=bulk.refused + len(refused),
    )
    if not bulk.left:
        bulk = replace(bulk, status=BulkStatus.FINISHED, ended_at=unit.now)
    unit.wrote = True
    unit.tx.bulks.save(bulk, refused)
    left = size - (until - after)
    return Partly(bulk, replace(request, size=left)) if left and bulk.left else bulk


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


def _each(unit: Unit, bulk: BulkView, given: Json, after: int, until: int) -> list[Receipt]:
    """Do it with each run of a stretch of the set; receipts of those that refuse."""
    judged, bulks = Judged(given), unit.tx.bulks
    if bulk.action is not BulkAction.RESUME:
        members = bulks.members(bulk.id, after, until)
        return _one_by_one(unit, _STEPS[bulk.action], members, judged)
    groups = bulks.alike(bulk.id, after, until, unit.now)
    done = [group for group in groups if _resume_alike(unit, group, judged)]
    if sum(group.count for group in done) == until - after:
        return []
    # Those that refuse are told in words of their own.
    others = bulks.others(bulk.id, after, until, done)
    return _one_by_one(unit, _resume, others, judged)


def _one_by_one(
    unit: Unit, step: Step, members: Sequence[tuple[int, UUID]], judged: Judged
) -> list[Receipt]:
    refused: list[Receipt] = []
    with unit.tx.batch([run_id for _, run_id in members]):
        for position, run_id in members:
            try:
                step(unit, unit.locked(run_id), judged)
            except RequestRefused as refusal:
                refused.append(Receipt(position, run_id, Outcome.REFUSED, refusal.message))
    return refused


def _resume_alike(unit: Unit, group: Alike, judged: Judged) -> bool:
    """Decide for one of several runs that are alike, and do the same with the others; False, and
    nothing has happened, when that one refuses."""
    try:
        before = unit.locked(group.first)
        given = _resume(unit, before, judged)
    except RequestRefused:
        return False
    wait = waiting.find(given.run, given.key)
    assert wait is not None, "runs that are alike wait for something"
    assert given.response is not None, "what is open has no answer yet"
    unit.tx.bulks.answer_others(group, before, given.run, wait, given.response)
    return True


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
