"""Waits, their responses, and the inbox.

Owns the columns of `waits` and `responses`.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from signoff.model.ids import uuid_of_bytes
from signoff.model.replies import InboxItem, SettledItem
from signoff.model.runs import Run
from signoff.model.waits import ALIASES, Response, Wait, WaitStatus
from signoff.store.codes import (
    DEADLINE_ACTION,
    WAIT_KIND,
    WAIT_STATUS,
    clean,
    clean_some,
    containing,
    dump_some,
    id_bytes,
    id_of,
    load,
)
from signoff.store.repository.lookups import Lookups
from signoff.store.session import Row


class WaitRows(Lookups):
    """Part of a transaction: see `core.ports.Tx` for what each method promises."""

    def waits_to_decide(self, number: int, attempt: int, key: str | None) -> tuple[Wait, ...]:
        """The waits of `Run.waits`, and those called `key`."""
        values = {
            "run": number,
            "attempt": attempt,
            "key": key,
            "number": number_of_alias(key),
        }
        rows = self._session.all("waits_to_decide", values)
        return tuple(self.wait_of(row) for row in rows)

    def waits(self, run_id: UUID) -> tuple[Wait, ...]:
        number = self.number(run_id)
        if number is None:
            return ()
        rows = self._session.all("waits_of_run", {"run": number})
        return tuple(self.wait_of(row) for row in rows)

    def save_waits(self, number: int, before: Run, after: Run) -> None:
        """Store the waits that differ, new ones included."""
        known = {wait.id: wait for wait in before.waits}
        for wait in after.waits:
            old = known.get(wait.id)
            if old is None:
                self.insert_wait(number, wait)
            elif old != wait:
                self._session.run("save_wait", {"run": number, **self._changing(wait)})

    def insert_wait(self, number: int, wait: Wait) -> None:
        """Store a new wait of the run with this number."""
        values = {
            **self._changing(wait),
            "run": number,
            "id": wait.id.bytes,
            "attempt": wait.attempt,
            "kind": WAIT_KIND.number[wait.kind],
            "on_deadline": DEADLINE_ACTION.number[wait.on_deadline],
            "opened_at": wait.opened_at,
            "wait_key": wait.key,
            "title": clean(wait.title),
            "scope": wait.scope or None,
            "form": wait.form,
            "task_run": id_bytes(wait.task_run_id),
            "child": id_bytes(wait.child),
            "default_answer": dump_some(wait.default),
        }
        self._session.run("insert_wait", values)

    def _changing(self, wait: Wait) -> dict[str, Any]:
        by = wait.answered_by
        return {
            "number": wait.number,
            "status": WAIT_STATUS.number[wait.status],
            "taken": int(wait.taken),
            "closed_at": wait.closed_at,
            "deadline": wait.deadline,
            "address": wait.address,
            "answered_by": None if by is None else self.actor_number(by),
            "answer": dump_some(wait.answer),
            "message": clean_some(wait.message),
        }

    def wait_of(self, row: Row) -> Wait:
        """The wait in a row of `waits_to_decide`."""
        wait_id, key, attempt, number, kind, status, title, form, deadline, action = row[:10]
        default, scope, task_run, child, address, opened, closed = row[10:17]
        answer, answered_by, taken, message = row[17:]
        return Wait(
            id=uuid_of_bytes(wait_id),
            key=key,
            attempt=attempt,
            number=number,
            kind=WAIT_KIND.member[kind],
            status=WAIT_STATUS.member[status],
            title=title,
            form=form,
            deadline=deadline,
            on_deadline=DEADLINE_ACTION.member[action],
            default=load(default),
            scope=scope or "",
            task_run_id=id_of(task_run),
            child=id_of(child),
            address=address,
            opened_at=opened,
            closed_at=closed,
            answer=load(answer),
            answered_by=self.actor_some(answered_by),
            taken=bool(taken),
            message=message,
        )

    def take_outcome(self, run_id: UUID, entry: int, wait_id: UUID) -> bool:
        values = {"run_id": run_id.bytes, "entry": entry, "wait": wait_id.bytes}
        return self._session.run("take_outcome", values) == 1

    # Responses ----------------------------------------------------------------------------

    def add_response(self, run_id: UUID, response: Response) -> None:
        values = {
            "wait": response.wait_id.bytes,
            "at": response.at,
            "actor": self.actor_number(response.by),
            "answer": dump_some(response.answer),
            "shown": response.shown,
            "request_id": id_bytes(response.request_id),
            "refused": clean_some(response.refused),
        }
        self._session.run("add_response", values)

    def refuse_response(self, wait_id: UUID, why: str) -> None:
        self._session.run("refuse_response", {"wait": wait_id.bytes, "why": clean(why)})

    def responses(self, wait_id: UUID) -> tuple[Response, ...]:
        rows = self._session.all("responses", {"wait": wait_id.bytes})
        return tuple(self._response(row) for row in rows)

    def response_by_request(self, request_id: UUID) -> Response | None:
        row = self._session.one("response_by_request", {"request_id": request_id.bytes})
        return None if row is None else self._response(row)

    def _response(self, row: Row) -> Response:
        wait, at, actor, answer, shown, request, refused = row
        return Response(
            wait_id=uuid_of_bytes(wait),
            at=at,
            by=self.actor(actor),
            answer=load(answer),
            shown=shown,
            request_id=id_of(request),
            refused=refused,
        )

    # What is due, and what waits for a person -----------------------------------------------

    def due_waits(self, now: int, limit: int) -> tuple[tuple[UUID, str], ...]:
        rows = self._session.all("due_waits", {"now": now, "limit": limit})
        return tuple((uuid_of_bytes(run_id), key) for run_id, key in rows)

    def next_deadline(self) -> int | None:
        row = self._session.one("next_deadline", {})
        return None if row is None else row[0]

    def inbox(self, limit: int, offset: int, text: str | None) -> tuple[InboxItem, ...]:
        values: dict[str, Any] = {"limit": limit, "offset": offset}
        if text is None:
            rows = self._session.all("inbox", values)
        else:
            values["pattern"] = containing(text)
            rows = self._session.all("inbox_with_text", values)
        return tuple(_inbox_item(row) for row in rows)

    def settled(
        self, status: WaitStatus, limit: int, offset: int, text: str | None
    ) -> tuple[SettledItem, ...]:
        values: dict[str, Any] = {
            "status": WAIT_STATUS.number[status],
            "limit": limit,
            "offset": offset,
        }
        if text is None:
            rows = self._session.all("settled", values)
        else:
            values["pattern"] = containing(text)
            rows = self._session.all("settled_with_text", values)
        return tuple(
            SettledItem(
                _inbox_item(row[:-3]),
                WAIT_STATUS.member[row[-3]],
                row[-2],
                self.actor_some(row[-1]),
            )
            for row in rows
        )


def number_of_alias(key: str | None) -> int:
    """The number of the wait that `key` is the alias of; 0, which no wait has, when it is none."""
    name, _, digits = (key or "").partition("-")
    if name not in ALIASES or not digits.isascii() or not digits.isdecimal() or len(digits) > 9:
        return 0
    return int(digits)


def _inbox_item(row: Row) -> InboxItem:
    run_id, run_name, flow_name, key, kind, title, opened, deadline, action, owner, form, no = row
    return InboxItem(
        run_id=uuid_of_bytes(run_id),
        run_name=run_name,
        flow_name=flow_name,
        key=key,
        kind=WAIT_KIND.member[kind],
        title=title,
        opened_at=opened,
        deadline=deadline,
        on_deadline=DEADLINE_ACTION.member[action],
        alive=owner is not None,
        has_form=form is not None,
        number=no,
    )
