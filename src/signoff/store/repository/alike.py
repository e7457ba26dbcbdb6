"""Runs that are alike: an answer that was decided for one of them is written for all of them.

Owns what makes runs alike. Two runs whose rows and whose one open wait are equal in all that the
rules look at cannot be decided differently, so the first is decided as ever, and the others are
changed as it was: four statements, however many they are. Must not know the rules.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from signoff.model.events import Kind
from signoff.model.runs import Phase, Run
from signoff.model.waits import Response, Wait, WaitStatus
from signoff.store.batching import Ahead, BatchSession
from signoff.store.codes import EVENT_KIND, PHASE, WAIT_STATUS, dump_some
from signoff.store.repository.runs import INBOX, asks, state_values
from signoff.store.session import Row

if TYPE_CHECKING:
    from signoff.store.repository.transaction import Transaction

_RUNNING = PHASE.number[Phase.RUNNING]
_OPEN = WAIT_STATUS.number[WaitStatus.OPEN]


def groups(ahead: Ahead, run_ids: Sequence[UUID], now: int) -> list[list[UUID]]:
    """The runs by what they have in common; one that may be like no other is by itself."""
    found: dict[Any, list[UUID]] = {}
    for run_id in run_ids:
        row = ahead.runs.get(run_id.bytes)
        mark = None if row is None else _mark(row, ahead.waits.get(row[0], ()), now)
        found.setdefault(run_id if mark is None else mark, []).append(run_id)
    return list(found.values())


def _mark(row: Row, waits: Sequence[Row], now: int) -> Any:
    """All that a decision about a run without a process looks at; None where there is more to it:
    somebody has to be told, or a deadline is to be applied first."""
    owner, parent, opened, deployment = row[11:15]
    if owner is not None or parent is not None or row[1] == _RUNNING or len(waits) != 1:
        return None
    number, kind, status, _, form, deadline, action = waits[0][3:10]
    child, address = waits[0][13:15]
    overdue = deadline is not None and deadline <= now
    if status != _OPEN or child is not None or address is not None or overdue:
        return None
    # Without the moment (column 4), which counts for runs that are running only.
    return (*row[1:4], *row[5:11], opened, deployment, number, kind, form, action)


def answer(
    tx: Transaction,
    session: BatchSession,
    one: tuple[Run, Run],
    wait: Wait,
    response: Response,
    others: Sequence[UUID],
) -> None:
    """Write for other runs of its group what an answer has changed about one of them.

    Args:
        tx, session: the transaction, and its batch.
        one: that run, before and after.
        wait: its wait, answered.
        response: the answer as it was put on record.
        others: the other runs.
    """
    before, after = one
    numbers = json.dumps([session.taken_up(run_id.bytes) for run_id in others])
    actor = tx.actor_number(response.by)
    given = {"numbers": numbers, "number": wait.number}
    state = state_values(after, response.at)
    of_runs = {**state, "numbers": numbers, "before": before.version}
    of_waits = {
        **given,
        "status": WAIT_STATUS.number[wait.status],
        "taken": int(wait.taken),
        "closed_at": wait.closed_at,
        "answered_by": actor,
        "answer": dump_some(wait.answer),
    }
    for name, values in (("save_runs", of_runs), ("close_waits", of_waits)):
        if session.run(name, values) != len(others):
            raise RuntimeError("flow runs changed while they were locked")
    history = {
        **given,
        "ordinal": tx.take_places(len(others)),
        "version": after.version,
        "kind": EVENT_KIND.number[Kind.ANSWER],
        "phase": state["phase"],
        "at": response.at,
        "actor": actor,
        "state_name": state["state_name"],
        "message": state["message"],
    }
    session.run("append_histories", history)
    answered = {**given, "at": response.at, "actor": actor, "answer": dump_some(response.answer)}
    session.run("add_responses", answered)
    tx.count(INBOX, (asks(after) - asks(before)) * len(others))
