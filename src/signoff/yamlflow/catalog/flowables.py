"""Flowable task types: those that direct other tasks.

Owns their declarations. What they do is in `signoff.yamlflow.flowables`.
"""

from __future__ import annotations

from typing import Any

from signoff.yamlflow.catalog.names import core, old
from signoff.yamlflow.catalog.schemas import (
    LABELS,
    anything,
    choice,
    duration,
    either,
    flag,
    list_of,
    map_of,
    object_of,
    text,
    whole,
)
from signoff.yamlflow.catalog.types import TaskType

GROUP = {"tasks": "list", "errors": "list", "finally": "list"}
_VALUES = "The values to go through: a list, or text that is a JSON list."
_FAILED_CHILD = flag("The task fails when the run it started fails.", True)
_ENDS = ("CONTINUE", "WARN", "FAIL", "SUCCEED", "CANCEL", "KILL")


def _flowable(short: str, title: str, **more: Any) -> TaskType:
    """A flowable core type that also goes by its name of before 0.17."""
    names = old(f"flows.{short}")
    return TaskType(
        name=core(f"flow.{short}"),
        title=title,
        flowable=True,
        aliases=more.pop("aliases", names["aliases"]),
        deprecated=more.pop("deprecated", names["deprecated"]),
        **more,
    )


PAUSE = _flowable(
    "Pause",
    "Wait for a person, for some time, or for both.",
    properties={
        "pauseDuration": duration("How long it waits at most; `behavior` says what follows."),
        "behavior": choice(
            "What follows when `pauseDuration` ends.",
            *("RESUME", "WARN", "FAIL", "CANCEL"),
            default="RESUME",
        ),
    },
    renamed={"delay": "pauseDuration"},
    outdated={"tasks": "put them after the Pause"},
    branches={**GROUP, "onPause": "task"},
    inputs="onResume",
    outputs={
        "onResume": {"type": "object", "description": "The answers, by input."},
        "resumed": {"type": "object", "description": "`by`, `on` and `to` of the answer."},
    },
)

APPROVAL = TaskType(
    name=core("flow.Approval"),
    title="Ask a person to approve or to deny.",
    flowable=True,
    properties={
        "decisions": object_of(
            {
                "approve": text("Word on the button that approves.", default="Approve"),
                "deny": text("Word on the button that denies.", default="Deny"),
            },
            "Words on the buttons.",
        ),
        "commentRequired": choice(
            "When a comment must be given.",
            *("NEVER", "ALWAYS", "ON_DENY", "ON_APPROVE"),
            default="NEVER",
        ),
        "autoApprove": {
            "type": "boolean",
            "description": "When true, nobody is asked.",
            "x-typed": True,
        },
        "approveBehavior": choice("What follows approval.", *_ENDS, default="CONTINUE"),
        "denyBehavior": choice("What follows denial.", *_ENDS, default="CANCEL"),
        "expireBehavior": choice("What follows when nobody decides.", *_ENDS, default="CANCEL"),
    },
    branches={
        "onWait": "list",
        "onApprove": "list",
        "onDeny": "list",
        "errors": "list",
        "finally": "list",
    },
    inputs="inputs",
    taken=("decision", "comment"),
    outputs={
        "decision": {"type": "string", "enum": ["APPROVED", "DENIED", "EXPIRED"]},
        "auto": {"type": "boolean", "description": "Nobody was asked."},
        "by": {"type": "string", "description": "Who decided."},
        "on": {"type": "string", "format": "date-time", "description": "When."},
        "comment": {"type": "string", "description": "Why."},
        "inputs": {"type": "object", "description": "The values of the form."},
        "due": {"type": "string", "format": "date-time", "description": "When it would expire."},
        "url": {"type": "string", "description": "Where it could be decided."},
    },
)

SEQUENTIAL = _flowable(
    "Sequential", "Run tasks one after the other.", branches=GROUP, required=("tasks",)
)

PARALLEL = _flowable(
    "Parallel",
    "Run tasks at the same time.",
    properties={
        "concurrent": whole("How many run at the same time; 0 for all.", default=0, minimum=0)
    },
    branches=GROUP,
    required=("tasks",),
)

