"""What every repository needs: the session, and numbers and values that are looked up once.

Owns the numbers of runs, flows and actors, and the values stored once per content. What a
transaction learns is shared with others only after its commit, because a rolled back number would
be wrong for everybody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import lru_cache
from importlib import import_module
from typing import Any
from uuid import UUID

from signoff.model.actors import Actor
from signoff.model.forms import Form
from signoff.model.ids import uuid_of_bytes
from signoff.model.journal import EntryRecord
from signoff.store import statements
from signoff.store.codes import VIA, dump, load
from signoff.store.known import Known
from signoff.store.session import Row, Session

_AT_ONCE = 500
"""Parameters in one statement; every database takes so many."""


class Lookups:
    """The base of the repositories: one transaction's view of what is known.

    Args:
        session: the connection, inside a transaction.
        known: what the store knows already.
        writing: the transaction may change something.
    """

    def __init__(self, session: Session, known: Known, writing: bool) -> None:
        self._session = session
        self._known = known
        self._writing = writing
        self._fresh: Known | None = None
        self._numbers: dict[UUID, int] = {}
        self._labels: dict[UUID, Sequence[Any]] = {}
        self._counts: dict[str, int] = {}

    @contextmanager
    def batch(self, run_ids: Sequence[UUID]) -> Iterator[None]:
        """Read these runs together, and write together what changes about them."""
        # Loaded on first use: few processes ever change many runs at once.
        batching = import_module("signoff.store.batching")
        plain = self._session
        ahead = batching.Ahead()
        if self._writing:
            ahead.runs = {row[-1]: row[:-1] for row in self.rows_of("lock_runs", run_ids)}
            ahead.waits = _grouped(self.rows_of("waits_to_decide_many", run_ids), -1)
        self._session = session = batching.BatchSession(
            plain,
            ahead,
            lambda: _grouped(_rows_of(plain, "unfinished_children_many", run_ids), 0),
        )
        try:
            yield
            session.flush()
        finally:
            self._session = plain

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo only what happens inside when it raises."""
        counts, numbers = dict(self._counts), dict(self._numbers)
        try:
            with self._session.savepoint():
                yield
        except BaseException:
            # Numbers given inside are gone with their rows.
            self._counts, self._numbers, self._fresh = counts, numbers, None
            self._labels = {}
            raise

    def before_commit(self) -> None:
        """Write down what was counted; last, because many transactions count in one row."""
        for name, delta in self._counts.items():
            if delta:
                self._session.run("count", {"name": name, "delta": delta})

    def after_commit(self) -> None:
        """Share what was learned."""
        if self._fresh is not None:
            self._known.take(self._fresh)

    def count(self, name: str, delta: int) -> None:
        """Change a counter, when the transaction commits."""
        if delta:
            self._counts[name] = self._counts.get(name, 0) + delta

    def counted(self, name: str) -> int:
        """What a counter says, this transaction's own changes included."""
        row = self._session.one("counted", {"name": name})
        stored: int = row[0] if row is not None else 0
        return stored + self._counts.get(name, 0)

    def _learn(self) -> Known:
        if self._fresh is None:
            self._fresh = Known()
        return self._fresh

    def rows_of(self, name: str, ids: Sequence[UUID]) -> list[Row]:
        """The rows of a statement about several ids, which stand for its `{ids}`."""
        return _rows_of(self._session, name, ids)

    # Numbers ------------------------------------------------------------------------------

    def number(self, run_id: UUID) -> int | None:
        """The number of a run; None when there is no such run."""
        number = self._numbers.get(run_id)
        if number is None:
            row = self._session.one("run_number", {"id": run_id.bytes})
            if row is None:
                return None
            number = self._numbers[run_id] = row[0]
        return number

    def flow_number(self, flow_id: UUID) -> int:
        """The number of a registered flow.

        Raises:
            LookupError: no flow has this id.
        """
        number = self._known.flow_numbers.get(flow_id)
        if number is None and self._fresh is not None:
            number = self._fresh.flow_numbers.get(flow_id)
        if number is None:
            row = self._session.one("flow_number", {"id": flow_id.bytes})
            if row is None:
                raise LookupError(f"flow {flow_id} is not registered")
            number = self._learn().flow_numbers[flow_id] = row[0]
        return number

    def flow_of_number(self, number: int) -> UUID:
        """The id of the flow with this number."""
        found = self._known.flow_ids.get(number)
        if found is None:
            row = self._session.one("flow_of_number", {"no": number})
            assert row is not None, "flows are never deleted"
            found = self._learn().flow_ids[number] = uuid_of_bytes(row[0])
        return found

    def actor_number(self, actor: Actor) -> int:
        """The number under which an actor is stored; stored when it is new."""
        number = self._known.actor_numbers.get(actor)
        if number is None and self._fresh is not None:
            number = self._fresh.actor_numbers.get(actor)
        if number is not None:
            return number
        values = {
            "name": actor.name,
            "via": VIA.number[actor.via],
            "host": actor.host or "",
            "verified": int(actor.verified),
        }
        row = self._session.one("find_actor", values)
        if row is None:
            self._session.run("insert_actor", values)
            row = self._session.one("find_actor", values)
        assert row is not None
        fresh, number = self._learn(), int(row[0])
        fresh.actor_numbers[actor], fresh.actors[number] = number, actor
        return number

    def actor(self, number: int) -> Actor:
        """The actor stored under a number."""
        found = self._known.actors.get(number)
        if found is None and self._fresh is not None:
            found = self._fresh.actors.get(number)
        if found is None:
            row = self._session.one("read_actor", {"no": number})
            assert row is not None, "actors are never deleted"
            name, via, host, verified = row
            found = Actor(name, VIA.member[via], host or None, bool(verified))
            self._learn().actors[number] = found
        return found

    def actor_some(self, number: int | None) -> Actor | None:
        return None if number is None else self.actor(number)

    # Contents -----------------------------------------------------------------------------

    def put_entry_record(self, record: EntryRecord) -> bytes:
        """Store an entry record once per content; returns its digest."""
        digest = self._known.entry_digests.get(record)
        if digest is None:
            body = dump(asdict(record))
            digest = _digest(body)
            self._session.run("insert_entry_record", {"digest": digest, "body": body})
            fresh = self._learn()
            fresh.entry_digests[record], fresh.entries[digest] = digest, record
        return digest

    def entry_record(self, digest: bytes | None) -> EntryRecord | None:
        if digest is None:
            return None
        found = self._known.entries.get(digest)
        if found is None:
            row = self._session.one("read_entry_record", {"digest": digest})
            assert row is not None, "entry records are never deleted"
            found = EntryRecord.of(load(row[0]))
            self._learn().entries[digest] = found
        return found

    def put_form(self, form: Form) -> bytes:
        """Store a form once per content; returns its digest."""
        body = dump([form.schema, form.title, form.description, form.initial])
        digest = _digest(body)
        if digest not in self._known.forms:
            self._session.run("insert_form", {"digest": digest, "body": body})
            self._learn().forms[digest] = form
        return digest

    def form(self, digest: bytes) -> Form:
        """A stored form.

        Raises:
            LookupError: no form has this digest.
        """
        found = self._known.forms.get(digest)
        if found is None:
            row = self._session.one("read_form", {"digest": digest})
            if row is None:
                raise LookupError(f"there is no form {digest.hex()}")
            schema, title, description, initial = load(row[0])
            found = self._learn().forms[digest] = Form(schema, title, description, initial)
        return found


def _rows_of(session: Session, name: str, ids: Sequence[UUID]) -> list[Row]:
    found: list[Row] = []
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        values = dict(zip(_NAMES, (each.bytes for each in some), strict=False))
        found += session.ask(
            _about(session.dialect.name, session.dialect.named, name, len(some)), values
        )
    return found


_NAMES = tuple(f"p{index}" for index in range(_AT_ONCE))


@lru_cache(maxsize=256)
def _about(dialect: str, named: str, name: str, count: int) -> str:
    """A statement about so many ids, in the words of one database."""
    names = ", ".join(named % each for each in _NAMES[:count])
    return statements.fill(statements.load(dialect)[name], {"ids": names})


def _grouped(rows: Sequence[Row], by: int) -> dict[Any, list[Row]]:
    """The rows by one of their columns, without it."""
    found: dict[Any, list[Row]] = {}
    for row in rows:
        rest = row[:by] + (row[by + 1 :] if by != -1 else ())
        found.setdefault(row[by], []).append(rest)
    return found


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
