"""Saved flows: saving documents as revisions, and the deployment that each flow keeps.

Owns that a revision, its deployment, schedules and triggers change together. Must not know the
language of documents: what a document says comes with the request.
"""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import Any

from signoff.core.saved_flow_ports import FlowRow
from signoff.model import saved_flows as s
from signoff.model.deploying import CreateDeployment, DeleteDeployment, UpdateDeployment
from signoff.model.deployments import (
    ConcurrencyOptions,
    DeploymentCreate,
    DeploymentResponse,
    DeploymentUpdate,
)
from signoff.model.errors import InvalidRequest, ObjectAlreadyExists, ObjectNotFound
from signoff.model.forms import Json
from signoff.model.replies import Done
from signoff.service import deployments
from signoff.service.deployments import DISABLED
from signoff.service.documents import kept
from signoff.service.paging import paged
from signoff.service.table import Handlers
from signoff.service.unit import Unit

MASK = "********"
_HIDDEN = ("key",)
"""Properties of triggers that only those who know them may use."""


def flow_name(namespace: str, flow: str) -> str:
    """The name under which runs of a saved flow are listed."""
    return f"{namespace}.{flow}"


def present(unit: Unit, namespace: str, flow: str, lock: bool = False) -> FlowRow:
    """A flow that is not deleted.

    Raises:
        ObjectNotFound: there is none.
    """
    row = unit.tx.saved_flows.get(namespace, flow, lock)
    if row is None or row.deleted:
        raise ObjectNotFound(
            f"There is no flow {flow!r} in namespace {namespace!r}. `signoff flow ls` lists those "
            "there are."
        )
    return row


# Saving ------------------------------------------------------------------------------------


def save_flow(unit: Unit, request: s.SaveFlow) -> s.SavedFlow:
    facts = request.facts
    if facts is None:
        raise InvalidRequest(
            "A document is saved with what it says; read it with `signoff.yamlflow` first, or send "
            "it to a server."
        )
    flows = unit.tx.saved_flows
    digest = kept(unit, request.source)
    known = flows.get(facts.namespace, facts.flow, lock=True)
    newest = _newest(unit, known)
    if request.revision is not None and request.revision != (newest.revision if newest else 0):
        raise ObjectAlreadyExists(
            f"Flow {facts.namespace}/{facts.flow} has revision "
            f"{newest.revision if newest else 0} meanwhile, not {request.revision}; read it, and "
            "save over that one."
        )
    changed = known is None or known.deleted or newest is None or newest.digest != digest
    revision = 1 if newest is None else newest.revision + int(changed)
    disabled = facts.disabled if changed or known is None else known.disabled
    deployment = _deploy(unit, facts, request.work_pool, revision, disabled)
    row = FlowRow(
        namespace=facts.namespace,
        flow=facts.flow,
        revision=revision,
        deployment_id=deployment.id,
        disabled=disabled,
        deleted=False,
        created=unit.now if known is None else known.created,
        updated=unit.now if changed or known is None else known.updated,
        facts=_told(facts),
    )
    flows.put(row)
    if changed:
        flows.add_revision(row, digest, unit.actor, unit.now)
    flows.put_triggers(row.namespace, row.flow, facts.triggers, flows.newest_event())
    unit.wrote = True
    return replace(_shown(unit, row, deployment), changed=changed)


def _newest(unit: Unit, known: FlowRow | None) -> s.FlowRevision | None:
    if known is None:
        return None
    return unit.tx.saved_flows.revision(known.namespace, known.flow, known.revision)


def _told(facts: s.FlowFacts) -> dict[str, Json]:
    return {
        "description": facts.description,
        "tags": list(facts.tags),
        "variables": dict(facts.variables),
        "warnings": list(facts.warnings),
        "triggers": [f"{each.kind.value} {each.id}" for each in facts.triggers],
    }


