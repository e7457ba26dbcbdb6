"""Which deployment or schedule somebody means on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from signoff.cli.session import ask
from signoff.model.errors import InvalidRequest, ObjectNotFound

if TYPE_CHECKING:
    from signoff.model.deployments import DeploymentResponse
    from signoff.model.schedules import DeploymentSchedule


def _complete(incomplete: str) -> list[str]:
    """Names of deployments, for the shell; a shell's completion must never show an error."""
    from signoff.model.deploying import ReadDeployments

    try:
        found = ask(ReadDeployments())
    except Exception:
        return []
    return [each.full_name for each in found if each.full_name.startswith(incomplete)]


Deployment = Annotated[
    str,
    typer.Argument(
        metavar="DEPLOYMENT",
        help="FLOW/NAME of the deployment, or its id.",
        autocompletion=_complete,
        show_default=False,
    ),
]
ScheduleId = Annotated[
    str,
    typer.Argument(metavar="SCHEDULE", help="Id or slug of the schedule.", show_default=False),
]


def find_deployment(text: str) -> DeploymentResponse:
    """The deployment that a person means by `flow/name` or an id.

    Raises:
        ObjectNotFound: there is none; the message lists some that there are.
        InvalidRequest: the text is neither.
    """
    from signoff.model.deploying import ReadDeployment

    try:
        return ask(ReadDeployment(UUID(text.strip())))
    except ValueError:
        flow_name, slash, name = text.strip().partition("/")
    if not slash or not flow_name or not name:
        raise InvalidRequest(
            f"{text!r} names no deployment; write FLOW/NAME, as `signoff deployment ls` shows them."
        )
    return ask(ReadDeployment(flow_name=flow_name, deployment_name=name))


def find_schedule(deployment: DeploymentResponse, text: str) -> DeploymentSchedule:
    """The schedule of a deployment that a person means by its id or slug.

    Raises:
        ObjectNotFound: there is none; the message lists those there are.
    """
    for each in deployment.schedules:
        if text in (str(each.id), each.slug):
            return each
    known = ", ".join(each.slug or str(each.id) for each in deployment.schedules) or "none"
    raise ObjectNotFound(
        f"Deployment {deployment.full_name} has no schedule {text!r}; it has: {known}."
    )
