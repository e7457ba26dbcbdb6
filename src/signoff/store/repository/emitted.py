"""Emitted events. Owns the columns of `emitted`, and the meaning of the filter in terms of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from signoff.model import emitted as e
from signoff.store.combining import all_of, either_of
from signoff.store.filtering import Conditions
from signoff.store.repository.showing import moment, statement
from signoff.store.session import Row, Session

_ORDER = {e.EventOrder.ASC: "e.occurred, e.no", e.EventOrder.DESC: "e.occurred DESC, e.no DESC"}


class EmittedRows:
    """See `core.emitted_ports.Emitted` for what each method promises.

    Args:
        session: the connection, inside a transaction.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, events: Sequence[e.Event], now: int) -> None:
        self._session.run_many("add_emitted", [_values(event, now) for event in events])

    def listed(self, query: e.ReadEmitted) -> tuple[e.Event, ...]:
        wanted = query.filter or e.EventFilter()
        conditions = _Conditions(self._session.dialect)
        where = conditions.events(wanted)
        text = statement(self._session, "emitted", where, _ORDER[wanted.order])
        page = {"limit": query.limit, "offset": query.offset}
        return tuple(map(_event, self._session.ask(text, {**conditions.values, **page})))

    def count(self, query: e.CountEmitted) -> int:
        conditions = _Conditions(self._session.dialect)
        text = statement(
            self._session, "count_emitted", conditions.events(query.filter or e.EventFilter())
        )
        number: int = self._session.ask(text, conditions.values)[0][0]
        return number


class _Conditions(Conditions):
    """Compiles the filter of events for one statement."""

    def events(self, given: e.EventFilter) -> str:
        parts = []
        if given.occurred is not None:
            since, until = given.occurred.since, given.occurred.until
            if since is not None:
                parts.append(f"e.occurred >= {self._value(_microseconds(since))}")
            if until is not None:
                parts.append(f"e.occurred <= {self._value(_microseconds(until))}")
        if given.event is not None:
            parts += self._matching("e.event", given.event.name, given.event.prefix)
            left_out = self._matching(
                "e.event", given.event.exclude_name, given.event.exclude_prefix
            )
            parts += [f"NOT ({part})" for part in left_out]
        if given.resource is not None:
            parts += self._matching("e.resource", given.resource.id, given.resource.id_prefix)
        if given.id is not None:
            parts.append(self._ids("e.id", given.id.id))
        return all_of(parts)

    def _matching(
        self, column: str, exact: Sequence[str] | None, beginnings: Sequence[str] | None
    ) -> list[str]:
        """One of these texts, or beginning with one of those; nothing given asks for nothing."""
        if exact is None and beginnings is None:
            return []
        either = [] if exact is None else [self._in(column, list(exact))]
        for beginning in beginnings or ():
            length = f"CAST({self._value(len(beginning))} AS INTEGER)"
            either.append(f"SUBSTR({column}, 1, {length}) = {self._value(beginning)}")
        return [either_of(either)]


def _values(event: e.Event, now: int) -> dict[str, Any]:
    body = event.model_copy(update={"received": None}).model_dump_json()
    return {
        "occurred": _microseconds(event.occurred),
        "received": now,
        "id": event.id.bytes,
        "event": event.event,
        "resource": event.resource.id,
        "body": body,
    }


def _event(row: Row) -> e.Event:
    body, received = row
    return e.Event.model_validate_json(body).model_copy(update={"received": moment(received)})


def _microseconds(given: datetime) -> int:
    aware = given if given.tzinfo is not None else given.replace(tzinfo=UTC)
    return (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
