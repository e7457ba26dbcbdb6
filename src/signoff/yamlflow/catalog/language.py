"""The keys of the language itself: of flows, tasks, retries, triggers and outputs.

Owns their schemas, and which keys of the reference have no effect or no counterpart here. Types of
tasks are in `flowables`, `runnables`, `calls` and `scripts`, kinds of inputs in `inputs`.
"""

from __future__ import annotations

from collections.abc import Mapping

from signoff.yamlflow.catalog.schemas import (
    LABELS,
    Schema,
    anything,
    choice,
    duration,
    flag,
    list_of,
    map_of,
    number,
    object_of,
    text,
    whole,
)

_STATIC = {"x-dynamic": False}

FLOW_ID = r"[a-zA-Z0-9][a-zA-Z0-9._-]*"
NAMESPACE = r"[a-z0-9][a-z0-9._-]*"
TASK_ID = r"[a-zA-Z0-9][a-zA-Z0-9_.-]*"
INPUT_ID = r"[a-zA-Z0-9][.a-zA-Z0-9_-]*"

RETRY: Schema = object_of(
    {
        "type": choice("How the delays grow.", "constant", "exponential", "random"),
        "interval": duration("The delay, or the first of them."),
        "maxInterval": duration("The longest delay."),
        "minInterval": duration("The shortest delay, when they are random."),
        "delayFactor": number("How an exponential delay grows.", default=2, minimum=1),
        "maxAttempts": whole("Attempts in all, the first included.", minimum=1),
        "maxDuration": duration("No attempt begins later than this after the first."),
        "warningOnRetry": flag("Success after a retry is a warning."),
        "behavior": choice(
            "What is tried again: the task in this run, or everything in a new run.",
            *("RETRY_FAILED_TASK", "CREATE_NEW_EXECUTION"),
            default="RETRY_FAILED_TASK",
        ),
    },
    "What happens when it failed.",
    required=["type"],
    **{"x-renamed": {"maxAttempt": "maxAttempts"}, **_STATIC},
)
RETRY_NEEDS: Mapping[str, tuple[str, ...]] = {
    "constant": ("interval",),
    "exponential": ("interval", "maxInterval"),
    "random": ("minInterval", "maxInterval"),
}
"""What a retry must say, by its type."""

CONCURRENCY: Schema = object_of(
    {
        "limit": whole("How many runs may work at once.", minimum=1),
        "behavior": choice(
            "What happens to one more run.", "QUEUE", "CANCEL", "FAIL", default="QUEUE"
        ),
    },
    "How many runs of the flow may work at once.",
    required=["limit"],
    **_STATIC,
)

PLUGIN_DEFAULT: Schema = object_of(
    {
        "type": text("A type, or the beginning of its name."),
        "values": map_of({}, "Values of properties."),
        "forced": flag("They win over what a task says itself."),
    },
    "Values for all tasks of a type.",
    required=["type", "values"],
    **_STATIC,
)

OUTPUT: Schema = object_of(
    {
        "id": text("Name.", pattern=INPUT_ID, **_STATIC),
        "type": text("Kind of the value, as of inputs.", default="STRING", **_STATIC),
        "value": anything("The value.", **{"x-typed": True}),
        "displayName": text("Name for people.", **_STATIC),
        "description": text("Markdown.", **_STATIC),
        "required": flag("It must have a value.", True, **_STATIC),
    },
    "An output of the flow.",
    required=["id", "value"],
    **{"x-renamed": {"name": "id"}},
)

FLOW: Mapping[str, Schema] = {
    "id": text(
        "Name of the flow; it never changes.",
        pattern=FLOW_ID,
        minLength=1,
        maxLength=100,
        **_STATIC,
    ),
    "namespace": text(
        "Where it lives; dots nest. It never changes.",
        pattern=NAMESPACE,
        minLength=1,
        maxLength=150,
        **_STATIC,
    ),
    "description": text("Markdown.", **_STATIC),
    "labels": {**LABELS, **_STATIC},
    "variables": map_of({}, "Values for expressions, as `vars.<name>`; not rendered.", **_STATIC),
    "disabled": flag("No run of it may start.", **_STATIC),
    "retry": RETRY,
    "concurrency": CONCURRENCY,
    "outputs": list_of(OUTPUT, "What a run gives to whoever started it."),
    "pluginDefaults": list_of(PLUGIN_DEFAULT, "Values for all tasks of a type."),
}
FLOW_BRANCHES = ("tasks", "errors", "finally", "afterExecution")
FLOW_LISTS = ("inputs", "triggers")
FLOW_RENAMED = {"taskDefaults": "pluginDefaults"}
FLOW_IGNORED = {
    "revision": "saving a flow gives it its number",
    "deleted": "a deleted flow is not in the file",
    "workerGroup": "choose a work pool when you deploy",
    "tenantId": "there are no tenants here",
}
FLOW_REFUSED = {
    "sla": "use `timeout` of tasks, or a Pause with `pauseDuration`",
    "checks": "use a task of type io.kestra.plugin.core.execution.Assert",
    "listeners": "use `errors`, `finally` or `afterExecution`",
}

TASK: Mapping[str, Schema] = {
    "id": text("Name, unique in the flow.", pattern=TASK_ID, minLength=1, maxLength=256, **_STATIC),
    "type": text("What it does.", minLength=1, **_STATIC),
    "description": text("Markdown.", **_STATIC),
    "disabled": flag("It does not run.", **_STATIC),
    "timeout": duration("How long one attempt may take."),
    "retry": RETRY,
    "allowFailure": flag("A failure is a warning, and the flow goes on.", **_STATIC),
    "allowWarning": flag("A warning is a success.", **_STATIC),
    "when": text("Expression; when it is false, the task is skipped."),
    "logLevel": choice(
        "The least level of lines that are kept.",
        *("TRACE", "DEBUG", "INFO", "WARN", "ERROR"),
        **_STATIC,
    ),
}
TASK_EQUAL = {"runIf": "when"}
TASK_IGNORED = {
    "logToFile": "logs are kept in the database",
    "taskCache": "use tasks written in Python where results are to be cached",
    "workerGroup": "choose a work pool when you deploy",
    "version": "the installed version of a plugin is used",
    "assets": "there are no assets here",
}

TRIGGER: Mapping[str, Schema] = {
    "id": text(
        "Name, unique among the triggers.", pattern=TASK_ID, minLength=1, maxLength=256, **_STATIC
    ),
    "type": text("What starts runs.", minLength=1, **_STATIC),
    "description": text("Markdown.", **_STATIC),
    "disabled": flag("It starts nothing.", **_STATIC),
    "when": {
        "anyOf": [text("Expression."), list_of(text("Expression."), "All must hold.")],
        "description": "Expressions that must hold.",
    },
    "inputs": map_of({"x-typed": True}, "Values for the run's inputs."),
}
TRIGGER_IGNORED = {
    "workerGroup": "triggers are looked at by the server",
    "logLevel": "triggers write no log",
    "logToFile": "triggers write no log",
    "labels": "labels come from the flow",
    "allowConcurrent": "use `concurrency` of the flow",
    "failOnTriggerError": "a moment that cannot start a run is on record",
    "version": "the installed version is used",
}