IF = _flowable(
    "If",
    "Run tasks when a condition holds, others when not.",
    properties={
        "condition": text(
            "Expression; false, 0, -0 and nothing at all are false.", **{"x-typed": True}
        )
    },
    branches={"then": "list", "else": "list", "errors": "list", "finally": "list"},
    required=("condition", "then"),
    outputs={"evaluationResult": {"type": "boolean", "description": "Whether it held."}},
)

SWITCH = _flowable(
    "Switch",
    "Run the tasks of the case that a value names.",
    properties={"value": text("The value, as text.")},
    branches={"cases": "cases", "defaults": "list", "errors": "list", "finally": "list"},
    required=("value",),
    outputs={
        "value": {"type": "string", "description": "The value."},
        "defaults": {"type": "boolean", "description": "No case named it."},
    },
)

FOR_EACH = _flowable(
    "ForEach",
    "Run tasks once for each value.",
    aliases=(),
    deprecated=frozenset(),
    properties={
        "values": anything(_VALUES, **{"x-typed": True}),
        "concurrencyLimit": whole("How many at the same time; 0 for all.", default=1, minimum=0),
    },
    branches=GROUP,
    required=("values", "tasks"),
)

EACH_SEQUENTIAL = TaskType(
    name=core("flow.EachSequential"),
    title="Run tasks once for each value, one after the other; now ForEach.",
    aliases=("io.kestra.core.tasks.flows.EachSequential",),
    deprecated=frozenset(
        (core("flow.EachSequential"), "io.kestra.core.tasks.flows.EachSequential")
    ),
    flowable=True,
    properties={"values": anything(_VALUES, **{"x-typed": True})},
    renamed={"value": "values"},
    branches=GROUP,
    required=("values", "tasks"),
)

EACH_PARALLEL = TaskType(
    name=core("flow.EachParallel"),
    title="Run tasks once for each value, at the same time; now ForEach.",
    aliases=("io.kestra.core.tasks.flows.EachParallel",),
    deprecated=frozenset((core("flow.EachParallel"), "io.kestra.core.tasks.flows.EachParallel")),
    flowable=True,
    properties={
        "values": anything(_VALUES, **{"x-typed": True}),
        "concurrencyLimit": whole("How many at the same time; 0 for all.", default=0, minimum=0),
    },
    renamed={"value": "values", "concurrent": "concurrencyLimit"},
    branches=GROUP,
    required=("values", "tasks"),
)

LOOP = TaskType(
    name=core("flow.Loop"),
    title="Run tasks once for each value of a list, a map or a file.",
    flowable=True,
    properties={
        "values": anything(
            "The values: a list, a map, JSON text, or the address of a file of JSON lines.",
            **{"x-typed": True},
        ),
        "concurrencyLimit": whole("How many at the same time; 0 for all.", default=0, minimum=0),
        "outputs": list_of(
            object_of(
                {
                    "id": text("Name."),
                    "type": text("Kind of the value.", default="STRING"),
                    "value": anything("The value; rendered in each turn.", **{"x-dynamic": False}),
                    "displayName": text("Name for people."),
                    "description": text("Markdown."),
                },
                "An output.",
                required=["id", "value"],
            ),
            "What each turn gives.",
            **{"x-dynamic": False, "x-expression": True},
        ),
        "fetchType": choice(
            "How the outputs of the turns are given.",
            *("FETCH", "STORE", "NONE"),
            default="FETCH",
        ),
        "transmitFailed": flag("The task fails when a turn fails.", True),
    },
    branches=GROUP,
    required=("values", "tasks"),
    outputs={
        "values": {"type": "array", "description": "The outputs of each turn."},
        "uri": {"type": "string", "description": "Where they are stored."},
    },
)

