"""Bulk actions, the sets they were frozen with, and their receipts.

Owns the columns of `bulks` and `bulk_items`. Loaded with the first bulk action only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from signoff.core.bulks import Alike
from signoff.model import queries
from signoff.model.bulk import (
    BulkAction,
    BulkStatus,
    BulkView,
    Outcome,
    PreviewBulk,
    ReadReceipts,
    Receipt,
    Sample,
)
from signoff.model.ids import uuid_of_bytes
from signoff.model.runs import Run
from signoff.model.waits import Response, Wait
from signoff.store.codes import PHASE, Code, clean_some
from signoff.store.repository import alike
from signoff.store.repository.lists import runs_where
from signoff.store.repository.showing import statement
from signoff.store.repository.transaction import Transaction
from signoff.store.session import Session, Values

ACTION = Code(
    {
        BulkAction.RESUME: 1,
        BulkAction.PAUSE: 2,
        BulkAction.CANCEL: 3,
        BulkAction.RETRY: 4,
        BulkAction.DELETE: 5,
        BulkAction.SUSPEND: 6,
    }
)
STATUS = Code(
    {
        BulkStatus.PREVIEWED: 0,
        BulkStatus.RUNNING: 1,
        BulkStatus.STOPPED: 2,
        BulkStatus.FINISHED: 3,
    }
)
OUTCOME = Code({Outcome.DONE: 1, Outcome.REFUSED: 2})
_PAGE = 10_000
"""Runs of a set that are read at once."""


class BulkRows:
    """Part of a transaction: see `core.bulks.Bulks` for what each method promises.

    Args:
        session: the connection, inside a transaction.
        lookups: the transaction's numbers of actors and runs.
    """

    def __init__(self, session: Session, lookups: Transaction) -> None:
        self._session = session
        self._lookups = lookups

    def freeze(self, bulk: BulkView, wanted: PreviewBulk, sealed: str | None) -> int:
        values = {
            "id": bulk.id.bytes,
            "created": bulk.created_at,
            "created_by": self._lookups.actor_number(bulk.created_by),
            "action": ACTION.number[bulk.action],
            "input": sealed,
        }
        row = self._session.one("insert_bulk", values)
        assert row is not None, "a bulk action's id is made for it"
        number = row[0]
        if wanted.run_ids is None:
            query = queries.ReadRuns(wanted.flows, wanted.flow_runs)
            conditions, where = runs_where(self._session, query)
            text = statement(self._session, "freeze_runs", where)
            return self._session.change(text, {**conditions.values, "bulk": number})
        unique = dict.fromkeys(wanted.run_ids)
        self._session.run_many(
            "freeze_run",
            [
                {"bulk": number, "position": position, "run": run_id.bytes}
                for position, run_id in enumerate(unique, 1)
            ],
        )
        return len(unique)

    def name(self, bulk: BulkView) -> None:
        values = {"no": self._number(bulk.id), "digest": bulk.digest, "total": bulk.total}
        self._session.run("name_bulk", values)

    def read(self, bulk_id: UUID, lock: bool) -> tuple[BulkView, str | None] | None:
        row = self._session.one("lock_bulk" if lock else "read_bulk", {"id": bulk_id.bytes})
        if row is None:
            return None
        _, _, created, by, action, status, digest, total, done, refused, ended, sealed = row
        view = BulkView(
            id=bulk_id,
            action=ACTION.member[action],
            status=STATUS.member[status],
            digest=digest,
            total=total,
            done=done,
            refused=refused,
            created_at=created,
            created_by=self._lookups.actor(by),
            ended_at=ended,
        )
        return view, sealed

    def save(self, bulk: BulkView, refused: Sequence[Receipt]) -> None:
        number = self._number(bulk.id)
        if refused:
            self._session.run_many(
                "refuse_item",
                [
                    {
                        "bulk": number,
                        "position": receipt.position,
                        "reason": clean_some(receipt.reason),
                    }
                    for receipt in refused
                ],
            )
        values = {
            "no": number,
            "status": STATUS.number[bulk.status],
            "done": bulk.done,
            "refused": bulk.refused,
            "ended": bulk.ended_at,
        }
        self._session.run("save_bulk", values)

    def members(self, bulk_id: UUID, after: int, until: int) -> tuple[tuple[int, UUID], ...]:
        rows = self._session.all("bulk_items", self._stretch(bulk_id, after, until))
        return tuple((position, uuid_of_bytes(run)) for position, run in rows)

    def name_each(self, bulk_id: UUID, say: Callable[[bytes], object]) -> None:
        after, stretch = 0, self._stretch(bulk_id, 0, _PAGE)
        while rows := self._session.all("bulk_items", stretch):
            for _, run in rows:
                say(run)
            after += _PAGE
            stretch = {**stretch, "after": after, "until": after + _PAGE}

    def alike(self, bulk_id: UUID, after: int, until: int, now: int) -> tuple[Alike, ...]:
        return alike.groups(self._session, self._stretch(bulk_id, after, until), now)

    def others(
        self, bulk_id: UUID, after: int, until: int, groups: Sequence[Alike]
    ) -> tuple[tuple[int, UUID], ...]:
        return alike.others(self._session, self._stretch(bulk_id, after, until), groups)

    def answer_others(
        self, group: Alike, before: Run, after: Run, wait: Wait, response: Response
    ) -> None:
        alike.answer(self._lookups, self._session, group, (before, after), wait, response)

    def _stretch(self, bulk_id: UUID, after: int, until: int) -> Values:
        return {"bulk": self._number(bulk_id), "after": after, "until": until}

    def receipts(self, query: ReadReceipts) -> tuple[Receipt, ...]:
        outcome = 0 if query.outcome is None else OUTCOME.number[query.outcome]
        values = {
            "bulk": self._number(query.bulk_id),
            "after": query.after,
            "outcome": outcome,
            "limit": query.limit,
        }
        return tuple(
            Receipt(position, uuid_of_bytes(run), OUTCOME.member[number], reason)
            for position, run, number, reason in self._session.all("receipts", values)
        )

    def samples(
        self, run_ids: Iterable[UUID], refusals: Mapping[UUID, str | None]
    ) -> tuple[Sample, ...]:
        ids = list(run_ids)
        found = {
            uuid_of_bytes(run_id): Sample(
                uuid_of_bytes(run_id),
                run_name,
                flow_name,
                PHASE.member[phase].state_name if state_name is None else state_name,
                None,
            )
            for run_id, run_name, flow_name, phase, state_name in self._lookups.rows_of(
                "run_names", ids
            )
        }
        unknown = (Sample(run_id, None, None, None, None) for run_id in ids if run_id not in found)
        found.update((sample.run_id, sample) for sample in unknown)
        return tuple(replace(found[run_id], refusal=refusals.get(run_id)) for run_id in ids)

    def _number(self, bulk_id: UUID) -> int:
        row = self._session.one("read_bulk", {"id": bulk_id.bytes})
        if row is None:
            raise LookupError(f"there is no bulk action {bulk_id}")
        number: int = row[0]
        return number
