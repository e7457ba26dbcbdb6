"""`signoff.runtime.deployment`: the deployment that the present flow run was made from.

Owns the documented attributes. A run that was made from none has none of them but its own id.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from signoff.authoring.runtime import known
from signoff.authoring.runtime.values import Values

if TYPE_CHECKING:
    from signoff.model.deployments import DeploymentResponse

T = TypeVar("T")


def _of(read: Callable[[DeploymentResponse], T]) -> Callable[[], T | None]:
    """Read from the deployment; None for a run that was made from none."""

    def value() -> T | None:
        found = known.deployment()
        return None if found is None else read(found)

    return value


def _id() -> str | None:
    run = known.record()
    return str(run.deployment_id) if run is not None and run.deployment_id is not None else None


def _parameters() -> dict[str, Any]:
    found = known.deployment()
    return {} if found is None else dict(found.parameters)


DEPLOYMENT = Values(
    "deployment",
    {
        "id": _id,
        "flow_run_id": known.run_id,
        "name": _of(lambda deployment: deployment.name),
        "parameters": _parameters,
        "version": _of(lambda deployment: deployment.version),
    },
)
"""The attributes of `signoff.runtime.deployment`."""