SUBFLOW = TaskType(
    name=core("flow.Subflow"),
    title="Run another flow.",
    **old("flows.Subflow", "flows.Flow"),
    flowable=True,
    properties={
        "namespace": text("Where the flow lives."),
        "flowId": text("Which flow."),
        "revision": whole(
            "Which revision, with `wait`; else, and by itself, the newest.", minimum=1
        ),
        "inputs": map_of({"x-typed": True}, "Values of its inputs."),
        "labels": LABELS,
        "inheritLabels": flag("It gets the labels of this run too."),
        "wait": flag("This task ends when the other run has ended.", True),
        "transmitFailed": _FAILED_CHILD,
        "outputs": map_of(
            {}, "Outputs made of the other run's.", **{"x-dynamic": False, "x-expression": True}
        ),
        "scheduleDate": text(
            "When it starts, instead of now; with `wait`, this task waits for that too.",
            format="date-time",
        ),
        "restartBehavior": choice(
            "What a restart does: the failed run again, or a new one.",
            *("RETRY_FAILED", "NEW_EXECUTION"),
            default="RETRY_FAILED",
        ),
    },
    required=("namespace", "flowId"),
    outdated={"outputs": "give the other flow `outputs`"},
    outputs={
        "executionId": {"type": "string", "description": "The other run."},
        "state": {"type": "string", "description": "How it ended."},
        "outputs": {"type": "object", "description": "Its outputs."},
    },
)

DAG = _flowable(
    "Dag",
    "Run tasks as soon as those they depend on have ended.",
    properties={
        "concurrent": whole("How many run at the same time; 0 for all.", default=0, minimum=0)
    },
    branches={"tasks": "dag", "errors": "list", "finally": "list"},
    required=("tasks",),
)

ALLOW_FAILURE = _flowable(
    "AllowFailure",
    "Run tasks; a failure becomes a warning and the flow goes on.",
    branches=GROUP,
    required=("tasks",),
)


def _until(name: str, interval: str, limits: dict[str, Any], **more: Any) -> TaskType:
    """The loop with a condition; its limits were others under its older name."""
    frequency = {
        "interval": duration("How long it waits between turns.", default=interval),
        "maxIterations": whole("How many turns at most.", minimum=1),
        "maxDuration": duration("How long it takes at most."),
    }
    for key, limit in limits.items():
        frequency[key] = {**frequency[key], "default": limit}
    return TaskType(
        name=name,
        title="Run tasks again and again until a condition holds.",
        flowable=True,
        properties={
            "condition": text(
                "Expression; it is looked at after each turn.",
                **{"x-dynamic": False, "x-expression": True},
            ),
            "failOnMaxReached": flag("Reaching a limit fails the task."),
            "checkFrequency": object_of(
                frequency, "When it looks, and how often.", default={"interval": interval, **limits}
            ),
        },
        branches=GROUP,
        required=("condition", "tasks"),
        outputs={
            "iterationCount": {"type": "integer", "description": "How many turns there were."}
        },
        **more,
    )


LOOP_UNTIL = _until(core("flow.LoopUntil"), "PT1M", {})

WAIT_FOR = _until(
    core("flow.WaitFor"),
    "PT1S",
    {"maxIterations": 100, "maxDuration": "PT1H"},
    aliases=("io.kestra.core.tasks.flows.WaitFor",),
    deprecated=frozenset((core("flow.WaitFor"), "io.kestra.core.tasks.flows.WaitFor")),
)

WORKING_DIRECTORY = _flowable(
    "WorkingDirectory",
    "Run tasks one after the other in one folder.",
    aliases=("io.kestra.core.tasks.flows.WorkingDirectory", "io.kestra.core.tasks.flows.Worker"),
    deprecated=frozenset(
        ("io.kestra.core.tasks.flows.WorkingDirectory", "io.kestra.core.tasks.flows.Worker")
    ),
    properties={
        "inputFiles": either(
            "Files put into the folder: content or address by name.",
            map_of({"type": "string"}, "Files by name."),
            text("The map as JSON text."),
        ),
        "outputFiles": list_of(
            text("Pattern."), "Files that are kept afterwards, as patterns such as `*.csv`."
        ),
    },
    ignored={
        "cache": "nothing is kept between runs here",
        "namespaceFiles": "there are no namespace files here; use `inputFiles`",
        "taskRunner": "everything runs in a process of the worker",
    },
    branches=GROUP,
    required=("tasks",),
    outputs={"outputFiles": {"type": "object", "description": "Address of each file, by name."}},
)

FLOWABLES = (
    *(PAUSE, APPROVAL, SEQUENTIAL, PARALLEL, IF, SWITCH, FOR_EACH, EACH_SEQUENTIAL, EACH_PARALLEL),
    *(LOOP, SUBFLOW, DAG, ALLOW_FAILURE, LOOP_UNTIL, WAIT_FOR),
    WORKING_DIRECTORY,
)
