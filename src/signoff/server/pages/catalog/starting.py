"""Starting a run of a deployment with the form that its parameters make.

Owns what happens between the form and the run. It is the same form as that of a question, filled in
with the parameters of the deployment.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from signoff.core.forms import fields, with_defaults
from signoff.core.forms.checking import check
from signoff.model.deploying import CreateDeploymentRun
from signoff.model.deployments import DeploymentResponse
from signoff.model.errors import RequestRefused
from signoff.model.forms import FieldError, Form
from signoff.server.pages.decisions import Asked, begun, is_edit, read_asked
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
    deployment: DeploymentResponse, asked: Asked | None = None, notice: str | None = None
) -> Mapping[str, Any]:
    """What the template of the form shows.

    Args:
        deployment: what is started.
        asked: the form as it came back; as it begins when not given.
        notice: why no run was started.
    """
    shown = asked or begun(form_of(deployment))
    return {
        "asked": shown,
        "sheet": _sheet(shown),
        "decision": None,
        "request": uuid4(),
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
    asked = _filled_in(visit, form)
    if is_edit(visit) or asked.errors:
        return start_values(deployment, asked)
    parameters = asked.answer if isinstance(asked.answer, Mapping) else {}
    # Made with the form, so that a form that is sent twice starts one run.
    run_id = _given_id(visit)
    try:
        handle = await visit.ask(CreateDeploymentRun(deployment.id, run_id, parameters=parameters))
    except RequestRefused as refused:
        return start_values(deployment, asked, str(refused))
    return handle.run_id


def _filled_in(visit: Visit, form: Form | None) -> Asked:
    if form is None:
        return Asked(None, Draft())
    root, draft = fields(form), read_pairs(visit.posted)
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
