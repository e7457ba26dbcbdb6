"""Limits, holds and waiters. Owns the columns of `limits`, `slot_holds` and `slot_waits`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from signoff.core.shared.ports import Hold, Limit, Waiter
from signoff.model.ids import uuid_of_bytes
from signoff.model.shared.limits import LimitKind
from signoff.store import statements
from signoff.store.codes import Code, id_bytes, id_of
from signoff.store.session import Row, Session

LIMIT_KIND = Code({LimitKind.GLOBAL: 1, LimitKind.TAG: 2})


class LimitRows:
    """See `core.shared.ports.Limits` for what each method promises.

    Args:
        session: the connection, inside a transaction.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    # Limits -------------------------------------------------------------------------------

    def add(
        self, id: UUID, kind: LimitKind, name: str, slots: int, active: bool, decay: float, now: int
    ) -> bool:
        values = {
            "id": id.bytes,
            "kind": LIMIT_KIND.number[kind],
            "name": name,
            "slots": slots,
            "active": int(active),
            "decay": decay,
            "used": 0.0,
            "now": now,
        }
        return self._session.run("add_limit", values) == 1

    def change(self, limit: Limit, now: int) -> None:
        values = {
            "no": limit.no,
            "name": limit.name,
            "slots": limit.slots,
            "active": int(limit.active),
            "decay": limit.decay,
            "now": now,
        }
        self._session.run("change_limit", values)

    def use(self, no: int, used: float, now: int) -> None:
        self._session.run("use_slots", {"no": no, "used": used, "now": now})

    def remove(self, no: int) -> None:
        for name in ("drop_holds", "drop_waits"):
            self._session.run(name, {"limit_no": no})
        self._session.run("remove_limit", {"no": no})

    def find(self, kind: LimitKind, id: UUID | None, name: str | None) -> Limit | None:
        return self._one("limit", kind, id, name)

    def look(self, kind: LimitKind, id: UUID | None, name: str | None) -> Limit | None:
        return self._one("read_limit", kind, id, name)

    def _one(self, prefix: str, kind: LimitKind, id: UUID | None, name: str | None) -> Limit | None:
        values: dict[str, Any] = {"kind": LIMIT_KIND.number[kind]}
        if id is not None:
            row = self._session.one(f"{prefix}_by_id", {**values, "id": id.bytes})
        else:
            row = self._session.one(f"{prefix}_by_name", {**values, "name": name})
        return None if row is None else _limit(row)

    def named(self, kind: LimitKind, names: Sequence[str]) -> tuple[Limit, ...]:
        return self._several("limits_named", "names", names, {"kind": LIMIT_KIND.number[kind]})

    def numbered(self, numbers: Sequence[int]) -> tuple[Limit, ...]:
        return self._several("limits_numbered", "numbers", numbers, {})

    def _several(
        self, name: str, part: str, wanted: Sequence[Any], more: dict[str, Any]
    ) -> tuple[Limit, ...]:
        if not wanted:
            return ()
        dialect = self._session.dialect
        values = {f"p{index}": each for index, each in enumerate(wanted)}
        listed = ", ".join(dialect.named % each for each in values)
        text = statements.fill(statements.load(dialect.name)[name], {part: listed})
        return tuple(map(_limit, self._session.ask(text, {**values, **more})))

    def listed(self, kind: LimitKind, limit: int, offset: int) -> tuple[Limit, ...]:
        values = {"kind": LIMIT_KIND.number[kind], "limit": limit, "offset": offset}
        return tuple(map(_limit, self._session.all("limits", values)))

    def names(self, kind: LimitKind) -> tuple[str, ...]:
        rows = self._session.all("limit_names", {"kind": LIMIT_KIND.number[kind]})
        return tuple(row[0] for row in rows)

    # Holds --------------------------------------------------------------------------------

    def hold(
        self,
        no: int,
        lease: UUID,
        slots: int,
        now: int,
        ends: int,
        process: str | None,
        holder: UUID | None,
    ) -> None:
        values = {
            "limit_no": no,
            "lease": lease.bytes,
            "slots": slots,
            "now": now,
            "ends": ends,
            "process": process,
            "holder": id_bytes(holder),
        }
        self._session.run("hold_slots", values)

    def held(self, no: int) -> int:
        row = self._session.one("held_slots", {"limit_no": no})
        return int(row[0]) if row is not None else 0

    def holds(self, no: int) -> tuple[Hold, ...]:
        rows = self._session.all("holds_of_limit", {"limit_no": no})
        return tuple(
            Hold(uuid_of_bytes(lease), slots, ends, process, id_of(holder))
            for lease, slots, ends, process, holder in rows
        )

    def is_held(self, lease: UUID) -> bool:
        return self._session.one("is_held", {"lease": lease.bytes}) is not None

    def of_lease(self, lease: UUID) -> tuple[int, ...]:
        rows = self._session.all("limits_of_lease", {"lease": lease.bytes})
        return tuple(row[0] for row in rows)

    def renew(self, lease: UUID, ends: int) -> bool:
        return self._session.run("renew_hold", {"lease": lease.bytes, "ends": ends}) > 0

    def drop(self, lease: UUID, no: int | None = None) -> None:
        if no is None:
            self._session.run("drop_lease", {"lease": lease.bytes})
        else:
            self._session.run("drop_hold", {"lease": lease.bytes, "limit_no": no})

    def drop_all(self, no: int) -> None:
        self._session.run("drop_holds", {"limit_no": no})

    # Waiters ------------------------------------------------------------------------------

    def wait(self, no: int, lease: UUID, ends: int, process: str | None, address: str) -> None:
        values = {
            "limit_no": no,
            "lease": lease.bytes,
            "ends": ends,
            "process": process,
            "address": address,
        }
        self._session.run("wait_for_slots", values)

    def waiters(self, no: int) -> tuple[Waiter, ...]:
        rows = self._session.all("waits_of_limit", {"limit_no": no})
        return tuple(
            Waiter(uuid_of_bytes(lease), ends, process, address)
            for lease, ends, process, address in rows
        )

    def leave(self, lease: UUID) -> None:
        self._session.run("leave_queue", {"lease": lease.bytes})


def _limit(row: Row) -> Limit:
    no, id, kind, name, slots, active, decay, used, used_at, created, updated = row
    return Limit(
        no=no,
        id=uuid_of_bytes(id),
        kind=LIMIT_KIND.member[kind],
        name=name,
        slots=slots,
        active=bool(active),
        decay=decay,
        used=used,
        used_at=used_at,
        created=created,
        updated=updated,
    )
