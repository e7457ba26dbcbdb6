"""Saved flows, their revisions and triggers. Owns their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from signoff.core.saved_flow_ports import FlowRow, TriggerRow
from signoff.model.actors import Actor
from signoff.model.forms import Json
from signoff.model.ids import uuid_of_bytes
from signoff.model.saved_flows import FlowRevision, TriggerFacts, TriggerKind
from signoff.store.codes import dump, load
from signoff.store.repository.lookups import Lookups
from signoff.store.session import Row, Session


class SavedFlowRows:
    """See `core.saved_flow_ports.SavedFlows` for what each method promises.

    Args:
        session: the connection, inside a transaction.
        lookups: numbers of actors and runs.
    """

    def __init__(self, session: Session, lookups: Lookups) -> None:
        self._session = session
        self._lookups = lookups

    # Flows and revisions ------------------------------------------------------------------

    def get(self, namespace: str, flow: str, lock: bool = False) -> FlowRow | None:
        name = "lock_saved_flow" if lock else "saved_flow"
        row = self._session.one(name, {"namespace": namespace, "flow": flow})
        return None if row is None else _flow(row)

    def put(self, row: FlowRow) -> None:
        self._session.run(
            "put_saved_flow",
            {
                "namespace": row.namespace,
                "flow": row.flow,
                "created": row.created,
                "updated": row.updated,
                "revision": row.revision,
                "disabled": int(row.disabled),
                "deleted": int(row.deleted),
                "deployment": row.deployment_id.bytes,
                "body": dump(dict(row.facts)),
            },
        )

    def listed(self, namespace: str | None, limit: int, offset: int) -> tuple[FlowRow, ...]:
        within = namespace or ""
        beginning = f"{within}."
        values = {
            "namespace": within,
            "beginning": beginning,
            "length": len(beginning),
            "limit": limit,
            "offset": offset,
        }
        return tuple(map(_flow, self._session.all("saved_flows", values)))

    def add_revision(self, row: FlowRow, digest: str, by: Actor, now: int) -> None:
        self._session.run(
            "add_revision",
            {
                "namespace": row.namespace,
                "flow": row.flow,
                "revision": row.revision,
                "at": now,
                "actor": self._lookups.actor_number(by),
                "digest": digest,
            },
        )

    def revisions(
        self, namespace: str, flow: str, limit: int, offset: int
    ) -> tuple[FlowRevision, ...]:
        values = {"namespace": namespace, "flow": flow, "limit": limit, "offset": offset}
        rows = self._session.all("revisions", values)
        return tuple(self._revision(namespace, flow, row) for row in rows)

    def revision(self, namespace: str, flow: str, revision: int) -> FlowRevision | None:
        values = {"namespace": namespace, "flow": flow, "revision": revision}
        row = self._session.one("revision", values)
        return None if row is None else self._revision(namespace, flow, row)

    def _revision(self, namespace: str, flow: str, row: Row) -> FlowRevision:
        revision, digest, number, at = row
        actor = self._lookups.actor(number)
        return FlowRevision(namespace, flow, revision, digest, actor.name, actor.via.value, at)

    # Triggers -----------------------------------------------------------------------------

    def put_triggers(
        self, namespace: str, flow: str, triggers: Sequence[TriggerFacts], since: int
    ) -> None:
        known = {each.facts.id: each.facts for each in self.triggers(namespace, flow)}
        wanted = {each.id: each for each in triggers}
        for id, facts in known.items():
            if wanted.get(id) != facts:
                values = {"namespace": namespace, "flow": flow, "trigger": id}
                self._session.run("remove_trigger", values)
        for id, facts in wanted.items():
            if known.get(id) != facts:
                self._add(namespace, flow, facts, since)

    def _add(self, namespace: str, flow: str, facts: TriggerFacts, since: int) -> None:
        self._session.run(
            "put_trigger",
            {
                "namespace": namespace,
                "flow": flow,
                "trigger": facts.id,
                "since": since,
                "kind": facts.kind.value,
                "body": dump(
                    {
                        "id": facts.id,
                        "kind": facts.kind.value,
                        "disabled": facts.disabled,
                        "when": list(facts.when),
                        "inputs": dict(facts.inputs),
                        "properties": dict(facts.properties),
                    }
                ),
            },
        )

    def triggers(self, namespace: str, flow: str) -> tuple[TriggerRow, ...]:
        values = {"namespace": namespace, "flow": flow}
        return tuple(map(_trigger, self._session.all("triggers_of_flow", values)))

    def triggers_of_kind(self, kind: TriggerKind) -> tuple[TriggerRow, ...]:
        found = map(_trigger, self._session.all("triggers_of_kind", {"kind": kind.value}))
        return tuple(each for each in found if not each.facts.disabled)

    def remember(self, trigger: TriggerRow, state: Mapping[str, Json]) -> None:
        self._session.run(
            "remember_trigger",
            {
                "namespace": trigger.namespace,
                "flow": trigger.flow,
                "trigger": trigger.facts.id,
                "state": dump(dict(state)),
            },
        )

    def cursor(self, name: str, lock: bool = False) -> int | None:
        row = self._session.one("lock_cursor" if lock else "cursor", {"name": name})
        return None if row is None else row[0]

    def move_cursor(self, name: str, seq: int) -> None:
        self._session.run("move_cursor", {"name": name, "seq": seq})

    def newest_event(self) -> int:
        row = self._session.one("newest_event", {})
        return 0 if row is None else row[0]

    # Runs ---------------------------------------------------------------------------------

    def started_by(self, run_id: UUID, trigger: Mapping[str, Json]) -> None:
        values = {"run": self._lookups.number(run_id), "body": dump(dict(trigger))}
        self._session.run("put_run_trigger", values)

    def what_started(self, run_id: UUID) -> Mapping[str, Json] | None:
        row = self._session.one("run_trigger", {"id": run_id.bytes})
        found: Mapping[str, Json] | None = None if row is None else load(row[0])
        return found


def _flow(row: Row) -> FlowRow:
    namespace, flow, revision, deployment, disabled, deleted, created, updated, body = row
    return FlowRow(
        namespace=namespace,
        flow=flow,
        revision=revision,
        deployment_id=uuid_of_bytes(deployment),
        disabled=bool(disabled),
        deleted=bool(deleted),
        created=created,
        updated=updated,
        facts=load(body),
    )


def _trigger(row: Row) -> TriggerRow:
    namespace, flow, since, body, state = row
    told: dict[str, Any] = load(body)
    facts = TriggerFacts(
        id=told["id"],
        kind=TriggerKind(told["kind"]),
        disabled=told["disabled"],
        when=tuple(told["when"]),
        inputs=told["inputs"],
        properties=told["properties"],
    )
    return TriggerRow(namespace, flow, facts, since, load(state))
