"""Many runs in one transaction: read together, and written together.

Owns a session that stands before the real one while a batch of runs is worked on. Rows that are
asked for run by run come from a few statements about all of them; writes that nobody reads again
are held back and carried out together. Whatever else is asked is asked after everything held back
was written, so that a transaction sees its own changes as ever. Must not know what rows mean.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field

from signoff.model.values import dataclass
from signoff.store.session import Row, Session, Values

HELD_BACK = ("insert_wait", "save_run", "save_wait", "append_history", "add_response")
"""Writes that may wait, in the order in which they are carried out. Each concerns rows that no
other of them reads."""


@dataclass(slots=True)
class Ahead:
    """Rows that were read for all runs of a batch.

    Args:
        runs: row of `lock_run`, by id.
        waits: rows of `waits_to_decide`, by number of the run.
    """

    runs: dict[bytes, Row] = field(default_factory=dict)
    waits: Mapping[int, Sequence[Row]] = field(default_factory=dict)


class BatchSession:
    """A session before another one: see `store.session.Session`.

    Args:
        session: the real one.
        ahead: what was read already; an entry is forgotten when its run is written.
        children: reads the rows of `unfinished_children` of all runs, by id; few actions need them.
    """

    def __init__(
        self, session: Session, ahead: Ahead, children: Callable[[], Mapping[bytes, Sequence[Row]]]
    ) -> None:
        self.dialect = session.dialect
        self._session = session
        self._ahead = ahead
        self._read_children = children
        self._children: Mapping[bytes, Sequence[Row]] | None = None
        self._ids = {row[0]: run_id for run_id, row in ahead.runs.items()}
        self._held: defaultdict[str, list[Values]] = defaultdict(list)

    def one(self, name: str, values: Values) -> Row | None:
        if name == "lock_run":
            row = self._ahead.runs.get(values["id"])
            if row is not None:
                return row
        self.flush()
        return self._session.one(name, values)

    def all(self, name: str, values: Values) -> list[Row]:
        ahead = self._ahead
        if name == "waits_to_decide" and values["key"] is None and values["run"] in self._ids:
            return list(ahead.waits.get(values["run"], ()))
        if name == "unfinished_children" and values["parent"] in ahead.runs:
            if self._children is None:
                self.flush()
                self._children = self._read_children()
            return list(self._children.get(values["parent"], ()))
        self.flush()
        return self._session.all(name, values)

    def run(self, name: str, values: Values) -> int:
        if name not in HELD_BACK:
            self.flush()
            return self._session.run(name, values)
        if name == "save_run":
            run_id = self._ids.pop(values["no"], None)
            if run_id is None:
                # Written before in this batch, or not read ahead: in order, and counted.
                self.flush()
                return self._session.run(name, values)
            del self._ahead.runs[run_id]
        self._held[name].append(values)
        return 1

    def run_many(self, name: str, many: Iterable[Values]) -> None:
        self.flush()
        self._session.run_many(name, many)

    def ask(self, sql: str, values: Values) -> list[Row]:
        self.flush()
        return self._session.ask(sql, values)

    def change(self, sql: str, values: Values) -> int:
        self.flush()
        return self._session.change(sql, values)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo only what happens inside when it raises."""
        self.flush()
        with self._session.savepoint():
            yield
            self.flush()

    def flush(self) -> None:
        """Write what was held back."""
        if not self._held:
            return
        held, self._held = self._held, defaultdict(list)
        for name in HELD_BACK:
            if name in held:
                self._session.run_many(name, held[name])
