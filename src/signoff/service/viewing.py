"""Waits as people see them, and under their documented names in the input API.

Owns what a face is told of a wait: secrets masked, refusals beside their fields. Must not know how
it is shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from signoff.core.ports import RunFacts
from signoff.model.forms import Form, Json
from signoff.model.replies import InboxItem, ResponseView, WaitView
from signoff.model.views import FlowRunInput
from signoff.model.waits import Wait, WaitStatus
from signoff.service import refusals
from signoff.service.unit import Unit


def wait_view(unit: Unit, run_id: UUID, facts: RunFacts, wait: Wait, alive: bool) -> WaitView:
    """A wait with its form, its answer and everything that was answered before."""
    forms = unit.means.forms
    sheet = forms.get(unit.tx, wait.form) if wait.form is not None else None
    item = InboxItem(
        run_id=run_id,
        run_name=facts.name,
        flow_name=facts.flow_name,
        key=wait.key,
        kind=wait.kind,
        title=wait.title,
        opened_at=wait.opened_at,
        deadline=wait.deadline,
        on_deadline=wait.on_deadline,
        alive=alive,
        has_form=sheet is not None,
        number=wait.number,
    )
    responses = tuple(
        ResponseView(each.at, each.by, each.answer, each.refused)
        for each in unit.tx.responses(wait.id)
    )
    return WaitView(
        item=item,
        status=wait.status,
        form=forms.shown(sheet) if sheet is not None else None,
        message=refusals.text(wait.message),
        errors=refusals.errors(wait.message),
        answer=forms.mask(sheet, wait.answer) if sheet is not None else wait.answer,
        answered_by=wait.answered_by,
        closed_at=wait.closed_at,
        responses=responses,
    )


def inputs_of(unit: Unit, run_id: UUID, wait: Wait, base: str) -> Iterator[FlowRunInput]:
    """The documented inputs of a wait: derived, so that form and answer are stored once."""
    if wait.form is None:
        return
    forms = unit.means.forms
    sheet = forms.get(unit.tx, wait.form)
    form = forms.shown(sheet)
    opened = _moment(wait.opened_at)
    schema = json.dumps(_documented_schema(form))
    yield FlowRunInput(flow_run_id=run_id, key=f"{base}-schema", value=schema, created=opened)
    if form.description:
        text = json.dumps(form.description)
        yield FlowRunInput(
            flow_run_id=run_id, key=f"{base}-description", value=text, created=opened
        )
    if wait.status is WaitStatus.ANSWERED and wait.answer is not None:
        answer = json.dumps(forms.mask(sheet, wait.answer))
        closed = _moment(wait.closed_at or wait.opened_at)
        yield FlowRunInput(flow_run_id=run_id, key=f"{base}-response", value=answer, created=closed)


def _documented_schema(form: Form) -> dict[str, Json]:
    """The schema as documented: a prefilled field has a default and need not be given."""
    schema = dict(form.schema)
    if not form.initial:
        return schema
    properties = dict(schema.get("properties", {}))
    for name, value in form.initial.items():
        properties[name] = {**properties.get(name, {}), "default": value}
    schema["properties"] = properties
    required = [name for name in schema.get("required", ()) if name not in form.initial]
    if required:
        schema["required"] = required
    else:
        schema.pop("required", None)
    return schema


def _moment(us: int) -> datetime:
    return datetime.fromtimestamp(us / 1_000_000, UTC)
