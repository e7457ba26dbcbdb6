"""Trigger types: what starts runs by itself.

Owns their declarations. What they do is in the server.
"""

from __future__ import annotations

from dataclasses import dataclass

from signoff.yamlflow.catalog.names import OLD_TRIGGERS, core
from signoff.yamlflow.catalog.schemas import choice, duration, flag, list_of, map_of, text
from signoff.yamlflow.catalog.types import TaskType

STATES = (
    *("CREATED", "QUEUED", "RUNNING", "PAUSED", "RESTARTED", "RETRYING", "KILLING"),
    *("SUCCESS", "WARNING", "FAILED", "KILLED", "CANCELLED", "RETRIED", "SKIPPED"),
)
"""States as the YAML side names them."""


@dataclass(frozen=True, slots=True)
class TriggerType:
    """A type of trigger.

    Args:
        kind: `schedule`, `webhook` or `flow`.
        declaration: names and properties, as of a task type.
    """

    kind: str
    declaration: TaskType


def _trigger(kind: str, **more: object) -> TriggerType:
    short = f"trigger.{kind.capitalize()}"
    former = f"{OLD_TRIGGERS}.{kind.capitalize()}"
    declaration = TaskType(
        name=core(short),
        aliases=(former,),
        deprecated=frozenset((former,)),
        **more,  # type: ignore[arg-type]
    )
    return TriggerType(kind, declaration)


SCHEDULE = _trigger(
    "schedule",
    title="Start runs at the moments of a cron expression.",
    properties={
        "cron": text("Five fields, or a name such as `@daily`.", **{"x-dynamic": False}),
        "withSeconds": flag("The expression has a field for seconds in front."),
        "timezone": text("Time zone of the expression.", format="timezone", default="Etc/UTC"),
        "lateMaximumDelay": duration("A moment that is longer ago starts nothing."),
        "recoverMissedSchedules": choice(
            "Which moments missed while nothing ran are made up for.",
            *("ALL", "LAST", "NONE"),
            default="ALL",
        ),
    },
    required=("cron",),
    ignored={
        "backfill": "ask for a backfill when you want one",
        "scheduleConditions": "use `when`",
        "stopAfter": "the trigger goes on; disable it by hand",
    },
    outputs={
        "date": {"type": "string", "format": "date-time", "description": "The moment."},
        "next": {"type": "string", "format": "date-time", "description": "The moment after it."},
        "previous": {"type": "string", "format": "date-time", "description": "The one before."},
    },
)

WEBHOOK = _trigger(
    "webhook",
    title="Start a run when an address is called.",
    properties={
        "key": text("Secret part of the address.", maxLength=256, minLength=1),
    },
    required=("key",),
    ignored={
        "wait": "the answer does not wait for the run",
        "returnOutputs": "the answer does not wait for the run",
        "responseContentType": "the answer is JSON, and does not wait for the run",
    },
    outputs={
        "body": {"description": "What was sent."},
        "headers": {"type": "object", "description": "Lists of values by name."},
        "parameters": {"type": "object", "description": "Lists of values by name."},
    },
)

FLOW = _trigger(
    "flow",
    title="Start a run when a run of another flow reaches a state.",
    properties={
        "states": list_of(
            choice("A state.", *STATES),
            "States that count.",
            default=["SUCCESS", "WARNING", "FAILED", "KILLED", "CANCELLED", "RETRIED", "PAUSED"],
            **{"x-dynamic": False},
        ),
        "flows": list_of(
            map_of({}, "A flow: `namespace`, `flowId`, `states`, `labels`."),
            "Flows that count; any when empty.",
            **{"x-dynamic": False},
        ),
        "window": duration("All of `flows` must be seen within it.", **{"x-dynamic": False}),
        "resetOnSuccess": flag("After a start all of `flows` must be seen again.", True),
    },
    outputs={
        "executionId": {"type": "string", "description": "The run that was seen."},
        "namespace": {"type": "string", "description": "Its namespace."},
        "flowId": {"type": "string", "description": "Its flow."},
        "flowRevision": {"type": "integer", "description": "Its revision."},
        "state": {"type": "string", "description": "Its state."},
        "outputs": {"type": "object", "description": "Its outputs."},
    },
)

TRIGGERS = (SCHEDULE, WEBHOOK, FLOW)