def _deploy(
    unit: Unit, facts: s.FlowFacts, work_pool: str | None, revision: int, disabled: bool
) -> DeploymentResponse:
    """Make or change the deployment of the flow."""
    labels: dict[str, Any] = {s.SAVED: f"{facts.namespace}/{facts.flow}"}
    if disabled:
        labels[DISABLED] = True
    limit = facts.concurrency_limit
    fields: dict[str, Any] = {
        "name": facts.flow,
        "flow_name": flow_name(facts.namespace, facts.flow),
        "version": str(revision),
        "description": facts.description,
        "tags": list(facts.tags),
        "labels": labels,
        "parameter_openapi_schema": dict(facts.parameter_schema),
        "enforce_parameter_schema": True,
        "schedules": list(facts.schedules),
        "concurrency_limit": limit,
        "concurrency_options": ConcurrencyOptions(collision_strategy=facts.collision_strategy),
    }
    if work_pool is not None:
        fields["work_pool_name"] = work_pool or None
    paused = _paused(unit, fields["flow_name"], facts.flow, disabled)
    if paused is not None:
        fields["paused"] = paused
    asked = DeploymentCreate.model_validate(fields)
    return deployments.create_deployment(unit, CreateDeployment(asked, facts.entry_record))


def _paused(unit: Unit, name: str, flow: str, disabled: bool) -> bool | None:
    """Whether schedules stand still; None to leave that as somebody has set it."""
    if disabled:
        return True
    known = unit.tx.deployments.named(name, flow)
    if known is None:
        return None
    deployment = deployments.found(unit, known)
    return False if deployment.labels.get(DISABLED) else None


def delete_flow(unit: Unit, request: s.DeleteSavedFlow) -> Done:
    row = present(unit, request.namespace, request.flow, lock=True)
    unit.wrote = True
    unit.tx.saved_flows.put_triggers(row.namespace, row.flow, (), 0)
    unit.tx.saved_flows.put(replace(row, deleted=True, updated=unit.now))
    if unit.tx.deployments.get(row.deployment_id) is not None:
        deployments.delete_deployment(unit, DeleteDeployment(row.deployment_id))
    return Done()


def enable_flow(unit: Unit, request: s.EnableFlow) -> Done:
    return _switch(unit, request.namespace, request.flow, disabled=False)


def disable_flow(unit: Unit, request: s.DisableFlow) -> Done:
    return _switch(unit, request.namespace, request.flow, disabled=True)


def _switch(unit: Unit, namespace: str, flow: str, disabled: bool) -> Done:
    row = present(unit, namespace, flow, lock=True)
    if row.disabled == disabled:
        return Done()
    unit.wrote = True
    unit.tx.saved_flows.put(replace(row, disabled=disabled, updated=unit.now))
    known = deployments.found(unit, row.deployment_id)
    labels = {name: value for name, value in known.labels.items() if name != DISABLED}
    if disabled:
        labels[DISABLED] = True
    changes = DeploymentUpdate(paused=disabled, labels=labels)
    deployments.update_deployment(unit, UpdateDeployment(row.deployment_id, changes))
    return Done()


# Reading -----------------------------------------------------------------------------------


def read_flow(unit: Unit, query: s.ReadSavedFlow) -> s.SavedFlow:
    row = present(unit, query.namespace, query.flow)
    shown = _shown(unit, row, unit.tx.deployments.get(row.deployment_id))
    source = unit.tx.documents.source(shown.latest.digest)
    return replace(shown, latest=replace(shown.latest, source=source))


def read_flows(unit: Unit, query: s.ReadSavedFlows) -> tuple[s.SavedFlow, ...]:
    paged(query.limit, query.offset)
    rows = unit.tx.saved_flows.listed(query.namespace, query.limit, query.offset)
    return tuple(_shown(unit, row, unit.tx.deployments.get(row.deployment_id)) for row in rows)


