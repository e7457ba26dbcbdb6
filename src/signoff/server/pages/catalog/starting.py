"""Starting a run of a deployment with the form that its parameters make.

Owns what happens between the form and the run. It is the same form as that of a question, filled in
with the parameters of the deployment. The run of a saved flow is asked for as one, so that files
are kept and the defaults of its document worked out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from signoff.core.forms import fields, with_defaults
from signoff.core.forms.checking import check
from signoff.model.commands import Command
from signoff.model.deploying import CreateDeploymentRun
from signoff.model.deployments import DeploymentResponse
from signoff.model.errors import RequestRefused
from signoff.model.forms import FieldError, Form
from signoff.model.replies import RunHandle
from signoff.model.saved_flows import SAVED
from signoff.model.starting import StartFlow
from signoff.server.pages.decisions import Asked, begun, is_edit, keep_files, read_asked
from signoff.server.pages.forms.asking import outline
from signoff.server.pages.forms.controls import Sheet, lay_out
from signoff.server.pages.forms.drafts import Draft, read_pairs
from signoff.server.pages.forms.editing import edit
from signoff.server.pages.visits import Visit


def form_of(deployment: DeploymentResponse) -> Form | None:
    """The form of the parameters; None where there are none."""
    schema = deployment.parameter_openapi_schema
    return Form(schema, initial=deployment.parameters) if schema.get("properties") else None


def start_values(
    deployment: DeploymentResponse,
    asked: Asked | None = None,
    notice: str | None = None,
    run_id: UUID | None = None,
) -> Mapping[str, Any]:
    """What the template of the form shows.

    Args:
        deployment: what is started.
        asked: the form as it came back; as it begins when not given.
        notice: why no run was started.
        run_id: what the run will be called by; its files are kept under it.
    """
    shown = asked or begun(form_of(deployment))
    return {
        "asked": shown,
        "sheet": _sheet(shown),
        "decision": None,
        "request": run_id or uuid4(),
        "ask_name": False,
        "notice": notice,
    }


def _sheet(asked: Asked) -> Sheet:
    """The controls; unlike a question, a run is started by one button."""
    if asked.form is None:
        return Sheet(())
    shown = outline(asked.form, asked.draft)
    return lay_out(shown.root, asked.draft, asked.errors, unasked=shown.unasked)


async def start(visit: Visit, deployment: DeploymentResponse) -> UUID | Mapping[str, Any]:
    """Start a run with what was posted; what to show again where that is not possible."""
    form = form_of(deployment)
    # Made with the form, so that a form that is sent twice starts one run.
    run_id = _given_id(visit)
    asked = await _filled_in(visit, form, deployment, run_id)
    if is_edit(visit) or asked.errors:
        return start_values(deployment, asked, run_id=run_id)
    parameters = asked.answer if isinstance(asked.answer, Mapping) else {}
    try:
        handle = await visit.ask(_command(deployment, run_id, parameters))
    except RequestRefused as refused:
        errors = tuple(_of_fields(refused))
        notice = None if errors else str(refused)
        return start_values(deployment, replace(asked, errors=errors), notice, run_id)
    return handle.run_id


def _command(
    deployment: DeploymentResponse, run_id: UUID, values: Mapping[str, Any]
) -> Command[RunHandle]:
    saved = deployment.labels.get(SAVED)
    if isinstance(saved, str):
        namespace, _, flow = saved.partition("/")
        return StartFlow(namespace, flow, run_id, values)
    return CreateDeploymentRun(deployment.id, run_id, parameters=values)


def _of_fields(refused: RequestRefused) -> Iterator[FieldError]:
    """What a saved flow says about its inputs, field by field."""
    told: Any = refused.details.get("errors", ())
    for each in told:
        outer, _, path = str(each.get("field", "")).partition(".")
        if outer == "inputs" and path:
            yield FieldError(tuple(path.split(".")), str(each["message"]))


async def _filled_in(
    visit: Visit, form: Form | None, deployment: DeploymentResponse, run_id: UUID
) -> Asked:
    if form is None:
        return Asked(None, Draft())
    root, draft = fields(form), read_pairs(visit.posted)
    await keep_files(visit, root, draft, deployment.flow_name or "", run_id)
    answer, errors = read_asked(form, draft)
    if is_edit(visit):
        return Asked(form, draft, focus=edit(root, draft, visit.said("do")))
    blamed = {each.path for each in errors}
    judged = check(form, with_defaults(form, answer))
    errors += [each for each in judged if not _is_known(each, blamed)]
    return Asked(form, draft, tuple(errors), answer=answer)


def _is_known(error: FieldError, blamed: set[tuple[str | int, ...]]) -> bool:
    return any(error.path[: len(path)] == path for path in blamed)


def _given_id(visit: Visit) -> UUID:
    try:
        return UUID(visit.said("request"))
    except ValueError:
        return uuid4()
