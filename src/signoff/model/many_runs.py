"""Many runs of one deployment, made by one request.

Owns the values and the request. Loaded on first use. Times are UTC microseconds since the Unix
epoch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from uuid import UUID

from signoff.model.commands import Command
from signoff.model.forms import Json
from signoff.model.values import dataclass

MOST = 1000
"""Runs of one request."""
AT_ONCE = 100
"""Runs of one request of ours: few enough that others wait only some milliseconds for the
database."""


@dataclass(frozen=True, slots=True)
class RunToMake:
    """What one of many runs has that the others need not have.

    Args:
        parameters: over those of the deployment.
        name: made up when not given.
        tags: besides those of the deployment.
        idempotency_key: a second run with this key is the first one.
        run_id: made by the sender, so that a repeated request is recognised; by the service when
            not given.
    """

    parameters: Mapping[str, Json] = field(default_factory=dict)
    name: str | None = None
    tags: tuple[str, ...] = ()
    idempotency_key: str | None = None
    run_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class MadeRun:
    """What came of one of them.

    Args:
        run_id, name: the run; None when it was refused.
        created: by this request; False also when its idempotency key had made it before.
        refusal: why it was not made.
    """

    run_id: UUID | None
    name: str | None
    created: bool
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class CreateDeploymentRuns(Command[tuple[MadeRun, ...]]):
    """Register many runs of a deployment; the reply has a receipt for each, in the same order. One
    that is refused holds up no other.

    Args:
        deployment_id: the deployment.
        runs: at most 1,000.
        scheduled: when they shall start; at once when not given.
        job_variables: of all of them, over those of the deployment.
    """

    deployment_id: UUID
    runs: tuple[RunToMake, ...]
    scheduled: int | None = None
    job_variables: Mapping[str, Json] | None = None