def read_revisions(unit: Unit, query: s.ReadRevisions) -> tuple[s.FlowRevision, ...]:
    paged(query.limit, query.offset)
    _known(unit, query.namespace, query.flow)
    return unit.tx.saved_flows.revisions(query.namespace, query.flow, query.limit, query.offset)


def read_revision(unit: Unit, query: s.ReadRevision) -> s.FlowRevision:
    return _revision(unit, _known(unit, query.namespace, query.flow), query.revision)


def read_difference(unit: Unit, query: s.ReadDifference) -> str:
    row = _known(unit, query.namespace, query.flow)
    second = row.revision if query.second is None else query.second
    first = max(second - 1, 1) if query.first is None else query.first
    before, after = (_revision(unit, row, each) for each in (first, second))
    lines = difflib.unified_diff(
        (before.source or "").splitlines(),
        (after.source or "").splitlines(),
        f"revision {first}",
        f"revision {second}",
        lineterm="",
    )
    return "".join(f"{line}\n" for line in lines)


def read_triggers(unit: Unit, query: s.ReadTriggers) -> tuple[s.TriggerFacts, ...]:
    row = present(unit, query.namespace, query.flow)
    found = unit.tx.saved_flows.triggers(row.namespace, row.flow)
    return tuple(_masked(each.facts) for each in found)


def read_webhook_key(unit: Unit, query: s.ReadWebhookKey) -> str:
    row = present(unit, query.namespace, query.flow)
    for each in unit.tx.saved_flows.triggers(row.namespace, row.flow):
        if each.facts.id == query.trigger and each.facts.kind is s.TriggerKind.WEBHOOK:
            return str(each.facts.properties["key"])
    raise ObjectNotFound(
        f"Flow {row.namespace}/{row.flow} has no webhook {query.trigger!r}; "
        f"`signoff flow show {row.namespace}/{row.flow}` lists its triggers."
    )


def _masked(trigger: s.TriggerFacts) -> s.TriggerFacts:
    properties = {
        name: MASK if name in _HIDDEN else value for name, value in trigger.properties.items()
    }
    return replace(trigger, properties=properties)


def _known(unit: Unit, namespace: str, flow: str) -> FlowRow:
    """A flow, also one that was deleted: its history stays."""
    row = unit.tx.saved_flows.get(namespace, flow)
    return present(unit, namespace, flow) if row is None else row


def _revision(unit: Unit, row: FlowRow, revision: int) -> s.FlowRevision:
    found = unit.tx.saved_flows.revision(row.namespace, row.flow, revision)
    if found is None:
        raise ObjectNotFound(
            f"Flow {row.namespace}/{row.flow} has no revision {revision}; they count from 1 to "
            f"{row.revision}."
        )
    return replace(found, source=unit.tx.documents.source(found.digest))


def _shown(unit: Unit, row: FlowRow, deployment: DeploymentResponse | None) -> s.SavedFlow:
    latest = unit.tx.saved_flows.revision(row.namespace, row.flow, row.revision)
    assert latest is not None, "a flow is stored with its revision"
    told: Any = row.facts
    return s.SavedFlow(
        latest=latest,
        deployment_id=row.deployment_id,
        disabled=row.disabled,
        created=row.created,
        updated=row.updated,
        description=told["description"],
        tags=tuple(told["tags"]),
        work_pool=None if deployment is None else deployment.work_pool_name,
        triggers=tuple(told["triggers"]),
        warnings=tuple(told["warnings"]),
    )


HANDLERS: Handlers = {
    s.SaveFlow: save_flow,
    s.DeleteSavedFlow: delete_flow,
    s.EnableFlow: enable_flow,
    s.DisableFlow: disable_flow,
    s.ReadSavedFlow: read_flow,
    s.ReadSavedFlows: read_flows,
    s.ReadRevisions: read_revisions,
    s.ReadRevision: read_revision,
    s.ReadDifference: read_difference,
    s.ReadTriggers: read_triggers,
    s.ReadWebhookKey: read_webhook_key,
}
