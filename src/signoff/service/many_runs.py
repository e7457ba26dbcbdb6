"""Many runs of one deployment in one transaction, with a receipt for each.

Owns that what is the same for all of them is looked at once. What a single run must fulfil is said
in `deployments.py`. Must not know SQL.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from signoff.model.deployments import DeploymentResponse
from signoff.model.errors import InvalidRequest
from signoff.model.many_runs import MOST, CreateDeploymentRuns, MadeRun, RunToMake
from signoff.model.replies import RunHandle
from signoff.service import deployments, sealing
from signoff.service.table import Handlers
from signoff.service.unit import Unit


def create_deployment_runs(unit: Unit, request: CreateDeploymentRuns) -> tuple[MadeRun, ...]:
    """Make each run that can be made.

    Raises:
        ObjectNotFound: there is no such deployment.
        TransitionRefused: no run of it may start.
        InvalidRequest: too many runs, or job variables of the deployment that its pool has not.
    """
    if len(request.runs) > MOST:
        raise InvalidRequest(
            f"Field `runs` has {len(request.runs):,} runs; ask for {MOST:,} at most in one request."
        )
    deployment = deployments.found(unit, request.deployment_id)
    deployments.check_enabled(deployment)
    deployments.check_variables(unit, deployment, request.job_variables)
    record = unit.tx.deployments.entry_record(deployment.id)
    at = unit.now if request.scheduled is None else request.scheduled
    with unit.tx.batch(()):
        make = partial(deployments.make_run, unit, deployment, at=at, record=record)
        return tuple(_made(unit, deployment, make, request, one) for one in request.runs)


def _made(
    unit: Unit,
    deployment: DeploymentResponse,
    make: Callable[[deployments.Wanted], RunHandle],
    request: CreateDeploymentRuns,
    one: RunToMake,
) -> MadeRun:
    try:
        sealing.refuse_sealed(one.parameters)
        if deployment.enforce_parameter_schema:
            deployments.judge(unit, deployment, deployment.parameters | dict(one.parameters))
    except InvalidRequest as refusal:
        return MadeRun(None, one.name, False, refusal.message)
    wanted = deployments.Wanted(
        run_id=one.run_id or unit.means.new_id(),
        name=one.name,
        parameters=one.parameters,
        tags=one.tags,
        idempotency_key=one.idempotency_key,
        job_variables=request.job_variables,
    )
    handle = make(wanted)
    return MadeRun(handle.run_id, handle.name, handle.created)


HANDLERS: Handlers = {CreateDeploymentRuns: create_deployment_runs}
