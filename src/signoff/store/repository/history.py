"""The history of runs: the store's event log.

Owns the columns of `history`.
"""

from __future__ import annotations

from uuid import UUID

from signoff.model.actors import Actor
from signoff.model.events import HistoryEntry, Kind
from signoff.model.runs import Run
from signoff.store.codes import EVENT_KIND, PHASE, clean, clean_some, id_bytes
from signoff.store.repository.lookups import Lookups
from signoff.store.session import Row


class HistoryRows(Lookups):
    """Part of a transaction: see `core.ports.Tx` for what each method promises."""

    _appended = 0

    def append_history(
        self,
        run: Run,
        kind: Kind,
        by: Actor,
        now: int,
        key: str | None = None,
        request_id: UUID | None = None,
    ) -> None:
        values = {
            "ordinal": self._appended,
            "run": self.number(run.id),
            "version": run.version,
            "kind": EVENT_KIND.number[kind],
            "phase": PHASE.number[run.phase],
            "at": now,
            "actor": self.actor_number(by),
            "wait_key": key,
            "state_name": None if run.name == run.phase.state_name else clean(run.name),
            "message": clean_some(run.message),
            "request_id": id_bytes(request_id),
        }
        self._appended += 1
        self._session.run("append_history", values)

    def take_places(self, count: int) -> int:
        """The first of so many places in the order of this transaction's events."""
        first, self._appended = self._appended, self._appended + count
        return first

    def history(self, run_id: UUID) -> tuple[HistoryEntry, ...]:
        rows = self._session.all("history_of_run", {"id": run_id.bytes})
        return tuple(self._entry(row) for row in rows)

    def events(self, after: int, limit: int) -> tuple[HistoryEntry, ...]:
        rows = self._session.all("events", {"after": after, "limit": limit})
        return tuple(self._entry(row) for row in rows)

    def _entry(self, row: Row) -> HistoryEntry:
        seq, run_id, version, kind, at, actor, phase, name, message, key = row
        member = PHASE.member[phase]
        return HistoryEntry(
            seq=seq,
            run_id=UUID(bytes=run_id),
            version=version,
            kind=EVENT_KIND.member[kind],
            at=at,
            actor=self.actor(actor),
            phase=member,
            name=member.state_name if name is None else name,
            message=message,
            key=key,
        )
