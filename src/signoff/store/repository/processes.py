"""Processes, their leases, and the runs that need one.

Owns the columns of `processes`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from signoff.core.ports import Owner
from signoff.core.waiting import MAX_HOPEFUL_ENTRIES
from signoff.model.ids import uuid_of_bytes
from signoff.model.journal import DOCUMENTS, Process
from signoff.store import statements
from signoff.store.codes import LIVENESS
from signoff.store.repository.lookups import Lookups
from signoff.store.session import Row

if TYPE_CHECKING:
    from signoff.model.claims import Scope


class ProcessRows(Lookups):
    """Part of a transaction: see `core.ports.Tx` for what each method promises."""

    def put_process(self, process: Process, lease_until: int | None, now: int) -> None:
        values = {
            "id": process.id,
            "host": process.host,
            "pid": process.pid,
            "os_user": process.user,
            "liveness": LIVENESS.number[process.liveness],
            "address": process.address,
            "lease_until": lease_until,
            "seen": now,
        }
        self._session.run("put_process", values)

    def renew_lease(self, process_id: str, until: int) -> bool:
        return self._session.run("renew_lease", {"id": process_id, "until": until}) == 1

    def process(self, process_id: str) -> Owner | None:
        row = self._session.one("process", {"id": process_id})
        return None if row is None else _owner(row, ())

    def delete_process(self, process_id: str) -> bool:
        return self._session.run("delete_process", {"id": process_id}) == 1

    def idle_processes(self, before: int, limit: int) -> tuple[Owner, ...]:
        rows = self._session.all("idle_processes", {"before": before, "limit": limit})
        return tuple(_owner(row, ()) for row in rows)

    def owned_by(self, process_id: str) -> tuple[UUID, ...]:
        rows = self._session.all("owned_by", {"owner": process_id})
        return tuple(uuid_of_bytes(row[0]) for row in rows)

    def owners(self) -> tuple[Owner, ...]:
        runs: dict[str, list[UUID]] = {}
        rows: dict[str, Row] = {}
        for *row, run_id in self._session.all("owners", {}):
            rows[row[0]] = tuple(row)
            runs.setdefault(row[0], []).append(uuid_of_bytes(run_id))
        return tuple(_owner(rows[name], tuple(owned)) for name, owned in runs.items())

    def owners_of(self, run_ids: Sequence[UUID]) -> Mapping[UUID, Owner]:
        rows = self.rows_of("owners_of", run_ids)
        return {uuid_of_bytes(run_id): _owner(tuple(row), ()) for run_id, *row in rows}

    def with_untaken(self, limit: int) -> tuple[UUID, ...]:
        given = {"limit": limit, "hopeful": MAX_HOPEFUL_ENTRIES}
        rows = self._session.all("with_untaken", given)
        return tuple(uuid_of_bytes(row[0]) for row in rows)

    def crowded_deployments(self) -> tuple[UUID, ...]:
        return tuple(uuid_of_bytes(row[0]) for row in self._session.all("crowded_deployments", {}))

    def to_enter(self, now: int, limit: int) -> tuple[UUID, ...]:
        rows = self._session.all("to_enter", {"now": now, "limit": limit})
        return tuple(uuid_of_bytes(row[0]) for row in rows)

    # Claiming -----------------------------------------------------------------------------

    def due_runs(self, scope: Scope, now: int, limit: int) -> tuple[UUID, ...]:
        text, values = self._scoped("due_runs", scope)
        rows = self._session.ask(text, {**values, "now": now, "limit": limit})
        return tuple(uuid_of_bytes(row[0]) for row in rows)

    def next_due_run(self, scope: Scope, now: int) -> int | None:
        text, values = self._scoped("next_due_run", scope)
        rows = self._session.ask(text, {**values, "now": now})
        return rows[0][0] if rows else None

    def _scoped(self, name: str, scope: Scope) -> tuple[str, dict[str, Any]]:
        """A statement about the runs of a scope, with the values of the scope."""
        texts = statements.load(self._session.dialect.name)
        values: dict[str, Any] = {}
        several: Sequence[Any] = ()
        if scope.pool is not None:
            part, values, several = "scope_pool", {"pool": scope.pool}, scope.queues
            part = "scope_queues" if scope.queues else part
        elif scope.deployments:
            part, several = "scope_deployments", [each.bytes for each in scope.deployments]
        else:
            part = "scope_local"
            values = {"host": scope.host, "os_user": scope.user, "documents": DOCUMENTS}
        listed = {f"s{index}": each for index, each in enumerate(several)}
        names = ", ".join(self._session.dialect.named % each for each in listed)
        condition = statements.fill(texts[part], {"ids": names})
        order = f"{texts['order_of_queues']} " if scope.pool is not None else ""
        parts = {"scope": condition, "order": order, "has_place": texts["has_place"]}
        filled = statements.fill(texts[name], parts)
        return filled, {**values, **listed}


def _owner(row: Row, runs: tuple[UUID, ...]) -> Owner:
    process_id, host, pid, user, liveness, address, lease_until = row
    process = Process(process_id, host, pid, user, LIVENESS.member[liveness], address)
    return Owner(process, lease_until, runs)
