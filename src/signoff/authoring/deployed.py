"""Running deployments: the documented `run_deployment`.

Owns its signature and defaults, and what a call of it is in the journal of the run around it: its
run is made once, also when the calling run is entered again. Must not know who starts the run.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import FrameType
from typing import TYPE_CHECKING, Any
from uuid import UUID

from signoff.authoring.client.deployment_plans import named
from signoff.authoring.client.results import with_result
from signoff.authoring.dispatch import async_dispatch, caller
from signoff.authoring.parameters import as_json
from signoff.authoring.process import runtime
from signoff.authoring.watching import follow
from signoff.core.fingerprint import fingerprint
from signoff.core.ports import Gateway
from signoff.engine import results
from signoff.engine.async_driver import drive_async
from signoff.engine.callsites import site
from signoff.engine.clock import new_id, now_us
from signoff.engine.drivers import drive_sync
from signoff.engine.effects import Program, Send
from signoff.engine.entry import check_not_loading
from signoff.engine.frames import RunFrame, current_run, current_tags, current_task
from signoff.engine.journal import Step
from signoff.engine.pauses import boundary
from signoff.engine.recall import fits
from signoff.engine.viewing import microseconds
from signoff.model.commands import FinishTasks
from signoff.model.deploying import CreateDeploymentRun, ReadDeployment
from signoff.model.journal import Result, ResultKind, TaskRecord, TaskStart
from signoff.model.queries import ReadRun
from signoff.model.states import TERMINAL_STATES

if TYPE_CHECKING:
    from signoff.model.deployments import DeploymentResponse
    from signoff.model.replies import RunHandle
    from signoff.model.views import FlowRun


@dataclass(frozen=True, slots=True)
class _Call:
    """One call of `run_deployment`.

    Args:
        name: the deployment, by its full name or its id.
        wanted: of its run.
        timeout, poll_interval: for waiting.
        frame, step: the run around the call and what the call is in its journal; None where the new
            run has nothing to do with it.
        started: when the call began.
    """

    name: str | UUID
    wanted: Mapping[str, Any]
    timeout: float | None
    poll_interval: float
    frame: RunFrame | None
    step: Step | None
    started: int


@dataclass(frozen=True, slots=True)
class _Made:
    """The run of a call, and the task run that stands for the call in the run around it."""

    run_id: UUID
    task_run_id: UUID | None


async def arun_deployment(
    name: str | UUID,
    client: Any = None,
    parameters: Mapping[str, Any] | None = None,
    scheduled_time: datetime | None = None,
    flow_run_name: str | None = None,
    timeout: float | None = None,
    poll_interval: float | None = 5,
    tags: Iterable[str] | None = None,
    idempotency_key: str | None = None,
    work_queue_name: str | None = None,
    as_subflow: bool | None = True,
    job_variables: Mapping[str, Any] | None = None,
) -> FlowRun:
    """Like `run_deployment`, for asynchronous code."""
    call = _call(sys._getframe(1), **{k: v for k, v in locals().items() if k != "client"})
    gateway = runtime().gateway
    # The program looks up and makes the run; waiting for it is a thread's work.
    made = await drive_async(_made(call), gateway)
    stopped = threading.Event()
    try:
        return await asyncio.to_thread(_followed, call, made, gateway, stopped)
    finally:
        stopped.set()


@async_dispatch(arun_deployment)
def run_deployment(
    name: str | UUID,
    client: Any = None,
    parameters: Mapping[str, Any] | None = None,
    scheduled_time: datetime | None = None,
    flow_run_name: str | None = None,
    timeout: float | None = None,
    poll_interval: float | None = 5,
    tags: Iterable[str] | None = None,
    idempotency_key: str | None = None,
    work_queue_name: str | None = None,
    as_subflow: bool | None = True,
    job_variables: Mapping[str, Any] | None = None,
) -> FlowRun:
    """Make a run of a deployment, and wait until it has ended.

    Whoever serves the deployment (`flow.serve`, a worker of its pool) starts the run.

    Args:
        name: the deployment: `flow-name/deployment-name`, or its id.
        client: accepted as documented; the present settings decide where to ask.
        parameters: of the run, over those of the deployment.
        scheduled_time: when it shall start; at once when not given.
        flow_run_name: name of the run; made up when not given.
        timeout: seconds to wait at most; None for no limit, 0 to return at once.
        poll_interval: accepted as documented; ends are heard of at once, and it only bounds how
            long a lost wake-up may go unnoticed.
        tags: labels of the run, besides those of the deployment.
        idempotency_key: a second call with this key means the run of the first. Inside a flow it
            follows from the call, so that a run which is entered again makes no second one.
        work_queue_name: the work queue to use instead of that of the deployment.
        as_subflow: inside a flow, the new run is one that the flow called: it is shown below it
            and cancelled with it, and the flow counts as paused while it waits for somebody: its
            time limits stand still. False for a run that has nothing to do with the flow.
        job_variables: settings of the run's process, over those of the deployment.

    Returns:
        The run: in its final state, or as it was when the time was over.

    Raises:
        ValueError: `timeout` is negative, or `name` names no deployment.
        ObjectNotFound: there is no such deployment.
        InvalidRequest: the parameters do not fit; the message names them.
    """
    call = _call(sys._getframe(1), **{k: v for k, v in locals().items() if k != "client"})
    gateway = runtime().gateway
    return _followed(call, drive_sync(_made(call), gateway), gateway, threading.Event())


def _call(
    frame: FrameType,
    name: str | UUID,
    parameters: Mapping[str, Any] | None,
    scheduled_time: datetime | None,
    flow_run_name: str | None,
    timeout: float | None,
    poll_interval: float | None,
    tags: Iterable[str] | None,
    idempotency_key: str | None,
    work_queue_name: str | None,
    as_subflow: bool | None,
    job_variables: Mapping[str, Any] | None,
) -> _Call:
    check_not_loading()
    if timeout is not None and timeout < 0:
        raise ValueError("`timeout` cannot be negative")
    told = as_json(parameters or {})
    wanted: dict[str, Any] = {
        "name": flow_run_name,
        "parameters": told,
        "tags": tuple(sorted({*(tags or ()), *current_tags.get()})),
        "scheduled": None if scheduled_time is None else microseconds(scheduled_time),
        "idempotency_key": idempotency_key,
        "work_queue_name": work_queue_name,
        "job_variables": job_variables,
    }
    outer = current_run.get() if as_subflow else None
    step = None
    if outer is not None:
        step = _step(outer, str(name), told, site(caller(frame)))
        called = f"{step.key}.{outer.attempt}"
        wanted |= {
            "idempotency_key": idempotency_key or f"{outer.run_id}.{called}",
            "parent_run_id": outer.run_id,
            "parent_task_run_id": _task_run_id(outer, step),
            "journal_key": called,
        }
    return _Call(name, wanted, timeout, poll_interval or 5, outer, step, now_us())


def _step(outer: RunFrame, name: str, parameters: Mapping[str, Any], where: str) -> Step:
    task = current_task.get()
    scope, key = (task.scope if task is not None else ""), f"deployment {name}"
    inputs = fingerprint(parameters, results.dumps) if parameters else ""
    return outer.journal.step(scope, key, inputs, outer.journal.place(scope, key, where))


def _task_run_id(outer: RunFrame, step: Step) -> UUID:
    """The task run that stands for the call; the same whenever the run is entered again."""
    text = f"{outer.run_id} {step.key} {outer.attempt}"
    return UUID(bytes=hashlib.blake2b(text.encode(), digest_size=16).digest(), version=5)


def _made(call: _Call) -> Program[_Made]:
    """Make the run, or find the one that an earlier entry of the calling run has made."""
    outer, step = call.frame, call.step
    begun: TaskStart | None = None
    if outer is not None and step is not None:
        yield from boundary(outer, current_task.get())
        ended = outer.journal.find(step)
        found = ended or outer.journal.find_begun(step)
        if found is not None and found.record.child is not None:
            then = "its run of then is given back"
            if (yield from fits(outer, step.task_key, found.exact, then)):
                return _Made(found.record.child, found.record.id)
        begun = _begun(outer, step, call.started)
    deployment: DeploymentResponse = yield Send(_lookup(call.name))
    make = CreateDeploymentRun(deployment.id, new_id(), **call.wanted, call=begun)
    handle: RunHandle = yield Send(make)
    return _Made(handle.run_id, None if begun is None else begun.id)


def _begun(outer: RunFrame, step: Step, started: int) -> TaskStart:
    """The call as it goes on record with its run, which gives it its name."""
    return TaskStart(
        id=_task_run_id(outer, step),
        run_id=outer.run_id,
        attempt=outer.attempt,
        scope=step.scope,
        task_key=step.task_key,
        name="",
        started=started,
        run_count=1,
        inputs=step.inputs,
        occurrence=step.occurrence,
        place=step.place,
    )


def _lookup(name: str | UUID) -> ReadDeployment:
    if isinstance(name, UUID):
        return ReadDeployment(name)
    try:
        return ReadDeployment(UUID(name))
    except ValueError:
        if "/" not in name:
            raise ValueError(
                f"{name!r} names no deployment; write 'flow-name/deployment-name', or its id."
            ) from None
        return named(name)


def _followed(call: _Call, made: _Made, gateway: Gateway, stopped: threading.Event) -> FlowRun:
    if call.timeout == 0:
        run = gateway.send(ReadRun(made.run_id))
    else:
        called = call.frame is not None
        run = follow(made.run_id, call.timeout, call.poll_interval, False, stopped, called)
    record = _record(call, made, run) if run.state_type in TERMINAL_STATES else None
    if record is not None:
        gateway.send(FinishTasks((record,)))
    return with_result(run, gateway)


def _record(call: _Call, made: _Made, run: FlowRun) -> TaskRecord | None:
    """The line of the calling run's journal for a run that has ended."""
    outer, step = call.frame, call.step
    if outer is None or step is None or made.task_run_id is None or run.state is None:
        return None
    return TaskRecord(
        id=made.task_run_id,
        run_id=outer.run_id,
        entry=outer.entry,
        attempt=outer.attempt,
        scope=step.scope,
        task_key=step.task_key,
        inputs=step.inputs,
        occurrence=step.occurrence,
        place=step.place,
        name=run.name,
        state_type=run.state.type,
        state_name=run.state.name or "",
        message=run.state.message,
        result=Result(ResultKind.MISSING),
        started=call.started,
        ended=now_us(),
        run_count=1,
        child=run.id,
    )
