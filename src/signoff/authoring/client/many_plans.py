"""What the client's method that makes many runs of a deployment asks.

Owns its name, parameters and defaults, like `deployment_plans.py` those about one run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from signoff.authoring.client.plan import Plan
from signoff.authoring.parameters import as_json
from signoff.core.ports import Gateway
from signoff.engine.clock import new_id
from signoff.engine.viewing import microseconds
from signoff.model import many_runs as m

_FIELDS = ("parameters", "name", "tags", "idempotency_key")


def create_flow_runs_from_deployment(
    deployment_id: UUID,
    runs: Iterable[Mapping[str, Any]],
    *,
    scheduled_time: datetime | None = None,
    job_variables: Mapping[str, Any] | None = None,
) -> Plan[list[m.MadeRun]]:
    """Register many runs of a deployment, a hundred in one commit.

    Args:
        deployment_id: the deployment.
        runs: for each run a mapping with `parameters`, `name`, `tags` and `idempotency_key`, of
            which none is needed. Asked for one by one, so it may be a generator of millions.
        scheduled_time: when they shall start; at once when not given.
        job_variables: of all of them, over those of the deployment.

    Returns:
        A receipt for each: the run, or why it was refused, which holds up no other. Whoever is
        interrupted may call this again: a run with an idempotency key is not made twice.

    Raises:
        ValueError: one of the mappings has another field.
        ObjectNotFound: there is no such deployment.
    """
    at = None if scheduled_time is None else microseconds(scheduled_time)
    wanted = (_wanted(place, run) for place, run in enumerate(runs))

    def request() -> m.CreateDeploymentRuns:
        some = tuple(islice(wanted, m.AT_ONCE))
        return m.CreateDeploymentRuns(deployment_id, some, at, job_variables)

    def go_on(reply: tuple[m.MadeRun, ...], gateway: Gateway) -> list[m.MadeRun]:
        made = list(reply)
        while (more := request()).runs:
            made += gateway.send(more)
        return made

    return Plan(request(), go_on)


def _wanted(place: int, run: Mapping[str, Any]) -> m.RunToMake:
    unknown = [name for name in run if name not in _FIELDS]
    if unknown:
        raise ValueError(
            f"runs[{place}] has a field {unknown[0]!r}; known are {', '.join(_FIELDS)}. Parameters "
            "of the flow go into `parameters`."
        )
    return m.RunToMake(
        parameters=as_json(run.get("parameters") or {}),
        name=run.get("name"),
        tags=tuple(sorted(set(run.get("tags") or ()))),
        idempotency_key=run.get("idempotency_key"),
        run_id=new_id(),
    )
