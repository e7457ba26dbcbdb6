"""A new run in place of one that failed: `retry` of a flow with `CREATE_NEW_EXECUTION`.

Owns how many there may be, and what the new run has of the old one.
"""

from __future__ import annotations

import importlib
from dataclasses import replace

from signoff.core.retries import next_delay
from signoff.engine.clock import now_us
from signoff.engine.drivers import drive_sync
from signoff.engine.effects import Program, Sleep
from signoff.engine.names import run_name
from signoff.gateway.settings import current_settings
from signoff.model.commands import CreateRun
from signoff.model.journal import NewRun
from signoff.model.replaying import ORIGINAL
from signoff.model.runs import Phase
from signoff.yamlflow.running.execution import Execution
from signoff.yamlflow.running.ids import derived_id
from signoff.yamlflow.running.labels import tags_of
from signoff.yamlflow.running.retrying import Plan, end_of_retries, plan_of

ATTEMPT = "system.attempt"
"""Label of a run that was made in place of a failed one: which attempt it is."""
UNTIL = "system.retryUntil"
"""Label of such a run: no further one is made from this moment on (microseconds since 1970)."""


def started_again(execution: Execution, made: NewRun | None) -> bool:
    """Make a new run in place of this one, which failed; whether there is one.

    Args:
        execution: the run.
        made: what is on record of it, when somebody else has made it.
    """
    retry, frame = execution.document.retry, execution.frame
    if retry is None or retry.behavior != "CREATE_NEW_EXECUTION":
        return False
    plan, attempt = plan_of(retry), int(execution.labels.get(ATTEMPT, 1))
    if attempt > plan.retries or (frame.parent is not None):
        return False
    delay = next_delay(plan.delays, attempt, None, lambda: 0.0)
    due, until = now_us() + int(delay * 1_000_000), _until(execution, plan)
    if until is not None and due >= until:
        return False
    labels = {
        **execution.labels,
        ATTEMPT: str(attempt + 1),
        ORIGINAL: execution.original or execution.id,
    }
    if until is not None:
        labels[UNTIL] = str(until)
    new = replace(
        made or _made(execution),
        # Derived from this run, so that it is made once however often this one dies here.
        id=derived_id(frame.run_id, ATTEMPT),
        name=run_name(),
        tags=tags_of(labels),
        idempotency_key=None,
        # What is on record came in clear to this process.
        secret_schema=frame.spec.secret_schema,
    )
    embedded = current_settings().api_url is None and new.deployment_id is None
    if embedded:
        # Nobody else would wait for the moment.
        drive_sync(_rest(execution, delay), frame.gateway)
        due = now_us()
    frame.gateway.send(CreateRun(new, Phase.SCHEDULED, due))
    if embedded and new.entry_record is not None:
        launching = importlib.import_module("signoff.runner.launching")
        launching.launch(new.id, new.entry_record, current_settings())
    return True


def _until(execution: Execution, plan: Plan) -> int | None:
    """When the time for further runs is over, counted from the start of the first; None: never."""
    if plan.longest is None:
        return None
    known = execution.labels.get(UNTIL) if ATTEMPT in execution.labels else None
    return end_of_retries(execution.frame, plan.longest) if known is None else int(known)


def _made(execution: Execution) -> NewRun:
    frame = execution.frame
    return NewRun(
        id=frame.run_id,
        flow_name=frame.spec.name,
        name=frame.name,
        parameters=dict(execution.inputs),
        entry_record=frame.spec.entry(),
        flow_version=frame.spec.version,
    )


def _rest(execution: Execution, seconds: float) -> Program[None]:
    if seconds:
        yield Sleep(seconds, execution.frame.signals)
