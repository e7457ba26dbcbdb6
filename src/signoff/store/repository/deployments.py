"""Deployments and their schedules, and the runs that are due by them.

Owns their columns. Loaded with the first deployment only: the views are Pydantic models.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from signoff.model.collisions import ConcurrencyLimitStrategy
from signoff.model.deploying import CountDeployments, ReadDeployments
from signoff.model.deployments import ConcurrencyOptions, DeploymentResponse
from signoff.model.filters import DeploymentFilter, DeploymentFilterId
from signoff.model.ids import uuid_of_bytes
from signoff.model.journal import EntryRecord
from signoff.model.schedules import DeploymentSchedule
from signoff.store import statements
from signoff.store.codes import COLLISION, clean, clean_some, dump, load, tags_of, tags_text
from signoff.store.filtering import DEPLOYMENT_ORDER, Conditions
from signoff.store.repository.lookups import Lookups
from signoff.store.session import Row, Session

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_IN_BODY = (
    "version",
    "description",
    "labels",
    "parameters",
    "parameter_openapi_schema",
    "enforce_parameter_schema",
    "job_variables",
    "entrypoint",
    "path",
    "pull_steps",
)
"""Fields of a deployment that nobody searches by."""


class DeploymentRows:
    """See `core.deployment_ports.DeploymentTable` for what each method promises."""

    def __init__(self, session: Session, lookups: Lookups) -> None:
        self._session = session
        self._lookups = lookups

    # Deployments --------------------------------------------------------------------------

    def get(self, deployment_id: UUID) -> DeploymentResponse | None:
        wanted = DeploymentFilter(id=DeploymentFilterId(any_=[deployment_id]))
        found = self.find(ReadDeployments(wanted, limit=1))
        return found[0] if found else None

    def named(self, flow_name: str, name: str) -> UUID | None:
        row = self._session.one("deployment_named", {"flow": flow_name, "name": clean(name)})
        return None if row is None else uuid_of_bytes(row[0])

    def lock(self, deployment_id: UUID) -> bool:
        return self._session.one("lock_deployment", {"id": deployment_id.bytes}) is not None

    def entry_record(self, deployment_id: UUID) -> EntryRecord | None:
        row = self._session.one("deployment_entry", {"id": deployment_id.bytes})
        return None if row is None else self._lookups.entry_record(row[0])

    def find(self, query: ReadDeployments) -> tuple[DeploymentResponse, ...]:
        conditions, where = self._where(query)
        text = self._statement("deployments", where, DEPLOYMENT_ORDER[query.sort])
        page = {"limit": query.limit, "offset": query.offset}
        rows = self._session.ask(text, {**conditions.values, **page})
        schedules = self._schedules([uuid_of_bytes(row[0]) for row in rows])
        return tuple(_deployment(row, schedules.get(row[0], [])) for row in rows)

    def count(self, query: CountDeployments) -> int:
        conditions, where = self._where(query)
        text = self._statement("count_deployments", where)
        number: int = self._session.ask(text, conditions.values)[0][0]
        return number

    def insert(self, deployment: DeploymentResponse, entry_record: EntryRecord | None) -> bool:
        values = {
            **self._values(deployment, entry_record),
            "created": _some_microseconds(deployment.created),
            "flow": self._lookups.flow_number(deployment.flow_id),
            "name": clean(deployment.name),
        }
        return self._session.run("insert_deployment", values) == 1

    def save(self, deployment: DeploymentResponse, entry_record: EntryRecord | None) -> None:
        self._session.run("save_deployment", self._values(deployment, entry_record))

    def delete(self, deployment_id: UUID) -> None:
        self._session.run("delete_deployment_schedules", {"deployment": deployment_id.bytes})
        self._session.run("delete_deployment", {"id": deployment_id.bytes})

    def _values(
        self, deployment: DeploymentResponse, entry_record: EntryRecord | None
    ) -> dict[str, Any]:
        record = None if entry_record is None else self._lookups.put_entry_record(entry_record)
        return {
            "id": deployment.id.bytes,
            "updated": _some_microseconds(deployment.updated),
            "concurrency_limit": deployment.concurrency_limit,
            "collision": COLLISION.number[deployment.collision_strategy],
            "holds": int(deployment.holds),
            "paused": int(deployment.paused),
            "pool": clean_some(deployment.work_pool_name),
            "queue": clean_some(deployment.work_queue_name),
            "tags": tags_text(deployment.tags),
            "body": dump(deployment.model_dump(mode="json", include=set(_IN_BODY))),
            "entry_record": record,
        }

    def _where(self, query: ReadDeployments | CountDeployments) -> tuple[Conditions, str]:
        conditions = Conditions(self._session.dialect)
        parts = (conditions.deployments(query.deployments), conditions.flows(query.flows))
        return conditions, " AND ".join(f"({part})" for part in parts)

    def _statement(self, name: str, where: str, order: str = "") -> str:
        text = statements.load(self._session.dialect.name)[name]
        return statements.fill(text, {"where": where, "order": order})

    # Schedules ----------------------------------------------------------------------------

    def _schedules(self, ids: Sequence[UUID]) -> dict[bytes, list[DeploymentSchedule]]:
        found: dict[bytes, list[DeploymentSchedule]] = {}
        for row in self._lookups.rows_of("schedules_of", ids):
            found.setdefault(row[0], []).append(_schedule(row))
        return found

    def schedules(self, deployment_id: UUID) -> tuple[DeploymentSchedule, ...]:
        return tuple(self._schedules([deployment_id]).get(deployment_id.bytes, ()))

    def put_schedule(self, schedule: DeploymentSchedule, due: int | None, fresh: bool) -> bool:
        values = {
            "id": schedule.id.bytes,
            "updated": _some_microseconds(schedule.updated),
            "due": due,
            "active": int(schedule.active),
            "slug": clean_some(schedule.slug),
            "body": dump(
                schedule.model_dump(
                    mode="json",
                    include={"schedule", "parameters", "catchup", "max_scheduled_runs"},
                )
            ),
        }
        if not fresh:
            return self._session.run("save_schedule", values) == 1
        assert schedule.deployment_id is not None
        whose = {"deployment": schedule.deployment_id.bytes}
        created = {"created": _some_microseconds(schedule.created)}
        return self._session.run("insert_schedule", {**values, **whose, **created}) == 1

    def delete_schedule(self, schedule_id: UUID) -> None:
        self._session.run("delete_schedule", {"id": schedule_id.bytes})

    def due_schedules(
        self, now: int, limit: int
    ) -> tuple[tuple[DeploymentSchedule, int | None], ...]:
        rows = self._session.all("due_schedules", {"now": now, "limit": limit})
        return tuple((_schedule(row), row[7]) for row in rows)

    def schedule_done(self, schedule_id: UUID, due: int | None, made: int | None) -> None:
        self._session.run("schedule_done", {"id": schedule_id.bytes, "due": due, "made": made})

    # Places ------------------------------------------------------------------------------

    def limit(self, deployment_id: UUID) -> tuple[int, ConcurrencyLimitStrategy, bool] | None:
        row = self._session.one("deployment_limit", {"id": deployment_id.bytes})
        if row is None or row[0] is None:
            return None
        return row[0], COLLISION.member[row[1]], bool(row[2])

    def places_taken(self, deployment_id: UUID, but: UUID, kept: bool = False) -> int:
        values = {"deployment": deployment_id.bytes, "but": but.bytes}
        row = self._session.one("places_kept" if kept else "places_taken", values)
        return 0 if row is None else int(row[0])

    def queued_runs(self, deployment_id: UUID) -> tuple[UUID, ...]:
        rows = self._session.all("queued_runs", {"deployment": deployment_id.bytes})
        return tuple(uuid_of_bytes(row[0]) for row in rows)

    # Runs that are due --------------------------------------------------------------------

    def runs_ahead(
        self, deployment_id: UUID, schedule_id: UUID | None, now: int
    ) -> tuple[UUID, ...]:
        values = {
            "deployment": deployment_id.bytes,
            "schedule": None if schedule_id is None else schedule_id.bytes,
            "now": now,
        }
        return tuple(uuid_of_bytes(row[0]) for row in self._session.all("runs_ahead", values))

    def not_started(self, before: int, limit: int) -> tuple[UUID, ...]:
        values = {"before": before, "limit": limit}
        rows = [
            *self._session.all("not_started", values),
            *self._session.all("not_resumed", values),
        ]
        return tuple(uuid_of_bytes(row[0]) for row in rows)

    def next_due(self, late_after: int) -> int | None:
        schedule = self._session.one("next_schedule", {})
        moments = [None if schedule is None else schedule[0]]
        for statement in ("next_start", "next_resume"):
            row = self._session.one(statement, {})
            moments.append(None if row is None or row[0] is None else row[0] + late_after)
        return min((each for each in moments if each is not None), default=None)


def _deployment(row: Row, schedules: list[DeploymentSchedule]) -> DeploymentResponse:
    deployment_id, name, flow_id, flow_name, created, updated, limit, collision, paused = row[:9]
    pool, queue, tags, body, holds = row[9:]
    strategy = COLLISION.member[collision]
    options = ConcurrencyOptions(collision_strategy=strategy, hold_while_waiting=bool(holds))
    limited = None if limit is None else options
    return DeploymentResponse(
        id=uuid_of_bytes(deployment_id),
        name=name,
        flow_id=uuid_of_bytes(flow_id),
        flow_name=flow_name,
        created=_moment(created),
        updated=_moment(updated),
        tags=list(tags_of(tags)),
        paused=bool(paused),
        schedules=schedules,
        concurrency_limit=limit,
        concurrency_options=limited,
        work_pool_name=pool,
        work_queue_name=queue,
        **load(body),
    )


def _schedule(row: Row) -> DeploymentSchedule:
    deployment, schedule_id, created, updated, active, slug, body = row[:7]
    return DeploymentSchedule(
        id=uuid_of_bytes(schedule_id),
        deployment_id=uuid_of_bytes(deployment),
        created=_moment(created),
        updated=_moment(updated),
        active=bool(active),
        slug=slug,
        **load(body),
    )


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _some_microseconds(moment: datetime | None) -> int:
    return 0 if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)
