"""Runs of saved flows: inputs judged, files kept and the run registered, all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from signoff.core.shared.nesting import Clash, nested
from signoff.model.errors import InvalidRequest
from signoff.model.files import KeepFile
from signoff.model.forms import FieldError, Form, Json
from signoff.model.replies import RunHandle
from signoff.model.starting import ReadTrigger, StartFlow
from signoff.service import deployments, sealing
from signoff.service.files import kept
from signoff.service.saved_flows import present
from signoff.service.table import Handlers
from signoff.service.unit import Unit


def start_flow(unit: Unit, request: StartFlow) -> RunHandle:
    row = present(unit, request.namespace, request.flow)
    deployment = deployments.found(unit, row.deployment_id)
    deployments.check_enabled(deployment)
    if request.texts:
        raise InvalidRequest("Texts are read by a server; give each input its value.")
    run_id = request.run_id or unit.means.new_id()
    known = unit.tx.lock_run(run_id)
    if known is not None:
        # The same id is the same request: its files are kept already.
        return unit.handle(known, created=True)
    sealing.refuse_sealed(request.inputs)
    given = {**request.inputs, **_kept(unit, request, run_id)}
    try:
        inputs = nested(given)
    except Clash as clash:
        raise InvalidRequest(
            f"Field `inputs.{clash.name}`: {clash}.",
            {"errors": [{"field": f"inputs.{clash.name}", "message": str(clash)}]},
        ) from None
    _judge(unit, deployment.full_name, deployment.parameter_openapi_schema, inputs)
    wanted = deployments.Wanted(
        run_id=run_id,
        name=request.name,
        parameters=inputs,
        tags=request.tags,
        idempotency_key=request.idempotency_key,
    )
    at = unit.now if request.scheduled is None else request.scheduled
    handle = deployments.make_run(unit, deployment, wanted, at)
    if request.trigger is not None and handle.run_id == run_id:
        unit.tx.saved_flows.started_by(handle.run_id, request.trigger)
    return handle


def _kept(unit: Unit, request: StartFlow, run_id: UUID) -> dict[str, Json]:
    """The uploads by input: what a task gets is the address of a file."""
    addresses: dict[str, Json] = {}
    for upload in request.files:
        file = KeepFile(request.namespace, request.flow, upload.file, run_id)
        addresses[upload.input] = kept(unit, file)
    return addresses


def _judge(unit: Unit, called: str, schema: Mapping[str, Any], inputs: Mapping[str, Json]) -> None:
    if not schema:
        return
    errors = unit.means.forms.errors(Form(schema), dict(inputs))
    if errors:
        said = "; ".join(str(error) for error in errors)
        raise InvalidRequest(
            f"Inputs do not fit flow {called}: {said}.",
            {"errors": [_named(error) for error in errors]},
        )


def _named(error: FieldError) -> dict[str, Json]:
    return {"field": ".".join(("inputs", *map(str, error.path))), "message": error.message}


def read_trigger(unit: Unit, query: ReadTrigger) -> Mapping[str, Json] | None:
    return unit.tx.saved_flows.what_started(query.run_id)


HANDLERS: Handlers = {StartFlow: start_flow, ReadTrigger: read_trigger}
