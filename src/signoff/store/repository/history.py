"""The history of runs: the store's event log.

Owns the columns of `history` and `reentries`.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from uuid import UUID

from signoff.model.actors import Actor
from signoff.model.events import HistoryEntry, Kind
from signoff.model.ids import uuid_of_bytes
from signoff.model.journal import Reentry
from signoff.model.runs import Run
from signoff.store.codes import EVENT_KIND, PHASE, clean, clean_some, dump, id_bytes, load
from signoff.store.repository.lookups import Lookups
from signoff.store.session import Row

_ENTRIES = (Kind.START, Kind.ENTER)
"""The n-th of these is the n-th entry of a process."""


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

    def note_reentry(self, run_id: UUID, entry: int, reentry: Reentry) -> None:
        values = {"run_id": run_id.bytes, "entry": entry, "body": dump(asdict(reentry))}
        self._session.run("note_reentry", values)

    def history(self, run_id: UUID) -> tuple[HistoryEntry, ...]:
        rows = self._session.all("history_of_run", {"id": run_id.bytes})
        lines = [self._entry(row) for row in rows]
        entered = [line for line in lines if line.kind in _ENTRIES]
        if len(entered) > 1:
            noted: dict[int, str] = dict(
                self._session.all("reentries_of_run", {"id": run_id.bytes})
            )
            with_news = {
                line.seq: reentry_of(noted[number])
                for number, line in enumerate(entered, start=1)
                if number in noted
            }
            lines = [replace(line, reentry=with_news.get(line.seq)) for line in lines]
        return tuple(lines)

    def events(self, after: int, limit: int) -> tuple[HistoryEntry, ...]:
        rows = self._session.all("events", {"after": after, "limit": limit})
        return tuple(self._entry(row) for row in rows)

    def _entry(self, row: Row) -> HistoryEntry:
        seq, run_id, version, kind, at, actor, phase, name, message, key = row
        member = PHASE.member[phase]
        return HistoryEntry(
            seq=seq,
            run_id=uuid_of_bytes(run_id),
            version=version,
            kind=EVENT_KIND.member[kind],
            at=at,
            actor=self.actor(actor),
            phase=member,
            name=member.state_name if name is None else name,
            message=message,
            key=key,
        )


def reentry_of(body: str) -> Reentry:
    """What became of earlier work, as it was stored."""
    facts = load(body)
    return Reentry(**{**facts, "places": tuple(facts["places"])})
