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
from signoff.yamlflow.running.retrying import plan_of

ATTEMPT = "system.attempt"
"""Label of a run that was made in place of a failed one: which attempt it is."""


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
    labels = {
        **execution.labels,
        ATTEMPT: str(attempt + 1),
        ORIGINAL: execution.original or execution.id,
    }
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
    due = now_us() + (0 if embedded else int(delay * 1_000_000))
    frame.gateway.send(CreateRun(new, Phase.SCHEDULED, due))
    if embedded and new.entry_record is not None:
        launching = importlib.import_module("signoff.runner.launching")
        launching.launch(new.id, new.entry_record, current_settings())
    return True


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
