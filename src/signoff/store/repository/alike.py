"""Runs that are alike: an answer that was decided for one of them is written for all of them.

Owns what makes runs alike. Two runs whose rows and whose one open wait are equal in all that the
rules look at cannot be decided differently, so the first is decided as ever, and the others are
changed as it was: four statements, however many they are. Must not know the rules.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from signoff.core.bulks import Alike
from signoff.model.events import Kind
from signoff.model.ids import uuid_of_bytes
from signoff.model.runs import Run
from signoff.model.waits import Response, Wait
from signoff.store.codes import EVENT_KIND, WAIT_STATUS, dump_some
from signoff.store.repository.runs import INBOX, asks, state_values
from signoff.store.session import Session, Values

if TYPE_CHECKING:
    from signoff.store.repository.transaction import Transaction

_FEW = 4
"""Runs that are alike, below which they are decided one by one: that is cheaper."""


def groups(session: Session, stretch: Values, now: int) -> tuple[Alike, ...]:
    """The runs of a stretch of a set by what they have in common, locked.

    Args:
        session: the connection.
        stretch: `bulk`, `after` and `until`.
        now: the moment of the decision.
    """
    if session.dialect.locks_rows:
        session.all("lock_members", stretch)
    found = session.all("alike", {**stretch, "now": now, "few": _FEW})
    return tuple(Alike(_run(session, no), count, numbers) for no, count, numbers in found)


def _run(session: Session, number: int) -> UUID:
    row = session.one("run_of_number", {"no": number})
    assert row is not None, "the run was found in this transaction"
    return uuid_of_bytes(row[0])


def others(
    session: Session, stretch: Values, some: Iterable[Alike]
) -> tuple[tuple[int, UUID], ...]:
    """Places and runs of a stretch that are in none of these groups."""
    grouped = {number for group in some for number in json.loads(group.numbers)}
    return tuple(
        (position, uuid_of_bytes(run))
        for position, run, number in session.all("members_with_numbers", stretch)
        if number not in grouped
    )


def answer(
    tx: Transaction,
    session: Session,
    group: Alike,
    one: tuple[Run, Run],
    wait: Wait,
    response: Response,
) -> None:
    """Write for the other runs of a group what an answer has changed about its first.

    Args:
        tx, session: the transaction, and its connection.
        group: the group.
        one: its first run, before and after.
        wait: that run's wait, answered.
        response: the answer as it was put on record.
    """
    before, after = one
    actor, others = tx.actor_number(response.by), group.count - 1
    given = {"numbers": group.numbers, "first": tx.number(group.first), "number": wait.number}
    state = state_values(after, response.at)
    of_runs = {
        **state,
        "numbers": group.numbers,
        "first": given["first"],
        "before": before.version,
    }
    of_waits = {
        **given,
        "status": WAIT_STATUS.number[wait.status],
        "taken": int(wait.taken),
        "closed_at": wait.closed_at,
        "answered_by": actor,
        "answer": dump_some(wait.answer),
    }
    for name, values in (("save_runs", of_runs), ("close_waits", of_waits)):
        if session.run(name, values) != others:
            raise RuntimeError("flow runs changed while they were locked")
    history = {
        **given,
        "ordinal": tx.take_places(others),
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
    tx.count(INBOX, (asks(after) - asks(before)) * others)
